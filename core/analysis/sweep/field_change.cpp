// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/field_change.h"

#include <algorithm>
#include <cmath>

namespace dlrm {

bool CrossingSearch::offer(std::int64_t place, float logit) {
    ++m_tried;
    if (!std::isfinite(logit)) return false;
    m_crosses = isAboveThreshold(logit, m_threshold) != m_clicked;
    if (m_crosses || m_place < 0 || (m_clicked ? logit < m_logit : logit > m_logit)) {
        m_place = place;
        m_logit = logit;
    }
    return m_crosses;
}

std::vector<std::int64_t> nearestFirst(const std::vector<float>& values, float own) {
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != own) places.push_back(static_cast<std::int64_t>(i));
    const auto away = [&](std::int64_t place) {
        return std::abs(static_cast<double>(values[static_cast<std::size_t>(place)]) - static_cast<double>(own));
    };
    std::stable_sort(places.begin(), places.end(), [&](std::int64_t a, std::int64_t b) { return away(a) < away(b); });
    return places;
}

void sortChanges(std::vector<FieldChange>& changes, float current, bool clicked) {
    const double now = sigmoid(static_cast<double>(current));
    const auto size = [&](const FieldChange& c) { return std::abs(sigmoid(static_cast<double>(c.logit)) - now); };
    std::stable_sort(changes.begin(), changes.end(), [&](const FieldChange& a, const FieldChange& b) {
        if (a.crosses != b.crosses) return a.crosses;
        if (a.crosses) return size(a) < size(b);
        if (a.any != b.any) return a.any;
        return a.any && (clicked ? a.logit < b.logit : a.logit > b.logit);
    });
}

}  // namespace dlrm
