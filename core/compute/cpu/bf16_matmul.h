// SPDX-License-Identifier: Apache-2.0
// One Dense layer on bfloat16 inputs by oneDNN, for processors with bfloat16 arithmetic (AVX512-BF16, AMX).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/model/table_view.h"

namespace dlrm::cpu {

// Whether oneDNN has a bfloat16 matrix product for this processor, and whether the processor has instructions for it:
// else oneDNN emulates them, slowly. Both within the limit of instruction_sets.h or, without one, oneDNN's own:
// ONEDNN_MAX_CPU_ISA.
bool hasBfloat16Product();
bool hasBfloat16Arithmetic();
// "AMX" or "AVX512-BF16". REQUIRES: hasBfloat16Arithmetic().
const char* bfloat16Instructions();

// Every product is of this many rows, the rows of one AMX tile: for another number of rows oneDNN takes another kernel,
// which sums in another order.
inline constexpr std::int64_t kBlockRows = 16;

class Bf16Matmul {
public:
    // Weights are rounded to bfloat16, to nearest even. Throws std::bad_alloc and dnnl::error.
    explicit Bf16Matmul(const DenseWeights& weights);
    ~Bf16Matmul();
    Bf16Matmul(Bf16Matmul&&) noexcept;

    // y = x·W + b summed in float32, without ReLU, on the calling thread alone: a row's result has the same bits in
    // every call.
    // x: (rows, xStride) bfloat16, y: (rows, yStride); rows are rounded up to kBlockRows in both. REQUIRES: the same
    // strides in every call. `scratchpad` grows as needed and belongs to the thread. Any number of threads at once.
    // Throws std::bad_alloc and dnnl::error.
    void run(const std::uint16_t* x, std::int64_t xStride, std::int64_t rows, float* y, std::int64_t yStride,
             std::vector<std::byte>& scratchpad) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::cpu
