// SPDX-License-Identifier: Apache-2.0
// The layout of UMAP: points pulled together along the edges of a graph and pushed away from random others, by Highway
// with run-time dispatch.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"

namespace dlrm {

// The fuzzy graph: point i has the edges starts[i] .. starts[i + 1] − 1. Symmetric: with (i, j) there is (j, i) of the
// same strength.
struct FuzzyGraph {
    std::int64_t points = 0;
    std::vector<std::int64_t> starts;  // (points + 1)
    std::vector<std::int32_t> targets;
    std::vector<float> strengths;  // 0 .. 1
};

struct LayoutOptions {
    int components = 2;
    int epochs = 200;
    double a = 0, b = 0;  // similarity of the picture: 1 / (1 + a d^(2b))
    std::uint64_t seed = 0;
};

// Moves `coordinates` (points, components) by stochastic gradient descent. Each epoch is two rounds; in a round every
// point is pulled once towards the targets of its edges that are due, an edge of strength s being due in s / (largest
// strength) of the rounds, and pushed away from two or three random points for each. A point's moves follow one
// another; the others are taken where they stood when the round began: no races, and the result depends on the seed
// only. `afterEpoch(epoch, coordinates so far)`: from the calling thread. Error E-CANCELLED. Throws std::bad_alloc.
using AfterEpochFn = std::function<void(int epoch, const std::function<std::vector<float>()>& coordinates)>;
Result<std::vector<float>> layOut(const FuzzyGraph& graph, std::span<const float> coordinates,
                                  const LayoutOptions& options, const AfterEpochFn& afterEpoch, std::stop_token stop);

}  // namespace dlrm
