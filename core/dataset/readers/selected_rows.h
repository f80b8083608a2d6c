// SPDX-License-Identifier: Apache-2.0
// Some rows of a dataset as a dataset of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/dataset/dataset.h"

namespace dlrm {

// `count` rows of 0 … rows − 1 without repetition, each set equally likely, the same for a seed; as ascending ranges.
// All of them where count >= rows.
std::vector<RowRange> sampledRows(std::int64_t rows, std::int64_t count, std::uint64_t seed);

// The rows of `ranges` in their order; row i of it is the i-th of them. `what` says which they are, for notes(): "a
// sample of 1,000 rows, seed 1". Errors of read() name the row of the dataset itself. REQUIRES: every range lies in the
// dataset.
std::shared_ptr<const Dataset> selectRows(std::shared_ptr<const Dataset> dataset, std::vector<RowRange> ranges,
                                          std::string what);

}  // namespace dlrm
