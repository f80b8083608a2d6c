// SPDX-License-Identifier: Apache-2.0
// dlrm-cli layers CHECKPOINT [--data PATH [--rows LIST]] [--json]
//
// JSON keys: layers[{name, inputs, padding_inputs, outputs, relu, parameters, weights{values, zeros, non_finite, mean, std, min, max}, biases{the same},
// histogram{low, high, counts[]}, silent, constant, zero_columns, zero_rows, exact_duplicates, near_duplicates, row_norms[],
// units[{norm, outgoing_norm, bias, state, duplicate_of, exact, cosine}]}], interaction{order, source, vectors[], pair_norms[][], bottom_norms[], dot_rms,
// bottom_rms}, cross_layers[{name, width, projection, parameters}], and with --data atlas{data, split, profile, first_row, rows, pattern_rows, parameters,
// prunable_parameters, seconds, backend, precision, layers[{name, never_active, always_active, same_pattern, mergeable, removable, active_rows[],
// pattern_of[], merge[]}]}. Padding rows are in `inputs` and in no statistic. duplicate_of, exact and cosine stand only with units that are duplicates;
// outgoing_norm is null for an MLP's last layer.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/export/layers_json.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kPairsShown = 10;

std::string real(double value) { return std::isfinite(value) ? fmt::format("{:.4g}", value) : "-"; }

std::string shapeOf(const LayerSpec& l) {
    const std::string padding = l.paddingInputs > 0 ? fmt::format(" ({} padding)", l.paddingInputs) : "";
    return fmt::format("{} x {}{}", thousands(l.inputs), thousands(l.outputs), padding);
}

std::string layersText(const ModelLayers& layers) {
    TextTable table;
    table.addColumn("layer", Align::Left);
    table.addColumn("shape", Align::Left);
    for (const char* title : {"parameters", "mean", "std", "min", "max", "zeros", "non-finite", "silent", "constant", "exact dup.", "near dup."})
        table.addColumn(title, Align::Right);
    for (const LayerStatistics& l : layers.layers)
        table.addRow({l.spec.name, shapeOf(l.spec), thousands(l.spec.parameters()), real(l.weights.mean), real(l.weights.std), real(l.weights.min), real(l.weights.max),
                      thousands(l.weights.zeros), thousands(l.weights.nonFinite + l.biases.nonFinite), thousands(l.silent), thousands(l.constant),
                      thousands(l.exactDuplicates), thousands(l.nearDuplicates)});
    for (const CrossLayerSpec& l : layers.cross)
        table.addRow({l.name, l.projection > 0 ? fmt::format("{} x {} x {}", l.width, l.projection, l.width) : fmt::format("{} x {}", l.width, l.width), thousands(l.parameters())});
    return table.text("  ");
}

std::string importanceText(const ModelSpec& spec, const InteractionImportance& importance) {
    const std::size_t vectors = importance.vectorNames.size();
    std::vector<std::size_t> pairs;
    for (std::size_t i = 0; i < vectors; ++i)
        for (std::size_t j = 0; j < i; ++j) pairs.push_back(i * vectors + j);
    const auto norm = [&](std::size_t pair) { return std::isfinite(importance.pairNorms[pair]) ? importance.pairNorms[pair] : std::numeric_limits<double>::infinity(); };
    std::stable_sort(pairs.begin(), pairs.end(), [&](std::size_t a, std::size_t b) { return norm(a) > norm(b); });
    TextTable table;
    table.addColumn("pair", Align::Left);
    table.addColumn("row norm", Align::Right);
    for (std::size_t k = 0; k < std::min(kPairsShown, pairs.size()); ++k)
        table.addRow({importance.vectorNames[pairs[k] / vectors] + " x " + importance.vectorNames[pairs[k] % vectors], real(importance.pairNorms[pairs[k]])});
    return fmt::format("\nInteraction ({}, {}): row norms of the first top kernel, root mean square {} over {} dots, {} over {} bottom outputs\n", name(spec.interactionOrder),
                       spec.orderSource == OrderSource::Default ? "assumed" : name(spec.orderSource), real(importance.dotRms), pairs.size(), real(importance.bottomRms),
                       importance.bottomNorms.size()) +
           table.text("  ");
}

