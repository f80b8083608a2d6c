// SPDX-License-Identifier: Apache-2.0
// A kernel in halved sizes for drawing: every value of a level is the strongest of the 2 × 2 values below it, so that
// no outlier is ever averaged away.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"
#include "core/model/table_view.h"

namespace dlrm {

// Larger for the stronger of two weights: their size, and above all sizes what is not finite.
inline std::int32_t strength(float v) { return std::bit_cast<std::int32_t>(v) & 0x7fffffff; }

struct KernelLevel {
    std::int64_t rows = 0, columns = 0;
    std::vector<float> values;  // (rows, columns)
};

// The learned rows of a layer's kernel, ready to draw.
struct KernelView {
    bool top = false;
    int layer = 0;
    std::int64_t rows = 0;  // learned inputs; the kernel's rows beyond are padding
    DenseWeights weights;
    std::vector<KernelLevel>
        levels;  // levels[k]: 2^(k+1) × 2^(k+1) weights a value; the last one is at most kSmallest in both directions
    static constexpr std::int64_t kSmallest = 256;
    DenseWeights next;  // the layer that reads this one's units; no kernel when there is none in the same MLP

    std::int64_t columns() const { return weights.outputs; }
    // Values of level k (0: the kernel itself), row-major.
    std::span<const float> values(std::size_t level) const {
        return level == 0 ? std::span<const float>(weights.kernel) : std::span<const float>(levels[level - 1].values);
    }
    std::int64_t rowsOf(std::size_t level) const { return level == 0 ? rows : levels[level - 1].rows; }
    std::int64_t columnsOf(std::size_t level) const { return level == 0 ? columns() : levels[level - 1].columns; }
};

// E-CANCELLED within 100 ms of a stop request.
Result<KernelView> kernelView(DenseWeights weights, std::int64_t learnedInputs, const std::stop_token& stop);

}  // namespace dlrm
