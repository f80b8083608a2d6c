// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/tables/norm_summary.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

constexpr std::size_t kPictureBins = 32;
constexpr std::size_t kHalfBits = 16, kHalves = std::size_t{1} << kHalfBits;

// The `ranks`-th smallest finite norms (ascending ranks). Norms are not negative, so their bits order as they do: first
// the upper 16 bits are counted, then the lower ones of those values that share them with a wanted rank.
std::vector<float> selectRanks(std::span<const float> norms, std::span<const std::int64_t> ranks) {
    std::vector<std::int64_t> upper(kHalves);
    for (const float v : norms)
        if (std::isfinite(v)) ++upper[std::bit_cast<std::uint32_t>(v) >> kHalfBits];
    struct Wanted {
        std::uint32_t upper = 0;
        std::int64_t rank = 0;  // within its upper half
    };
    std::vector<Wanted> wanted;
    std::int64_t before = 0;
    std::size_t half = 0;
    for (const std::int64_t rank : ranks) {
        while (before + upper[half] <= rank) before += upper[half++];
        wanted.push_back({static_cast<std::uint32_t>(half), rank - before});
    }
    std::vector<std::vector<std::int64_t>> lower;
    std::vector<std::int32_t> slot(kHalves, -1);
    for (const Wanted& w : wanted)
        if (slot[w.upper] < 0) {
            slot[w.upper] = static_cast<std::int32_t>(lower.size());
            lower.emplace_back(kHalves);
        }
    for (const float v : norms) {
        const auto bits = std::bit_cast<std::uint32_t>(v);
        if (std::isfinite(v) && slot[bits >> kHalfBits] >= 0)
            ++lower[static_cast<std::size_t>(slot[bits >> kHalfBits])][bits & (kHalves - 1)];
    }
    std::vector<float> out;
    for (const Wanted& w : wanted) {
        const auto& counts = lower[static_cast<std::size_t>(slot[w.upper])];
        std::int64_t left = w.rank;
        std::uint32_t low = 0;
        while (left >= counts[low]) left -= counts[low++];
        out.push_back(std::bit_cast<float>(w.upper << kHalfBits | low));
    }
    return out;
}

}  // namespace

NormSummary summarizeNorms(std::span<const float> norms) {
    NormSummary out;
    double sum = 0;
    for (const float v : norms) {
        if (!std::isfinite(v)) continue;
        ++out.rows;
        sum += v;
    }
    out.leftOut = static_cast<std::int64_t>(norms.size()) - out.rows;
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    if (out.rows == 0) {
        out.mean = out.standardDeviation = std::numeric_limits<double>::quiet_NaN();
        out.min = out.max = out.p01 = out.p05 = out.p50 = out.p95 = out.p99 = kNone;
        return out;
    }
    out.mean = sum / static_cast<double>(out.rows);
    constexpr std::array<int, 7> kPercents{0, 1, 5, 50, 95, 99, 100};
    std::vector<std::int64_t> ranks;  // of the neighbours of each percentile
    for (const int p : kPercents)
        for (const int next : {0, 1}) ranks.push_back(std::min(p * (out.rows - 1) / 100 + next, out.rows - 1));
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    const std::vector<float> selected = selectRanks(norms, ranks);
    const auto ofRank = [&](std::int64_t rank) {
        return static_cast<double>(selected[static_cast<std::size_t>(
            std::lower_bound(ranks.begin(), ranks.end(), std::min(rank, out.rows - 1)) - ranks.begin())]);
    };
    const auto at = [&](std::size_t i) {
        const std::int64_t hundredths = kPercents[i] * (out.rows - 1);
        const double low = ofRank(hundredths / 100), high = ofRank(hundredths / 100 + 1);
        return static_cast<float>(low + (high - low) * static_cast<double>(hundredths % 100) / 100);
    };
    out.min = at(0);
    out.p01 = at(1);
    out.p05 = at(2);
    out.p50 = at(3);
    out.p95 = at(4);
    out.p99 = at(5);
    out.max = at(6);
    out.histogram.resize(kPictureBins);
    const double scale =
        out.max > out.min ? static_cast<double>(kPictureBins) / (static_cast<double>(out.max) - out.min) : 0;
    double squares = 0;
    for (const float v : norms) {
        if (!std::isfinite(v)) continue;
        squares += (v - out.mean) * (v - out.mean);
        ++out.histogram[std::min(static_cast<std::size_t>((static_cast<double>(v) - out.min) * scale),
                                 kPictureBins - 1)];
    }
    out.standardDeviation = std::sqrt(squares / static_cast<double>(out.rows));
    return out;
}

NormSummary summarizeNorms(std::span<const float> norms, std::span<const std::uint64_t> without) {
    std::vector<float> rest;
    for (std::size_t id = 0; id < norms.size(); ++id)
        if ((without[id / 64] >> (id % 64) & 1u) == 0 && norms[id] != 0) rest.push_back(norms[id]);
    return summarizeNorms(rest);
}

void summarize(TableStatistics& s) {
    const auto count = static_cast<double>(s.scan.finite);
    s.mean = s.scan.sum / count;  // NaN for 0 / 0
    s.standardDeviation = std::sqrt(std::max(0.0, s.scan.sumSquares / count - s.mean * s.mean));
    if (s.scan.finite == 0) s.standardDeviation = std::numeric_limits<double>::quiet_NaN();
    s.norms = summarizeNorms(s.scan.norms);
    s.spectrum = spectrumOf(s.gram);
    s.trainedSpectrum = spectrumOf(s.trainedGram);
}

std::vector<double> TableStatistics::meanVector() const {
    std::vector<double> out = gram.sums;
    for (double& v : out) v = gram.rows > 0 ? v / static_cast<double>(gram.rows) : 0;
    return out;
}

double TableStatistics::normPercentile(float norm) const {
    if (norms.rows == 0) return 0;
    const auto smaller = std::count_if(scan.norms.begin(), scan.norms.end(), [&](float v) { return v < norm; });
    return static_cast<double>(smaller) / static_cast<double>(norms.rows);
}

}  // namespace dlrm
