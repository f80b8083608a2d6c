// SPDX-License-Identifier: Apache-2.0
// The measure "click_rate": how often the rows that look up an id were clicked, for every id of one table. Looks at ids
// and labels only.
#pragma once

#include "core/analysis/tables/click_rate.h"
#include "core/base/ids.h"
#include "core/measure/measure.h"

namespace dlrm {

// Of several ids in a row each counts. State: "rows"; "ids", "hits", "clicks", uint32, of the ids that were met,
// ascending.
class ClickRates : public Measure {
public:
    // `rows`: of the table. 8 bytes each. Throws std::bad_alloc.
    ClickRates(TableId table, std::int64_t rows);

    std::string_view key() const override { return "click_rate"; }
    MeasureWants wants() const override { return {true, false, {}}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: every id is inside its table. Error E-ANALYSIS-003: 2³² lookups or more.
    Result<void> add(const MeasuredRows& rows) override;

    // Leaves nothing behind.
    ClickCounts takeCounts() { return std::move(m_counts); }

protected:
    std::vector<std::int64_t> shape() const override;
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    const TableId m_table;
    std::int64_t m_rows = 0, m_lookups = 0;
    ClickCounts m_counts;
};

}  // namespace dlrm
