// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/untrained_test.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/analysis/tables/kernels.h"
#include "core/base/enum_names.h"

namespace dlrm {
namespace {

// A trained value falls on the lattice with probability 0.2 to 0.67, so that so many do by chance once in 10⁸ tables at
// most.
constexpr std::int64_t kScaleEvidence = 48;
constexpr int kSmallestScale = -4, kLargestScale = 6;  // powers of two
constexpr std::size_t kSampledForValues = 64;          // rows whose values are counted to tell two lattices apart
constexpr std::string_view kMethods[] = {"none", "lattice", "unknown"};
constexpr std::int64_t kCastEvidence = 48;  // values of the sample that all fit a narrower type: by chance once in 2⁶²⁴

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
    for (std::size_t back = 1; back <= sample.size(); back += step)
        score.values += kernels::latticeValues(sample[sample.size() - back], dim, lattice);
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

// Whether the row has no more zeros than an initializer draws.
bool fewZeros(const float* row, std::int64_t dim, std::int64_t needed) {
    const std::int64_t zeros = std::count(row, row + dim, 0.0f);
    return zeros < dim && zeros <= std::max<std::int64_t>(1, dim - needed);
}

// The type whose values are all that the sample holds; nothing where it holds others, or too few values to tell.
std::optional<DType> castFrom(std::span<const float* const> sample, std::int64_t dim) {
    // Bits of a float32 that the narrower mantissa lacks.
    constexpr std::uint32_t kBelowHalf = 0x1fff, kBelowBfloat = 0xffff;
    std::uint32_t used = 0;
    std::int64_t values = 0;
    for (const float* row : sample)
        for (std::int64_t c = 0; c < dim; ++c) {
            if (row[c] == 0 || !std::isfinite(row[c])) continue;
            used |= std::bit_cast<std::uint32_t>(row[c]);
            ++values;
            if ((used & kBelowHalf) != 0) return std::nullopt;
        }
    if (values < kCastEvidence) return std::nullopt;
    return (used & kBelowBfloat) == 0 ? DType::BFloat16 : DType::Float16;
}

}  // namespace

std::string_view name(UntrainedMethod method) { return nameIn(kMethods, method); }

std::vector<std::int64_t> UntrainedRows::ids() const {
    std::vector<std::int64_t> out;
    out.reserve(static_cast<std::size_t>(count));
    for (std::size_t w = 0; w < bits.size(); ++w)
        for (std::uint64_t rest = bits[w]; rest != 0; rest &= rest - 1)
            out.push_back(static_cast<std::int64_t>(w) * 64 + std::countr_zero(rest));
    return out;
}

Result<void> requireKnown(const UntrainedRows& rows) {
    if (rows.known()) return {};
    return fail(Error("E-ANALYSIS-005", "Which rows of this table were trained is not known.")
                    .butExpected("values as they were trained, in float32")
                    .butFound(rows.explanation)
                    .withRemedy("Choose rows by another of their figures."));
}

std::int64_t latticeValuesNeeded(std::int64_t dim) {
    // dim − ⌊dim · 8 / 128⌋ without overflow
    return dim - dim / 16;
}

UntrainedTest chooseUntrainedTest(DType dtype, std::int64_t tableRows, std::int64_t dim,
                                  std::span<const float* const> sample) {
    UntrainedTest test;
    if (tableRows <= 0 || dim <= 0) {
        test.explanation = "the table has no value";
        return test;
    }
    const auto max = static_cast<float>(std::sqrt(1.0 / static_cast<double>(tableRows)));
    const bool narrow = dtype == DType::Float16 || dtype == DType::BFloat16;
    const std::optional<DType> cast = narrow ? dtype : castFrom(sample, dim);
    if (cast) {
        test.method = UntrainedMethod::Unknown;
        test.lattice.max = max;
        test.explanation = narrow ? fmt::format(
                                        "not known: the values were cast to {}, and what the initializer drew can no "
                                        "longer be told from what was trained",
                                        name(dtype))
                                  : fmt::format(
                                        "not known: every value looked at is one that {} has, so the values were cast, "
                                        "and what the initializer drew can no longer be told",
                                        name(*cast));
        return test;
    }
    test.method = UntrainedMethod::Lattice;
    test.valuesNeeded = latticeValuesNeeded(dim);
    Score score;
    std::vector<const float*> drawn;
    for (const float* row : sample)
        if (fewZeros(row, dim, test.valuesNeeded)) drawn.push_back(row);
    test.lattice = chooseLattice(tableRows, dim, drawn, score);
    const int power = static_cast<int>(std::lround(std::log2(test.lattice.max / max)));
    const float scaled = std::ldexp(max, power);
    test.explanation = fmt::format(
        "bit-exact: at least {} of {} values are ones the initializer uniform(−a, a) can draw, a = {:.9g} = "
        "{}√(1/{}){}{}",
        test.valuesNeeded, dim, test.lattice.max, power == 0 ? "" : fmt::format("{:g} · ", std::ldexp(1.0, power)),
        tableRows,
        test.lattice.max == scaled  ? ""
        : test.lattice.max > scaled ? " + 1 ulp"
                                    : " − 1 ulp",
        test.lattice.fused ? ", fused multiply-add" : "");
    return test;
}

void UntrainedTest::apply(const float* const* rows, std::int64_t count, std::int64_t dim, bool* untrained) const {
    std::fill_n(untrained, count, false);
    if (method != UntrainedMethod::Lattice) return;
    kernels::latticeRows(rows, count, dim, lattice, valuesNeeded, untrained);
    for (std::int64_t r = 0; r < count; ++r) untrained[r] = untrained[r] && fewZeros(rows[r], dim, valuesNeeded);
}

}  // namespace dlrm
