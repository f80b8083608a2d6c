// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/hypotheses.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr double kStandardErrorsToWin = 5;

struct MeanAndError {
    double mean = 0, standardError = 0;
};

template <class ValueOfRow>
MeanAndError meanOf(std::size_t rows, ValueOfRow value) {
    MeanAndError out;
    const auto n = static_cast<double>(rows);
    for (std::size_t r = 0; r < rows; ++r) out.mean += value(r);
    out.mean /= n;
    double square = 0;
    for (std::size_t r = 0; r < rows; ++r) square += (value(r) - out.mean) * (value(r) - out.mean);
    out.standardError = rows > 1 ? std::sqrt(square / (n - 1) / n) : 0;
    return out;
}

}  // namespace

std::string_view name(TableOrder order) { return order == TableOrder::AsIs ? "as_is" : "by_cardinality"; }

std::vector<int> interactionTables(const ModelSpec& spec, TableOrder order) {
    std::vector<int> plain(spec.tables.size());
    std::iota(plain.begin(), plain.end(), 0);
    std::vector<int> sorted = plain;
    std::stable_sort(sorted.begin(), sorted.end(), [&](int a, int b) { return spec.tables[static_cast<std::size_t>(a)].rows > spec.tables[static_cast<std::size_t>(b)].rows; });
    if (order == TableOrder::ByCardinality) return sorted;
    return spec.interactionTableOrder != sorted ? spec.interactionTableOrder : plain;
}

Ranking rank(std::vector<TestedHypothesis> tested, std::span<const std::uint8_t> labels) {
    Ranking out;
    for (TestedHypothesis& t : tested) {
        if (t.losses.empty()) continue;
        const auto own = meanOf(t.losses.size(), [&](std::size_t r) { return t.losses[r]; });
        t.hypothesis.logLoss = own.mean;
        t.hypothesis.standardError = own.standardError;
    }
    std::stable_sort(tested.begin(), tested.end(), [](const TestedHypothesis& a, const TestedHypothesis& b) {
        if (a.losses.empty() != b.losses.empty()) return b.losses.empty();
        return !a.losses.empty() && a.hypothesis.logLoss < b.hypothesis.logLoss;
    });
    if (tested.empty() || tested.front().losses.empty()) {
        out.reason = "No reading of the data is possible with this model.";
        for (TestedHypothesis& t : tested) out.hypotheses.push_back(std::move(t.hypothesis));
        return out;
    }
    const std::vector<double>& best = tested.front().losses;
    bool clear = true;
    for (std::size_t i = 1; i < tested.size() && !tested[i].losses.empty(); ++i) {
        Hypothesis& h = tested[i].hypothesis;
        const auto difference = meanOf(best.size(), [&](std::size_t r) { return tested[i].losses[r] - best[r]; });
        h.behind = difference.mean;
        h.behindStandardError = difference.standardError;
        clear = clear && h.behind > 0 && h.behind >= kStandardErrorsToWin * h.behindStandardError;
    }
    const double p = static_cast<double>(std::accumulate(labels.begin(), labels.end(), std::int64_t{0})) / static_cast<double>(labels.size());
    const double entropy = p > 0 && p < 1 ? -(p * std::log(p) + (1 - p) * std::log1p(-p)) : 0;
    out.normalizedEntropy = entropy > 0 ? tested.front().hypothesis.logLoss / entropy : 0;
    const bool better = entropy > 0 && out.normalizedEntropy < 1;
    out.decided = clear && better;
    if (out.decided) out.reason = fmt::format("It beats every other reading by {} standard errors or more.", kStandardErrorsToWin);
    else if (!better) out.reason = "Undecided: the best reading predicts no better than the mean click rate (normalized entropy 1 or more).";
    else out.reason = fmt::format("Undecided: the best reading does not beat every other one by {} standard errors; more rows may decide.", kStandardErrorsToWin);
    for (TestedHypothesis& t : tested) out.hypotheses.push_back(std::move(t.hypothesis));
    return out;
}

}  // namespace dlrm
