// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/attribution/pair_gradients.h"

#include <algorithm>

#include "core/analysis/layers/inputs.h"

namespace dlrm {
namespace {

// Sets the gradient by what is not active to 0, without a branch: about every second unit is.
void keepActive(const float* outputs, std::int64_t count, float* gradient) {
    for (std::int64_t o = 0; o < count; ++o) gradient[o] = outputs[o] > 0 ? gradient[o] : 0;
}

}  // namespace

PairGradients::PairGradients(std::span<const DenseWeights> top, const ModelSpec& spec)
    : m_pairs(pairIndex(spec.vectors(), 0)) {
    const std::int64_t firstDot = interactionRows(spec).firstDot;
    // Rows [first, first + count) of a kernel, which are the outputs of the transposed one.
    const auto rowsOf = [](const DenseWeights& layer, std::int64_t first) {
        return layer.kernel.data() + first * layer.outputs;
    };
    std::int64_t width = m_pairs;
    for (std::size_t l = 0; l + 1 < top.size(); ++l) {
        const DenseWeights& layer = top[l];
        const bool isFirst = l == 0;
        const std::int64_t count = isFirst ? m_pairs : layer.inputs;
        m_layers.push_back({cpu::packRows(rowsOf(layer, isFirst ? firstDot : 0), layer.outputs, count), layer.outputs,
                            spec.topMlp[l].relu});
        width = std::max({width, layer.outputs, m_layers.back().transposed.paddedOutputs});
    }
    const bool isOnly = top.size() == 1;
    const float* const last = rowsOf(top.back(), isOnly ? firstDot : 0);
    m_last.assign(last, last + (isOnly ? m_pairs : top.back().inputs));
    m_stride = cpu::activationStride(width);
}

PairGradients::Buffers::Buffers(const PairGradients& of, std::int64_t rows)
    : even(rows * of.m_stride), odd(rows * of.m_stride), nonZero(of.m_stride + cpu::kListPadding) {}

const float* PairGradients::run(const Intermediates& forward, std::int64_t first, std::int64_t rows,
                                Buffers& buffers) const {
    float *gradient = buffers.even.data(), *next = buffers.odd.data();
    for (std::int64_t r = 0; r < rows; ++r) std::copy(m_last.begin(), m_last.end(), gradient + r * m_stride);
    for (std::size_t l = m_layers.size(); l-- > 0;) {
        const Layer& layer = m_layers[l];
        const float* const outputs = forward.topActivations[l].data() + first * layer.outputs;
        for (std::int64_t r = 0; r < rows && layer.relu; ++r)
            keepActive(outputs + r * layer.outputs, layer.outputs, gradient + r * m_stride);
        cpu::denseForward(layer.transposed, gradient, m_stride, rows, next, m_stride, buffers.nonZero.data());
        std::swap(gradient, next);
    }
    return gradient;
}

}  // namespace dlrm
