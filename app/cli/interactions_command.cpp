// SPDX-License-Identifier: Apache-2.0
// dlrm-cli interactions CHECKPOINT --data PATH [--rows LIST] [--slice EXPR [--against EXPR]] [--out FILE] [--json]
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
#include "core/engine/slice_plan.h"
#include "core/report/interactions_report.h"

namespace dlrm::cli {
namespace {

struct InteractionArguments {
    RowChoice rows;
    std::string out, slice, against;
    bool withoutAttribution = false, extremes = false;
    std::int64_t top = 20;
};

std::string figureText(double value, int decimals = 5) {
    return std::isfinite(value) ? decimalText(value, decimals) : "-";
}

std::string rowsOf(const InteractionMatrices& m, const std::string& slice) {
    std::string out = plural(m.rows, "row");
    if (!slice.empty() && slice != "all") out += " where " + slice;
    if (m.labelled) out += fmt::format(", {} of them clicked", thousands(m.positives));
    return out;
}

std::string headText(const Interactions& found) {
    const InteractionMatrices& m = found.matrices;
    const Provenance& origin = found.provenance;
    std::string out = fmt::format("{}; {} vectors, {} pairs ({} of {} at {:.0f} rows/s)\n", rowsOf(m, found.slice),
                                  m.names.size(), m.names.size() * (m.names.size() - 1) / 2,
                                  plural(origin.measuredRows(), "row"), origin.dataset, origin.rowsPerSecond);
    if (found.against)
        out += fmt::format("against {}; {} in both\n", rowsOf(found.against->matrices, found.against->slice),
                           thousands(found.against->comparison.shared));
    return out + "\n";
}

std::string moreText(std::size_t shown, std::size_t all) {
    return shown < all ? fmt::format("  the first {} of {}; --top N shows more, --out all matrices\n", shown, all) : "";
}

void addExtremeColumns(const Interactions& found, TextTable& table) {
    if (found.extremes.empty()) return;
    for (const char* title : {">lowest", ">in row", ">highest", ">in row"}) table.addColumn(title);
}

void addExtremeCells(const Interactions& found, std::size_t first, std::size_t second,
                     std::vector<std::string>& cells) {
    if (found.extremes.empty()) return;
    const PairExtremes& pair = found.extremes[first * (first - 1) / 2 + second];
    for (const ExtremeRow& row : {pair.lowest.front(), pair.highest.front()}) {
        cells.push_back(figureText(static_cast<double>(row.value)));
        cells.push_back(std::to_string(row.row));
    }
}

std::string comparisonText(const Interactions& found, std::size_t most) {
    const std::vector<ComparedPair> pairs =
        comparedPairs(found.matrices, found.against->matrices, found.against->comparison);
    TextTable table{"<largest effects", ">mean", ">against", ">difference", ">± standard error", ">effect"};
    addExtremeColumns(found, table);
    for (std::size_t i = 0; i < std::min(most, pairs.size()); ++i) {
        const ComparedPair& pair = pairs[i];
        std::vector<std::string> cells{found.matrices.names[pair.first] + " × " + found.matrices.names[pair.second]};
        for (const double value : {pair.mean, pair.against, pair.difference, pair.differenceSe, pair.effectSize})
            cells.push_back(figureText(value));
        addExtremeCells(found, pair.first, pair.second, cells);
        table.addRow(std::move(cells));
    }
    return headText(found) + table.text("  ") + moreText(most, pairs.size());
}

std::string interactionsText(const Interactions& found, std::size_t most) {
    if (found.against) return comparisonText(found, most);
    const InteractionMatrices& m = found.matrices;
    std::string out = headText(found);
    const std::vector<InteractionPair> pairs = interactionPairs(m);
    TextTable table{"<strongest pairs", ">mean", ">std"};
    if (m.labelled)
        for (const char* title : {">clicked", ">not clicked", ">effect", "<95 % interval"}) table.addColumn(title);
    const bool attributed = !m.attribution.empty();
    if (attributed)
        for (const char* title : {">adds to the logit", ">share"}) table.addColumn(title);
    addExtremeColumns(found, table);
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
        addExtremeCells(found, pair.first, pair.second, cells);
        table.addRow(std::move(cells));
    }
    out += table.text("  ");
    out += moreText(most, pairs.size());
    if (const PairOrder order = pairOrder(m); order != PairOrder::Share)
        out += std::string("  strongest: ") + (order == PairOrder::Effect ? "largest effect\n" : "largest mean\n");
    return out;
}

std::string matrixWords() {
    std::string out = "Matrices (X: dot products of the interaction's vectors of a row; V: those vectors):\n";
    for (const InteractionMatrix& matrix : interactionMatrixTable())
        out += fmt::format("  {:<16} {}\n", matrix.key, matrix.formula);
    out +=
        "  Those of clicks need labels; attributions need a model with dot products.\n"
        "With --against also those of the other slice (against_mean …), and:\n";
    for (const ComparisonMatrix& matrix : comparisonMatrixTable())
        out += fmt::format("  {:<19} {}\n", matrix.key, matrix.formula);
    return out + "Slices are written as --slice of evaluate takes them.\n";
}

Result<void> run(const InteractionArguments& options, Context& context) {
    if (!options.out.empty()) DLRM_TRY(checkInteractionsPath(options.out));
    DLRM_TRY(const auto opened, openAll(context.common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    DLRM_TRY(const auto chosen, chosenRows(options.rows, opened.dataset));
    context.common.origin->dataset = chosen;
    if (const std::string note = sampleNote(options.rows, *opened.dataset); !note.empty())
        context.common.origin->remarks.push_back(note);
    InteractionOptions asked;
    asked.attributions = !options.withoutAttribution;
    asked.extremes = options.extremes;
    if (!options.slice.empty()) {
        SliceChoice slices;
        slices.slices = {options.slice};
        if (!options.against.empty()) slices.slices.push_back(options.against);
        slices.hashedValues = idsAreHashes(opened, context.common.open.data.missingDictionary);
        slices.ofLabels = false;
        DLRM_TRY(asked.slices, planSlices(opened, slices, context.job()));
    }
    DLRM_TRY(auto found, opened.engine->interactions(*chosen, asked, {}, context.job()));
    found.provenance.totalRows = opened.dataset->rows();
    context.common.origin->fingerprint = found.provenance.fingerprint;
    context.progress.clear();
    context.out.write(context.common.json
                          ? interactionsJson(found)
                          : interactionsText(found, static_cast<std::size_t>(options.top)) + notesText(context.common));
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
    const VerbOption slice = verb.text(
        "--slice", options->slice,
        "Only of the rows that this sentence is true of, as \"num_3 > 5 and cat_19 missing\"; see --slice of evaluate");
    verb.text("--against", options->against,
              "Also of the rows of this one, and what the slice differs by from it: difference of the means with its "
              "standard error, effect size; \"all\" is all rows")
        .needs(slice);
    verb.flag("--without-attribution", options->withoutAttribution,
              "Leave out what the pairs add to the logit: half of the time");
    verb.flag(
        "--extremes", options->extremes,
        "Also list for every pair the 10 rows with the smallest and with the largest product: in JSON and .h5; for "
        "people the outermost one of the pairs that are listed");
    verb.whole("--top", options->top, "Pairs to list for people", std::int64_t{1},
               std::numeric_limits<std::int64_t>::max());
    verb.text("--out", options->out,
              "Also write the matrices to this file: .h5 .json .npy (matrices, vectors, vectors), or the pairs: .tsv "
              ".csv. Where they come from stands in the file; of .npy, .tsv and .csv in FILE.json beside it");
    verb.footer(matrixWords());
    return [options](Context& context) { return guarded([&] { return run(*options, context); }); };
}

}  // namespace dlrm::cli
