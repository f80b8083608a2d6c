// SPDX-License-Identifier: Apache-2.0
// Rows of a table that are copies of other rows, found from what one pass left of every row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace dlrm {

// Rows of zeros and rows with a value that is not finite are no duplicates.
struct DuplicateRows {
    std::int64_t rows = 0;  // equal to a row before them, bit for bit
    std::int64_t most =
        0;  // rows that hold the vector which stands most often, the first one included; 0: every row stands once
    std::int64_t first = -1;  // the first of these rows; -1: none
};

// What is looked at instead of a row's `dim` values; never 0.
std::uint64_t rowHash(const float* row, std::int64_t dim);

// hashes: rowHash() of every row, 0 for rows to leave out. norms: of every row. Two rows are taken for equal when both
// agree: of ten million different rows two do by chance once in 10¹¹ tables. copies: the ids that DuplicateRows::rows
// counts, ascending. Nothing when stopped.
std::optional<DuplicateRows> findDuplicateRows(std::span<const std::uint64_t> hashes, std::span<const float> norms,
                                               std::vector<std::int64_t>& copies, const std::stop_token& stop);

}  // namespace dlrm
