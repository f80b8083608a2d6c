// SPDX-License-Identifier: Apache-2.0
// The score keys of one class: appended batch by batch, sorted on demand, 4 bytes a row and 8 while sorting.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/metrics/score_key.h"

namespace dlrm {

// Uninitialised memory for keys; on huge pages where it is large. Throws std::bad_alloc.
class KeyBuffer {
public:
    KeyBuffer() = default;
    explicit KeyBuffer(std::int64_t capacity);

    ScoreKey* data() { return m_data.get(); }
    const ScoreKey* data() const { return m_data.get(); }
    std::int64_t capacity() const { return m_capacity; }
    std::int64_t size = 0;  // keys in use, at most capacity()

private:
    struct Free {
        void operator()(ScoreKey* p) const { std::free(p); }
    };
    std::unique_ptr<ScoreKey[], Free> m_data;
    std::int64_t m_capacity = 0;
};

class KeyStore {
public:
    std::int64_t size() const { return m_size; }
    // Contiguous room for at least `rows` <= kBlockKeys keys; appended() then says how many were written. Throws
    // std::bad_alloc.
    ScoreKey* room(std::int64_t rows);
    void appended(std::int64_t rows);
    void take(KeyStore&& other);

    // Radix sort, parallel; peak memory 8 bytes a key. False when stop was requested before it was done. Throws
    // std::bad_alloc. Keeps its keys in any case.
    bool sort(const std::stop_token& stop = {});
    // All keys ascending, sorted now unless they are; valid until the next change. Throws as sort().
    std::span<const ScoreKey> sorted();

    static constexpr std::int64_t kBlockKeys = 1 << 18;

private:
    std::vector<KeyBuffer> m_blocks;
    std::int64_t m_size = 0;
    bool m_sorted = false;  // m_blocks is one sorted buffer
};

}  // namespace dlrm
