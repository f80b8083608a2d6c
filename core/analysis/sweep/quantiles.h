// SPDX-License-Identifier: Apache-2.0
// The values that a dataset has of one numerical, few enough to try each.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace dlrm {

struct NumericalQuantiles {
    std::vector<float> values;  // as fed, ascending, each once, all finite
    std::int64_t rows = 0;      // looked at
    std::int64_t distinct = 0;  // values in them
};

// Rows that are looked at; of a longer dataset in blocks that lie evenly over it.
inline constexpr std::int64_t kMostRowsOfQuantiles = 1'000'000;

// All values where there are at most `most`, else the quantiles k/(most - 1) of the rows' values, smallest and largest
// included. REQUIRES: the numerical exists, most >= 2. Errors: those of Dataset::read(), E-CANCELLED.
Result<NumericalQuantiles> numericalQuantiles(const Dataset& dataset, std::size_t index, std::int64_t most,
                                              const Job& job);

}  // namespace dlrm
