// SPDX-License-Identifier: Apache-2.0
// cuBLASLt's matrix product by its documented meaning, computed naively.
#pragma once

#include <functional>

#include "gpu/support/calls.h"

namespace dlrm::emulation {

void fillLtCalls(cuda::Calls& calls);

// Runs `work` now, or records it when the stream captures.
void onStream(cudaStream_t stream, std::function<void()> work);

}  // namespace dlrm::emulation
