// SPDX-License-Identifier: Apache-2.0
// The kernels as host code calls them: plain pointers, one stream, nothing waits. Activations are of the arithmetic's
// type.
#pragma once

#include "gpu/support/calls.h"
#include "gpu/support/types.h"

namespace dlrm::cuda {

// How the fused kernel runs for one model; warps 0: it does not fit (dim no multiple of 4, or too much for shared
// memory), use concat and dots.
struct InteractionPlan {
    InteractionParams shape{};
    int warps = 0, maxBlocks = 0;
};
InteractionPlan planInteraction(const Calls&, Arithmetic, std::int32_t tables, std::int32_t dim, std::int64_t outStride,
                                int multiprocessors, std::int64_t sharedBytes);
// Fills the plan's part of the parameters itself.
void gatherInteract(const Calls&, cudaStream_t, Arithmetic, const InteractionPlan&, InteractionParams);

void concat(const Calls&, cudaStream_t, Arithmetic, const ConcatParams&);
void dots(const Calls&, cudaStream_t, Arithmetic, const DotsParams&);
void cross(const Calls&, cudaStream_t, Arithmetic, const CrossParams&);
void lastLayer(const Calls&, cudaStream_t, Arithmetic, const LastLayerParams&);
void prepareInput(const Calls&, cudaStream_t, Arithmetic, const InputParams&);
void widen(const Calls&, cudaStream_t, Arithmetic, const WidenParams&);
void interactionMatrix(const Calls&, cudaStream_t, const MatrixParams&);

void shrinkRows(const Calls&, cudaStream_t, const ShrinkParams&);

}  // namespace dlrm::cuda
