// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/umap_kernels.h"

#include <algorithm>

#include "core/linear/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/analysis/maps/umap_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dlrm {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using I32 = hn::RebindToSigned<F32>;
using U32 = hn::RebindToUnsigned<F32>;
using Floats = hn::Vec<F32>;
using Ints = hn::Vec<I32>;
using Words = hn::Vec<U32>;
constexpr int kLanes = static_cast<int>(hn::MaxLanes(F32()));
constexpr int kVectors = 2;  // moved side by side
constexpr int kPoints = kVectors * kLanes;
static_assert(kLayoutGroup % kPoints == 0);

// log₂ of x > 0 in the normal range, off by at most 1.5e-5; polynomial of degree 5 over the mantissa.
HWY_INLINE Floats log2Of(Floats x) {
    const F32 d;
    const I32 di;
    const Ints bits = hn::BitCast(di, x);
    const Floats exponent = hn::ConvertTo(d, hn::Sub(hn::ShiftRight<23>(bits), hn::Set(di, 127)));
    const Floats m = hn::BitCast(d, hn::Or(hn::And(bits, hn::Set(di, 0x7fffff)), hn::Set(di, 0x3f800000)));
    Floats p = hn::MulAdd(m, hn::Set(d, 0.04392863F), hn::Set(d, -0.40947559F));
    p = hn::MulAdd(m, p, hn::Set(d, 1.61017755F));
    p = hn::MulAdd(m, p, hn::Set(d, -3.52021884F));
    p = hn::MulAdd(m, p, hn::Set(d, 5.06975632F));
    return hn::Add(exponent, hn::MulAdd(m, p, hn::Set(d, -2.79415368F)));
}

// 2^x for |x| <= 126, relative error at most 4e-6; polynomial of degree 4 over [−½, ½].
HWY_INLINE Floats exp2Of(Floats x) {
    const F32 d;
    const I32 di;
    const Floats whole = hn::Round(x);
    const Floats f = hn::Sub(x, whole);
    Floats p = hn::MulAdd(f, hn::Set(d, 0.00967604F), hn::Set(d, 0.05592204F));
    p = hn::MulAdd(f, p, hn::Set(d, 0.24022107F));
    p = hn::MulAdd(f, p, hn::Set(d, 0.69312103F));
    p = hn::MulAdd(f, p, hn::Set(d, 1.0F));
    return hn::Mul(p, hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, whole), hn::Set(di, 127)))));
}

HWY_INLINE Floats power(Floats x, Floats b) {
    const F32 d;
    const Floats y = hn::Mul(b, log2Of(hn::Max(x, hn::Set(d, 1e-30F))));
    return exp2Of(hn::Min(hn::Max(y, hn::Set(d, -126.0F)), hn::Set(d, 126.0F)));
}

// Scrambles a word (the finalizer of MurmurHash3).
HWY_INLINE Words scrambled(Words h) {
    const U32 d;
    h = hn::Mul(hn::Xor(h, hn::ShiftRight<16>(h)), hn::Set(d, 0x85ebca6bU));
    h = hn::Mul(hn::Xor(h, hn::ShiftRight<13>(h)), hn::Set(d, 0xc2b2ae35U));
    return hn::Xor(h, hn::ShiftRight<16>(h));
}

// Edges of `point` that are due, into `due`; returns how many.
HWY_INLINE std::int64_t dueEdges(LayoutState& state, std::int64_t point, std::int32_t* due) {
    const hn::CappedTag<float, kLayoutEdges> d;
    const hn::RebindToSigned<decltype(d)> di;
    const auto one = hn::Set(d, 1.0F);
    std::int64_t n = 0;
    for (std::int64_t e = state.starts[static_cast<std::size_t>(point)];
         e < state.starts[static_cast<std::size_t>(point) + 1]; e += hn::MaxLanes(d)) {
        const auto saved = hn::Add(hn::Load(d, state.pending.data() + e), hn::Load(d, state.rates.data() + e));
        const auto turn = hn::Ge(saved, one);
        hn::Store(hn::Sub(saved, hn::IfThenElseZero(turn, one)), d, state.pending.data() + e);
        n += static_cast<std::int64_t>(
            hn::CompressStore(hn::Load(di, state.targets.data() + e), hn::RebindMask(di, turn), di, due + n));
    }
    return n;
}

// kPoints points side by side.
template <int kComponents>
class Movers {
public:
    Movers(LayoutState& state, const LayoutRound& round, std::int64_t first)
        : m_state(state),
          m_first(first),
          m_a(hn::Set(F32(), round.a)),
          m_b(hn::Set(F32(), round.b)),
          m_pull(hn::Set(F32(), -2 * round.a * round.b)),
          m_push(hn::Set(F32(), 2 * round.b)) {
        const F32 d;
        const U32 du;
        for (int v = 0; v < kVectors; ++v) {
            for (int c = 0; c < kComponents; ++c)
                m_at[v][c] = hn::Load(d, state.now[static_cast<std::size_t>(c)].data() + first + v * kLanes);
            const Words point =
                hn::Add(hn::Iota(du, static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(v * kLanes)),
                        hn::Set(du, round.seed));
            m_random[v] = hn::Or(scrambled(hn::Mul(point, hn::Set(du, 0x9e3779b1U))), hn::Set(du, 1));
        }
    }

