// SPDX-License-Identifier: Apache-2.0
// Chooses thresholds: all distinct scores while few, else scores evenly spaced in true and in false positive rate.
#include "core/metrics/curves.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/metrics/top_rows.h"

namespace dlrm {
namespace {

using Keys = std::span<const ScoreKey>;

// The distinct keys of both, or nothing when there are more than `limit`.
std::vector<ScoreKey> distinctKeys(Keys a, Keys b, std::size_t limit) {
    std::vector<ScoreKey> keys;
    auto i = a.begin();
    auto j = b.begin();
    while (i != a.end() || j != b.end()) {
        const ScoreKey key = i == a.end() ? *j : j == b.end() ? *i : std::min(*i, *j);
        if (keys.size() == limit) return {};
        keys.push_back(key);
        i = std::upper_bound(i, a.end(), key);
        j = std::upper_bound(j, b.end(), key);
    }
    return keys;
}

void addQuantiles(Keys keys, std::int64_t count, std::vector<ScoreKey>& out) {
    const auto n = static_cast<std::int64_t>(keys.size());
    for (std::int64_t k = 0; k < count; ++k)
        out.push_back(keys[static_cast<std::size_t>(
            std::lround(static_cast<double>(n - 1) * static_cast<double>(k) / static_cast<double>(count - 1)))]);
}

bool namesOnly(MetricReport& report) {
    report.roc.name = "ROC";
    report.precisionRecall.name = "Precision–recall";
    report.gain.name = "Gain";
    report.lift.name = "Lift";
    if (report.positives > 0 && report.positives < report.rows) return false;
    for (Series* series : {&report.roc, &report.precisionRecall, &report.gain, &report.lift})
        series->howChosen = "undefined: both classes are needed";
    return true;
}

// Points from the thresholds, which are complete.
void addPoints(MetricReport& report, const std::string& howChosen) {
    const auto positives = static_cast<double>(report.positives),
               negatives = static_cast<double>(report.rows - report.positives);
    for (const ThresholdCounts& t : report.thresholds) {
        const auto tp = static_cast<double>(t.truePositives), fp = static_cast<double>(t.falsePositives);
        report.roc.points.push_back({fp / negatives, tp / positives});
        report.gain.points.push_back({(tp + fp) / (positives + negatives), tp / positives});
        if (t.truePositives + t.falsePositives == 0) continue;
        report.precisionRecall.points.push_back({tp / positives, tp / (tp + fp)});
        report.lift.points.push_back(
            {report.gain.points.back().x, tp / (tp + fp) / (positives / (positives + negatives))});
    }
    for (Series* series : {&report.roc, &report.precisionRecall, &report.gain, &report.lift}) {
        series->represents = report.rows;
        series->howChosen = howChosen;
    }
}

// Rows with probability >= threshold.
std::int64_t called(Keys keys, double threshold) {
    return keys.end() - std::lower_bound(keys.begin(), keys.end(), threshold,
                                         [](ScoreKey key, double t) { return probabilityOf(key) < t; });
}

}  // namespace

void addCurves(MetricReport& report, Keys positives, Keys negatives) {
    if (namesOnly(report)) return;
    std::vector<ScoreKey> keys = distinctKeys(positives, negatives, kCurvePoints - 1);
    std::string howChosen = "all distinct scores";
    if (keys.empty()) {
        addQuantiles(positives, kCurvePoints / 2 - 1, keys);
        addQuantiles(negatives, kCurvePoints / 2 - 1, keys);
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        howChosen =
            fmt::format("{} scores, evenly spaced along both rates, of {} rows", keys.size(), thousands(report.rows));
    }
    report.thresholds.push_back({std::nextafter(1.0, 2.0), 0, 0});  // above every probability
    for (auto key = keys.rbegin(); key != keys.rend(); ++key)
        report.thresholds.push_back({probabilityOf(*key),
                                     positives.end() - std::lower_bound(positives.begin(), positives.end(), *key),
                                     negatives.end() - std::lower_bound(negatives.begin(), negatives.end(), *key)});
    addPoints(report, howChosen);
    for (int step = kEvenThresholdSteps; step >= 0; --step) {
        const double threshold = static_cast<double>(step) / kEvenThresholdSteps;
        report.evenThresholds.push_back({threshold, called(positives, threshold), called(negatives, threshold)});
    }
    for (const double share : kGainShares) report.gains.push_back(gainOf(positives, negatives, share));
}

void addCurves(MetricReport& report, const ScoreBuckets& buckets) {
    if (namesOnly(report)) return;
    // A bucket's lower edge becomes a point when a 1/499 step of either rate has passed since the last: at most 998
    // points and the end.
    const double step = 1.0 / (kCurvePoints / 2 - 1);
    const auto allPositives = static_cast<double>(report.positives),
               allNegatives = static_cast<double>(report.rows - report.positives);
    report.thresholds.push_back({std::nextafter(1.0, 2.0), 0, 0});
    ThresholdCounts at;
    for (int b = ScoreBuckets::kBuckets - 1; b >= 0; --b) {
        const auto& counts = buckets.counts[static_cast<std::size_t>(b)];
        if (counts[0] + counts[1] == 0) continue;
        at.threshold = ScoreBuckets::low(b);
        at.falsePositives += counts[0];
        at.truePositives += counts[1];
        const ThresholdCounts& last = report.thresholds.back();
        if (static_cast<double>(at.truePositives - last.truePositives) >= step * allPositives ||
            static_cast<double>(at.falsePositives - last.falsePositives) >= step * allNegatives ||
            at.truePositives + at.falsePositives == report.rows)
            report.thresholds.push_back(at);
    }
    addPoints(report, fmt::format("interim: {} of 8,000 evenly spaced thresholds over {} rows",
                                  report.thresholds.size(), thousands(report.rows)));
}

}  // namespace dlrm
