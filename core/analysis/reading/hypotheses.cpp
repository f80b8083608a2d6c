// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/reading/hypotheses.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/counted.h"
#include "core/metrics/probability.h"

namespace dlrm {
namespace {

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

// softplus(z) - y·z
double logLossOf(double z, bool clicked) {
    return std::max(z, 0.0) + std::log1p(std::exp(-std::fabs(z))) - (clicked ? z : 0.0);
}

// What is added to all logits so that as many clicks are predicted as there are: Newton's steps, within bounds that
// close in.
double interceptOf(std::span<const float> logits, double clicks) {
    constexpr int kMostSteps = 80;
    const auto [least, most] = std::minmax_element(logits.begin(), logits.end());
    const double odds = std::log(clicks / (static_cast<double>(logits.size()) - clicks));
    double low = odds - static_cast<double>(*most), high = odds - static_cast<double>(*least);
    double b = std::clamp(0.0, low, high);
    for (int step = 0; step < kMostSteps && high - low > 1e-12; ++step) {
        double excess = -clicks, slope = 0;
        for (const float z : logits) {
            const double p = sigmoid(static_cast<double>(z) + b);
            excess += p;
            slope += p * (1 - p);
        }
        if (std::fabs(excess) < 1e-9 * clicks) break;
        (excess > 0 ? high : low) = b;
        const double next = slope > 0 ? b - excess / slope : low;
        b = next > low && next < high ? next : (low + high) / 2;
    }
    return b;
}

double standardErrors(const Hypothesis& h) {
    return PairedDifference{h.behind, h.behindStandardError}.standardErrors();
}

// What the readings that are not told apart differ in: "ln(x+3) and ln(x+2)"; where they differ in more than one thing,
// how many there are.
std::string tied(std::span<const TestedHypothesis* const> readings) {
    std::vector<std::vector<std::string>> aspects(4);
    const auto add = [](std::vector<std::string>& names, std::string text) {
        if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(std::move(text));
    };
    for (const TestedHypothesis* t : readings) {
        add(aspects[0], std::string(name(t->hypothesis.interaction)));
        add(aspects[1], std::string(name(t->hypothesis.reading.numerical)));
        add(aspects[2], fmt::format("ids {:+}", t->hypothesis.reading.idShift));
        add(aspects[3], fmt::format("tables {}", name(t->hypothesis.tableOrder)));
    }
    std::erase_if(aspects, [](const auto& names) { return names.size() < 2; });
    return aspects.size() == 1 ? fmt::format("{}", fmt::join(aspects[0], " and "))
                               : fmt::format("the best {}", counted(readings.size(), "reading"));
}

// What `reading` differs in from the one as opened: "interaction tensorflow, numbers ln(x+2)".
std::string differences(const Hypothesis& reading, const Hypothesis& own) {
    std::vector<std::string> out;
    if (reading.interaction != own.interaction) out.push_back(fmt::format("interaction {}", name(reading.interaction)));
    if (reading.reading.numerical != own.reading.numerical)
        out.push_back(fmt::format("numbers {}", name(reading.reading.numerical)));
    if (reading.reading.idShift != own.reading.idShift) out.push_back(fmt::format("ids {:+}", reading.reading.idShift));
    if (reading.tableOrder != own.tableOrder) out.push_back(fmt::format("tables {}", name(reading.tableOrder)));
    return fmt::format("{}", fmt::join(out, ", "));
}

// What was tried: how many readings, of how many answers to each question. What is impossible was not tried.
std::string triedText(std::span<const TestedHypothesis> tested) {
    std::set<InteractionOrder> interactions;
    std::set<NumericalReading> numbers;
    std::set<int> shifts;
    std::set<TableOrder> tables;
    std::size_t readings = 0;
    for (const TestedHypothesis& t : tested) {
        if (t.losses.empty()) continue;
        ++readings;
        interactions.insert(t.hypothesis.interaction);
        numbers.insert(t.hypothesis.reading.numerical);
        shifts.insert(t.hypothesis.reading.idShift);
        tables.insert(t.hypothesis.tableOrder);
    }
    const auto several = [](std::size_t n, std::string_view what, std::string_view ofWhat) {
        return fmt::format("{} {}{}{}", n, what, n == 1 ? "" : "s", ofWhat);
    };
    return fmt::format(
        "{} ({}, {}, {}, {})", counted(readings, "reading"), several(interactions.size(), "interaction order", ""),
        several(numbers.size(), "transform", " of the numbers"), several(shifts.size(), "start", " of the ids"),
        several(tables.size(), "order", " of the tables"));
}

// `own`: the reading as opened, or null.
std::string undecided(const Ranking& ranking, std::span<const TestedHypothesis* const> equal, const Hypothesis* own) {
    if (!ranking.normalizedEntropy)
        return ranking.ownImpossible
                   ? fmt::format(
                         "As opened the data {}. All labels are the same, so the other readings are not told "
                         "apart.",
                         cannotBeRead(*own))
                   : "Undecided: all labels are the same, so no reading can be told from another.";
    if (!ranking.predicts)
        return fmt::format(
            "Nothing predicts: the best reading is no better than the mean click rate (normalized entropy {}).",
            *ranking.normalizedEntropy < 1e6 ? fmt::format("{:.4f}", *ranking.normalizedEntropy)
                                             : fmt::format("{:.4g}", *ranking.normalizedEntropy));
    if (own && !ranking.beaten() && ranking.ownBehind && *ranking.ownBehind >= kStandardErrorsToLead)
        return fmt::format(
            "Undecided: {} leads the reading as opened by {:.1f} standard errors, fewer than the {} that decide; more "
            "rows may decide.",
            differences(equal.front()->hypothesis, *own), toldErrors(*ranking.ownBehind), kStandardErrorsToWin);
    if (!ranking.beaten())
        return fmt::format("Undecided: {} are not told apart by {} standard errors; more rows may decide.", tied(equal),
                           kStandardErrorsToWin);
    if (ranking.ownImpossible)
        return fmt::format("As opened the data {}. Of the others {} are not told apart.", cannotBeRead(*own),
                           tied(equal));
    return fmt::format("The reading as opened is beaten by {:.1f} standard errors; {} are not told apart.",
                       toldErrors(*ranking.ownBehind), tied(equal));
}

}  // namespace

std::string cannotBeRead(const Hypothesis& hypothesis) { return "cannot be read this way: " + hypothesis.impossible; }

std::string_view name(TableOrder order) { return order == TableOrder::AsIs ? "as_is" : "by_cardinality"; }

std::vector<int> interactionTables(const ModelSpec& spec, TableOrder order) {
    std::vector<int> plain(spec.tables.size());
    std::iota(plain.begin(), plain.end(), 0);
    std::vector<int> sorted = plain;
    std::stable_sort(sorted.begin(), sorted.end(), [&](int a, int b) {
        return spec.tables[static_cast<std::size_t>(a)].rows > spec.tables[static_cast<std::size_t>(b)].rows;
    });
    if (order == TableOrder::ByCardinality) return sorted;
    return spec.interactionTableOrder != sorted ? spec.interactionTableOrder : plain;
}

double PairedDifference::standardErrors() const {
    if (mean <= 0) return 0;
    return standardError > 0 ? mean / standardError : std::numeric_limits<double>::infinity();
}

PairedDifference pairedDifference(std::span<const double> losses, std::span<const double> others) {
    const auto difference = meanOf(losses.size(), [&](std::size_t r) { return losses[r] - others[r]; });
    return {difference.mean, difference.standardError};
}

double entropyOf(std::span<const std::uint8_t> labels) {
    const auto clicks = std::count_if(labels.begin(), labels.end(), [](std::uint8_t label) { return label != 0; });
    const double p = static_cast<double>(clicks) / static_cast<double>(labels.size());
    return p > 0 && p < 1 ? -(p * std::log(p) + (1 - p) * std::log1p(-p)) : 0;
}

double toldErrors(double standardErrors) {
    constexpr double kHair = 1e-6;  // of what a double misses of 2.3 × 10
    return std::floor(standardErrors * 10 + kHair) / 10;
}

void setLosses(TestedHypothesis& tested, std::span<const float> logits, std::span<const std::uint8_t> labels) {
    const auto plain = meanOf(logits.size(), [&](std::size_t r) { return logLossOf(logits[r], labels[r] != 0); });
    Hypothesis& h = tested.hypothesis;
    h.logLoss = plain.mean;
    h.standardError = plain.standardError;
    double predicted = 0, variance = 0, clicks = 0;
    for (std::size_t r = 0; r < logits.size(); ++r) {
        const double p = sigmoid(logits[r]);
        predicted += p;
        variance += p * (1 - p);
        clicks += labels[r] != 0;
    }
    double intercept = 0;
    if (clicks > 0 && clicks < static_cast<double>(logits.size())) {
        h.calibration = predicted / clicks;
        h.calibrationErrors = variance > 0 ? (predicted - clicks) / std::sqrt(variance) : 0;
        intercept = interceptOf(logits, clicks);
    }
    tested.fitted = true;
    tested.losses.resize(logits.size());
    for (std::size_t r = 0; r < logits.size(); ++r)
        tested.losses[r] = logLossOf(static_cast<double>(logits[r]) + intercept, labels[r] != 0);
}

const Hypothesis* Ranking::asOpened() const {
    const auto own = std::find_if(hypotheses.begin(), hypotheses.end(), [](const Hypothesis& h) { return h.asOpened; });
    return own == hypotheses.end() ? nullptr : &*own;
}

std::size_t Ranking::possibleReadings() const {
    return static_cast<std::size_t>(
        std::count_if(hypotheses.begin(), hypotheses.end(), [](const Hypothesis& h) { return h.impossible.empty(); }));
}

Ranking rank(std::vector<TestedHypothesis> tested, std::span<const std::uint8_t> labels) {
    Ranking out;
    for (TestedHypothesis& t : tested) {
        if (t.losses.empty()) continue;
        const auto own = meanOf(t.losses.size(), [&](std::size_t r) { return t.losses[r]; });
        t.hypothesis.fittedLogLoss = own.mean;
        if (t.fitted) continue;
        t.hypothesis.logLoss = own.mean;
        t.hypothesis.standardError = own.standardError;
    }
    std::stable_sort(tested.begin(), tested.end(), [](const TestedHypothesis& a, const TestedHypothesis& b) {
        if (a.losses.empty() != b.losses.empty()) return b.losses.empty();
        return !a.losses.empty() && a.hypothesis.fittedLogLoss < b.hypothesis.fittedLogLoss;
    });
    out.possible = !tested.empty() && !tested.front().losses.empty();
    std::vector<const TestedHypothesis*> equal;  // the best, and what it does not beat
    if (out.possible) {
        const std::vector<double>& best = tested.front().losses;
        for (TestedHypothesis& t : tested) {
            if (t.losses.empty()) {
                out.ownImpossible = out.ownImpossible || t.hypothesis.asOpened;
                continue;
            }
            const PairedDifference difference = pairedDifference(t.losses, best);
            t.hypothesis.behind = difference.mean;
            t.hypothesis.behindStandardError = difference.standardError;
            if (t.hypothesis.asOpened) out.ownBehind = standardErrors(t.hypothesis);
            if (standardErrors(t.hypothesis) < kStandardErrorsToWin) equal.push_back(&t);
        }
        // As predicted: a reading may be the best one with an intercept and need one.
        double least = std::numeric_limits<double>::infinity();
        for (const TestedHypothesis& t : tested)
            if (!t.losses.empty()) least = std::min(least, t.hypothesis.logLoss);
        if (const double entropy = entropyOf(labels); entropy > 0) out.normalizedEntropy = least / entropy;
        else out.ownBehind.reset();
        out.predicts = out.normalizedEntropy && *out.normalizedEntropy < 1;
        out.decided = equal.size() == 1 && out.predicts;
    }
    out.tried = triedText(tested);
    const auto opened =
        std::find_if(tested.begin(), tested.end(), [](const TestedHypothesis& t) { return t.hypothesis.asOpened; });
    const Hypothesis* own = opened == tested.end() ? nullptr : &opened->hypothesis;
    if (out.decided) {
        const Hypothesis& best = tested.front().hypothesis;
        const std::string which = best.asOpened ? "the one as opened"
                                  : own         ? "the one with " + differences(best, *own)
                                                : "the first";
        const bool others = tested.size() > 1 && !tested[1].losses.empty();
        out.reason = others ? fmt::format("Of {}, {} is best: it beats every other one by {} standard errors or more.",
                                          out.tried, which, kStandardErrorsToWin)
                            : fmt::format("Of {}, only {} can be tried.", counted(tested.size(), "reading"), which);
    } else if (out.possible) out.reason = undecided(out, equal, own);
    else
        out.reason = fmt::format("No reading of the data fits this model{}.",
                                 own ? "; as opened they " + cannotBeRead(*own) : std::string());
    for (TestedHypothesis& t : tested) out.hypotheses.push_back(std::move(t.hypothesis));
    return out;
}

}  // namespace dlrm
