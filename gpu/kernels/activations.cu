// SPDX-License-Identifier: Apache-2.0
// Kernels over activations: input conversion, concatenation, plain dots, cross combination, the last layer, and what
// intermediates need.
#include "gpu/kernels/device_code.h"
#include "gpu/kernels/kernels.h"
#include "gpu/support/launch.h"

namespace dlrm::cuda {
namespace {

__device__ inline std::int64_t globalThread() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

template <class T>
__global__ void prepareInputKernel(const InputParams p) {
    const std::int64_t k = globalThread();
    if (k >= p.rows * p.outStride) return;
    const std::int64_t row = k / p.outStride, column = k % p.outStride;
    static_cast<T*>(p.out)[k] = fromFloat<T>(column < p.numericals ? p.in[row * p.numericals + column] : 0.0f);
}

// A block per row, a warp per vector.
template <class T>
__global__ void concatKernel(const ConcatParams p) {
    const std::int64_t row = blockIdx.x;
    const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32,
              warps = static_cast<int>(blockDim.x) / 32;
    T* out = static_cast<T*>(p.out) + row * p.outStride;
    const T* bottom = static_cast<const T*>(p.bottom) + row * p.bottomStride;
    for (int d = static_cast<int>(threadIdx.x); d < p.bottomDim; d += static_cast<int>(blockDim.x)) out[d] = bottom[d];
    std::int64_t first = p.bottomDim;
    for (int t = 0; t < p.lookup.tableCount; ++t) {
        const std::int32_t dim = p.lookup.tables[t].dim;
        if (t % warps == warp) {
            const RowRef r = findRow(p.lookup, t, row);
            for (int d = lane; d < dim; d += 32) out[first + d] = fromFloat<T>(element(r.data, r.type, d) * r.scale);
        }
        first += dim;
    }
    for (std::int64_t d = first + threadIdx.x; d < p.outStride; d += blockDim.x) out[d] = fromFloat<T>(0.0f);
}

// A block per row, a thread per pair.
template <class T>
__global__ void dotsKernel(const DotsParams p) {
    const std::int64_t row = blockIdx.x;
    const int pairs = p.vectors * (p.vectors - 1) / 2;
    const T* x = static_cast<const T*>(p.x) + row * p.xStride;
    T* out = static_cast<T*>(p.out) + row * p.outStride;
    T* dotsOut = out + (p.dotsFirst ? 0 : p.dim);
    T* bottomOut = out + (p.dotsFirst ? pairs : 0);
    for (int pair = static_cast<int>(threadIdx.x); pair < pairs; pair += static_cast<int>(blockDim.x)) {
        int i = static_cast<int>((sqrtf(8.0f * static_cast<float>(pair) + 1.0f) + 1.0f) * 0.5f);
        while (i * (i + 1) / 2 <= pair) ++i;
        while (i * (i - 1) / 2 > pair) --i;
        const int j = pair - i * (i - 1) / 2;
        const T *a = x + static_cast<std::int64_t>(i) * p.dim, *b = x + static_cast<std::int64_t>(j) * p.dim;
        float sum = 0;
        for (int d = 0; d < p.dim; ++d) sum = fmaf(toFloat(a[d]), toFloat(b[d]), sum);
        dotsOut[pair] = fromFloat<T>(sum);
    }
    for (int d = static_cast<int>(threadIdx.x); d < p.dim; d += static_cast<int>(blockDim.x)) bottomOut[d] = x[d];
    for (std::int64_t d = pairs + p.dim + static_cast<std::int64_t>(threadIdx.x); d < p.outStride; d += blockDim.x)
        out[d] = fromFloat<T>(0.0f);
}

template <class T>
__global__ void crossKernel(const CrossParams p) {
    const std::int64_t k = globalThread() * 4;
    if (k >= p.count) return;
    const float4 x0 = load4(static_cast<const T*>(p.x0) + k), z = load4(static_cast<const T*>(p.z) + k),
                 x = load4(static_cast<const T*>(p.x) + k);
    store4(static_cast<T*>(p.x) + k,
           make_float4(fmaf(x0.x, z.x, x.x), fmaf(x0.y, z.y, x.y), fmaf(x0.z, z.z, x.z), fmaf(x0.w, z.w, x.w)));
}

// A warp per row.
template <class T>
__global__ void lastLayerKernel(const LastLayerParams p) {
    const std::int64_t row = globalThread() / 32;
    const int lane = static_cast<int>(threadIdx.x) % 32;
    if (row >= p.rows) return;
    const T* x = static_cast<const T*>(p.x) + row * p.xStride;
    float sum = 0;
    for (std::int64_t k = lane * 4; k < p.inputs; k += 128) {
        const float4 a = load4(x + k), w = load4(p.kernel + k);
        sum = fmaf(a.w, w.w, fmaf(a.z, w.z, fmaf(a.y, w.y, fmaf(a.x, w.x, sum))));
    }
    sum = warpSum(sum);
    if (lane == 0) p.logits[row] = sum + p.bias;
}

template <class T>
__global__ void widenKernel(const WidenParams p) {
    const std::int64_t k = globalThread();
    if (k >= p.rows * p.width) return;
    p.out[k] = toFloat(static_cast<const T*>(p.in)[k / p.width * p.stride + k % p.width]);
}

__global__ void matrixKernel(const MatrixParams p) {
    const std::int64_t square = static_cast<std::int64_t>(p.vectorCount) * p.vectorCount, k = globalThread();
    if (k >= p.rows * square) return;
    const std::int64_t row = k / square;
    const int a = static_cast<int>(k % square) / p.vectorCount, b = static_cast<int>(k % square) % p.vectorCount;
    if (a != b) {
        const int i = a > b ? a : b, j = a > b ? b : a;
        p.out[k] = p.topInput[row * p.topInputWidth + p.dotsOffset + i * (i - 1) / 2 + j];
        return;
    }
    const float* v = p.vectors + (row * p.vectorCount + a) * p.dim;
    float sum = 0;
    for (int d = 0; d < p.dim; ++d) sum = fmaf(v[d], v[d], sum);
    p.out[k] = sum;
}

// f.template operator()<T>() with the type of activations.
template <class F>
void withType(Arithmetic a, F f) {
    if (a == Arithmetic::Bf16) f(__nv_bfloat16{});
    else if (a == Arithmetic::Fp16) f(__half{});
    else f(float{});
}

}  // namespace

void prepareInput(const Calls& calls, cudaStream_t stream, Arithmetic a, const InputParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &prepareInputKernel<decltype(t)>, blocksFor(p.rows * p.outStride, kThreads), kThreads, 0, stream,
               p, "converting inputs");
    });
}
void concat(const Calls& calls, cudaStream_t stream, Arithmetic a, const ConcatParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &concatKernel<decltype(t)>, blocksFor(p.rows, 1), kThreads, 0, stream, p, "gathering rows");
    });
}
void dots(const Calls& calls, cudaStream_t stream, Arithmetic a, const DotsParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &dotsKernel<decltype(t)>, blocksFor(p.rows, 1), kThreads, 0, stream, p, "interacting");
    });
}
void cross(const Calls& calls, cudaStream_t stream, Arithmetic a, const CrossParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &crossKernel<decltype(t)>, blocksFor(p.count, kThreads * 4), kThreads, 0, stream, p, "crossing");
    });
}
void lastLayer(const Calls& calls, cudaStream_t stream, Arithmetic a, const LastLayerParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &lastLayerKernel<decltype(t)>, blocksFor(p.rows, kThreads / 32), kThreads, 0, stream, p,
               "computing logits");
    });
}
void widen(const Calls& calls, cudaStream_t stream, Arithmetic a, const WidenParams& p) {
    withType(a, [&](auto t) {
        launch(calls, &widenKernel<decltype(t)>, blocksFor(p.rows * p.width, kThreads), kThreads, 0, stream, p,
               "reading intermediates");
    });
}
void interactionMatrix(const Calls& calls, cudaStream_t stream, const MatrixParams& p) {
    launch(calls, &matrixKernel, blocksFor(p.rows * p.vectorCount * p.vectorCount, kThreads), kThreads, 0, stream, p,
           "reading the interaction");
}

}  // namespace dlrm::cuda
