// SPDX-License-Identifier: Apache-2.0
// Building and reading of HexTable.
#include "core/dataset/dictionary/hex_table.h"

#include <cassert>
#include <limits>

namespace dlrm {

HexTable::HexTable(std::int64_t entries)
    : m_slots(static_cast<std::size_t>(entries + entries / 2 + 2)), m_values(static_cast<std::size_t>(entries)) {}

std::int32_t HexTable::insert(std::uint32_t hexValue, std::int32_t id) {
    assert(id >= 1 && id <= entries());
    m_values[static_cast<std::size_t>(id - 1)] = hexValue;
    for (std::size_t slot = slotOf(hexValue);; slot = slot + 1 == m_slots.size() ? 0 : slot + 1) {
        const std::uint64_t entry = m_slots[slot];
        const auto found = static_cast<std::int32_t>(entry >> 32);
        if (found == 0) {
            m_slots[slot] = static_cast<std::uint64_t>(static_cast<std::uint32_t>(id)) << 32 | hexValue;
            return 0;
        }
        if (static_cast<std::uint32_t>(entry) == hexValue) return found;
    }
}

void HexTable::setCounts(const std::vector<std::int64_t>& counts) {
    m_largeCounts.clear();
    m_counts.clear();
    m_counts.reserve(counts.size());
    for (const std::int64_t count : counts) {
        if (count > std::numeric_limits<std::uint32_t>::max()) m_largeCounts.push_back(count);
        else m_counts.push_back(static_cast<std::uint32_t>(count));
    }
}

std::optional<std::uint32_t> HexTable::value(std::int64_t id) const {
    if (id < 1 || id > entries()) return std::nullopt;
    return m_values[static_cast<std::size_t>(id - 1)];
}

std::optional<std::int64_t> HexTable::count(std::int64_t id) const {
    const auto large = static_cast<std::int64_t>(m_largeCounts.size());
    if (id < 1 || id > large + static_cast<std::int64_t>(m_counts.size())) return std::nullopt;
    if (id <= large) return m_largeCounts[static_cast<std::size_t>(id - 1)];
    return m_counts[static_cast<std::size_t>(id - 1 - large)];
}

}  // namespace dlrm
