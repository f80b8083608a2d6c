// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF METRICS: to add one, write core/metrics/<name>.cpp, declare it in metric.h and add a line here.
#include "core/metrics/metric.h"

namespace dlrm {
namespace {

constexpr Metric kMetrics[] = {
    {"auc", "AUC (exact)", "P(score of a positive > score of a negative), ties count ½; 95 % interval by DeLong",
     aucMetric},
    {"auc_tf8000", "AUC (TF-8000)",
     "area under the ROC curve at 8,000 evenly spaced thresholds, trapezoids, as tf.keras.metrics.AUC",
     aucTf8000Metric},
    {"log_loss", "Log loss", "mean of softplus(z) − y·z, z = logit", logLossMetric},
    {"normalized_entropy", "Normalized entropy",
     "log loss / (−(p ln p + (1−p) ln(1−p))), p = mean label; < 1 beats the prior", normalizedEntropyMetric},
    {"calibration", "Calibration", "Σp / Σy; 95 % interval of a ratio of means", calibrationMetric},
    {"bias", "Bias", "mean p − mean y", biasMetric},
    {"brier", "Brier score",
     "mean of (p − y)²; its parts are over the ECE's bins, so reliability − resolution + uncertainty leaves out the "
     "spread within a bin",
     brierMetric},
    {"ece", "ECE",
     "Σ n_b/N · |ȳ_b − p̄_b| over at most 100 bins of equal mass: bin b = 0 … 99 starts at the score of rank ⌊b·N/100⌋, "
     "equal scores share the last bin that starts at them",
     eceMetric},
    {"pr_auc", "PR-AUC", "average precision: Σ (R_k − R_k₋₁)·P_k over distinct thresholds", prAucMetric},
};

}  // namespace

std::span<const Metric> metricTable() { return kMetrics; }

std::vector<MetricValue> computeMetrics(const MetricEvidence& evidence) {
    std::vector<MetricValue> values;
    for (const Metric& metric : kMetrics) {
        MetricFigure figure;
        if (evidence.rows > 0) figure = metric.compute(evidence);
        else figure.note = "no rows";
        values.push_back(
            {metric.key, metric.title, metric.formula, figure.value, figure.low, figure.high, std::move(figure.note)});
    }
    return values;
}

}  // namespace dlrm
