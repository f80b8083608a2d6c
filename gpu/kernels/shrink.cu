// SPDX-License-Identifier: Apache-2.0
// Rows of tables in smaller storage. A warp owns a row.
#include "gpu/kernels/device_code.h"
#include "gpu/kernels/kernels.h"
#include "gpu/kernels/shrink.h"
#include "gpu/support/launch.h"

namespace dlrm::cuda {
namespace {

constexpr int kWarps = kThreads / 32;

__device__ inline std::int64_t globalWarp() {
    return (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / 32;
}
__device__ inline int lane() { return static_cast<int>(threadIdx.x) % 32; }

__device__ inline std::uint32_t bitsOf(float x) {
    std::uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
__device__ inline bool isFinite(float x) { return (bitsOf(x) & 0x7f800000u) != 0x7f800000u; }

__global__ void shrinkKernel(const ShrinkParams p) {
    const std::int64_t row = globalWarp(), first = row * p.dim;
    if (row >= p.rows) return;
    if (p.toType == Element::F16) {
        for (int d = lane(); d < p.dim; d += 32)
            static_cast<__half*>(p.to)[first + d] = fromFloat<__half>(element(p.from, p.fromType, first + d));
        return;
    }
    float largest = 0;
    bool finite = true;
    for (int d = lane(); d < p.dim; d += 32) {
        const float x = element(p.from, p.fromType, first + d);
        finite = finite && isFinite(x);
        largest = fmaxf(largest, fabsf(x));
    }
    for (int lanes = 16; lanes > 0; lanes /= 2) largest = fmaxf(largest, __shfl_xor_sync(kAllLanes, largest, lanes));
    finite = __all_sync(kAllLanes, finite) != 0;
    const float scale = shrinkScale(largest, finite);
    if (lane() == 0) p.scales[row] = scale;
    for (int d = lane(); d < p.dim; d += 32)
        static_cast<std::int8_t*>(p.to)[first + d] = shrinkValue(element(p.from, p.fromType, first + d), scale);
}

}  // namespace

void shrinkRows(const Calls& calls, cudaStream_t stream, const ShrinkParams& p) {
    launch(calls, &shrinkKernel, blocksFor(p.rows, kWarps), kThreads, 0, stream, p, "converting rows");
}

}  // namespace dlrm::cuda
