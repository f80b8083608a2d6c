// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/interactions/comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

// Of one pair of vectors over some rows, clicked or not.
struct PairMoments {
    double n = 0, mean = 0, deviations = 0;

    PairMoments(const InteractionSums& sums, std::size_t p)
        : n(static_cast<double>(sums.rows[0] + sums.rows[1])),
          mean(n > 0 ? (sums.x[p] + sums.x[sums.pairs() + p]) / n : std::numeric_limits<double>::quiet_NaN()),
          deviations(sums.deviations[2 * sums.pairs() + p]) {}
    double spread() const { return n > 1 ? deviations / (n - 1) : std::numeric_limits<double>::quiet_NaN(); }
};

}  // namespace

std::span<const ComparisonMatrix> comparisonMatrixTable() {
    using C = InteractionComparison;
    static constexpr ComparisonMatrix kMatrices[] = {
        {"slice_difference", "difference of the slices", &C::difference, "mean of the slice − mean of the other", true},
        {"slice_difference_se", "its standard error", &C::differenceSe,
         "√(s₁²/n₁ + s₂²/n₂), less what the rows in both slices have in common", false},
        {"slice_effect_size", "effect size of the slices", &C::effectSize,
         "difference of the slices / pooled standard deviation", true},
    };
    return kMatrices;
}

InteractionComparison compareInteractions(const InteractionSums& slice, const InteractionSums& against,
                                          const InteractionSums& shared) {
    const std::size_t n = slice.vectors;
    InteractionComparison out;
    out.shared = shared.rows[0] + shared.rows[1];
    for (auto matrix : {&out.difference, &out.differenceSe, &out.effectSize}) matrix->resize(n * n);
    for (std::size_t i = 0, p = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j, ++p) {
            const PairMoments a(slice, p), b(against, p), both(shared, p);
            const double difference = a.mean - b.mean;
            double variance = a.spread() / a.n + b.spread() / b.n;
            if (both.n > 0)
                variance -= 2 * (both.deviations + both.n * (both.mean - a.mean) * (both.mean - b.mean)) /
                            std::sqrt(a.n * (a.n - 1) * b.n * (b.n - 1));
            const double pooled = std::sqrt((a.deviations + b.deviations) / (a.n + b.n - 2));
            const double effect = pooled > 0 ? difference / pooled : std::numeric_limits<double>::quiet_NaN();
            for (const std::size_t at : {i * n + j, j * n + i}) {
                out.difference[at] = difference;
                // Of the same rows it is 0 but for rounding.
                out.differenceSe[at] = std::sqrt(variance < 0 ? 0 : variance);
                out.effectSize[at] = effect;
            }
        }
    return out;
}

std::vector<ComparedPair> comparedPairs(const InteractionMatrices& slice, const InteractionMatrices& against,
                                        const InteractionComparison& comparison) {
    const std::size_t n = slice.names.size();
    std::vector<ComparedPair> out;
    for (std::size_t i = 1; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const std::size_t at = i * n + j;
            out.push_back({i, j, slice.mean[at], against.mean[at], comparison.difference[at],
                           comparison.differenceSe[at], comparison.effectSize[at]});
        }
    const auto size = [](const ComparedPair& pair) {
        return std::isfinite(pair.effectSize) ? std::fabs(pair.effectSize) : -1;
    };
    std::stable_sort(out.begin(), out.end(),
                     [&](const ComparedPair& a, const ComparedPair& b) { return size(a) > size(b); });
    return out;
}

}  // namespace dlrm
