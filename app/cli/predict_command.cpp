// SPDX-License-Identifier: Apache-2.0
// dlrm-cli predict
#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/explanation_text.h"
#include "app/cli/row_choice.h"
#include "app/cli/row_edits.h"
#include "app/cli/scenarios.h"
#include "app/cli/text.h"
#include "core/analysis/reference/expected_logits.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

constexpr std::int64_t kRowsForPeople = 20;      // without --rows
constexpr std::int64_t kMostByThemselves = 100;  // rows that are explained, or edited
constexpr std::int64_t kRowsAtATime = 65'536;    // bounds the memory of a long table

struct PredictArguments {
    std::string rows, out, expect;
    std::vector<std::string> set;
    bool explain = false, scenarios = false;
    double tolerance = 1e-5;  // of --expect; what fp32 keeps to on logits of order 1 to 10
};

Result<std::vector<RowRange>> rangesOf(const PredictArguments& options, bool forPeople, const Dataset& dataset) {
    RowChoice choice;
    choice.rows = options.rows;
    if (forPeople) choice.limit = kRowsForPeople;
    return chosenRanges(choice, dataset);
}

std::int64_t rowsIn(const std::vector<RowRange>& ranges) {
    return std::accumulate(ranges.begin(), ranges.end(), std::int64_t{0}, [](std::int64_t n, const RowRange& range) {
        return range.size() > std::numeric_limits<std::int64_t>::max() - n ? std::numeric_limits<std::int64_t>::max()
                                                                           : n + range.size();
    });
}

std::string tableText(const Prediction& prediction, bool withTitles) {
    TextTable table;
    for (const char* title : {">row", ">label", ">logit", ">probability"}) table.addColumn(withTitles ? title : ">");
    for (const PredictedRow& row : prediction.rows)
        table.addRow({fmt::format("{:>11}", thousands(row.row)),
                      fmt::format("{:>5}", row.label ? std::to_string(*row.label) : "-"),
                      fmt::format("{:>11.6f}", row.logit), fmt::format("{:>11.6f}", row.probability)});
    return table.text("  ");
}

// That there are more rows than those shown without --rows.
std::string restText(const PredictArguments& options, const std::vector<RowRange>& ranges, const Workspace& opened) {
    if (!options.rows.empty() || rowsIn(ranges) == opened.dataset->rows()) return {};
    return fmt::format("  the first {} of {} rows; --rows A-B shows others\n", rowsIn(ranges),
                       thousands(opened.dataset->rows()));
}

std::string assumptionsText(const CommonOptions& common) {
    std::string out;
    for (const std::string& note : notesOf(common)) out += "  note: " + note + "\n";
    return out;
}

// The rows of `ranges`, predicted part by part as they are asked for. Ends early when nobody reads the output any more.
PredictionParts predictedParts(Context& context, Workspace& opened, const std::vector<RowRange>& ranges,
                               Engine::PredictContent content = {}) {
    return [&context, &opened, ranges, content, all = rowsIn(ranges), range = std::size_t{0}, inside = std::int64_t{0},
            done = std::int64_t{0}, part = Prediction(), started = false]() mutable -> Result<const Prediction*> {
        if (std::exchange(started, true) && (range == ranges.size() || !context.out.isOpen())) return nullptr;
        const std::int64_t first = ranges[range].first + inside;
        const RowRange rows{first, std::min(ranges[range].last, first + kRowsAtATime - 1)};
        DLRM_TRY(part, opened.engine->predict(*opened.dataset, rows, content, {.stop = context.stop}));
        inside += rows.size();
        if (rows.last == ranges[range].last) {
            ++range;
            inside = 0;
        }
        done += rows.size();
        report(context.progress.callback(), {"predicting", done, all, "rows"});
        return &part;
    };
}

// The chosen rows for what looks at each by itself: the first 20 without --rows.
Result<std::vector<RowRange>> fewRanges(const PredictArguments& options, const char* to, const Dataset& dataset) {
    DLRM_TRY(auto ranges, rangesOf(options, true, dataset));
    if (rowsIn(ranges) > kMostByThemselves)
        return fail(Error("E-CLI-004", fmt::format("These are too many rows to {} in one call.", to))
                        .butExpected(fmt::format("at most {}", kMostByThemselves))
                        .butFound(fmt::format("{}", rowsIn(ranges)))
                        .withRemedy("Give a smaller --rows A-B."));
    return ranges;
}

