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