std::string atlasText(const UnitAtlas& atlas) {
    TextTable table;
    table.addColumn("layer", Align::Left);
    for (const char* title : {"units", "never active", "always active", "same pattern", "mergeable", "mean frequency"}) table.addColumn(title, Align::Right);
    for (const AtlasLayer& l : atlas.layers) {
        const double sum = std::accumulate(l.active.begin(), l.active.end(), 0.0);
        const double cells = static_cast<double>(l.active.size()) * static_cast<double>(atlas.rows);
        table.addRow({l.name, thousands(static_cast<std::int64_t>(l.active.size())), thousands(l.never), thousands(l.always), thousands(l.samePattern), thousands(l.merged),
                      fmt::format("{:.2f} %", 100 * sum / cells)});
    }
    return fmt::format("\nUnits over {} rows of {} ({:.0f} rows/s)\n", thousands(atlas.rows), atlas.datasetPath, atlas.rowsPerSecond) + table.text("  ") +
           fmt::format("  prunable: {} of {} learned MLP parameters ({:.2f} %): units never active in these rows and mergeable duplicates, each with its incoming\n"
                       "  weights, bias and outgoing weights, counted once. Same pattern: on and off in the same ones of {} evenly spread rows.\n",
                       thousands(atlas.prunable), thousands(atlas.parameters), 100 * static_cast<double>(atlas.prunable) / static_cast<double>(atlas.parameters),
                       thousands(atlas.patternRows));
}

}  // namespace

Run setUpLayers(CLI::App& app, CommonOptions& common) {
    struct Options {
        std::string checkpoint;
        DataOptions data;
        RowChoice rows;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Optional);
    addReadingOptions(app, options->data);
    auto* rows = addRowsOption(app, options->rows.rows, "Active units are counted over them; without it over all rows of the dataset");
    app.add_option("--limit", options->rows.limit, "Count over the first rows only")
        ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()))
        ->needs("--data")
        ->excludes(rows);
    rows->needs("--data");
    app.footer("Exit codes: 0 all weights are finite; 1 some are NaN or infinite; 2 could not run.");
    return [options](Context& context) -> Result<void> {
        const CommonOptions& shared = context.common;
        std::shared_ptr<Engine> engine;
        std::shared_ptr<const Dataset> dataset;
        if (options->data.path.empty()) {
            auto opened = openModel(options->checkpoint, shared, context.progress, context.stop);
            if (!opened) return fail(std::move(opened).error());
            engine = *std::move(opened);
        } else {
            auto opened = openModelAndData(options->checkpoint, shared, options->data, context.progress, context.stop);
            if (!opened) return fail(std::move(opened).error());
            engine = std::move(opened->engine);
            dataset = std::move(opened->dataset);
        }
        const auto layers = engine->layers(context.progress.callback(), context.stop);
        if (!layers) return fail(layers.error());
        context.findings = std::any_of(layers->layers.begin(), layers->layers.end(), [](const LayerStatistics& l) { return l.weights.nonFinite + l.biases.nonFinite > 0; });
        std::optional<UnitAtlas> atlas;
        std::string notCounted;  // weights with NaN cannot predict, and their statistics say where it is
        if (dataset) {
            takeCount(options->rows, shared.quiet);
            auto chosen = chosenRows(options->rows, dataset);
            if (!chosen) return fail(std::move(chosen).error());
            shared.origin->dataset = *chosen;
            auto counted = engine->unitAtlas(**chosen, {0, (*chosen)->rows() - 1}, {}, context.progress.callback(), context.stop);
            if (counted) atlas = *std::move(counted);
            else if (!context.findings || counted.error().isCancelled()) return fail(std::move(counted).error());
            else notCounted = fmt::format("  note: how often units are active was not counted: {}\n", counted.error().message);
        }
        if (shared.json) {
            context.out.write(layersJson(engine->info(), *layers, atlas ? &*atlas : nullptr));
            return {};
        }
        context.out.write(layersText(*layers));
        if (engine->spec().numericalFeatures == 0)
            context.out.write("  note: the last inputs of bottom_mlp/0 may be padding; with --data the number of numericals tells\n");
        if (layers->importance) context.out.write(importanceText(engine->spec(), *layers->importance));
        if (atlas) context.out.write(atlasText(*atlas));
        context.out.write(notCounted);
        return {};
    };
}

}  // namespace dlrm::cli
