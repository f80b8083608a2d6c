// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/analysis/tables/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using D64 = hn::Repartition<double, F32>;
using F32Half = hn::Rebind<float, D64>;
using I32 = hn::RebindToSigned<F32>;
using U32 = hn::RebindToUnsigned<F32>;
using Floats = hn::Vec<F32>;
using Doubles = hn::Vec<D64>;
constexpr auto kLanes = static_cast<std::int64_t>(hn::MaxLanes(F32()));
constexpr auto kHalf = static_cast<std::int64_t>(hn::MaxLanes(D64()));
static_assert(kPanel % kLanes == 0);

constexpr std::uintptr_t kPrefetchBytes = 4096;
constexpr std::int64_t kCacheLineFloats = 16;

HWY_INLINE void prefetchAhead(const float* row, std::int64_t dim) {
    // A prefetch may name any address, also behind the end of a mapping.
    const auto at = reinterpret_cast<std::uintptr_t>(row) + kPrefetchBytes;
    for (std::int64_t i = 0; i < dim; i += kCacheLineFloats)
        __builtin_prefetch(reinterpret_cast<const void*>(at + static_cast<std::uintptr_t>(i) * sizeof(float)));
}

HWY_INLINE Doubles promote(const float* at) { return hn::PromoteTo(D64(), hn::LoadU(F32Half(), at)); }
// The second half of kLanes floats; a single lane, of processors without vectors, has none.
HWY_INLINE Doubles promoteUpper(const float* at) {
    if constexpr (kHalf < kLanes) return promote(at + kHalf);
    else return hn::Zero(D64());
}
HWY_INLINE double total(Doubles v) { return hn::GetLane(hn::SumOfLanes(D64(), v)); }

constexpr std::uint32_t kSubnormalEnd = 0x00fffffe;  // of (bits << 1) − 1: below it a value is subnormal

// 0: below, 1 .. bins: a bin, bins + 1: above.
HWY_INLINE int binOf(float v, const ScanScratch& s) {
    return static_cast<int>(std::clamp(std::floor((v - s.low) * s.scale), -1.0f, s.bins)) + 1;
}

// A row with NaN or infinity: its finite values count, one by one.
float scanSpecialRow(const float* x, std::int64_t dim, ScanScratch& scratch, ScanSums& sums) {
    bool nan = false;
    for (std::int64_t i = 0; i < dim; ++i) {
        const float v = x[i];
        if (std::isnan(v)) {
            ++sums.nan;
            nan = true;
        } else if (std::isinf(v)) {
            ++sums.inf;
        } else {
            ++sums.finite;
            sums.subnormal += std::fpclassify(v) == FP_SUBNORMAL;
            sums.sum += v;
            sums.sumSquares += static_cast<double>(v) * v;
            sums.min = std::min(sums.min, v);
            sums.max = std::max(sums.max, v);
            ++scratch.counts[static_cast<std::size_t>(binOf(v, scratch))];
        }
    }
    return nan ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
}

HWY_INLINE void countBins(const float* x, std::int64_t dim, ScanScratch& s) {
    const F32 d;
    const U32 du;
    constexpr std::int64_t kPart = 128;
    alignas(64) std::uint32_t bins[kPart];
    const auto width = static_cast<std::int64_t>(s.bins) + 2;
    std::uint32_t* const c0 = s.counts.data();
    std::uint32_t* const c1 = c0 + width;
    std::uint32_t* const c2 = c1 + width;
    std::uint32_t* const c3 = c2 + width;
    const Floats low = hn::Set(d, s.low), scale = hn::Set(d, s.scale), least = hn::Set(d, -1.0f),
                 most = hn::Set(d, s.bins);
    // Added to a whole number below 2²² it leaves the number in the lowest bits.
    const Floats magic = hn::Set(d, 0x1p23f + 1.0f);
    std::int64_t i = 0;
    while (i + kLanes <= dim) {
        const std::int64_t part = std::min(kPart, (dim - i) / kLanes * kLanes);
        for (std::int64_t k = 0; k < part; k += kLanes) {
            const Floats at = hn::Floor(hn::Mul(hn::Sub(hn::LoadU(d, x + i + k), low), scale));
            hn::Store(hn::BitCast(du, hn::Add(hn::Min(hn::Max(at, least), most), magic)), du, bins + k);
        }
        constexpr std::uint32_t kNumber = 0xffff;
        std::int64_t k = 0;
        for (; k + 4 <= part; k += 4) {
            ++c0[bins[k] & kNumber];
            ++c1[bins[k + 1] & kNumber];
            ++c2[bins[k + 2] & kNumber];
            ++c3[bins[k + 3] & kNumber];
        }
        for (; k < part; ++k) ++c0[bins[k] & kNumber];
        i += part;
    }
    for (; i < dim; ++i) ++c0[binOf(x[i], s)];
}

