// SPDX-License-Identifier: Apache-2.0
// UMAP after McInnes, Healy, Melville: "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction"
// (2018), with exact neighbours.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"

namespace dlrm {

// Distances: 1 − cosine, or Euclidean.
enum class UmapMetric : std::uint8_t { Cosine, Euclidean };

struct UmapOptions {
    int components = 2;  // 2 or 3
    UmapMetric metric = UmapMetric::Cosine;
    int neighbors = 15;    // 2 .. 200, the point itself counted, as in the paper
    double minDist = 0.1;  // 0 .. 1, of a spread of 1
    int epochs = 0;        // 0: 500 up to 10,000 points, else 200
    std::uint64_t seed =
        0;  // with the same seed the picture has the same bits on one machine, whatever the number of threads
};

// options.epochs, or what 0 stands for.
int umapEpochs(std::int64_t points, const UmapOptions& options);

// The picture so far: coordinates (points, components), epoch 0 is the start (principal components). From the calling
// thread, at most about 5 times a second after the start.
using UmapPartialFn = std::function<void(int epoch, int epochs, std::span<const float> coordinates)>;

// Coordinates (points, components) of the rows (points, dim), which must be finite, and with Cosine not zero.
// Every point of an epoch moves from where the others stood when the epoch's half began; so threads cannot race. Time:
// points² · dim for the neighbours, points · epochs for the layout. Errors: E-MAP-003 an option outside its range,
// E-MAP-004 fewer than 3 points, E-CANCELLED. Throws std::bad_alloc.
Result<std::vector<float>> umap(std::span<const float> rows, std::int64_t dim, const UmapOptions& options,
                                const UmapPartialFn& partial = {}, const Job& job = {});

}  // namespace dlrm
