// SPDX-License-Identifier: Apache-2.0
// What many rows would be predicted on average with each value of a field: partial dependence.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dlrm {

// By value: the mean of the rows' probabilities, and their quartiles (linear between neighbours, as numpy.percentile).
// Rows whose prediction is not finite there are left out; NaN where all are.
struct SweepAverage {
    std::vector<double> mean, lowerQuartile, upperQuartile;
    std::int64_t rows = 0;     // that were predicted
    std::int64_t allRows = 0;  // that will be
    std::uint64_t seed = 0;    // that chose them
};

// logits: (rows, values), any number of rows.
SweepAverage averageOfRows(std::span<const float> logits, std::size_t values);

}  // namespace dlrm
