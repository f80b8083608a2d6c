// SPDX-License-Identifier: Apache-2.0
// dlrm-cli evaluate
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/evaluation_text.h"
#include "app/cli/row_choice.h"
#include "app/cli/row_edits.h"
#include "core/base/guarded.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/dataset/readers/selected_rows.h"
#include "core/engine/evaluation.h"
#include "core/measure/dataset_fingerprint.h"
#include "core/measure/state_file.h"
#include "core/metrics/metric.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

struct EvaluateArguments {
    std::string out, sidecar, state, where, gauc;
    double pcoc = 0;  // percent
    EvaluateOptions evaluate;
    bool verified = false;
    RowChoice rows;
    SliceChoice slices;
};

// Ascending, none next to another.
std::vector<RowRange> joined(std::vector<RowRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const RowRange& a, const RowRange& b) { return a.first < b.first; });
    std::vector<RowRange> out;
    for (const RowRange& range : ranges) {
        if (!out.empty() && out.back().last + 1 == range.first) out.back().last = range.last;
        else out.push_back(range);
    }
    return out;
}

Error notCategorical(const std::string& name) {
    return Error("E-FIELD-008", "Rows are not grouped by a number.")
        .inField("--gauc")
        .butExpected("a categorical field, as cat_19")
        .butFound(name)
        .withRemedy("Name a categorical field; bins of a number are slices: --by \"num_3 quantiles 8\".");
}

// A single range keeps the row numbers of the dataset in every message; of other choices the engine sees a dataset of
// their own.
Result<EvaluationMeasures> measureChosen(Context& context, const Workspace& opened, const std::vector<RowRange>& ranges,
                                         const EvaluateArguments& options) {
    EvaluateOptions evaluate = options.evaluate;
    const auto planned = [&](SliceChoice choice) {
        choice.hashedValues = idsAreHashes(opened, context.common.open.data.missingDictionary);
        return planSlices(opened, choice, context.job());
    };
    if (!options.slices.empty()) {
        DLRM_TRY(evaluate.slices, planned(options.slices));
    }
    if (!options.where.empty()) {
        DLRM_TRY(evaluate.where, planned({.slices = {options.where}}));
    }
    if (!options.gauc.empty()) {
        DLRM_TRY(const auto field, fieldNamed(options.gauc, "--gauc", opened));
        if (field.numerical) return fail(notCategorical(field.name));
        evaluate.groupedBy = TableId{field.index};
    }
    evaluate.topShare = options.pcoc / 100;
    if (ranges.size() == 1) {
        if (ranges.front() != RowRange{0, opened.dataset->rows() - 1}) evaluate.range = ranges.front();
        return opened.engine->measureEvaluation(*opened.dataset, evaluate, {}, context.job());
    }
    const auto chosen = selectRows(opened.dataset, ranges, describe(options.rows));
    auto measures = opened.engine->measureEvaluation(*chosen, evaluate, {}, context.job());
    if (measures) measures->provenance.totalRows = opened.dataset->rows();
    return measures;
}

// With what has to be known of any row of the dataset: that most values are unknown comes first.
std::vector<std::string> inOrder(std::vector<std::string> notes, const std::string& foremost) {
    if (foremost.empty()) return notes;
    std::erase(notes, foremost);
    notes.insert(notes.begin(), foremost);
    return notes;
}

// What was measured, with the rows as the dataset numbers them. `notes`: those that hold for all rows of it.
Result<void> writeState(const EvaluateArguments& options, const Workspace& opened, const std::vector<RowRange>& ranges,
                        EvaluationMeasures& measures, Provenance origin, std::vector<std::string> notes) {
    origin.rows = joined(ranges);
    origin.totalRows = opened.dataset->rows();
    origin.datasetFingerprint =
        ranges.size() == 1 ? measures.provenance.datasetFingerprint : datasetFingerprintOf(*opened.dataset);
    origin.profile = measures.provenance.profile;
    origin.backend = measures.provenance.backend;
    origin.seconds = measures.provenance.seconds;
    origin.notes = std::move(notes);
    SavedMeasures saved{std::move(origin), {}};
    saved.states.emplace(measures.scores.key(), measures.scores.save());
    return writeStateFile(saved, options.state);
}

