// SPDX-License-Identifier: Apache-2.0
// Whether weights fit the spec they come with, before anything is computed with them.
#pragma once

#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm::cpu {

// Error E-CPU-002 naming the first thing that does not fit.
Result<void> checkWeights(const ModelWeights& weights);

}  // namespace dlrm::cpu
