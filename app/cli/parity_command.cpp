// SPDX-License-Identifier: Apache-2.0
// dlrm-cli parity
#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/analysis/reference/rounding_spread.h"
#include "core/dataset/readers/selected_rows.h"
#include "core/engine/backends.h"
#include "core/report/parity_export.h"

namespace dlrm::cli {
namespace {

constexpr std::int64_t kMostParityRows =
    4096;  // every layer of every run is kept: 4,096 rows of the full model take about 0.7 GB

struct ParityArguments {
    std::optional<VerbOption> backend, precision;  // whether they were given
    std::string out;
    ParityOptions parity;
    RowChoice rows;
};

// The backends and precisions that were asked for; without --precision each that a backend has, with --backend auto
// those of the CPU and the GPU.
std::vector<ParityCandidate> candidates(const BackendRequest& asked, bool onePrecision) {
    std::vector<ParityCandidate> out;
    const auto add = [&](const std::string& backend, Precision precision) {
        BackendRequest request = asked;
        request.name = backend;
        request.precision = precision;
        out.push_back({backend, precision, chooseBackend(request)});
    };
    for (const BackendOption& backend : backendOptions()) {
        if (asked.name != "auto" && asked.name != backend.name) continue;
        const auto has = [&](Precision p) {
            return std::find(backend.precisions.begin(), backend.precisions.end(), p) != backend.precisions.end();
        };
        if (!onePrecision)
            for (const Precision precision : backend.precisions) add(backend.name, precision);
        else if (has(asked.precision) || asked.name != "auto") add(backend.name, asked.precision);
    }
    // The CPU first: it is what the others are compared with.
    std::stable_partition(out.begin(), out.end(), [](const ParityCandidate& c) { return c.backend == "cpu"; });
    return out;
}

std::string summaryText(const Parity& parity) {
    TextTable table{"<run", ">max |Δlogit|", ">mean |Δlogit|", ">allowed", "<", "<again", "<other batches"};
    const auto bits = [](bool same) { return same ? "same bits" : "other bits"; };
    for (const ParityRun& run : parity.runs)
        if (run.notRun.empty())
            table.addRow({run.name, fmt::format("{:.2e}", run.largest), fmt::format("{:.2e}", run.mean),
                          fmt::format("{:.1e}", run.tolerance), run.passed ? "within" : "EXCEEDED", bits(run.sameAgain),
                          bits(run.sameInOtherBatches)});
    std::string out = table.text("  ");
    for (const ParityRun& run : parity.runs)
        if (!run.notRun.empty()) out += fmt::format("  {} not run: {}\n", run.name, run.notRun);
    return out;
}

// A line per layer, a column per run: the largest |Δ|.
std::string layersText(const Parity& parity) {
    TextTable table{"<layer"};
    for (const ParityRun& run : parity.runs)
        if (run.notRun.empty()) table.addColumn(">" + run.name);
    for (std::size_t i = 0; i < parity.reference.layers.size(); ++i) {
        std::vector<std::string> cells{parity.reference.layers[i].name};
        for (const ParityRun& run : parity.runs)
            if (run.notRun.empty() && i < run.layers.size())
                cells.push_back(fmt::format("{:.2e} / {:.2e}", run.layers[i].largest, run.layers[i].mean));
        table.addRow(std::move(cells));
    }
    return table.text("  ");
}

std::string ulpText(const ParityRun& run) {
    std::string out = fmt::format("  {}:", run.name);
    for (const UlpBin& bin : run.ulps)
        if (bin.rows > 0)
            out += fmt::format(
                "  {} × {}", bin.low == bin.high ? thousands(bin.low) : thousands(bin.low) + "–" + thousands(bin.high),
                thousands(bin.rows));
    return out + "\n";
}

Failure tooManyRows(std::int64_t rows) {
    return fail(Error("E-CLI-004", "These are too many rows for one call.")
                    .inField("--rows")
                    .butExpected(fmt::format("at most {}", thousands(kMostParityRows)))
                    .butFound(thousands(rows))
                    .withRemedy("Ask for a part of them at a time, or draw some with --sample."));
}

// What --rows says: the rows of the dataset, or for one version more how many to draw, which goes to `sample`. Empty: a
// sample.
Result<std::vector<std::int64_t>> listedRows(RowChoice choice, const Dataset* dataset, bool quiet,
                                             std::int64_t& sample) {
    if (const auto count = takeCount(choice, "--sample", quiet)) {
        if (*count > kMostParityRows) return tooManyRows(*count);
        sample = *count;
    }
    std::vector<std::int64_t> out;
    if (choice.rows.empty()) return out;
    if (!dataset)
        return fail(Error("E-CLI-001", "--rows chooses rows of a dataset, and there is none.")
                        .inField("--rows")
                        .butExpected("--data beside it")
                        .butFound(choice.rows)
                        .withRemedy("Give --data, or --sample N for N synthetic rows."));
    DLRM_TRY(const auto ranges, chosenRanges(choice, *dataset));
    std::int64_t all = 0;
    for (const RowRange& range : ranges) all += range.size();  // inside the dataset, no row twice
    if (all > kMostParityRows) return tooManyRows(all);
    for (const RowRange& range : ranges)
        for (std::int64_t row = range.first; row <= range.last; ++row) out.push_back(row);
    return out;
}

Result<void> parity(Context& context, const ParityArguments& options) {
    const BackendRequest request = onThisMachine(context.common.open.model.backend);
    if (!options.out.empty()) DLRM_TRY(checkParityPath(options.out));
    // An explicit backend that is not there is an error, as everywhere; with auto it is listed as not run.
    if (request.name != "auto") {
        BackendRequest plain = request;
        plain.precision = Precision::Fp32;
        DLRM_TRY(chooseBackend(plain));
    }
    CommonOptions common = context.common;
    common.open.model.backend.name = "cpu";  // nothing is predicted with the engine's own backend
    common.open.model.backend.precision = Precision::Fp32;
    DLRM_TRY(auto opened, openAll(common, context.job()));
    const std::shared_ptr<Engine>& engine = opened.engine;
    std::shared_ptr<const Dataset> dataset = opened.dataset;
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    ParityOptions chosen = options.parity;
    DLRM_TRY(const auto listed, listedRows(options.rows, dataset.get(), context.common.quiet, chosen.rows));
    if (!listed.empty()) {
        std::vector<RowRange> ranges;
        for (const std::int64_t row : listed) ranges.push_back({row, row});
        dataset = selectRows(std::move(dataset), std::move(ranges), describe(options.rows));
        context.common.origin->dataset = dataset;
        chosen.rows = dataset->rows();
    }
    DLRM_TRY(auto result,
             engine->parity(chosen, candidates(request, options.precision->given()), dataset.get(), context.job()));
    if (!listed.empty()) result.rows = listed;  // as the dataset counts them
    if (result.runs.empty())
        return fail(Error("E-CLI-009", "No backend computes in this precision.")
                        .butExpected("fp32, tf32, bf16 or fp16")
                        .butFound(std::string(name(request.precision)))
                        .withRemedy("Choose another --precision, or none: then every one is compared."));
    result.askedByName = options.backend->given() && request.name != "auto";
    context.progress.clear();
    context.findings = !result.passed();
    if (!options.out.empty()) DLRM_TRY(exportParity(result, options.out, provenanceOf(context.common)));
    if (context.common.json) {
        context.out.write(parityJson(result));
        return {};
    }
    context.out.write(fmt::format("{}{}, seed {}, against a double reference\n",
                                  plural(static_cast<std::int64_t>(result.rows.size()), "row"),
                                  result.dataset.empty() ? " (synthetic)" : " of " + result.dataset, result.seed));
    if (!result.dataset.empty()) context.out.write("preprocessing: " + result.profile + "\n");
    context.out.write(summaryText(result));
    context.out.write(fmt::format("  {}\n", toleranceWords()));
    context.out.write("\nLargest and mean |Δ| of each layer\n" + layersText(result));
    context.out.write("\nLogits by distance in float32 steps (ulps)\n");
    for (const ParityRun& run : result.runs)
        if (run.notRun.empty()) context.out.write(ulpText(run));
    if (!options.out.empty()) context.out.write("\nInputs, layers and logits are in " + options.out + "\n");
    return {};
}

}  // namespace

Run setUpParity(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<ParityArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    addDataOptions(verb, common, DataUse::Optional);
    addReadingOptions(verb, common);
    options->backend = verb.named("--backend");
    options->precision = verb.named("--precision");
    VerbOption rows =
        addRowsOption(verb, options->rows.rows,
                      fmt::format("At most {}, of --data. Without it: a sample", thousands(kMostParityRows)));
    verb.whole("--sample", options->parity.rows,
               fmt::format("How many rows to compare, at most {}, drawn by the seed: of the dataset, or synthetic "
                           "ones without --data",
                           thousands(kMostParityRows)),
               std::int64_t{1}, kMostParityRows)
        .showDefault()
        .excludes(rows);
    addSeedOption(verb, options->parity.seed, "Chooses the rows");
    verb.text("--out", options->out, "Write inputs, layers, logits and tolerances to this .h5 file");
    verb.footer(fmt::format(
        "Without --precision every precision of the backend; without --backend the CPU's and the GPU's, where there is "
        "one.\nThe largest |logit - reference| {}.\n"
        "Exit codes: 0 every run is within its tolerance; 1 one exceeds it, or a run of the backend asked for did not "
        "happen, or none did; 2 could not run, also where the backend that --backend names is not there.",
        toleranceWords()));
    return [options](Context& context) { return parity(context, *options); };
}

}  // namespace dlrm::cli
