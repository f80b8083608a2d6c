// SPDX-License-Identifier: Apache-2.0
// Sigmoid, loss terms and bucket numbers of a block of rows in double, for every vector width the processor may have.
#include "core/metrics/score_pass.h"

#include <array>

#include "core/linear/simd_targets.h"
#include "core/metrics/exact_split.h"
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/metrics/score_pass.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace dlrm::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<double>;
using V = hn::Vec<D>;

// ExactSum, one per lane.
struct LaneSums {
    V hi, lo;

    HWY_INLINE void add(V term) {
        const V sum = hn::Add(hi, term);
        const V virtualTerm = hn::Sub(sum, hi);
        lo = hn::Add(lo, hn::Add(hn::Sub(hi, hn::Sub(sum, virtualTerm)), hn::Sub(term, virtualTerm)));
        hi = sum;
    }
    void drainInto(ExactSum& out) const {
        const D d;
        HWY_ALIGN double highs[hn::MaxLanes(d)];
        HWY_ALIGN double lows[hn::MaxLanes(d)];
        hn::Store(hi, d, highs);
        hn::Store(lo, d, lows);
        for (std::size_t i = 0; i < hn::Lanes(d); ++i) out.add(ExactSum(highs[i], lows[i]));
    }
};

// LongSum of at most kSplitTerms terms per lane, see exact_split.h.
struct SplitLanes {
    V first, second, third;

    HWY_INLINE void add(V term, LongSum& out) {
        const D d;
        const auto big = hn::Gt(hn::Abs(term), hn::Set(d, kSplitOrdinary.largest));
        const V fits = hn::IfThenZeroElse(big, term);
        const V part1 = hn::Sub(hn::Add(fits, hn::Set(d, kSplitOrdinary.k1)), hn::Set(d, kSplitOrdinary.k1));
        const V below1 = hn::Sub(fits, part1);
        const V part2 = hn::Sub(hn::Add(below1, hn::Set(d, kSplitOrdinary.k2)), hn::Set(d, kSplitOrdinary.k2));
        const V below2 = hn::Sub(below1, part2);
        const V part3 = hn::Sub(hn::Add(below2, hn::Set(d, kSplitOrdinary.k3)), hn::Set(d, kSplitOrdinary.k3));
        const V rest = hn::IfThenElse(big, term, hn::Sub(below2, part3));
        first = hn::Add(first, part1);
        second = hn::Add(second, part2);
        third = hn::Add(third, part3);
        if (HWY_UNLIKELY(!hn::AllTrue(d, hn::Eq(rest, hn::Zero(d))))) drain(rest, out);
    }
    void drainInto(LongSum& out) const {
        for (const V part : {first, second, third}) drain(part, out);
    }
    static void drain(V values, LongSum& out) {
        const D d;
        HWY_ALIGN double lanes[hn::MaxLanes(d)];
        hn::Store(values, d, lanes);
        for (std::size_t i = 0; i < hn::Lanes(d); ++i) out.add(lanes[i]);
    }
};

// For one vector of logits: a = exp(−|z|), and sigmoid(|z|), sigmoid(−|z|), each with full relative precision.
struct Logistic {
    V a, large, small;
};

HWY_INLINE Logistic logistic(V z) {
    const D d;
    const V one = hn::Set(d, 1.0);
    const V a = hn::Exp(d, hn::Neg(hn::Abs(z)));
    const V large = hn::Div(one, hn::Add(one, a));
    return {a, large, hn::Mul(a, large)};
}

// What is summed up of one vector of rows, y being 0 or 1.
struct RowTerms {
    V loss, squaredError, p;
    hn::Mask<D> positive;
};

HWY_INLINE RowTerms rowTerms(V z, V y) {
    const D d;
    const V zero = hn::Zero(d);
    const auto positive = hn::Gt(y, zero);
    const Logistic l = logistic(z);
    const V p = hn::IfThenElse(hn::Ge(z, zero), l.large, l.small);
    const V wrongSide = hn::IfThenElse(positive, hn::Neg(z), z);  // > 0 when the score leans to the other class
    const V error = hn::IfThenElse(hn::Ge(wrongSide, zero), l.large, l.small);
    const V loss = hn::Add(hn::Max(wrongSide, zero), hn::Log1p(d, l.a));
    return {loss, hn::Mul(error, error), p, positive};
}

