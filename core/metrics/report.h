// SPDX-License-Identifier: Apache-2.0
// The figures of an evaluation, as plain data: what the metrics produce and what CLI, charts and exports read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/series.h"

namespace dlrm {

struct MetricValue {
    std::string key;                  // "auc", "auc_tf8000", "log_loss", … the JSON key
    std::string title;                // "AUC (exact)"
    std::string formula;              // for the tooltip
    std::optional<double> value;      // nothing when undefined (one class only), with `note` saying why
    std::optional<double> low, high;  // 95 % interval
    std::string note;
};

// Rows whose probability falls into one bin.
struct ReliabilityBin {
    double low = 0, high = 0;  // probability range
    std::int64_t rows = 0, positives = 0;
    double meanProbability = 0, observedRate = 0;
    double rateLow = 0, rateHigh = 0;  // 95 % Wilson interval of the observed rate
};

// Counts per probability bin and label, equal-width over [0, 1].
struct ScoreHistogram {
    std::vector<std::int64_t> negatives, positives;  // same length
};

// Confusion counts when rows with probability >= threshold are called clicked. Sorted by falling threshold.
struct ThresholdCounts {
    double threshold = 0;  // probability
    std::int64_t truePositives = 0, falsePositives = 0;
};

// The bins of the ECE.
struct EceBins {
    std::int64_t count = 0, fewestRows = 0, mostRows = 0;  // bins, rows of the smallest and of the largest
    // ECE that a perfectly calibrated model with these bins is expected to show: labels drawn with each bin's mean
    // probability.
    double calibrated = 0;
};

// Of the rows with the highest scores: which share of the clicks they hold, and that by their share of the rows.
struct Gain {
    double share = 0, gain = 0, lift = 0;
};

// Predicted over observed clicks (PCOC) of the rows with the highest scores, which may be parts of rows where scores
// are equal.
struct TopCalibration {
    double share = 0, rows = 0, clicks = 0, predicted = 0;
    std::optional<double> value, low, high;  // nothing where it is undefined, with `note` saying why
    std::string note;
};

struct MetricReport {
    std::int64_t rows = 0, positives = 0;
    std::vector<MetricValue> metrics;  // in the order of the table of metrics
    // Brier = reliability − resolution + uncertainty (+ within-bin remainder), over the ECE's bins.
    double brierReliability = 0, brierResolution = 0, brierUncertainty = 0;
    EceBins eceBins;
    Series roc;               // x = false positive rate, y = true positive rate
    Series precisionRecall;   // x = recall, y = precision
    Series gain;              // x = share of the rows, the highest scores first, y = share of the clicks
    Series lift;              // x the same, y = by how much more often they are clicked than all rows
    std::vector<Gain> gains;  // of kGainShares, exact; empty while interim or with one class only
    std::vector<ReliabilityBin> reliability;
    ScoreHistogram histogram;
    std::vector<ThresholdCounts> thresholds;  // at most about 1,000, aligned with roc.points
    // Counts at 1, 0.9999, …, 0, exact for a threshold that somebody types; empty while interim or with one class only.
    std::vector<ThresholdCounts> evenThresholds;

    const MetricValue* find(std::string_view key) const {
        for (const MetricValue& m : metrics)
            if (m.key == key) return &m;
        return nullptr;
    }
};

}  // namespace dlrm
