// SPDX-License-Identifier: Apache-2.0
// One round of UMAP's layout over a range of points, by Highway with run-time dispatch.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/linear/aligned.h"

namespace dlrm {

inline constexpr std::int64_t kLayoutGroup =
    32;  // points moved side by side: two vectors of the widest kind, so that their latencies overlap
inline constexpr std::int64_t kLayoutEdges =
    8;  // the edges of a point are filled up to a multiple of it with edges that are never due

struct LayoutState {
    std::int64_t points = 0, padded = 0;  // padded: to whole groups
    int components = 2;
    std::int64_t longest = 0;          // most edges of a point, filled up
    std::vector<std::int64_t> starts;  // (padded + 1)
    cpu::AlignedArray<std::int32_t> targets;
    cpu::AlignedArray<float> rates;                     // how often an edge is due per round, 0 .. 1
    cpu::AlignedArray<float> pending;                   // what an edge has saved up towards its next turn
    std::array<cpu::AlignedArray<float>, 3> now, next;  // (padded) per component
    // Room for the edges of a group that are due.
    std::int64_t scratchSize() const { return kLayoutGroup * (longest + kLayoutEdges); }
};

struct LayoutRound {
    float a = 0, b = 0;      // of the similarity 1 / (1 + a d^(2b))
    float step = 0;          // of the gradient
    int pushes = 0;          // random points per pull
    std::uint32_t seed = 0;  // of this round
};

// Writes state.next of the points firstGroup · kLayoutGroup … lastGroup · kLayoutGroup − 1 from state.now. due:
// (scratchSize), valid indexes in it.
void layoutRound(LayoutState& state, const LayoutRound& round, std::int64_t firstGroup, std::int64_t lastGroup,
                 std::int32_t* due);

}  // namespace dlrm
