// SPDX-License-Identifier: Apache-2.0
// Brier score: mean of (p − y)².
#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure brierMetric(const MetricEvidence& e) {
    return {e.sumSquaredError / static_cast<double>(e.rows), {}, {}, {}};
}

}  // namespace dlrm
