// SPDX-License-Identifier: Apache-2.0
// ROC, precision–recall, gain and lift curves reduced to what a chart can show, with the confusion counts behind each
// point.
#pragma once

#include <span>
#include <vector>

#include "core/metrics/report.h"
#include "core/metrics/score_buckets.h"
#include "core/metrics/score_key.h"

namespace dlrm {

inline constexpr int kCurvePoints = 1000;
inline constexpr int kEvenThresholdSteps = 10'000;  // of MetricReport::evenThresholds

// Fills roc, precisionRecall, gain, lift and thresholds of the report (of keys, evenThresholds and gains too), whose
// rows and positives are set. thresholds[i] belongs to roc.points[i]; the first calls no row clicked. precisionRecall
// and lift leave that one out (none there). All stay empty, with the reason in howChosen, when a class is missing.
void addCurves(MetricReport& report, std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives);
void addCurves(MetricReport& report, const ScoreBuckets& buckets);

}  // namespace dlrm
