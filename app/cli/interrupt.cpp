// SPDX-License-Identifier: Apache-2.0
#include "app/cli/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace dlrm::cli {

std::stop_token stopOnSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread; the one below takes them
    std::stop_source source;
    std::thread([source, signals]() mutable {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) return;
        source.request_stop();
        sigwait(&signals, &signal);
        ::_exit(130);
    }).detach();
    return source.get_token();
}

}  // namespace dlrm::cli
