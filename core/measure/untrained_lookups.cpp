// SPDX-License-Identifier: Apache-2.0
#include "core/measure/untrained_lookups.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>
#include <string>

#include <tbb/parallel_for.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "core/measure/state_counts.h"

namespace dlrm {
namespace {

constexpr std::int64_t kLookupRows = 8192;

}  // namespace

UntrainedLookups::UntrainedLookups(std::vector<const UntrainedRows*> tables)
    : m_tables(std::move(tables)), m_untrained(m_tables.size()), m_rowsByCount(m_tables.size() + 1) {}

Result<void> UntrainedLookups::add(const MeasuredRows& rows) {
    const std::int64_t all = rows.rows.rows, parts = (all + kLookupRows - 1) / kLookupRows;
    std::vector<std::atomic<std::int64_t>> untrained(m_untrained.size()), byCount(m_rowsByCount.size());
    tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t part) {
        const std::int64_t first = part * kLookupRows;
        const auto count = static_cast<std::size_t>(std::min(kLookupRows, all - first));
        std::vector<std::uint32_t> ofRow(count);
        for (std::size_t t = 0; t < m_tables.size(); ++t) {
            const auto ids =
                rows.rows.idsOf(static_cast<std::int64_t>(t)).subspan(static_cast<std::size_t>(first), count);
            std::int64_t found = 0;
            for (std::size_t r = 0; r < count; ++r) {
                const bool hit = m_tables[t]->contains(ids[r]);
                ofRow[r] += hit;
                found += hit;
            }
            untrained[t] += found;
        }
        for (const std::uint32_t n : ofRow) ++byCount[n];
    });
    for (std::size_t t = 0; t < untrained.size(); ++t) m_untrained[t] += untrained[t];
    for (std::size_t n = 0; n < byCount.size(); ++n) m_rowsByCount[n] += byCount[n];
    m_rows += all;
    return {};
}

UntrainedTraffic UntrainedLookups::traffic() const {
    UntrainedTraffic out;
    out.rows = m_rows;
    for (std::size_t t = 0; t < m_tables.size(); ++t)
        out.tables.push_back({m_rows, m_untrained[t], m_tables[t]->known()});
    out.rowsByCount = m_rowsByCount;
    out.rowsAffected = m_rows - m_rowsByCount.front();
    return out;
}

// Of each table its rows, and which ones are untrained, as a hash.
std::vector<std::int64_t> UntrainedLookups::shape() const {
    std::vector<std::int64_t> out;
    for (const UntrainedRows* table : m_tables) {
        out.push_back(table->rows);
        out.push_back(
            std::bit_cast<std::int64_t>(XXH3_64bits(table->bits.data(), table->bits.size() * sizeof(std::uint64_t))));
    }
    return out;
}

Result<void> UntrainedLookups::mergeSame(Measure& other) {
    const auto& from = static_cast<UntrainedLookups&>(other);
    std::transform(m_untrained.begin(), m_untrained.end(), from.m_untrained.begin(), m_untrained.begin(),
                   std::plus<>());
    std::transform(m_rowsByCount.begin(), m_rowsByCount.end(), from.m_rowsByCount.begin(), m_rowsByCount.begin(),
                   std::plus<>());
    m_rows += from.m_rows;
    return {};
}

void UntrainedLookups::saveInto(MeasureState& state) {
    state.put("rows", std::vector<std::int64_t>{m_rows});
    state.put("untrained", m_untrained);
    state.put("rows_by_count", m_rowsByCount);
}

Result<void> UntrainedLookups::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto rows, takeRows(state));
    DLRM_TRY(const auto untrained, state.take<std::int64_t>("untrained", std::ssize(m_untrained)));
    DLRM_TRY(const auto byCount, state.take<std::int64_t>("rows_by_count", std::ssize(m_rowsByCount)));
    // Both are counts of the same lookups: first none above the rows, so that no sum overflows that decides anything.
    const auto within = [&](std::int64_t n) { return n >= 0 && n <= rows; };
    for (const auto* counts : {&untrained, &byCount})
        for (const std::int64_t n : *counts)
            if (!within(n))
                return fail(
                    impossibleState("untrained, rows_by_count", "0 .. " + std::to_string(rows), std::to_string(n)));
    using Wide = __int128;
    Wide lookups = 0, byRow = 0, counted = 0;
    for (const std::int64_t n : untrained) lookups += n;
    for (std::size_t k = 0; k < byCount.size(); ++k) {
        byRow += static_cast<Wide>(k) * byCount[k];
        counted += byCount[k];
    }
    if (counted != rows || lookups != byRow)
        return fail(
            impossibleState("rows_by_count", "as many rows and lookups as are counted otherwise", "other numbers"));
    m_rows = rows;
    m_untrained = untrained;
    m_rowsByCount = byCount;
    return {};
}

}  // namespace dlrm
