// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sweep/sweep_average.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/metrics/probability.h"

namespace dlrm {
namespace {

double quartileOf(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const double next = sorted[std::min(below + 1, sorted.size() - 1)];
    return sorted[below] + (at - static_cast<double>(below)) * (next - sorted[below]);
}

}  // namespace

SweepAverage averageOfRows(std::span<const float> logits, std::size_t values) {
    SweepAverage out;
    out.rows = values > 0 ? static_cast<std::int64_t>(logits.size() / values) : 0;
    std::vector<double> column;
    for (std::size_t v = 0; v < values; ++v) {
        column.clear();
        for (std::size_t i = v; i < logits.size(); i += values)
            if (std::isfinite(logits[i])) column.push_back(sigmoid(static_cast<double>(logits[i])));
        std::sort(column.begin(), column.end());
        const double sum = std::accumulate(column.begin(), column.end(), 0.0);
        out.mean.push_back(column.empty() ? std::numeric_limits<double>::quiet_NaN()
                                          : sum / static_cast<double>(column.size()));
        out.lowerQuartile.push_back(quartileOf(column, 0.25));
        out.upperQuartile.push_back(quartileOf(column, 0.75));
    }
    return out;
}

}  // namespace dlrm
