// SPDX-License-Identifier: Apache-2.0
// How often the rows of a dataset that look up an id were clicked, for every id of one table.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/ids.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace dlrm {

inline constexpr double kPriorHits = 20;

struct ClickCounts {
    std::vector<std::uint32_t> hits, clicks;  // per id
    // Share of clicks; NaN where the id has no hit.
    float rate(std::int64_t id) const;
    double tableRate() const;  // of all lookups; NaN where there is none
    // Per id, drawn towards the table's rate as by kPriorHits more lookups at that rate: a few lookups say little. NaN where the id has no hit.
    std::vector<float> shrunkRates() const;
};

// One pass over the dataset; of several ids in a row each counts. Errors: E-ANALYSIS-004 it has no labels; E-ENGINE-004 an id outside 0 .. tableRows-1; those of Dataset::read(); E-CANCELLED.
// REQUIRES: 0 <= tableRows < 2³².
Result<ClickCounts> clickCounts(const Dataset& dataset, TableId table, std::int64_t tableRows, const ProgressFn& progress, std::stop_token stop);

}  // namespace dlrm
