// SPDX-License-Identifier: Apache-2.0
// The forward pass in double precision by its definition, one row at a time: what the CPU backend is compared with.
#pragma once

#include <cstdint>
#include <vector>

#include "synthetic_model.h"

namespace dlrm::test {

struct NaiveRow {
    double logit = 0;
    std::vector<double> vectors;      // (V, D); DCNv2: x0
    std::vector<double> interaction;  // (V, V); DCNv2: empty
    std::vector<double> topInput;
    std::vector<std::vector<double>> bottomActivations, crossActivations, topActivations;
};

// bf16: weights and every layer's input are rounded to bfloat16 first, as the backend's bf16 precision means it.
// given: each layer's input is what a backend made of the layer before, since a value near a border that is rounded the
// other way moves all that follows it; its vectors may be left out. null: this function's own.
NaiveRow naiveForward(const SyntheticModel& model, const Batch& batch, std::int64_t row, bool bf16,
                      const Intermediates* given = nullptr);

}  // namespace dlrm::test
