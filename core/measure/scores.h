// SPDX-License-Identifier: Apache-2.0
// The measure "scores": what every metric of an evaluation is computed from, the score and label of each row.
#pragma once

#include "core/measure/measure.h"
#include "core/metrics/metric_set.h"

namespace dlrm {

// State: "positives" and "negatives", uint32, the keys of the clicked and of the other rows (core/metrics/score_key.h),
// ascending. Sums and buckets are computed from them again.
class Scores : public Measure {
public:
    std::string_view key() const override { return "scores"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return m_metrics.rows(); }
    // Errors: E-METRIC-001 … 003.
    Result<void> add(const MeasuredRows& rows) override {
        return m_metrics.add(rows.logits, rows.rows.labels, rows.firstRow);
    }
    Result<void> finish(const std::stop_token& stop) override { return m_metrics.prepare(stop); }

    // See MetricSet::report().
    MetricReport report(bool interim) { return m_metrics.report(interim); }

protected:
    std::vector<std::int64_t> shape() const override { return {}; }
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    MetricSet m_metrics;
};

}  // namespace dlrm
