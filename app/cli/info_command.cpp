// SPDX-License-Identifier: Apache-2.0
// dlrm-cli info
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/commands.h"
#include "app/cli/tables_text.h"
#include "app/cli/text.h"
#include "core/base/counted.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

std::string placementSentence(const Result<std::vector<TablePlacement>>& placement) {
    if (!placement) return "not known: " + placement.error().message;
    if (placement->empty()) return "all tables stay in the mapped files";
    std::int64_t gpu = 0, pinned = 0, file = 0;
    for (const TablePlacement& p : *placement) {
        gpu += p.gpuRowsPlanned * p.rowBytes;
        pinned += p.pinnedRowsPlanned * p.rowBytes;
        file += p.fileRows;
    }
    return fmt::format("planned: {} in GPU memory, {} in pinned host memory, {} left in the mapped files",
                       byteText(gpu), byteText(pinned), plural(file, "row"));
}

std::string placementText(const ModelSpec& spec, const std::vector<TablePlacement>& placement) {
    TextTable table{"<table", ">GPU rows", ">bytes", ">pinned rows", ">bytes", ">rows in the file"};
    for (std::size_t t = 0; t < placement.size(); ++t) {
        const TablePlacement& p = placement[t];
        table.addRow({spec.tables[t].name, thousands(p.gpuRowsPlanned), byteText(p.gpuRowsPlanned * p.rowBytes),
                      thousands(p.pinnedRowsPlanned), byteText(p.pinnedRowsPlanned * p.rowBytes),
                      thousands(p.fileRows)});
    }
    return table.text("  ");
}

std::string summaryText(const ModelInfo& info, const Result<std::vector<TablePlacement>>& placement) {
    const ModelSpec& spec = info.spec;
    std::int64_t rows = 0, tableBytes = 0;
    for (const TableSpec& table : spec.tables) {
        rows += table.rows;
        tableBytes += table.bytes;
    }
    const std::int64_t inputs = spec.bottomMlp.empty() ? 0 : spec.bottomMlp.front().inputs;
    TextTable facts{"<", "<"};
    facts.addRow({"checkpoint", info.path});
    facts.addRow({"layout", spec.layout + ": " + spec.layoutDescription});
    facts.addRow({"parameters", thousands(spec.parameters())});
    facts.addRow(
        {"size", fmt::format("{} in {} ({} bytes of values)", byteText(spec.bytes()),
                             plural(static_cast<std::int64_t>(fileCount(info)), "file"), thousands(spec.bytes()))});
    facts.addRow(
        {"tables", fmt::format("{} with {}, {}", spec.tables.size(), plural(rows, "row"), byteText(tableBytes))});
    facts.addRow({"numericals",
                  spec.numericalFeatures > 0
                      ? fmt::format("{}{}", spec.numericalFeatures,
                                    inputs > spec.numericalFeatures ? fmt::format(", zero-padded to {}", inputs) : "")
                      : fmt::format("at most {}: only a dataset says how many of them are padding", inputs)});
    if (!spec.missing.empty())
        facts.addRow({"missing", fmt::format("{}: nothing can be predicted", fmt::join(spec.missing, ", "))});
    else if (spec.interaction == InteractionKind::Cross)
        facts.addRow({"interaction", fmt::format("{} of {}, {}", counted(spec.crossLayers.size(), "cross layer"),
                                                 plural(spec.interactionWidth(), "value"),
                                                 spec.crossLayers.front().projection > 0
                                                     ? fmt::format("projection {}", spec.crossLayers.front().projection)
                                                     : "full rank")});
    else
        facts.addRow({"interaction", fmt::format("{} vectors, {} dot products, order {} ({})", spec.vectors(),
                                                 spec.pairs(), name(spec.interactionOrder),
                                                 spec.orderSource == OrderSource::Default
                                                     ? "assumed: the files do not record it"
                                                     : "source: " + std::string(name(spec.orderSource)))});
    facts.addRow(
        {"backend", fmt::format("{}, {}, {}", info.backend.name, name(info.backend.precision), info.backend.device)});
    facts.addRow({"", info.backend.reason});
    facts.addRow({"placement", placementSentence(placement)});
    facts.addRow({"opened in", fmt::format("{:.1f} ms", info.openSeconds * 1e3)});
    return facts.text();
}

