// SPDX-License-Identifier: Apache-2.0
// Feeds every batch once through the vectorised pass and keeps its keys; sorts and walks them when the exact report is
// asked for.
#include "core/metrics/metric_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>

#include <fmt/format.h>

#include "core/metrics/curves.h"
#include "core/metrics/key_store.h"
#include "core/metrics/metric.h"
#include "core/metrics/score_bins.h"
#include "core/metrics/score_pass.h"

namespace dlrm {
namespace {

constexpr std::uint32_t kExponentMask = 0x7F800000u;

bool isFinite(float x) { return (std::bit_cast<std::uint32_t>(x) & kExponentMask) != kExponentMask; }

Result<void> check(std::span<const float> logits, std::span<const std::uint8_t> labels, std::int64_t firstRow) {
    unsigned bad = 0;
    for (const float logit : logits) bad |= !isFinite(logit);
    for (const std::uint8_t label : labels) bad |= label > 1;
    if (!bad) return {};
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const std::int64_t row = firstRow + static_cast<std::int64_t>(i);
        if (!isFinite(logits[i]))
            return fail(Error("E-METRIC-001", "A predicted logit is not a finite number.")
                            .atRow(row)
                            .butExpected("a finite logit")
                            .butFound(fmt::format("{}", logits[i]))
                            .withRemedy("Look for NaN or infinite weights in the checkpoint and for extreme numerical "
                                        "features in this row."));
        if (labels[i] > 1)
            return fail(Error("E-METRIC-002", "A label is neither 0 nor 1.")
                            .atRow(row)
                            .butExpected("0 or 1")
                            .butFound(fmt::format("{}", labels[i]))
                            .withRemedy("Check which column of the dataset holds the click label."));
    }
    return {};
}

// Interim ranks: scores of one bucket count as tied.
RankStatistics bucketRanks(const ScoreBuckets& buckets, std::int64_t positives, std::int64_t negatives) {
    double pairs = 0, precision = 0, above = 0, falseAbove = 0;
    for (auto bucket = buckets.counts.rbegin(); bucket != buckets.counts.rend(); ++bucket) {
        const auto n = static_cast<double>((*bucket)[0]), p = static_cast<double>((*bucket)[1]);
        pairs += n * (above + 0.5 * p);
        above += p;
        falseAbove += n;
        if (p > 0) precision += p * (above / (above + falseAbove));
    }
    RankStatistics out;
    out.auc = pairs / static_cast<double>(positives) / static_cast<double>(negatives);
    out.averagePrecision = precision / static_cast<double>(positives);
    return out;
}

}  // namespace

struct MetricSet::State {
    KeyStore positives, negatives;
    ScoreSums sums;
    ScoreBuckets buckets;

    std::int64_t rows() const { return positives.size() + negatives.size(); }
    void addBlock(const float* logits, const std::uint8_t* labels, std::int64_t n);
    MetricReport report(bool interim);
};

void MetricSet::State::addBlock(const float* logits, const std::uint8_t* labels, std::int64_t n) {
    ScoreKey* positive = positives.room(n);
    ScoreKey* negative = negatives.room(n);
    std::array<std::int32_t, kScorePassRows> bucket;
    scorePass(logits, labels, n, sums, bucket.data());
    std::int64_t p = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const ScoreKey key = keyOf(logits[i]);
        const std::int64_t label = labels[i];
        positive[p] = key;
        negative[i - p] = key;
        p += label;
        ++buckets
              .counts[static_cast<std::size_t>(bucket[static_cast<std::size_t>(i)])][static_cast<std::size_t>(label)];
    }
    positives.appended(p);
    negatives.appended(n - p);
}

