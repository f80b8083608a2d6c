// SPDX-License-Identifier: Apache-2.0
#include "core/engine/doctor_report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dlrm {

std::string DoctorReport::miscalibrated() const {
    constexpr double kWorthTelling = 0.1;
    const auto& all = ranking.hypotheses;
    const auto own = std::find_if(all.begin(), all.end(), [](const Hypothesis& h) { return h.asOpened; });
    if (own == all.end() || ranking.beaten() || own->calibration <= 0) return {};
    if (std::fabs(own->calibration - 1) < kWorthTelling || std::fabs(own->calibrationErrors) < kStandardErrorsToWin)
        return {};
    return fmt::format(
        "Miscalibrated: the model as opened predicts {:.2f} times the clicks of these rows. Compare the bias of its "
        "last "
        "layer and the sampling of negatives with those of training.",
        own->calibration);
}

std::string DoctorReport::harm() const {
    if (harmfulTables.empty()) return {};
    std::vector<std::string> names, partners;
    for (const HarmfulTable& t : harmfulTables) {
        names.push_back(fmt::format("{} (log loss {:.4f} smaller, {:.1f} standard errors)", t.name, t.gain,
                                    toldErrors(t.standardErrors)));
        partners.insert(partners.end(), t.partners.begin(), t.partners.end());
    }
    const bool one = names.size() == 1;
    std::string also;
    if (!partners.empty())
        also = fmt::format(" Without {} as well, but not once {} left out.", fmt::join(partners, ", "),
                           one ? "this one is" : "these are");
    return fmt::format(
        "The model predicts better without {}: the rows or ids of {} are probably wrong.{} Compare {} with what was "
        "trained.",
        fmt::join(names, ", "), one ? "this table" : "these tables", also,
        one ? "its file and its dictionary" : "their files and dictionaries");
}

std::vector<std::string> DoctorReport::findings(const std::string& layout) const {
    std::vector<std::string> out;
    if (!foreignDictionary.empty()) out.push_back(foreignDictionary);
    if (!notFinite.empty()) out.push_back(notFinite);
    for (std::string& note : tables.notes(layout)) out.push_back(std::move(note));
    if (padding.contradicts) out.push_back(padding.reason);
    const bool read = !ranking.hypotheses.empty();
    const bool nothingPredicts = read && ranking.possible && ranking.normalizedEntropy && !ranking.predicts;
    if (read && (!ranking.possible || nothingPredicts || (ranking.beaten() && !ranking.decided)))
        out.push_back(ranking.reason);
    if (std::string sentence = harm(); !sentence.empty()) out.push_back(std::move(sentence));
    if (std::string sentence = miscalibrated(); !sentence.empty()) out.push_back(std::move(sentence));
    if (disagrees() && read) {
        if (ranking.ownImpossible) out.emplace_back("Another reading wins; the one as opened is impossible.");
        else if (!ranking.ownBehind) out.emplace_back("Another reading than the one as opened wins.");
        else
            out.push_back(fmt::format("Another reading wins: it beats the one as opened by {:.1f} standard errors.",
                                      toldErrors(*ranking.ownBehind)));
    } else if (disagrees())
        out.push_back(fmt::format("The weights say {}, the model is opened with {}.", name(*evidence.verdict),
                                  name(interactionOrder)));
    return out;
}

bool DoctorReport::undecided() const {
    if (!ranking.hypotheses.empty()) return !ranking.decided;
    return orderSource == OrderSource::Default && !evidence.verdict;
}

}  // namespace dlrm
