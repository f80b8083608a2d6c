// SPDX-License-Identifier: Apache-2.0
// One Dense layer on packed weights, by Highway with run-time dispatch. The order of every output's sum is bias, input
// 0, input 1, … with one multiply-add each (a layer of one output: dotProduct, then the bias), whatever the number of
// rows: a row's result has the same bits in every batch.
#pragma once

#include <cstdint>

#include "core/linear/aligned.h"
#include "core/model/table_view.h"

namespace dlrm::cpu {

// Columns of a weight panel; outputs are padded to a multiple of it.
inline constexpr std::int64_t kPanelWidth = 64;
// Floats from row to row of an activation buffer for rows of `width`: one cache line more than a power of two, so that
// the rows of a register block do not meet in the same cache sets.
constexpr std::int64_t activationStride(std::int64_t width) { return roundUp(width, kPanelWidth) + 16; }
// Up to this many rows are computed one by one, reading only the weights of inputs other than zero (and as bfloat16
// where packed so): the time goes into reading weights. More rows share each weight read, on float32 weights: the time
// goes into arithmetic.
inline constexpr std::int64_t kSkippingRows = 2;
inline constexpr std::int64_t kListPadding = 32;  // entries of `nonZero` beyond the inputs

enum class WeightStorage : std::uint8_t { Float32, Bfloat16 };

struct DenseLayer {
    std::int64_t inputs = 0;      // of the kernel
    std::int64_t usedInputs = 0;  // leading inputs that are multiplied; the rest always meet zeros
    std::int64_t outputs = 0;
    std::int64_t paddedOutputs = 0;  // floats per row that forward() writes
    bool relu = false;
    bool finite = true;           // no NaN or infinity among the weights: inputs that are zero can be skipped
    AlignedArray<float> weights;  // panels of (usedInputs, kPanelWidth); for one output (usedInputs)
    AlignedArray<std::uint16_t> bf16Weights;  // the same panels as bfloat16, or empty
    AlignedArray<float> bias;                 // (paddedOutputs)
};

// Packs a layer. structuralInputs: leading inputs that can be other than zero. Bfloat16: weights are rounded to
// bfloat16 and kept in both widths; the bias stays float32. Throws std::bad_alloc.
DenseLayer packDense(const DenseWeights& weights, std::int64_t structuralInputs, bool relu, WeightStorage storage);
// A layer in float32 without bias that gives the dot products with each of the rows, (count, dim).
DenseLayer packRows(const float* rows, std::int64_t dim, std::int64_t count);

// y = x·W + b, with ReLU where the layer has one (NaN passes through it). x: (rows, xStride), y: (rows, yStride) with
// yStride >= paddedOutputs.
// REQUIRES: rows >= 1, x and y do not overlap. `nonZero`: scratch for inputs + kListPadding values.
void denseForward(const DenseLayer& layer, const float* x, std::int64_t xStride, std::int64_t rows, float* y,
                  std::int64_t yStride, std::int32_t* nonZero);

// Rounds values to bfloat16 in place, to nearest even; NaN stays NaN.
void roundToBfloat16(float* values, std::int64_t count);
// The same, as bfloat16 into `out`. Returns whether all rounded values are finite.
bool convertToBfloat16(const float* values, std::int64_t count, std::uint16_t* out);
// ReLU in place; NaN stays NaN.
void rectify(float* values, std::int64_t count);

}  // namespace dlrm::cpu
