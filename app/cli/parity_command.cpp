// SPDX-License-Identifier: Apache-2.0
// dlrm-cli parity
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/text.h"
#include "core/export/parity_export.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

constexpr std::int64_t kMostRows = 4096;  // every layer of every run is kept: 4,096 rows of the full model take about 0.7 GB

struct Options {
    std::string checkpoint, out;
    DataOptions data;
    ParityOptions parity;
};

// Every precision of the CPU, and of the GPU unless --backend cpu.
std::vector<ParityCandidate> candidates(const BackendRequest& asked) {
    std::vector<ParityCandidate> out;
    const auto add = [&](const char* backend, Precision precision) {
        BackendRequest request = asked;
        request.name = backend;
        request.precision = precision;
        out.push_back({backend, precision, chooseBackend(request)});
    };
    for (const Precision precision : {Precision::Fp32, Precision::Bf16}) add("cpu", precision);
    if (asked.name != "cpu")
        for (const Precision precision : {Precision::Fp32, Precision::Tf32, Precision::Bf16, Precision::Fp16}) add("cuda", precision);
    return out;
}

std::string summaryText(const Parity& parity) {
    TextTable table;
    table.addColumn("run", Align::Left);
    for (const char* title : {"max |Δlogit|", "mean |Δlogit|", "allowed"}) table.addColumn(title, Align::Right);
    for (const char* title : {"", "again", "other batches"}) table.addColumn(title, Align::Left);
    const auto bits = [](bool same) { return same ? "same bits" : "other bits"; };
    for (const ParityRun& run : parity.runs)
        if (run.notRun.empty())
            table.addRow({run.name, fmt::format("{:.2e}", run.largest), fmt::format("{:.2e}", run.mean), fmt::format("{:.0e}", run.tolerance),
                          run.passed ? "within" : "EXCEEDED", bits(run.sameAgain), bits(run.sameInOtherBatches)});
    std::string out = table.text("  ");
    for (const ParityRun& run : parity.runs)
        if (!run.notRun.empty()) out += fmt::format("  {} not run: {}\n", run.name, run.notRun);
    return out;
}

// A line per layer, a column per run: the largest |Δ|.
std::string layersText(const Parity& parity) {
    TextTable table;
    table.addColumn("layer", Align::Left);
    for (const ParityRun& run : parity.runs)
        if (run.notRun.empty()) table.addColumn(run.name, Align::Right);
    for (std::size_t i = 0; i < parity.reference.layers.size(); ++i) {
        std::vector<std::string> cells{parity.reference.layers[i].name};
        for (const ParityRun& run : parity.runs)
            if (run.notRun.empty() && i < run.layers.size()) cells.push_back(fmt::format("{:.2e} / {:.2e}", run.layers[i].largest, run.layers[i].mean));
        table.addRow(std::move(cells));
    }
    return table.text("  ");
}

std::string ulpText(const ParityRun& run) {
    std::string out = fmt::format("  {}:", run.name);
    for (const UlpBin& bin : run.ulps)
        if (bin.rows > 0) out += fmt::format("  {} × {}", bin.low == bin.high ? thousands(bin.low) : thousands(bin.low) + "–" + thousands(bin.high), thousands(bin.rows));
    return out + "\n";
}

Result<void> parity(Context& context, const Options& options) {
    const auto request = backendRequest(context.common);
    if (!request) return fail(request.error());
    if (!options.out.empty())
        if (auto writable = checkParityPath(options.out); !writable) return writable;
    // An explicit backend that is not there is an error, as everywhere; with auto it is listed as not run.
    if (request->name != "auto") {
        BackendRequest plain = *request;
        plain.precision = Precision::Fp32;
        if (auto there = chooseBackend(plain); !there) return fail(std::move(there).error());
    }
    CommonOptions common = context.common;
    common.backend = "cpu";  // nothing is predicted with the engine's own backend
    common.precision = "fp32";
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> dataset;
    if (options.data.path.empty()) {
        auto opened = openModel(options.checkpoint, common, context.progress, context.stop);
        if (!opened) return fail(std::move(opened).error());
        engine = *std::move(opened);
    } else {
        auto opened = openModelAndData(options.checkpoint, common, options.data, context.progress, context.stop);
        if (!opened) return fail(std::move(opened).error());
        engine = std::move(opened->engine);
        dataset = std::move(opened->dataset);
    }
    if (auto other = refuseInputAsOutput(options.out, *engine, dataset.get()); !other) return other;
    const auto result = engine->parity(options.parity, candidates(*request), dataset.get(), context.progress.callback(), context.stop);
    if (!result) return fail(result.error());
    context.progress.clear();
    context.findings = !result->passed();
    if (!options.out.empty())
        if (auto written = exportParity(*result, options.out, provenanceOf(context.common)); !written) return written;
    if (context.common.json) {
        context.out.write(parityJson(*result));
        return {};
    }
    context.out.write(fmt::format("{} rows{}, seed {}, against a double reference\n", thousands(static_cast<std::int64_t>(result->rows.size())),
                                  result->dataset.empty() ? " (synthetic)" : " of " + result->dataset, result->seed));
    if (!result->dataset.empty()) context.out.write("preprocessing: " + result->profile + "\n");
    context.out.write(summaryText(*result));
    context.out.write("\nLargest and mean |Δ| of each layer\n" + layersText(*result));
    context.out.write("\nLogits by distance in float32 steps (ulps)\n");
    for (const ParityRun& run : result->runs)
        if (run.notRun.empty()) context.out.write(ulpText(run));
    if (!options.out.empty()) context.out.write("\nInputs, layers and logits are in " + options.out + "\n");
    return {};
}

}  // namespace

Run setUpParity(CLI::App& app, CommonOptions& common) {
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Optional);
    addReadingOptions(app, options->data);
    app.add_option("--sample,--rows", options->parity.rows, "How many rows to compare, drawn by the seed: of the dataset, or synthetic ones without --data")->check(CLI::Range(std::int64_t{1}, kMostRows))->capture_default_str();
    app.add_option("--seed", options->parity.seed, "Chooses the rows")->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))->capture_default_str();
    app.add_option("--out", options->out, "Write inputs, layers, logits and tolerances to this .h5 file")->check(notEmpty());
    return [options](Context& context) { return parity(context, *options); };
}

}  // namespace dlrm::cli
