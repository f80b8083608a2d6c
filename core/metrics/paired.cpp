// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/paired.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <tbb/parallel_for.h>

#include "core/metrics/centred_squares.h"
#include "core/metrics/exact_sum.h"
#include "core/metrics/metric.h"
#include "core/metrics/probability.h"
#include "core/metrics/score_key.h"

namespace dlrm {
namespace {

constexpr std::size_t kPairsPerBlock = 1 << 16;
constexpr std::size_t kPsiBins = 10;

// Σx and Σx² of integers.
struct IntegerSums {
    __int128 sum = 0;
    unsigned __int128 squares = 0;
    void add(std::int64_t x) {
        sum += x;
        const auto size = static_cast<std::uint64_t>(x < 0 ? -x : x);
        squares += static_cast<unsigned __int128>(size) * size;
    }
    void add(const IntegerSums& other) {
        sum += other.sum;
        squares += other.squares;
    }
    double centred(std::int64_t count) const {
        return centredSquares(count, static_cast<unsigned __int128>(sum < 0 ? -sum : sum), squares);
    }
};

// Of a difference between two values of each row.
struct DifferenceSums {
    ExactSum sum, squares;
    void add(double x) {
        sum.add(x);
        squares.add(x * x);
    }
    void add(const DifferenceSums& other) {
        sum.add(other.sum);
        squares.add(other.squares);
    }
};

struct BlockSums {
    IntegerSums positives, negatives;  // doubled placements, B's less A's
    DifferenceSums logLoss, squaredError, probability;
    ExactSum probabilityOfClicked;  // of the differences
    ExactSum change, za, zb, zaa, zbb, zab;
    double largestChange = 0, largestLogitChange = 0;
    std::int64_t flips = 0;
    std::vector<Disagreement> disagreeing;

    void add(const BlockSums& other) {
        positives.add(other.positives);
        negatives.add(other.negatives);
        logLoss.add(other.logLoss);
        squaredError.add(other.squaredError);
        probability.add(other.probability);
        probabilityOfClicked.add(other.probabilityOfClicked);
        for (ExactSum BlockSums::*one :
             {&BlockSums::change, &BlockSums::za, &BlockSums::zb, &BlockSums::zaa, &BlockSums::zbb, &BlockSums::zab})
            (this->*one).add(other.*one);
        largestChange = std::max(largestChange, other.largestChange);
        largestLogitChange = std::max(largestLogitChange, other.largestLogitChange);
        flips += other.flips;
    }
};

double changeOf(const Disagreement& d) {
    return std::fabs(sigmoid(static_cast<double>(d.b)) - sigmoid(static_cast<double>(d.a)));
}

void keepMostDisagreeing(std::vector<Disagreement>& rows) {
    const std::size_t keep = std::min(rows.size(), kMostDisagreeing);
    std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(keep), rows.end(),
                      [](const Disagreement& x, const Disagreement& y) {
                          const double dx = changeOf(x), dy = changeOf(y);
                          return dx != dy ? dx > dy : x.row < y.row;
                      });
    rows.resize(keep);
    rows.shrink_to_fit();  // of a block's rows a few are kept
}

// Sorted keys of both classes of one model.
struct ClassKeys {
    std::span<const ScoreKey> negatives, positives;
    explicit ClassKeys(MetricSet& set) : negatives(set.keys(0)), positives(set.keys(1)) {}