void scanRowsImpl(const float* const* rows, std::int64_t count, std::int64_t dim, ScanScratch& scratch, ScanSums& sums,
                  float* norms) {
    const F32 d;
    const D64 d64;
    const U32 du;
    const auto one = hn::Set(du, 1u);
    // Of the finite rows so far, lane by lane; the columns behind the last whole vector apart.
    Doubles sum = hn::Zero(d64), squares = sum;
    Floats low = hn::Set(d, std::numeric_limits<float>::infinity()), high = hn::Neg(low);
    auto smallest = hn::Set(du, 0xffffffffu);
    bool subnormal = false;
    for (std::int64_t r = 0; r < count; ++r) {
        const float* const x = rows[r];
        prefetchAhead(x, dim);
        Doubles s0 = hn::Zero(d64), s1 = s0, q0 = s0, q1 = s0;
        Floats rowLow = low, rowHigh = high;
        auto rowSmallest = smallest;
        std::int64_t i = 0;
        for (; i + kLanes <= dim; i += kLanes) {
            const Floats v = hn::LoadU(d, x + i);
            const Doubles a = promote(x + i), b = promoteUpper(x + i);
            s0 = hn::Add(s0, a);
            s1 = hn::Add(s1, b);
            q0 = hn::MulAdd(a, a, q0);
            q1 = hn::MulAdd(b, b, q1);
            rowLow = hn::Min(rowLow, v);
            rowHigh = hn::Max(rowHigh, v);
            rowSmallest = hn::Min(rowSmallest, hn::Sub(hn::ShiftLeft<1>(hn::BitCast(du, v)), one));
        }
        const Doubles q = hn::Add(q0, q1);
        double tailSquares = 0;
        for (std::int64_t t = i; t < dim; ++t) tailSquares += static_cast<double>(x[t]) * x[t];
        const double rowSquares = total(q) + tailSquares;
        // The squares of finite float32 values cannot overflow a double.
        if (!std::isfinite(rowSquares)) {
            norms[r] = scanSpecialRow(x, dim, scratch, sums);
            continue;
        }
        norms[r] = static_cast<float>(std::sqrt(rowSquares));
        sum = hn::Add(sum, hn::Add(s0, s1));
        squares = hn::Add(squares, q);
        low = rowLow;
        high = rowHigh;
        smallest = rowSmallest;
        for (; i < dim; ++i) {
            sums.sum += x[i];
            sums.min = std::min(sums.min, x[i]);
            sums.max = std::max(sums.max, x[i]);
            subnormal = subnormal || (std::bit_cast<std::uint32_t>(x[i]) << 1) - 1u < kSubnormalEnd;
        }
        sums.sumSquares += tailSquares;
        sums.finite += dim;
        countBins(x, dim, scratch);
    }
    sums.sum += total(sum);
    sums.sumSquares += total(squares);
    sums.min = std::min(sums.min, hn::GetLane(hn::MinOfLanes(d, low)));
    sums.max = std::max(sums.max, hn::GetLane(hn::MaxOfLanes(d, high)));
    alignas(64) std::uint32_t lanes[kLanes];
    hn::Store(smallest, du, lanes);
    if (!subnormal && *std::min_element(lanes, lanes + kLanes) >= kSubnormalEnd) return;
    for (std::int64_t r = 0; r < count; ++r)  // those of the other rows are counted already
        if (std::isfinite(norms[r]))
            sums.subnormal += std::count_if(rows[r], rows[r] + dim, [](float v) {
                return (std::bit_cast<std::uint32_t>(v) << 1) - 1u < kSubnormalEnd;
            });
}

