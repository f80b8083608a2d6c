// SPDX-License-Identifier: Apache-2.0
// GAUC: the AUC within each value of a field, weighted with its rows. What is the same for all rows of a group, as how
// often somebody clicks at all, does not help there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/metrics/score_key.h"

namespace dlrm {

struct GroupedAuc {
    std::string field;
    std::optional<double> value;  // Σ n_g·AUC_g / Σ n_g over groups with both classes; nothing where there are none
    std::int64_t rows = 0, groups = 0;
    std::int64_t skippedRows = 0, skippedGroups = 0;  // of them, those of groups with one class
};

// A row in one number that sorts by group, then score: 31 bits of the id, 32 of the key, the label.
// REQUIRES: id >= 0, label 0 or 1.
inline std::uint64_t groupedRow(std::int32_t id, ScoreKey key, std::uint8_t label) {
    return static_cast<std::uint64_t>(id) << 33 | static_cast<std::uint64_t>(key) << 1 | label;
}
inline std::int32_t groupOf(std::uint64_t row) { return static_cast<std::int32_t>(row >> 33); }
inline ScoreKey scoreOf(std::uint64_t row) { return static_cast<ScoreKey>(row >> 1); }

// Ascending rows, fewer than 2³². Ties count ½, exact but for the rounding of each group's AUC and of their sum.
GroupedAuc groupedAuc(std::span<const std::uint64_t> rows);

}  // namespace dlrm
