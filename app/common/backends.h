// SPDX-License-Identifier: Apache-2.0
// Chooses the backend for --backend auto|cpu|cuda from THE TABLE OF BACKENDS (backends.cpp).
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/compute/backend.h"
#include "core/engine/engine.h"

namespace dlrm {

struct BackendRequest {
    std::string name = "auto";   // auto, cpu, cuda
    Precision precision = Precision::Fp32;
    int threads = 0;             // 0: all
};

// auto falls back to the CPU with the reason in info.reason; an explicit name that cannot be had is E-BACKEND-001 with the reason.
Result<BackendChoice> chooseBackend(const BackendRequest& request);

}  // namespace dlrm
