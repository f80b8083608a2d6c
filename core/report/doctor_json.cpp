// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <nlohmann/json.hpp>

#include "core/report/json_text.h"

#include "core/dataset/readers/reading.h"
#include "core/report/json.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json reading(const Hypothesis& h) {
    return {{"interaction", name(h.interaction)},
            {"numerical", optionName(h.reading.numerical)},
            {"id_shift", h.reading.idShift},
            {"interaction_tables", name(h.tableOrder)},
            {"table_order", name(h.tableOrder)}};
}

Json hypothesis(const Hypothesis& h) {
    Json out = reading(h);
    const bool possible = h.impossible.empty();
    out["log_loss"] = possible ? Json(h.logLoss) : Json(nullptr);
    out["standard_error"] = possible ? Json(h.standardError) : Json(nullptr);
    out["calibration"] = possible && h.calibration > 0 ? Json(h.calibration) : Json(nullptr);
    out["behind"] = possible ? Json(h.behind) : Json(nullptr);
    out["behind_standard_error"] = possible ? Json(h.behindStandardError) : Json(nullptr);
    out["as_opened"] = h.asOpened;
    if (!possible) out["impossible"] = h.impossible;
    return out;
}

}  // namespace

std::string doctorJson(const DoctorReport& report, const std::string& layout) {
    Json hypotheses = Json::array();
    for (const Hypothesis& h : report.ranking.hypotheses) hypotheses.push_back(hypothesis(h));
    Json flawed = Json::array();
    for (const TrainedCheck::Table& t : report.tables.tables)
        if (t.flaw != TableFlaw::None)
            flawed.push_back({{"name", t.name}, {"holds", name(t.flaw)}, {"rows_checked", t.rowsChecked}});
    Json harmful = Json::array();
    for (const HarmfulTable& t : report.harmfulTables)
        harmful.push_back({{"name", t.name},
                           {"log_loss_gain", t.gain},
                           {"standard_errors", t.standardErrors},
                           {"partners", t.partners}});
    const OrderEvidence& evidence = report.evidence;
    const Json out{{"interaction",
                    {{"order", name(report.interactionOrder)},
                     {"source", name(report.orderSource)},
                     {"verdict", evidence.verdict ? name(*evidence.verdict) : "undecided"},
                     {"likelihood_ratio", evidence.likelihoodRatio()},
                     {"reason", evidence.reason}}},
                   {"numericals",
                    {{"kernel_rows", report.padding.rows},
                     {"fed", report.padding.fed > 0 ? Json(report.padding.fed) : Json(nullptr)},
                     {"learned_rows", report.padding.learned},
                     {"contradicts", report.padding.contradicts},
                     {"reason", report.padding.reason}}},
                   {"hypotheses", std::move(hypotheses)},
                   {"winner", report.winner() ? reading(*report.winner()) : Json(nullptr)},
                   {"reason", report.ranking.reason},
                   {"tried", report.ranking.tried},
                   {"not_told", report.rows > 0 ? Json(kNotTold) : Json(nullptr)},
                   {"findings", report.findings(layout)},
                   {"undecided", report.undecided()},
                   {"normalized_entropy",
                    report.ranking.normalizedEntropy ? Json(*report.ranking.normalizedEntropy) : Json(nullptr)},
                   {"foreign_dictionary", !report.foreignDictionary.empty()},
                   {"harmful_tables", std::move(harmful)},
                   {"random_tables", report.tables.random()},
                   {"flawed_tables", std::move(flawed)},
                   {"row_count", report.rows},
                   {"rows", report.rows},
                   {"profile", report.rows > 0 ? Json::parse(profileJson(report.profile)) : Json(nullptr)}};
    return jsonText(out, 2) + "\n";
}

}  // namespace dlrm