    // `steps`: per vector, 0 in lanes that stay.
    HWY_INLINE void pull(const Ints* targets, const Floats* steps) {
        const F32 d;
        for (int v = 0; v < kVectors; ++v) {
            Floats delta[kComponents];
            const Floats squares = hn::Max(deltas(v, targets[v], delta), hn::Set(d, 1e-12F));
            const Floats p = power(squares, m_b);
            move(v, delta, hn::Div(hn::Mul(m_pull, p), hn::Mul(squares, hn::MulAdd(m_a, p, hn::Set(d, 1.0F)))),
                 steps[v]);
        }
    }

    HWY_INLINE void push(const Floats* steps) {
        const F32 d;
        for (int v = 0; v < kVectors; ++v) {
            Floats delta[kComponents];
            const Floats squares = deltas(v, anyPoint(v), delta);
            const Floats p = power(squares, m_b);
            move(v, delta,
                 hn::Div(m_push, hn::Mul(hn::Add(squares, hn::Set(d, 0.001F)), hn::MulAdd(m_a, p, hn::Set(d, 1.0F)))),
                 steps[v]);
        }
    }

    void store() const {
        for (int v = 0; v < kVectors; ++v)
            for (int c = 0; c < kComponents; ++c)
                hn::Store(m_at[v][c], F32(), m_state.next[static_cast<std::size_t>(c)].data() + m_first + v * kLanes);
    }

private:
    // Point − other per component; returns the squared distance.
    HWY_INLINE Floats deltas(int v, Ints others, Floats* delta) const {
        const F32 d;
        Floats squares = hn::Zero(d);
        for (int c = 0; c < kComponents; ++c) {
            delta[c] = hn::Sub(m_at[v][c], hn::GatherIndex(d, m_state.now[static_cast<std::size_t>(c)].data(), others));
            squares = hn::MulAdd(delta[c], delta[c], squares);
        }
        return squares;
    }

    HWY_INLINE void move(int v, const Floats* delta, Floats strength, Floats step) {
        const F32 d;
        const Floats most = hn::Set(d, 4.0F), least = hn::Set(d, -4.0F);  // of a gradient's component
        for (int c = 0; c < kComponents; ++c)
            m_at[v][c] = hn::MulAdd(step, hn::Min(hn::Max(hn::Mul(strength, delta[c]), least), most), m_at[v][c]);
    }

    // xorshift32; its upper 24 bits, exact in float32, choose the point.
    HWY_INLINE Ints anyPoint(int v) {
        const F32 d;
        const I32 di;
        Words& r = m_random[v];
        r = hn::Xor(r, hn::ShiftLeft<13>(r));
        r = hn::Xor(r, hn::ShiftRight<17>(r));
        r = hn::Xor(r, hn::ShiftLeft<5>(r));
        const Floats share = hn::Mul(hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<8>(r))),
                                     hn::Set(d, static_cast<float>(m_state.points) * 0x1p-24F));
        return hn::Min(hn::ConvertTo(di, share), hn::Set(di, static_cast<std::int32_t>(m_state.points) - 1));
    }

    LayoutState& m_state;
    std::int64_t m_first;
    Floats m_a, m_b, m_pull, m_push;
    Floats m_at[kVectors][kComponents];
    Words m_random[kVectors];
};

template <int kComponents>
void moveGroup(LayoutState& state, const LayoutRound& round, std::int64_t first, std::int32_t* due) {
    const F32 d;
    const I32 di;
    const std::int64_t stride = state.longest + kLayoutEdges;
    HWY_ALIGN std::int32_t counts[kPoints];
    for (int i = 0; i < kPoints; ++i)
        counts[i] = static_cast<std::int32_t>(dueEdges(state, first + i, due + i * stride));
    const std::int32_t most = *std::max_element(counts, counts + kPoints);
    Movers<kComponents> movers(state, round, first);
    const Floats step = hn::Set(d, round.step);
    for (std::int32_t s = 0; s < most; ++s) {
        Ints targets[kVectors];
        Floats steps[kVectors];
        for (int v = 0; v < kVectors; ++v) {
            const Ints at = hn::Add(hn::Mul(hn::Iota(di, v * kLanes), hn::Set(di, static_cast<std::int32_t>(stride))),
                                    hn::Set(di, s));
            targets[v] = hn::GatherIndex(di, due, at);
            steps[v] =
                hn::IfThenElseZero(hn::RebindMask(d, hn::Lt(hn::Set(di, s), hn::Load(di, counts + v * kLanes))), step);
        }
        movers.pull(targets, steps);
        for (int n = 0; n < round.pushes; ++n) movers.push(steps);
    }
    movers.store();
}

void roundImpl(LayoutState& state, const LayoutRound& round, std::int64_t firstGroup, std::int64_t lastGroup,
               std::int32_t* due) {
    for (std::int64_t first = firstGroup * kLayoutGroup; first < lastGroup * kLayoutGroup; first += kPoints) {
        if (state.components == 2) moveGroup<2>(state, round, first, due);
        else moveGroup<3>(state, round, first, due);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace dlrm
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm {

HWY_EXPORT(roundImpl);

void layoutRound(LayoutState& state, const LayoutRound& round, std::int64_t firstGroup, std::int64_t lastGroup,
                 std::int32_t* due) {
    HWY_DYNAMIC_DISPATCH(roundImpl)(state, round, firstGroup, lastGroup, due);
}

}  // namespace dlrm
#endif
