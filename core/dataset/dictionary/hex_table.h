// SPDX-License-Identifier: Apache-2.0
// The vocabulary of one categorical feature: hex value -> id by open addressing, id -> hex value and count by arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dlrm {

class HexTable {
public:
    // An empty table that will hold `entries` values, ids 1..entries. REQUIRES: entries < 2^31.
    explicit HexTable(std::int64_t entries);

    // Adds a value; returns the id that had it already, or 0. REQUIRES: 1 <= id <= entries, every id once.
    std::int32_t insert(std::uint32_t hexValue, std::int32_t id);
    // Occurrences of every id, non-increasing; element 0 belongs to id 1.
    void setCounts(const std::vector<std::int64_t>& counts);

    std::int64_t entries() const { return static_cast<std::int64_t>(m_values.size()); }

    std::int32_t find(std::uint32_t hexValue) const {
        for (std::size_t slot = slotOf(hexValue);; slot = slot + 1 == m_slots.size() ? 0 : slot + 1) {
            const std::uint64_t entry = m_slots[slot];
            const auto id = static_cast<std::int32_t>(entry >> 32);
            if (id == 0 || static_cast<std::uint32_t>(entry) == hexValue) return id;
        }
    }
    // Starts loading the slot that find() will look at first.
    void prefetch(std::uint32_t hexValue) const { __builtin_prefetch(&m_slots[slotOf(hexValue)]); }
    // Whether prefetching pays: the table is larger than a first-level cache.
    bool isLarge() const { return m_slots.size() > 4096; }

    std::optional<std::uint32_t> value(std::int64_t id) const;
    std::optional<std::int64_t> count(std::int64_t id) const;

private:
    // Multiplicative hashing, then scaled to the table's size; any size, not only powers of two.
    std::size_t slotOf(std::uint32_t hexValue) const {
        std::uint32_t h = hexValue ^ (hexValue >> 15);
        h *= 0x9e3779b1u;
        h ^= h >> 13;
        h *= 0x85ebca77u;
        return static_cast<std::size_t>((static_cast<std::uint64_t>(h) * m_slots.size()) >> 32);
    }

    std::vector<std::uint64_t> m_slots;   // id << 32 | hex value; id 0: free
    std::vector<std::uint32_t> m_values;  // of id 1, 2, …
    // Counts of 2^32 and more are the first ones, since they do not increase.
    std::vector<std::int64_t> m_largeCounts;
    std::vector<std::uint32_t> m_counts;
};

}  // namespace dlrm
