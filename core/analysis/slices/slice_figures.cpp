// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/slice_figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/analysis/slices/partition.h"
#include "core/analysis/slices/slice_sums.h"
#include "core/base/counted.h"
#include "core/metrics/metric.h"

namespace dlrm {
namespace {

// What the figures of some rows are computed from.
struct SliceEvidence {
    MetricEvidence metric;
    std::array<double, kSliceTerms> sums{};
    double aucError = 0;
};

using Sums = std::array<LongSum, kSliceTerms>;

SliceEvidence evidenceOf(std::int64_t rows, std::int64_t positives, const Sums& sums,
                         const std::vector<TiedScores>& scores) {
    SliceEvidence out;
    for (std::size_t t = 0; t < kSliceTerms; ++t) out.sums[t] = sums[t].value();
    MetricEvidence& metric = out.metric;
    metric.rows = rows;
    metric.positives = positives;
    metric.sumLogLoss = out.sums[kTermLoss];
    metric.sumSquaredError = out.sums[kTermSquaredError];
    metric.sumProbability = out.sums[kTermProbability];
    metric.sumPositiveProbability = out.sums[kTermPositive];
    if (positives > 0 && positives < rows) {
        metric.ranks = rankStatistics(scores);
        out.aucError = largestAucError(scores);
    }
    return out;
}

// Standard error of the mean of n terms.
double errorOfMean(double sum, double squares, double n) {
    return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1) / n));
}

// Standard errors, of two rows or more; rows taken as independent.
double logLossError(const SliceEvidence& e) {
    return errorOfMean(e.sums[kTermLoss], e.sums[kTermLossSquared], static_cast<double>(e.metric.rows));
}
double biasError(const SliceEvidence& e) {
    const double sum = e.metric.sumProbability - static_cast<double>(e.metric.positives);
    return errorOfMean(sum, e.sums[kTermSquaredError], static_cast<double>(e.metric.rows));
}
double brierError(const SliceEvidence& e) {
    return errorOfMean(e.sums[kTermSquaredError], e.sums[kTermFourthPower], static_cast<double>(e.metric.rows));
}
// Delta method for L/H(q), L the mean loss and q the mean label: gradient 1/H by L, −L·ln((1−q)/q)/H² by q.
double normalizedEntropyError(const SliceEvidence& e) {
    const double n = static_cast<double>(e.metric.rows), positives = static_cast<double>(e.metric.positives);
    const double q = positives / n, loss = e.metric.sumLogLoss / n;
    const double entropy = -(q * std::log(q) + (1 - q) * std::log(1 - q));
    const double byLoss = 1 / entropy, byLabel = -loss * std::log((1 - q) / q) / (entropy * entropy);
    const double variance = byLoss * byLoss * (e.sums[kTermLossSquared] - n * loss * loss) +
                            byLabel * byLabel * (positives - n * q * q) +
                            2 * byLoss * byLabel * (e.sums[kTermPositiveLoss] - n * loss * q);
    return std::sqrt(std::max(0.0, variance / (n - 1) / n));
}
// As calibrationMetric() has it.
double calibrationError(const SliceEvidence& e) {
    const MetricEvidence& m = e.metric;
    const double positives = static_cast<double>(m.positives), n = static_cast<double>(m.rows);
    const double ratio = m.sumProbability / positives;
    const double squares = m.sumSquaredError + 2 * m.sumPositiveProbability - positives;
    const double residuals = squares - 2 * ratio * m.sumPositiveProbability + ratio * ratio * positives;
    return std::sqrt(std::max(0.0, residuals) * n / (n - 1)) / positives;
}
double aucError(const SliceEvidence& e) {
    return e.metric.ranks.hasVariance ? std::sqrt(e.metric.ranks.variance) : std::nan("");
}

struct SliceMetric {
    const char *key, *title;  // key: of THE TABLE OF METRICS
    double (*standardError)(const SliceEvidence&);
    double least, most;  // that the figure may be
};
constexpr double kNoLimit95 = 1e308;
constexpr SliceMetric kSliceMetrics[] = {
    {"auc", "AUC", aucError, 0, 1},
    {"log_loss", "Log loss", logLossError, 0, kNoLimit95},
    {"normalized_entropy", "Normalized entropy", normalizedEntropyError, 0, kNoLimit95},
    {"calibration", "Calibration", calibrationError, 0, kNoLimit95},
    {"bias", "Bias", biasError, -1, 1},
    {"brier", "Brier score", brierError, 0, 1}};

const Metric& metricOf(std::string_view key) {
    const auto table = metricTable();
    return *std::find_if(table.begin(), table.end(), [key](const Metric& metric) { return key == metric.key; });
}

// A figure with what its interval is made of; no error where it has no interval.
struct Measured {
    std::optional<double> value, error;
    double open = 0;  // by how much the value itself may be another
    std::string note;
};

