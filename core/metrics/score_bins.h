// SPDX-License-Identifier: Apache-2.0
// Bins of equal mass and the figures that come from them: reliability diagram, Brier decomposition, score histogram.
#pragma once

#include <span>
#include <vector>

#include "core/metrics/metric.h"

namespace dlrm {

inline constexpr int kEceBins = 100;
inline constexpr int kReliabilityBins = 20;
inline constexpr int kHistogramBins = 100;

// Key of the row that stands at `rank` (0-based, ascending) in both sorted runs together. REQUIRES: 0 <= rank < rows.
ScoreKey keyAtRank(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives, std::int64_t rank);

// Bin b starts at the score of rank ⌊b·rows/count⌋; a tied score belongs to the last bin that starts at it. Empty bins
// are left out.
std::vector<ScoreBin> equalMassBins(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives,
                                    int count);
// The same from buckets, each taken whole and at its middle.
std::vector<ScoreBin> equalMassBins(const ScoreBuckets& buckets, int count);

// Neighbouring bins joined into `count` of equal mass, with the Wilson interval of each rate.
std::vector<ReliabilityBin> reliabilityBins(std::span<const ScoreBin> bins, int count);

struct BrierParts {
    double reliability = 0, resolution = 0, uncertainty = 0;
};
BrierParts brierParts(std::span<const ScoreBin> bins);

ScoreHistogram scoreHistogram(std::span<const ScoreKey> positives, std::span<const ScoreKey> negatives);
ScoreHistogram scoreHistogram(const ScoreBuckets& buckets);

}  // namespace dlrm
