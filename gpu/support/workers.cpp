// SPDX-License-Identifier: Apache-2.0
#include "gpu/support/workers.h"

#include <algorithm>
#include <chrono>
#include <system_error>

namespace dlrm::cuda {
namespace {

// Chunks of a batch follow each other within this time; a thread that sleeps takes about as long to wake as a chunk's
// copy.
constexpr std::chrono::microseconds kLookBeforeSleep{50};

}  // namespace

int copyThreads() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, 8); }

Workers::Workers(int threads) {
    try {
        for (int k = 1; k < threads; ++k) m_threads.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
        // fewer threads do the same work
    }
}

Workers::~Workers() {
    {
        const MutexLock lock(m_mutex);
        m_quit = true;
        ++m_runs;
    }
    m_start.notify_all();
    for (std::thread& t : m_threads) t.join();
}

void Workers::run(std::int64_t count, const std::function<void(std::int64_t)>& piece) {
    if (count <= 0) return;
    if (count == 1 || m_threads.empty()) {
        for (std::int64_t k = 0; k < count; ++k) piece(k);
        return;
    }
    MutexLock lock(m_mutex);
    m_piece = &piece;
    m_next = m_finished = 0;
    m_count = count;
    ++m_runs;
    m_start.notify_all();
    takePieces();
    m_done.wait(lock.native(), [this]() DLRM_REQUIRES(m_mutex) { return m_finished == m_count; });
    m_piece = nullptr;
}

void Workers::work() {
    for (;;) {
        const std::uint64_t seen = m_runs;
        for (const auto start = std::chrono::steady_clock::now();
             m_runs == seen && std::chrono::steady_clock::now() - start < kLookBeforeSleep;)
            std::this_thread::yield();
        MutexLock lock(m_mutex);
        m_start.wait(lock.native(),
                     [this]() DLRM_REQUIRES(m_mutex) { return m_quit || (m_piece && m_next < m_count); });
        if (m_quit) return;
        takePieces();
    }
}

void Workers::takePieces() {
    while (m_piece && m_next < m_count) {
        const std::int64_t mine = m_next++;
        const auto& piece = *m_piece;
        m_mutex.unlock();
        piece(mine);
        m_mutex.lock();
        if (++m_finished == m_count) m_done.notify_all();
    }
}

}  // namespace dlrm::cuda
