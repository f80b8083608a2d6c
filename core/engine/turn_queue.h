// SPDX-License-Identifier: Apache-2.0
// First come, first served access to the one device model: nobody waits for more than one batch of a long evaluation.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/base/thread_safety.h"

namespace dlrm {

class TurnQueue {
public:
    // Held while it is the holder's turn; leaving it lets the next one in.
    class Turn {
    public:
        explicit Turn(TurnQueue& queue) : m_queue(&queue) {}
        ~Turn() {
            if (m_queue) m_queue->leave();
        }
        Turn(Turn&& other) noexcept : m_queue(std::exchange(other.m_queue, nullptr)) {}
        Turn& operator=(Turn&&) = delete;

    private:
        TurnQueue* m_queue;
    };

    // Waits for all who came earlier. Nothing when `stop` is requested first. Any thread.
    std::optional<Turn> wait(const std::stop_token& stop) {
        MutexLock lock(m_mutex);
        const std::uint64_t ticket = m_nextTicket++;
        m_waiting.push_back(ticket);
        const bool mine =
            m_changed.wait(lock, stop, [&]() DLRM_REQUIRES(m_mutex) { return m_waiting.front() == ticket; });
        if (mine && !stop.stop_requested()) return std::make_optional<Turn>(*this);
        std::erase(m_waiting, ticket);
        m_changed.notify_all();
        return std::nullopt;
    }

private:
    void leave() {
        const MutexLock lock(m_mutex);
        m_waiting.pop_front();
        m_changed.notify_all();
    }

    Mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<std::uint64_t> m_waiting DLRM_GUARDED_BY(m_mutex);  // the front one has the turn
    std::uint64_t m_nextTicket DLRM_GUARDED_BY(m_mutex) = 0;
};

}  // namespace dlrm
