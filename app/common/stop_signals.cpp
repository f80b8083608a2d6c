// SPDX-License-Identifier: Apache-2.0
#include "app/common/stop_signals.h"

#include <unistd.h>

#include <csignal>
#include <string_view>
#include <thread>
#include <utility>

namespace dlrm {

std::stop_token stopOnSignals(std::function<void()> stopping) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread; the one below takes them
    std::stop_source source;
    std::thread([source, signals, stopping = std::move(stopping)]() mutable {
        constexpr std::string_view kStopping = "\nStopping; the same again ends at once.\n";
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) return;
        source.request_stop();
        if (::write(STDERR_FILENO, kStopping.data(), kStopping.size()) < 0) {}  // the terminal may be gone
        if (stopping) stopping();
        sigwait(&signals, &signal);
        ::_exit(130);
    }).detach();
    return source.get_token();
}

}  // namespace dlrm
