// SPDX-License-Identifier: Apache-2.0
// What a metric is: a key, a formula, and a function of the evidence gathered about all rows. THE TABLE OF METRICS
// stands in metrics.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/metrics/rank_statistics.h"
#include "core/metrics/report.h"
#include "core/metrics/score_buckets.h"

namespace dlrm {

// Rows of neighbouring score. Equal scores always share a bin, so no bin depends on the order of rows.
struct ScoreBin {
    std::int64_t rows = 0, positives = 0;
    double sumProbability = 0;
    double low = 0, high = 0;  // smallest and largest probability in it
};

// Everything the metrics are computed from. p = sigmoid(logit) in double, y the label.
struct MetricEvidence {
    bool interim = false;  // ranks and bins stand for the 8,000 score buckets instead of the scores themselves
    std::int64_t rows = 0, positives = 0;
    std::int64_t negatives() const { return rows - positives; }
    double sumLogLoss = 0, sumSquaredError = 0, sumProbability = 0, sumPositiveProbability = 0;
    RankStatistics ranks;  // valid when both classes have rows
    const ScoreBuckets* buckets = nullptr;
    std::vector<ScoreBin> bins;  // at most 100 of equal mass, ascending, none empty
};

// A figure without its names: value is empty when undefined, with the note saying why.
struct MetricFigure {
    std::optional<double> value, low, high;
    std::string note;
};

struct Metric {
    const char* key;  // JSON key, stable
    const char* title;
    const char* formula;
    MetricFigure (*compute)(const MetricEvidence&);  // only called with rows > 0
};

std::span<const Metric> metricTable();
// Every metric of the table, in its order.
std::vector<MetricValue> computeMetrics(const MetricEvidence& evidence);

// Two-sided 95 % quantile of the normal distribution.
inline constexpr double kNormal95 = 1.959963984540054;

// REQUIRES: no bin is empty.
EceBins eceBinsOf(std::span<const ScoreBin> bins);

// One function per metric, each in its own file.
MetricFigure aucMetric(const MetricEvidence&);
MetricFigure aucTf8000Metric(const MetricEvidence&);
MetricFigure logLossMetric(const MetricEvidence&);
MetricFigure normalizedEntropyMetric(const MetricEvidence&);
MetricFigure calibrationMetric(const MetricEvidence&);
MetricFigure biasMetric(const MetricEvidence&);
MetricFigure brierMetric(const MetricEvidence&);
MetricFigure eceMetric(const MetricEvidence&);
MetricFigure prAucMetric(const MetricEvidence&);

}  // namespace dlrm