    // Rows with at most this score.
    std::int64_t upTo(ScoreKey key) const {
        return (std::upper_bound(negatives.begin(), negatives.end(), key) - negatives.begin()) +
               (std::upper_bound(positives.begin(), positives.end(), key) - positives.begin());
    }
    std::int64_t rows() const { return std::ssize(negatives) + std::ssize(positives); }
    // The score of this rank, from 0.
    ScoreKey atRank(std::int64_t rank) const {
        ScoreKey low = 0, high = std::numeric_limits<ScoreKey>::max();
        while (low < high) {
            const ScoreKey middle = low + (high - low) / 2;
            if (upTo(middle) > rank) high = middle;
            else low = middle + 1;
        }
        return low;
    }
};

// Of a positive: 2 · (negatives below) + (negatives beside it); of a negative, positives above it.
std::int64_t placement(const ClassKeys& keys, ScoreKey key, bool positive) {
    const auto [first, last] = positive ? std::equal_range(keys.negatives.begin(), keys.negatives.end(), key)
                                        : std::equal_range(keys.positives.begin(), keys.positives.end(), key);
    return positive ? (first - keys.negatives.begin()) + (last - keys.negatives.begin())
                    : (keys.positives.end() - first) + (keys.positives.end() - last);
}

double logLossOf(double logit, bool clicked) {
    const double z = clicked ? -logit : logit;
    return std::max(z, 0.0) + std::log1p(std::exp(-std::fabs(z)));
}

BlockSums sumsOf(const ScorePairs& pairs, std::size_t first, std::size_t last, const ClassKeys& a, const ClassKeys& b,
                 double threshold) {
    BlockSums out;
    for (std::size_t i = first; i < last; ++i) {
        const bool clicked = pairs.labels[i] != 0;
        const float fa = pairs.a[i], fb = pairs.b[i];
        const auto za = static_cast<double>(fa), zb = static_cast<double>(fb), y = clicked ? 1.0 : 0.0;
        const double pa = sigmoid(za), pb = sigmoid(zb), change = std::fabs(pb - pa);
        (clicked ? out.positives : out.negatives)
            .add(placement(b, keyOf(fb), clicked) - placement(a, keyOf(fa), clicked));
        out.logLoss.add(logLossOf(zb, clicked) - logLossOf(za, clicked));
        out.squaredError.add((pb - y) * (pb - y) - (pa - y) * (pa - y));
        out.probability.add(pb - pa);
        if (clicked) out.probabilityOfClicked.add(pb - pa);
        out.change.add(change);
        out.za.add(za);
        out.zb.add(zb);
        out.zaa.add(za * za);
        out.zbb.add(zb * zb);
        out.zab.add(za * zb);
        out.largestChange = std::max(out.largestChange, change);
        out.largestLogitChange = std::max(out.largestLogitChange, std::fabs(zb - za));
        out.flips += (pa >= threshold) != (pb >= threshold);
        out.disagreeing.push_back({static_cast<std::int64_t>(i), fa, fb, clicked});
    }
    keepMostDisagreeing(out.disagreeing);
    return out;
}

// An empty share counts as half a row.
double psiOf(const ClassKeys& a, const ClassKeys& b) {
    const auto rows = static_cast<double>(a.rows());
    double out = 0;
    std::int64_t doneA = 0, doneB = 0;
    for (std::size_t bin = 1; bin <= kPsiBins; ++bin) {
        const bool top = bin == kPsiBins;
        const ScoreKey edge =
            top ? std::numeric_limits<ScoreKey>::max()
                : a.atRank(a.rows() * static_cast<std::int64_t>(bin) / static_cast<std::int64_t>(kPsiBins));
        // Of the rows below the edge, so that a score that many share is in one bin.
        const std::int64_t endA = top ? a.rows() : (edge > 0 ? a.upTo(edge - 1) : 0),
                           endB = top ? b.rows() : (edge > 0 ? b.upTo(edge - 1) : 0);
        const std::int64_t inA = endA - doneA, inB = endB - doneB;
        doneA = endA;
        doneB = endB;
        if (inA == 0 && inB == 0) continue;
        const double shareA = std::max(0.5, static_cast<double>(inA)) / rows,
                     shareB = std::max(0.5, static_cast<double>(inB)) / rows;
        out += (shareB - shareA) * std::log(shareB / shareA);
    }
    return out;
}

struct StandardError {
    std::optional<double> value;
    std::string note;  // why there is none
};

class Intervals {
public:
    Intervals(const BlockSums& sums, std::int64_t rows, std::int64_t positives)
        : m_sums(sums), m_rows(rows), m_positives(positives) {}

