// SPDX-License-Identifier: Apache-2.0
// The measure "unit_activity": in how many rows every hidden unit is active, and in which ones of a sample.
#pragma once

#include "core/analysis/layers/unit_atlas.h"
#include "core/measure/measure.h"

namespace dlrm {

// State: "rows"; "active", int64, layer by layer; "patterns", int64 (bits of UnitCounts::patterns), layer by layer.
class UnitActivity : public Measure {
public:
    // `sampled`: the rows that the sample is spread over, of all states that are to be merged. REQUIRES: it is not
    // empty. Throws std::bad_alloc.
    UnitActivity(const ModelSpec& spec, RowRange sampled) : m_counts(spec, sampled) {}

    std::string_view key() const override { return "unit_activity"; }
    MeasureWants wants() const override { return {false, false, {false, false, true}}; }
    std::int64_t rows() const override { return m_counts.rows; }
    Result<void> add(const MeasuredRows& rows) override;

    const UnitCounts& counts() const { return m_counts; }

protected:
    std::vector<std::int64_t> shape() const override;
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    UnitCounts m_counts;
};

}  // namespace dlrm
