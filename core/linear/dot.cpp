// SPDX-License-Identifier: Apache-2.0
#include "core/linear/dot.h"

#include <algorithm>
#include <cstring>

#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/linear/dot.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::ScalableTag<float>;
using Floats = hn::Vec<F32>;
constexpr std::int64_t kLanes = hn::MaxLanes(F32());
constexpr int kBlock = 4;  // a block of dots: kBlock vectors against kBlock vectors

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void storeSums(Floats a, Floats b, Floats c, Floats e, float* sums) {
    const F32 d;
    hn::Store(a, d, sums);
    hn::Store(b, d, sums + 1);
    hn::Store(c, d, sums + 2);
    hn::Store(e, d, sums + 3);
}
#else
template <class D>
HWY_INLINE hn::Vec<hn::FixedTag<float, 4> > addBlocks(D d, hn::Vec<D> v) {
    if constexpr (hn::MaxLanes(D()) > 4) {
        const hn::Half<D> half;
        return addBlocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    } else {
        (void)d;
        return v;
    }
}

// Four sums of lanes at once: a 4 × 4 transpose inside every 128-bit block, then blocks are added.
HWY_INLINE void storeSums(Floats a, Floats b, Floats c, Floats e, float* sums) {
    const F32 d;
    const hn::Repartition<double, F32> d64;
    const Floats ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
    const Floats ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
    const auto low = hn::InterleaveLower(d64, hn::BitCast(d64, ab), hn::BitCast(d64, ce));
    const auto high = hn::InterleaveUpper(d64, hn::BitCast(d64, ab), hn::BitCast(d64, ce));
    hn::StoreU(addBlocks(d, hn::Add(hn::BitCast(d, low), hn::BitCast(d, high))), hn::FixedTag<float, 4>(), sums);
}
#endif

// sums[4·i + j] = rows[i]·columns[j].
HWY_INLINE void dotBlock(const float* const* rows, const float* const* columns, std::int64_t dim, float* sums) {
    const F32 d;
    Floats acc[kBlock][kBlock];
    for (int i = 0; i < kBlock; ++i)
        for (int j = 0; j < kBlock; ++j) acc[i][j] = hn::Zero(d);
    const auto step = [&](const float* const* r, const float* const* c, std::int64_t k) HWY_ATTR {
        Floats column[kBlock];
        for (int j = 0; j < kBlock; ++j) column[j] = hn::LoadU(d, c[j] + k);
        for (int i = 0; i < kBlock; ++i) {
            const Floats row = hn::LoadU(d, r[i] + k);
            for (int j = 0; j < kBlock; ++j) acc[i][j] = hn::MulAdd(row, column[j], acc[i][j]);
        }
    };
    std::int64_t k = 0;
    for (; k + kLanes <= dim; k += kLanes) step(rows, columns, k);
    if (k < dim) {
        alignas(64) float tail[2 * kBlock][kLanes] = {};
        const float* tails[2 * kBlock];
        for (int i = 0; i < kBlock; ++i) {
            std::memcpy(tail[i], rows[i] + k, static_cast<std::size_t>(dim - k) * sizeof(float));
            std::memcpy(tail[kBlock + i], columns[i] + k, static_cast<std::size_t>(dim - k) * sizeof(float));
        }
        for (int i = 0; i < 2 * kBlock; ++i) tails[i] = tail[i];
        step(tails, tails + kBlock, 0);
    }
    for (int i = 0; i < kBlock; ++i) storeSums(acc[i][0], acc[i][1], acc[i][2], acc[i][3], sums + kBlock * i);
}

void dotInteractionImpl(const float* const* vectors, std::int64_t count, std::int64_t dim, float* dots) {
    const float* rows[kBlock];
    const float* columns[kBlock];
    alignas(64) float sums[kBlock * kBlock];
    for (std::int64_t i0 = 0; i0 < count; i0 += kBlock) {
        const std::int64_t rowCount = std::min<std::int64_t>(kBlock, count - i0);
        for (std::int64_t i = 0; i < kBlock; ++i) rows[i] = vectors[i0 + std::min(i, rowCount - 1)];
        for (std::int64_t j0 = 0; j0 < i0; j0 += kBlock) {
            for (std::int64_t j = 0; j < kBlock; ++j) columns[j] = vectors[j0 + j];
            dotBlock(rows, columns, dim, sums);
            for (std::int64_t i = 0; i < rowCount; ++i) {
                const std::int64_t row = i0 + i;
                std::memcpy(dots + row * (row - 1) / 2 + j0, sums + kBlock * i, kBlock * sizeof(float));
            }
        }
        if (rowCount == 1) continue;
        dotBlock(rows, rows, dim, sums);
        for (std::int64_t i = 1; i < rowCount; ++i) {
            const std::int64_t row = i0 + i;
            std::memcpy(dots + row * (row - 1) / 2 + i0, sums + kBlock * i,
                        static_cast<std::size_t>(i) * sizeof(float));
        }
    }
}

float dotProductImpl(const float* x, const float* y, std::int64_t size) {
    const F32 d;
    Floats acc = hn::Zero(d);
    std::int64_t k = 0;
    for (; k + kLanes <= size; k += kLanes) acc = hn::MulAdd(hn::LoadU(d, x + k), hn::LoadU(d, y + k), acc);
    if (k < size) {
        alignas(64) float tail[2][kLanes] = {};
        std::memcpy(tail[0], x + k, static_cast<std::size_t>(size - k) * sizeof(float));
        std::memcpy(tail[1], y + k, static_cast<std::size_t>(size - k) * sizeof(float));
        acc = hn::MulAdd(hn::LoadU(d, tail[0]), hn::LoadU(d, tail[1]), acc);
    }
    float sums[4];
    storeSums(acc, acc, acc, acc, sums);
    return sums[0];
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm::cpu {

HWY_EXPORT(dotInteractionImpl);
HWY_EXPORT(dotProductImpl);

void dotInteraction(std::span<const float* const> vectors, std::int64_t dim, float* dots) {
    HWY_DYNAMIC_DISPATCH(dotInteractionImpl)(vectors.data(), static_cast<std::int64_t>(vectors.size()), dim, dots);
}

float dotProduct(const float* x, const float* y, std::int64_t size) {
    return HWY_DYNAMIC_DISPATCH(dotProductImpl)(x, y, size);
}

}  // namespace dlrm::cpu
#endif
