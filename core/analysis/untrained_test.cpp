// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/untrained_test.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/analysis/rank_norm.h"
#include "core/analysis/table_kernels.h"

namespace dlrm {
namespace {

// A trained value falls on the lattice with probability 0.2 to 0.67, so that so many do by chance once in 10⁸ tables at most.
constexpr std::int64_t kScaleEvidence = 48;
constexpr int kSmallestScale = -4, kLargestScale = 6;  // powers of two
constexpr std::size_t kSampledForValues = 64;          // rows whose values are counted to tell two lattices apart
constexpr double kNormDeviations = 4;                  // norm test: an initial row lies outside once in 16,000

struct Score {
    std::int64_t untrained = 0, values = 0;
    friend auto operator<=>(const Score&, const Score&) = default;
};

Score scoreOf(const Lattice& lattice, std::span<const float* const> sample, std::int64_t dim, std::int64_t needed) {
    Score score;
    bool untrained[kernels::kBlockRows];
    for (std::size_t first = 0; first < sample.size(); first += kernels::kBlockRows) {
        const std::size_t count = std::min<std::size_t>(kernels::kBlockRows, sample.size() - first);
        kernels::latticeRows(sample.data() + first, static_cast<std::int64_t>(count), dim, lattice, needed, untrained);
        score.untrained += std::count(untrained, untrained + count, true);
    }
    if (score.untrained == 0) return score;
    // Evenly spaced rows, from the end: the rarest ids stand there.
    const std::size_t step = std::max<std::size_t>(1, sample.size() / kSampledForValues);
    for (std::size_t back = 1; back <= sample.size(); back += step) score.values += kernels::latticeValues(sample[sample.size() - back], dim, lattice);
    return score;
}

Lattice chooseLattice(std::int64_t tableRows, std::int64_t dim, std::span<const float* const> sample, Score& best) {
    const auto max = static_cast<float>(std::sqrt(1.0 / static_cast<double>(tableRows)));
    const std::int64_t needed = latticeValuesNeeded(dim);
    Lattice chosen{max, false};
    best = scoreOf(chosen, sample, dim, needed);
    for (int power = kSmallestScale; power <= kLargestScale; ++power) {
        const float scaled = std::ldexp(max, power);
        for (const float bound : {scaled, std::nextafter(scaled, 0.0f), std::nextafter(scaled, 2 * scaled)})
            for (const bool fused : {false, true}) {
                const Lattice lattice{bound, fused};
                const Score score = scoreOf(lattice, sample, dim, needed);
                if (power != 0 && score.untrained * dim < kScaleEvidence) continue;
                if (score > best) {
                    best = score;
                    chosen = lattice;
                }
            }
    }
    return chosen;
}

}  // namespace

std::string_view name(UntrainedMethod method) {
    switch (method) {
        case UntrainedMethod::None: return "none";
        case UntrainedMethod::Lattice: return "lattice";
        case UntrainedMethod::Norm: return "norm";
    }
    return "?";
}

std::vector<std::int64_t> UntrainedRows::ids() const {
    std::vector<std::int64_t> out;
    out.reserve(static_cast<std::size_t>(count));
    for (std::size_t w = 0; w < bits.size(); ++w)
        for (std::uint64_t rest = bits[w]; rest != 0; rest &= rest - 1) out.push_back(static_cast<std::int64_t>(w) * 64 + std::countr_zero(rest));
    return out;
}

std::int64_t latticeValuesNeeded(std::int64_t dim) {
    // dim − ⌊dim · 8 / 128⌋ without overflow
    return dim - dim / 16;
}

UntrainedTest chooseUntrainedTest(DType dtype, std::int64_t tableRows, std::int64_t dim, std::span<const float* const> sample) {
    UntrainedTest test;
    if (tableRows <= 0 || dim <= 0) {
        test.explanation = "the table has no value";
        return test;
    }
    if (dtype == DType::Float16 || dtype == DType::BFloat16) {
        const double max = std::sqrt(1.0 / static_cast<double>(tableRows));
        // Half a unit in the last place of the narrow type; float16 values below its normal range are rounded to multiples of 2⁻²⁴.
        const double rounding = dtype == DType::Float16 ? max * 0x1p-11 + 0x1p-25 : max * 0x1p-8;
        const InitializerNorm norm = initializerNorm(dim, max);
        test.method = UntrainedMethod::Norm;
        test.lattice.max = static_cast<float>(max + rounding);
        test.normLow = static_cast<float>(norm.mean - kNormDeviations * norm.sd);
        test.normHigh = static_cast<float>(norm.mean + kNormDeviations * norm.sd);
        test.explanation = fmt::format("estimated, because the values were cast to {}: all values within ±{:.6g} = √(1/{}) and the norm within {:.4g} .. {:.4g}, as of initial rows",
                                       name(dtype), max, tableRows, test.normLow, test.normHigh);
        return test;
    }
    test.method = UntrainedMethod::Lattice;
    test.valuesNeeded = latticeValuesNeeded(dim);
    Score score;
    test.lattice = chooseLattice(tableRows, dim, sample, score);
    const auto max = static_cast<float>(std::sqrt(1.0 / static_cast<double>(tableRows)));
    const int power = static_cast<int>(std::lround(std::log2(test.lattice.max / max)));
    const float scaled = std::ldexp(max, power);
    test.explanation = fmt::format("bit-exact: at least {} of {} values are ones the initializer uniform(−a, a) can draw, a = {:.9g} = {}√(1/{}){}{}", test.valuesNeeded, dim,
                                   test.lattice.max, power == 0 ? "" : fmt::format("{:g} · ", std::ldexp(1.0, power)), tableRows,
                                   test.lattice.max == scaled ? "" : test.lattice.max > scaled ? " + 1 ulp" : " − 1 ulp", test.lattice.fused ? ", fused multiply-add" : "");
    return test;
}

void UntrainedTest::apply(const float* const* rows, std::span<const float> norms, std::int64_t dim, bool* untrained) const {
    const auto count = static_cast<std::int64_t>(norms.size());
    if (method == UntrainedMethod::Lattice) return kernels::latticeRows(rows, count, dim, lattice, valuesNeeded, untrained);
    for (std::int64_t r = 0; r < count; ++r) {
        const float norm = norms[static_cast<std::size_t>(r)];
        untrained[r] = method == UntrainedMethod::Norm && norm >= normLow && norm <= normHigh &&
                       std::all_of(rows[r], rows[r] + dim, [&](float v) { return std::fabs(v) <= lattice.max; });
    }
}

}  // namespace dlrm
