// SPDX-License-Identifier: Apache-2.0
// A model loaded for the CPU backend.
#pragma once

#include <memory>
#include <stop_token>

#include "core/base/progress.h"
#include "core/compute/backend.h"
#include "core/compute/cpu/cpu_backend.h"

namespace dlrm::cpu {

// Errors: E-CPU-002 the weights do not fit the model's spec, E-CPU-004 not enough memory. threads >= 1.
Result<std::unique_ptr<DeviceModel>> loadModel(ModelWeights weights, int threads, Precision precision, const ProgressFn& progress,
                                               std::stop_token stop);

}  // namespace dlrm::cpu
