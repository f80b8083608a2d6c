// SPDX-License-Identifier: Apache-2.0
// Kernels over whole tables: smaller storage, statistics in one pass, rows for Gram matrices, scores of neighbours. A warp owns a row.
#include "gpu/kernels/device_code.h"
#include "gpu/kernels/kernels.h"
#include "gpu/kernels/shrink.h"
#include "gpu/support/launch.h"

#include <algorithm>

namespace dlrm::cuda {
namespace {

constexpr int kWarps = kThreads / 32;

__device__ inline std::int64_t globalWarp() { return (static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / 32; }
__device__ inline std::int64_t warpsOfGrid() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x / 32; }
__device__ inline int lane() { return static_cast<int>(threadIdx.x) % 32; }

// use(column, value) for this lane's values of a row.
template <class F>
__device__ inline void forEachValue(const RowBlock& b, std::int64_t row, F use) {
    const std::int64_t first = row * b.dim;
    if (b.dim % 4 == 0) {
        const int bytes = b.type == Element::F32 ? 4 : 2;
        const RowRef r{static_cast<const char*>(b.data) + first * bytes, 1.0f, b.type};
        for (int d = lane() * 4; d < b.dim; d += 128) {
            const float4 x = rowValues(r, d);
            use(d, x.x);
            use(d + 1, x.y);
            use(d + 2, x.z);
            use(d + 3, x.w);
        }
    } else {
        for (int d = lane(); d < b.dim; d += 32) use(d, element(b.data, b.type, first + d));
    }
}

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
        for (int d = lane(); d < p.dim; d += 32) static_cast<__half*>(p.to)[first + d] = fromFloat<__half>(element(p.from, p.fromType, first + d));
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
    for (int d = lane(); d < p.dim; d += 32) static_cast<std::int8_t*>(p.to)[first + d] = shrinkValue(element(p.from, p.fromType, first + d), scale);
}

__global__ void scanKernel(const ScanParams p) {
    DLRM_DYNAMIC_SHARED(shared);
    __shared__ ScanPartial perWarp[kWarps];
    auto* counts = reinterpret_cast<unsigned*>(shared);
    for (int k = static_cast<int>(threadIdx.x); k < p.bins * p.copies; k += static_cast<int>(blockDim.x)) counts[k] = 0;
    __syncthreads();
    const int warp = static_cast<int>(threadIdx.x) / 32;
    unsigned* bins = p.copies > 0 ? counts + warp % p.copies * p.bins : nullptr;

    unsigned finite = 0, nan = 0, inf = 0, subnormal = 0, below = 0, above = 0;
    double sum = 0, sumSquares = 0;
    float low = INFINITY, high = -INFINITY;
    for (std::int64_t row = globalWarp(); row < p.block.rows; row += warpsOfGrid()) {
        double rowSquares = 0;
        forEachValue(p.block, row, [&](int, float x) {
            const double wide = x;
            rowSquares = fma(wide, wide, rowSquares);
            const std::uint32_t bits = bitsOf(x) & 0x7fffffffu;
            if (bits >= 0x7f800000u) {
                if (bits > 0x7f800000u) ++nan;
                else ++inf;
                return;
            }
            ++finite;
            if (bits != 0 && bits < 0x00800000u) ++subnormal;
            sum += wide;
            sumSquares = fma(wide, wide, sumSquares);
            low = fminf(low, x);
            high = fmaxf(high, x);
            if (wide < p.low) ++below;
            else if (x >= p.high) ++above;
            else {
                const int bin = min(static_cast<int>((wide - p.low) * p.binsPerUnit), p.bins - 1);
                if (bins) atomicAdd(bins + bin, 1u);
                else atomicAdd(p.histogram + bin, 1ull);
            }
        });
        rowSquares = warpSum(rowSquares);
        if (lane() == 0) p.norms[row] = static_cast<float>(sqrt(rowSquares));
    }
    for (int lanes = 16; lanes > 0; lanes /= 2) {
        low = fminf(low, __shfl_xor_sync(kAllLanes, low, lanes));
        high = fmaxf(high, __shfl_xor_sync(kAllLanes, high, lanes));
    }
    ScanPartial mine{};
    mine.finite = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(finite)));
    mine.nan = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(nan)));
    mine.inf = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(inf)));
    mine.subnormal = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(subnormal)));
    mine.below = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(below)));
    mine.above = static_cast<std::int64_t>(warpSum(static_cast<unsigned long long>(above)));
    mine.sum = warpSum(sum);
    mine.sumSquares = warpSum(sumSquares);
    mine.min = low;
    mine.max = high;
    if (lane() == 0) perWarp[warp] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
        ScanPartial all = perWarp[0];
        for (int w = 1; w < kWarps; ++w) {
            const ScanPartial& o = perWarp[w];
            all.finite += o.finite;
            all.nan += o.nan;
            all.inf += o.inf;
            all.subnormal += o.subnormal;
            all.below += o.below;
            all.above += o.above;
            all.sum += o.sum;
            all.sumSquares += o.sumSquares;
            all.min = fminf(all.min, o.min);
            all.max = fmaxf(all.max, o.max);
        }
        p.partials[blockIdx.x] = all;
    }
    if (p.copies == 0) return;
    for (int k = static_cast<int>(threadIdx.x); k < p.bins; k += static_cast<int>(blockDim.x)) {
        unsigned long long n = 0;
        for (int c = 0; c < p.copies; ++c) n += counts[c * p.bins + k];
        if (n > 0) atomicAdd(p.histogram + k, n);
    }
}

