// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/mlp.h"

#include <algorithm>
#include <cstring>

namespace dlrm::cpu {
namespace {

void keep(const ActivationSink& sink, std::size_t layer, const float* y, std::int64_t stride, std::int64_t rows,
          std::int64_t outputs) {
    if (!sink.activations) return;
    float* to = (*sink.activations)[layer].data() + sink.firstRow * outputs;
    for (std::int64_t r = 0; r < rows; ++r)
        std::memcpy(to + r * outputs, y + r * stride, static_cast<std::size_t>(outputs) * sizeof(float));
}

void roundRows(float* x, std::int64_t stride, std::int64_t rows, std::int64_t width) {
    for (std::int64_t r = 0; r < rows; ++r) roundToBfloat16(x + r * stride, width);
}

}  // namespace

MlpBuffers::MlpBuffers(std::int64_t rows, std::int64_t width, Arithmetic arithmetic)
    : stride(activationStride(width)), even(rows * stride), odd(rows * stride), nonZero(width + kListPadding) {
    if (arithmetic != Arithmetic::OneDnnBfloat16) return;
    narrow = AlignedArray<std::uint16_t>(rows * stride);
    finite.resize(static_cast<std::size_t>(rows));
}

Mlp::Mlp(const std::vector<DenseWeights>& weights, const std::vector<LayerSpec>& spec, std::int64_t structuralInputs,
         Arithmetic arithmetic)
    : m_arithmetic(arithmetic) {
    const WeightStorage storage = arithmetic == Arithmetic::Float32 ? WeightStorage::Float32 : WeightStorage::Bfloat16;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        m_layers.push_back(packDense(weights[i], i == 0 ? structuralInputs : weights[i].inputs, spec[i].relu, storage));
        m_finite = m_finite && m_layers.back().finite;
        m_matmuls.emplace_back();
        if (arithmetic == Arithmetic::OneDnnBfloat16 && weights[i].outputs > 1) m_matmuls.back().emplace(weights[i]);
    }
}

std::int64_t Mlp::width() const {
    std::int64_t width = 0;
    for (const DenseLayer& layer : m_layers) width = std::max({width, layer.inputs, layer.paddedOutputs});
    return width;
}

const float* Mlp::forward(float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& buffers,
                          const ActivationSink& sink) const {
    if (m_arithmetic == Arithmetic::OneDnnBfloat16 && m_finite) return forwardByOneDnn(x, xStride, rows, buffers, sink);
    return forwardDense(x, xStride, rows, buffers.even.data(), buffers.odd.data(), buffers, sink);
}

const float* Mlp::forwardDense(float* x, std::int64_t xStride, std::int64_t rows, float* even, float* odd,
                               MlpBuffers& buffers, const ActivationSink& sink) const {
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const DenseLayer& layer = m_layers[i];
        if (m_arithmetic != Arithmetic::Float32) roundRows(x, xStride, rows, layer.inputs);
        float* y = x == even ? odd : even;
        denseForward(layer, x, xStride, rows, y, buffers.stride, buffers.nonZero.data());
        keep(sink, i, y, buffers.stride, rows, layer.outputs);
        x = y;
        xStride = buffers.stride;
    }
    return x;
}

const float* Mlp::forwardByOneDnn(float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& b,
                                  const ActivationSink& sink) const {
    float* const wide = b.even.data();
    const float* in = x;
    std::int64_t inStride = xStride;
    std::fill_n(b.finite.begin(), rows, 1);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const DenseLayer& layer = m_layers[i];
        for (std::int64_t r = 0; r < rows; ++r)
            b.finite[static_cast<std::size_t>(r)] &=
                convertToBfloat16(in + r * inStride, layer.inputs, b.narrow.data() + r * b.stride);
        if (layer.outputs == 1) {
            float* rounded = b.odd.data();
            for (std::int64_t r = 0; r < rows; ++r)
                std::memcpy(rounded + r * b.stride, in + r * inStride,
                            static_cast<std::size_t>(layer.inputs) * sizeof(float));
            roundRows(rounded, b.stride, rows, layer.inputs);
            denseForward(layer, rounded, b.stride, rows, wide, b.stride, b.nonZero.data());
        } else {
            m_matmuls[i]->run(b.narrow.data(), b.stride, rows, wide, b.stride, b.scratchpad);
            for (std::int64_t r = 0; layer.relu && r < rows; ++r) rectify(wide + r * b.stride, layer.outputs);
        }
        keep(sink, i, wide, b.stride, rows, layer.outputs);
        in = wide;
        inStride = b.stride;
    }
    // Each alone, so that it changes no other row of its batch.
    for (std::int64_t r = 0; r < rows; ++r) {
        if (b.finite[static_cast<std::size_t>(r)]) continue;
        const float* y = forwardDense(x + r * xStride, xStride, 1, b.odd.data(), b.odd.data() + b.stride, b,
                                      {sink.activations, sink.firstRow + r});
        std::memcpy(wide + r * b.stride, y, static_cast<std::size_t>(m_layers.back().outputs) * sizeof(float));
    }
    return wide;
}

}  // namespace dlrm::cpu
