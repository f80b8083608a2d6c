// SPDX-License-Identifier: Apache-2.0
// Operating points of an evaluation: confusion counts, precision and recall at a threshold. Exact at every
// ten-thousandth; of the curves' scores, the nearest.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/metrics/report.h"

namespace dlrm {

struct OperatingPoint {
    double threshold = 0;  // probability
    std::int64_t truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
    std::optional<double> precision;  // nothing when no row is called clicked
    double recall = 0, falsePositiveRate = 0;
};

class OperatingPoints {
public:
    OperatingPoints() = default;
    explicit OperatingPoints(const MetricReport& report);

    // Empty when a report has one class only.
    int size() const { return static_cast<int>(m_counts.size()); }
    // REQUIRES: 0 <= index < size().
    OperatingPoint at(int index) const;
    // Counts of probability >= threshold, exactly, for a multiple of 1/10,000 in 0 … 1;
    // nothing for others and of interim figures.
    std::optional<OperatingPoint> exactlyAt(double probability) const;
    // The nearest threshold; -1 when empty.
    int nearestThreshold(double probability) const;
    int nearestFalsePositiveRate(double rate) const;
    int nearestRecall(double recall) const;

private:
    OperatingPoint pointOf(const ThresholdCounts& counts) const;

    std::vector<ThresholdCounts> m_counts, m_even;  // falling threshold
    std::int64_t m_positives = 0, m_negatives = 0;
};

}  // namespace dlrm