Measured measured(const SliceMetric& metric, const SliceEvidence& e) {
    Measured out;
    if (e.metric.rows == 0) return {{}, {}, 0, "no rows"};
    MetricFigure figure = metricOf(metric.key).compute(e.metric);
    out.value = figure.value;
    out.note = std::move(figure.note);
    if (!out.value) return out;
    if (metric.standardError == aucError) out.open = e.aucError;
    const double error = e.metric.rows > 1 ? metric.standardError(e) : std::nan("");
    if (std::isfinite(error)) out.error = error;
    return out;
}

SliceFigure sliceFigure(const SliceMetric& metric, const SliceEvidence& slice, const SliceEvidence& rest) {
    const Measured of = measured(metric, slice), others = measured(metric, rest);
    SliceFigure out{metric.key, metric.title, of.value, {}, {}, {}, {}, {}, of.open, of.note};
    if (of.value && of.error) {
        const double half = kNormal95 * *of.error + of.open;
        out.low = std::max(metric.least, *of.value - half);
        out.high = std::min(metric.most, *of.value + half);
    }
    if (!of.value || !others.value) return out;
    out.difference = *of.value - *others.value;
    if (!of.error || !others.error) return out;
    const double half = kNormal95 * std::hypot(*of.error, *others.error) + of.open + others.open;
    out.differenceLow = *out.difference - half;
    out.differenceHigh = *out.difference + half;
    return out;
}

Sums sumsOf(const SliceSums& slice) {
    Sums out;
    for (std::size_t t = 0; t < kSliceTerms; ++t) out[t] = slice.sum(t);
    return out;
}

// `all` without `part`, both ascending.
std::vector<TiedScores> without(const std::vector<TiedScores>& all, const std::vector<TiedScores>& part) {
    std::vector<TiedScores> out;
    auto less = part.begin();
    for (TiedScores scores : all) {
        if (less != part.end() && less->place == scores.place) {
            scores.negatives -= less->negatives;
            scores.positives -= less->positives;
            ++less;
        }
        if (scores.negatives > 0 || scores.positives > 0) out.push_back(scores);
    }
    return out;
}

std::string whyNotJudged(const SliceResult& slice, const SliceLimits& limits) {
    if (slice.rows == 0) return "no rows";
    if (slice.rows < limits.rows) return fmt::format("fewer than {} rows", thousands(limits.rows));
    if (slice.positives < limits.positives) return fmt::format("fewer than {} positive", thousands(limits.positives));
    if (slice.positives == 0) return "none positive";
    return slice.positives == slice.rows ? "all positive" : "";
}

}  // namespace

std::vector<SliceResult> sliceResults(const SlicePartition& partition, const std::vector<SliceSums>& classes,
                                      const SliceLimits& limits) {
    SliceSums all;
    for (const SliceSums& one : classes) all.add(one);
    const Sums allSums = sumsOf(all);
    const std::vector<TiedScores> allScores = all.scores().counts();
    std::vector<SliceResult> out;
    for (std::size_t i = 0; i < partition.listed(); ++i) {
        SliceResult& slice = out.emplace_back();
        slice.slice = partition.sentence(i);
        slice.group = partition.group();
        slice.rows = classes[i].rows();
        slice.positives = classes[i].positives();
        slice.share = all.rows() > 0 ? static_cast<double>(slice.rows) / static_cast<double>(all.rows()) : 0;
        slice.notJudged = whyNotJudged(slice, limits);
        slice.judged = slice.notJudged.empty();
        const Sums sums = sumsOf(classes[i]);
        const std::vector<TiedScores> scores = classes[i].scores().counts();
        Sums restSums = allSums;
        for (std::size_t t = 0; t < kSliceTerms; ++t) restSums[t].subtract(sums[t]);
        const SliceEvidence own = evidenceOf(slice.rows, slice.positives, sums, scores);
        const SliceEvidence rest = evidenceOf(all.rows() - slice.rows, all.positives() - slice.positives, restSums,
                                              without(allScores, scores));
        for (const SliceMetric& metric : kSliceMetrics) slice.figures.push_back(sliceFigure(metric, own, rest));
    }
    return out;
}

std::vector<GroupCalibration> calibrationByGroup(const std::vector<SliceResult>& slices) {
    std::vector<GroupCalibration> out;
    std::vector<double> rows;
    for (const SliceResult& slice : slices) {
        if (slice.group.empty() || slice.rows == 0) continue;
        // Those of a key stand beside each other.
        if (out.empty() || out.back().group != slice.group) {
            out.push_back({slice.group, 0, 0});
            rows.push_back(0);
        }
        const auto n = static_cast<double>(slice.rows);
        ++out.back().slices;
        out.back().error += std::fabs(*slice.find("bias")->value) * n;
        rows.back() += n;
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i].error /= rows[i];
    std::stable_sort(out.begin(), out.end(),
                     [](const GroupCalibration& a, const GroupCalibration& b) { return a.error > b.error; });
    return out;
}

}  // namespace dlrm
