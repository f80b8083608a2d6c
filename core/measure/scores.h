// SPDX-License-Identifier: Apache-2.0
// The measure "scores": what every metric of an evaluation is computed from, the score and label of each row, or of
// those that belong to a slice.
#pragma once

#include <functional>
#include <memory>

#include "core/analysis/slices/partition.h"
#include "core/measure/measure.h"
#include "core/metrics/metric_set.h"

namespace dlrm {

// State: "positives" and "negatives", uint32, the keys of the clicked and of the other rows (core/metrics/score_key.h),
// ascending. Sums and buckets are computed from them again.
class Scores : public Measure {
public:
    Scores() = default;
    // Only rows of class 0 of the partition are counted. numberOf: the number of a row of the pass in the data.
    Scores(std::shared_ptr<const SlicePartition> where, std::function<std::int64_t(std::int64_t)> numberOf)
        : m_where(std::move(where)), m_numberOf(std::move(numberOf)) {}

    std::string_view key() const override { return "scores"; }
    MeasureWants wants() const override { return {true, true, {}}; }
    std::int64_t rows() const override { return m_metrics.rows(); }
    // Errors: E-METRIC-001 … 003. REQUIRES, where only some rows count: one id per feature, every id inside its table.
    Result<void> add(const MeasuredRows& rows) override;
    Result<void> finish(const std::stop_token& stop) override { return m_metrics.prepare(stop); }

    // See MetricSet::keys().
    std::span<const ScoreKey> keys(int label) { return m_metrics.keys(label); }
    // What the figures are made of.
    MetricSet& metrics() { return m_metrics; }
    // See MetricSet::report().
    MetricReport report(bool interim) { return m_metrics.report(interim); }

protected:
    std::vector<std::int64_t> shape() const override { return {}; }
    Result<void> mergeSame(Measure& other) override;
    void saveInto(MeasureState& state) override;
    Result<void> loadFrom(MeasureState& state) override;

private:
    MetricSet m_metrics;
    std::shared_ptr<const SlicePartition> m_where;  // null: all rows
    std::function<std::int64_t(std::int64_t)> m_numberOf;
};

}  // namespace dlrm
