// SPDX-License-Identifier: Apache-2.0
// Fused embedding gather and dot interaction. One warp owns a row of the batch: it copies the row's vectors into its
// part of shared memory, computes the tiles of the lower triangle of V Vᵀ, and writes the top MLP's input. Only table
// rows and that input touch global memory.
#include "gpu/kernels/device_code.h"
#include "gpu/kernels/kernels.h"
#include "gpu/support/launch.h"

#ifdef __CUDACC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // inside CUDA's own header
#include <cuda_pipeline.h>
#pragma GCC diagnostic pop
#include <mma.h>
#endif

#include <algorithm>
#include <type_traits>

namespace dlrm::cuda {
namespace {

constexpr int kScratch = 16 * 16;

template <Arithmetic A>
struct Traits;  // Vector: type of vectors in shared memory and of activations
template <>
struct Traits<Arithmetic::Fp32> {
    using Vector = float;
    static constexpr bool tensor = false;
    static constexpr int rowStep = 4, depth = 4, skew = 4;
};
template <>
struct Traits<Arithmetic::Tf32> {
    using Vector = float;
    static constexpr bool tensor = true;
    static constexpr int rowStep = 16, depth = 8, skew = 4;
};
template <>
struct Traits<Arithmetic::Bf16> {
    using Vector = __nv_bfloat16;
    static constexpr bool tensor = true;
    static constexpr int rowStep = 16, depth = 16, skew = 8;
};
template <>
struct Traits<Arithmetic::Fp16> {
    using Vector = __half;
    static constexpr bool tensor = true;
    static constexpr int rowStep = 16, depth = 16, skew = 8;
};

// How a table holds what needs no conversion.
template <class T>
__device__ constexpr Element elementOf() {
    return std::is_same<T, float>::value ? Element::F32 : std::is_same<T, __half>::value ? Element::F16 : Element::BF16;
}

// The tile's place in the lower triangle, counted row by row.
__device__ inline void tilePlace(int tile, int& i, int& j) {
    i = static_cast<int>((sqrtf(8.0f * static_cast<float>(tile) + 1.0f) - 1.0f) * 0.5f);
    while ((i + 1) * (i + 2) / 2 <= tile) ++i;
    while (i * (i + 1) / 2 > tile) --i;
    j = tile - i * (i + 1) / 2;
}

// fp32: a lane computes 4 × 4 dots at a time with fused multiply-adds, each over d in ascending order.
__device__ inline void dotsOfLane(const float* vectors, int pitch, int dim, int vectorCount, int tileRows, int lane,
                                  float* dots) {
    const int tiles = tileRows * (tileRows + 1) / 2;
    for (int tile = lane; tile < tiles; tile += 32) {
        int ti, tj;
        tilePlace(tile, ti, tj);
        const float *a = vectors + ti * 4 * pitch, *b = vectors + tj * 4 * pitch;
        float sums[4][4] = {};
        for (int d = 0; d < dim; d += 4) {
            float4 x[4], y[4];
            for (int k = 0; k < 4; ++k) x[k] = load4(a + k * pitch + d);
            for (int k = 0; k < 4; ++k) y[k] = load4(b + k * pitch + d);
#pragma unroll
            for (int m = 0; m < 4; ++m)
#pragma unroll
                for (int n = 0; n < 4; ++n)
                    sums[m][n] = fmaf(x[m].w, y[n].w,
                                      fmaf(x[m].z, y[n].z, fmaf(x[m].y, y[n].y, fmaf(x[m].x, y[n].x, sums[m][n]))));
        }
#pragma unroll
        for (int m = 0; m < 4; ++m)
#pragma unroll
            for (int n = 0; n < 4; ++n) {
                const int i = ti * 4 + m, j = tj * 4 + n;
                if (j < i && i < vectorCount) dots[i * (i - 1) / 2 + j] = sums[m][n];
            }
    }
}

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define DLRM_TENSOR_TYPES 1
#endif

template <class T>
struct TileType {
    using Type = T;
};
#ifdef DLRM_TENSOR_TYPES
template <>
struct TileType<float> {
    using Type = nvcuda::wmma::precision::tf32;
};
template <class Fragment>
__device__ inline void roundTile(Fragment& f, const float*) {
    for (int k = 0; k < f.num_elements; ++k) f.x[k] = nvcuda::wmma::__float_to_tf32(f.x[k]);
}
#endif
template <class Fragment, class T>
__device__ inline void roundTile(Fragment&, const T*) {}

// tf32, bf16, fp16: the warp computes 16 × 16 dots at a time on tensor cores, sums in fp32.
template <class T, int Depth>
__device__ inline void dotsOfWarp(const T* vectors, int pitch, int depths, int vectorCount, int tileRows, int lane,
                                  float* scratch, float* dots) {
    namespace wmma = nvcuda::wmma;
    using Type = typename TileType<T>::Type;
    for (int ti = 0; ti < tileRows; ++ti)
        for (int tj = 0; tj <= ti; ++tj) {
            wmma::fragment<wmma::accumulator, 16, 16, Depth, float> sums;
            wmma::fill_fragment(sums, 0.0f);
            for (int d = 0; d < depths; ++d) {
                wmma::fragment<wmma::matrix_a, 16, 16, Depth, Type, wmma::row_major> a;
                wmma::fragment<wmma::matrix_b, 16, 16, Depth, Type, wmma::col_major> b;
                wmma::load_matrix_sync(a, vectors + ti * 16 * pitch + d * Depth, static_cast<unsigned>(pitch));
                wmma::load_matrix_sync(b, vectors + tj * 16 * pitch + d * Depth, static_cast<unsigned>(pitch));
                roundTile(a, vectors);
                roundTile(b, vectors);
                wmma::mma_sync(sums, a, b, sums);
            }
            wmma::store_matrix_sync(scratch, sums, 16, wmma::mem_row_major);
            __syncwarp();
            for (int k = lane; k < kScratch; k += 32) {
                const int i = ti * 16 + k / 16, j = tj * 16 + k % 16;
                if (j < i && i < vectorCount) dots[i * (i - 1) / 2 + j] = scratch[k];
            }
            __syncwarp();
        }
}

// Whether this architecture has the arithmetic; others are refused before they get here.
template <Arithmetic A>
__device__ constexpr bool computable() {
#ifdef DLRM_TENSOR_TYPES
    return true;
#else
    return A == Arithmetic::Fp32 || A == Arithmetic::Fp16;
#endif
}

template <Arithmetic A>
__global__ void __launch_bounds__(256) gatherInteraction(const InteractionParams p) {
    if constexpr (computable<A>()) {
        using T = typename Traits<A>::Vector;
        DLRM_DYNAMIC_SHARED(shared);
        const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32,
                  warps = static_cast<int>(blockDim.x) / 32;
        unsigned char* mine = shared + warp * p.warpBytes;
        T* vectors = reinterpret_cast<T*>(mine);
        float* outRow = reinterpret_cast<float*>(mine + p.outOffset);
        float* scratch = reinterpret_cast<float*>(mine + p.scratchOffset);
        RowRef* refs = reinterpret_cast<RowRef*>(mine + p.refsOffset);
        const int tables = p.lookup.tableCount, quarters = p.dim / 4, pairs = tables * (tables + 1) / 2;
        float* dots = outRow + (p.dotsFirst ? 0 : p.dim);
        float* bottomOut = outRow + (p.dotsFirst ? pairs : 0);
        const int firstVector = lane / p.lanesPerRow, firstQuarter = lane % p.lanesPerRow,
                  vectorStep = 32 / p.lanesPerRow;

        for (int k = lane; k < p.vectorRows * p.pitch; k += 32)
            vectors[k] = fromFloat<T>(0.0f);  // padding rows and columns stay zero
        for (int k = lane; k < p.outStride; k += 32) outRow[k] = 0.0f;
        __syncwarp();

        for (std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * warps + warp; row < p.rows;
             row += static_cast<std::int64_t>(gridDim.x) * warps) {
            for (int t = lane; t < tables; t += 32) refs[t] = findRow(p.lookup, t, row);
            __syncwarp();
            const T* bottom = static_cast<const T*>(p.bottom) + row * p.bottomStride;
            for (int q = lane; q < quarters; q += 32)
                __pipeline_memcpy_async(vectors + q * 4, bottom + q * 4, sizeof(T) * 4);
#pragma unroll 4
            for (int v = firstVector; v < tables; v += vectorStep) {
                const RowRef r = refs[v];
                T* to = vectors + (v + 1) * p.pitch;
                if (r.type == elementOf<T>())
                    for (int q = firstQuarter; q < quarters; q += p.lanesPerRow)
                        __pipeline_memcpy_async(to + q * 4, static_cast<const T*>(r.data) + q * 4, sizeof(T) * 4);
                else
                    for (int q = firstQuarter; q < quarters; q += p.lanesPerRow)
                        store4(to + q * 4, rowValues(r, q * 4));
            }
            __pipeline_commit();
            __pipeline_wait_prior(0);
            __syncwarp();

            for (int d = lane; d < p.dim; d += 32) bottomOut[d] = toFloat(vectors[d]);
            if constexpr (Traits<A>::tensor)
                dotsOfWarp<T, Traits<A>::depth>(vectors, p.pitch, (p.dim + Traits<A>::depth - 1) / Traits<A>::depth,
                                                tables + 1, p.vectorRows / 16, lane, scratch, dots);
            else dotsOfLane(vectors, p.pitch, p.dim, tables + 1, p.vectorRows / 4, lane, dots);
            __syncwarp();

            T* out = static_cast<T*>(p.out) + row * p.outStride;
            for (int k = lane * 4; k < p.outStride; k += 128) store4(out + k, load4(outRow + k));
            if (p.vectors)
                for (int v = 0; v <= tables; ++v)
                    for (int d = lane; d < p.dim; d += 32)
                        p.vectors[(row * (tables + 1) + v) * p.dim + d] = toFloat(vectors[v * p.pitch + d]);
            __syncwarp();
        }
    }
}

template <Arithmetic A>
InteractionParams shape(std::int32_t tables, std::int32_t dim, std::int64_t outStride) {
    using T = Traits<A>;
    InteractionParams p{};
    p.dim = dim;
    p.outStride = outStride;
    p.vectorRows = static_cast<std::int32_t>(roundUp(tables + 1, T::rowStep));
    p.pitch = static_cast<std::int32_t>(roundUp(dim, T::depth)) + T::skew;
    const std::int64_t vectors = roundUp(
        static_cast<std::int64_t>(p.vectorRows) * p.pitch * static_cast<std::int64_t>(sizeof(typename T::Vector)), 128);
    const std::int64_t out = roundUp(outStride * 4, 128), scratch = T::tensor ? kScratch * 4 : 0,
                       refs = roundUp(tables * static_cast<std::int64_t>(sizeof(RowRef)), 128);
    p.outOffset = static_cast<std::int32_t>(vectors);
    p.scratchOffset = static_cast<std::int32_t>(vectors + out);
    p.refsOffset = static_cast<std::int32_t>(vectors + out + scratch);
    p.warpBytes = static_cast<std::int32_t>(vectors + out + scratch + refs);
    p.lanesPerRow = 32;
    while (p.lanesPerRow / 2 >= dim / 4 && p.lanesPerRow > 1) p.lanesPerRow /= 2;
    return p;
}

template <class F>
auto withArithmetic(Arithmetic a, F f) {
    switch (a) {
        case Arithmetic::Tf32:
            return f(std::integral_constant<Arithmetic, Arithmetic::Tf32>{});
        case Arithmetic::Bf16:
            return f(std::integral_constant<Arithmetic, Arithmetic::Bf16>{});
        case Arithmetic::Fp16:
            return f(std::integral_constant<Arithmetic, Arithmetic::Fp16>{});
        default:
            return f(std::integral_constant<Arithmetic, Arithmetic::Fp32>{});
    }
}

}  // namespace

InteractionPlan planInteraction(const Calls& calls, Arithmetic arithmetic, std::int32_t tables, std::int32_t dim,
                                std::int64_t outStride, int multiprocessors, std::int64_t sharedBytes) {
    InteractionPlan plan;
    // Beyond these sizes shared memory would not hold a row anyway; products below stay far from overflow.
    if (dim % 4 != 0 || dim > 16384 || tables > 4096 || outStride > (1 << 20)) return plan;
    withArithmetic(arithmetic, [&](auto a) {
        plan.shape = shape<a()>(tables, dim, outStride);
        if (static_cast<std::int64_t>(plan.shape.vectorRows) * plan.shape.pitch * 4 > sharedBytes) return;
        // Half of the shared memory, so that two blocks run on a multiprocessor; one warp may have all of it.
        int warps = 8;
        while (warps > 1 && static_cast<std::int64_t>(warps) * plan.shape.warpBytes > sharedBytes / 2) warps /= 2;
        if (static_cast<std::int64_t>(warps) * plan.shape.warpBytes > sharedBytes) return;
        plan.warps = warps;
        plan.maxBlocks = multiprocessors * 32;
        CUDA_TRY(calls,
                 allowSharedBytes(reinterpret_cast<const void*>(&gatherInteraction<a()>), warps * plan.shape.warpBytes),
                 "preparing the interaction");
    });
    return plan;
}

void gatherInteract(const Calls& calls, cudaStream_t stream, Arithmetic arithmetic, const InteractionPlan& plan,
                    InteractionParams p) {
    const InteractionParams& s = plan.shape;
    p.dim = s.dim;
    p.outStride = s.outStride;
    p.vectorRows = s.vectorRows;
    p.pitch = s.pitch;
    p.outOffset = s.outOffset;
    p.scratchOffset = s.scratchOffset;
    p.refsOffset = s.refsOffset;
    p.warpBytes = s.warpBytes;
    p.lanesPerRow = s.lanesPerRow;
    const std::int64_t blocks = std::min<std::int64_t>((p.rows + plan.warps - 1) / plan.warps, plan.maxBlocks);
    withArithmetic(arithmetic, [&](auto a) {
        launch(calls, &gatherInteraction<a()>, dim3(static_cast<unsigned>(blocks)),
               static_cast<unsigned>(plan.warps) * 32,
               static_cast<std::size_t>(plan.warps) * static_cast<std::size_t>(p.warpBytes), stream, p,
               "gathering and interacting");
    });
}

}  // namespace dlrm::cuda