Result<void> checkOutputs(const EvaluateArguments& options) {
    if (!options.out.empty()) DLRM_TRY(checkEvaluationPath(options.out));
    if (options.state.empty()) return {};
    DLRM_TRY(refuseAsOutput(options.state, {}, options.out));
    return checkStatePath(options.state);
}

Result<void> run(const EvaluateArguments& options, Context& context) {
    DLRM_TRY(checkOutputs(options));
    DLRM_TRY(auto opened, openAll(context.common, context.job()));
    for (const std::string& written : {options.out, options.state})
        DLRM_TRY(refuseInputAsOutput(written, opened, options.sidecar));
    std::vector<std::string> ofModel = opened.engine->info().notes, vouched;
    if (options.verified) {
        DLRM_TRY(auto verified, opened.engine->requireVerified(context.job(), options.sidecar));
        std::erase(ofModel, kChecksumsNotCompared);
        vouched.push_back(std::move(verified));
    }
    DLRM_TRY(const auto ranges, chosenRanges(options.rows, *opened.dataset));
    DLRM_TRY(auto measures, measureChosen(context, opened, ranges, options));
    context.common.origin->fingerprint = measures.provenance.fingerprint;

    std::string foremost;
    if (const auto unknown = opened.dataset->unknownValues(); unknown && unknown->most())
        foremost = unknown->sentence();
    const auto notes = [&](const std::vector<std::string>& ofRows, const std::string& note) {
        std::vector<std::string> out = ofModel;
        for (const auto& more : {ofRows, vouched}) out.insert(out.end(), more.begin(), more.end());
        if (!note.empty()) out.push_back(note);
        for (std::string& caution : cautions(context.common)) out.push_back(std::move(caution));
        return inOrder(std::move(out), foremost);
    };
    Evaluation evaluation = evaluationOf(measures, measures.scores.rows(), true);
    evaluation.notes = notes(measures.provenance.notes, sampleNote(options.rows, *opened.dataset));
    if (ranges.size() == 1 && ranges.front() != RowRange{0, opened.dataset->rows() - 1})
        evaluation.notes.push_back(partNote(describe(options.rows)));
    if (!evaluation.where.empty()) evaluation.notes.push_back(partNote("those where " + evaluation.where));
    Provenance origin = provenanceOf(context.common);
    origin.notes = evaluation.notes;
    context.out.hasNotes();
    const bool text = !context.common.json;
    context.out.write(text ? (foremost.empty() ? "" : foremost + "\n\n") + evaluationText(evaluation, origin)
                           : evaluationJson(evaluation));
    if (!options.state.empty()) {
        DLRM_TRY(writeState(options, opened, ranges, measures, origin, notes(opened.dataset->notes(), "")));
        if (text) context.out.write("\nstate written to " + options.state + "\n");
    }
    if (options.out.empty()) return {};
    DLRM_TRY(exportEvaluation(evaluation, options.out, origin));
    if (text) context.out.write("\nwritten to " + options.out + "\n");
    return {};
}

std::string metricWords() {
    std::string out = "Metrics (p: probability, y: label, z: logit):\n";
    for (const Metric& metric : metricTable()) out += fmt::format("  {:<20} {}\n", metric.title, metric.formula);
    return out +
           "  ECE's note tells its bins, their rows, and the ECE that a perfectly calibrated model of so many rows "
           "would show.\n";
}

std::string sliceWords() {
    return "Slices (--slice, --where), terms joined by \"and\":\n"
           "  num_3 > 5           also = != < <= >= and in 1,2,3; a missing number is only ever != another\n"
           "  cat_3 = a73ee510    also != and in; needs the dictionary\n"
           "  cat_3 id 10-99      also 5, 10- and -9\n"
           "  cat_3 decade 2      ids of two digits; 0: the id 0\n"
           "  num_3 missing       or present; of a category: missing, rare or unknown\n"
           "  cat_3 untrained     its row was never trained; reads all tables once\n"
           "  unknown_fields > 3  so many categories are missing; also untrained_fields\n"
           "  row 0-999           by number\n"
           "Keys (--by), one or two with a comma; each of their values is a slice:\n"
           "  cat_3 decade, cat_3 top 8, cat_3 missing, num_3 quantiles 8, num_3 missing,\n"
           "  unknown_fields, untrained_fields, row blocks 10\n"
           "  top: the lowest ids: the most frequent values where ids count by frequency, as NVIDIA's do.\n";
}

}  // namespace

