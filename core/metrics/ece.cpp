// SPDX-License-Identifier: Apache-2.0
// Expected calibration error (Guo et al. 2017) over bins of equal mass.
#include <cmath>

#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure eceMetric(const MetricEvidence& e) {
    double sum = 0;
    for (const ScoreBin& bin : e.bins) sum += std::fabs(static_cast<double>(bin.positives) - bin.sumProbability);
    return {sum / static_cast<double>(e.rows), {}, {}, e.interim ? "interim: from 8,000 score bins" : ""};
}

}  // namespace dlrm
