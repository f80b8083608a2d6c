// SPDX-License-Identifier: Apache-2.0
#include "core/measure/scores.h"

#include <cmath>
#include <string>
#include <utility>

namespace dlrm {
namespace {

constexpr const char* kNames[] = {"negatives", "positives"};  // by label

// Ascending keys of finite logits, none of −0, which has +0's.
Result<void> checkKeys(const char* name, const std::vector<std::uint32_t>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i > 0 && keys[i] < keys[i - 1])
            return fail(impossibleState(name, "ascending keys", "a smaller one at place " + std::to_string(i)));
        const float logit = logitOf(keys[i]);
        if (!std::isfinite(logit) || keyOf(logit) != keys[i])
            return fail(impossibleState(name, "the key of a finite logit", std::to_string(keys[i])));
    }
    return {};
}

}  // namespace

Result<void> Scores::add(const MeasuredRows& rows) {
    if (!m_where) return m_metrics.add(rows.logits, rows.rows.labels, rows.firstRow);
    const std::size_t n = rows.logits.size();
    std::vector<std::int64_t> numbers;
    if (m_where->looksAtRowNumbers())
        for (std::size_t r = 0; r < n; ++r) numbers.push_back(m_numberOf(rows.firstRow + static_cast<std::int64_t>(r)));
    std::vector<std::uint16_t> classes(n);
    m_where->classify({rows.rows, numbers}, classes);
    std::vector<float> logits;
    std::vector<std::uint8_t> labels;
    std::vector<std::int64_t> chosen;
    for (std::size_t r = 0; r < n; ++r) {
        if (classes[r] != 0) continue;
        logits.push_back(rows.logits[r]);
        labels.push_back(rows.rows.labels[r]);
        chosen.push_back(rows.firstRow + static_cast<std::int64_t>(r));
    }
    auto added = m_metrics.add(logits, labels, 0);
    if (added) return {};
    Error error = std::move(added).error();
    if (error.row >= 0 && error.row < std::ssize(chosen)) error.row = chosen[static_cast<std::size_t>(error.row)];
    return fail(std::move(error));
}

Result<void> Scores::mergeSame(Measure& other) {
    m_metrics.merge(std::move(static_cast<Scores&>(other).m_metrics));
    return {};
}

void Scores::saveInto(MeasureState& state) {
    for (const int label : {0, 1}) {
        const auto keys = m_metrics.keys(label);
        state.put(kNames[label], std::vector<std::uint32_t>(keys.begin(), keys.end()));
    }
}

Result<void> Scores::loadFrom(MeasureState& state) {
    m_metrics = MetricSet();
    for (const int label : {0, 1}) {
        DLRM_TRY(const auto keys, state.take<std::uint32_t>(kNames[label]));
        DLRM_TRY(checkKeys(kNames[label], keys));
        m_metrics.addKeys(keys, label);
    }
    return {};
}

}  // namespace dlrm
