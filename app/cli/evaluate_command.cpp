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
#include "app/cli/evaluate_state.h"
#include "app/cli/evaluation_text.h"
#include "app/cli/row_choice.h"
#include "app/cli/row_edits.h"
#include "core/base/guarded.h"
#include "core/checkpoint/verify/own_checksums.h"
#include "core/dataset/readers/selected_rows.h"
#include "core/engine/evaluation.h"
#include "core/metrics/metric.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

struct EvaluateArguments {
    std::string out, sidecar, state, where, gauc;
    double pcoc = 0;  // percent
    EvaluateOptions evaluate;
    bool verified = false, resume = false;
    RowChoice rows;
    SliceChoice slices;
};

Error notCategorical(const std::string& name) {
    return Error("E-FIELD-008", "Rows are not grouped by a number.")
        .inField("--gauc")
        .butExpected("a categorical field, as cat_19")
        .butFound(name)
        .withRemedy("Name a categorical field; bins of a number are slices: --by \"num_3 quantiles 8\".");
}

// With its slices planned.
Result<EvaluateOptions> planned(Context& context, const Workspace& opened, const EvaluateArguments& options) {
    EvaluateOptions out = options.evaluate;
    const auto plan = [&](SliceChoice choice) {
        choice.hashedValues = idsAreHashes(opened, context.common.open.data.missingDictionary);
        return planSlices(opened, choice, context.job());
    };
    if (!options.slices.empty()) {
        DLRM_TRY(out.slices, plan(options.slices));
    }
    if (!options.where.empty()) {
        DLRM_TRY(out.where, plan({.slices = {options.where}}));
    }
    if (!options.gauc.empty()) {
        DLRM_TRY(const auto field, fieldNamed(options.gauc, "--gauc", opened));
        if (field.numerical) return fail(notCategorical(field.name));
        out.groupedBy = TableId{field.index};
    }
    out.topShare = options.pcoc / 100;
    return out;
}

// A single range keeps the row numbers of the dataset in every message; of other choices the engine sees a dataset of
// their own. On failure `measures` hold the rows that are done.
Result<void> measureChosen(Context& context, const Workspace& opened, const std::vector<RowRange>& ranges,
                           const RowChoice& rows, EvaluateOptions evaluate, EvaluationMeasures& measures) {
    std::shared_ptr<const Dataset> chosen = opened.dataset;
    if (ranges.size() != 1) chosen = selectRows(opened.dataset, ranges, describe(rows));
    else if (ranges.front() != RowRange{0, opened.dataset->rows() - 1}) evaluate.range = ranges.front();
    DLRM_TRY(measures, newEvaluation(*chosen, opened.engine->spec(), evaluate));
    DLRM_TRY(opened.engine->continueEvaluation(*chosen, evaluate, measures, {}, context.job()));
    measures.provenance.totalRows = opened.dataset->rows();
    return {};
}

