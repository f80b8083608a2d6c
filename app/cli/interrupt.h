// SPDX-License-Identifier: Apache-2.0
// Ctrl+C and SIGTERM as a stop request.
#pragma once

#include <stop_token>

namespace dlrm::cli {

// Call once, first in main(), before any thread is started. The first signal requests a stop, so that work can clean up after itself;
// the second ends the process at once with exit code 130. SIGPIPE is ignored from then on: writing reports it.
std::stop_token stopOnSignals();

}  // namespace dlrm::cli
