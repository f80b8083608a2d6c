// SPDX-License-Identifier: Apache-2.0
// The nearest neighbours of every row of a set among the others, by blocks of matrix products.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm {

struct NeighborGraph {
    std::int64_t points = 0, k = 0;
    std::vector<std::int32_t> ids;  // (points, k), the nearest first, ties by id; a point is not its own neighbour
    std::vector<float> squaredDistances;  // (points, k)
};

// The k nearest by squared Euclidean distance, which is computed in float32 from the differences of the values:
// relative error at most (dim + 16)·2⁻²⁴; products only leave out pairs that a certified bound says are farther. rows:
// (points, dim), |values| <= 1. The same for any number of threads. REQUIRES: 1 <= k < points < 2³¹. Error E-CANCELLED.
// Throws std::bad_alloc.
Result<NeighborGraph> neighborGraph(std::span<const float> rows, std::int64_t dim, std::int64_t k, const Job& job = {});

}  // namespace dlrm
