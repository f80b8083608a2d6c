// SPDX-License-Identifier: Apache-2.0
// Launches a kernel through the call table. C++17: kernels include it.
#pragma once

#include <type_traits>

#include "gpu/support/errors.h"

namespace dlrm::cuda {

template <class Params>
void invokeKernel(const void* kernel, const void* params) {
    reinterpret_cast<void (*)(Params)>(const_cast<void*>(kernel))(*static_cast<const Params*>(params));
}

template <class Params>
void launch(const Calls& calls, void (*kernel)(Params), dim3 grid, unsigned threads, std::size_t sharedBytes,
            cudaStream_t stream, const Params& params, const char* doing) {
    static_assert(std::is_trivially_copyable<Params>::value, "kernel parameters are copied as bytes");
    Launch l;
    l.kernel = reinterpret_cast<const void*>(kernel);
    l.invoke = &invokeKernel<Params>;
    l.params = &params;
    l.paramBytes = sizeof(Params);
    l.grid = grid;
    l.block = dim3(threads);
    l.sharedBytes = sharedBytes;
    l.stream = stream;
    CUDA_TRY(calls, launch(l), doing);
}

// Blocks for `items` of `perBlock` each, in one grid dimension (2³¹ − 1 at most).
inline dim3 blocksFor(std::int64_t items, std::int64_t perBlock) {
    return dim3(static_cast<unsigned>((items + perBlock - 1) / perBlock));
}

}  // namespace dlrm::cuda