// Whether v = fl(fl(k·h) − max) for an integer k, h = max · 2⁻²². v + max is known exactly as t + e; without fusing,
// k·h lies at most 0.75 h from it (half an ulp of the product is at most h / 2, half an ulp of v at most h / 4), so k
// is one of the two integers next to it.
#if HWY_NATIVE_FMA
struct LatticeVectors {
    Floats max, negatedMax, step, inverse;
};

template <bool kFused>
HWY_INLINE hn::Mask<F32> onLattice(Floats v, const LatticeVectors& l) {
    const F32 d;
    const Floats t = hn::Add(v, l.max);
    const Floats e = hn::Sub(v, hn::Sub(t, l.max));
    const Floats q = hn::Round(hn::Mul(t, l.inverse));
    const Floats off = hn::Mul(hn::Add(hn::NegMulAdd(q, l.step, t), e), l.inverse);
    const auto inside = hn::And(hn::Ge(v, l.negatedMax), hn::Lt(v, l.max));
    if constexpr (kFused) {
        const Floats k = hn::Add(q, hn::Round(off));
        return hn::And(inside, hn::Eq(hn::MulAdd(k, l.step, l.negatedMax), v));
    } else {
        const Floats k = hn::Add(q, hn::Floor(off));
        const auto lower = hn::Eq(hn::Add(hn::Mul(k, l.step), l.negatedMax), v);
        const auto upper = hn::Eq(hn::Add(hn::Mul(hn::Add(k, hn::Set(d, 1.0f)), l.step), l.negatedMax), v);
        return hn::And(inside, hn::Or(lower, upper));
    }
}

// Values of the row on the lattice, or some smaller number once more than `missesAllowed` are not.
template <bool kFused>
HWY_INLINE std::int64_t matches(const float* x, std::int64_t dim, const LatticeVectors& l, std::int64_t missesAllowed) {
    const F32 d;
    std::int64_t found = 0, i = 0;
    while (i + kLanes <= dim) {
        const std::int64_t end = std::min(dim / kLanes * kLanes, i + 2 * kLanes);
        for (; i < end; i += kLanes)
            found += static_cast<std::int64_t>(hn::CountTrue(d, onLattice<kFused>(hn::LoadU(d, x + i), l)));
        if (i - found > missesAllowed) return found;
    }
    if (i < dim) {
        alignas(64) float tail[kLanes];
        std::fill_n(tail, kLanes, std::numeric_limits<float>::quiet_NaN());
        std::copy(x + i, x + dim, tail);
        found += static_cast<std::int64_t>(hn::CountTrue(d, onLattice<kFused>(hn::Load(d, tail), l)));
    }
    return found;
}

HWY_INLINE LatticeVectors vectorsOf(const Lattice& lattice) {
    const F32 d;
    const float step = lattice.max * 0x1p-22f;
    return {hn::Set(d, lattice.max), hn::Set(d, -lattice.max), hn::Set(d, step), hn::Set(d, 1.0f / step)};
}
#else
// Without fused instructions one value at a time in double, where k·h − max is exact.
using LatticeVectors = Lattice;
HWY_INLINE const Lattice& vectorsOf(const Lattice& lattice) { return lattice; }

template <bool kFused>
std::int64_t matches(const float* x, std::int64_t dim, const Lattice& lattice, std::int64_t missesAllowed) {
    const double max = lattice.max, step = max * 0x1p-22;
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < dim && i - found <= missesAllowed; ++i) {
        if (!(x[i] >= -lattice.max && x[i] < lattice.max)) continue;
        const double exact = (x[i] + max) / step, nearest = std::nearbyint(exact);
        const auto gives = [&](double k) {
            if (kFused) return static_cast<float>(k * step - max) == x[i];
            const auto product = static_cast<float>(k * step);
            return product - lattice.max == x[i];
        };
        found += gives(nearest) || (!kFused && gives(nearest + std::copysign(1.0, exact - nearest)));
    }
    return found;
}
#endif

void latticeRowsImpl(const float* const* rows, std::int64_t count, std::int64_t dim, const Lattice& lattice,
                     std::int64_t needed, bool* out) {
    const LatticeVectors l = vectorsOf(lattice);
    for (std::int64_t r = 0; r < count; ++r)
        out[r] = (lattice.fused ? matches<true>(rows[r], dim, l, dim - needed)
                                : matches<false>(rows[r], dim, l, dim - needed)) >= needed;
}