// The rows, their inputs as --set has them; logits and probabilities are those of the rows as they stand in the data.
Result<std::vector<Prediction>> rowsByThemselves(Context& context, const PredictArguments& options, Workspace& opened,
                                                 const std::vector<RowRange>& ranges) {
    DLRM_TRY(const auto edits, parseEdits(options.set, opened));
    const TypedRows typed = typedRows(opened);
    std::vector<Prediction> out;
    for (const RowRange& range : ranges) {
        const bool mayBeMended = !edits.empty();
        DLRM_TRY(auto prediction, opened.engine->predict(*opened.dataset, range,
                                                         {.inputs = true, .raw = false, .notFinite = mayBeMended},
                                                         {.stop = context.stop}));
        for (PredictedRow& row : prediction.rows) {
            if (edits.empty()) continue;
            DLRM_TRY(auto changed, edited(row, edits, typed));
            row.input = changed.input;
            if (context.common.origin->remarks.empty())
                context.common.origin->remarks = editNotes(edits, changed, typed);
        }
        out.push_back(std::move(prediction));
    }
    return out;
}

Result<void> printTable(Context& context, const PredictArguments& options, Workspace& opened,
                        const std::vector<RowRange>& ranges) {
    const PredictionParts parts = predictedParts(context, opened, ranges);
    for (bool first = true;; first = false) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) break;
        context.progress.clear();
        context.out.write(tableText(*part, first));
    }
    context.out.write(restText(options, ranges, opened) + assumptionsText(context.common));
    return {};
}

Result<void> explainRows(Context& context, const PredictArguments& options, Workspace& opened) {
    DLRM_TRY(const auto ranges, fewRanges(options, "explain", *opened.dataset));
    DLRM_TRY(const auto predictions, rowsByThemselves(context, options, opened, ranges));
    std::vector<ExplainedRow> explained;
    for (const Prediction& prediction : predictions)
        for (const PredictedRow& row : prediction.rows) {
            DLRM_TRY(auto explanation, opened.engine->explain(row.input, context.stop));
            DLRM_TRY(auto attribution, opened.engine->attribute(explanation, context.stop));
            explained.push_back({row.row, row.label, std::move(explanation), std::move(attribution)});
        }
    const std::string profile = predictions.empty() ? std::string() : predictions.front().profile;
    const std::string json = explanationsJson(explained, opened.engine->spec(), profile, opened.engine->backend());
    if (!options.out.empty()) {
        DLRM_TRY(exportJson(json, options.out, provenanceOf(context.common)));
        if (!context.common.json) {
            context.out.write(fmt::format("{} explained in {}\n", plural(std::ssize(explained), "row"), options.out));
            return {};
        }
    }
    context.out.write(context.common.json
                          ? json
                          : explanationsText(explained, opened.engine->spec()) + assumptionsText(context.common));
    return {};
}

std::string differencesText(const LogitDifferences& d) {
    const std::string rows = thousands(d.rows);
    std::string out = d.finite == 0  ? "Nothing was compared: in no row are both logits finite numbers.\n"
                      : d.beyond > 0 ? fmt::format("{} of {} logits are further than {:g} from the expected ones.\n",
                                                   thousands(d.beyond), rows, d.tolerance)
                      : d.finite < d.rows
                          ? fmt::format("{} of {} logits were compared and lie within {:g} of the expected ones.\n",
                                        thousands(d.finite), rows, d.tolerance)
                          : fmt::format("All {} logits lie within {:g} of the expected ones.\n", rows, d.tolerance);
    if (d.largestAt >= 0)
        out += fmt::format("  largest |Δlogit| {} in row {}, {}\n",
                           d.notFinite > 0 ? "NaN" : fmt::format("{:.3g}", d.largest), thousands(d.largestAt),
                           d.notFinite + d.bothNan == d.rows
                               ? "a number in no row"
                               : fmt::format("mean {:.3g}{}", d.mean, d.notFinite > 0 ? " where it is a number" : ""));
    if (d.notFinite > 0)
        out += fmt::format("  NaN or infinite on one side only in {}, which differ\n", plural(d.notFinite, "row"));
    if (d.bothNan > 0)
        out += fmt::format("  NaN on both sides in {}, which count as equal\n", plural(d.bothNan, "row"));
    if (const std::int64_t infinite = d.rows - d.finite - d.notFinite - d.bothNan; infinite > 0)
        out += fmt::format("  the same infinity on both sides in {}, which count as equal\n", plural(infinite, "row"));
    if (!d.note.empty()) out += "  note: " + d.note + "\n";
    if (d.first.empty()) return out;
    TextTable table{">row", ">logit", ">expected", ">difference"};
    for (const LogitDifferences::Row& row : d.first)
        table.addRow({thousands(row.row), fmt::format("{:.6f}", row.logit), fmt::format("{:.6f}", row.expected),
                      fmt::format("{:+.3g}", row.logit - row.expected)});
    return out + table.text("  ") + (d.beyond > static_cast<std::int64_t>(d.first.size()) ? "  …\n" : "");
}

