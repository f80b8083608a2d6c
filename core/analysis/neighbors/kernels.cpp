// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/neighbors/kernels.h"

#include <algorithm>

#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/analysis/neighbors/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using Floats = hn::Vec<F32>;
constexpr std::int64_t kLanes = hn::MaxLanes(F32());
constexpr std::int64_t kRows = 4;              // at once: the query is loaded once for them
constexpr std::int64_t kPrefetchBytes = 4096;  // ahead of the row computed

HWY_INLINE float total(F32 d, Floats v) { return hn::GetLane(hn::SumOfLanes(d, v)); }

// The first `left` < kLanes values from `p`, then zeros. Nothing behind them is read.
HWY_INLINE Floats loadSome(F32 d, const float* p, std::int64_t left) {
    HWY_ALIGN float lanes[kLanes] = {};
    std::copy_n(p, left, lanes);
    return hn::Load(d, lanes);
}

template <int kCount>
HWY_INLINE void prefetchRows(const float* rows, std::int64_t stride, std::int64_t dim) {
    const auto bytes = static_cast<std::int64_t>(sizeof(float)) * dim;
    for (int r = 0; r < kCount; ++r)
        for (std::int64_t b = 0; b < bytes; b += 64)
            __builtin_prefetch(reinterpret_cast<const char*>(rows + r * stride) + b + kPrefetchBytes);
}

// fn(row value, query value, the row's accumulators) over all values of kCount rows.
template <int kCount, class Step>
HWY_INLINE void overRows(const float* rows, std::int64_t stride, std::int64_t dim, const float* query, Step step) {
    const F32 d;
    std::int64_t c = 0;
    for (; c + kLanes <= dim; c += kLanes) {
        const Floats q = hn::LoadU(d, query + c);
        for (int r = 0; r < kCount; ++r) step(r, hn::LoadU(d, rows + r * stride + c), q);
    }
    if (c == dim) return;
    const Floats q = loadSome(d, query + c, dim - c);
    for (int r = 0; r < kCount; ++r) step(r, loadSome(d, rows + r * stride + c, dim - c), q);
}

template <int kCount>
HWY_INLINE void dotsBlock(const float* rows, std::int64_t stride, std::int64_t dim, const float* query, float* dots,
                          float* squares) {
    const F32 d;
    prefetchRows<kCount>(rows, stride, dim);
    Floats dot[kCount], square[kCount];
    for (int r = 0; r < kCount; ++r) dot[r] = square[r] = hn::Zero(d);
    overRows<kCount>(rows, stride, dim, query, [&](int r, Floats x, Floats q) HWY_ATTR {
        dot[r] = hn::MulAdd(x, q, dot[r]);
        square[r] = hn::MulAdd(x, x, square[r]);
    });
    for (int r = 0; r < kCount; ++r) {
        dots[r] = total(d, dot[r]);
        squares[r] = total(d, square[r]);
    }
}

template <int kCount>
HWY_INLINE void distancesBlock(const float* rows, std::int64_t stride, std::int64_t dim, const float* query,
                               float* distances) {
    const F32 d;
    prefetchRows<kCount>(rows, stride, dim);
    Floats sum[kCount];
    for (int r = 0; r < kCount; ++r) sum[r] = hn::Zero(d);
    overRows<kCount>(rows, stride, dim, query, [&](int r, Floats x, Floats q) HWY_ATTR {
        const Floats difference = hn::Sub(x, q);
        sum[r] = hn::MulAdd(difference, difference, sum[r]);
    });
    for (int r = 0; r < kCount; ++r) distances[r] = total(d, sum[r]);
}

void dotsImpl(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
              float* dots, float* squares) {
    std::int64_t r = 0;
    for (; r + kRows <= count; r += kRows)
        dotsBlock<kRows>(rows + r * stride, stride, dim, query, dots + r, squares + r);
    for (; r < count; ++r) dotsBlock<1>(rows + r * stride, stride, dim, query, dots + r, squares + r);
}

void distancesImpl(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
                   float* distances) {
    std::int64_t r = 0;
    for (; r + kRows <= count; r += kRows) distancesBlock<kRows>(rows + r * stride, stride, dim, query, distances + r);
    for (; r < count; ++r) distancesBlock<1>(rows + r * stride, stride, dim, query, distances + r);
}

float distanceImpl(const float* a, const float* b, std::int64_t dim) {
    const F32 d;
    Floats sum = hn::Zero(d), other = sum;
    std::int64_t c = 0;
    for (; c + 2 * kLanes <= dim; c += 2 * kLanes) {
        const Floats x = hn::Sub(hn::LoadU(d, a + c), hn::LoadU(d, b + c));
        const Floats y = hn::Sub(hn::LoadU(d, a + c + kLanes), hn::LoadU(d, b + c + kLanes));
        sum = hn::MulAdd(x, x, sum);
        other = hn::MulAdd(y, y, other);
    }
    for (; c < dim; c += kLanes) {
        const std::int64_t left = std::min(kLanes, dim - c);
        const Floats x = hn::Sub(loadSome(d, a + c, left), loadSome(d, b + c, left));
        sum = hn::MulAdd(x, x, sum);
    }
    return total(d, hn::Add(sum, other));
}

