// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/top_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/metrics/exact_sum.h"
#include "core/metrics/metric.h"

namespace dlrm {
namespace {

using TopKeys = std::span<const ScoreKey>;

std::int64_t countFrom(TopKeys keys, ScoreKey key) {
    return keys.end() - std::lower_bound(keys.begin(), keys.end(), key);
}

std::int64_t countBeyond(TopKeys keys, ScoreKey key) {
    return keys.end() - std::upper_bound(keys.begin(), keys.end(), key);
}

// The score at which the top ends, and the part of the rows with that score that belongs to it.
struct TopEnd {
    ScoreKey key = 0;
    double part = 0;
};

TopEnd endOf(TopKeys positives, TopKeys negatives, double rows) {
    // The highest key that so many rows reach.
    std::uint64_t low = 0, high = std::numeric_limits<ScoreKey>::max();
    while (low < high) {
        const std::uint64_t middle = (low + high + 1) / 2;
        const auto key = static_cast<ScoreKey>(middle);
        const std::int64_t reached = countFrom(positives, key) + countFrom(negatives, key);
        if (static_cast<double>(reached) >= rows) low = middle;
        else high = middle - 1;
    }
    const auto key = static_cast<ScoreKey>(low);
    const std::int64_t beyond = countBeyond(positives, key) + countBeyond(negatives, key),
                       tied = countFrom(positives, key) + countFrom(negatives, key) - beyond;
    return {key, tied > 0 ? (rows - static_cast<double>(beyond)) / static_cast<double>(tied) : 0};
}

double allRows(TopKeys positives, TopKeys negatives) {
    return static_cast<double>(positives.size() + negatives.size());
}

// Of a class, beyond the end of the top and with it.
double rowsTo(TopKeys keys, const TopEnd& end) {
    const std::int64_t beyond = countBeyond(keys, end.key);
    return static_cast<double>(beyond) + end.part * static_cast<double>(countFrom(keys, end.key) - beyond);
}

}  // namespace

Gain gainOf(TopKeys positives, TopKeys negatives, double share) {
    const TopEnd end = endOf(positives, negatives, share * allRows(positives, negatives));
    const double gain = rowsTo(positives, end) / static_cast<double>(positives.size());
    return {share, gain, gain / share};
}

Result<TopCalibration> topCalibration(TopKeys positives, TopKeys negatives, double share, const std::stop_token& stop) {
    constexpr std::size_t kKeysPerStopCheck = 1 << 16;
    TopCalibration out;
    out.share = share;
    out.rows = share * allRows(positives, negatives);
    const TopEnd end = endOf(positives, negatives, out.rows);
    // Σp and Σp², of the clicked rows and of the others.
    std::array<ExactSum, 2> sum, squares;
    for (const std::size_t label : {0, 1}) {
        const TopKeys keys = label == 1 ? positives : negatives;
        const std::size_t first = keys.size() - static_cast<std::size_t>(countFrom(keys, end.key));
        for (std::size_t i = first; i < keys.size(); ++i) {
            if (i % kKeysPerStopCheck == 0 && stop.stop_requested()) return cancelled();
            const double p = probabilityOf(keys[i]), weight = keys[i] == end.key ? end.part : 1;
            sum[label].add(weight * p);
            squares[label].add(weight * p * p);
        }
    }
    out.clicks = rowsTo(positives, end);
    out.predicted = sum[0].value() + sum[1].value();
    if (out.clicks == 0) {
        out.note = "undefined: no positive label in these rows";
        return out;
    }
    // As calibrationMetric() has it, of these rows.
    const double ratio = out.predicted / out.clicks;
    out.value = ratio;
    if (out.rows < 2) {
        out.note = "no interval: it needs two rows";
        return out;
    }
    const double residuals = std::max(
        0.0, squares[0].value() + squares[1].value() - 2 * ratio * sum[1].value() + ratio * ratio * out.clicks);
    const double half = kNormal95 * std::sqrt(residuals * out.rows / (out.rows - 1)) / out.clicks;
    out.low = std::max(0.0, ratio - half);
    out.high = ratio + half;
    return out;
}

}  // namespace dlrm
