// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/rank_norm.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

constexpr double kBandDeviations = 3;

// Ids of column x of the map, from the inverse of its definition; the columns cover 0 .. rows − 1 without gap.
std::int64_t firstIdOf(int x, const RankNormMap& map) {
    if (x >= map.columns) return map.rows;
    const double id = std::pow(10.0, x * map.logRankMax / map.columns) - 1;
    // Rounding may put 10^log10(k) a little below or above k.
    return std::clamp(static_cast<std::int64_t>(std::ceil(id - 1e-9 * (id + 1))), std::int64_t{0}, map.rows);
}

// The ranks' order follows numpy.percentile(…, method="lower").
float quantile(std::vector<float>& values, int percent) {
    const auto at = static_cast<std::ptrdiff_t>(percent * (static_cast<std::int64_t>(values.size()) - 1) / 100);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace

InitializerNorm initializerNorm(std::int64_t dim, double bound) {
    // u² of uniform(−a, a) has mean a²/3 and variance 4a⁴/45. The norm is √s of their sum s; to second order around its
    // mean m: E√s = √m (1 − var / 8m²), sd √s = √var / 2√m.
    const auto n = static_cast<double>(dim);
    const double mean = n * bound * bound / 3, variance = n * 4 * std::pow(bound, 4) / 45;
    if (!(mean > 0)) return {};
    return {std::sqrt(mean) * (1 - variance / (8 * mean * mean)), std::sqrt(variance) / (2 * std::sqrt(mean))};
}

RankNormMap rankNormMap(const TableStatistics& statistics, int columns, int bins) {
    RankNormMap map;
    const std::vector<float>& norms = statistics.scan.norms;
    map.rows = statistics.scan.rows;
    map.dim = statistics.scan.dim;
    map.columns = columns;
    map.bins = bins;
    map.counts.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(bins));
    map.row0Norm = std::numeric_limits<float>::quiet_NaN();
    map.initializerBound = statistics.untrained.lattice.max;
    const InitializerNorm initial = initializerNorm(map.dim, map.initializerBound);
    map.bandMean = initial.mean;
    map.bandSd = initial.sd;
    if (map.rows == 0) return map;
    map.row0Norm = norms[0];
    map.logRankMax = std::log10(static_cast<double>(map.rows));
    map.normLow = statistics.norms.rows > 0 ? statistics.norms.min : 0;
    map.normHigh = statistics.norms.rows > 0 ? statistics.norms.max : 1;
    if (!(map.normHigh > map.normLow))
        map.normHigh = std::nextafter(map.normLow, std::numeric_limits<float>::infinity());
    const double scale = bins / (static_cast<double>(map.normHigh) - map.normLow);

    std::vector<float> column;
    for (int x = 0; x < columns; ++x) {
        // A table of one row has no width: it stands in column 0.
        const std::int64_t first = map.rows == 1 ? (x == 0 ? 0 : 1) : firstIdOf(x, map),
                           end = map.rows == 1 ? 1 : firstIdOf(x + 1, map);
        column.clear();
        for (std::int64_t id = first; id < end; ++id) {
            const float norm = norms[static_cast<std::size_t>(id)];
            if (!std::isfinite(norm)) {
                ++map.notFinite;
                continue;
            }
            const int y = std::min(static_cast<int>((static_cast<double>(norm) - map.normLow) * scale), bins - 1);
            ++map.counts[static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(x)];
            column.push_back(norm);
        }
        if (column.empty()) continue;
        RankNormMap::Quantiles q;
        q.firstId = first;
        q.lastId = end - 1;
        q.p05 = quantile(column, 5);
        q.p50 = quantile(column, 50);
        q.p95 = quantile(column, 95);
        map.quantiles.push_back(q);
    }
    const double low = map.bandMean - kBandDeviations * map.bandSd, high = map.bandMean + kBandDeviations * map.bandSd;
    for (auto q = map.quantiles.rbegin(); q != map.quantiles.rend() && q->lastId > 0 && q->p50 >= low && q->p50 <= high;
         ++q)
        map.sinkRank = std::max<std::int64_t>(1, q->firstId);
    return map;
}

}  // namespace dlrm
