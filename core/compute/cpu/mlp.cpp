// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/mlp.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dlrm::cpu {
namespace {

void keep(const ActivationSink& sink, std::size_t layer, const float* y, std::int64_t stride, std::int64_t rows, std::int64_t outputs) {
    if (!sink.activations) return;
    float* to = (*sink.activations)[layer].data() + sink.firstRow * outputs;
    for (std::int64_t r = 0; r < rows; ++r) std::memcpy(to + r * outputs, y + r * stride, static_cast<std::size_t>(outputs) * sizeof(float));
}

void roundRows(float* x, std::int64_t stride, std::int64_t rows, std::int64_t width) {
    for (std::int64_t r = 0; r < rows; ++r) roundToBfloat16(x + r * stride, width);
}

// Whether all values are finite.
bool convertRows(const float* x, std::int64_t xStride, std::int64_t rows, std::int64_t width, std::uint16_t* y, std::int64_t yStride) {
    bool finite = true;
    for (std::int64_t r = 0; r < rows; ++r) finite = convertToBfloat16(x + r * xStride, width, y + r * yStride) && finite;
    return finite;
}

}  // namespace

MlpBuffers::MlpBuffers(std::int64_t rows, std::int64_t width, Arithmetic arithmetic)
    : stride(activationStride(width)), even(rows * stride), odd(rows * stride), nonZero(width + kListPadding) {
    if (arithmetic != Arithmetic::OneDnnBfloat16) return;
    bf16Even = AlignedArray<std::uint16_t>(rows * stride);
    bf16Odd = AlignedArray<std::uint16_t>(rows * stride);
}

Mlp::Mlp(const std::vector<DenseWeights>& weights, const std::vector<LayerSpec>& spec, std::int64_t structuralInputs, Arithmetic arithmetic)
    : m_arithmetic(arithmetic) {
    const WeightStorage storage = arithmetic == Arithmetic::Float32 ? WeightStorage::Float32 : WeightStorage::Bfloat16;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        m_layers.push_back(packDense(weights[i], i == 0 ? structuralInputs : weights[i].inputs, spec[i].relu, storage));
        m_finite = m_finite && m_layers.back().finite;
        m_matmuls.emplace_back();
        if (arithmetic == Arithmetic::OneDnnBfloat16 && weights[i].outputs > 1) m_matmuls.back().emplace(weights[i], spec[i].relu);
    }
}

std::int64_t Mlp::width() const {
    std::int64_t width = 0;
    for (const DenseLayer& layer : m_layers) width = std::max({width, layer.inputs, layer.paddedOutputs});
    return width;
}

const float* Mlp::forward(float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& buffers, const ActivationSink& sink) const {
    if (m_arithmetic == Arithmetic::OneDnnBfloat16 && rows > kSkippingRows && m_finite)
        if (const float* y = forwardByOneDnn(x, xStride, rows, buffers, sink)) return y;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const DenseLayer& layer = m_layers[i];
        if (m_arithmetic != Arithmetic::Float32) roundRows(x, xStride, rows, layer.inputs);
        float* y = x == buffers.even.data() ? buffers.odd.data() : buffers.even.data();
        denseForward(layer, x, xStride, rows, y, buffers.stride, buffers.nonZero.data());
        keep(sink, i, y, buffers.stride, rows, layer.outputs);
        x = y;
        xStride = buffers.stride;
    }
    return x;
}

const float* Mlp::forwardByOneDnn(const float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& b, const ActivationSink& sink) const {
    // Hidden outputs are written as bfloat16 at once, unless somebody wants to see them before the rounding.
    float* wide = b.even.data();
    std::uint16_t* narrow = b.bf16Even.data();
    std::uint16_t* nextNarrow = b.bf16Odd.data();
    if (!convertRows(x, xStride, rows, inputs(), narrow, b.stride)) return nullptr;
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        const DenseLayer& layer = m_layers[i];
        const bool last = i + 1 == m_layers.size();
        if (layer.outputs == 1) {
            if (i > 0) x = wide;
            float* rounded = b.odd.data();
            for (std::int64_t r = 0; r < rows; ++r) std::memcpy(rounded + r * b.stride, x + r * xStride, static_cast<std::size_t>(layer.inputs) * sizeof(float));
            roundRows(rounded, b.stride, rows, layer.inputs);
            denseForward(layer, rounded, b.stride, rows, wide, b.stride, b.nonZero.data());
            keep(sink, i, wide, b.stride, rows, 1);
            if (!last) convertRows(wide, b.stride, rows, 1, narrow, b.stride);
        } else if (sink.activations || last || m_layers[i + 1].outputs == 1) {
            m_matmuls[i]->run(narrow, b.stride, rows, wide, b.stride, Bf16Matmul::Output::Float32, b.scratchpad);
            keep(sink, i, wide, b.stride, rows, layer.outputs);
            if (!last) convertRows(wide, b.stride, rows, layer.outputs, narrow, b.stride);
        } else {
            m_matmuls[i]->run(narrow, b.stride, rows, nextNarrow, b.stride, Bf16Matmul::Output::Bfloat16, b.scratchpad);
            std::swap(narrow, nextNarrow);
        }
        xStride = b.stride;
    }
    return wide;
}

}  // namespace dlrm::cpu
