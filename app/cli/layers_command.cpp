// SPDX-License-Identifier: Apache-2.0
// dlrm-cli layers CHECKPOINT [--data PATH [--rows LIST]] [--json]
//
// JSON keys: layers[{name, inputs, padding_inputs, padding_non_finite, outputs, relu, parameters, weights{values,
// zeros, non_finite, mean, std, min, max}, biases{the same}, histogram{low, high, counts[]}, silent, constant, unread,
// zero_columns, zero_rows, exact_duplicates, near_duplicates, row_norms[], units[{norm, outgoing_norm, bias, state,
// duplicate_of, exact, cosine}]}], prunable{units[{layer, unit, why}], parameters, of}, interaction{order, source,
// vectors[], pair_norms[][], bottom_norms[], dot_rms, bottom_rms}, cross_layers[{name, width, projection, parameters,
// weights{…}, biases{…}}], and with --data atlas{data, split, profile, first_row, rows, pattern_rows, parameters,
// prunable_parameters, seconds, backend, precision, layers[{name, never_active, always_active, same_pattern, mergeable,
// removable, active_rows[], pattern_of[], merge[]}]}. Padding rows are in `inputs` and in no statistic. duplicate_of,
// exact and cosine stand only with units that are duplicates; outgoing_norm is null for an MLP's last layer.
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/layers_text.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/report/json.h"

namespace dlrm::cli {

Run setUpLayers(VerbOptions& verb, CommonOptions& common) {
    struct Options {
        RowChoice rows;
    };
    auto options = std::make_shared<Options>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Optional);
    addReadingOptions(verb, common);
    VerbOption rows = addRowsOption(verb, options->rows.rows,
                                    "Active units are counted over them; without it over all rows of the dataset");
    verb.whole("--limit", options->rows.limit, "Count over the first rows only", std::int64_t{1},
               std::numeric_limits<std::int64_t>::max())
        .needs(verb.named("--data"))
        .excludes(rows);
    rows.needs(verb.named("--data"));
    verb.footer("Units:\n" + unitWords() +
                "\nExit codes: 0 all weights are finite; 1 some are NaN or infinite; 2 could not run.");
    return [options](Context& context) -> Result<void> {
        const CommonOptions& shared = context.common;
        DLRM_TRY(const auto opened, openAll(shared, context.job()));
        const std::shared_ptr<Engine>& engine = opened.engine;
        const std::shared_ptr<const Dataset>& dataset = opened.dataset;
        DLRM_TRY(const auto layers, engine->layers(context.job()));
        context.findings = layers.nonFinite() > 0;
        std::optional<UnitAtlas> atlas;
        std::string notCounted;  // weights with NaN cannot predict, and their statistics say where it is
        if (dataset) {
            if (const auto count = takeCount(options->rows, "--limit", shared.quiet)) options->rows.limit = *count;
            DLRM_TRY(auto chosen, chosenRows(options->rows, dataset));
            shared.origin->dataset = chosen;
            auto counted = engine->unitAtlas(*chosen, {0, chosen->rows() - 1}, {}, context.job());
            if (counted) atlas = *std::move(counted);
            else if (!context.findings || counted.error().isCancelled()) return fail(std::move(counted).error());
            else
                notCounted =
                    fmt::format("  note: how often units are active was not counted: {}\n", counted.error().message);
        }
        if (shared.json) {
            context.out.write(layersJson(engine->info(), layers, atlas ? &*atlas : nullptr));
            return {};
        }
        context.out.write(layersText(layers) + unitsText(layers));
        if (engine->spec().numericalFeatures == 0)
            context.out.write(
                "  note: the last inputs of bottom_mlp/0 may be padding; with --data the number of numericals tells\n");
        if (layers.importance) context.out.write(importanceText(engine->spec(), *layers.importance));
        if (atlas) context.out.write(atlasText(*atlas));
        context.out.write(notCounted);
        return {};
    };
}

}  // namespace dlrm::cli
