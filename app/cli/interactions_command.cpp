// SPDX-License-Identifier: Apache-2.0
// dlrm-cli interactions CHECKPOINT --data PATH [--rows LIST] [--out FILE] [--json]
//
// JSON keys: core/report/interactions_report.h.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/row_choice.h"
#include "app/cli/text.h"
#include "core/base/guarded.h"
#include "core/report/interactions_report.h"

namespace dlrm::cli {
namespace {

struct InteractionArguments {
    RowChoice rows;
    std::string out;
    bool withoutAttribution = false;
    std::int64_t top = 20;
};

std::string figureText(double value, int decimals = 5) {
    return std::isfinite(value) ? decimalText(value, decimals) : "-";
}

std::string interactionsText(const Interactions& found, std::size_t most) {
    const InteractionMatrices& m = found.matrices;
    const Provenance& origin = found.provenance;
    std::string out = fmt::format("{} of {}", plural(m.rows, "row"), origin.dataset);
    if (m.labelled) out += fmt::format(", {} of them clicked", thousands(m.positives));
    out += fmt::format("; {} vectors, {} pairs ({:.0f} rows/s)\n\n", m.names.size(),
                       m.names.size() * (m.names.size() - 1) / 2, origin.rowsPerSecond);
    const std::vector<InteractionPair> pairs = interactionPairs(m);
    TextTable table{"<strongest pairs", ">mean", ">std"};
    if (m.labelled)
        for (const char* title : {">clicked", ">not clicked", ">effect", "<95 % interval"}) table.addColumn(title);
    const bool attributed = !m.attribution.empty();
    if (attributed)
        for (const char* title : {">adds to the logit", ">share"}) table.addColumn(title);
    for (std::size_t i = 0; i < std::min(most, pairs.size()); ++i) {
        const InteractionPair& pair = pairs[i];
        const std::size_t at = pair.first * m.names.size() + pair.second;
        std::vector<std::string> cells{m.names[pair.first] + " × " + m.names[pair.second], figureText(pair.mean),
                                       figureText(pair.std)};
        if (m.labelled) {
            for (const double value : {m.clicked[at], m.notClicked[at], pair.effectSize})
                cells.push_back(figureText(value));
            cells.push_back(std::isfinite(pair.effectSize)
                                ? figureText(pair.effectLow, 4) + " .. " + figureText(pair.effectHigh, 4)
                                : "");
        }
        if (attributed) {
            cells.push_back(figureText(pair.attribution));
            cells.push_back(std::isfinite(pair.share) ? fmt::format("{:.2f} %", 100 * pair.share) : "-");
        }
        table.addRow(std::move(cells));
    }
    out += table.text("  ");
    if (most < pairs.size())
        out += fmt::format("  the first {} of {}; --top N shows more, --out all matrices\n", most, pairs.size());
    if (!attributed)
        out += "  strongest: " + std::string(!pairs.empty() && std::isfinite(pairs[0].effectSize) ? "largest effect\n"
                                                                                                  : "largest mean\n");
    return out;
}

std::string matrixWords() {
    std::string out = "Matrices (X: dot products of the interaction's vectors of a row; V: those vectors):\n";
    for (const InteractionMatrix& matrix : interactionMatrixTable())
        out += fmt::format("  {:<16} {}\n", matrix.key, matrix.formula);
    return out + "  Those of clicks need labels; attributions need a model with dot products.\n";
}

Result<void> run(const InteractionArguments& options, Context& context) {
    if (!options.out.empty()) DLRM_TRY(checkInteractionsPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto chosen, chosenRows(options.rows, opened.dataset));
    context.common.origin->dataset = chosen;
    InteractionOptions asked;
    asked.attributions = !options.withoutAttribution;
    DLRM_TRY(auto found, opened.engine->interactions(*chosen, asked, {}, context.job()));
    found.provenance.totalRows = opened.dataset->rows();
    context.common.origin->fingerprint = found.provenance.fingerprint;
    context.progress.clear();
    context.out.write(context.common.json ? interactionsJson(found)
                                          : interactionsText(found, static_cast<std::size_t>(options.top)));
    if (options.out.empty()) return {};
    DLRM_TRY(exportInteractions(found, options.out, provenanceOf(context.common)));
    if (!context.common.json) context.out.write("\nwritten to " + options.out + "\n");
    return {};
}

}  // namespace

Run setUpInteractions(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<InteractionArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    addSampleOptions(verb, options->rows, addRowsOption(verb, options->rows.rows, "Without it: all rows"));
    verb.flag("--without-attribution", options->withoutAttribution,
              "Leave out what the pairs add to the logit: half of the time");
    verb.whole("--top", options->top, "Pairs to list for people", std::int64_t{1},
               std::numeric_limits<std::int64_t>::max());
    verb.text("--out", options->out,
              "Also write the matrices to this file: .h5 .json .npy (matrices, vectors, vectors), or the pairs: .tsv "
              ".csv. Where they come from stands in the file; of .npy, .tsv and .csv in FILE.json beside it");
    verb.footer(matrixWords());
    return [options](Context& context) { return guarded([&] { return run(*options, context); }); };
}

}  // namespace dlrm::cli
