// SPDX-License-Identifier: Apache-2.0
// The device language of gpu/kernels/*.cu for a plain C++ compiler. Only what those kernels use.
#pragma once

#include <math.h>

#include <cstdint>
#include <cstring>

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include "tests/gpu/emulation/fibers.h"

#undef __launch_bounds__
#define __launch_bounds__(threads)
#define DLRM_DYNAMIC_SHARED(name) auto* const name = static_cast<unsigned char*>(::dlrm::emulation::dynamicShared())
#define threadIdx (::dlrm::emulation::place().thread)
#define blockIdx (::dlrm::emulation::place().block)
#define blockDim (::dlrm::emulation::place().blockDim)
#define gridDim (::dlrm::emulation::place().gridDim)

namespace dlrm::cuda {

inline void __syncwarp() { emulation::warpBarrier(); }
template <class T>
T __shfl_xor_sync(unsigned, T mine, int lanes) {
    T theirs;
    emulation::warpExchange(&mine, sizeof mine, static_cast<int>(threadIdx.x % 32) ^ lanes, &theirs);
    return theirs;
}
inline int __all_sync(unsigned, bool mine) { return emulation::warpBallot(mine) == 0xffffffffu; }
inline void __pipeline_memcpy_async(void* to, const void* from, std::size_t bytes) {
    emulation::deferCopy(to, from, bytes);
}
inline void __pipeline_commit() {}
inline void __pipeline_wait_prior(int) { emulation::waitCopies(); }

}  // namespace dlrm::cuda

// Tensor-core tiles: lane 0 holds and computes the whole tile, the other lanes pass through.
namespace nvcuda::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
enum layout_t { mem_row_major };
namespace precision {
struct tf32 {};
}  // namespace precision

template <class T>
struct Storage {
    using Type = T;
};
template <>
struct Storage<precision::tf32> {
    using Type = float;
};

template <class Use, int M, int N, int K, class T, class Layout = void>
struct fragment {
    static constexpr int num_elements = M * (std::is_same<Use, accumulator>::value ? N : K);
    typename Storage<T>::Type x[num_elements];
    fragment() { std::memset(static_cast<void*>(x), 0, sizeof x); }
};

inline bool holder() { return threadIdx.x % 32 == 0; }

template <class Fragment>
void fill_fragment(Fragment& f, float value) {
    for (auto& x : f.x) x = value;
}
// a: element (i, k) at i * K + k; b: element (k, j) at j * K + k. Both stand in memory as rows of `stride`.
template <class Use, int M, int N, int K, class T, class Layout, class Value>
void load_matrix_sync(fragment<Use, M, N, K, T, Layout>& f, const Value* from, unsigned stride) {
    static_assert(std::is_same<Use, matrix_a>::value == std::is_same<Layout, row_major>::value, "what the kernels use");
    if (!holder()) return;
    if (reinterpret_cast<std::uintptr_t>(from) % 32 != 0 || stride * sizeof(Value) % 16 != 0)
        __builtin_trap();  // the hardware's alignment rules
    for (int i = 0; i < 16; ++i)
        for (int k = 0; k < K; ++k)
            f.x[i * K + k] = from[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(k)];
}
inline float asFloat(float x) { return x; }
inline float asFloat(__half x) { return __half2float(x); }
inline float asFloat(__nv_bfloat16 x) { return __bfloat162float(x); }
// Round to nearest, ties away from zero, to 10 bits of mantissa.
inline float __float_to_tf32(float x) {
    std::uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7f800000u) != 0x7f800000u) bits = (bits + 0x1000u) & ~0x1fffu;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}
template <int K, class T, class LA, class LB>
void mma_sync(fragment<accumulator, 16, 16, K, float>& d, const fragment<matrix_a, 16, 16, K, T, LA>& a,
              const fragment<matrix_b, 16, 16, K, T, LB>& b, const fragment<accumulator, 16, 16, K, float>& c) {
    if (!holder()) return;
    for (int i = 0; i < 16; ++i)
        for (int j = 0; j < 16; ++j) {
            float sum = c.x[i * 16 + j];
            for (int k = 0; k < K; ++k) sum += asFloat(a.x[i * K + k]) * asFloat(b.x[j * K + k]);
            d.x[i * 16 + j] = sum;
        }
}
template <int K>
void store_matrix_sync(float* to, const fragment<accumulator, 16, 16, K, float>& f, unsigned stride, layout_t) {
    if (!holder()) return;
    if (reinterpret_cast<std::uintptr_t>(to) % 32 != 0) __builtin_trap();
    for (unsigned i = 0; i < 16; ++i)
        for (unsigned j = 0; j < 16; ++j) to[i * stride + j] = f.x[i * 16 + j];
}

}  // namespace nvcuda::wmma
