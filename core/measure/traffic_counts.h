// SPDX-License-Identifier: Apache-2.0
// The measure "traffic": how often every id of every table is looked up. Looks at ids only.
#pragma once

#include "core/measure/measure.h"

namespace dlrm {

// State: "rows"; "distinct", int64 per table, how many of its ids were met; "ids" and "hits", uint32, of those ids,
// table by table, ids ascending.
class TrafficCounts : public Measure {
public:
    // Rows of each table, feature order. 4 bytes a row. Throws std::bad_alloc.
    explicit TrafficCounts(const std::vector<TableSpec>& tables);

    std::string_view key() const override { return "traffic"; }
    MeasureWants wants() const override { return {}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: every id is inside its table. Error E-ANALYSIS-003: 2³² lookups of a table or more.
    Result<void> add(const MeasuredRows& rows) override;

    // Per table, per id. Leaves nothing behind.
    std::vector<std::vector<std::uint32_t>> takeHits() { return std::move(m_hits); }

protected:
    std::vector<std::int64_t> shape() const override;
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    std::int64_t m_rows = 0;
    std::vector<std::vector<std::uint32_t>> m_hits;  // per table
    std::vector<std::int64_t> m_lookups;             // Σ hits of each
};

}  // namespace dlrm
