// SPDX-License-Identifier: Apache-2.0
// dlrm-cli compare
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/comparison_text.h"
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
    double tolerance = 0, threshold = std::numeric_limits<double>::quiet_NaN();
    bool sameIds = false;
    RowChoice rows;
};

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

Result<std::optional<ScoreComparison>> scoresOf(const CompareArguments& options, Context& context, Workspace& a,
                                                Workspace& b) {
    if (!a.dataset) return std::nullopt;
    if (a.dataset->rows() == b.dataset->rows()) {
        DLRM_TRY(b.dataset, chosenRows(options.rows, b.dataset));
    }
    DLRM_TRY(a.dataset, chosenRows(options.rows, a.dataset));
    std::optional<double> threshold;
    if (!std::isnan(options.threshold)) threshold = options.threshold;
    DLRM_TRY(auto out, compareScores({*a.engine, *a.dataset}, {*b.engine, *b.dataset}, {}, threshold, context.job()));
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
    ModelComparison out;
    out.tolerance = options.tolerance;
    std::vector<std::string> remarks = b.engine->info().notes;
    for (std::string& note : remarks) note.insert(0, "B: ");
    if (sameFiles(context.common.open.checkpoint, request.checkpoint)) {
        remarks.push_back("A and B are the same files: their weights were not compared.");
    } else {
        DLRM_TRY(const auto ids, idSpaceOf(options, context));
        DLRM_TRY(out.weights, compareWeights(*a.engine, *b.engine, ids, context.job()));
    }
    DLRM_TRY(out.scores, scoresOf(options, context, a, b));
    if (!out.weights && !out.scores)
        return fail(
            Error("E-CLI-014", "There is nothing to compare: A and B are the same files.")
                .inFile(options.candidate)
                .withRemedy("Name the data with --data, and what is otherwise in B with --b, as precision=bf16."));
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
    verb.number("--tolerance", options->tolerance,
                "Largest difference of a weight, and of a probability, that counts as equal")
        .showDefault();
    verb.number("--threshold", options->threshold,
                "The probability whose sides rows may change. Without it: the observed click rate")
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