// With what has to be known of any row of the dataset: that most values are unknown comes first.
std::vector<std::string> inOrder(std::vector<std::string> notes, const std::string& foremost) {
    if (foremost.empty()) return notes;
    std::erase(notes, foremost);
    notes.insert(notes.begin(), foremost);
    return notes;
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
    DLRM_TRY(const auto evaluate, planned(context, opened, options));
    const auto foremost = [&]() -> std::string {
        const auto unknown = opened.dataset->unknownValues();
        return unknown && unknown->most() ? unknown->sentence() : "";
    };
    const auto notes = [&](const std::vector<std::string>& ofRows, const std::string& note) {
        std::vector<std::string> out = ofModel;
        for (const auto& more : {ofRows, vouched}) out.insert(out.end(), more.begin(), more.end());
        if (!note.empty()) out.push_back(note);
        for (std::string& caution : cautions(context.common)) out.push_back(std::move(caution));
        return inOrder(std::move(out), foremost());
    };
    EvaluateState state(options.state, context, opened, [&] { return notes(opened.dataset->notes(), ""); });
    std::vector<RowRange> left = ranges;
    if (options.resume) {
        DLRM_TRY(left, state.takeEarlier(ranges, evaluate));
    } else {
        DLRM_TRY(state.requireReplaceable(ranges));
    }
    EvaluationMeasures measures;
    if (!left.empty() || !state.hasEarlier()) {
        auto measured = measureChosen(context, opened, left, options.rows, evaluate, measures);
        if (!measured) {
            state.keepDone(left, measures);
            return measured;
        }
    }
    context.common.origin->fingerprint = measures.provenance.fingerprint;
    std::vector<std::string> ofRows = measures.provenance.notes;
    if (state.hasEarlier())
        ofRows =
            (ranges.size() == 1 ? opened.dataset : selectRows(opened.dataset, ranges, describe(options.rows)))->notes();
    DLRM_TRY(state.finish(left, measures));
    Evaluation evaluation = evaluationOf(measures, measures.scores.rows(), true);
    evaluation.notes = notes(ofRows, sampleNote(options.rows, *opened.dataset));
    if (ranges.size() == 1 && ranges.front() != RowRange{0, opened.dataset->rows() - 1})
        evaluation.notes.push_back(partNote(describe(options.rows)));
    if (!evaluation.where.empty()) evaluation.notes.push_back(partNote("those where " + evaluation.where));
    Provenance origin = provenanceOf(context.common);
    origin.notes = evaluation.notes;
    context.out.hasNotes();
    const bool text = !context.common.json;
    context.out.write(text ? (foremost().empty() ? "" : foremost() + "\n\n") + evaluationText(evaluation, origin)
                           : evaluationJson(evaluation));
    if (text && !options.state.empty()) context.out.write("\nstate written to " + options.state + "\n");
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
           "  num_3 missing       or present; cat_3 missing: its value is missing, rare or unknown\n"
           "  cat_3 untrained     its row was never trained; reads all tables once\n"
           "  unknown_fields > 3  so many categories are missing; also untrained_fields\n"
           "  row 0-999           by number\n"
           "The AUC of a slice is of scores in narrow bins: JSON says by how much it may be off (most_off), its "
           "interval\n"
           "holds it, and --where gives the exact one.\n"
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
    verb.repeated(
        "--slice", options->slices.slices,
        "Also give the figures of the rows that this sentence is true of, as \"num_3 > 5 and cat_19 missing\"; may be "
        "given several times, see below. Without any: the slices of the workspace, where one is opened");
    verb.repeated("--by", options->slices.groups,
                  "Also give them for each value of a key, or of two, as \"cat_19 decade\" or \"cat_3 top 8, num_3 "
                  "missing\"; may be given several times, see below");
    const VerbOption where =
        verb.text("--where", options->where,
                  "Count only the rows that this sentence is true of; the whole dataset is predicted all the same")
            .excludes(verb.named("--slice"))
            .excludes(verb.named("--by"));
    const VerbOption gauc =
        verb.text("--gauc", options->gauc,
                  "Also give the GAUC over this categorical field: the AUC within each of its values, weighted with "
                  "their rows, exact; values with one class only are left out, and their share is told")
            .excludes(where);
    const VerbOption pcoc = verb.percent("--pcoc", options->pcoc,
                                         "Also give predicted over observed clicks of so many percent of the rows, "
                                         "those with the highest scores");
    verb.whole("--min-rows", options->slices.limits.rows, "A slice (--slice, --by) of fewer rows is not judged",
               std::int64_t{0}, std::numeric_limits<std::int64_t>::max())
        .showDefault();
    verb.whole("--min-positives", options->slices.limits.positives, "One with fewer clicked rows neither",
               std::int64_t{0}, std::numeric_limits<std::int64_t>::max())
        .showDefault();
    const VerbOption weakest =
        verb.whole("--weakest", options->slices.weakest,
                   "Also list so many slices at most where clicks are furthest from what was predicted, beyond chance: "
                   "of all bins of all fields and all pairs of them",
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
    VerbOption state =
        verb.text(
                "--state", options->state,
                "Also write what was measured of these rows to this file (.h5), for merge: it gives one result of the "
                "rows of many runs, on any machines. Where evaluate fails or is interrupted, of the rows that are done")
            .excludes(dropLast)
            .excludes(verb.named("--sample"))
            .excludes(where)
            .excludes(gauc)
            .excludes(pcoc);
    verb.flag("--resume", options->resume,
              "Go on behind the rows that the file of --state has already, from a run that failed or was interrupted; "
              "the result is that of one run. Without such a file: from the start")
        .needs(state);
    verb.footer(metricWords() + sliceWords());
    return [options](Context& context) {
        EvaluateArguments asked = *options;
        // Those of a workspace, where none are asked for.
        if (const auto& workspace = context.common.workspace;
            workspace && asked.slices.slices.empty() && asked.where.empty() && asked.state.empty())
            asked.slices.slices = workspace->slices;
        return guarded([&] { return run(asked, context); });
    };
}

}  // namespace dlrm::cli
