// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/interactions/interactions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace dlrm {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double ratio(double sum, std::int64_t rows) { return rows > 0 ? sum / static_cast<double>(rows) : kUndefined; }

// Sets (i, j) and (j, i).
void setBoth(std::vector<double>& matrix, std::size_t vectors, std::size_t i, std::size_t j, double value) {
    matrix[i * vectors + j] = matrix[j * vectors + i] = value;
}

struct PairFigures {
    double mean, std, clicked, notClicked, difference, differenceSe, effectSize, meanCosine;
};

PairFigures figuresOf(const InteractionSums& sums, std::size_t p) {
    const std::size_t pairs = sums.pairs();
    const auto [negatives, positives] = sums.rows;
    const std::int64_t rows = negatives + positives;
    PairFigures out{};
    out.mean = ratio(sums.x[p] + sums.x[pairs + p], rows);
    out.std = std::sqrt(ratio(sums.deviations[2 * pairs + p], rows));
    out.meanCosine = ratio(sums.cosines[p] + sums.cosines[pairs + p], sums.cosineRows[p] + sums.cosineRows[pairs + p]);
    out.notClicked = sums.labelled ? ratio(sums.x[p], negatives) : kUndefined;
    out.clicked = sums.labelled ? ratio(sums.x[pairs + p], positives) : kUndefined;
    out.difference = out.clicked - out.notClicked;
    const double spread0 = ratio(sums.deviations[p], negatives - 1),
                 spread1 = ratio(sums.deviations[pairs + p], positives - 1);
    out.differenceSe = sums.labelled ? std::sqrt(ratio(spread0, negatives) + ratio(spread1, positives)) : kUndefined;
    const double pooled = std::sqrt(ratio(sums.deviations[p] + sums.deviations[pairs + p], rows - 2));
    out.effectSize = pooled > 0 ? out.difference / pooled : kUndefined;
    return out;
}

}  // namespace

std::span<const InteractionMatrix> interactionMatrixTable() {
    using M = InteractionMatrices;
    constexpr bool kSigned = true, kSizes = false, kOfClicks = true, kOfAll = false;
    static constexpr InteractionMatrix kMatrices[] = {
        {"mean", "mean", &M::mean, "mean of X over the rows, X = V Vᵀ", kSigned, kOfAll},
        {"std", "standard deviation", &M::std, "√(Σ(X − mean)²/n)", kSizes, kOfAll},
        {"clicked", "clicked", &M::clicked, "mean of X over the clicked rows", kSigned, kOfClicks},
        {"not_clicked", "not clicked", &M::notClicked, "mean of X over the rows without a click", kSigned, kOfClicks},
        {"difference", "difference", &M::difference, "clicked − not clicked", kSigned, kOfClicks},
        {"difference_se", "standard error of the difference", &M::differenceSe, "√(s₁²/n₁ + s₀²/n₀)", kSizes,
         kOfClicks},
        {"effect_size", "effect size", &M::effectSize, "difference / pooled standard deviation", kSigned, kOfClicks},
        {"mean_cosine", "mean cosine", &M::meanCosine,
         "mean of X_ij/√(X_ii X_jj) over the rows where neither vector is 0", kSigned, kOfAll},
        {"attribution", "attribution", &M::attribution,
         "mean of A_ij = J_ij X_ij, what the pair adds to the logit, J its gradient", kSigned, kOfAll},
        {"attribution_abs", "size of the attribution", &M::attributionAbs,
         "mean of |A_ij|, the size of what the pair adds to the logit", kSizes, kOfAll},
    };
    return kMatrices;
}

InteractionMatrices interactionMatrices(const InteractionSums& sums, const PairAttributionSums* attributions,
                                        std::vector<std::string> names) {
    const std::size_t n = sums.vectors;
    InteractionMatrices out;
    out.rows = sums.rows[0] + sums.rows[1];
    out.labelled = sums.labelled;
    out.positives = sums.rows[1];
    out.names = std::move(names);
    for (auto matrix : {&out.mean, &out.std, &out.clicked, &out.notClicked, &out.difference, &out.differenceSe,
                        &out.effectSize, &out.meanCosine})
        matrix->resize(n * n);
    for (std::size_t i = 0, p = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j, ++p) {
            const PairFigures f = figuresOf(sums, p);
            for (auto [matrix, value] : {std::pair{&out.mean, f.mean},
                                         {&out.std, f.std},
                                         {&out.clicked, f.clicked},
                                         {&out.notClicked, f.notClicked},
                                         {&out.difference, f.difference},
                                         {&out.differenceSe, f.differenceSe},
                                         {&out.effectSize, f.effectSize},
                                         {&out.meanCosine, f.meanCosine}})
                setBoth(*matrix, n, i, j, value);
        }
    if (attributions == nullptr) return out;
    out.attribution.resize(n * n);
    out.attributionAbs.resize(n * n);
    for (std::size_t i = 1, p = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j, ++p) {
            setBoth(out.attribution, n, i, j, ratio(attributions->signedSums[p], attributions->rows));
            setBoth(out.attributionAbs, n, i, j, ratio(attributions->sizes[p], attributions->rows));
        }
    return out;
}

PairOrder pairOrder(const InteractionMatrices& m) {
    const auto defined = [](double d) { return std::isfinite(d); };
    if (std::any_of(m.attributionAbs.begin(), m.attributionAbs.end(), [](double a) { return a > 0; }))
        return PairOrder::Share;
    return std::any_of(m.effectSize.begin(), m.effectSize.end(), defined) ? PairOrder::Effect : PairOrder::Mean;
}

std::vector<InteractionPair> interactionPairs(const InteractionMatrices& m) {
    const std::size_t n = m.names.size();
    const bool attributed = !m.attributionAbs.empty();
    // Half of the symmetric matrix is enough.
    const double all = std::accumulate(m.attributionAbs.begin(), m.attributionAbs.end(), 0.0) / 2;
    const auto positives = static_cast<double>(m.positives), negatives = static_cast<double>(m.rows - m.positives);
    const PairOrder order = pairOrder(m);
    std::vector<std::pair<double, InteractionPair>> ranked;
    for (std::size_t i = 1; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const std::size_t at = i * n + j;
            InteractionPair pair{i, j, m.mean[at], m.std[at], m.effectSize[at]};
            constexpr double kTwoSided95 = 1.959963984540054;
            const double half =
                kTwoSided95 * std::sqrt((positives + negatives) / (positives * negatives) +
                                        pair.effectSize * pair.effectSize / (2 * (positives + negatives)));
            pair.effectLow = pair.effectSize - half;
            pair.effectHigh = pair.effectSize + half;
            pair.attribution = attributed ? m.attribution[at] : kUndefined;
            pair.share = order == PairOrder::Share ? m.attributionAbs[at] / all : kUndefined;
            double strength = std::fabs(pair.mean);
            if (order == PairOrder::Share) strength = pair.share;
            if (order == PairOrder::Effect) strength = std::isfinite(pair.effectSize) ? std::fabs(pair.effectSize) : 0;
            ranked.emplace_back(strength, pair);
        }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<InteractionPair> out;
    for (const auto& [strength, pair] : ranked) out.push_back(pair);
    return out;
}

}  // namespace dlrm
