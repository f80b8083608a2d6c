// SPDX-License-Identifier: Apache-2.0
// How often the rows of a dataset that look up an id were clicked, for every id of one table.
#pragma once

#include <cstdint>
#include <vector>

namespace dlrm {

inline constexpr double kPriorHits = 20;

struct ClickCounts {
    std::vector<std::uint32_t> hits, clicks;  // per id
    // Share of clicks; NaN where the id has no hit.
    float rate(std::int64_t id) const;
    double tableRate() const;  // of all lookups; NaN where there is none
    // Per id, drawn towards the table's rate as by kPriorHits more lookups at that rate: a few lookups say little. NaN
    // where the id has no hit.
    std::vector<float> shrunkRates() const;
};

}  // namespace dlrm
