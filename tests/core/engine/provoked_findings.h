// SPDX-License-Identifier: Apache-2.0
// A report for each line of THE TABLE OF FINDINGS, in its order, in which nothing else is wrong.
#pragma once

#include <string>
#include <vector>

#include "core/engine/doctor_report.h"

namespace dlrm::test {

inline DoctorReport reportWithoutFindings() {
    DoctorReport report;
    report.interactionOrder = InteractionOrder::CustomCuda;
    report.evidence.reason = "The weights say so.";
    return report;
}

// The reading as opened and another one, of which one wins.
inline DoctorReport reportOfReadings(bool ownWins) {
    DoctorReport report = reportWithoutFindings();
    Ranking& ranking = report.ranking;
    ranking.hypotheses.resize(2);
    for (Hypothesis& h : ranking.hypotheses) h.calibration = 1;
    Hypothesis& own = ranking.hypotheses[ownWins ? 0 : 1];
    own.asOpened = true;
    Hypothesis& second = ranking.hypotheses[1];
    second.interaction = InteractionOrder::Tensorflow;
    second.behind = 0.05;
    second.behindStandardError = 0.005;
    ranking.decided = ranking.possible = ranking.predicts = true;
    ranking.normalizedEntropy = 0.9;
    ranking.ownBehind = ownWins ? 0 : 10;
    ranking.reason = "One of two readings wins.";
    report.rows = 100;
    return report;
}

inline std::vector<DoctorReport> provokedFindings() {
    std::vector<DoctorReport> all;
    const auto add = [&](DoctorReport report) -> DoctorReport& { return all.emplace_back(std::move(report)); };
    add(reportWithoutFindings()).foreignDictionary = "The dictionary does not fit the rows.";
    add(reportWithoutFindings()).notFinite = "Row 3 of table cat_1 holds a value that is not finite.";
    add(reportWithoutFindings()).tables.tables = {{"cat_2", 50, 0, {}, TableFlaw::Zeros},
                                                  {"cat_3", 50, 0, {}, TableFlaw::EqualRows}};
    PaddingEvidence& padding = add(reportWithoutFindings()).padding;
    padding.contradicts = true;
    padding.reason = "Row 12 of bottom_mlp/0's kernel was trained.";
    Ranking& nothing = add(reportOfReadings(true)).ranking;
    nothing.decided = nothing.predicts = false;
    nothing.normalizedEntropy = 1.2;
    nothing.reason = "Nothing predicts.";
    add(reportOfReadings(true)).harmfulTables = {{"cat_4", 0.02, 11, {}}};
    Hypothesis& own = add(reportOfReadings(true)).ranking.hypotheses.front();
    own.calibration = 1.5;
    own.calibrationErrors = 20;
    add(reportOfReadings(false));
    return all;
}

}  // namespace dlrm::test
