// SPDX-License-Identifier: Apache-2.0
// Cuts sorted scores (or score buckets) into bins; counts come from binary searches, sums of p from one vectorised
// pass.
#include "core/metrics/score_bins.h"

#include <algorithm>
#include <cmath>

#include <tbb/parallel_for.h>

#include "core/metrics/score_pass.h"

namespace dlrm {
namespace {

using Keys = std::span<const ScoreKey>;

std::int64_t countBelow(Keys keys, ScoreKey key) {
    return std::lower_bound(keys.begin(), keys.end(), key) - keys.begin();
}

// Keys of Σp sums are added in slices of this many, whatever the number of threads.
constexpr std::size_t kSumSlice = 1 << 16;

double sumOfProbabilities(Keys positives, Keys negatives) {
    const std::size_t slicesP = (positives.size() + kSumSlice - 1) / kSumSlice,
                      slicesN = (negatives.size() + kSumSlice - 1) / kSumSlice;
    std::vector<ExactSum> sums(slicesP + slicesN);
    tbb::parallel_for(std::size_t{0}, sums.size(), [&](std::size_t s) {
        const Keys keys = s < slicesP ? positives : negatives;
        const std::size_t from = (s < slicesP ? s : s - slicesP) * kSumSlice;
        sums[s] = dlrm::sumOfProbabilities(keys.subspan(from, std::min(kSumSlice, keys.size() - from)));
    });
    ExactSum total;
    for (const ExactSum& sum : sums) total.add(sum);
    return total.value();
}

// Wilson score interval of k successes in n trials.
void setWilson(ReliabilityBin& bin) {
    const double n = static_cast<double>(bin.rows), rate = bin.observedRate, z2 = kNormal95 * kNormal95;
    const double centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
    const double half = kNormal95 / (1 + z2 / n) * std::sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));
    bin.rateLow = bin.positives == 0 ? 0 : std::max(0.0, centre - half);
    bin.rateHigh = bin.positives == bin.rows ? 1 : std::min(1.0, centre + half);
}

}  // namespace

ScoreKey keyAtRank(Keys positives, Keys negatives, std::int64_t rank) {
    const auto p = static_cast<std::int64_t>(positives.size()), n = static_cast<std::int64_t>(negatives.size());
    // low: how many of the `rank` smallest rows are positives, positives first among ties.
    std::int64_t low = std::max<std::int64_t>(0, rank - n), high = std::min(rank, p);
    while (low < high) {
        const std::int64_t middle = (low + high) / 2;
        if (positives[static_cast<std::size_t>(middle)] <= negatives[static_cast<std::size_t>(rank - middle - 1)])
            low = middle + 1;
        else high = middle;
    }
    const std::int64_t other = rank - low;
    if (low == p) return negatives[static_cast<std::size_t>(other)];
    if (other == n) return positives[static_cast<std::size_t>(low)];
    return std::min(positives[static_cast<std::size_t>(low)], negatives[static_cast<std::size_t>(other)]);
}

std::vector<ScoreBin> equalMassBins(Keys positives, Keys negatives, int count) {
    const auto rows = static_cast<std::int64_t>(positives.size() + negatives.size());
    std::vector<ScoreBin> bins;
    if (rows == 0) return bins;
    std::int64_t p = 0, n = 0;  // rows below the bin
    for (int b = 1; b <= count; ++b) {
        std::int64_t pEnd = static_cast<std::int64_t>(positives.size()),
                     nEnd = static_cast<std::int64_t>(negatives.size());
        const std::int64_t rank = rows / count * b + rows % count * b / count;  // ⌊b·rows/count⌋ without overflow
        if (b < count && rank < rows) {
            const ScoreKey start = keyAtRank(positives, negatives, rank);
            pEnd = countBelow(positives, start);
            nEnd = countBelow(negatives, start);
        }
        if (pEnd + nEnd == p + n) continue;
        const Keys inP = positives.subspan(static_cast<std::size_t>(p), static_cast<std::size_t>(pEnd - p));
        const Keys inN = negatives.subspan(static_cast<std::size_t>(n), static_cast<std::size_t>(nEnd - n));
        ScoreBin bin;
        bin.rows = pEnd + nEnd - p - n;
        bin.positives = pEnd - p;
        bin.sumProbability = sumOfProbabilities(inP, inN);
        bin.low = probabilityOf(inP.empty()   ? inN.front()
                                : inN.empty() ? inP.front()
                                              : std::min(inP.front(), inN.front()));
        bin.high = probabilityOf(inP.empty()   ? inN.back()
                                 : inN.empty() ? inP.back()
                                               : std::max(inP.back(), inN.back()));
        bins.push_back(bin);
        p = pEnd;
        n = nEnd;
    }
    return bins;
}

