// SPDX-License-Identifier: Apache-2.0
// An evaluation as its measures left it, whether these come from a pass or from saved states.
#pragma once

#include "core/engine/results.h"
#include "core/engine/slice_plan.h"
#include "core/measure/bin_pairs.h"
#include "core/measure/grouped_scores.h"
#include "core/measure/provenance.h"
#include "core/measure/scores.h"
#include "core/measure/slice_scores.h"
#include "core/measure/state_merge.h"

namespace dlrm {

// What Engine::evaluate() measured: to be saved, merged with what was measured of other rows of the dataset, and shown.
struct EvaluationMeasures {
    Scores scores;
    Provenance provenance;
    std::shared_ptr<const SlicePlan> plan = {};  // null: no slices
    std::unique_ptr<SliceScores> slices = {};    // of the plan, where it has any
    std::unique_ptr<BinPairs> bins = {};
    std::unique_ptr<GroupedScores> grouped = {};
    std::string groupedBy = {};  // the field
    std::optional<TopCalibration> top = {};
    std::string where = {};  // see Evaluation
    RowRange asked{0, -1};   // the rows that a pass was to see, once one has begun
};

// Empty ones. `spec`: of the model. Error E-ENGINE-017 slices by ids or groups of rows with several ids of a feature.
Result<EvaluationMeasures> newEvaluation(const Dataset& dataset, const ModelSpec& spec, const EvaluateOptions& options);

// An empty measure of an evaluation that such a state can be loaded into; null for any other key. For StateMerge.
// Errors: those of SliceScores::madeFor() and BinPairs::madeFor().
Result<std::unique_ptr<Measure>> evaluationMeasureFor(std::string_view key, const MeasureState& state);
// What the joined states measured, `merge` being made with evaluationMeasureFor. REQUIRES: a state was added.
EvaluationMeasures evaluationMeasures(StateMerge&& merge);
// To be written as a state.
std::map<std::string, MeasureState, std::less<>> statesOf(EvaluationMeasures& measures);

// The result that is shown. totalRows: of all the rows asked for. Interim figures where `final` is false, see
// MetricSet::report(). `range` is that of the rows from the first to the last.
Evaluation evaluationOf(EvaluationMeasures& measures, std::int64_t totalRows, bool final);

}  // namespace dlrm
