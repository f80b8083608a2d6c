// SPDX-License-Identifier: Apache-2.0
// One Dense layer on bfloat16 inputs by oneDNN, for processors with bfloat16 arithmetic (AVX512-BF16, AMX).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/model/table_view.h"

namespace dlrm::cpu {

// Whether oneDNN finds bfloat16 arithmetic in this processor.
bool hasBfloat16Arithmetic();
// "AMX" or "AVX512-BF16". REQUIRES: hasBfloat16Arithmetic().
const char* bfloat16Instructions();

// Primitives are made for rows in steps of kRowStep; buffers must hold that many rows.
inline constexpr std::int64_t kRowStep = 16;

class Bf16Matmul {
public:
    enum class Output : std::uint8_t { Float32, Bfloat16 };

    // Weights are rounded to bfloat16, to nearest even. Throws std::bad_alloc and dnnl::error.
    Bf16Matmul(const DenseWeights& weights, bool relu);
    ~Bf16Matmul();
    Bf16Matmul(Bf16Matmul&&) noexcept;

    // y = x·W + b summed in float32, with ReLU where the layer has one, on the calling thread alone. x: (rows, xStride) bfloat16,
    // y: (rows, yStride) as `output`; rows are rounded up to kRowStep in both. `scratchpad` grows as needed and belongs to the thread.
    // Any number of threads at once. Throws std::bad_alloc and dnnl::error.
    void run(const std::uint16_t* x, std::int64_t xStride, std::int64_t rows, void* y, std::int64_t yStride, Output output,
             std::vector<std::byte>& scratchpad) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::cpu
