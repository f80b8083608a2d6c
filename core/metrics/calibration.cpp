// SPDX-License-Identifier: Apache-2.0
// Calibration (PCOC): Σp / Σy, with the 95 % interval of a ratio of means.
#include <algorithm>
#include <cmath>

#include "core/metrics/metric.h"

namespace dlrm {

// Delta method: Var(R) ≈ Σ(p − R·y)² / (n−1) · n / (Σy)², R = Σp/Σy; rows taken as independent. Σ(p − R y) = 0 by
// construction.
MetricFigure calibrationMetric(const MetricEvidence& e) {
    if (e.positives == 0) return {{}, {}, {}, "undefined: no positive label"};
    const double positives = static_cast<double>(e.positives), rows = static_cast<double>(e.rows);
    const double ratio = e.sumProbability / positives;
    if (e.rows < 2) return {ratio, {}, {}, "no interval: it needs two rows"};
    const double sumProbabilitySquared =
        e.sumSquaredError + 2 * e.sumPositiveProbability - positives;  // Σ(p−y)² = Σp² − 2Σpy + Σy
    const double residuals =
        std::max(0.0, sumProbabilitySquared - 2 * ratio * e.sumPositiveProbability + ratio * ratio * positives);
    const double half = kNormal95 * std::sqrt(residuals * rows / (rows - 1)) / positives;
    return {ratio, std::max(0.0, ratio - half), ratio + half, {}};
}

}  // namespace dlrm
