// SPDX-License-Identifier: Apache-2.0
// tf.keras.metrics.AUC(num_thresholds=8000, curve="ROC", summation_method="interpolation", from_logits=True).
#include "core/metrics/exact_sum.h"
#include "core/metrics/metric.h"

namespace dlrm {

// Rates are rounded to float32 where Keras holds them in float32 (recall, false positive rate); widths and heights are
// exact from there, where Keras rounds again, in an order of its own. Counts are exact, where Keras' float32 counters
// stop being so at 2²⁴ rows. With one class only Keras' divide_no_nan gives 0; here it is undefined.
MetricFigure aucTf8000Metric(const MetricEvidence& e) {
    if (e.positives == 0) return {{}, {}, {}, "undefined: no positive label"};
    if (e.negatives() == 0) return {{}, {}, {}, "undefined: no negative label"};
    const auto rate = [](std::int64_t part, std::int64_t whole) {
        return static_cast<double>(static_cast<float>(part) / static_cast<float>(whole));
    };
    ExactSum area;
    std::int64_t truePositives = 0, falsePositives = 0;
    double x = 0, y = 0;  // at the threshold above
    for (int b = ScoreBuckets::kBuckets - 1; b >= 0; --b) {
        truePositives += e.buckets->counts[static_cast<std::size_t>(b)][1];
        falsePositives += e.buckets->counts[static_cast<std::size_t>(b)][0];
        const double nextX = rate(falsePositives, e.negatives()), nextY = rate(truePositives, e.positives);
        area.add((nextX - x) * (nextY + y) / 2);
        x = nextX;
        y = nextY;
    }
    return {area.value(), {}, {}, {}};
}

}  // namespace dlrm
