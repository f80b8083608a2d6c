// SPDX-License-Identifier: Apache-2.0
// The CPU backend: chunks of rows through gather, bottom MLP, interaction and top MLP on oneDNN, oneTBB over chunks.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/compute/backend.h"

namespace dlrm {

struct CpuOptions {
    int threads = 0;  // 0: all this process may use
    Precision precision = Precision::Fp32;
};

// Errors: E-CPU-001 a precision this backend does not compute.
Result<std::unique_ptr<Backend>> makeCpuBackend(const CpuOptions& options);
// What info() would say, without creating anything (0.1 ms).
BackendInfo describeCpu(const CpuOptions& options);

}  // namespace dlrm