std::string layersText(const ModelSpec& spec) {
    TextTable table{"<layer", ">inputs", ">of them padding", ">outputs", "<activation", ">parameters", "<dtype"};
    for (const CrossLayerSpec& layer : spec.crossLayers)
        table.addRow({layer.name, thousands(layer.width), "-", thousands(layer.width), "none",
                      thousands(layer.parameters()), std::string(name(layer.dtype))});
    for (const auto* mlp : {&spec.bottomMlp, &spec.topMlp})
        for (const LayerSpec& layer : *mlp)
            table.addRow({layer.name, thousands(layer.inputs),
                          layer.paddingInputs > 0 ? thousands(layer.paddingInputs) : "-", thousands(layer.outputs),
                          layer.relu ? "ReLU" : "none (logit)", thousands(layer.parameters()),
                          std::string(name(layer.dtype))});
    return table.text("  ");
}

std::string checkedTablesText(const TrainedCheck& check) {
    TextTable table{"<table", ">rows looked at", ">of them untrained", "<finding"};
    for (const TrainedCheck::Table& t : check.tables)
        table.addRow({t.name, thousands(t.rowsChecked), thousands(t.untrained), std::string(name(t.flaw))});
    const auto flawed = std::count_if(check.tables.begin(), check.tables.end(),
                                      [](const TrainedCheck::Table& t) { return t.flaw != TableFlaw::None; });
    return std::string("\nCheck for random tables: ") +
           (check.tables.empty() ? "there are no tables\n"
            : check.random()     ? "RANDOM, no table was trained\n"
            : flawed > 0         ? plural(flawed, "table") + " never trained or lost\n"
                                 : "there are trained rows, or the values were cast\n") +
           table.text("  ");
}

// Every tensor of a part of a model.
std::string tensorsText(const ModelInfo& info) {
    TextTable table{"<tensor", "<dtype", "<shape", ">bytes", "<file"};
    for (const CheckpointFile& file : info.files)
        table.addRow({file.tensor, file.dtype, file.shape, thousands(file.bytes), file.name});
    return table.text("  ");
}

}  // namespace

Run setUpInfo(VerbOptions& verb, CommonOptions& common) {
    auto check = std::make_shared<bool>(false);
    addModelOptions(verb, common, ModelUse::Computed);
    addDataOptions(verb, common, DataUse::Optional);
    verb.flag("--check-tables", *check,
              "Look at rows of every table for what training does not leave: random numbers (tables that were deployed "
              "without their weights), zeros, the same vector everywhere. Exit code 1 when a table holds nothing else");
    return [check](Context& context) -> Result<void> {
        DLRM_TRY(auto opened, openAll(context.common, context.job()));
        const std::shared_ptr<Engine>& engine = opened.engine;
        const auto placement = engine->placement(context.stop);
        if (!placement && placement.error().isCancelled()) return cancelled();
        ModelInfo info = engine->info();
        info.backend = engine->backend();  // opening the device may have failed
        std::optional<TrainedCheck> tables;
        if (*check) {
            DLRM_TRY(auto checked, engine->checkTables(context.job()));
            context.progress.clear();
            tables = std::move(checked);
            const std::vector<std::string> flaws = tables->notes(info.spec.layout);
            context.findings = !flaws.empty();
            info.notes.insert(info.notes.end(), flaws.begin(), flaws.end());
        }
        context.common.origin->tableFlaws.emplace();  // --check-tables tells them; without it no table is read
        if (context.common.json) {
            context.out.hasNotes();
            context.out.write(infoJson(info, placement, tables ? &*tables : nullptr));
            return {};
        }
        context.out.write(summaryText(info, placement));
        if (info.spec.missing.empty()) {
            context.out.write("\nEmbedding tables\n" +
                              tablesText(info.spec, tablesByHeaders(info.spec, TableSort::Number)));
            if (placement && !placement->empty())
                context.out.write("\nPlacement\n" + placementText(info.spec, *placement));
            context.out.write("\nMLP layers\n" + layersText(info.spec));
        } else {
            context.out.write("\nTensors\n" + tensorsText(info));
        }
        if (tables) context.out.write(checkedTablesText(*tables));
        if (!info.notes.empty()) context.out.write("\nNotes\n");
        for (const std::string& note : info.notes) context.out.write("  - " + note + "\n");
        return {};
    };
}

}  // namespace dlrm::cli
