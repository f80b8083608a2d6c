// SPDX-License-Identifier: Apache-2.0
// Two models' scores of the same rows, A's and B's: by how much every metric differs, with the interval of a paired
// difference, and how far apart the scores are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/metrics/metric_set.h"
#include "core/metrics/report.h"

namespace dlrm {

// Row i of both; finite logits, labels 0 or 1. All of one length.
struct ScorePairs {
    std::span<const float> a, b;
    std::span<const std::uint8_t> labels;
};

struct MetricDifference {
    std::string key, title;
    std::optional<double> a, b, difference;  // B less A; nothing where either is undefined
    std::optional<double> low, high;         // its 95 % interval
    std::string note;                        // why something is missing
};

struct Disagreement {
    std::int64_t row = 0;  // place in the pairs
    float a = 0, b = 0;    // logits
    int label = 0;
};

struct PairedReport {
    std::int64_t rows = 0, positives = 0;
    std::vector<MetricDifference> metrics;     // in the order of the table of metrics
    double threshold = 0;                      // probability
    std::int64_t flips = 0;                    // rows on different sides of it
    double meanChange = 0, largestChange = 0;  // of |pB − pA|
    double largestLogitChange = 0;             // of |zB − zA|
    double psi = 0;                            // Σ (b − a) ln(b / a) over the deciles of A's scores
    std::optional<double> correlation;         // Pearson's, of the logits; nothing where one is constant
    std::vector<Disagreement> disagreeing;     // by falling |pB − pA|, then by row

    double flipRate() const { return rows > 0 ? static_cast<double>(flips) / static_cast<double>(rows) : 0; }
    const MetricDifference* find(std::string_view key) const {
        for (const MetricDifference& m : metrics)
            if (m.key == key) return &m;
        return nullptr;
    }
};

inline constexpr std::size_t kMostDisagreeing = 1000;

// a, b: of exactly these rows; their figures are those of two evaluations. AUC: DeLong's paired covariance, with
// mid-ranks (DeLong 1988, Sun & Xu 2014). Log loss, Brier, bias: mean and standard error of the rows' differences;
// normalized entropy: those of log loss over the entropy of the mean label; calibration by the delta method. The same
// bits for any number of threads. threshold: a probability; nothing: the observed click rate. Error E-CANCELLED.
// REQUIRES: rows > 0. Throws std::bad_alloc.
Result<PairedReport> comparePairs(const ScorePairs& pairs, MetricSet& a, MetricSet& b, std::optional<double> threshold,
                                  const std::stop_token& stop = {});

}  // namespace dlrm
