// SPDX-License-Identifier: Apache-2.0
// Matrices over the products X = V Vᵀ of many rows, V the interaction's vectors of a row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dlrm {

// Sums over rows, for every pair i ≤ j of vectors, by label; without labels all rows stand at 0.
struct InteractionSums {
    std::size_t vectors = 0;
    bool labelled = false;
    std::array<std::int64_t, 2> rows{};    // by label
    std::vector<std::int64_t> cosineRows;  // (2, pairs): where neither vector was zero
    std::vector<double> x, cosines;        // (2, pairs)
    std::vector<double> deviations;        // (3, pairs): Σ(X − mean)², by label, then over all rows
    std::size_t pairs() const { return vectors * (vectors + 1) / 2; }
};

// Sums of the attributions A_ij = J_ij·X_ij (core/analysis/attribution) over the same rows, for i > j, pairIndex(i, j).
struct PairAttributionSums {
    std::int64_t rows = 0;
    std::vector<double> signedSums, sizes;  // (V(V − 1)/2): ΣA, Σ|A|
};

// Each matrix is (vectors, vectors) and symmetric; NaN where it is not defined.
struct InteractionMatrices {
    std::int64_t rows = 0;
    bool labelled = false;
    std::int64_t positives = 0;      // where labelled
    std::vector<std::string> names;  // of the vectors
    std::vector<double> mean, std;
    // Of the clicked rows and of the others, what these differ by, its standard error, and the difference by the
    // pooled standard deviation (Cohen's d).
    std::vector<double> clicked, notClicked, difference, differenceSe, effectSize;
    std::vector<double> meanCosine;
    std::vector<double> attribution, attributionAbs;  // means of A and of |A|, diagonal 0; empty where there are none
};

// `attributions`: null where the model has none. REQUIRES: as many names as vectors, sums of the same rows.
InteractionMatrices interactionMatrices(const InteractionSums& sums, const PairAttributionSums* attributions,
                                        std::vector<std::string> names);

struct InteractionMatrix {
    const char* key;    // stable, in files: "mean"
    const char* title;  // for people: "mean"
    std::vector<double> InteractionMatrices::*values;
    const char* formula;
    bool isSigned;  // else nothing of it is below 0
    bool ofClicks;  // not defined without labels
};
// THE TABLE OF MATRICES, in the order they are written.
std::span<const InteractionMatrix> interactionMatrixTable();

// 95 %, two-sided: d ± 1.96·√((n₁ + n₀)/(n₁n₀) + d²/(2(n₁ + n₀))).
struct InteractionPair {
    std::size_t first = 0, second = 0;  // places in the matrices, first > second
    double mean = 0, std = 0;
    double effectSize = 0, effectLow = 0, effectHigh = 0;  // NaN where not defined
    double attribution = 0, share = 0;                     // share of Σ mean |A|; NaN where there are none
};
// What says how strong a pair is: its share of the attributions, else the size of its effect, else that of its mean,
// each where any is defined.
enum class PairOrder { Share, Effect, Mean };
PairOrder pairOrder(const InteractionMatrices& matrices);
// All pairs of two vectors, the strongest first; equal ones by place.
std::vector<InteractionPair> interactionPairs(const InteractionMatrices& matrices);

}  // namespace dlrm
