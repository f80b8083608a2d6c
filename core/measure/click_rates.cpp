// SPDX-License-Identifier: Apache-2.0
#include "core/measure/click_rates.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "core/measure/state_counts.h"

namespace dlrm {

ClickRates::ClickRates(TableId table, std::int64_t rows) : m_table(table) {
    m_counts.hits.resize(static_cast<std::size_t>(rows));
    m_counts.clicks.resize(static_cast<std::size_t>(rows));
}

Result<void> ClickRates::add(const MeasuredRows& rows) {
    const BatchView& view = rows.rows;
    const auto ids = view.idsOf(value(m_table));
    DLRM_TRY(checkLookups(m_lookups, std::ssize(ids)));
    const auto count = [&](std::int32_t id, std::int64_t row) {
        ++m_counts.hits[static_cast<std::size_t>(id)];
        m_counts.clicks[static_cast<std::size_t>(id)] += view.labels[static_cast<std::size_t>(row)] != 0;
    };
    if (view.multiHot()) {
        for (std::int64_t r = 0; r < view.rows; ++r)
            for (const std::int32_t id : view.bag(static_cast<std::size_t>(value(m_table)), r)) count(id, r);
    } else {
        for (std::int64_t r = 0; r < view.rows; ++r) count(ids[static_cast<std::size_t>(r)], r);
    }
    m_lookups += std::ssize(ids);
    m_rows += view.rows;
    return {};
}

std::vector<std::int64_t> ClickRates::shape() const { return {value(m_table), std::ssize(m_counts.hits)}; }

Result<void> ClickRates::mergeSame(Measure& other) {
    auto& from = static_cast<ClickRates&>(other);
    DLRM_TRY(checkLookups(m_lookups, from.m_lookups));
    const auto addTo = [](std::vector<std::uint32_t>& counts, const std::vector<std::uint32_t>& more) {
        std::transform(counts.begin(), counts.end(), more.begin(), counts.begin(), std::plus<>());
    };
    addTo(m_counts.hits, from.m_counts.hits);
    addTo(m_counts.clicks, from.m_counts.clicks);
    m_lookups += from.m_lookups;
    m_rows += from.m_rows;
    return {};
}

void ClickRates::saveInto(MeasureState& state) {
    std::vector<std::uint32_t> ids;
    appendMet(m_counts.hits, ids);
    state.put("rows", std::vector<std::int64_t>{m_rows});
    state.put("hits", countsOf(m_counts.hits, ids));
    state.put("clicks", countsOf(m_counts.clicks, ids));
    state.put("ids", std::move(ids));
}

Result<void> ClickRates::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto rows, takeRows(state));
    DLRM_TRY(const auto ids, state.take<std::uint32_t>("ids"));
    DLRM_TRY(const auto hits, state.take<std::uint32_t>("hits", std::ssize(ids)));
    DLRM_TRY(const auto clicks, state.take<std::uint32_t>("clicks", std::ssize(ids)));
    DLRM_TRY(checkMet(ids, hits, std::ssize(m_counts.hits)));
    const std::int64_t lookups = std::accumulate(hits.begin(), hits.end(), std::int64_t{0});
    if (lookups < rows || !checkLookups(0, lookups))
        return fail(impossibleState("hits", "a lookup for each of " + std::to_string(rows) + " rows, below 2³² in all",
                                    std::to_string(lookups)));
    std::fill(m_counts.hits.begin(), m_counts.hits.end(), 0);
    std::fill(m_counts.clicks.begin(), m_counts.clicks.end(), 0);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (clicks[i] > (hits)[i])
            return fail(impossibleState("clicks", "at most " + std::to_string(hits[i]) + ", the lookups",
                                        std::to_string(clicks[i])));
        m_counts.hits[ids[i]] = hits[i];
        m_counts.clicks[ids[i]] = clicks[i];
    }
    m_lookups = lookups;
    m_rows = rows;
    return {};
}

}  // namespace dlrm
