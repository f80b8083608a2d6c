// SPDX-License-Identifier: Apache-2.0
// The measure "pair_attributions": sums of what every pair of vectors adds to the logit, and of the sizes of that.
#pragma once

#include "core/analysis/attribution/pair_gradients.h"
#include "core/analysis/interactions/interactions.h"
#include "core/measure/measure.h"
#include "core/measure/row_sides.h"
#include "core/metrics/long_sum.h"

namespace dlrm {

// A_ij = J_ij·X_ij, J by PairGradients, pair (i, j), j < i, at pairIndex(i, j). State, `sides` being RowSides::count():
// "rows", int64 (sides); "sum", "sum_of_sizes", uint32 (sides, pairs, LongSum::kDigits); "seen", int64 (1): rows, also
// those in no slice.
class PairAttributions : public Measure {
public:
    // `top`: the kernels of the top MLP, copied. Error E-MEASURE-009 when the model has cross layers. Throws
    // std::bad_alloc.
    static Result<std::unique_ptr<PairAttributions>> make(const ModelSpec& spec, std::span<const DenseWeights> top,
                                                          RowSides sides = {});

    std::string_view key() const override { return "pair_attributions"; }
    MeasureWants wants() const override { return {false, false, {false, true, true}}; }
    std::int64_t rows() const override { return m_seen; }
    // Error E-MEASURE-008 when an attribution is not finite.
    Result<void> add(const MeasuredRows& rows) override;

    PairAttributionSums sums(SliceSide side = SliceSide::Slice) const;

protected:
    std::vector<std::int64_t> shape() const override;
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    PairAttributions(const ModelSpec& spec, std::span<const DenseWeights> top, RowSides sides);

    const PairGradients m_gradients;
    const std::size_t m_vectors;
    const std::int64_t m_width;  // of a vector
    const RowSides m_sides;
    std::int64_t m_seen = 0;
    std::vector<std::int64_t> m_rows;      // (sides)
    std::vector<LongSum> m_sums, m_sizes;  // (sides, pairs)
};

}  // namespace dlrm
