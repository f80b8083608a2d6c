// SPDX-License-Identifier: Apache-2.0
#include "core/measure/traffic_counts.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <tbb/parallel_for.h>

#include "core/measure/state_counts.h"

namespace dlrm {

TrafficCounts::TrafficCounts(const std::vector<TableSpec>& tables) : m_lookups(tables.size()) {
    for (const TableSpec& table : tables) m_hits.emplace_back(static_cast<std::size_t>(table.rows));
}

Result<void> TrafficCounts::add(const MeasuredRows& rows) {
    for (std::size_t t = 0; t < m_hits.size(); ++t) {
        const auto lookups = std::ssize(rows.rows.idsOf(static_cast<std::int64_t>(t)));
        DLRM_TRY(checkLookups(m_lookups[t], lookups));
        m_lookups[t] += lookups;
    }
    tbb::parallel_for(std::size_t{0}, m_hits.size(), [&](std::size_t t) {
        std::vector<std::uint32_t>& hits = m_hits[t];
        for (const std::int32_t id : rows.rows.idsOf(static_cast<std::int64_t>(t)))
            ++hits[static_cast<std::size_t>(id)];
    });
    m_rows += rows.rows.rows;
    return {};
}

std::vector<std::int64_t> TrafficCounts::shape() const {
    std::vector<std::int64_t> out;
    for (const auto& hits : m_hits) out.push_back(std::ssize(hits));
    return out;
}

Result<void> TrafficCounts::mergeSame(Measure& other) {
    auto& from = static_cast<TrafficCounts&>(other);
    for (std::size_t t = 0; t < m_hits.size(); ++t) DLRM_TRY(checkLookups(m_lookups[t], from.m_lookups[t]));
    for (std::size_t t = 0; t < m_hits.size(); ++t) {
        std::transform(m_hits[t].begin(), m_hits[t].end(), from.m_hits[t].begin(), m_hits[t].begin(), std::plus<>());
        m_lookups[t] += from.m_lookups[t];
    }
    m_rows += from.m_rows;
    return {};
}

void TrafficCounts::saveInto(MeasureState& state) {
    std::vector<std::int64_t> distinct;
    std::vector<std::uint32_t> ids, hits;
    for (const auto& table : m_hits) {
        const std::size_t before = ids.size();
        distinct.push_back(appendMet(table, ids));
        const auto counts = countsOf(table, std::span(ids).subspan(before));
        hits.insert(hits.end(), counts.begin(), counts.end());
    }
    state.put("rows", std::vector<std::int64_t>{m_rows});
    state.put("distinct", std::move(distinct));
    state.put("ids", std::move(ids));
    state.put("hits", std::move(hits));
}

Result<void> TrafficCounts::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto rows, takeRows(state));
    DLRM_TRY(const auto distinct, state.take<std::int64_t>("distinct", std::ssize(m_hits)));
    DLRM_TRY(const auto ids, state.take<std::uint32_t>("ids"));
    DLRM_TRY(const auto hits, state.take<std::uint32_t>("hits", std::ssize(ids)));
    std::size_t first = 0;
    for (std::size_t t = 0; t < m_hits.size(); ++t) {
        const std::int64_t count = distinct[t];
        if (count < 0 || count > std::ssize(ids) - static_cast<std::int64_t>(first))
            return fail(impossibleState("distinct", "as many ids as are listed", std::to_string(count)));
        const auto tableIds = std::span(ids).subspan(first, static_cast<std::size_t>(count));
        const auto tableHits = std::span(hits).subspan(first, static_cast<std::size_t>(count));
        DLRM_TRY(checkMet(tableIds, tableHits, std::ssize(m_hits[t])));
        m_lookups[t] = std::accumulate(tableHits.begin(), tableHits.end(), std::int64_t{0});
        if (m_lookups[t] < rows || !checkLookups(0, m_lookups[t]))
            return fail(impossibleState(
                "hits", "a lookup of each table for each of " + std::to_string(rows) + " rows, below 2³² in all",
                std::to_string(m_lookups[t])));
        std::fill(m_hits[t].begin(), m_hits[t].end(), 0);
        for (std::size_t i = 0; i < tableIds.size(); ++i) m_hits[t][tableIds[i]] = tableHits[i];
        first += tableIds.size();
    }
    if (first != ids.size())
        return fail(impossibleState("ids", std::to_string(first) + " ids in all", std::to_string(ids.size())));
    m_rows = rows;
    return {};
}

}  // namespace dlrm