Result<void> compareRows(Context& context, const PredictArguments& options, Workspace& opened) {
    DLRM_TRY(const auto ranges, rangesOf(options, false, *opened.dataset));
    if (ranges.size() != 1)
        return fail(Error("E-CLI-008", "Rows are compared with expected logits in one range.")
                        .inField("--rows")
                        .butExpected("A-B")
                        .butFound(options.rows)
                        .withRemedy("Compare range by range."));
    DLRM_TRY(auto expected,
             ExpectedLogits::open(options.expect, ranges.front(), opened.dataset->rows(), options.tolerance));
    const PredictionParts parts = predictedParts(context, opened, ranges, {.notFinite = true});
    std::vector<float> logits;
    while (true) {
        DLRM_TRY(const auto part, parts());
        if (part == nullptr) break;
        logits.clear();
        for (const PredictedRow& row : part->rows) logits.push_back(row.logit);
        if (!logits.empty()) expected.compare(part->rows.front().row, logits);
    }
    context.progress.clear();
    const LogitDifferences& found = expected.differences();
    context.findings = !found.passed() || found.rows != ranges.front().size();
    context.out.write(context.common.json ? logitDifferencesJson(found)
                                          : differencesText(found) + assumptionsText(context.common));
    return {};
}

// `rows` rows, which `parts` begins to hand over each time it is called, into a file, or as JSON, or both.
Result<void> writeRows(Context& context, const PredictArguments& options, const std::function<PredictionParts()>& parts,
                       std::int64_t rows) {
    const bool machine = context.common.json || context.common.jsonLines;
    if (!options.out.empty()) {
        auto written = exportPrediction(parts(), rows, options.out, [&] { return provenanceOf(context.common); });
        DLRM_TRY(written);
        context.progress.clear();
        if (!machine) {
            context.out.write(
                fmt::format("{} written to {}\n{}", plural(rows, "row"), options.out, assumptionsText(context.common)));
            return {};
        }
    }
    if (context.common.jsonLines) context.out.useLines();
    bool begun = !context.common.jsonLines;
    TextWriter writer([&](std::string_view piece) -> Result<void> {
        if (!std::exchange(begun, true)) context.out.write(provenanceLine(provenanceOf(context.common)));
        context.out.write(piece);
        return {};
    });
    return context.common.jsonLines ? writePredictionLines(parts(), writer) : writePredictionJson(parts(), writer);
}

std::string editedText(const std::vector<Prediction>& before, const Prediction& after) {
    TextTable table{">row", ">label", ">logit", ">probability", ">logit before", ">change of logit"};
    std::size_t at = 0;
    for (const Prediction& prediction : before)
        for (const PredictedRow& was : prediction.rows) {
            const PredictedRow& row = after.rows[at++];
            table.addRow({thousands(row.row), row.label ? std::to_string(*row.label) : "-",
                          fmt::format("{:.6f}", row.logit), fmt::format("{:.6f}", row.probability),
                          fmt::format("{:.6f}", was.logit), fmt::format("{:+.6f}", row.logit - was.logit)});
        }
    return table.text("  ");
}

