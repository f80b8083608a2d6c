// SPDX-License-Identifier: Apache-2.0
// The measure "grouped_scores": score and label of each row with its value of one field, from which the GAUC comes.
#pragma once

#include <vector>

#include "core/base/ids.h"
#include "core/measure/measure.h"
#include "core/metrics/grouped_auc.h"

namespace dlrm {

// For rows of one id per feature; 8 bytes a row. State: "grouped_rows", int64, groupedRow() of each, ascending.
class GroupedScores : public Measure {
public:
    // ids: of the table.
    GroupedScores(TableId table, std::int64_t ids) : m_table(table), m_ids(ids) {}

    std::string_view key() const override { return "grouped_scores"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return static_cast<std::int64_t>(m_rows.size()); }
    // REQUIRES: one id per feature, every id inside its table. Error E-ANALYSIS-003: 2³² rows or more.
    Result<void> add(const MeasuredRows& rows) override;
    // Sorts; several threads.
    Result<void> finish(const std::stop_token& stop) override;

    // Sorts unless finish() did.
    GroupedAuc result();

protected:
    std::vector<std::int64_t> shape() const override { return {value(m_table), m_ids}; }
    // Error E-ANALYSIS-003.
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    const TableId m_table;
    const std::int64_t m_ids;
    std::vector<std::uint64_t> m_rows;
    bool m_sorted = true;
};

}  // namespace dlrm
