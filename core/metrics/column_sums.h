// SPDX-License-Identifier: Apache-2.0
// Exact sums of many columns at once, fed row by row with vector instructions.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/metrics/exact_split.h"
#include "core/metrics/long_sum.h"

namespace dlrm {

// One thread; sums of several are added up exactly where they are drained.
class ColumnSums {
public:
    // Terms of any size are summed exactly; those that `scale` is made for, fast.
    ColumnSums(std::size_t columns, const SplitScale& scale)
        : m_scale(scale), m_columns(columns), m_parts(3 * columns) {}

    // One finite term of every column. REQUIRES: at most kSplitTerms times between two drains.
    void add(std::span<const double> terms);
    // Adds everything to the sums, one of every column, and begins anew.
    void drainInto(std::span<LongSum> sums);

private:
    const SplitScale m_scale;
    const std::size_t m_columns;
    std::vector<double> m_parts;                          // (3, columns)
    std::vector<std::pair<std::size_t, double>> m_rests;  // column, what no part holds
};

}  // namespace dlrm
