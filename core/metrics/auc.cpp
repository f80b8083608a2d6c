// SPDX-License-Identifier: Apache-2.0
// AUC, exact: Mann–Whitney with ties at ½, and its DeLong interval.
#include <algorithm>
#include <cmath>

#include "core/metrics/metric.h"

namespace dlrm {

MetricFigure aucMetric(const MetricEvidence& e) {
    if (e.positives == 0) return {{}, {}, {}, "undefined: no positive label"};
    if (e.negatives() == 0) return {{}, {}, {}, "undefined: no negative label"};
    MetricFigure figure;
    figure.value = e.ranks.auc;
    if (e.interim) {
        figure.note = "interim: from 8,000 score bins";
    } else if (!e.ranks.hasVariance) {
        figure.note = "no interval: it needs two rows of each class";
    } else {
        const double half = kNormal95 * std::sqrt(e.ranks.variance);
        figure.low = std::max(0.0, e.ranks.auc - half);
        figure.high = std::min(1.0, e.ranks.auc + half);
        if (half == 0)
            figure.note =
                "interval of width 0: DeLong's variance vanishes where every pair of a positive and a negative is "
                "ranked alike, which says nothing about other rows";
    }
    return figure;
}

}  // namespace dlrm
