// SPDX-License-Identifier: Apache-2.0
// PR-AUC as average precision: no interpolation between thresholds.
#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure prAucMetric(const MetricEvidence& e) {
    if (e.positives == 0) return {{}, {}, {}, "undefined: no positive label"};
    const char* note = e.interim ? "interim: from 8,000 score bins" : "";
    if (e.negatives() == 0) return {1.0, {}, {}, note};
    return {e.ranks.averagePrecision, {}, {}, note};
}

}  // namespace dlrm
