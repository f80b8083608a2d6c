// SPDX-License-Identifier: Apache-2.0
#include "core/linear/dense.h"

#include <algorithm>
#include <cmath>

#include "core/base/float_conversions.h"
#include "core/linear/dot.h"
#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/linear/dense.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using Floats = hn::Vec<F32>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(F32()));
// Accumulators in registers: kRowBlock rows × kVectors vectors, beside kVectors weights and one input value.
constexpr int kVectors = HWY_TARGET == HWY_AVX3 ? 4 : 2;
constexpr int kRowBlock = 6;
constexpr int kTileInputs = 128;  // inputs per pass: a panel tile of 128 × 64 floats stays in the level-1 cache
constexpr int kPrefetchInputs = 24;
static_assert(kPrefetchInputs <= kListPadding);

HWY_INLINE Floats loadWeights(F32 d, const float* w) { return hn::Load(d, w); }
HWY_INLINE Floats loadWeights(F32 d, const std::uint16_t* w) {
    const hn::Rebind<std::uint16_t, F32> d16;
    const hn::RebindToUnsigned<F32> d32;
    return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(d32, hn::Load(d16, w))));
}

// ReLU that lets NaN through, which Max does only on some instruction sets.
HWY_INLINE Floats rectified(Floats value) { return hn::IfThenZeroElse(hn::Lt(value, hn::Zero(F32())), value); }

// y[r, 0 … kVec·kLanes) (+)= Σ_k x[r, k]·w[k], from the bias where `bias` is not null, else from what y holds.
template <int kRows, int kVec>
HWY_INLINE void tile(const float* HWY_RESTRICT x, std::int64_t xStride, const float* HWY_RESTRICT w,
                     std::int64_t inputs, float* HWY_RESTRICT y, std::int64_t yStride, const float* bias, bool relu) {
    const F32 d;
    Floats acc[kRows][kVec];
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVec; ++v) acc[r][v] = hn::LoadU(d, (bias ? bias : y + r * yStride) + v * kLanes);
    for (std::int64_t k = 0; k < inputs; ++k) {
        Floats weight[kVec];
        for (int v = 0; v < kVec; ++v) weight[v] = hn::Load(d, w + k * kPanelWidth + v * kLanes);
        for (int r = 0; r < kRows; ++r) {
            const Floats value = hn::Set(d, x[r * xStride + k]);
            for (int v = 0; v < kVec; ++v) acc[r][v] = hn::MulAdd(value, weight[v], acc[r][v]);
        }
    }
    for (int r = 0; r < kRows; ++r)
        for (int v = 0; v < kVec; ++v)
            hn::StoreU(relu ? rectified(acc[r][v]) : acc[r][v], d, y + r * yStride + v * kLanes);
}

template <int kVec>
void tileRows(const float* x, std::int64_t xStride, const float* w, std::int64_t inputs, std::int64_t rows, float* y,
              std::int64_t yStride, const float* bias, bool relu) {
    // The next tile's weights come from the level-3 cache while this one's are used.
    const std::int64_t ahead = std::max<std::int64_t>(1, roundUp(inputs * kPanelWidth * kRowBlock, rows) / rows);
    const float* next = w + inputs * kPanelWidth;
    std::int64_t r = 0;
    for (; r + kRowBlock <= rows; r += kRowBlock) {
        for (const float* end = next + ahead; next < end; next += kCacheLine / sizeof(float))
            __builtin_prefetch(next, 0, 2);
        tile<kRowBlock, kVec>(x + r * xStride, xStride, w, inputs, y + r * yStride, yStride, bias, relu);
    }
    const float* xr = x + r * xStride;
    float* yr = y + r * yStride;
    switch (rows - r) {
        case 1:
            tile<1, kVec>(xr, xStride, w, inputs, yr, yStride, bias, relu);
            break;
        case 2:
            tile<2, kVec>(xr, xStride, w, inputs, yr, yStride, bias, relu);
            break;
        case 3:
            tile<3, kVec>(xr, xStride, w, inputs, yr, yStride, bias, relu);
            break;
        case 4:
            tile<4, kVec>(xr, xStride, w, inputs, yr, yStride, bias, relu);
            break;
        case 5:
            tile<5, kVec>(xr, xStride, w, inputs, yr, yStride, bias, relu);
            break;
        default:
            break;
    }
}

// Vectors of a panel that hold outputs, in groups of at most kVectors: fn(first vector, vectors in the group as a
// constant).
template <class Fn>
HWY_INLINE void forVectors(std::int64_t outputs, Fn fn) {
    const auto vectors = static_cast<int>((std::min(outputs, kPanelWidth) + kLanes - 1) / kLanes);
    int v = 0;
    for (; v + kVectors <= vectors; v += kVectors) fn(v, std::integral_constant<int, kVectors>());
    for (; v + 2 <= vectors; v += 2) fn(v, std::integral_constant<int, 2>());
    if (v < vectors) fn(v, std::integral_constant<int, 1>());
}

