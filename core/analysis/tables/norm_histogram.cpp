// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/norm_histogram.h"

#include <algorithm>
#include <cmath>

namespace dlrm {
namespace {

constexpr double kLowMedian = 0.1;  // of the largest norm

}  // namespace

double NormHistogram::edge(std::size_t bin) const {
    if (bin >= trained.size()) return high;
    const double share = static_cast<double>(bin) / static_cast<double>(trained.size());
    return logarithmic ? low * std::pow(high / low, share) : low + share * (high - low);
}

NormHistogram normHistogram(const TableStatistics& statistics, int bins) {
    NormHistogram out;
    out.trained.assign(static_cast<std::size_t>(bins), 0);
    out.untrained.assign(static_cast<std::size_t>(bins), 0);
    out.low = static_cast<double>(statistics.norms.min);
    out.high = static_cast<double>(statistics.norms.max);
    const auto& norms = statistics.scan.norms;
    if (!std::isfinite(out.low) || !std::isfinite(out.high)) {
        out.low = 0;
        out.high = 1;
        out.notFinite = static_cast<std::int64_t>(norms.size());
        return out;
    }
    if (out.high <= out.low) {
        const double half = out.low > 0 ? out.low * 0.05 : 0.5;
        out.low -= half;
        out.high += half;
    }
    out.logarithmic = out.low > 0 && static_cast<double>(statistics.norms.p50) < kLowMedian * out.high;
    std::vector<double> edges;
    for (std::size_t b = 0; b < out.trained.size(); ++b) edges.push_back(out.edge(b));
    const double scale = bins / (out.high - out.low);
    const auto binOf = [&](double norm) {
        if (out.logarithmic)
            return static_cast<int>(std::upper_bound(edges.begin(), edges.end(), norm) - edges.begin()) - 1;
        return static_cast<int>((norm - out.low) * scale);
    };
    const bool known =
        statistics.untrained.rows == static_cast<std::int64_t>(norms.size()) && !statistics.untrained.bits.empty();
    for (std::size_t i = 0; i < norms.size(); ++i) {
        if (!std::isfinite(norms[i])) {
            ++out.notFinite;
            continue;
        }
        const int bin = std::clamp(binOf(static_cast<double>(norms[i])), 0, bins - 1);
        auto& side = known && statistics.untrained.contains(static_cast<std::int64_t>(i)) ? out.untrained : out.trained;
        ++side[static_cast<std::size_t>(bin)];
        ++out.counted;
    }
    for (std::size_t b = 0; b < out.trained.size(); ++b)
        out.highest = std::max(out.highest, out.trained[b] + out.untrained[b]);
    return out;
}

}  // namespace dlrm
