// SPDX-License-Identifier: Apache-2.0
// Ctrl+C, SIGTERM and a closed terminal as a stop request.
#pragma once

#include <stop_token>

namespace dlrm {

// Call once, first in main(), before any thread is started. The first SIGINT, SIGTERM or SIGHUP requests a stop and
// says so on stderr, so that work can clean up after itself; a SIGINT or SIGTERM more than half a second later ends the
// process at once with exit code 130. A signal that the process was started to ignore (nohup) stays ignored. SIGPIPE
// and SIGXFSZ are ignored from then on: writing reports them.
std::stop_token stopOnSignals();

}  // namespace dlrm
