// SPDX-License-Identifier: GPL-3.0-or-later
// Looks up confusion counts in a report's thresholds; between two of them there is nothing, so every question snaps to one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/metrics/report.h"

namespace dlrm::ui {

struct OperatingPoint {
    double threshold = 0;  // probability
    std::int64_t truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0;
    std::optional<double> precision;  // nothing when no row is called clicked
    double recall = 0, falsePositiveRate = 0;
};

class ThresholdTable {
public:
    ThresholdTable() = default;
    explicit ThresholdTable(const MetricReport& report);

    // Empty when a report has one class only.
    int size() const { return static_cast<int>(m_counts.size()); }
    // REQUIRES: 0 <= index < size().
    OperatingPoint at(int index) const;
    // The nearest threshold; -1 when empty.
    int nearestThreshold(double probability) const;
    int nearestFalsePositiveRate(double rate) const;
    int nearestRecall(double recall) const;

private:
    std::vector<ThresholdCounts> m_counts;  // falling threshold
    std::int64_t m_positives = 0, m_negatives = 0;
};

}  // namespace dlrm::ui