std::vector<ScoreBin> equalMassBins(const ScoreBuckets& buckets, int count) {
    std::int64_t rows = 0;
    for (const auto& bucket : buckets.counts) rows += bucket[0] + bucket[1];
    std::vector<ScoreBin> bins;
    ScoreBin bin;
    std::int64_t before = 0;  // rows in bins and bin
    for (int b = 0; b < ScoreBuckets::kBuckets; ++b) {
        const auto& counts = buckets.counts[static_cast<std::size_t>(b)];
        const std::int64_t here = counts[0] + counts[1];
        if (here == 0) continue;
        if (bin.rows == 0) bin.low = ScoreBuckets::low(b);
        bin.high = ScoreBuckets::low(b + 1);
        bin.rows += here;
        bin.positives += counts[1];
        bin.sumProbability += static_cast<double>(here) * ScoreBuckets::middle(b);
        before += here;
        if (static_cast<double>(before) >= static_cast<double>(bins.size() + 1) * static_cast<double>(rows) / count) {
            bins.push_back(bin);
            bin = {};
        }
    }
    if (bin.rows > 0) bins.push_back(bin);
    return bins;
}

std::vector<ReliabilityBin> reliabilityBins(std::span<const ScoreBin> bins, int count) {
    std::int64_t rows = 0;
    for (const ScoreBin& bin : bins) rows += bin.rows;
    std::vector<ReliabilityBin> out;
    std::int64_t before = 0;
    double sumProbability = 0;
    ReliabilityBin joined;
    for (std::size_t b = 0; b < bins.size(); ++b) {
        if (joined.rows == 0) joined.low = bins[b].low;
        joined.high = bins[b].high;
        joined.rows += bins[b].rows;
        joined.positives += bins[b].positives;
        sumProbability += bins[b].sumProbability;
        before += bins[b].rows;
        // The middle of the next bin decides which of the `count` equal shares it belongs to.
        const auto share = [&](double rank) { return std::floor(rank / static_cast<double>(rows) * count); };
        const bool last = b + 1 == bins.size();
        if (!last && share(static_cast<double>(before) + 0.5 * static_cast<double>(bins[b + 1].rows)) ==
                         share(static_cast<double>(before) - 0.5 * static_cast<double>(bins[b].rows)))
            continue;
        joined.meanProbability = sumProbability / static_cast<double>(joined.rows);
        joined.observedRate = static_cast<double>(joined.positives) / static_cast<double>(joined.rows);
        setWilson(joined);
        out.push_back(joined);
        joined = {};
        sumProbability = 0;
    }
    return out;
}

BrierParts brierParts(std::span<const ScoreBin> bins) {
    double rows = 0, positives = 0;
    for (const ScoreBin& bin : bins) {
        rows += static_cast<double>(bin.rows);
        positives += static_cast<double>(bin.positives);
    }
    BrierParts parts;
    if (rows == 0) return parts;
    const double base = positives / rows;
    for (const ScoreBin& bin : bins) {
        const double n = static_cast<double>(bin.rows), rate = static_cast<double>(bin.positives) / n,
                     p = bin.sumProbability / n;
        parts.reliability += n / rows * (p - rate) * (p - rate);
        parts.resolution += n / rows * (rate - base) * (rate - base);
    }
    parts.uncertainty = base * (1 - base);
    return parts;
}

ScoreHistogram scoreHistogram(Keys positives, Keys negatives) {
    const auto counts = [](Keys keys) {
        std::vector<std::int64_t> out;
        auto from = keys.begin();
        for (int b = 1; b <= kHistogramBins; ++b) {
            const double edge = static_cast<double>(b) / kHistogramBins;
            const auto to =
                b == kHistogramBins
                    ? keys.end()
                    : std::partition_point(from, keys.end(), [&](ScoreKey key) { return probabilityOf(key) < edge; });
            out.push_back(to - from);
            from = to;
        }
        return out;
    };
    return {counts(negatives), counts(positives)};
}

ScoreHistogram scoreHistogram(const ScoreBuckets& buckets) {
    ScoreHistogram out;
    out.negatives.resize(kHistogramBins);
    out.positives.resize(kHistogramBins);
    for (int b = 0; b < ScoreBuckets::kBuckets - 1; ++b) {
        const auto bin = static_cast<std::size_t>(ScoreBuckets::middle(b) * kHistogramBins);
        out.negatives[bin] += buckets.counts[static_cast<std::size_t>(b)][0];
        out.positives[bin] += buckets.counts[static_cast<std::size_t>(b)][1];
    }
    return out;
}

}  // namespace dlrm
