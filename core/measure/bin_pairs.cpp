// SPDX-License-Identifier: Apache-2.0
#include "core/measure/bin_pairs.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/measure/state_counts.h"
#include "core/metrics/score_pass.h"

namespace dlrm {
namespace {

constexpr std::int64_t kPairRows = 8 * kScorePassRows;

BinLayout layoutOf(const std::vector<std::shared_ptr<const SlicePartition>>& fields) {
    std::vector<std::size_t> bins;
    for (const auto& field : fields) bins.push_back(field->classes());
    return BinLayout(bins);
}

// What every row adds to its cells.
struct RowAdds {
    std::vector<std::int64_t> probability, variance;

    RowAdds(std::span<const float> logits, std::span<const std::uint8_t> labels)
        : probability(logits.size()), variance(logits.size()) {
        std::vector<double> loss(logits.size()), squared(logits.size()), p(logits.size());
        for (std::size_t at = 0; at < logits.size(); at += kScorePassRows) {
            const std::size_t n = std::min(static_cast<std::size_t>(kScorePassRows), logits.size() - at);
            scoreTerms(logits.data() + at, labels.data() + at, static_cast<std::int64_t>(n), loss.data() + at,
                       squared.data() + at, p.data() + at);
        }
        for (std::size_t r = 0; r < p.size(); ++r) {
            probability[r] = std::llround(p[r] / BinCell::kUnit);
            variance[r] = std::llround(p[r] * (1 - p[r]) / BinCell::kUnit);
        }
    }
};

}  // namespace

BinPairs::BinPairs(SlicePartitions fields, std::int64_t most)
    : m_fields(std::move(fields)), m_most(most), m_layout(layoutOf(m_fields)), m_cells(m_layout.cells()) {}

Result<std::unique_ptr<BinPairs>> BinPairs::madeFor(const MeasureState& state) {
    DLRM_TRY(const auto shape, savedShape(state, 1));
    if (shape[0] < 1) return fail(impossibleState("shape", "at least one slice to list", fmt::format("{}", shape[0])));
    DLRM_TRY(auto fields, partitionsOf(std::span(shape).subspan(1), state, kMostBinPairs));
    std::size_t bins = 1, pairs = 0;
    for (const auto& field : fields) {
        // Of a sentence and all others the second class has no words.
        if (field->listed() != field->classes())
            return fail(impossibleState("texts", fmt::format("{} bins of a field", field->classes()),
                                        fmt::format("{} sentences", field->listed())));
        pairs += bins * field->classes();
        bins += field->classes();
        if (pairs > kMostBinPairs)
            return fail(impossibleState("shape", fmt::format("at most {} pairs of bins", kMostBinPairs),
                                        fmt::format("{}", pairs)));
    }
    return std::make_unique<BinPairs>(std::move(fields), shape[0]);
}

Result<void> BinPairs::add(const MeasuredRows& rows) {
    DLRM_TRY(checkLookups(m_rows, rows.rows.rows));
    for (std::int64_t first = 0; first < rows.rows.rows; first += kPairRows) {
        const std::int64_t count = std::min(kPairRows, rows.rows.rows - first);
        addChunk(rows.rows.slice(first, count),
                 rows.logits.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
    }
    m_rows += rows.rows.rows;
    return {};
}

void BinPairs::addChunk(const BatchView& rows, std::span<const float> logits) {
    const RowAdds adds(logits, rows.labels);
    const std::size_t n = logits.size(), fields = m_layout.fields();
    std::vector<std::vector<std::uint16_t>> bins(fields, std::vector<std::uint16_t>(n));
    tbb::parallel_for(std::size_t{1}, fields, [&](std::size_t f) { m_fields[f - 1]->classify({rows, {}}, bins[f]); });
    // The pairs of field a are of no other's.
    tbb::parallel_for(std::size_t{0}, fields, [&](std::size_t a) {
        for (std::size_t b = a + 1; b < fields; ++b) {
            BinCell* const first = m_cells.data() + m_layout.first(a, b);
            const std::size_t width = m_layout.bins(b);
            for (std::size_t r = 0; r < n; ++r) {
                BinCell& cell = first[bins[a][r] * width + bins[b][r]];
                ++cell.rows;
                cell.positives += rows.labels[r];
                cell.probability += adds.probability[r];
                cell.variance += adds.variance[r];
            }
        }
    });
}

WeakestSlices BinPairs::weakest() const {
    std::vector<std::vector<std::string>> sentences;
    for (const auto& field : m_fields) {
        std::vector<std::string>& of = sentences.emplace_back();
        for (std::size_t i = 0; i < field->listed(); ++i) of.push_back(field->sentence(i));
    }
    return weakestSlices(m_layout, m_cells, sentences, static_cast<std::size_t>(m_most));
}

std::vector<std::int64_t> BinPairs::shape() const {
    std::vector<std::int64_t> out{m_most};
    for (const std::int64_t more : shapeOf(m_fields)) out.push_back(more);
    return out;
}

std::pair<std::string, std::string> BinPairs::differsBy(const Measure& other) const {
    const auto& from = static_cast<const BinPairs&>(other);
    const auto words = [](std::int64_t most) { return fmt::format("the {} weakest slices", most); };
    if (m_most != from.m_most) return {words(m_most), words(from.m_most)};
    return firstDifference(m_fields, from.m_fields);
}

Result<void> BinPairs::mergeSame(Measure& other) {
    const auto& from = static_cast<BinPairs&>(other);
    DLRM_TRY(checkLookups(m_rows, from.m_rows));
    for (std::size_t c = 0; c < m_cells.size(); ++c) {
        m_cells[c].rows += from.m_cells[c].rows;
        m_cells[c].positives += from.m_cells[c].positives;
        m_cells[c].probability += from.m_cells[c].probability;
        m_cells[c].variance += from.m_cells[c].variance;
    }
    m_rows += from.m_rows;
    return {};
}

void BinPairs::saveInto(MeasureState& state) {
    std::vector<std::uint32_t> cells, rows, positives;
    std::vector<std::int64_t> probability, variance;
    for (std::size_t c = 0; c < m_cells.size(); ++c) {
        const BinCell& cell = m_cells[c];
        if (cell.rows == 0) continue;
        cells.push_back(static_cast<std::uint32_t>(c));
        rows.push_back(cell.rows);
        positives.push_back(cell.positives);
        probability.push_back(cell.probability);
        variance.push_back(cell.variance);
    }
    putTexts(m_fields, state);
    state.put("cell", std::move(cells));
    state.put("rows", std::move(rows));
    state.put("positives", std::move(positives));
    state.put("probability", std::move(probability));
    state.put("variance", std::move(variance));
}

// Every row is in one cell of each pair.
Result<void> BinPairs::checkFields(std::int64_t rows) const {
    for (std::size_t a = 0; a < m_layout.fields(); ++a)
        for (std::size_t b = a + 1; b < m_layout.fields(); ++b) {
            std::int64_t found = 0;
            for (std::size_t c = 0; c < m_layout.bins(a) * m_layout.bins(b); ++c)
                found += m_cells[m_layout.first(a, b) + c].rows;
            if (found != rows || !checkLookups(0, found))
                return fail(impossibleState("rows",
                                            fmt::format("{} rows of every pair of fields, fewer than 2³²", rows),
                                            fmt::format("{}", found)));
        }
    return {};
}

Result<void> BinPairs::loadFrom(MeasureState& state) {
    DLRM_TRY(takeTexts(m_fields, state));
    DLRM_TRY(const auto met, state.take<std::uint32_t>("cell"));
    const std::int64_t cells = std::ssize(met);
    DLRM_TRY(const auto rows, state.take<std::uint32_t>("rows", cells));
    DLRM_TRY(const auto positives, state.take<std::uint32_t>("positives", cells));
    DLRM_TRY(const auto probability, state.take<std::int64_t>("probability", cells));
    DLRM_TRY(const auto variance, state.take<std::int64_t>("variance", cells));
    constexpr std::int64_t kOne = 1 << 30;  // 1 in BinCell::kUnit
    std::fill(m_cells.begin(), m_cells.end(), BinCell());
    for (std::size_t c = 0; c < met.size(); ++c) {
        if (met[c] >= m_cells.size() || (c > 0 && met[c] <= met[c - 1]) || rows[c] == 0)
            return fail(impossibleState("cell", fmt::format("ascending cells of {} with rows", m_cells.size()),
                                        fmt::format("{}", met[c])));
        const std::int64_t most = kOne * rows[c];
        if (positives[c] > rows[c] || probability[c] < 0 || probability[c] > most || variance[c] < 0 ||
            variance[c] > most / 4)
            return fail(impossibleState("positives, probability, variance", fmt::format("those of {} rows", rows[c]),
                                        fmt::format("{}, {}, {}", positives[c], probability[c], variance[c])));
        m_cells[met[c]] = {rows[c], positives[c], probability[c], variance[c]};
    }
    std::int64_t all = 0;
    for (std::size_t bin = 0; bin < m_layout.bins(1); ++bin) all += m_cells[m_layout.first(0, 1) + bin].rows;
    DLRM_TRY(checkFields(all));
    m_rows = all;
    return {};
}

}  // namespace dlrm
