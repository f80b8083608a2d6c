// SPDX-License-Identifier: Apache-2.0
// Ctrl+C, SIGTERM and a closed terminal as a stop request.
#pragma once

#include <functional>
#include <stop_token>

namespace dlrm {

// Call once, first in main(), before any thread is started. The first SIGINT, SIGTERM or SIGHUP requests a stop, says so on stderr and calls `stopping`
// from a thread of its own, so that work can clean up after itself; the second ends the process at once with exit code 130. SIGPIPE and SIGXFSZ are
// ignored from then on: writing reports them.
std::stop_token stopOnSignals(std::function<void()> stopping = {});

}  // namespace dlrm
