// SPDX-License-Identifier: Apache-2.0
// The measure "interaction_extremes": for every pair of the interaction's vectors the rows in which their product is
// smallest and largest.
#pragma once

#include "core/analysis/interactions/extremes.h"
#include "core/measure/measure.h"
#include "core/measure/row_sides.h"
#include "core/model/model_spec.h"

namespace dlrm {

// Of the rows of a slice, or of all. Values are in float32. State, for every pair (i, j), j < i, by place, its lowest
// and then its highest rows, as many as there are up to kKept: "row", int64; "value", uint32, the bits of a float32;
// "label", uint32, 2: none; beside them "seen" and "rows", int64 (1): the rows, and those in the slice.
class InteractionExtremes : public Measure {
public:
    static constexpr std::size_t kKept = 10;

    // numberOf: the number of a row of the pass in the data; empty: itself. Error E-MEASURE-007 when the vectors have
    // different widths. Throws std::bad_alloc.
    static Result<std::unique_ptr<InteractionExtremes>> make(const ModelSpec& spec, bool labelled, RowSides sides = {},
                                                             std::function<std::int64_t(std::int64_t)> numberOf = {});

    std::string_view key() const override { return "interaction_extremes"; }
    MeasureWants wants() const override { return {m_labelled, false, {!m_products, m_products, false}}; }
    std::int64_t rows() const override { return m_seen; }
    // Error E-MEASURE-008 when a product is not finite.
    Result<void> add(const MeasuredRows& rows) override;

    // Pair by pair, by place.
    std::vector<PairExtremes> extremes() const;

protected:
    std::vector<std::int64_t> shape() const override;
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    InteractionExtremes(std::size_t vectors, std::size_t width, bool products, bool labelled, RowSides sides,
                        std::function<std::int64_t(std::int64_t)> numberOf);
    const float* productsOf(const MeasuredRows& rows, std::size_t row, std::size_t i, std::vector<float>& room) const;

    const std::size_t m_vectors, m_width;
    const bool m_products;  // the model computes them itself
    const bool m_labelled;
    const RowSides m_sides;
    const std::function<std::int64_t(std::int64_t)> m_numberOf;
    std::int64_t m_seen = 0, m_rows = 0;
    std::vector<PairExtremes> m_pairs;
};

}  // namespace dlrm