std::int64_t latticeValuesImpl(const float* row, std::int64_t dim, const Lattice& lattice) {
    const LatticeVectors l = vectorsOf(lattice);
    return lattice.fused ? matches<true>(row, dim, l, dim) : matches<false>(row, dim, l, dim);
}

// Accumulators in registers: kVectors per row of a tile.
constexpr int kVectors = static_cast<int>(kPanel / kLanes);

template <int kRows>
HWY_INLINE void gramTile(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::int64_t rows,
                         double* HWY_RESTRICT out) {
    const F32 d;
    const D64 d64;
    Floats acc[kRows][kVectors];
    for (int i = 0; i < kRows; ++i)
        for (int v = 0; v < kVectors; ++v) acc[i][v] = hn::Zero(d);
    for (std::int64_t r = 0; r < rows; ++r) {
        Floats right[kVectors];
        for (int v = 0; v < kVectors; ++v) right[v] = hn::Load(d, b + r * kPanel + v * kLanes);
        for (int i = 0; i < kRows; ++i) {
            const Floats left = hn::Set(d, a[r * kPanel + i]);
            for (int v = 0; v < kVectors; ++v) acc[i][v] = hn::MulAdd(left, right[v], acc[i][v]);
        }
    }
    alignas(64) float products[kPanel];
    for (int i = 0; i < kRows; ++i) {
        for (int v = 0; v < kVectors; ++v) hn::Store(acc[i][v], d, products + v * kLanes);
        for (std::int64_t c = 0; c < kPanel; c += kHalf)
            hn::StoreU(hn::Add(hn::LoadU(d64, out + i * kPanel + c), promote(products + c)), d64, out + i * kPanel + c);
    }
}

// A tile of kPanel rows in pieces whose accumulators fit the registers.
HWY_INLINE void gramTiles(const float* a, const float* b, std::int64_t rows, double* out) {
#if HWY_TARGET == HWY_AVX3
    gramTile<16>(a, b, rows, out);
#elif HWY_TARGET == HWY_AVX2
    gramTile<6>(a, b, rows, out);
    gramTile<5>(a + 6, b, rows, out + 6 * kPanel);
    gramTile<5>(a + 11, b, rows, out + 11 * kPanel);
#else
    for (int i = 0; i < kPanel; i += 2) gramTile<2>(a + i, b, rows, out + i * kPanel);
#endif
}

void gramBlockImpl(const float* panels, std::int64_t rows, std::int64_t panelCount, double* tiles, double* sums) {
    const D64 d64;
    for (std::int64_t i = 0; i < panelCount; ++i)
        for (std::int64_t j = i; j < panelCount; ++j, tiles += kPanel * kPanel)
            gramTiles(panels + i * kBlockRows * kPanel, panels + j * kBlockRows * kPanel, rows, tiles);
    constexpr int kChains = static_cast<int>(kPanel / kHalf);
    for (std::int64_t i = 0; i < panelCount; ++i) {
        const float* const panel = panels + i * kBlockRows * kPanel;
        Doubles sum[kChains];
        for (int c = 0; c < kChains; ++c) sum[c] = hn::LoadU(d64, sums + i * kPanel + c * kHalf);
        for (std::int64_t r = 0; r < rows; ++r)
            for (int c = 0; c < kChains; ++c) sum[c] = hn::Add(sum[c], promote(panel + r * kPanel + c * kHalf));
        for (int c = 0; c < kChains; ++c) hn::StoreU(sum[c], d64, sums + i * kPanel + c * kHalf);
    }
}