__global__ void gramKernel(const GramParams p) {
    const std::int64_t row = globalWarp();
    if (row >= p.block.rows) return;
    bool finite = true;
    forEachValue(p.block, row, [&](int, float x) { finite = finite && isFinite(x); });
    finite = __all_sync(kAllLanes, finite) != 0;
    double* out = p.out + row * p.stride;
    forEachValue(p.block, row, [&](int d, float x) { out[d] = finite ? static_cast<double>(x) : 0.0; });
    for (std::int64_t d = p.block.dim + lane(); d < p.stride; d += 32) out[d] = d == p.block.dim && finite ? 1.0 : 0.0;
}

__device__ inline unsigned long long orderedKey(double score) {
    score += 0.0;   // −0 and 0 are one score
    unsigned long long bits;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 63 ? ~bits : bits | 0x8000000000000000ull;
}

__global__ void scoreKernel(const ScoreParams p) {
    for (std::int64_t row = globalWarp(); row < p.block.rows; row += warpsOfGrid()) {
        double product = 0, squares = 0;
        bool finite = true;
        forEachValue(p.block, row, [&](int d, float x) {
            const double wide = x, q = p.query[d];
            finite = finite && isFinite(x);
            if (p.scoring == Scoring::L2) {
                const double difference = wide - q;
                squares = fma(difference, difference, squares);
            } else {
                product = fma(wide, q, product);
                squares = fma(wide, wide, squares);
            }
        });
        product = warpSum(product);
        squares = warpSum(squares);
        finite = __all_sync(kAllLanes, finite) != 0;
        if (lane() != 0) continue;
        const double score = p.scoring == Scoring::L2 ? -sqrt(squares) : p.scoring == Scoring::Dot ? product : product / (sqrt(squares) * p.queryNorm);
        p.keys[row] = finite && !isnan(score) ? orderedKey(score) : 0;
    }
}

// A block per kKeysPerMaximum keys.
__global__ void maximaKernel(const MaximaParams p) {
    __shared__ unsigned long long perWarp[kWarps];
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kKeysPerMaximum, end = min(first + kKeysPerMaximum, p.rows);
    unsigned long long largest = 0;
    for (std::int64_t k = first + threadIdx.x; k < end; k += blockDim.x) largest = max(largest, p.keys[k]);
    for (int lanes = 16; lanes > 0; lanes /= 2) largest = max(largest, __shfl_xor_sync(kAllLanes, largest, lanes));
    if (lane() == 0) perWarp[threadIdx.x / 32] = largest;
    __syncthreads();
    if (threadIdx.x != 0) return;
    for (int w = 1; w < kWarps; ++w) largest = max(largest, perWarp[w]);
    p.maxima[blockIdx.x] = largest;
}

__global__ void selectKernel(const SelectParams p) {
    const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    for (std::int64_t k = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; k < p.rows; k += step) {
        if (p.keys[k] < p.threshold) continue;
        const unsigned long long place = atomicAdd(p.count, 1ull);
        if (place >= static_cast<unsigned long long>(p.capacity)) continue;
        p.ids[place] = k;
        p.foundKeys[place] = p.keys[k];
    }
}

}  // namespace

void shrinkRows(const Calls& calls, cudaStream_t stream, const ShrinkParams& p) {
    launch(calls, &shrinkKernel, blocksFor(p.rows, kWarps), kThreads, 0, stream, p, "converting rows");
}
void scanRows(const Calls& calls, cudaStream_t stream, const ScanParams& p, int blocks) {
    launch(calls, &scanKernel, dim3(static_cast<unsigned>(blocks)), kThreads, static_cast<std::size_t>(p.bins) * static_cast<std::size_t>(p.copies) * 4, stream, p,
           "scanning rows");
}
void gramRows(const Calls& calls, cudaStream_t stream, const GramParams& p) {
    launch(calls, &gramKernel, blocksFor(p.block.rows, kWarps), kThreads, 0, stream, p, "reading rows");
}
void scoreRows(const Calls& calls, cudaStream_t stream, const ScoreParams& p) {
    launch(calls, &scoreKernel, blocksFor(std::min<std::int64_t>(p.block.rows, 1 << 16), kWarps), kThreads, 0, stream, p, "scoring rows");
}
void maximaOfKeys(const Calls& calls, cudaStream_t stream, const MaximaParams& p) {
    launch(calls, &maximaKernel, blocksFor(p.rows, kKeysPerMaximum), kThreads, 0, stream, p, "comparing scores");
}
void selectKeys(const Calls& calls, cudaStream_t stream, const SelectParams& p) {
    launch(calls, &selectKernel, blocksFor(std::min<std::int64_t>(p.rows, 1 << 20), kThreads), kThreads, 0, stream, p, "selecting neighbours");
}

}  // namespace dlrm::cuda
