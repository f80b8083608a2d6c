// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/column_sums.h"

#include <algorithm>
#include <cmath>

#include "core/linear/simd_targets.h"
// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/metrics/column_sums.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace dlrm::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Adds the parts of the first terms, as many as fill vectors, and tells how many; `restless`: none of them has a rest.
std::size_t SplitAdd(const SplitScale& scale, const double* HWY_RESTRICT terms, std::size_t columns,
                     double* HWY_RESTRICT parts, bool& restless) {
    const hn::ScalableTag<double> d;
    const std::size_t lanes = hn::Lanes(d);
    const auto largest = hn::Set(d, scale.largest), k1 = hn::Set(d, scale.k1), k2 = hn::Set(d, scale.k2),
               k3 = hn::Set(d, scale.k3);
    auto whole = hn::Eq(largest, largest);
    std::size_t c = 0;
    for (; c + lanes <= columns; c += lanes) {
        const auto term = hn::LoadU(d, terms + c);
        const auto big = hn::Gt(hn::Abs(term), largest);
        const auto fits = hn::IfThenZeroElse(big, term);
        const auto part1 = hn::Sub(hn::Add(fits, k1), k1);
        const auto below1 = hn::Sub(fits, part1);
        const auto part2 = hn::Sub(hn::Add(below1, k2), k2);
        const auto below2 = hn::Sub(below1, part2);
        const auto part3 = hn::Sub(hn::Add(below2, k3), k3);
        double* const at = parts + c;
        hn::StoreU(hn::Add(hn::LoadU(d, at), part1), d, at);
        hn::StoreU(hn::Add(hn::LoadU(d, at + columns), part2), d, at + columns);
        hn::StoreU(hn::Add(hn::LoadU(d, at + 2 * columns), part3), d, at + 2 * columns);
        whole = hn::And(whole, hn::And(hn::Eq(below2, part3), hn::Eq(fits, term)));
    }
    restless = hn::AllTrue(d, whole);
    return c;
}

}  // namespace dlrm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dlrm {

HWY_EXPORT(SplitAdd);

namespace {

struct Split {
    double part1, part2, part3, rest;
};

Split split(const SplitScale& scale, double term) {
    if (std::fabs(term) > scale.largest) return {0, 0, 0, term};
    const double part1 = (term + scale.k1) - scale.k1, below1 = term - part1;
    const double part2 = (below1 + scale.k2) - scale.k2, below2 = below1 - part2;
    const double part3 = (below2 + scale.k3) - scale.k3;
    return {part1, part2, part3, below2 - part3};
}

}  // namespace

void ColumnSums::add(std::span<const double> terms) {
    bool restless = true;
    const std::size_t added =
        HWY_DYNAMIC_DISPATCH(SplitAdd)(m_scale, terms.data(), m_columns, m_parts.data(), restless);
    for (std::size_t c = restless ? added : 0; c < m_columns; ++c) {
        const Split parts = split(m_scale, terms[c]);
        if (parts.rest != 0) m_rests.emplace_back(c, parts.rest);
        if (c < added) continue;
        m_parts[c] += parts.part1;
        m_parts[m_columns + c] += parts.part2;
        m_parts[2 * m_columns + c] += parts.part3;
    }
}

void ColumnSums::drainInto(std::span<LongSum> sums) {
    for (std::size_t i = 0; i < m_parts.size(); ++i)
        if (m_parts[i] != 0) sums[i % m_columns].add(m_parts[i]);
    for (const auto& [column, rest] : m_rests) sums[column].add(rest);
    std::fill(m_parts.begin(), m_parts.end(), 0.0);
    m_rests.clear();
}

}  // namespace dlrm
#endif
