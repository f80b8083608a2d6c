// SPDX-License-Identifier: Apache-2.0
// The measure "untrained_traffic": lookups that meet untrained rows, and how many each row of the dataset has. Looks at
// ids only.
#pragma once

#include "core/analysis/tables/traffic.h"
#include "core/analysis/tables/untrained_rows.h"
#include "core/measure/measure.h"

namespace dlrm {

// For rows of one id per feature. State: "rows"; "untrained", int64 per table; "rows_by_count", int64 (tables + 1):
// rows with exactly k such lookups.
class UntrainedLookups : public Measure {
public:
    // Per table, feature order; must outlive the measure.
    explicit UntrainedLookups(std::vector<const UntrainedRows*> tables);

    std::string_view key() const override { return "untrained_traffic"; }
    MeasureWants wants() const override { return {}; }
    std::int64_t rows() const override { return m_rows; }
    // REQUIRES: one id per feature, every id inside its table.
    Result<void> add(const MeasuredRows& rows) override;

    // Without the dataset's names.
    UntrainedTraffic traffic() const;

protected:
    std::vector<std::int64_t> shape() const override;
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    const std::vector<const UntrainedRows*> m_tables;
    std::int64_t m_rows = 0;
    std::vector<std::int64_t> m_untrained, m_rowsByCount;
};

}  // namespace dlrm
