// SPDX-License-Identifier: Apache-2.0
#include "core/base/stop_signals.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string_view>
#include <thread>

namespace dlrm {
namespace {

// A shell that loses its terminal sends SIGHUP twice at once, and a service manager SIGTERM with it: together they are
// one wish.
constexpr std::chrono::milliseconds kOneWish{500};

bool isIgnored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

std::stop_token stopOnSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        if (!isIgnored(signal)) sigaddset(&signals, signal);  // a blocked signal would reach sigwait() all the same
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);            // inherited by every thread; the one below takes them
    std::stop_source source;
    std::thread([source, signals]() mutable {
        constexpr std::string_view kStopping = "\nStopping; Ctrl+C again ends at once.\n";
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) return;
        const auto first = std::chrono::steady_clock::now();
        source.request_stop();
        if (::write(STDERR_FILENO, kStopping.data(), kStopping.size()) < 0) {
        }  // the terminal may be gone
        while (sigwait(&signals, &signal) == 0)
            if (signal != SIGHUP && std::chrono::steady_clock::now() - first > kOneWish) ::_exit(130);
    }).detach();
    return source.get_token();
}

}  // namespace dlrm
