// SPDX-License-Identifier: Apache-2.0
// The measure "interaction_moments": over the rows of each label, and of each side of two slices, the sums of X, X∘X
// and of the cosines, X = V Vᵀ, V the interaction's vectors of a row.
#pragma once

#include "core/analysis/interactions/interactions.h"
#include "core/measure/measure.h"
#include "core/measure/row_sides.h"
#include "core/metrics/long_sum.h"
#include "core/model/model_spec.h"

namespace dlrm {

// X_ij is kept for i ≤ j: pair (i, j) stands at pair(i, j); vector 0 is the bottom MLP's output, 1 + k table
// ModelSpec::interactionTableOrder[k]. Σ cosine: of X_ij/√(X_ii X_jj), over the rows where neither vector is zero
// (cosineRows). State, `sides` being RowSides::count(): "rows", int64 (sides, 2), by label; "cosine_rows", int64
// (sides, 2, pairs); "sum", "sum_of_squares", "sum_of_cosines", uint32 (sides, 2, pairs, LongSum::kDigits); "seen",
// int64 (1): rows, also those in no slice.
class InteractionMoments : public Measure {
public:
    // What make() would say of the model, before anything is allocated. Error E-MEASURE-007.
    static Result<void> fits(const ModelSpec& spec);
    // `labelled`: whether the rows have labels; without them all count as label 0. Error E-MEASURE-007 when the vectors
    // have different widths. Throws std::bad_alloc.
    static Result<std::unique_ptr<InteractionMoments>> make(const ModelSpec& spec, bool labelled, RowSides sides = {});

    std::string_view key() const override { return "interaction_moments"; }
    MeasureWants wants() const override;
    std::int64_t rows() const override { return m_seen; }
    // Error E-MEASURE-008 when a product is not finite.
    Result<void> add(const MeasuredRows& rows) override;

    std::size_t vectors() const { return m_vectors; }
    std::size_t pairs() const { return m_vectors * (m_vectors + 1) / 2; }
    // REQUIRES: i <= j < vectors().
    std::size_t pair(std::size_t i, std::size_t j) const { return i * (2 * m_vectors - i + 1) / 2 + (j - i); }
    // Of the rows without slices, or in the slice alone where it is compared with another one.
    std::int64_t rowsOf(int label) const { return m_rows[static_cast<std::size_t>(label)]; }
    std::int64_t cosineRows(int label, std::size_t pair) const { return m_cosineRows[at(label, pair)]; }
    double sum(int label, std::size_t pair) const { return m_sums[at(label, pair)].value(); }
    double sumOfSquares(int label, std::size_t pair) const { return m_squares[at(label, pair)].value(); }
    double sumOfCosines(int label, std::size_t pair) const { return m_cosines[at(label, pair)].value(); }
    InteractionSums sums(SliceSide side = SliceSide::Slice) const;

protected:
    std::vector<std::int64_t> shape() const override;
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    class Part;
    InteractionMoments(std::size_t vectors, std::size_t width, bool products, bool labelled, RowSides sides);
    std::size_t at(int label, std::size_t pair) const { return static_cast<std::size_t>(label) * pairs() + pair; }

    const std::size_t m_vectors, m_width;
    const bool m_products;  // the model computes X itself
    const bool m_labelled;
    const RowSides m_sides;
    std::int64_t m_seen = 0;
    std::vector<std::int64_t> m_rows;                   // (sides, 2)
    std::vector<std::int64_t> m_cosineRows;             // (sides, 2, pairs)
    std::vector<LongSum> m_sums, m_squares, m_cosines;  // (sides, 2, pairs)
};

}  // namespace dlrm
