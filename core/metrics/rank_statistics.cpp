// SPDX-License-Identifier: Apache-2.0
// Walks the distinct scores of the positives and counts the negatives below and beside each, in exact integers.
#include "core/metrics/rank_statistics.h"

#include <algorithm>
#include <vector>

#include <tbb/parallel_for.h>

#include "core/metrics/centred_squares.h"
#include "core/metrics/exact_sum.h"

namespace dlrm {
namespace {

using Wide = unsigned __int128;

constexpr std::int64_t kPositivesPerSlice = 1 << 16;

// Placements doubled so that ties stay integers: u = 2·(negatives below) + negatives tied, for a positive;
// w = 2·(positives above) + positives tied, for a negative. Σu over positives = Σw over negatives = 2U.
struct PlacementSums {
    Wide u = 0, uSquared = 0, wSquared = 0;
    ExactSum precision;  // Σ over positives of the precision at their score
};

PlacementSums walk(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives, std::int64_t first,
                   std::int64_t last) {
    PlacementSums sums;
    const auto p = static_cast<std::int64_t>(positives.size()), n = static_cast<std::int64_t>(negatives.size());
    const ScoreKey* const pos = positives.data();
    const ScoreKey* const neg = negatives.data();
    std::int64_t j =
        first == 0 ? 0 : std::upper_bound(negatives.begin(), negatives.end(), pos[first - 1]) - negatives.begin();
    for (std::int64_t i = first; i < last;) {
        const ScoreKey key = pos[i];
        const std::int64_t gapStart = j;
        while (j < n && neg[j] < key) ++j;
        std::int64_t tieEnd = j;
        while (tieEnd < n && neg[tieEnd] == key) ++tieEnd;
        std::int64_t next = i + 1;
        while (next < last && pos[next] == key) ++next;
        const auto group = static_cast<std::uint64_t>(next - i);
        const auto u = static_cast<std::uint64_t>(j + tieEnd);
        sums.u += static_cast<Wide>(u) * group;
        sums.uSquared += static_cast<Wide>(u) * u * group;
        const auto wGap = static_cast<std::uint64_t>(2 * (p - i));
        sums.wSquared += static_cast<Wide>(wGap) * wGap * static_cast<std::uint64_t>(j - gapStart);
        const auto wTie = static_cast<std::uint64_t>(2 * (p - next)) + group;
        sums.wSquared += static_cast<Wide>(wTie) * wTie * static_cast<std::uint64_t>(tieEnd - j);
        const auto above = static_cast<double>(p - i);
        sums.precision.add(static_cast<double>(group) * (above / (above + static_cast<double>(n - j))));
        i = next;
        j = tieEnd;
    }
    return sums;
}

// AUC and its variance of p positives and n negatives.
RankStatistics statisticsOf(const PlacementSums& sums, std::int64_t p, std::int64_t n) {
    RankStatistics out;
    const auto P = static_cast<double>(p), N = static_cast<double>(n);
    out.auc = static_cast<double>(sums.u) / (2 * P * N);
    out.hasVariance = p > 1 && n > 1;
    if (out.hasVariance) {
        const double s10 = centredSquares(p, sums.u, sums.uSquared) / (4 * N * N) / (P - 1);
        const double s01 = centredSquares(n, sums.u, sums.wSquared) / (4 * P * P) / (N - 1);
        out.variance = s10 / P + s01 / N;
    }
    return out;
}

}  // namespace

RankStatistics rankStatistics(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives) {
    const auto p = static_cast<std::int64_t>(positives.size()), n = static_cast<std::int64_t>(negatives.size());
    // Slices end between two scores and do not depend on the number of threads, nor does the sum in their order.
    std::vector<std::int64_t> bounds{0};
    while (bounds.back() < p) {
        std::int64_t end = std::min(bounds.back() + kPositivesPerSlice, p);
        if (end < p)
            end = std::upper_bound(positives.begin() + end - 1, positives.end(),
                                   positives[static_cast<std::size_t>(end - 1)]) -
                  positives.begin();
        bounds.push_back(end);
    }
    std::vector<PlacementSums> slices(bounds.size() - 1);
    tbb::parallel_for(std::size_t{0}, slices.size(),
                      [&](std::size_t s) { slices[s] = walk(positives, negatives, bounds[s], bounds[s + 1]); });
    PlacementSums sums;
    for (const PlacementSums& slice : slices) {
        sums.u += slice.u;
        sums.uSquared += slice.uSquared;
        sums.wSquared += slice.wSquared;
        sums.precision.add(slice.precision);
    }

    RankStatistics out = statisticsOf(sums, p, n);
    out.averagePrecision = sums.precision.value() / static_cast<double>(p);
    return out;
}

RankStatistics rankStatistics(std::span<const TiedScores> tied) {
    std::int64_t p = 0, n = 0;
    for (const TiedScores& scores : tied) p += scores.positives, n += scores.negatives;
    PlacementSums sums;
    std::int64_t above = p, below = 0;
    for (const TiedScores& scores : tied) {
        above -= scores.positives;
        const auto u = static_cast<std::uint64_t>(2 * below + scores.negatives);
        const auto w = static_cast<std::uint64_t>(2 * above + scores.positives);
        sums.u += static_cast<Wide>(u) * static_cast<std::uint64_t>(scores.positives);
        sums.uSquared += static_cast<Wide>(u) * u * static_cast<std::uint64_t>(scores.positives);
        sums.wSquared += static_cast<Wide>(w) * w * static_cast<std::uint64_t>(scores.negatives);
        below += scores.negatives;
    }
    return statisticsOf(sums, p, n);
}

double largestAucError(std::span<const TiedScores> tied) {
    double pairs = 0, p = 0, n = 0;
    for (const TiedScores& scores : tied) {
        pairs += static_cast<double>(scores.positives) * static_cast<double>(scores.negatives);
        p += static_cast<double>(scores.positives);
        n += static_cast<double>(scores.negatives);
    }
    return 0.5 * pairs / (p * n);
}

}  // namespace dlrm