void denseImpl(const DenseLayer& layer, const float* x, std::int64_t xStride, std::int64_t rows, float* y,
               std::int64_t yStride) {
    for (std::int64_t panel = 0; panel < layer.outputs; panel += kPanelWidth) {
        const float* weights = layer.weights.data() + panel * layer.usedInputs;
        for (std::int64_t k = 0; k < layer.usedInputs; k += kTileInputs) {
            const std::int64_t inputs = std::min<std::int64_t>(kTileInputs, layer.usedInputs - k);
            const bool last = k + inputs == layer.usedInputs;
            forVectors(layer.outputs - panel, [&](int v, auto count) HWY_ATTR {
                const std::int64_t column = panel + v * kLanes;
                tileRows<count>(x + k, xStride, weights + k * kPanelWidth + v * kLanes, inputs, rows, y + column,
                                yStride, k == 0 ? layer.bias.data() + column : nullptr, layer.relu && last);
            });
        }
    }
}

// One row over the inputs listed in nonZero.
template <class Weight>
void sparseRow(const DenseLayer& layer, const Weight* weights, const float* x, const std::int32_t* nonZero,
               std::int64_t count, float* y) {
    const F32 d;
    constexpr int kVec = static_cast<int>(kPanelWidth) / kLanes > 8 ? 8 : static_cast<int>(kPanelWidth) / kLanes;
    for (std::int64_t column = 0; column < layer.paddedOutputs; column += kVec * kLanes) {
        const Weight* panel = weights + column / kPanelWidth * kPanelWidth * layer.usedInputs + column % kPanelWidth;
        Floats acc[kVec];
        for (int v = 0; v < kVec; ++v) acc[v] = hn::Load(d, layer.bias.data() + column + v * kLanes);
        for (std::int64_t i = 0; i < count; ++i) {
            const Weight* w = panel + nonZero[i] * kPanelWidth;
            const Weight* ahead = panel + nonZero[i + kPrefetchInputs] * kPanelWidth;
            for (std::size_t byte = 0; byte < kPanelWidth * sizeof(Weight); byte += kCacheLine)
                __builtin_prefetch(reinterpret_cast<const char*>(ahead) + byte);
            const Floats value = hn::Set(d, x[nonZero[i]]);
            for (int v = 0; v < kVec; ++v) acc[v] = hn::MulAdd(value, loadWeights(d, w + v * kLanes), acc[v]);
        }
        for (int v = 0; v < kVec; ++v) hn::StoreU(layer.relu ? rectified(acc[v]) : acc[v], d, y + column + v * kLanes);
    }
}

// Bits of bfloat16 in the upper half of each lane, rounded to nearest even; the lower half is not cleared.
HWY_INLINE hn::Vec<hn::RebindToUnsigned<F32>> roundedBits(Floats value) {
    const hn::RebindToUnsigned<F32> d32;
    const auto bits = hn::BitCast(d32, value);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1));
    const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d32, 0x7fff)));
    return hn::IfThenElse(hn::RebindMask(d32, hn::IsNaN(value)), hn::Or(bits, hn::Set(d32, 0x400000)), rounded);
}

void roundImpl(float* values, std::int64_t count) {
    const F32 d;
    const hn::RebindToUnsigned<F32> d32;
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        hn::StoreU(hn::BitCast(d, hn::And(roundedBits(hn::LoadU(d, values + i)), hn::Set(d32, 0xffff0000u))), d,
                   values + i);
    for (; i < count; ++i) values[i] = throughBfloat16(values[i]);
}

bool convertImpl(const float* values, std::int64_t count, std::uint16_t* out) {
    const F32 d;
    const hn::Rebind<std::uint16_t, F32> d16;
    const hn::RebindToSigned<F32> i32;
    Floats poison = hn::Zero(d);  // 0, or NaN once a value was not finite
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        const auto upper = hn::ShiftRight<16>(roundedBits(hn::LoadU(d, values + i)));
        poison = hn::MulAdd(hn::BitCast(d, hn::ShiftLeft<16>(upper)), hn::Zero(d), poison);
        hn::StoreU(hn::DemoteTo(d16, hn::BitCast(i32, upper)), d16, out + i);
    }
    bool finite = hn::AllFalse(d, hn::IsNaN(poison));
    for (; i < count; ++i) {
        out[i] = floatToBfloat16(values[i]);
        finite = finite && std::isfinite(throughBfloat16(values[i]));
    }
    return finite;
}

void rectifyImpl(float* values, std::int64_t count) {
    const F32 d;
    std::int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) hn::StoreU(rectified(hn::LoadU(d, values + i)), d, values + i);
    for (; i < count; ++i) values[i] = values[i] < 0 ? 0.0f : values[i];
}

