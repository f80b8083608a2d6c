// SPDX-License-Identifier: Apache-2.0
// A few threads that share a loop over pieces of a copy: one thread alone reads memory slower than a GPU's link takes
// it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "core/base/thread_safety.h"

namespace dlrm::cuda {

class Workers {
public:
    // `threads` in all, the caller of run() included; threads that cannot be started are done without.
    explicit Workers(int threads);
    ~Workers();
    Workers(const Workers&) = delete;

    // Calls piece(0) … piece(count − 1), each once, in any order and thread; returns when all are done. One call at a
    // time. piece must not throw.
    void run(std::int64_t count, const std::function<void(std::int64_t)>& piece);

private:
    void work();
    void takePieces() DLRM_REQUIRES(m_mutex);  // not held while a piece is done

    std::atomic<std::uint64_t> m_runs{
        0};  // changes with every run and at the end, for threads that look before they sleep
    Mutex m_mutex;
    std::condition_variable m_start, m_done;
    const std::function<void(std::int64_t)>* m_piece DLRM_GUARDED_BY(m_mutex) = nullptr;
    std::int64_t m_next DLRM_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_count DLRM_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_finished DLRM_GUARDED_BY(m_mutex) = 0;
    bool m_quit DLRM_GUARDED_BY(m_mutex) = false;
    std::vector<std::thread> m_threads;
};

// Threads for a copy: half of the processor's, eight at most.
int copyThreads();

}  // namespace dlrm::cuda
