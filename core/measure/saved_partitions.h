// SPDX-License-Identifier: Apache-2.0
// Partitions of the rows in saved states: what is kept of them, so that a state
// is merged and shown without the model and the data that it is of.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/analysis/slices/partition.h"
#include "core/base/result.h"
#include "core/measure/state.h"

namespace dlrm {

using SlicePartitions = std::vector<std::shared_ptr<const SlicePartition>>;

// Of each the number of classes and the fingerprint, one after the other.
std::vector<std::int64_t> shapeOf(const SlicePartitions& partitions);
// The array "texts", of each the key that it was asked for by, and its sentences.
void putTexts(const SlicePartitions& partitions, MeasureState& state);
// Takes that array. Error E-MEASURE-005 where it is not as the partitions have it.
Result<void> takeTexts(const SlicePartitions& partitions, MeasureState& state);
// What Measure::shape() was of a saved state, of at least `least` numbers. Errors: E-MEASURE-001, 002, 005.
Result<std::vector<std::int64_t>> savedShape(const MeasureState& state, std::size_t least);
// The partitions of a saved state, `shape` being what shapeOf() gave, at most `most` classes in all. Errors:
// E-MEASURE-001, 002, 005.
Result<SlicePartitions> partitionsOf(std::span<const std::int64_t> shape, const MeasureState& state, std::size_t most);

// The first slice, or key, that only one of them has, for a person: as `mine` and as `its` has it.
std::pair<std::string, std::string> firstDifference(const SlicePartitions& mine, const SlicePartitions& its);

}  // namespace dlrm
