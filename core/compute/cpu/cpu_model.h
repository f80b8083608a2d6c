// SPDX-License-Identifier: Apache-2.0
// A model loaded for the CPU backend.
#pragma once

#include <memory>
#include <stop_token>

#include "core/compute/backend.h"
#include "core/compute/cpu/mlp.h"

namespace dlrm::cpu {

// Errors: E-CPU-002 the weights do not fit the model's spec, E-CPU-004 no memory or other resources. threads >= 1.
Result<std::unique_ptr<DeviceModel>> loadModel(ModelWeights weights, int threads, Arithmetic arithmetic,
                                               std::stop_token stop);

}  // namespace dlrm::cpu
