// SPDX-License-Identifier: Apache-2.0
// dlrm-cli compare
#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/comparison_text.h"
#include "app/cli/evaluation_text.h"
#include "app/cli/row_choice.h"
#include "core/base/guarded.h"
#include "core/compare/comparison.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/engine/open_options.h"
#include "core/report/comparison_report.h"
#include "core/report/export.h"

namespace dlrm::cli {
namespace {

struct CompareArguments {
    std::string candidate, dataB, dictionaryA, dictionaryB, out;
    std::vector<std::string> otherwise;  // options of B alone, NAME=VALUE
    double tolerance = 0;
    std::optional<double> threshold;
    bool sameIds = false;
    RowChoice rows;
};

std::optional<double> finiteNumber(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

// How B is opened: as A but for what was said of it.
Result<OpenRequest> requestOfB(const CompareArguments& options, const OpenRequest& ofA) {
    OpenRequest out = ofA;
    out.checkpoint = options.candidate;
    if (!options.dataB.empty()) {
        out.data.path = options.dataB;
        out.data.dictionary.clear();
    }
    for (const std::string& text : options.otherwise) {
        const std::size_t sign = text.find('=');
        if (sign == 0 || sign == std::string::npos)
            return fail(Error("E-CLI-013", "This does not say which option of B is what.")
                            .inField("--b")
                            .butExpected("NAME=VALUE, the name without dashes")
                            .butFound(text)
                            .withRemedy("Write it as precision=bf16 or interaction=tensorflow."));
        DLRM_TRY(applyOption(out, text.substr(0, sign), text.substr(sign + 1)));
    }
    return out;
}

Provenance provenanceOfB(const Workspace& opened, const OpenRequest& request) {
    Provenance out;
    addOrigin(*opened.engine, opened.dataset.get(), out);
    addReading(readingWords(request, opened.stored.get()), opened.dataset.get(), out);
    return out;
}

bool sameFiles(const std::string& a, const std::string& b) {
    std::error_code ignored;
    return a == b || std::filesystem::equivalent(a, b, ignored);
}

// What can be said before hours of work.
Result<void> checkCompared(const CompareArguments& options, const Workspace& a, const Workspace& b) {
    if (!options.out.empty()) DLRM_TRY(checkJsonPath(options.out));
    if (!a.dataset && b.dataset)
        return fail(Error("E-CLI-014", "B has data and A has none.")
                        .inField("--b")
                        .butExpected("data for both, or for none")
                        .butFound(b.dataset->path())
                        .withRemedy("Name the data with --data, and those of B with --data-b where they are others."));
    if (!a.dataset) return {};
    for (const Workspace* one : {&a, &b}) DLRM_TRY(requireLabels(*one->dataset));
    DLRM_TRY(requireSameLength(*a.dataset, *b.dataset));
    DLRM_TRY(chosenRanges(options.rows, *a.dataset));
    return {};
}

Result<std::optional<ScoreComparison>> scoresOf(const CompareArguments& options, Context& context, Workspace& a,
                                                Workspace& b) {
    if (!a.dataset) return std::nullopt;
    DLRM_TRY(a.dataset, chosenRows(options.rows, a.dataset));
    DLRM_TRY(b.dataset, chosenRows(options.rows, b.dataset));
    DLRM_TRY(auto out,
             compareScores({*a.engine, *a.dataset}, {*b.engine, *b.dataset}, {}, options.threshold, context.job()));
    return out;
}

// All that has to be known of both, A's and of either first.
std::vector<std::string> remarksOn(const CompareArguments& options, const ModelComparison& compared, const Workspace& a,
                                   const Workspace& b, const std::string& rowsNote) {
    std::vector<std::string> out;
    const auto add = [&](std::string note) {
        if (!note.empty() && std::find(out.begin(), out.end(), note) == out.end()) out.push_back(std::move(note));
    };
    const std::vector<std::string>& ofA = a.engine->info().notes;
    const auto addOfB = [&](const std::string& note) {
        if (std::find(ofA.begin(), ofA.end(), note) == ofA.end()) add("B: " + note);
    };
    if (compared.scores) {
        if (!options.rows.rows.empty() || options.rows.sample > 0) add(partNote(describe(options.rows)));
        add(rowsNote);
        for (const std::string& note : compared.scores->a.notes) add(note);
    }
    for (const std::string& note : b.engine->info().notes) addOfB(note);
    if (compared.scores)
        for (const std::string& note : compared.scores->b.notes)
            if (std::find(out.begin(), out.end(), note) == out.end()) addOfB(note);
    return out;
}

Result<IdSpace> idSpaceOf(const CompareArguments& options, Context& context) {
    IdSpace out;
    out.sameIds = options.sameIds;
    if (options.dictionaryA.empty()) return out;
    DLRM_TRY(out.a, Dictionary::open(options.dictionaryA, {}, context.job()));
    DLRM_TRY(out.b, Dictionary::open(options.dictionaryB, {}, context.job()));
    return out;
}

Result<void> run(const CompareArguments& options, Context& context) {
    DLRM_TRY(const auto request, requestOfB(options, context.common.open));
    DLRM_TRY(auto a, openAll(context.common, context.job()));
    DLRM_TRY(auto b, openWorkspace(request, {}, context.job()));
    DLRM_TRY(refuseInputAsOutput(options.out, a));
    DLRM_TRY(refuseInputAsOutput(options.out, b));
    DLRM_TRY(checkCompared(options, a, b));
    ModelComparison out;
    out.tolerance = options.tolerance;
    const bool same = sameFiles(context.common.open.checkpoint, request.checkpoint);
    if (!same) {
        DLRM_TRY(const auto ids, idSpaceOf(options, context));
        DLRM_TRY(out.weights, compareWeights(*a.engine, *b.engine, ids, context.job()));
    }
    const std::string rowsNote = a.dataset ? sampleNote(options.rows, *a.dataset) : "";
    DLRM_TRY(out.scores, scoresOf(options, context, a, b));
    std::vector<std::string> remarks = remarksOn(options, out, a, b, rowsNote);
    if (same) remarks.insert(remarks.begin(), "A and B are the same files: their weights were not compared.");
    context.progress.clear();
    context.findings = !out.within();
    context.common.origin->remarks = std::move(remarks);
    out.a = provenanceOf(context.common);
    out.b = provenanceOfB(b, request);
    const std::string json = comparisonJson(out);
    if (!options.out.empty()) DLRM_TRY(exportJson(json, options.out, provenanceOf(context.common)));
    context.out.write(context.common.json ? json : comparisonText(out) + notesText(context.common));
    if (!options.out.empty() && !context.common.json) context.out.write("\nwritten to " + options.out + "\n");
    return {};
}

}  // namespace

Run setUpCompare(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<CompareArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.text("candidate", options->candidate, "The checkpoint that is compared with the first one, B").required();
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Optional);
    addReadingOptions(verb, common);
    const VerbOption data = verb.named("--data");
    const VerbOption rows = addRowsOption(verb, options->rows.rows, "Without it: all rows").needs(data);
    addSampleOptions(verb, options->rows, rows);
    verb.text("--data-b", options->dataB,
              "The same rows as B is fed with them, where its ids or numbers are other ones")
        .needs(data);
    verb.repeated("--b", options->otherwise,
                  "NAME=VALUE, as often as needed: an option of opening that holds for B alone, as precision=bf16, "
                  "interaction=tensorflow or dictionary=DIR");
    const VerbOption dictionary =
        verb.text("--dictionary-a", options->dictionaryA,
                  "The dictionary of A: with that of B, rows of the tables are matched by the values they stand for");
    VerbOption other = verb.text("--dictionary-b", options->dictionaryB, "The dictionary of B");
    other.needs(dictionary);
    VerbOption(dictionary).needs(other);
    verb.flag("--same-ids", options->sameIds,
              "Take ids for the same though the tables have other numbers of rows; the result says so")
        .excludes(dictionary);
    verb.taken("--tolerance",
               "Largest difference of a weight, and of a probability, that counts as equal, at least 0. Without it: 0",
               [options](const std::string& text) -> Result<bool> {
                   const auto value = finiteNumber(text);
                   if (!value || *value < 0) return false;
                   options->tolerance = *value;
                   return true;
               });
    verb.taken("--threshold",
               "The probability, from 0 to 1, whose sides rows may change. Without it: the observed click rate",
               [options](const std::string& text) -> Result<bool> {
                   options->threshold = finiteNumber(text);
                   return options->threshold && *options->threshold >= 0 && *options->threshold <= 1;
               })
        .needs(data);
    verb.text("--out", options->out, "Also write the comparison to this file: .json");
    verb.footer(
        "Rows: touched: of other bits in B; newly trained: touched, and as the initializer left it in A.\n"
        "Intervals are of paired differences: of the AUC by DeLong's covariance, else of the rows' differences;\n"
        "NE: log loss over the entropy of the mean label; calibration by the delta method.\n"
        "Exit code 0: B is A within --tolerance, 1: it differs, 2: they could not be compared.\n");
    return [options](Context& context) { return guarded([&] { return run(*options, context); }); };
}

}  // namespace dlrm::cli
