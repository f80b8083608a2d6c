// SPDX-License-Identifier: Apache-2.0
// dlrm-cli predict
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/explanation_text.h"
#include "app/cli/row_lists.h"
#include "app/cli/text.h"
#include "core/analysis/expected_logits.h"
#include "core/export/export.h"
#include "core/export/json.h"

namespace dlrm::cli {
namespace {

using Align = TextTable::Align;

constexpr std::int64_t kRowsForPeople = 20;      // without --rows
constexpr std::int64_t kMostExplained = 100;
constexpr std::int64_t kRowsAtATime = 65'536;    // bounds the memory of a long table

struct Options {
    std::string checkpoint, rows, out, expect;
    DataOptions data;
    bool explain = false;
    double tolerance = 1e-5;  // of --expect; what fp32 keeps to on logits of order 1 to 10
};

Result<RowRange> rangeOf(const Options& options, bool forPeople, const Dataset& dataset) {
    if (!options.rows.empty()) return parseRowRange(options.rows);
    const std::int64_t count = forPeople ? std::min(kRowsForPeople, dataset.rows()) : dataset.rows();
    return RowRange{0, count - 1};
}

std::string tableText(const Prediction& prediction, bool withTitles) {
    TextTable table;
    for (const char* title : {"row", "label", "logit", "probability"}) table.addColumn(withTitles ? title : "", Align::Right);
    for (const PredictedRow& row : prediction.rows)
        table.addRow({fmt::format("{:>11}", thousands(row.row)), fmt::format("{:>5}", row.label ? std::to_string(*row.label) : "-"), fmt::format("{:>11.6f}", row.logit),
                      fmt::format("{:>11.6f}", row.probability)});
    return table.text("  ");
}

std::string assumptionsText(const Engine& engine, const Dataset& dataset) {
    std::string out;
    for (const std::string& note : engine.info().notes) out += "  note: " + note + "\n";
    for (const std::string& note : dataset.notes()) out += "  note: " + note + "\n";
    if (dataset.multiHot() && engine.spec().combiner) out += fmt::format("  note: The vectors of several ids of a feature are combined by {}.\n", name(*engine.spec().combiner));
    return out;
}

// The rows of `range`, predicted part by part as they are asked for. Ends early when nobody reads the output any more.
PredictionParts predictedParts(Context& context, ModelAndData& opened, RowRange range) {
    return [&context, &opened, range, next = range.first, part = Prediction(), started = false]() mutable -> Result<const Prediction*> {
        if (std::exchange(started, true) && (next > range.last || !context.out.isOpen())) return nullptr;
        const RowRange rows{next, std::min(range.last, next + kRowsAtATime - 1)};
        auto predicted = opened.engine->predict(*opened.dataset, rows, {}, {}, context.stop);
        if (!predicted) return fail(std::move(predicted).error());
        part = *std::move(predicted);
        next = rows.last + 1;
        report(context.progress.callback(), {"predicting", next - range.first, range.size(), "rows"});
        return &part;
    };
}

Result<void> printTable(Context& context, const Options& options, ModelAndData& opened, RowRange range) {
    const PredictionParts parts = predictedParts(context, opened, range);
    for (bool first = true;; first = false) {
        const auto part = parts();
        if (!part) return fail(part.error());
        if (*part == nullptr) break;
        context.progress.clear();
        context.out.write(tableText(**part, first));
    }
    if (options.rows.empty() && range.size() < opened.dataset->rows())
        context.out.write(fmt::format("  the first {} of {} rows; --rows A-B shows others\n", range.size(), thousands(opened.dataset->rows())));
    context.out.write(assumptionsText(*opened.engine, *opened.dataset));
    return {};
}

Result<void> explainRows(Context& context, const Options& options, ModelAndData& opened) {
    const auto range = rangeOf(options, true, *opened.dataset);
    if (!range) return fail(range.error());
    if (range->size() > kMostExplained)
        return fail(Error("E-CLI-004", "These are too many rows to explain in one call.")
                        .butExpected(fmt::format("at most {}", kMostExplained))
                        .butFound(fmt::format("{}", range->size()))
                        .withRemedy("give a smaller --rows A-B"));
    const auto prediction = opened.engine->predict(*opened.dataset, *range, {.inputs = true, .raw = false}, {}, context.stop);
    if (!prediction) return fail(prediction.error());
    std::vector<ExplainedRow> explained;
    for (const PredictedRow& row : prediction->rows) {
        auto explanation = opened.engine->explain(row.input, context.stop);
        if (!explanation) return fail(std::move(explanation).error());
        explained.push_back({row.row, row.label, *std::move(explanation)});
    }
    if (!options.out.empty()) {
        if (auto written = exportJson(explanationsJson(explained, opened.engine->spec()), options.out); !written) return written;
        if (!context.common.json) {
            context.out.write(fmt::format("{} rows explained in {}\n", explained.size(), options.out));
            return {};
        }
    }
    context.out.write(context.common.json ? explanationsJson(explained, opened.engine->spec()) : explanationsText(explained, opened.engine->spec()));
    return {};
}

std::string differencesText(const LogitDifferences& d) {
    std::string out = d.beyond == 0 ? fmt::format("All {} logits lie within {:g} of the expected ones.\n", thousands(d.rows), d.tolerance)
                                    : fmt::format("{} of {} logits are further than {:g} from the expected ones.\n", thousands(d.beyond), thousands(d.rows), d.tolerance);
    if (d.largestAt >= 0) out += fmt::format("  largest |Δlogit| {:.3g} in row {}, mean {:.3g}\n", d.largest, thousands(d.largestAt), d.mean);
    if (!d.note.empty()) out += "  note: " + d.note + "\n";
    if (d.first.empty()) return out;
    TextTable table;
    for (const char* title : {"row", "logit", "expected", "difference"}) table.addColumn(title, Align::Right);
    for (const LogitDifferences::Row& row : d.first)
        table.addRow({thousands(row.row), fmt::format("{:.6f}", row.logit), fmt::format("{:.6f}", row.expected), fmt::format("{:+.3g}", row.logit - row.expected)});
    return out + table.text("  ") + (d.beyond > static_cast<std::int64_t>(d.first.size()) ? "  …\n" : "");
}

Result<void> compareRows(Context& context, const Options& options, ModelAndData& opened) {
    const auto range = rangeOf(options, false, *opened.dataset);
    if (!range) return fail(range.error());
    auto expected = ExpectedLogits::open(options.expect, *range, opened.dataset->rows(), options.tolerance);
    if (!expected) return fail(std::move(expected).error());
    const PredictionParts parts = predictedParts(context, opened, *range);
    std::vector<float> logits;
    while (true) {
        const auto part = parts();
        if (!part) return fail(part.error());
        if (*part == nullptr) break;
        logits.clear();
        for (const PredictedRow& row : (*part)->rows) logits.push_back(row.logit);
        if (!logits.empty()) expected->compare((*part)->rows.front().row, logits);
    }
    context.progress.clear();
    const LogitDifferences& found = expected->differences();
    context.findings = found.beyond > 0 || found.rows != range->last - range->first + 1;
    context.out.write(context.common.json ? logitDifferencesJson(found) : differencesText(found));
    return {};
}

Result<void> predictRows(Context& context, const Options& options) {
    auto opened = openModelAndData(options.checkpoint, context.common, options.data, context.progress, context.stop);
    if (!opened) return fail(std::move(opened).error());
    if (auto other = refuseInputAsOutput(options.out, *opened->engine, opened->dataset.get()); !other) return other;
    if (options.explain) return explainRows(context, options, *opened);
    if (!options.expect.empty()) return compareRows(context, options, *opened);
    const bool forPeople = !context.common.json && options.out.empty();
    const auto range = rangeOf(options, forPeople, *opened->dataset);
    if (!range) return fail(range.error());
    if (range->last >= opened->dataset->rows()) {  // refused as a whole, before a part of it is printed
        if (auto refused = opened->engine->predict(*opened->dataset, *range, {}, {}, context.stop); !refused) return fail(std::move(refused).error());
    }
    if (forPeople) return printTable(context, options, *opened, *range);
    if (!options.out.empty()) {
        if (auto written = exportPrediction(predictedParts(context, *opened, *range), range->size(), options.out); !written) return written;
        context.progress.clear();
        if (!context.common.json) {
            context.out.write(fmt::format("{} rows written to {}\n", thousands(range->size()), options.out));
            return {};
        }
    }
    TextWriter writer([&](std::string_view piece) -> Result<void> {
        context.out.write(piece);
        return {};
    });
    return writePredictionJson(predictedParts(context, *opened, *range), writer);
}

}  // namespace

Run setUpPredict(CLI::App& app, CommonOptions& common) {
    auto options = std::make_shared<Options>();
    addModelOptions(app, common, options->checkpoint);
    addDataOptions(app, options->data, DataUse::Required);
    addReadingOptions(app, options->data);
    app.add_option("--rows", options->rows,
                   "Rows A-B, counted from 0, both included. Without it: all rows with --json or --out, else the first 20")
        ->check(notEmpty());
    app.add_flag("--explain", options->explain,
                 "Vectors, interaction matrix and activations of each row (at most 100 rows, the first 20 without --rows); all numbers with --json");
    app.add_option("--out", options->out, "Write the rows to this file instead of a table: .h5 .tsv .csv .json .npy (.npy: the logits; with --explain only .json); with --json they "
                   "are printed as well")
        ->check(notEmpty());
    auto* expect = app.add_option("--expect", options->expect,
                                  "A .npy file with the logits that another program, the training job above all, computed for these rows, or for all of the dataset: prints how "
                                  "far ours are from them and the first rows that differ, instead of the rows; exit code 1 when one is further than --atol");
    expect->check(notEmpty())->excludes("--out")->excludes("--explain");
    app.add_option("--atol", options->tolerance, "Largest |Δlogit| that --expect lets pass")->capture_default_str()->needs(expect);
    return [options](Context& context) { return predictRows(context, *options); };
}

}  // namespace dlrm::cli
