// SPDX-License-Identifier: Apache-2.0
#include "app/cli/scenarios.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cli/row_edits.h"
#include "app/cli/text.h"
#include "core/engine/path_kind.h"
#include "core/report/scenarios_report.h"

namespace dlrm::cli {
namespace {

std::string originText(const Scenario& scenario) {
    if (scenario.row < 0) return "a typed row";
    return "row " + thousands(scenario.row);
}

std::string reasonsText(const ScenarioResult& result) {
    TextTable table{"<reason", ">adds to the logit"};
    for (const Reason& reason : result.reasons) table.addRow({reason.sentence, fmt::format("{:+.5f}", reason.adds)});
    return table.text("  ");
}

std::string scenarioText(const PredictedScenario& predicted, WithReasons reasons) {
    const Scenario& scenario = *predicted.scenario;
    std::string out = fmt::format("{} ({})\n", scenario.name, originText(scenario));
    if (!scenario.note.empty()) out += "  " + scenario.note + "\n";
    if (!predicted.result) {
        const Error& why = predicted.result.error();
        return out + fmt::format("  does not fit: {} {} Expected: {}; found: {}.{} {}\n", why.code, why.message,
                                 why.expected, why.found, why.field.empty() ? "" : " Field: " + why.field + ".",
                                 why.remedy);
    }
    const ScenarioResult& result = *predicted.result;
    out += fmt::format("  probability {:.6f}, before {:.6f}, change {:+.6f}\n", result.probability,
                       result.probabilityBefore, result.probability - result.probabilityBefore);
    for (const ScenarioEdit& edit : result.edits) out += "  edited: " + edit.sentence + "\n";
    if (result.edits.empty()) out += "  nothing was edited\n";
    return reasons == WithReasons::Yes ? out + reasonsText(result) : out;
}

}  // namespace

Result<void> predictScenarios(Context& context, const Workspace& opened, WithReasons reasons) {
    const WorkspaceFile* const file = context.common.workspace.get();
    if (file == nullptr || file->scenarios.empty())
        return fail(Error("E-DLRMX-007", "There are no scenarios to predict.")
                        .inFile(file == nullptr ? context.common.open.checkpoint : file->path)
                        .butExpected(fmt::format("a workspace (NAME{}) with scenarios", kWorkspaceExtension))
                        .butFound(file == nullptr ? "a checkpoint" : "a workspace without any")
                        .withRemedy("Keep some on the page Samples of the window and save the workspace."));
    const FieldNames names = fieldNamesOf(opened.engine->spec(), opened.dataset->schema());
    const TypedRows typed = typedRows(opened);
    std::vector<PredictedScenario> predicted;
    for (const Scenario& scenario : file->scenarios) {
        const auto rows = rowsOf(scenario, names, typed);
        if (!rows) {
            predicted.push_back({&scenario, fail(rows.error())});
            context.findings = true;
            continue;
        }
        DLRM_TRY(auto result, predictScenario(*opened.engine, *rows, names, reasons, context.stop));
        predicted.push_back({&scenario, std::move(result)});
    }
    if (context.common.json) {
        context.out.write(scenariosJson(predicted, reasons, opened.dataset->profile(), opened.engine->backend()));
        return {};
    }
    for (std::size_t i = 0; i < predicted.size(); ++i)
        context.out.write((i > 0 ? "\n" : "") + scenarioText(predicted[i], reasons));
    for (const std::string& note : notesOf(context.common)) context.out.write("  note: " + note + "\n");
    return {};
}

}  // namespace dlrm::cli
