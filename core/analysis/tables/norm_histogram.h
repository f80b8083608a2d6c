// SPDX-License-Identifier: Apache-2.0
// Norms of a table's rows in bins, trained and untrained rows apart.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/tables/statistics.h"

namespace dlrm {

struct NormHistogram {
    double low = 0, high = 0;  // bin b covers [low + b·w, low + (b+1)·w), the last one closed; w = (high − low)/bins
    std::vector<std::int64_t> trained, untrained;  // (bins)
    std::int64_t counted = 0, notFinite = 0;
    std::int64_t highest = 0;  // of trained + untrained
};

// From the smallest to the largest finite norm; a table of equal norms gets one bin's width around them. About 2 ns a
// row. REQUIRES: bins >= 1.
NormHistogram normHistogram(const TableStatistics& statistics, int bins);

}  // namespace dlrm