// Appends the indexes of the lanes that are not out.
HWY_INLINE std::int64_t append(F32 d, hn::Mask<F32> out, std::int64_t first, std::int32_t* kept, std::int64_t n) {
    if (hn::AllTrue(d, out)) return n;
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, hn::Not(out), bytes);
    std::uint32_t bits = bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8;
    for (; bits != 0; bits &= bits - 1) kept[n++] = static_cast<std::int32_t>(first + __builtin_ctz(bits));
    return n;
}

std::int64_t keepRowsImpl(const float* values, const float* lengths, std::int64_t count, float base, float slope,
                          std::int32_t* kept) {
    const F32 d;
    const Floats bases = hn::Set(d, base), slopes = hn::Set(d, slope);
    std::int64_t n = 0, i = 0;
    for (; i + kLanes <= count; i += kLanes)
        n = append(d, hn::Lt(hn::LoadU(d, values + i), hn::NegMulAdd(slopes, hn::LoadU(d, lengths + i), bases)), i,
                   kept, n);
    for (; i < count; ++i)
        if (!(values[i] < base - slope * lengths[i])) kept[n++] = static_cast<std::int32_t>(i);
    return n;
}

std::int64_t keepWithinImpl(const float* values, std::int64_t count, float limit, std::int32_t* kept) {
    const F32 d;
    const Floats limits = hn::Set(d, limit);
    std::int64_t n = 0, i = 0;
    for (; i + kLanes <= count; i += kLanes) n = append(d, hn::Gt(hn::LoadU(d, values + i), limits), i, kept, n);
    for (; i < count; ++i)
        if (!(values[i] > limit)) kept[n++] = static_cast<std::int32_t>(i);
    return n;
}

std::int64_t keepQueriesImpl(const float* values, const float* bases, const float* slopes, std::int64_t count,
                             float length, std::int32_t* kept) {
    const F32 d;
    const Floats lengths = hn::Set(d, length);
    std::int64_t n = 0, i = 0;
    for (; i + kLanes <= count; i += kLanes)
        n = append(
            d,
            hn::Lt(hn::LoadU(d, values + i), hn::NegMulAdd(hn::LoadU(d, slopes + i), lengths, hn::LoadU(d, bases + i))),
            i, kept, n);
    for (; i < count; ++i)
        if (!(values[i] < bases[i] - slopes[i] * length)) kept[n++] = static_cast<std::int32_t>(i);
    return n;
}

std::int64_t keepPairsImpl(const float* values, const float* bases, const float* halves, std::int64_t count, float base,
                           float half, std::int32_t* kept) {
    const F32 d;
    const Floats base4 = hn::Set(d, base), half4 = hn::Set(d, half);
    std::int64_t n = 0, i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        const Floats v = hn::LoadU(d, values + i);
        const auto out = hn::And(hn::Lt(v, hn::Add(half4, hn::LoadU(d, bases + i))),
                                 hn::Lt(v, hn::Add(base4, hn::LoadU(d, halves + i))));
        n = append(d, out, i, kept, n);
    }
    for (; i < count; ++i)
        if (!(values[i] < half + bases[i] && values[i] < base + halves[i])) kept[n++] = static_cast<std::int32_t>(i);
    return n;
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm {

HWY_EXPORT(dotsImpl);
HWY_EXPORT(distancesImpl);
HWY_EXPORT(distanceImpl);
HWY_EXPORT(keepRowsImpl);
HWY_EXPORT(keepWithinImpl);
HWY_EXPORT(keepQueriesImpl);
HWY_EXPORT(keepPairsImpl);

void dotsAndSquares(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
                    float* dots, float* squares) {
    HWY_DYNAMIC_DISPATCH(dotsImpl)(rows, stride, count, dim, query, dots, squares);
}

void squaredDistances(const float* rows, std::int64_t stride, std::int64_t count, std::int64_t dim, const float* query,
                      float* distances) {
    HWY_DYNAMIC_DISPATCH(distancesImpl)(rows, stride, count, dim, query, distances);
}

float squaredDistance(const float* a, const float* b, std::int64_t dim) {
    return HWY_DYNAMIC_DISPATCH(distanceImpl)(a, b, dim);
}

std::int64_t keepRows(const float* values, const float* lengths, std::int64_t count, float base, float slope,
                      std::int32_t* kept) {
    return HWY_DYNAMIC_DISPATCH(keepRowsImpl)(values, lengths, count, base, slope, kept);
}

std::int64_t keepWithin(const float* values, std::int64_t count, float limit, std::int32_t* kept) {
    return HWY_DYNAMIC_DISPATCH(keepWithinImpl)(values, count, limit, kept);
}

std::int64_t keepQueries(const float* values, const float* bases, const float* slopes, std::int64_t count, float length,
                         std::int32_t* kept) {
    return HWY_DYNAMIC_DISPATCH(keepQueriesImpl)(values, bases, slopes, count, length, kept);
}

std::int64_t keepPairs(const float* values, const float* bases, const float* halves, std::int64_t count, float base,
                       float half, std::int32_t* kept) {
    return HWY_DYNAMIC_DISPATCH(keepPairsImpl)(values, bases, halves, count, base, half, kept);
}

}  // namespace dlrm
#endif