// The sigmoid that TensorFlow's CPU kernels compute in float32, up to 4.5 ulp off: Keras' buckets hang on its bits.
// From Eigen's scalar_logistic_op<float>: exp(x) = exp(x/2)², x/2 = m·ln 2 + r, exp(r) by a polynomial of degree 5,
// then e/(1+e).
template <class VF>
HWY_INLINE VF tensorflowSigmoid(VF z) {
    const hn::Rebind<float, D> d;
    const hn::Rebind<std::int32_t, D> di;
    const auto c = [d](float value) HWY_ATTR { return hn::Set(d, value); };
    const VF one = c(1.0f);
    const VF half = hn::Mul(hn::Min(hn::Max(z, c(-104.0f)), c(16.6355324f)), c(0.5f));
    const VF m = hn::Floor(hn::MulAdd(half, c(1.44269504f), c(0.5f)));
    const VF r = hn::MulAdd(m, c(2.12194440e-4f), hn::MulAdd(m, c(-0.693359375f), half));
    const VF r2 = hn::Mul(r, r);
    const VF even = hn::MulAdd(r2, c(4.1898667812e-2f), c(0.49999141693f));
    const VF odd = hn::MulAdd(r2, c(8.33471305668e-3f), c(0.16666877270f));
    const VF power = hn::MulAdd(r2, hn::MulAdd(r, odd, even), hn::Add(r, one));
    const VF scale = hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(di, m), hn::Set(di, 127))));
    const VF root = hn::Mul(power, scale);
    const VF e = hn::Mul(root, root);
    return hn::IfThenZeroElse(hn::Lt(z, c(-104.0f)), hn::Div(e, hn::Add(one, e)));
}

void ScorePass(const float* HWY_RESTRICT logits, const std::uint8_t* HWY_RESTRICT labels, std::int64_t n,
               ScoreSums& sums, std::int32_t* HWY_RESTRICT buckets) {
    const D d;
    const hn::Rebind<float, D> df;
    const hn::Rebind<std::int32_t, D> di;
    const hn::Rebind<std::uint8_t, D> db;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const V zero = hn::Zero(d);
    const auto steps = hn::Set(df, static_cast<float>(ScoreBuckets::kThresholds - 1));
    const SplitLanes none{zero, zero, zero};
    SplitLanes logLoss = none, squaredError = none, probability = none, positiveProbability = none;

    const auto rows = [&](const float* z32, const std::uint8_t* y8, std::int32_t* bucket, hn::Mask<D> valid) HWY_ATTR {
        const auto zFloat = hn::LoadU(df, z32);
        const V z = hn::PromoteTo(d, zFloat);
        const V y = hn::PromoteTo(d, hn::PromoteTo(di, hn::LoadU(db, y8)));
        const RowTerms terms = rowTerms(z, y);
        logLoss.add(hn::IfThenElseZero(valid, terms.loss), sums.logLoss);
        squaredError.add(hn::IfThenElseZero(valid, terms.squaredError), sums.squaredError);
        probability.add(hn::IfThenElseZero(valid, terms.p), sums.probability);
        positiveProbability.add(hn::IfThenElseZero(hn::And(valid, terms.positive), terms.p), sums.positiveProbability);
        const auto position = hn::Sub(hn::Ceil(hn::Mul(tensorflowSigmoid(zFloat), steps)), hn::Set(df, 1.0f));
        hn::StoreU(hn::ConvertTo(di, hn::Max(position, hn::Zero(df))), di, bucket);
    };

    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
        rows(logits + i, labels + i, buckets + i, hn::FirstN(d, static_cast<std::size_t>(lanes)));
    if (i < n) {
        float z[hn::MaxLanes(d)] = {};
        std::uint8_t y[hn::MaxLanes(d)] = {};
        std::int32_t bucket[hn::MaxLanes(d)];
        for (std::int64_t k = 0; k < n - i; ++k) z[k] = logits[i + k], y[k] = labels[i + k];
        rows(z, y, bucket, hn::FirstN(d, static_cast<std::size_t>(n - i)));
        for (std::int64_t k = 0; k < n - i; ++k) buckets[i + k] = bucket[k];
    }
    logLoss.drainInto(sums.logLoss);
    squaredError.drainInto(sums.squaredError);
    probability.drainInto(sums.probability);
    positiveProbability.drainInto(sums.positiveProbability);
}

