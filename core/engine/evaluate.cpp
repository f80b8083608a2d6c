// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/analysis/slices/errors.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/evaluation.h"
#include "core/metrics/top_rows.h"

namespace dlrm {

Result<std::unique_ptr<Measure>> evaluationMeasureFor(std::string_view key, const MeasureState& state) {
    std::unique_ptr<Measure> out;
    if (key == "scores") {
        out = std::make_unique<Scores>();
    } else if (key == "slices") {
        DLRM_TRY(out, SliceScores::madeFor(state));
    } else if (key == "bin_pairs") {
        DLRM_TRY(out, BinPairs::madeFor(state));
    }
    return out;
}

EvaluationMeasures evaluationMeasures(StateMerge&& merge) {
    const Provenance origin = merge.provenance();
    auto measures = merge.takeMeasures();
    EvaluationMeasures out{std::move(static_cast<Scores&>(*measures.find("scores")->second)), origin};
    if (const auto slices = measures.find("slices"); slices != measures.end())
        out.slices.reset(static_cast<SliceScores*>(slices->second.release()));
    if (const auto bins = measures.find("bin_pairs"); bins != measures.end())
        out.bins.reset(static_cast<BinPairs*>(bins->second.release()));
    return out;
}

std::map<std::string, MeasureState, std::less<>> statesOf(EvaluationMeasures& measures) {
    std::map<std::string, MeasureState, std::less<>> out;
    out.emplace(measures.scores.key(), measures.scores.save());
    if (measures.slices) out.emplace(measures.slices->key(), measures.slices->save());
    if (measures.bins) out.emplace(measures.bins->key(), measures.bins->save());
    return out;
}

namespace {

// Of two passes, one behind the other; of one alone where the other has no rows.
Provenance joinedPasses(const Provenance& before, const Provenance& after) {
    if (before.rows.empty()) return after;
    if (after.rows.empty()) return before;
    Provenance out = after;
    out.rows = {{before.rows.front().first, after.rows.back().last}};
    out.notes = before.notes;
    for (const std::string& note : after.notes)
        if (std::find(out.notes.begin(), out.notes.end(), note) == out.notes.end()) out.notes.push_back(note);
    out.seconds += before.seconds;
    out.rowsPerSecond = out.seconds > 0 ? static_cast<double>(out.measuredRows()) / out.seconds : 0;
    return out;
}

}  // namespace

Evaluation evaluationOf(EvaluationMeasures& measures, std::int64_t totalRows, bool final) {
    const Provenance& origin = measures.provenance;
    Evaluation out;
    out.report = measures.scores.report(!final);
    out.totalRows = totalRows;
    out.datasetRows = origin.totalRows;
    out.final = final;
    out.seconds = origin.seconds;
    out.rowsPerSecond = origin.rowsPerSecond;
    out.datasetPath = origin.dataset;
    out.split = origin.split;
    out.profile = origin.profile;
    out.notes = origin.notes;
    out.backend = origin.backend.value_or(BackendInfo());
    out.interactionOrder = interactionOrderFromName(origin.interactionOrder).value_or(InteractionOrder::CustomCuda);
    out.orderSource = orderSourceFromName(origin.interactionSource).value_or(OrderSource::Default);
    if (measures.slices && final) {
        out.slices = measures.slices->results();
        out.byGroup = calibrationByGroup(out.slices);
    }
    if (measures.bins && final) out.weakest = measures.bins->weakest();
    if (measures.grouped && final) {
        out.gauc = measures.grouped->result();
        out.gauc->field = measures.groupedBy;
    }
    out.top = measures.top;
    out.where = measures.where;
    if (!origin.rows.empty()) out.range = {origin.rows.front().first, origin.rows.back().last};
    return out;
}

Result<Provenance> Engine::measure(const Dataset& dataset, const EvaluateOptions& rows,
                                   std::span<Measure* const> measures, std::string_view stage, const InterimFn& interim,
                                   const Job& job, PassProgress* progress) {
    return guarded([&]() -> Result<Provenance> {
        DLRM_TRY(checkFits(dataset));
        bool predicts = false;
        for (const Measure* measure : measures) predicts |= measure->wants().predictions();
        if (predicts) DLRM_TRY(requireCombiner(dataset, spec()));
        return runRowPass({dataset, *m_state->checkpoint, spec(), m_state.get(), rows.range, rows.dropLast, stage,
                           m_state->profileOf(dataset), progress},
                          measures, job, interim);
    });
}

Result<EvaluationMeasures> newEvaluation(const Dataset& dataset, const ModelSpec& spec,
                                         const EvaluateOptions& options) {
    EvaluationMeasures out;
    const auto numberOf = [&dataset](std::int64_t row) { return dataset.numberOf(row); };
    for (const auto& plan : {options.where, options.slices})
        if (plan) DLRM_TRY(checkIds(dataset, *plan));
    if (options.where) {
        const auto& only = options.where->partitions.front();
        out.where = only->sentence(0);
        out.scores = Scores(only, numberOf);
    } else if (options.slices) {
        out.plan = options.slices;
        if (!out.plan->partitions.empty())
            out.slices = std::make_unique<SliceScores>(out.plan->partitions, out.plan->choice.limits, numberOf);
        if (!out.plan->bins.empty()) out.bins = std::make_unique<BinPairs>(out.plan->bins, out.plan->choice.weakest);
    }
    if (options.groupedBy) {
        DLRM_TRY(requireOneId(dataset, "GAUC"));
        const TableSpec& table = spec.tables[static_cast<std::size_t>(value(*options.groupedBy))];
        out.groupedBy = table.name;
        out.grouped = std::make_unique<GroupedScores>(*options.groupedBy, table.rows);
    }
    return out;
}

Result<void> Engine::continueEvaluation(const Dataset& dataset, const EvaluateOptions& options,
                                        EvaluationMeasures& measures, const PartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<void> {
        const Provenance before = measures.provenance;
        const std::int64_t seen = before.measuredRows();
        EvaluateOptions left = options;
        if (seen > 0) {
            left.dropLast = 0;  // of all rows, that was left out at first
            left.range = {before.rows.back().last + 1, measures.asked.last};
        }
        std::vector<Measure*> all{&measures.scores};
        if (measures.slices) all.push_back(measures.slices.get());
        if (measures.bins) all.push_back(measures.bins.get());
        if (measures.grouped) all.push_back(measures.grouped.get());
        const auto finished = [&]() -> Result<void> {
            if (options.where && measures.scores.rows() == 0)
                return fail(noRowsOf(measures.where, measures.provenance.measuredRows()));
            if (options.topShare > 0) {
                DLRM_TRY(measures.top,
                         topCalibration(measures.scores.keys(1), measures.scores.keys(0), options.topShare, job.stop));
            }
            return {};
        };
        if (seen > 0 && left.range.size() == 0) {
            for (Measure* measure : all) DLRM_TRY(measure->finish(job.stop));
            return finished();
        }
        InterimFn interim;
        if (partial)
            interim = [&](const Provenance& soFar, std::int64_t total) {
                measures.provenance = joinedPasses(before, soFar);
                if (measures.scores.rows() > 0) partial(evaluationOf(measures, seen + total, false));
            };
        PassProgress progress;
        auto passed = measure(dataset, left, all, "evaluating", interim, job, &progress);
        measures.provenance = joinedPasses(before, progress.done);
        if (seen == 0) measures.asked = progress.asked;
        if (passed) return finished();
        // They may have seen rows that do not count: of files that changed.
        if (progress.spoiled || options.where || measures.scores.rows() != measures.provenance.measuredRows()) {
            DLRM_TRY(measures, newEvaluation(dataset, spec(), options));
        }
        return fail(std::move(passed).error());
    });
}

Result<EvaluationMeasures> Engine::measureEvaluation(const Dataset& dataset, const EvaluateOptions& options,
                                                     const PartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<EvaluationMeasures> {
        DLRM_TRY(auto out, newEvaluation(dataset, spec(), options));
        DLRM_TRY(continueEvaluation(dataset, options, out, partial, job));
        return out;
    });
}

Result<Evaluation> Engine::evaluate(const Dataset& dataset, const EvaluateOptions& options, const PartialFn& partial,
                                    const Job& job) {
    return guarded([&]() -> Result<Evaluation> {
        DLRM_TRY(auto measured, measureEvaluation(dataset, options, partial, job));
        return evaluationOf(measured, measured.scores.rows(), true);
    });
}

}  // namespace dlrm
