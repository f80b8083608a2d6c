// SPDX-License-Identifier: Apache-2.0
// What every kernel file starts with: the device language (nvcc's, or a stand-in that runs kernels on the CPU in tests)
// and element conversions.
#pragma once

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#define DLRM_DYNAMIC_SHARED(name) extern __shared__ __align__(128) unsigned char name[]
#else
#include DLRM_DEVICE_SHIM
#endif

#include "gpu/support/types.h"

namespace dlrm::cuda {

constexpr unsigned kAllLanes = 0xffffffffu;

__device__ inline float toFloat(float x) { return x; }
__device__ inline float toFloat(__half x) { return __half2float(x); }
__device__ inline float toFloat(__nv_bfloat16 x) { return __bfloat162float(x); }
template <class T>
__device__ inline T fromFloat(float x);
template <>
__device__ inline float fromFloat<float>(float x) {
    return x;
}
template <>
__device__ inline __half fromFloat<__half>(float x) {
    return __float2half(x);
}
template <>
__device__ inline __nv_bfloat16 fromFloat<__nv_bfloat16>(float x) {
    return __float2bfloat16(x);
}

// Four values in one access of 4, 8 or 16 bytes.
template <class T>
struct alignas(sizeof(T) * 4) Four {
    T v[4];
};
template <class T>
__device__ inline float4 load4(const T* p) {
    const Four<T> f = *reinterpret_cast<const Four<T>*>(p);
    return make_float4(toFloat(f.v[0]), toFloat(f.v[1]), toFloat(f.v[2]), toFloat(f.v[3]));
}
template <class T>
__device__ inline void store4(T* p, float4 x) {
    Four<T> f;
    f.v[0] = fromFloat<T>(x.x);
    f.v[1] = fromFloat<T>(x.y);
    f.v[2] = fromFloat<T>(x.z);
    f.v[3] = fromFloat<T>(x.w);
    *reinterpret_cast<Four<T>*>(p) = f;
}

// Where one looked-up row stands.
struct RowRef {
    const void* data;
    float scale;
    Element type;
};

__device__ inline RowRef findRow(const Lookup& l, int table, std::int64_t row) {
    const std::int32_t id = l.ids[table * l.idStride + row];
    RowRef r{nullptr, 1.0f, Element::F32};
    if (id < 0) {
        r.data = l.staged + (-static_cast<std::int64_t>(id) - 1) * l.stagedStride;
        return r;
    }
    const DeviceTable& t = l.tables[table];
    const bool onGpu = id < t.gpuRows;
    const std::int64_t index = onGpu ? id : id - t.gpuRows;
    r.type = t.type;
    r.data = static_cast<const char*>(onGpu ? t.gpu : t.pinned) + index * t.dim *
                                                                      (t.type == Element::F32    ? 4
                                                                       : t.type == Element::Int8 ? 1
                                                                                                 : 2);
    if (t.type == Element::Int8) r.scale = (onGpu ? t.gpuScales : t.pinnedScales)[index];
    return r;
}

__device__ inline float element(const void* data, Element type, std::int64_t i) {
    switch (type) {
        case Element::F16:
            return toFloat(static_cast<const __half*>(data)[i]);
        case Element::BF16:
            return toFloat(static_cast<const __nv_bfloat16*>(data)[i]);
        case Element::Int8:
            return static_cast<float>(static_cast<const std::int8_t*>(data)[i]);
        default:
            return static_cast<const float*>(data)[i];
    }
}

// Values [column, column + 4) of a row whose dim is a multiple of 4.
__device__ inline float4 rowValues(const RowRef& r, int column) {
    switch (r.type) {
        case Element::F16:
            return load4(static_cast<const __half*>(r.data) + column);
        case Element::BF16:
            return load4(static_cast<const __nv_bfloat16*>(r.data) + column);
        case Element::Int8: {
            const Four<std::int8_t> q =
                *reinterpret_cast<const Four<std::int8_t>*>(static_cast<const std::int8_t*>(r.data) + column);
            return make_float4(static_cast<float>(q.v[0]) * r.scale, static_cast<float>(q.v[1]) * r.scale,
                               static_cast<float>(q.v[2]) * r.scale, static_cast<float>(q.v[3]) * r.scale);
        }
        default:
            return load4(static_cast<const float*>(r.data) + column);
    }
}

template <class T>
__device__ inline T warpSum(T x) {
    for (int lanes = 16; lanes > 0; lanes /= 2) x += __shfl_xor_sync(kAllLanes, x, lanes);
    return x;
}

}  // namespace dlrm::cuda