Result<void> predictEdited(Context& context, const PredictArguments& options, Workspace& opened) {
    DLRM_TRY(const auto ranges, fewRanges(options, "edit", *opened.dataset));
    DLRM_TRY(const auto before, rowsByThemselves(context, options, opened, ranges));
    Prediction after;
    for (const Prediction& prediction : before) {
        std::vector<PredictedRow> rows = std::exchange(after.rows, {});
        after = prediction;
        after.rows = std::move(rows);
        for (const PredictedRow& was : prediction.rows) {
            DLRM_TRY(const auto explanation, opened.engine->explain(was.input, context.stop));
            PredictedRow& row = after.rows.emplace_back();
            row.row = was.row;
            row.label = was.label;
            row.logit = explanation.logit;
            row.probability = explanation.probability;
            row.logitBefore = was.logit;
        }
    }
    if (context.common.json || context.common.jsonLines || !options.out.empty()) {
        const auto once = [&]() -> PredictionParts {
            return [part = static_cast<const Prediction*>(&after)]() mutable -> Result<const Prediction*> {
                return std::exchange(part, nullptr);
            };
        };
        return writeRows(context, options, once, rowsIn(ranges));
    }
    context.out.write(editedText(before, after) + restText(options, ranges, opened) + assumptionsText(context.common));
    return {};
}

Result<void> predictRows(Context& context, const PredictArguments& options) {
    CommonOptions common = context.common;
    common.open.data.namedFields = NamedFields::Take;  // lines that the window copied
    DLRM_TRY(auto opened, openAll(common, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, opened));
    if (options.scenarios)
        return predictScenarios(context, opened, options.explain ? WithReasons::Yes : WithReasons::No);
    if (options.explain) return explainRows(context, options, opened);
    if (!options.set.empty()) return predictEdited(context, options, opened);
    if (!options.expect.empty()) return compareRows(context, options, opened);
    const bool forPeople = !context.common.json && !context.common.jsonLines && options.out.empty();
    DLRM_TRY(const auto ranges, rangesOf(options, forPeople, *opened.dataset));
    if (forPeople) return printTable(context, options, opened, ranges);
    return writeRows(
        context, options, [&] { return predictedParts(context, opened, ranges); }, rowsIn(ranges));
}

}  // namespace

Run setUpPredict(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<PredictArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    addRowsOption(verb, options->rows, "Without it: all rows with --json, --jsonl or --out, else the first 20");
    VerbOption explain =
        verb.flag("--explain", options->explain,
                  "What each field adds to the logit, vectors, interaction matrix and activations of each row (at most "
                  "100 rows, the first 20 without --rows): a summary; with --json every value, the top MLP's input "
                  "too");
    VerbOption lines = verb.flag("--jsonl", common.jsonLines,
                                 "Print a JSON object a line instead: first {\"provenance\", \"notes\"}, then one for "
                                 "each row; {\"error\"} last where it fails on the way");
    lines.group(kOutputGroup).excludes(explain).excludes(verb.named("--json"));
    VerbOption out = verb.text("--out", options->out,
                               "Write the rows to this file instead of a table: .h5 .tsv .csv .json .npy (.npy: the "
                               "logits; with --explain only .json); with --json they "
                               "are printed as well. Where the rows come from stands in the file; of .tsv, .csv and "
                               ".npy in FILE.json beside it");
    VerbOption expect = verb.text("--expect", options->expect,
                                  "A .npy file with the logits that another program, the training job above all, "
                                  "computed for these rows, or for all of the dataset: prints how "
                                  "far ours are from them and the first rows that differ, instead of the rows; exit "
                                  "code 1 when one is further than --atol, or NaN on one side only, or none is a "
                                  "finite number on both sides");
    VerbOption set = verb.repeated(
        "--set", options->set,
        "FIELD=VALUE, as often as needed: the rows (at most 100, the first 20 without --rows) are predicted with this "
        "value, which goes through the same preprocessing as raw rows: num_3=12, cat_5=a73ee510 where a dictionary is "
        "in force, cat_5=id:7 for a row of the table, num_3=fed:2.5 for what the model is fed, num_3= for a missing "
        "value");
    verb.flag("--scenarios", options->scenarios,
              "The scenarios of a workspace (.dlrmx) instead of rows: the probability of each and by how much it is "
              "other than that of its row before it was edited; with --explain the five strongest reasons. Exit code 1 "
              "where one does not fit what is open")
        .excludes(out)
        .excludes(expect)
        .excludes(lines)
        .excludes(set)
        .excludes(verb.named("--rows"));
    expect.excludes(out).excludes(explain).excludes(lines).excludes(set);
    verb.number("--atol", options->tolerance, "Largest |Δlogit| that --expect lets pass").showDefault().needs(expect);
    return [options](Context& context) { return predictRows(context, *options); };
}

}  // namespace dlrm::cli
