// SPDX-License-Identifier: Apache-2.0
// What AUC, its DeLong variance and average precision need, from the sorted keys of both classes in one walk.
#pragma once

#include <cstdint>
#include <span>

#include "core/metrics/score_key.h"

namespace dlrm {

struct RankStatistics {
    double auc = 0;               // Mann–Whitney U/(P·N), ties ½, exact but for the last rounding
    double variance = 0;          // of auc by DeLong; meaningless when hasVariance is false
    bool hasVariance = false;     // needs two rows of each class
    double averagePrecision = 0;  // Σ (R_k − R_{k−1})·Precision_k over distinct thresholds
};

// positives, negatives: ascending, neither empty. Mid-ranks as in Sun & Xu 2014, doi 10.1109/LSP.2014.2337313.
RankStatistics rankStatistics(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives);

// Rows of both classes whose scores count as equal.
struct TiedScores {
    std::uint32_t place = 0;  // of the scores among others, ascending
    std::int64_t negatives = 0, positives = 0;
};
// The same where only the order of `tied`, not that within them, is known; without averagePrecision. REQUIRES: both
// classes have rows.
RankStatistics rankStatistics(std::span<const TiedScores> tied);
// By how much the AUC of the untied scores may be another: ½ Σ p·n / (P·N).
double largestAucError(std::span<const TiedScores> tied);

}  // namespace dlrm
