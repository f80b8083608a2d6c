// SPDX-License-Identifier: Apache-2.0
// Runs a kernel's threads on the CPU: the threads of a block are fibers of the calling thread, blocks run one after the
// other. A barrier that not all threads of a warp reach ends the process with a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <cuda_runtime.h>

namespace dlrm::emulation {

// Fibers run up to their next barrier in this order. A missing barrier shows as different results.
void setReversedOrder(bool reversed);

void runGrid(dim3 grid, dim3 block, std::size_t sharedBytes, const std::function<void()>& kernel);

// What kernels see of themselves.
struct ThreadPlace {
    uint3 thread, block;
    dim3 blockDim, gridDim;
};
const ThreadPlace& place();
void* dynamicShared();
void warpBarrier();
// Every lane gives `mine` (at most 16 bytes) and gets that of lane `from`.
void warpExchange(const void* mine, std::size_t bytes, int from, void* theirs);
std::uint32_t warpBallot(bool mine);
// A copy that happens no sooner than waitCopies().
void deferCopy(void* to, const void* from, std::size_t bytes);
void waitCopies();

}  // namespace dlrm::emulation
