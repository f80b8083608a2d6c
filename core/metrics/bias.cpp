// SPDX-License-Identifier: Apache-2.0
// Bias: mean prediction less mean label.
#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure biasMetric(const MetricEvidence& e) {
    return {(e.sumProbability - static_cast<double>(e.positives)) / static_cast<double>(e.rows), {}, {}, {}};
}

}  // namespace dlrm