void ScoreTerms(const float* HWY_RESTRICT logits, const std::uint8_t* HWY_RESTRICT labels, std::int64_t n,
                double* HWY_RESTRICT logLoss, double* HWY_RESTRICT squaredError, double* HWY_RESTRICT probability) {
    const D d;
    const hn::Rebind<float, D> df;
    const hn::Rebind<std::int32_t, D> di;
    const hn::Rebind<std::uint8_t, D> db;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto rows = [&](const float* z, const std::uint8_t* y, double* loss, double* squared, double* p) HWY_ATTR {
        const RowTerms terms =
            rowTerms(hn::PromoteTo(d, hn::LoadU(df, z)), hn::PromoteTo(d, hn::PromoteTo(di, hn::LoadU(db, y))));
        hn::StoreU(terms.loss, d, loss);
        hn::StoreU(terms.squaredError, d, squared);
        hn::StoreU(terms.p, d, p);
    };
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) rows(logits + i, labels + i, logLoss + i, squaredError + i, probability + i);
    if (i == n) return;
    float z[hn::MaxLanes(d)] = {};
    std::uint8_t y[hn::MaxLanes(d)] = {};
    double loss[hn::MaxLanes(d)], squared[hn::MaxLanes(d)], p[hn::MaxLanes(d)];
    for (std::int64_t k = 0; k < n - i; ++k) z[k] = logits[i + k], y[k] = labels[i + k];
    rows(z, y, loss, squared, p);
    for (std::int64_t k = 0; k < n - i; ++k)
        logLoss[i + k] = loss[k], squaredError[i + k] = squared[k], probability[i + k] = p[k];
}

void SumOfProbabilities(const ScoreKey* HWY_RESTRICT keys, std::int64_t n, ExactSum& out) {
    const D d;
    const hn::Rebind<std::uint32_t, D> du;
    const hn::Rebind<float, D> df;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto signBit = hn::Set(du, 0x80000000u);
    LaneSums sum{hn::Zero(d), hn::Zero(d)};
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto key = hn::LoadU(du, keys + i);
        const auto wasPositive = hn::Ne(hn::And(key, signBit), hn::Zero(du));
        const auto bits = hn::Xor(key, hn::IfThenElse(wasPositive, signBit, hn::Set(du, 0xFFFFFFFFu)));
        const V z = hn::PromoteTo(d, hn::BitCast(df, bits));
        const Logistic l = logistic(z);
        sum.add(hn::IfThenElse(hn::Ge(z, hn::Zero(d)), l.large, l.small));
    }
    sum.drainInto(out);
    for (; i < n; ++i) out.add(probabilityOf(keys[i]));
}

}  // namespace dlrm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm {

HWY_EXPORT(ScorePass);
HWY_EXPORT(ScoreTerms);
HWY_EXPORT(SumOfProbabilities);

void scorePass(const float* logits, const std::uint8_t* labels, std::int64_t n, ScoreSums& sums,
               std::int32_t* buckets) {
    HWY_DYNAMIC_DISPATCH(ScorePass)(logits, labels, n, sums, buckets);
}

void scoreTerms(const float* logits, const std::uint8_t* labels, std::int64_t n, double* logLoss, double* squaredError,
                double* probability) {
    HWY_DYNAMIC_DISPATCH(ScoreTerms)(logits, labels, n, logLoss, squaredError, probability);
}

ExactSum sumOfProbabilities(std::span<const ScoreKey> keys) {
    ExactSum sum;
    HWY_DYNAMIC_DISPATCH(SumOfProbabilities)(keys.data(), static_cast<std::int64_t>(keys.size()), sum);
    return sum;
}

}  // namespace dlrm
#endif