void cosineRowsImpl(const float* const* rows, std::int64_t count, std::int64_t dim, const double* vector, double norm,
                    float* cosines) {
    const D64 d64;
    for (std::int64_t r = 0; r < count; ++r) {
        const float* const x = rows[r];
        prefetchAhead(x, dim);
        Doubles p0 = hn::Zero(d64), p1 = p0, q0 = p0, q1 = p0;
        std::int64_t i = 0;
        for (; i + kLanes <= dim; i += kLanes) {
            const Doubles a = promote(x + i), b = promoteUpper(x + i);
            p0 = hn::MulAdd(a, hn::LoadU(d64, vector + i), p0);
            if constexpr (kHalf < kLanes) p1 = hn::MulAdd(b, hn::LoadU(d64, vector + i + kHalf), p1);
            q0 = hn::MulAdd(a, a, q0);
            q1 = hn::MulAdd(b, b, q1);
        }
        double product = total(hn::Add(p0, p1)), squares = total(hn::Add(q0, q1));
        for (; i < dim; ++i) {
            product += vector[i] * x[i];
            squares += static_cast<double>(x[i]) * x[i];
        }
        const double lengths = std::sqrt(squares) * norm;
        cosines[r] = lengths > 0 && std::isfinite(lengths)
                         ? static_cast<float>(std::clamp(product / lengths, -1.0, 1.0))
                         : std::numeric_limits<float>::quiet_NaN();
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm::kernels {

HWY_EXPORT(scanRowsImpl);
HWY_EXPORT(latticeRowsImpl);
HWY_EXPORT(latticeValuesImpl);
HWY_EXPORT(gramBlockImpl);
HWY_EXPORT(cosineRowsImpl);

ScanSums::ScanSums(const ScanRequest& request) {
    min = std::numeric_limits<float>::infinity();
    max = -min;
    histogram.resize(static_cast<std::size_t>(request.bins));
}

void ScanSums::add(const ScanSums& later) {
    finite += later.finite;
    nan += later.nan;
    inf += later.inf;
    subnormal += later.subnormal;
    below += later.below;
    above += later.above;
    sum += later.sum;
    sumSquares += later.sumSquares;
    min = std::min(min, later.min);
    max = std::max(max, later.max);
    for (std::size_t i = 0; i < histogram.size(); ++i) histogram[i] += later.histogram[i];
}

ScanScratch::ScanScratch(const ScanRequest& request)
    : low(request.low),
      scale(static_cast<float>(request.bins) / (request.high - request.low) * (1 - 0x1p-20f)),
      bins(static_cast<float>(request.bins)),
      counts(4 * (static_cast<std::size_t>(request.bins) + 2)) {}

void ScanScratch::flush(ScanSums& sums) {
    const std::size_t number = sums.histogram.size(), width = number + 2;
    for (std::size_t copy = 0; copy < 4; ++copy) {
        const std::uint32_t* from = counts.data() + copy * width;
        sums.below += from[0];
        for (std::size_t i = 0; i < number; ++i) sums.histogram[i] += from[i + 1];
        sums.above += from[number + 1];
    }
    std::fill(counts.begin(), counts.end(), 0u);
    counted = 0;
}

void scanRows(const float* const* rows, std::int64_t count, std::int64_t dim, ScanScratch& scratch, ScanSums& sums,
              float* norms) {
    HWY_DYNAMIC_DISPATCH(scanRowsImpl)(rows, count, dim, scratch, sums, norms);
    constexpr std::int64_t kFlushAt = std::int64_t{1} << 30;  // counts are 32 bits wide
    scratch.counted += count * dim;
    if (scratch.counted >= kFlushAt) scratch.flush(sums);
}

void latticeRows(const float* const* rows, std::int64_t count, std::int64_t dim, const Lattice& lattice,
                 std::int64_t needed, bool* onLattice) {
    HWY_DYNAMIC_DISPATCH(latticeRowsImpl)(rows, count, dim, lattice, needed, onLattice);
}

std::int64_t latticeValues(const float* row, std::int64_t dim, const Lattice& lattice) {
    return HWY_DYNAMIC_DISPATCH(latticeValuesImpl)(row, dim, lattice);
}

void gramBlock(const float* panels, std::int64_t rows, std::int64_t panelCount, double* tiles, double* sums) {
    HWY_DYNAMIC_DISPATCH(gramBlockImpl)(panels, rows, panelCount, tiles, sums);
}

void cosineRows(const float* const* rows, std::int64_t count, std::int64_t dim, const double* vector, double norm,
                float* cosines) {
    HWY_DYNAMIC_DISPATCH(cosineRowsImpl)(rows, count, dim, vector, norm, cosines);
}

}  // namespace dlrm::kernels
#endif
