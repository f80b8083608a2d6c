// SPDX-License-Identifier: Apache-2.0
// DCNv2's cross layers on chunks of rows: x' = x0 * (x·U·V + b) + x, element by element. The products are those of an
// Mlp, so a row's result has the same bits in every batch.
#pragma once

#include <cstdint>
#include <vector>

#include "core/compute/cpu/mlp.h"
#include "core/linear/aligned.h"
#include "core/model/table_view.h"

namespace dlrm::cpu {

class CrossNetwork {
public:
    // Empty weights: no cross layers. Throws std::bad_alloc and dnnl::error.
    CrossNetwork(const std::vector<CrossWeights>& weights, Arithmetic arithmetic);

    std::size_t layers() const { return m_layers.size(); }
    std::int64_t width() const;  // widest input or output of the products; 0 without layers

    // x: (rows, stride) holds x0 at first and the last layer's output at the end; `size` values of each row are used.
    // x0: (rows, stride).
    // rounded: (rows, stride), scratch of the bfloat16 arithmetics. Throws std::bad_alloc and dnnl::error.
    void forward(const float* x0, float* x, std::int64_t stride, std::int64_t size, std::int64_t rows, float* rounded,
                 MlpBuffers& buffers, const ActivationSink& sink) const;

private:
    Arithmetic m_arithmetic;
    std::vector<Mlp> m_layers;  // of one product (full rank) or two (U, then V)
};

}  // namespace dlrm::cpu
