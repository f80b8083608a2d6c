// SPDX-License-Identifier: Apache-2.0
// What is summed up of the rows of a slice: exactly, so that any order of rows and any split of them give the same.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/metrics/exact_split.h"
#include "core/metrics/long_sum.h"
#include "core/metrics/score_counts.h"

namespace dlrm {

// Terms of a row, from p = sigmoid(logit), its label y and its loss l = softplus(z) − y·z.
enum SliceTermKind : std::size_t {
    kTermLoss,          // l
    kTermSquaredError,  // (p − y)²
    kTermProbability,   // p
    kTermPositive,      // p·y
    kTermLossSquared,   // l²
    kTermPositiveLoss,  // l·y
    kTermFourthPower,   // (p − y)⁴
    kSliceTerms
};

// Some rows with their terms split for exact sums (core/metrics/exact_split.h), whatever slices they are in.
class SliceBlock {
public:
    static constexpr std::size_t kRows = 512;
    static constexpr std::size_t kParts = 24;  // three of every term, and room to fill vectors

    // At most kRows, logits finite, labels 0 or 1; `labels` must outlive the block.
    void fill(std::span<const float> logits, std::span<const std::uint8_t> labels);
    std::size_t rows() const { return m_labels.size(); }

    struct Rest {  // what no part holds
        std::size_t row, term;
        double value;
    };

private:
    friend class SliceSums;
    std::span<const std::uint8_t> m_labels;
    std::vector<double> m_parts;           // (rows, kParts)
    std::vector<std::uint32_t> m_buckets;  // (rows), of ScoreCounts
    std::vector<Rest> m_rests;
};

// Of one slice. One thread at a time.
class SliceSums {
public:
    // Adds the rows of a block to the sums of their classes, classes[i] being that of row i. Throws std::bad_alloc.
    static void add(const SliceBlock& block, std::span<const std::uint16_t> classes, std::span<SliceSums> sums);
    // REQUIRES: the other is settled.
    void add(const SliceSums& other);
    // Moves what was added last into the sums.
    void settle();

    std::int64_t rows() const { return m_rows; }
    std::int64_t positives() const { return m_positives; }
    // REQUIRES: settled.
    const LongSum& sum(std::size_t term) const { return m_sums[term]; }
    const ScoreCounts& scores() const { return m_scores; }

    // As a saved state has them.
    void set(std::int64_t rows, std::int64_t positives, std::array<LongSum, kSliceTerms> sums, ScoreCounts scores);

private:
    std::int64_t m_rows = 0, m_positives = 0;
    ScoreCounts m_scores;
    std::array<LongSum, kSliceTerms> m_sums;
    std::array<double, SliceBlock::kParts> m_parts{};  // not in m_sums yet
    int m_pending = 0;                                 // rows in m_parts
};

}  // namespace dlrm
