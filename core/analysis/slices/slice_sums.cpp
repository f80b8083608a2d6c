// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/slice_sums.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/score_pass.h"

namespace dlrm {
namespace {

static_assert(SliceBlock::kParts >= 3 * kSliceTerms);
static_assert(SliceBlock::kRows <= static_cast<std::size_t>(kScorePassRows));

// The three parts of a term; returns what is left over.
double splitTerm(double term, double* parts) {
    const SplitScale& scale = kSplitOrdinary;
    const double fits = std::fabs(term) > scale.largest ? 0.0 : term;
    parts[0] = (fits + scale.k1) - scale.k1;
    const double below1 = fits - parts[0];
    parts[1] = (below1 + scale.k2) - scale.k2;
    const double below2 = below1 - parts[1];
    parts[2] = (below2 + scale.k3) - scale.k3;
    return fits == term ? below2 - parts[2] : term;
}

}  // namespace

void SliceBlock::fill(std::span<const float> logits, std::span<const std::uint8_t> labels) {
    const std::size_t n = logits.size();
    std::array<double, kRows> loss, squared, probability;
    scoreTerms(logits.data(), labels.data(), static_cast<std::int64_t>(n), loss.data(), squared.data(),
               probability.data());
    m_labels = labels;
    m_parts.assign(n * kParts, 0.0);
    m_buckets.resize(n);
    m_rests.clear();
    for (std::size_t r = 0; r < n; ++r) {
        const double y = labels[r];
        const double terms[kSliceTerms] = {loss[r],           squared[r],  probability[r],         y * probability[r],
                                           loss[r] * loss[r], y * loss[r], squared[r] * squared[r]};
        for (std::size_t t = 0; t < kSliceTerms; ++t)
            if (const double rest = splitTerm(terms[t], &m_parts[r * kParts + 3 * t]); rest != 0)
                m_rests.push_back({r, t, rest});
        m_buckets[r] = ScoreCounts::bucketOf(keyOf(logits[r]));
    }
}

void SliceSums::add(const SliceBlock& block, std::span<const std::uint16_t> classes, std::span<SliceSums> sums) {
    for (std::size_t r = 0; r < classes.size(); ++r) {
        SliceSums& to = sums[classes[r]];
        if (to.m_pending == kSplitTerms) to.settle();
        const double* const parts = &block.m_parts[r * SliceBlock::kParts];
        for (std::size_t i = 0; i < SliceBlock::kParts; ++i) to.m_parts[i] += parts[i];
        const std::size_t label = block.m_labels[r];
        ++to.m_pending;
        ++to.m_rows;
        to.m_positives += static_cast<std::int64_t>(label);
        to.m_scores.add(block.m_buckets[r], label);
    }
    for (const SliceBlock::Rest& rest : block.m_rests) sums[classes[rest.row]].m_sums[rest.term].add(rest.value);
}

void SliceSums::add(const SliceSums& other) {
    m_rows += other.m_rows;
    m_positives += other.m_positives;
    m_scores.add(other.m_scores);
    for (std::size_t t = 0; t < kSliceTerms; ++t) m_sums[t].add(other.m_sums[t]);
}

void SliceSums::set(std::int64_t rows, std::int64_t positives, std::array<LongSum, kSliceTerms> sums,
                    ScoreCounts scores) {
    m_rows = rows;
    m_positives = positives;
    m_scores = std::move(scores);
    m_sums = sums;
    m_parts.fill(0);
    m_pending = 0;
}

void SliceSums::settle() {
    for (std::size_t t = 0; t < kSliceTerms; ++t)
        for (std::size_t part = 3 * t; part < 3 * t + 3; ++part) m_sums[t].add(m_parts[part]);
    m_parts.fill(0);
    m_pending = 0;
}

}  // namespace dlrm
