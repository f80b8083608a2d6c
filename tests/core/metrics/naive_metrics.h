// SPDX-License-Identifier: Apache-2.0
// Metrics as their definitions read, in double and without any cleverness: the twins the fast ones are compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <vector>

namespace naive {

struct Rows {
    std::vector<float> logits;
    std::vector<std::uint8_t> labels;
};

inline double sigmoid(double z) { return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z)); }

inline double positives(const Rows& r) { return std::accumulate(r.labels.begin(), r.labels.end(), 0.0); }

// How a positive's score compares with a negative's: 1, ½ or 0.
inline double psi(float positive, float negative) {
    return positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
}

struct Auc {
    double value = 0, variance = 0;
};

// O(P·N): the placement of every row among the other class, and DeLong, DeLong & Clarke-Pearson 1988 from those.
inline Auc auc(const Rows& r) {
    std::vector<float> pos, neg;
    for (std::size_t i = 0; i < r.logits.size(); ++i) (r.labels[i] ? pos : neg).push_back(r.logits[i]);
    std::vector<double> v10(pos.size()), v01(neg.size());
    for (std::size_t i = 0; i < pos.size(); ++i)
        for (std::size_t j = 0; j < neg.size(); ++j) {
            v10[i] += psi(pos[i], neg[j]) / static_cast<double>(neg.size());
            v01[j] += psi(pos[i], neg[j]) / static_cast<double>(pos.size());
        }
    Auc out;
    for (const double v : v10) out.value += v / static_cast<double>(v10.size());
    const auto variance = [&](const std::vector<double>& v) {
        double sum = 0;
        for (const double x : v) sum += (x - out.value) * (x - out.value);
        return sum / static_cast<double>(v.size() - 1) / static_cast<double>(v.size());
    };
    out.variance = variance(v10) + variance(v01);
    return out;
}

inline double logLoss(const Rows& r) {
    double sum = 0;
    for (std::size_t i = 0; i < r.logits.size(); ++i) {
        const double z = r.labels[i] ? -static_cast<double>(r.logits[i]) : static_cast<double>(r.logits[i]);
        sum += std::max(z, 0.0) + std::log1p(std::exp(-std::fabs(z)));
    }
    return sum / static_cast<double>(r.logits.size());
}

inline double brier(const Rows& r) {
    double sum = 0;
    for (std::size_t i = 0; i < r.logits.size(); ++i) sum += std::pow(sigmoid(r.logits[i]) - r.labels[i], 2);
    return sum / static_cast<double>(r.logits.size());
}

inline double sumProbability(const Rows& r) {
    double sum = 0;
    for (const float z : r.logits) sum += sigmoid(z);
    return sum;
}

// Σ (R_k − R_{k−1})·P_k over distinct thresholds, falling.
inline double averagePrecision(const Rows& r) {
    std::map<float, std::pair<double, double>, std::greater<>> byScore;  // rows, positives
    for (std::size_t i = 0; i < r.logits.size(); ++i) {
        byScore[r.logits[i]].first += 1;
        byScore[r.logits[i]].second += r.labels[i];
    }
    double rows = 0, tp = 0, sum = 0;
    for (const auto& [score, count] : byScore) {
        rows += count.first;
        tp += count.second;
        sum += count.second / positives(r) * (tp / rows);
    }
    return sum;
}

// Bin b starts at the score of rank ⌊b·n/bins⌋; equal scores share a bin.
inline double ece(const Rows& r, std::size_t bins) {
    std::vector<std::pair<float, std::uint8_t>> rows;
    for (std::size_t i = 0; i < r.logits.size(); ++i) rows.emplace_back(r.logits[i], r.labels[i]);
    std::sort(rows.begin(), rows.end());
    std::vector<float> starts;
    for (std::size_t b = 0; b < bins; ++b) starts.push_back(rows[b * rows.size() / bins].first);
    std::vector<double> p(bins), y(bins);
    for (const auto& [z, label] : rows) {
        std::size_t bin = 0;
        for (std::size_t b = 0; b < bins; ++b)
            if (z >= starts[b]) bin = b;
        p[bin] += sigmoid(z);
        y[bin] += label;
    }
    double sum = 0;
    for (std::size_t b = 0; b < bins; ++b) sum += std::fabs(p[b] - y[b]);
    return sum / static_cast<double>(rows.size());
}

// Keras' definition, not its shortcut: for each of 8,000 thresholds count the probabilities above it; trapezoids
// between.
inline double tf8000(const Rows& r) {
    const int n = 8000;
    std::vector<double> tp(n), fp(n), p;
    for (const float z : r.logits) p.push_back(sigmoid(z));
    for (int k = 0; k < n; ++k) {
        const double threshold = k == 0 ? -1e-7 : k == n - 1 ? 1 + 1e-7 : static_cast<double>(k) / (n - 1);
        for (std::size_t i = 0; i < r.logits.size(); ++i)
            if (p[i] > threshold) (r.labels[i] ? tp : fp)[static_cast<std::size_t>(k)] += 1;
    }
    const double all = positives(r), none = static_cast<double>(r.logits.size()) - all;
    double area = 0;
    for (std::size_t k = 0; k + 1 < tp.size(); ++k) area += (fp[k] - fp[k + 1]) / none * (tp[k] + tp[k + 1]) / 2 / all;
    return area;
}

// Rows whose labels follow their scores loosely. levels > 0: scores rounded so that about that many distinct ones
// remain (ties).
inline Rows randomRows(std::size_t n, unsigned seed, int levels = 0) {
    std::mt19937_64 random(seed);
    Rows r;
    for (std::size_t i = 0; i < n; ++i) {
        const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
        double z = -1.2 + 1.1 * (uniform() + uniform() + uniform() + uniform() - 2) * 1.7;
        if (levels > 0) z = std::round(z * levels / 8) * 8 / levels;
        r.logits.push_back(static_cast<float>(z));
        r.labels.push_back(uniform() < sigmoid(z * 1.2 - 0.1));
    }
    return r;
}

}  // namespace naive