void sparseRowFloat(const DenseLayer& layer, const float* x, const std::int32_t* nonZero, std::int64_t count,
                    float* y) {
    sparseRow(layer, layer.weights.data(), x, nonZero, count, y);
}
void sparseRowBfloat16(const DenseLayer& layer, const float* x, const std::int32_t* nonZero, std::int64_t count,
                       float* y) {
    sparseRow(layer, layer.bf16Weights.data(), x, nonZero, count, y);
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm::cpu {

HWY_EXPORT(denseImpl);
HWY_EXPORT(sparseRowFloat);
HWY_EXPORT(sparseRowBfloat16);
HWY_EXPORT(roundImpl);
HWY_EXPORT(convertImpl);
HWY_EXPORT(rectifyImpl);

DenseLayer packDense(const DenseWeights& weights, std::int64_t structuralInputs, bool relu, WeightStorage storage) {
    DenseLayer layer;
    layer.inputs = weights.inputs;
    layer.outputs = weights.outputs;
    layer.relu = relu;
    const auto isFinite = [](float v) { return std::isfinite(v); };
    layer.finite = std::all_of(weights.kernel.begin(), weights.kernel.end(), isFinite);
    // 0 · NaN is NaN: rows of the kernel that only meet zeros still count when they are not finite.
    layer.usedInputs = layer.finite ? structuralInputs : weights.inputs;
    layer.paddedOutputs = roundUp(weights.outputs, kPanelWidth);
    layer.bias = AlignedArray<float>(layer.paddedOutputs);
    std::copy(weights.bias.begin(), weights.bias.end(), layer.bias.data());
    const bool narrow = storage == WeightStorage::Bfloat16;
    const auto stored = [&](float v) { return narrow ? throughBfloat16(v) : v; };
    if (layer.outputs == 1) {
        layer.weights = AlignedArray<float>(layer.usedInputs);
        std::transform(weights.kernel.begin(), weights.kernel.begin() + layer.usedInputs, layer.weights.data(), stored);
        return layer;
    }
    layer.weights = AlignedArray<float>(layer.usedInputs * layer.paddedOutputs);
    if (narrow) layer.bf16Weights = AlignedArray<std::uint16_t>(layer.usedInputs * layer.paddedOutputs);
    for (std::int64_t k = 0; k < layer.usedInputs; ++k) {
        for (std::int64_t j = 0; j < layer.outputs; ++j) {
            const float v = weights.kernel[static_cast<std::size_t>(k * layer.outputs + j)];
            const std::int64_t at =
                j / kPanelWidth * kPanelWidth * layer.usedInputs + k * kPanelWidth + j % kPanelWidth;
            layer.weights.data()[at] = stored(v);
            if (narrow) layer.bf16Weights.data()[at] = floatToBfloat16(v);
        }
    }
    return layer;
}

DenseLayer packRows(const float* rows, std::int64_t dim, std::int64_t count) {
    DenseWeights weights{.inputs = dim,
                         .outputs = count,
                         .kernel = std::vector<float>(static_cast<std::size_t>(dim * count)),
                         .bias = std::vector<float>(static_cast<std::size_t>(count))};
    for (std::int64_t j = 0; j < count; ++j)
        for (std::int64_t c = 0; c < dim; ++c)
            weights.kernel[static_cast<std::size_t>(c * count + j)] = rows[j * dim + c];
    return packDense(weights, dim, false, WeightStorage::Float32);
}

void denseForward(const DenseLayer& layer, const float* x, std::int64_t xStride, std::int64_t rows, float* y,
                  std::int64_t yStride, std::int32_t* nonZero) {
    if (layer.outputs == 1) {
        for (std::int64_t r = 0; r < rows; ++r) {
            const float sum =
                layer.bias.data()[0] + dotProduct(x + r * xStride, layer.weights.data(), layer.usedInputs);
            y[r * yStride] = layer.relu && sum < 0 ? 0.0f : sum;
        }
        return;
    }
    if (rows > kSkippingRows || !layer.finite) {
        HWY_DYNAMIC_DISPATCH(denseImpl)(layer, x, xStride, rows, y, yStride);
        return;
    }
    const bool narrow = layer.bf16Weights.size() > 0;
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* row = x + r * xStride;
        std::int64_t count = 0;
        for (std::int64_t k = 0; k < layer.usedInputs; ++k) {
            nonZero[count] = static_cast<std::int32_t>(k);
            count += row[k] != 0.0f;
        }
        // Prefetches look ahead of the list's end.
        std::fill_n(nonZero + count, kListPadding, 0);
        (narrow ? HWY_DYNAMIC_DISPATCH(sparseRowBfloat16) : HWY_DYNAMIC_DISPATCH(sparseRowFloat))(
            layer, row, nonZero, count, y + r * yStride);
    }
}

void roundToBfloat16(float* values, std::int64_t count) { HWY_DYNAMIC_DISPATCH(roundImpl)(values, count); }

bool convertToBfloat16(const float* values, std::int64_t count, std::uint16_t* out) {
    return HWY_DYNAMIC_DISPATCH(convertImpl)(values, count, out);
}

void rectify(float* values, std::int64_t count) { HWY_DYNAMIC_DISPATCH(rectifyImpl)(values, count); }

}  // namespace dlrm::cpu
#endif
