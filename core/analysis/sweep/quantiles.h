// SPDX-License-Identifier: Apache-2.0
// The values that a dataset has of its numericals, few enough to try each.
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

// Of a dataset as a whole, from one look at its rows.
struct DataQuantiles {
    std::vector<NumericalQuantiles> numericals;  // all of them
    std::int64_t rows = 0;                       // looked at
    std::int64_t clicks = 0;                     // among them; 0 where the dataset has no labels
};

// Rows that are looked at; of a longer dataset in blocks that lie evenly over it.
inline constexpr std::int64_t kMostRowsOfQuantiles = 1'000'000;
// Numbers that are kept for that, in float32: of very many numericals fewer rows are looked at.
inline constexpr std::int64_t kMostNumbersOfQuantiles = 64'000'000;

// All values where there are at most `most`, else the quantiles k/(most - 1) of the rows' values, smallest and largest
// included. REQUIRES: the numerical exists, most >= 2. Errors: those of Dataset::read(), E-CANCELLED.
Result<NumericalQuantiles> numericalQuantiles(const Dataset& dataset, std::size_t index, std::int64_t most,
                                              const Job& job);
// The same of every numerical, and the clicks. REQUIRES: most >= 2. Errors: the same.
Result<DataQuantiles> dataQuantiles(const Dataset& dataset, std::int64_t most, const Job& job);

}  // namespace dlrm
