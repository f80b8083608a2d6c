// SPDX-License-Identifier: Apache-2.0
// Which order the interaction's output has, from the weights alone: custom_cuda = [bottom | dots | padding], tensorflow
// = [dots | bottom | padding].
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "core/model/model_spec.h"
#include "core/model/table_view.h"

namespace dlrm {

// Evidence of the first top kernel. Contributions are natural logarithms of likelihood ratios, custom_cuda over
// tensorflow.
struct OrderEvidence {
    std::optional<InteractionOrder> verdict;  // nothing: undecided
    double changePoint = 0;  // where the input rows' norms change: two normal distributions of ln(norm²), split at the
                             // one place or the other
    double inputScale = 0;  // rows that meet larger inputs move further along the learned directions: -n/2·ln(1 - ρ²),
                            // ρ Spearman's, if positive
    double logRatio = 0;        // the sum
    int learnedDirections = 0;  // singular values of the kernel that stand clear of what its initializer gives
    std::string reason;         // one sentence

    // exp(logRatio), cut to what a double holds.
    double likelihoodRatio() const;
};

// kernel: (embeddingDim + pairs + padding, outputs). bottomScale (embeddingDim), dotScale (pairs): root mean square of
// what the rows meet; a dead bottom unit has 0. Undecided when the kernel shows no training, when a padding row does
// not look like GlorotNormal's, or when the evidence is weak: |logRatio| under ln(10⁶), or the inputs' scale does not
// speak for the same order; or when any of it is not finite. A stop request ends it early, with no verdict.
OrderEvidence detectInteractionOrder(const DenseWeights& kernel, std::span<const float> bottomScale,
                                     std::span<const float> dotScale, const std::stop_token& stop = {});

}  // namespace dlrm