    // Of the difference of this metric.
    StandardError of(std::string_view key, double difference) const {
        if (m_rows < 2) return {{}, "no interval: it needs two rows"};
        if (key == "auc") return auc();
        if (key == "log_loss") return {ofMean(m_sums.logLoss), {}};
        if (key == "normalized_entropy") {
            const double p = rate(), q = 1 - p;
            return {ofMean(m_sums.logLoss) / -(p * std::log(p) + q * std::log(q)), {}};
        }
        if (key == "brier") return {ofMean(m_sums.squaredError), {}};
        if (key == "bias") return {ofMean(m_sums.probability), {}};
        if (key == "calibration") {
            // Of the rows' δ − Δ·y, whose mean is 0 by construction: δ = pB − pA, Δ = Σδ / Σy.
            const double squares = m_sums.probability.squares.value() -
                                   2 * difference * m_sums.probabilityOfClicked.value() +
                                   difference * difference * static_cast<double>(m_positives);
            const auto n = static_cast<double>(m_rows);
            return {std::sqrt(std::max(0.0, squares) * n / (n - 1)) / static_cast<double>(m_positives), {}};
        }
        return {{}, "no interval is known"};
    }

private:
    double rate() const { return static_cast<double>(m_positives) / static_cast<double>(m_rows); }
    double ofMean(const DifferenceSums& d) const {
        const auto n = static_cast<double>(m_rows);
        const double mean = d.sum.value() / n;
        return std::sqrt(std::max(0.0, d.squares.value() - n * mean * mean) / (n - 1) / n);
    }
    StandardError auc() const {
        const std::int64_t negatives = m_rows - m_positives;
        if (m_positives < 2 || negatives < 2) return {{}, "no interval: it needs two rows of each class"};
        const auto P = static_cast<double>(m_positives), N = static_cast<double>(negatives);
        const double s10 = m_sums.positives.centred(m_positives) / (4 * N * N) / (P - 1),
                     s01 = m_sums.negatives.centred(negatives) / (4 * P * P) / (N - 1);
        return {std::sqrt(s10 / P + s01 / N), {}};
    }

    const BlockSums& m_sums;
    const std::int64_t m_rows, m_positives;
};

}  // namespace

Result<PairedReport> comparePairs(const ScorePairs& pairs, MetricSet& a, MetricSet& b, std::optional<double> threshold,
                                  const std::stop_token& stop) {
    for (MetricSet* set : {&a, &b}) DLRM_TRY(set->prepare(stop));
    const ClassKeys keysA(a), keysB(b);
    PairedReport out;
    out.rows = std::ssize(pairs.labels);
    out.positives = std::ssize(keysA.positives);
    out.threshold = threshold.value_or(static_cast<double>(out.positives) / static_cast<double>(out.rows));
    const std::size_t blocks = (pairs.labels.size() + kPairsPerBlock - 1) / kPairsPerBlock;
    std::vector<BlockSums> parts(blocks);
    tbb::parallel_for(std::size_t{0}, blocks, [&](std::size_t block) {
        if (stop.stop_requested()) return;
        const std::size_t first = block * kPairsPerBlock;
        parts[block] =
            sumsOf(pairs, first, std::min(pairs.labels.size(), first + kPairsPerBlock), keysA, keysB, out.threshold);
    });
    if (stop.stop_requested()) return cancelled();
    BlockSums sums;
    for (const BlockSums& part : parts) {
        sums.add(part);
        out.disagreeing.insert(out.disagreeing.end(), part.disagreeing.begin(), part.disagreeing.end());
        keepMostDisagreeing(out.disagreeing);
    }
    const auto n = static_cast<double>(out.rows);
    out.flips = sums.flips;
    out.meanChange = sums.change.value() / n;
    out.largestChange = sums.largestChange;
    out.largestLogitChange = sums.largestLogitChange;
    out.psi = psiOf(keysA, keysB);
    const double meanA = sums.za.value() / n, meanB = sums.zb.value() / n;
    const double spreadA = sums.zaa.value() - n * meanA * meanA, spreadB = sums.zbb.value() - n * meanB * meanB;
    if (spreadA > 0 && spreadB > 0)
        out.correlation = std::clamp((sums.zab.value() - n * meanA * meanB) / std::sqrt(spreadA * spreadB), -1.0, 1.0);
    const MetricReport ofA = a.report(false), ofB = b.report(false);
    const Intervals intervals(sums, out.rows, out.positives);
    for (std::size_t m = 0; m < ofA.metrics.size(); ++m) {
        const MetricValue &va = ofA.metrics[m], &vb = ofB.metrics[m];
        MetricDifference one{va.key, va.title, va.value, vb.value, {}, {}, {}, va.value ? vb.note : va.note};
        if (va.value && vb.value) {
            one.difference = *vb.value - *va.value;
            const StandardError error = intervals.of(va.key, *one.difference);
            one.note = error.note;
            if (error.value) {
                one.low = *one.difference - kNormal95 * *error.value;
                one.high = *one.difference + kNormal95 * *error.value;
            }
        }
        out.metrics.push_back(std::move(one));
    }
    return out;
}

}  // namespace dlrm
