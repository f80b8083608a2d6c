// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/cross.h"

#include <algorithm>
#include <cstring>

namespace dlrm::cpu {
namespace {

Mlp products(const CrossWeights& w, Arithmetic arithmetic) {
    LayerSpec linear;
    linear.relu = false;
    std::vector<DenseWeights> dense;
    std::int64_t inputs = w.width;
    if (w.projection > 0) {
        dense.push_back({w.width, w.projection, w.u, std::vector<float>(static_cast<std::size_t>(w.projection))});
        inputs = w.projection;
    }
    dense.push_back({inputs, w.width, w.v, w.bias});
    return Mlp(dense, std::vector<LayerSpec>(dense.size(), linear), w.width, arithmetic);
}

}  // namespace

CrossNetwork::CrossNetwork(const std::vector<CrossWeights>& weights, Arithmetic arithmetic) : m_arithmetic(arithmetic) {
    for (const CrossWeights& w : weights) m_layers.push_back(products(w, arithmetic));
}

std::int64_t CrossNetwork::width() const {
    std::int64_t width = 0;
    for (const Mlp& layer : m_layers) width = std::max(width, layer.width());
    return width;
}

void CrossNetwork::forward(const float* x0, float* x, std::int64_t stride, std::int64_t size, std::int64_t rows,
                           float* rounded, MlpBuffers& buffers, const ActivationSink& sink) const {
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        float* in = x;
        if (m_arithmetic != Arithmetic::Float32) {  // an Mlp overwrites its input then
            in = rounded;
            for (std::int64_t r = 0; r < rows; ++r)
                std::memcpy(in + r * stride, x + r * stride, static_cast<std::size_t>(size) * sizeof(float));
        }
        const float* y = m_layers[i].forward(in, stride, rows, buffers, {});
        for (std::int64_t r = 0; r < rows; ++r) {
            const float* product = y + r * buffers.stride;
            const float* first = x0 + r * stride;
            float* row = x + r * stride;
            for (std::int64_t c = 0; c < size; ++c) row[c] = first[c] * product[c] + row[c];
            if (sink.activations)
                std::memcpy((*sink.activations)[i].data() + (sink.firstRow + r) * size, row,
                            static_cast<std::size_t>(size) * sizeof(float));
        }
    }
}

}  // namespace dlrm::cpu
