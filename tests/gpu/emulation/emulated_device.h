// SPDX-License-Identifier: Apache-2.0
// The emulated GPU as tests see it: what it claims to be, and which of its calls fail.
#pragma once

#include <cstdint>
#include <string>

#include "gpu/support/calls.h"

namespace dlrm::emulation {

struct EmulatedGpu {
    int devices = 1, major = 8, minor = 0;
    std::int64_t memoryBytes = std::int64_t{4} << 30;
    bool pedanticEpilogues = true;  // false: fp32 without tensor cores does not go with an epilogue
    int copyDelayMilliseconds = 0;  // of every copy to the device of 64 KiB or more, so that loading takes a while
};
EmulatedGpu& gpu();

// Call number `at` (from 0) since arming fails with `code`, and with `lasting` every later one too. cuBLAS calls fail
// with the status nearest to it. Calls that destroy, free or ask for a name are not counted.
void armFault(std::int64_t at, int code, bool lasting);
void disarmFault();
std::int64_t callsSinceArming();
int pendingError();  // what cudaGetLastError would return next
std::int64_t deviceBytesInUse();
std::int64_t overruns();  // freed blocks that were written beyond their end

}  // namespace dlrm::emulation
