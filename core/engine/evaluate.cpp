// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/errors.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/evaluation.h"
#include "core/metrics/top_rows.h"

namespace dlrm {

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
        out.slices = measures.slices->results(measures.plan->choice);
        out.byGroup = calibrationByGroup(out.slices);
    }
    if (measures.bins && final)
        out.weakest = measures.bins->weakest(static_cast<std::size_t>(measures.plan->choice.weakest));
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
                                   const Job& job) {
    return guarded([&]() -> Result<Provenance> {
        DLRM_TRY(checkFits(dataset));
        bool predicts = false;
        for (const Measure* measure : measures) predicts |= measure->wants().predictions();
        if (predicts) DLRM_TRY(requireCombiner(dataset, spec()));
        return runRowPass({dataset, *m_state->checkpoint, spec(), m_state.get(), rows.range, rows.dropLast, stage,
                           m_state->profileOf(dataset)},
                          measures, job, interim);
    });
}

Result<EvaluationMeasures> Engine::measureEvaluation(const Dataset& dataset, const EvaluateOptions& options,
                                                     const PartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<EvaluationMeasures> {
        EvaluationMeasures out;
        const auto numberOf = [&dataset](std::int64_t row) { return dataset.numberOf(row); };
        std::vector<Measure*> measures{&out.scores};
        if (options.where) {
            DLRM_TRY(requireOneId(dataset, "A slice"));
            const auto& only = options.where->partitions.front();
            out.where = only->sentence(0);
            out.scores = Scores(only, numberOf);
        } else if (options.slices) {
            DLRM_TRY(requireOneId(dataset, "A slice"));
            out.plan = options.slices;
            if (!out.plan->partitions.empty()) {
                out.slices = std::make_unique<SliceScores>(out.plan->partitions, numberOf);
                measures.push_back(out.slices.get());
            }
            if (!out.plan->bins.empty()) {
                out.bins = std::make_unique<BinPairs>(out.plan->bins);
                measures.push_back(out.bins.get());
            }
        }
        if (options.groupedBy) {
            DLRM_TRY(requireOneId(dataset, "GAUC"));
            const TableSpec& table = spec().tables[static_cast<std::size_t>(value(*options.groupedBy))];
            out.groupedBy = table.name;
            out.grouped = std::make_unique<GroupedScores>(*options.groupedBy, table.rows);
            measures.push_back(out.grouped.get());
        }
        InterimFn interim;
        if (partial)
            interim = [&](const Provenance& soFar, std::int64_t total) {
                out.provenance = soFar;
                if (out.scores.rows() > 0) partial(evaluationOf(out, total, false));
            };
        DLRM_TRY(out.provenance, measure(dataset, options, measures, "evaluating", interim, job));
        if (options.where && out.scores.rows() == 0) return fail(noRowsOf(out.where, out.provenance.measuredRows()));
        if (options.topShare > 0) {
            DLRM_TRY(out.top, topCalibration(out.scores.keys(1), out.scores.keys(0), options.topShare, job.stop));
        }
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
