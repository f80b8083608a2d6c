// SPDX-License-Identifier: Apache-2.0
// The forward pass by its definition in double precision, one row after the other: what every backend is compared with.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm {

// One step of the model, in order: bottom_mlp/0 …, vectors (the interaction's input), interaction (V Vᵀ) or cross/0 …,
// top_input, top_mlp/0 …
struct ReferenceLayer {
    std::string name;
    std::int64_t columns = 0;
    std::vector<double> values;  // (rows, columns)
};

struct ReferenceForward {
    std::vector<ReferenceLayer> layers;
    std::vector<double> logits;  // the last layer's
};

// One row by its definition: every step's values.
struct RowInDouble {
    std::vector<std::vector<double>> bottom;  // per layer: its outputs
    std::vector<double> vectors;              // the interaction's input, one after the other
    std::vector<double> interaction;          // InteractionKind::Dot: V Vᵀ, (vectors, vectors)
    std::vector<std::vector<double>> cross;   // InteractionKind::Cross, per layer: its outputs
    std::vector<double> topInput;             // padding included
    std::vector<std::vector<double>> top;     // per layer: its outputs; the last is the logit
    double logit() const { return top.back().front(); }
};

// numerical: as fed, without padding; tables: the tables' vectors in interaction order, one after the other. REQUIRES:
// the weights fit their spec, and both fit them.
RowInDouble forwardInDouble(const ModelWeights& weights, std::span<const double> numerical,
                            std::span<const double> tables);
// The vectors of these ids (feature order, `stride` apart) in interaction order. REQUIRES: the ids fit their tables.
std::vector<double> lookUpInDouble(const ModelWeights& weights, std::span<const std::int32_t> ids, std::int64_t stride);

// x' = x0 * (x·U·V + b) + x, see CrossLayerSpec: what stands in brackets.
std::vector<double> crossFactor(std::span<const double> x, const CrossWeights& weights);

// REQUIRES: the weights fit their spec, the ids their tables.
Result<ReferenceForward> forwardInDouble(const ModelWeights& weights, const BatchView& batch, const Job& job);

// y + x·kernel, kernel (x, y) row-major.
std::vector<double> plusProduct(std::vector<double> y, std::span<const double> x, const std::vector<float>& kernel);

}  // namespace dlrm
