// SPDX-License-Identifier: Apache-2.0
// One row as int8 with a scale, the same bits on the device and on the host.
#pragma once

#include <cmath>
#include <cstdint>

#include <cuda_runtime.h>

namespace dlrm::cuda {

// largest: max |x| of the row. A row that is not finite becomes NaN as a whole, so that whatever uses it shows.
__host__ __device__ inline float shrinkScale(float largest, bool finite) { return finite ? largest / 127.0f : NAN; }
__host__ __device__ inline std::int8_t shrinkValue(float x, float scale) {
    if (!(scale > 0)) return 1;  // all zeros: 1 · 0; not finite: 1 · NaN
    return static_cast<std::int8_t>(rintf(fminf(fmaxf(x / scale, -127.0f), 127.0f)));
}

}  // namespace dlrm::cuda