MetricReport MetricSet::State::report(bool interim) {
    MetricReport out;
    out.rows = rows();
    out.positives = positives.size();
    MetricEvidence evidence;
    evidence.interim = interim;
    evidence.rows = out.rows;
    evidence.positives = out.positives;
    evidence.sumLogLoss = sums.logLoss.value();
    evidence.sumSquaredError = sums.squaredError.value();
    evidence.sumProbability = sums.probability.value();
    evidence.sumPositiveProbability = sums.positiveProbability.value();
    evidence.buckets = &buckets;
    const bool bothClasses = out.positives > 0 && out.positives < out.rows;
    if (interim) {
        if (bothClasses) evidence.ranks = bucketRanks(buckets, out.positives, out.rows - out.positives);
        evidence.bins = equalMassBins(buckets, kEceBins);
        out.histogram = scoreHistogram(buckets);
        addCurves(out, buckets);
    } else {
        const auto positiveKeys = positives.sorted();
        const auto negativeKeys = negatives.sorted();
        if (bothClasses) evidence.ranks = rankStatistics(positiveKeys, negativeKeys);
        evidence.bins = equalMassBins(positiveKeys, negativeKeys, kEceBins);
        out.histogram = scoreHistogram(positiveKeys, negativeKeys);
        addCurves(out, positiveKeys, negativeKeys);
    }
    out.metrics = computeMetrics(evidence);
    out.reliability = reliabilityBins(evidence.bins, kReliabilityBins);
    out.eceBins = eceBinsOf(evidence.bins);
    const BrierParts parts = brierParts(evidence.bins);
    out.brierReliability = parts.reliability;
    out.brierResolution = parts.resolution;
    out.brierUncertainty = parts.uncertainty;
    return out;
}

MetricSet::MetricSet() : m_state(std::make_unique<State>()) {}
MetricSet::~MetricSet() = default;
MetricSet::MetricSet(MetricSet&&) noexcept = default;
MetricSet& MetricSet::operator=(MetricSet&&) noexcept = default;

Result<void> MetricSet::add(std::span<const float> logits, std::span<const std::uint8_t> labels,
                            std::int64_t firstRow) {
    DLRM_TRY(check(logits, labels, firstRow));
    const auto rows = static_cast<std::int64_t>(logits.size());
    try {
        for (std::int64_t first = 0; first < rows; first += kScorePassRows)
            m_state->addBlock(logits.data() + first, labels.data() + first, std::min(kScorePassRows, rows - first));
    } catch (const std::bad_alloc&) {
        return fail(Error("E-METRIC-003", "Not enough memory to keep the scores of all rows.")
                        .atRow(firstRow)
                        .butExpected(fmt::format("{} bytes, 4 a row", 4 * (m_state->rows() + rows)))
                        .withRemedy("Evaluate fewer rows or close other programs."));
    }
    return {};
}

void MetricSet::merge(MetricSet&& other) {
    m_state->positives.take(std::move(other.m_state->positives));
    m_state->negatives.take(std::move(other.m_state->negatives));
    m_state->sums.add(other.m_state->sums);
    m_state->buckets.add(other.m_state->buckets);
    other.m_state = std::make_unique<State>();
}

std::span<const ScoreKey> MetricSet::keys(int label) {
    return (label == 1 ? m_state->positives : m_state->negatives).sorted();
}

void MetricSet::addKeys(std::span<const ScoreKey> keys, int label) {
    std::array<std::uint8_t, kScorePassRows> labels;
    labels.fill(static_cast<std::uint8_t>(label));
    std::array<float, kScorePassRows> logits;
    while (!keys.empty()) {
        const auto block = keys.first(std::min<std::size_t>(keys.size(), kScorePassRows));
        std::transform(block.begin(), block.end(), logits.begin(), logitOf);
        m_state->addBlock(logits.data(), labels.data(), std::ssize(block));
        keys = keys.subspan(block.size());
    }
}

std::int64_t MetricSet::rows() const { return m_state->rows(); }

Result<void> MetricSet::prepare(const std::stop_token& stop) {
    try {
        if (!m_state->positives.sort(stop) || !m_state->negatives.sort(stop)) return cancelled();
    } catch (const std::bad_alloc&) {
        // report() meets it again and falls back to the buckets.
    }
    return {};
}

MetricReport MetricSet::report(bool interim) {
    try {
        return m_state->report(interim);
    } catch (const std::bad_alloc&) {
        MetricReport out = m_state->report(true);
        for (MetricValue& metric : out.metrics)
            if (!metric.note.empty() && metric.value)
                metric.note = "not enough memory to sort the scores: from 8,000 score bins";
        return out;
    }
}

}  // namespace dlrm
