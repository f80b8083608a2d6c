// SPDX-License-Identifier: Apache-2.0
// The gradient of the logit by every product of two vectors, of many rows at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/compute/backend.h"
#include "core/linear/dense.h"

namespace dlrm {

// Inside the region of its active units the top MLP is linear, so that one product with each transposed kernel gives
// the gradient. In float32; a row's has the same bits in every batch.
class PairGradients {
public:
    // Packs the kernels. REQUIRES: a model with dot products, whose top MLP these are. Throws std::bad_alloc.
    PairGradients(std::span<const DenseWeights> top, const ModelSpec& spec);

    std::int64_t pairs() const { return m_pairs; }

    // A thread's memory for so many rows at a time. Throws std::bad_alloc.
    struct Buffers {
        Buffers(const PairGradients& of, std::int64_t rows);
        cpu::AlignedArray<float> even, odd;
        cpu::AlignedArray<std::int32_t> nonZero;
    };
    std::int64_t stride() const { return m_stride; }
    // J by the pairs (i, j), j < i, at pairIndex(i, j), of the rows [first, first + rows) of `forward`: (rows,
    // stride()), in `buffers`. REQUIRES: the activations are there; rows fit the buffers.
    const float* run(const Intermediates& forward, std::int64_t first, std::int64_t rows, Buffers& buffers) const;

private:
    // Of one layer but the last, and whether its outputs are rectified.
    struct Layer {
        cpu::DenseLayer transposed;
        std::int64_t outputs = 0;
        bool relu = false;
    };
    std::vector<float> m_last;    // the gradient by what the last layer takes in
    std::vector<Layer> m_layers;  // first to last but one; of the first, the rows of the products alone
    std::int64_t m_pairs = 0, m_stride = 0;
};

}  // namespace dlrm
