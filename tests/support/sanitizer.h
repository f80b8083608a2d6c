// SPDX-License-Identifier: Apache-2.0
// Sanitizers keep freed memory, reserve terabytes of addresses and end the process where an allocation fails: a test
// that counts memory, takes it away or loads a library before all others cannot run with one.
#pragma once

#include <QTest>

// Skips the test where a sanitizer runs, in words that tests/skips.py knows.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DLRM_NEEDS_NO_SANITIZER(what) QSKIP("a sanitizer needs " what)
#else
#define DLRM_NEEDS_NO_SANITIZER(what) static_cast<void>(0)
#endif
