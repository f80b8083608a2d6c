// SPDX-License-Identifier: Apache-2.0
#include "core/measure/row_sides.h"

#include <bit>
#include <utility>

namespace dlrm {

RowSides::RowSides(std::shared_ptr<const SlicePartition> slice, std::shared_ptr<const SlicePartition> against,
                   std::function<std::int64_t(std::int64_t)> numberOf)
    : m_slice(std::move(slice)), m_against(std::move(against)), m_numberOf(std::move(numberOf)) {}

std::vector<std::uint8_t> RowSides::of(const MeasuredRows& rows) const {
    const auto count = static_cast<std::size_t>(rows.rows.rows);
    std::vector<std::uint8_t> out(count);
    if (!m_slice) return out;
    std::vector<std::int64_t> numbers;
    if (m_slice->looksAtRowNumbers() || (m_against && m_against->looksAtRowNumbers()))
        for (std::int64_t r = rows.firstRow; r < rows.firstRow + rows.rows.rows; ++r)
            numbers.push_back(m_numberOf ? m_numberOf(r) : r);
    std::vector<std::uint16_t> slice(count), against(count, 1);  // 0: inside
    m_slice->classify({rows.rows, numbers}, slice);
    if (m_against) m_against->classify({rows.rows, numbers}, against);
    for (std::size_t r = 0; r < count; ++r) {
        if (slice[r] == 0) out[r] = against[r] == 0 ? 1 : 0;
        else out[r] = against[r] == 0 ? 2 : kNowhere;
    }
    return out;
}

std::vector<std::size_t> RowSides::placesOf(SliceSide side) const {
    if (!m_against) return {0};
    switch (side) {
        case SliceSide::Slice:
            return {0, 1};
        case SliceSide::Against:
            return {1, 2};
        case SliceSide::Shared:
            return {1};
    }
    return {};
}

std::vector<std::int64_t> RowSides::shape() const {
    std::vector<std::int64_t> out;
    for (const auto& slice : {m_slice, m_against})
        if (slice) out.push_back(std::bit_cast<std::int64_t>(slice->fingerprint()));
    return out;
}

}  // namespace dlrm
