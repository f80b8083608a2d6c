// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF FINDINGS: to add one, let Engine::doctor put what it looked at into the report and add a line here.
#include "core/engine/doctor_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dlrm {

namespace {

using Sentences = std::vector<std::string>;

Sentences oneUnlessEmpty(std::string sentence) {
    return sentence.empty() ? Sentences() : Sentences{std::move(sentence)};
}

// No reading is possible, nothing predicts, or the reading as opened is beaten and no other one wins.
Sentences unfitReadings(const DoctorReport& report, const std::string&) {
    const Ranking& ranking = report.ranking;
    if (ranking.hypotheses.empty()) return {};
    const bool nothingPredicts = ranking.possible && ranking.normalizedEntropy && !ranking.predicts;
    if (!ranking.possible || nothingPredicts || (ranking.beaten() && !ranking.decided)) return {ranking.reason};
    return {};
}

Sentences harm(const DoctorReport& report, const std::string&) {
    if (report.harmfulTables.empty()) return {};
    std::vector<std::string> names, partners;
    for (const HarmfulTable& t : report.harmfulTables) {
        names.push_back(fmt::format("{} (log loss {:.4f} smaller, {:.1f} standard errors)", t.name, t.gain,
                                    toldErrors(t.standardErrors)));
        partners.insert(partners.end(), t.partners.begin(), t.partners.end());
    }
    const bool one = names.size() == 1;
    std::string also;
    if (!partners.empty())
        also = fmt::format(" Without {} as well, but not once {} left out.", fmt::join(partners, ", "),
                           one ? "this one is" : "these are");
    return {fmt::format(
        "The model predicts better without {}: the rows or ids of {} are probably wrong.{} Compare {} with what was "
        "trained.",
        fmt::join(names, ", "), one ? "this table" : "these tables", also,
        one ? "its file and its dictionary" : "their files and dictionaries")};
}

// The model as opened predicts 10 % more clicks or fewer than there are, by 5 standard errors, and no other reading
// beats it.
Sentences miscalibration(const DoctorReport& report, const std::string&) {
    constexpr double kWorthTelling = 0.1;
    const Hypothesis* const own = report.ranking.asOpened();
    if (!own || report.ranking.beaten() || own->calibration <= 0) return {};
    if (std::fabs(own->calibration - 1) < kWorthTelling || std::fabs(own->calibrationErrors) < kStandardErrorsToWin)
        return {};
    return {fmt::format(
        "Miscalibrated: the model as opened predicts {:.2f} times the clicks of these rows. Compare the bias of its "
        "last layer and the sampling of negatives with those of training.",
        own->calibration)};
}

Sentences otherReading(const DoctorReport& report, const std::string&) {
    if (!report.disagrees()) return {};
    const Ranking& ranking = report.ranking;
    if (ranking.hypotheses.empty())
        return {fmt::format("The weights say {}, the model is opened with {}.", name(*report.evidence.verdict),
                            name(report.interactionOrder))};
    if (ranking.ownImpossible)
        return {fmt::format("Another reading wins; as opened the data {}.", cannotBeRead(*ranking.asOpened()))};
    if (!ranking.ownBehind) return {"Another reading than the one as opened wins."};
    return {fmt::format("Another reading wins: it beats the one as opened by {:.1f} standard errors.",
                        toldErrors(*ranking.ownBehind))};
}

constexpr FindingEntry kFindings[] = {
    {"a dictionary that most category values, or nine in ten of one feature, are not in",
     [](const DoctorReport& r, const std::string&) { return oneUnlessEmpty(r.foreignDictionary); }},
    {"values that are not finite",
     [](const DoctorReport& r, const std::string&) { return oneUnlessEmpty(r.notFinite); }},
    {"a table that was never trained or holds zeros or one vector only",
     [](const DoctorReport& r, const std::string& layout) { return r.tables.notes(layout); }},
    {"more numerical features in the weights than in the data",
     [](const DoctorReport& r, const std::string&) {
         return r.padding.contradicts ? Sentences{r.padding.reason} : Sentences();
     }},
    {"no reading is possible, nothing predicts (normalized entropy 1 or more), or the reading as opened is beaten by "
     "others that tie",
     unfitReadings},
    {"a table that does harm", harm},
    {"a miscalibrated model", miscalibration},
    {"another reading wins, or the weights say another order", otherReading},
};

}  // namespace

std::span<const FindingEntry> findingTable() { return kFindings; }

std::vector<std::string> DoctorReport::findings(const std::string& layout) const {
    std::vector<std::string> out;
    for (const FindingEntry& entry : findingTable())
        for (std::string& sentence : entry.sentences(*this, layout)) out.push_back(std::move(sentence));
    return out;
}

bool DoctorReport::undecided() const {
    if (!ranking.hypotheses.empty()) return !ranking.decided;
    return orderSource == OrderSource::Default && !evidence.verdict;
}

}  // namespace dlrm
