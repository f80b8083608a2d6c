// SPDX-License-Identifier: Apache-2.0
#include "core/measure/grouped_scores.h"

#include <cmath>
#include <string>

#include <fmt/format.h>
#include <tbb/parallel_sort.h>
#include <tbb/task_group.h>

#include "core/measure/state_counts.h"

namespace dlrm {

Result<void> GroupedScores::add(const MeasuredRows& rows) {
    DLRM_TRY(checkLookups(this->rows(), rows.rows.rows));
    const auto ids = rows.rows.idsOf(value(m_table));
    for (std::size_t r = 0; r < rows.logits.size(); ++r)
        m_rows.push_back(groupedRow(ids[r], keyOf(rows.logits[r]), rows.rows.labels[r]));
    m_sorted = m_rows.empty();
    return {};
}

// Cancelled, the rows are the same in another order.
Result<void> GroupedScores::finish(const std::stop_token& stop) {
    if (m_sorted) return {};
    tbb::task_group sorting;
    const std::stop_callback cancel(stop, [&sorting] { sorting.cancel(); });
    const auto ended = sorting.run_and_wait([this] { tbb::parallel_sort(m_rows.begin(), m_rows.end()); });
    if (ended == tbb::canceled || stop.stop_requested()) return cancelled();
    m_sorted = true;
    return {};
}

GroupedAuc GroupedScores::result() {
    (void)finish({});  // nobody stops it
    return groupedAuc(m_rows);
}

Result<void> GroupedScores::mergeSame(Measure& other) {
    const auto& from = static_cast<GroupedScores&>(other);
    DLRM_TRY(checkLookups(rows(), from.rows()));
    m_rows.insert(m_rows.end(), from.m_rows.begin(), from.m_rows.end());
    m_sorted = m_rows.empty();
    return {};
}

void GroupedScores::saveInto(MeasureState& state) {
    (void)finish({});
    state.put("grouped_rows", std::vector<std::int64_t>(m_rows.begin(), m_rows.end()));
}

Result<void> GroupedScores::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto rows, state.take<std::int64_t>("grouped_rows"));
    DLRM_TRY(checkLookups(0, std::ssize(rows)));
    m_rows.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto row = static_cast<std::uint64_t>(rows[i]);
        const float logit = logitOf(scoreOf(row));
        if (groupOf(row) >= m_ids || !std::isfinite(logit) || keyOf(logit) != scoreOf(row))
            return fail(impossibleState("grouped_rows",
                                        fmt::format("an id of 0 .. {} and the key of a finite logit", m_ids - 1),
                                        fmt::format("{}", rows[i])));
        if (i > 0 && row < m_rows.back())
            return fail(
                impossibleState("grouped_rows", "ascending rows", "a smaller one at place " + std::to_string(i)));
        m_rows.push_back(row);
    }
    m_sorted = true;
    return {};
}

}  // namespace dlrm
