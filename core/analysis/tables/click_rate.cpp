// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/click_rate.h"

#include <limits>
#include <numeric>

namespace dlrm {
float ClickCounts::rate(std::int64_t id) const {
    const auto i = static_cast<std::size_t>(id);
    return hits[i] > 0 ? static_cast<float>(static_cast<double>(clicks[i]) / hits[i])
                       : std::numeric_limits<float>::quiet_NaN();
}

double ClickCounts::tableRate() const {
    const double all = std::accumulate(hits.begin(), hits.end(), 0.0),
                 clicked = std::accumulate(clicks.begin(), clicks.end(), 0.0);
    return all > 0 ? clicked / all : std::numeric_limits<double>::quiet_NaN();
}

std::vector<float> ClickCounts::shrunkRates() const {
    const double prior = tableRate();
    std::vector<float> out(hits.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < hits.size(); ++i)
        if (hits[i] > 0) out[i] = static_cast<float>((clicks[i] + kPriorHits * prior) / (hits[i] + kPriorHits));
    return out;
}

}  // namespace dlrm
