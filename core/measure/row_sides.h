// SPDX-License-Identifier: Apache-2.0
// In which of two slices a row is, for measures that count the rows of one slice, or those of two apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/measure/measure.h"

namespace dlrm {

// One of the slices, or the rows that are in both.
enum class SliceSide : std::uint8_t { Slice, Against, Shared };

// Rows are told apart by where they are: 0 in the slice only, 1 in both, 2 in the one that it is compared with only.
// With one slice, and without any, there is 0 alone.
class RowSides {
public:
    static constexpr std::uint8_t kNowhere = 3;

    RowSides() = default;  // all rows are 0
    // `against` may be null. numberOf: the number of a row of the pass in the data; empty: itself.
    RowSides(std::shared_ptr<const SlicePartition> slice, std::shared_ptr<const SlicePartition> against,
             std::function<std::int64_t(std::int64_t)> numberOf = {});

    std::size_t count() const { return m_against ? 3 : 1; }
    // Of every row. REQUIRES where there are slices: one id per feature.
    std::vector<std::uint8_t> of(const MeasuredRows& rows) const;
    // Where the rows of a side are.
    std::vector<std::size_t> placesOf(SliceSide side) const;
    // What two states must share.
    std::vector<std::int64_t> shape() const;

private:
    std::shared_ptr<const SlicePartition> m_slice, m_against;  // null: none
    std::function<std::int64_t(std::int64_t)> m_numberOf;
};

}  // namespace dlrm
