// SPDX-License-Identifier: Apache-2.0
// The forward pass in double precision by its definition, one row at a time: what the CPU backend is compared with.
#pragma once

#include <cstdint>
#include <vector>

#include "synthetic_model.h"

namespace dlrm::test {

struct NaiveRow {
    double logit = 0;
    std::vector<double> vectors;                               // (V, D); DCNv2: x0
    std::vector<double> interaction;                           // (V, V); DCNv2: empty
    std::vector<double> topInput;
    std::vector<std::vector<double>> bottomActivations, crossActivations, topActivations;
};

// bf16: weights and every layer's input are rounded to bfloat16 first, as the backend's bf16 precision means it.
NaiveRow naiveForward(const SyntheticModel& model, const Batch& batch, std::int64_t row, bool bf16);

}  // namespace dlrm::test
