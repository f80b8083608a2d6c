// SPDX-License-Identifier: Apache-2.0
// The measure "row_scores": the logit and the label of every row, by its number, for what two models say of the same
// rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/measure/measure.h"

namespace dlrm {

// State: "firsts" and "counts", int64, the runs of neighbouring rows, ascending; "logits", uint32, the bits of the
// float32 values, and "labels", uint8, of the rows of all runs.
class RowScores : public Measure {
public:
    // `expected`: rows that will come, if known: memory for them at once, 5 bytes each. Throws std::bad_alloc.
    explicit RowScores(std::int64_t expected = 0);

    std::string_view key() const override { return "row_scores"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return static_cast<std::int64_t>(m_logits.size()); }
    // Any label but 0 is a click: whether it is one is for the measure "scores" to say. Never fails.
    Result<void> add(const MeasuredRows& rows) override;

    // Of the rows in ascending order of their numbers; valid until the next change.
    std::span<const float> logits();
    std::span<const std::uint8_t> labels();
    // The logits; leaves nothing behind.
    std::vector<float> takeLogits();

protected:
    std::vector<std::int64_t> shape() const override { return {}; }
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    struct Run {
        std::int64_t first = 0, count = 0;  // rows
    };
    void arrange();  // ascending, neighbours as one run

    std::vector<Run> m_runs;  // in the order of the rows in m_logits
    std::vector<float> m_logits;
    std::vector<std::uint8_t> m_labels;
};

}  // namespace dlrm
