// SPDX-License-Identifier: Apache-2.0
// A multi-layer perceptron on chunks of rows, in one of three arithmetics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/compute/cpu/bf16_matmul.h"
#include "core/linear/aligned.h"
#include "core/linear/dense.h"
#include "core/model/model_spec.h"

namespace dlrm::cpu {

// Bfloat16 in both forms: weights and every layer's inputs are rounded to bfloat16, sums and outputs are float32.
enum class Arithmetic : std::uint8_t {
    Float32,
    EmulatedBfloat16,  // float32 multiply-adds on rounded values
    // bfloat16 instructions by oneDNN. Rows that meet a value that is not finite are computed again by the kernels of
    // dense.h.
    OneDnnBfloat16,
};

// Where to keep every layer's output: activations[layer] is (rows, outputs) of the whole call, of which this chunk
// starts at firstRow.
struct ActivationSink {
    std::vector<std::vector<float>>* activations = nullptr;
    std::int64_t firstRow = 0;
};

// A thread's buffers for chunks of up to `rows` rows, a multiple of kBlockRows, through MLPs up to `width` wide. Throws
// std::bad_alloc.
struct MlpBuffers {
    MlpBuffers(std::int64_t rows, std::int64_t width, Arithmetic arithmetic);
    std::int64_t stride = 0;  // of every buffer, in values
    AlignedArray<float> even, odd;
    AlignedArray<std::int32_t> nonZero;
    AlignedArray<std::uint16_t> narrow;  // OneDnnBfloat16: the inputs of a layer
    std::vector<char> finite;            // of each row, whether all it met so far was
    std::vector<std::byte> scratchpad;
};

class Mlp {
public:
    // structuralInputs: leading inputs of the first layer that can be other than zero. Throws std::bad_alloc and
    // dnnl::error.
    Mlp(const std::vector<DenseWeights>& weights, const std::vector<LayerSpec>& spec, std::int64_t structuralInputs,
        Arithmetic arithmetic);

    std::int64_t inputs() const { return m_layers.front().inputs; }
    std::int64_t width() const;  // widest input or output
    const std::vector<DenseLayer>& layers() const { return m_layers; }

    // x: (rows, xStride), not in `buffers`, overwritten in bfloat16 arithmetics. Returns the last layer's output:
    // (rows, buffers.stride), inside `buffers`. Throws std::bad_alloc and dnnl::error.
    const float* forward(float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& buffers,
                         const ActivationSink& sink) const;

private:
    // By the kernels of dense.h, with `even` and `odd` in turns.
    const float* forwardDense(float* x, std::int64_t xStride, std::int64_t rows, float* even, float* odd,
                              MlpBuffers& buffers, const ActivationSink& sink) const;
    const float* forwardByOneDnn(float* x, std::int64_t xStride, std::int64_t rows, MlpBuffers& buffers,
                                 const ActivationSink& sink) const;

    Arithmetic m_arithmetic;
    bool m_finite = true;  // all kernels
    std::vector<DenseLayer> m_layers;
    std::vector<std::optional<Bf16Matmul>> m_matmuls;  // OneDnnBfloat16: of every layer with more than one output
};

}  // namespace dlrm::cpu
