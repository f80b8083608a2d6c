// SPDX-License-Identifier: Apache-2.0
// Log loss: mean of softplus(z) − y·z.
#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure logLossMetric(const MetricEvidence& e) { return {e.sumLogLoss / static_cast<double>(e.rows), {}, {}, {}}; }

}  // namespace dlrm
