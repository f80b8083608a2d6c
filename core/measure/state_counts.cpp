// SPDX-License-Identifier: Apache-2.0
#include "core/measure/state_counts.h"

#include <limits>
#include <string>

#include <fmt/format.h>

namespace dlrm {

std::int64_t appendMet(std::span<const std::uint32_t> counts, std::vector<std::uint32_t>& ids) {
    const auto before = std::ssize(ids);
    for (std::size_t id = 0; id < counts.size(); ++id)
        if (counts[id] > 0) ids.push_back(static_cast<std::uint32_t>(id));
    return std::ssize(ids) - before;
}

std::vector<std::uint32_t> countsOf(std::span<const std::uint32_t> counts, std::span<const std::uint32_t> ids) {
    std::vector<std::uint32_t> out;
    out.reserve(ids.size());
    for (const std::uint32_t id : ids) out.push_back(counts[id]);
    return out;
}

Result<void> checkMet(std::span<const std::uint32_t> ids, std::span<const std::uint32_t> hits, std::int64_t rows) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] >= rows || (i > 0 && ids[i] <= ids[i - 1]))
            return fail(
                impossibleState("ids", fmt::format("ascending ids of 0 .. {}", rows - 1), std::to_string(ids[i])));
        if (hits[i] == 0)
            return fail(impossibleState("hits", "at least one lookup of an id that is listed",
                                        "none of id " + std::to_string(ids[i])));
    }
    return {};
}

Result<void> checkLookups(std::int64_t before, std::int64_t more) {
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (before <= kMost && more <= kMost - before) return {};
    return fail(Error("E-ANALYSIS-003", "The dataset has too many rows to count its hits.")
                    .butExpected("fewer than 4,294,967,296 lookups of a table")
                    .butFound(std::to_string(before + more))
                    .withRemedy("Take a part of the dataset."));
}

Result<void> checkRows(std::int64_t rows) {
    constexpr std::int64_t kMost = std::int64_t{1} << 50;
    if (rows >= 0 && rows <= kMost) return {};
    return fail(impossibleState("rows", fmt::format("0 .. {}", kMost), std::to_string(rows)));
}

Result<std::int64_t> takeRows(MeasureState& state) {
    DLRM_TRY(const auto rows, state.take<std::int64_t>("rows", 1));
    DLRM_TRY(checkRows(rows.front()));
    return rows.front();
}

}  // namespace dlrm
