// SPDX-License-Identifier: Apache-2.0
// The dot interaction: every pair of one row's vectors, by Highway with run-time dispatch.
#pragma once

#include <cstdint>
#include <span>

namespace dlrm::cpu {

// The strict lower triangle of V Vᵀ. vectors: (count) pointers to dim floats each, any alignment. dots:
// (count·(count-1)/2), pair (i, j), j < i, at i·(i-1)/2 + j. Accumulates in float32 in an order that depends on dim and
// the instruction set only.
void dotInteraction(std::span<const float* const> vectors, std::int64_t dim, float* dots);

// x·y in float32, with the same order of sums as dotInteraction.
float dotProduct(const float* x, const float* y, std::int64_t size);

}  // namespace dlrm::cpu