Run setUpEvaluate(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<EvaluateArguments>();
    addModelOptions(verb, common, ModelUse::Computed);
    verb.open("combiner", common.open);
    addDataOptions(verb, common, DataUse::Required);
    addReadingOptions(verb, common);
    addSampleOptions(verb, options->rows, addRowsOption(verb, options->rows.rows, "Without it: all rows"));
    const VerbOption dropLast =
        verb.whole("--drop-last", options->evaluate.dropLast,
                   "Leave out the last partial batch of this many rows, as the training repository does with its "
                   "batches of 65,536. Without it: no row is left out",
                   std::int64_t{1}, std::numeric_limits<std::int64_t>::max());
    const VerbOption slice = verb.repeated(
        "--slice", options->slices.slices,
        "Also give the figures of the rows that this sentence is true of, as \"num_3 > 5 and cat_19 missing\"; may be "
        "given several times, see below. Without any: the slices of the workspace, where one is opened");
    const VerbOption by =
        verb.repeated("--by", options->slices.groups,
                      "Also give them for each value of a key, or of two, as \"cat_19 decade\" or \"cat_3 top 8, num_3 "
                      "missing\"; may be given several times, see below");
    const VerbOption where =
        verb.text("--where", options->where,
                  "Count only the rows that this sentence is true of; the whole dataset is predicted all the same")
            .excludes(slice)
            .excludes(by);
    const VerbOption gauc =
        verb.text("--gauc", options->gauc,
                  "Also give the GAUC over this categorical field: the AUC within each of its values, weighted with "
                  "their rows, exact; values with one class only are left out, and their share is told")
            .excludes(where);
    const VerbOption pcoc = verb.percent("--pcoc", options->pcoc,
                                         "Also give predicted over observed clicks of so many percent of the rows, "
                                         "those with the highest scores");
    verb.whole("--min-rows", options->slices.minRows, "A slice (--slice, --by) of fewer rows is not judged",
               std::int64_t{0}, std::numeric_limits<std::int64_t>::max())
        .showDefault();
    verb.whole("--min-positives", options->slices.minPositives, "One with fewer clicked rows neither", std::int64_t{0},
               std::numeric_limits<std::int64_t>::max())
        .showDefault();
    const VerbOption weakest =
        verb.whole("--weakest", options->slices.weakest,
                   "Also list so many slices at most where clicks are furthest from what was predicted, beyond chance: "
                   "of all bins of all fields and all pairs of them; on the screen and in JSON",
                   std::int64_t{1}, std::int64_t{1000});
    verb.named("--where").excludes(weakest);
    const VerbOption gate =
        verb.flag("--verified", options->verified,
                  "Refuse a checkpoint that is not what was recorded with verify, or, without a record, whose files do "
                  "not hold checksums that agree (exit code 2)");
    verb.text("--sidecar", options->sidecar,
              "The file of recorded hashes that --verified compares with, where it is not inside the checkpoint")
        .needs(gate);
    verb.text("--out", options->out,
              "Also write the figures to this file: .h5 .tsv .csv .json. Where they come from stands in the file; of "
              ".tsv and .csv in FILE.json beside it");
    verb.text("--state", options->state,
              "Also write what was measured of these rows to this file (.h5), for merge: it gives one result of the "
              "rows of many runs, on any machines")
        .excludes(dropLast)
        .excludes(verb.named("--sample"))
        .excludes(slice)
        .excludes(by)
        .excludes(weakest)
        .excludes(where)
        .excludes(gauc)
        .excludes(pcoc);
    verb.footer(metricWords() + sliceWords());
    return [options](Context& context) {
        EvaluateArguments asked = *options;
        // Those of a workspace, where none are asked for.
        if (const auto& workspace = context.common.workspace; workspace && asked.slices.empty() && asked.state.empty())
            asked.slices.slices = workspace->slices;
        return guarded([&] { return run(asked, context); });
    };
}

}  // namespace dlrm::cli
