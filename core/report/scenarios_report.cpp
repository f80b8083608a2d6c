// SPDX-License-Identifier: Apache-2.0
#include "core/report/scenarios_report.h"

#include <nlohmann/json.hpp>

#include "core/report/json.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using ScenarioJson = nlohmann::ordered_json;

void addResult(const ScenarioResult& result, WithReasons reasons, ScenarioJson& out) {
    out["logit"] = jsonNumber(result.logit);
    out["probability"] = jsonNumber(result.probability);
    out["logit_before"] = jsonNumber(result.logitBefore);
    out["probability_before"] = jsonNumber(result.probabilityBefore);
    out["change"] = jsonNumber(result.probability - result.probabilityBefore);
    out["edits"] = ScenarioJson::array();
    for (const ScenarioEdit& edit : result.edits)
        out["edits"].push_back(
            {{"field", edit.field}, {"before", edit.before}, {"after", edit.after}, {"sentence", edit.sentence}});
    if (reasons == WithReasons::No) return;
    out["reasons"] = ScenarioJson::array();
    for (const Reason& reason : result.reasons)
        out["reasons"].push_back({{"field", reason.field},
                                  {"value", reason.value},
                                  {"adds", jsonNumber(reason.adds)},
                                  {"sentence", reason.sentence}});
}

}  // namespace

std::string scenariosJson(std::span<const PredictedScenario> scenarios, WithReasons reasons, const std::string& profile,
                          const BackendInfo& backend) {
    ScenarioJson list = ScenarioJson::array();
    for (const PredictedScenario& predicted : scenarios) {
        const Scenario& scenario = *predicted.scenario;
        ScenarioJson& out = list.emplace_back(
            ScenarioJson{{"name", scenario.name},
                         {"note", scenario.note},
                         {"row", scenario.row >= 0 ? ScenarioJson(scenario.row) : ScenarioJson(nullptr)},
                         {"label", scenario.label ? ScenarioJson(*scenario.label) : ScenarioJson(nullptr)},
                         {"fits", predicted.result.has_value()}});
        if (predicted.result) addResult(*predicted.result, reasons, out);
        else out["error"] = ScenarioJson::parse(errorJson(predicted.result.error()))["error"];
    }
    const ScenarioJson out{{"profile", ScenarioJson::parse(profileJson(profile))},
                           {"backend", ScenarioJson::parse(backendJson(backend))},
                           {"scenarios", std::move(list)}};
    return jsonText(out, 1) + "\n";
}

}  // namespace dlrm
