// SPDX-License-Identifier: Apache-2.0
// Limits of the machine, probed in the same run, and the straightforward baseline: one kernel per step and plain
// cuBLAS, nothing fused or chunked.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/compute/backend_abi.h"

namespace dlrm::bench {

struct Limits {
    double copyBytesPerSecond = 0;       // device memory: bytes read plus written
    double pinnedToDevicePerSecond = 0;  // bytes, 64 MiB at a time
    double tf32FlopPerSecond = 0, bf16FlopPerSecond = 0, fp32FlopPerSecond = 0;  // 8192³ products
};
// Exits with a message when a CUDA call fails.
Limits probeLimits();

// A DLRM forward pass with inputs and outputs in device memory.
class Baseline {
public:
    // bf16: else TF32. Tables of one float32 buffer on the device.
    Baseline(const dlrm_model_description& description, std::int64_t rows, bool bf16);
    ~Baseline();
    // Runs `repeats` passes over the same rows; seconds per pass.
    double run(int repeats);
    double gatherSeconds(int repeats);  // gather and interaction alone

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::bench
