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

// REQUIRES: the weights fit their spec, the ids their tables.
Result<ReferenceForward> forwardInDouble(const ModelWeights& weights, const BatchView& batch, const Job& job);

// y + x·kernel, kernel (x, y) row-major.
std::vector<double> plusProduct(std::vector<double> y, std::span<const double> x, const std::vector<float>& kernel);

}  // namespace dlrm
