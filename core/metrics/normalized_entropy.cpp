// SPDX-License-Identifier: Apache-2.0
// Normalized entropy (He et al. 2014): log loss over the entropy of the mean label.
#include <cmath>

#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure normalizedEntropyMetric(const MetricEvidence& e) {
    if (e.positives == 0 || e.negatives() == 0)
        return {{}, {}, {}, "undefined: all labels are equal, so their entropy is 0"};
    const double rows = static_cast<double>(e.rows);
    const double p = static_cast<double>(e.positives) / rows, q = static_cast<double>(e.negatives()) / rows;
    return {e.sumLogLoss / rows / -(p * std::log(p) + q * std::log(q)), {}, {}, {}};
}

}  // namespace dlrm
