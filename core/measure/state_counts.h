// SPDX-License-Identifier: Apache-2.0
// Counts as a state holds them: of ids, those of the ones that were met; of rows, a number that can be one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/measure/state.h"

namespace dlrm {

// Appends the ids that were counted, ascending. Returns how many.
std::int64_t appendMet(std::span<const std::uint32_t> counts, std::vector<std::uint32_t>& ids);
// counts[ids[i]] for each.
std::vector<std::uint32_t> countsOf(std::span<const std::uint32_t> counts, std::span<const std::uint32_t> ids);
// Error E-MEASURE-005 unless the ids of a state ascend, each below `rows` and met at least once.
Result<void> checkMet(std::span<const std::uint32_t> ids, std::span<const std::uint32_t> hits, std::int64_t rows);
// Error E-ANALYSIS-003 when a table would have more lookups than a count can hold: `before` and `more` of them.
Result<void> checkLookups(std::int64_t before, std::int64_t more);
// Error E-MEASURE-005 unless `rows` of a state is 0 .. 2⁵⁰.
Result<void> checkRows(std::int64_t rows);
// The one number of the array "rows" of a state, checked.
Result<std::int64_t> takeRows(MeasureState& state);

}  // namespace dlrm
