// SPDX-License-Identifier: Apache-2.0
// The rows in which a product of two vectors is smallest and largest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dlrm {

struct ExtremeRow {
    std::int64_t row = 0;  // as the data numbers it
    float value = 0;
    std::optional<int> label;  // nothing without labels
};

struct PairExtremes {
    std::size_t first = 0, second = 0;  // places of the vectors, first > second
    // The smallest value first, the largest value first; of equal ones the lower row.
    std::vector<ExtremeRow> lowest, highest;
};

}  // namespace dlrm
