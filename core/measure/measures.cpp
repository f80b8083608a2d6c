// SPDX-License-Identifier: Apache-2.0
// THE TABLE OF MEASURES: to add one, write core/measure/<name>.cpp and add a line here.
#include "core/measure/measures.h"

#include "core/measure/bin_pairs.h"
#include "core/measure/click_rates.h"
#include "core/measure/grouped_scores.h"
#include "core/measure/interaction_extremes.h"
#include "core/measure/interaction_moments.h"
#include "core/measure/pair_attributions.h"
#include "core/measure/row_scores.h"
#include "core/measure/scores.h"
#include "core/measure/slice_scores.h"
#include "core/measure/traffic_counts.h"
#include "core/measure/unit_activity.h"
#include "core/measure/untrained_lookups.h"

namespace dlrm {
namespace {

using Made = Result<std::unique_ptr<Measure>>;

template <class M, class... Arguments>
Made made(Arguments&&... arguments) {
    return std::unique_ptr<Measure>(std::make_unique<M>(std::forward<Arguments>(arguments)...));
}

constexpr MeasureEntry kMeasures[] = {
    {"scores", "scores and labels of all rows: the metrics of an evaluation",
     [](const MeasureInput&) { return made<Scores>(); }},
    {"row_scores", "the score and label of every row by its number",
     [](const MeasureInput&) { return made<RowScores>(); }},
    {"unit_activity", "activity of the hidden units",
     [](const MeasureInput& in) { return made<UnitActivity>(in.spec, in.rows); }},
    {"interaction_moments", "means and variances of the interactions, by label",
     [](const MeasureInput& in) -> Made {
         DLRM_TRY(auto moments, InteractionMoments::make(in.spec, in.labelled));
         return moments;
     }},
    {"interaction_extremes", "the rows with the smallest and largest product of every pair of vectors",
     [](const MeasureInput& in) -> Made {
         DLRM_TRY(auto extremes, InteractionExtremes::make(in.spec, in.labelled));
         return extremes;
     }},
    {"pair_attributions", "what every pair of vectors adds to the logit",
     [](const MeasureInput& in) -> Made {
         DLRM_TRY(auto attributions, PairAttributions::make(in.spec, in.top));
         return attributions;
     }},
    {"slices", "scores and labels of slices of the rows, summed up",
     [](const MeasureInput& in) { return made<SliceScores>(in.slices); }},
    {"bin_pairs", "clicks and predictions in all bins of all fields and in all pairs of them",
     [](const MeasureInput& in) { return made<BinPairs>(in.bins); }},
    {"grouped_scores", "scores and labels of all rows by the value of a field",
     [](const MeasureInput& in) {
         return made<GroupedScores>(in.table, in.spec.tables[static_cast<std::size_t>(value(in.table))].rows);
     }},
    {"traffic", "lookups of every id", [](const MeasureInput& in) { return made<TrafficCounts>(in.spec.tables); }},
    {"untrained_traffic", "lookups of untrained rows",
     [](const MeasureInput& in) { return made<UntrainedLookups>(in.untrained); }},
    {"click_rate", "click rate of every id of a table",
     [](const MeasureInput& in) {
         return made<ClickRates>(in.table, in.spec.tables[static_cast<std::size_t>(value(in.table))].rows);
     }},
};

}  // namespace

std::span<const MeasureEntry> measureTable() { return kMeasures; }

}  // namespace dlrm
