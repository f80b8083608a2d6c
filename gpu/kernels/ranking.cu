// SPDX-License-Identifier: Apache-2.0
// Kernels for exact AUC and log loss: keys by label, then pairs counted by binary search between the two sorted sets.
#include "gpu/kernels/device_code.h"
#include "gpu/kernels/kernels.h"
#include "gpu/support/launch.h"

#include <algorithm>

namespace dlrm::cuda {
namespace {

constexpr int kWarps = kThreads / 32;
constexpr int kRowsPerWarp = static_cast<int>(kRowsPerSplit) / kWarps;

__device__ inline std::uint32_t orderedKey(float logit) {
    logit += 0.0f;   // −0 and 0 are one score
    std::uint32_t bits;
    memcpy(&bits, &logit, sizeof bits);
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

// A block per kRowsPerSplit rows, a warp per kRowsPerWarp. Places are reserved once per block.
__global__ void splitKernel(const SplitParams p) {
    __shared__ unsigned long long firstNegative[kWarps], firstPositive[kWarps];
    __shared__ double losses[kWarps];
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kRowsPerSplit + warp * kRowsPerWarp;
    unsigned negatives = 0, positives = 0;
    double loss = 0;
    for (int k = lane; k < kRowsPerWarp; k += 32) {
        const bool inside = first + k < p.rows, clicked = inside && p.labels[first + k] != 0;
        positives += static_cast<unsigned>(__popc(__ballot_sync(kAllLanes, clicked)));
        negatives += static_cast<unsigned>(__popc(__ballot_sync(kAllLanes, inside && !clicked)));
        if (!inside) continue;
        const double z = p.logits[first + k];
        loss += fmax(z, 0.0) + log1p(exp(-fabs(z))) - (clicked ? z : 0.0);
    }
    __syncwarp();
    loss = warpSum(loss);
    if (lane == 0) {
        firstNegative[warp] = negatives;
        firstPositive[warp] = positives;
        losses[warp] = loss;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        unsigned long long negativesOfBlock = 0, positivesOfBlock = 0;
        double lossOfBlock = 0;
        for (int w = 0; w < kWarps; ++w) {
            negativesOfBlock += firstNegative[w];
            positivesOfBlock += firstPositive[w];
            lossOfBlock += losses[w];
        }
        unsigned long long negative = atomicAdd(p.counts, negativesOfBlock), positive = atomicAdd(p.counts + 1, positivesOfBlock);
        for (int w = 0; w < kWarps; ++w) {
            const unsigned long long n = firstNegative[w], c = firstPositive[w];
            firstNegative[w] = negative;
            firstPositive[w] = positive;
            negative += n;
            positive += c;
        }
        p.losses[blockIdx.x] = lossOfBlock;
    }
    __syncthreads();
    auto negative = static_cast<std::int64_t>(firstNegative[warp]), positive = static_cast<std::int64_t>(firstPositive[warp]);
    const unsigned before = (1u << lane) - 1u;
    for (int k = lane; k < kRowsPerWarp; k += 32) {
        const bool inside = first + k < p.rows, clicked = inside && p.labels[first + k] != 0;
        const unsigned ones = __ballot_sync(kAllLanes, clicked), zeros = __ballot_sync(kAllLanes, inside && !clicked);
        if (clicked) p.keys[p.total - 1 - (positive + __popc(ones & before))] = orderedKey(p.logits[first + k]);
        else if (inside) p.keys[negative + __popc(zeros & before)] = orderedKey(p.logits[first + k]);
        positive += __popc(ones);
        negative += __popc(zeros);
    }
}

// Keys of sorted[0, n) that are less than `key`, or not greater with `orEqual`.
__device__ inline std::int64_t keysBelow(const std::uint32_t* sorted, std::int64_t n, std::uint32_t key, bool orEqual) {
    std::int64_t low = 0;
    while (n > 0) {
        const std::int64_t half = n / 2;
        const std::uint32_t middle = sorted[low + half];
        if (middle < key || (orEqual && middle == key)) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return low;
}

__global__ void concordantKernel(const ConcordantParams p) {
    const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x, start = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    unsigned long long sum = 0;
    for (std::int64_t k = start; k < p.positiveCount; k += step)
        sum += static_cast<unsigned long long>(keysBelow(p.negatives, p.negativeCount, p.positives[k], false) +
                                               keysBelow(p.negatives, p.negativeCount, p.positives[k], true));
    sum = warpSum(sum);
    if (threadIdx.x % 32 == 0 && sum > 0) atomicAdd(p.sum, sum);
}

}  // namespace

void splitByLabel(const Calls& calls, cudaStream_t stream, const SplitParams& p) {
    launch(calls, &splitKernel, blocksFor(p.rows, kRowsPerSplit), kThreads, 0, stream, p, "sorting rows by label");
}
void countConcordant(const Calls& calls, cudaStream_t stream, const ConcordantParams& p) {
    launch(calls, &concordantKernel, blocksFor(std::min<std::int64_t>(p.positiveCount, 1 << 20), kThreads), kThreads, 0, stream, p, "counting pairs");
}

}  // namespace dlrm::cuda
