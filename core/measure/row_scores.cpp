// SPDX-License-Identifier: Apache-2.0
#include "core/measure/row_scores.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/measure/state_counts.h"

namespace dlrm {

RowScores::RowScores(std::int64_t expected) {
    m_logits.reserve(static_cast<std::size_t>(expected));
    m_labels.reserve(static_cast<std::size_t>(expected));
}

Result<void> RowScores::add(const MeasuredRows& rows) {
    const auto& labels = rows.rows.labels;
    if (labels.empty()) return {};
    if (!m_runs.empty() && m_runs.back().first + m_runs.back().count == rows.firstRow)
        m_runs.back().count += std::ssize(labels);
    else m_runs.push_back({rows.firstRow, std::ssize(labels)});
    m_logits.insert(m_logits.end(), rows.logits.begin(), rows.logits.end());
    for (const std::uint8_t label : labels) m_labels.push_back(label != 0);
    return {};
}

void RowScores::arrange() {
    if (!std::is_sorted(m_runs.begin(), m_runs.end(), [](const Run& a, const Run& b) { return a.first < b.first; })) {
        std::vector<std::pair<Run, std::size_t>> placed;
        std::size_t at = 0;
        for (const Run& run : m_runs) {
            placed.emplace_back(run, at);
            at += static_cast<std::size_t>(run.count);
        }
        std::sort(placed.begin(), placed.end(),
                  [](const auto& a, const auto& b) { return a.first.first < b.first.first; });
        std::vector<float> logits;
        std::vector<std::uint8_t> labels;
        logits.reserve(m_logits.size());
        labels.reserve(m_labels.size());
        m_runs.clear();
        for (const auto& [run, from] : placed) {
            const auto first = static_cast<std::ptrdiff_t>(from);
            logits.insert(logits.end(), m_logits.begin() + first, m_logits.begin() + first + run.count);
            labels.insert(labels.end(), m_labels.begin() + first, m_labels.begin() + first + run.count);
            m_runs.push_back(run);
        }
        m_logits = std::move(logits);
        m_labels = std::move(labels);
    }
    std::vector<Run> joined;
    for (const Run& run : m_runs) {
        if (!joined.empty() && joined.back().first + joined.back().count == run.first) joined.back().count += run.count;
        else joined.push_back(run);
    }
    m_runs = std::move(joined);
}

std::span<const float> RowScores::logits() {
    arrange();
    return m_logits;
}

std::span<const std::uint8_t> RowScores::labels() {
    arrange();
    return m_labels;
}

std::vector<float> RowScores::takeLogits() {
    arrange();
    m_runs.clear();
    m_labels = {};
    return std::exchange(m_logits, {});
}

Result<void> RowScores::mergeSame(Measure& other) {
    auto& from = static_cast<RowScores&>(other);
    m_runs.insert(m_runs.end(), from.m_runs.begin(), from.m_runs.end());
    m_logits.insert(m_logits.end(), from.m_logits.begin(), from.m_logits.end());
    m_labels.insert(m_labels.end(), from.m_labels.begin(), from.m_labels.end());
    return {};
}

void RowScores::saveInto(MeasureState& state) {
    arrange();
    std::vector<std::int64_t> firsts, counts;
    for (const Run& run : m_runs) {
        firsts.push_back(run.first);
        counts.push_back(run.count);
    }
    std::vector<std::uint32_t> logits(m_logits.size());
    std::transform(m_logits.begin(), m_logits.end(), logits.begin(),
                   [](float z) { return std::bit_cast<std::uint32_t>(z); });
    state.put("firsts", std::move(firsts));
    state.put("counts", std::move(counts));
    state.put("logits", std::move(logits));
    state.put("labels", m_labels);
}

Result<void> RowScores::loadFrom(MeasureState& state) {
    DLRM_TRY(const auto firsts, state.take<std::int64_t>("firsts"));
    DLRM_TRY(const auto counts, state.take<std::int64_t>("counts", std::ssize(firsts)));
    DLRM_TRY(const auto logits, state.take<std::uint32_t>("logits"));
    DLRM_TRY(auto labels, state.take<std::uint8_t>("labels", std::ssize(logits)));
    std::int64_t left = std::ssize(logits), end = -1;  // no run begins where another ends: it would be the same one
    std::vector<Run> runs;
    for (std::size_t i = 0; i < firsts.size(); ++i) {
        if (!checkRows(firsts[i]) || firsts[i] <= end)
            return fail(impossibleState("firsts", "runs of rows behind each other, with some between them",
                                        std::to_string(firsts[i])));
        if (counts[i] < 1 || counts[i] > left)
            return fail(impossibleState("counts", "from 1 to " + std::to_string(left) + ", the logits that are left",
                                        std::to_string(counts[i])));
        left -= counts[i];
        end = firsts[i] + counts[i];
        runs.push_back({firsts[i], counts[i]});
    }
    if (left != 0) return fail(impossibleState("counts", "as many rows as logits", std::to_string(left) + " too few"));
    std::vector<float> values(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
        values[i] = std::bit_cast<float>(logits[i]);
        if (!std::isfinite(values[i]))
            return fail(impossibleState("logits", "the bits of a finite logit", std::to_string(logits[i])));
        if (labels[i] > 1) return fail(impossibleState("labels", "0 or 1", std::to_string(labels[i])));
    }
    m_runs = std::move(runs);
    m_logits = std::move(values);
    m_labels = std::move(labels);
    return {};
}

}  // namespace dlrm
