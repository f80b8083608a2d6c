// SPDX-License-Identifier: Apache-2.0
// Units of a layer whose weights and bias equal another's, or point into the same direction.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>

#include "core/analysis/layers/statistics.h"
#include "core/base/result.h"
#include "core/model/table_view.h"

namespace dlrm {

// Fills duplicateOf, exact and cosine of the live units. rows: the learned inputs. A column with a value that is not
// finite is no duplicate. Pairs are told apart by the distance of the normalised columns, summed until it exceeds what
// kDuplicateCosine allows: usually a few values.
Result<void> findDuplicates(const DenseWeights& weights, std::int64_t rows, std::span<UnitStatistics> units,
                            const std::stop_token& stop);

}  // namespace dlrm
