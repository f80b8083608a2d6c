// SPDX-License-Identifier: Apache-2.0
// dlrm-cli merge
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/cli/commands.h"
#include "app/cli/evaluation_text.h"
#include "app/program/program.h"
#include "core/base/guarded.h"
#include "core/engine/evaluation.h"
#include "core/measure/state_merge.h"
#include "core/report/export.h"
#include "core/report/json.h"

namespace dlrm::cli {
namespace {

struct MergeArguments {
    std::vector<std::string> states;
    std::string out, state;
    bool allowGaps = false;
};

Result<StateMerge> merged(const MergeArguments& options, Context& context) {
    StateMerge merge(programVersion(), programCommit(), evaluationMeasureFor);
    for (std::size_t i = 0; i < options.states.size(); ++i) {
        report(context.progress.callback(),
               {"merging", static_cast<std::int64_t>(i), std::ssize(options.states), "states"});
        DLRM_TRY(auto saved, readStateFile(options.states[i], context.stop));
        DLRM_TRY(merge.add(options.states[i], std::move(saved)));
    }
    if (!options.allowGaps) DLRM_TRY(merge.requireAllRows());
    return merge;
}

Result<void> checkOutputs(const MergeArguments& options) {
    DLRM_TRY(refuseAsOutput(options.out, options.states));
    DLRM_TRY(refuseAsOutput(options.state, options.states, options.out));
    if (!options.out.empty()) DLRM_TRY(checkEvaluationPath(options.out));
    return options.state.empty() ? Result<void>() : checkStatePath(options.state);
}

// The result of evaluate over the same rows.
Result<void> run(const MergeArguments& options, Context& context) {
    DLRM_TRY(checkOutputs(options));
    DLRM_TRY(auto merge, merged(options, context));
    context.common.origin->saved = merge.provenance();
    Provenance origin = provenanceOf(context.common);
    if (!options.state.empty()) {
        SavedMeasures all = merge.save();
        all.provenance = origin;
        DLRM_TRY(writeStateFile(all, options.state));
    }
    EvaluationMeasures measures = evaluationMeasures(std::move(merge));
    measures.provenance = origin;
    DLRM_TRY(measures.scores.finish(context.stop));
    Evaluation evaluation = evaluationOf(measures, measures.scores.rows(), true);
    if (evaluation.report.rows < origin.totalRows)
        evaluation.notes.push_back(partNote("rows " + rowsText(origin.rows)));
    origin.notes = evaluation.notes;
    context.out.hasNotes();
    context.out.write(context.common.json ? evaluationJson(evaluation) : evaluationText(evaluation, origin));
    const bool text = !context.common.json;
    if (text && !options.state.empty()) context.out.write("\nstate written to " + options.state + "\n");
    if (options.out.empty()) return {};
    DLRM_TRY(exportEvaluation(evaluation, options.out, origin));
    if (text) context.out.write("\nwritten to " + options.out + "\n");
    return {};
}

}  // namespace

Run setUpMerge(VerbOptions& verb, CommonOptions& common) {
    auto options = std::make_shared<MergeArguments>();
    verb.texts("states", options->states, "Files that evaluate --state or merge --state wrote, in any order")
        .required();
    verb.flag("--allow-gaps", options->allowGaps,
              "Give the result of the rows that the files have. Without it all rows of the dataset must be there");
    verb.text("--state", options->state,
              "Also write what was merged to this file (.h5), to be merged with others later");
    verb.text("--out", options->out,
              "Also write the figures to this file: .h5 .tsv .csv .json. Where they come from stands in the file; of "
              ".tsv and .csv in FILE.json beside it");
    addOutputOptions(verb, common);
    verb.footer(
        "The result is in every digit that of one evaluate over all of these rows; its time is that of all runs "
        "together. What the runs looked for beside all rows (--slice, --by, --weakest) is in it. States are refused "
        "that "
        "have rows in common, or that differ in the slices, the checkpoint (by its fingerprint), the dataset, how both "
        "are read, backend or precision, or the version of the program.\n");
    return [options](Context& context) { return guarded([&] { return run(*options, context); }); };
}

}  // namespace dlrm::cli
