// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/operating_points.h"

#include <algorithm>
#include <cmath>

namespace dlrm {
namespace {

// Index of the entry whose value is nearest to `wanted`. valueOf rises with the index.
template <class ValueOf>
int nearest(const std::vector<ThresholdCounts>& counts, double wanted, ValueOf valueOf) {
    if (counts.empty()) return -1;
    const auto after = std::lower_bound(counts.begin(), counts.end(), wanted,
                                        [&](const ThresholdCounts& c, double w) { return valueOf(c) < w; });
    if (after == counts.begin()) return 0;
    if (after == counts.end()) return static_cast<int>(counts.size()) - 1;
    const auto before = std::prev(after);
    const bool takeBefore = wanted - valueOf(*before) < valueOf(*after) - wanted;
    return static_cast<int>((takeBefore ? before : after) - counts.begin());
}

}  // namespace

OperatingPoints::OperatingPoints(const MetricReport& report)
    : m_counts(report.thresholds),
      m_even(report.evenThresholds),
      m_positives(report.positives),
      m_negatives(report.rows - report.positives) {
    if (m_positives <= 0 || m_negatives <= 0) m_counts.clear();
}

OperatingPoint OperatingPoints::pointOf(const ThresholdCounts& c) const {
    OperatingPoint point;
    point.threshold = c.threshold;
    point.truePositives = c.truePositives;
    point.falsePositives = c.falsePositives;
    point.falseNegatives = m_positives - c.truePositives;
    point.trueNegatives = m_negatives - c.falsePositives;
    const std::int64_t called = c.truePositives + c.falsePositives;
    if (called > 0) point.precision = static_cast<double>(c.truePositives) / static_cast<double>(called);
    point.recall = static_cast<double>(c.truePositives) / static_cast<double>(m_positives);
    point.falsePositiveRate = static_cast<double>(c.falsePositives) / static_cast<double>(m_negatives);
    return point;
}

OperatingPoint OperatingPoints::at(int index) const { return pointOf(m_counts[static_cast<std::size_t>(index)]); }

std::optional<OperatingPoint> OperatingPoints::exactlyAt(double probability) const {
    if (m_counts.empty() || m_even.empty() || !(probability >= 0 && probability <= 1)) return std::nullopt;
    constexpr double kRounding = 1e-9;
    const auto steps = static_cast<double>(m_even.size() - 1);
    const auto step = static_cast<std::size_t>(std::lround(probability * steps));
    const ThresholdCounts& counts = m_even[m_even.size() - 1 - step];
    if (std::abs(counts.threshold - probability) > kRounding) return std::nullopt;
    return pointOf(counts);
}

int OperatingPoints::nearestThreshold(double probability) const {
    return nearest(m_counts, -probability, [](const ThresholdCounts& c) { return -c.threshold; });
}

int OperatingPoints::nearestFalsePositiveRate(double rate) const {
    return nearest(m_counts, rate * static_cast<double>(m_negatives),
                   [](const ThresholdCounts& c) { return static_cast<double>(c.falsePositives); });
}

int OperatingPoints::nearestRecall(double recall) const {
    return nearest(m_counts, recall * static_cast<double>(m_positives),
                   [](const ThresholdCounts& c) { return static_cast<double>(c.truePositives); });
}

}  // namespace dlrm
