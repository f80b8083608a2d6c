// SPDX-License-Identifier: Apache-2.0
// The vectorised passes over logits: what add() needs from every row, and sums of probabilities of sorted keys.
#pragma once

#include <cstdint>
#include <span>

#include "core/metrics/exact_sum.h"
#include "core/metrics/long_sum.h"
#include "core/metrics/score_buckets.h"
#include "core/metrics/score_key.h"

namespace dlrm {

// Exact sums over rows with p = sigmoid(logit) in double.
struct ScoreSums {
    LongSum logLoss;              // Σ softplus(z) − y·z
    LongSum squaredError;         // Σ (p − y)²
    LongSum probability;          // Σ p
    LongSum positiveProbability;  // Σ p·y

    void add(const ScoreSums& other) {
        logLoss.add(other.logLoss);
        squaredError.add(other.squaredError);
        probability.add(other.probability);
        positiveProbability.add(other.positiveProbability);
    }
};

// Rows per call at most.
inline constexpr std::int64_t kScorePassRows = 1024;

// Adds n <= kScorePassRows rows to the sums and tells each row's bucket. logits finite, labels 0 or 1.
// Each p and each loss term is within 4 ulp, and has the same bits wherever the row stands; which of the processor's
// vector units did it does not show beyond that.
void scorePass(const float* logits, const std::uint8_t* labels, std::int64_t n, ScoreSums& sums, std::int32_t* buckets);

// The terms of each of n rows, with the bits that scorePass() adds up: softplus(z) − y·z, (p − y)², p.
void scoreTerms(const float* logits, const std::uint8_t* labels, std::int64_t n, double* logLoss, double* squaredError,
                double* probability);

// Σ sigmoid(logit) of the keys.
ExactSum sumOfProbabilities(std::span<const ScoreKey> keys);

}  // namespace dlrm
