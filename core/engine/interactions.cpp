// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/slices/errors.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/engine/slice_plan.h"
#include "core/measure/interaction_extremes.h"
#include "core/measure/interaction_moments.h"
#include "core/measure/pair_attributions.h"

namespace dlrm {
namespace {

// The measures of a pass, and the result as they have it.
class InteractionPass {
public:
    static Result<InteractionPass> make(const ModelSpec& spec, const Dataset& dataset,
                                        const InteractionOptions& options, const std::vector<DenseWeights>* top) {
        InteractionPass out(spec);
        RowSides sides;
        const auto numberOf = [&dataset](std::int64_t row) { return dataset.numberOf(row); };
        if (options.slices) {
            const auto& slices = options.slices->partitions;
            const auto slice = slices.front(), against = slices.size() > 1 ? slices[1] : nullptr;
            out.m_slice = slice->sentence(0);
            if (against) out.m_against = against->sentence(0);
            sides = RowSides(slice, against, numberOf);
        }
        DLRM_TRY(out.m_moments, InteractionMoments::make(spec, dataset.hasLabels(), sides));
        if (top) {
            DLRM_TRY(out.m_attributions, PairAttributions::make(spec, *top, sides));
        }
        if (options.extremes) {
            DLRM_TRY(out.m_extremes, InteractionExtremes::make(spec, dataset.hasLabels(), sides, numberOf));
        }
        return out;
    }

    std::vector<Measure*> measures() const {
        std::vector<Measure*> out{m_moments.get()};
        if (m_extremes) out.push_back(m_extremes.get());
        if (m_attributions) out.push_back(m_attributions.get());
        return out;
    }

    // Also where a slice has no rows yet: nothing of it is defined then.
    Interactions soFar(const Provenance& provenance, std::int64_t totalRows, bool final) const {
        const InteractionSums sums = m_moments->sums();
        Interactions out{matrices(sums, SliceSide::Slice), provenance, totalRows, final, m_slice, {}, {}};
        if (m_extremes) out.extremes = m_extremes->extremes();
        if (m_against.empty()) return out;
        const InteractionSums against = m_moments->sums(SliceSide::Against);
        out.against = {m_against, matrices(against, SliceSide::Against),
                       compareInteractions(sums, against, m_moments->sums(SliceSide::Shared))};
        return out;
    }

private:
    explicit InteractionPass(const ModelSpec& spec) : m_spec(spec) {}

    InteractionMatrices matrices(const InteractionSums& sums, SliceSide side) const {
        std::optional<PairAttributionSums> attributions;
        if (m_attributions) attributions = m_attributions->sums(side);
        return interactionMatrices(sums, attributions ? &*attributions : nullptr, vectorNames(m_spec));
    }

    const ModelSpec& m_spec;
    std::string m_slice, m_against;  // their sentences; empty: none
    std::unique_ptr<InteractionMoments> m_moments;
    std::unique_ptr<InteractionExtremes> m_extremes;   // null: not asked for
    std::unique_ptr<PairAttributions> m_attributions;  // null: none
};

}  // namespace

Result<void> Engine::checkInteractions() const { return InteractionMoments::fits(spec()); }

Result<Interactions> Engine::interactions(const Dataset& dataset, const InteractionOptions& options,
                                          const InteractionsPartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<Interactions> {
        DLRM_TRY(checkInteractions());
        if (options.slices) DLRM_TRY(checkIds(dataset, *options.slices));
        std::shared_ptr<const ModelWeights> weights;
        if (options.attributions && spec().interaction == InteractionKind::Dot) {
            DLRM_TRY(weights, m_state->keptWeights(job.stop));
        }
        DLRM_TRY(const auto pass, InteractionPass::make(spec(), dataset, options, weights ? &weights->top : nullptr));
        InterimFn interim;
        if (partial)
            interim = [&](const Provenance& provenance, std::int64_t total) {
                partial(pass.soFar(provenance, total, false));
            };
        const auto measures = pass.measures();
        DLRM_TRY(const auto provenance,
                 measure(dataset, {0, options.range}, measures, "multiplying vectors", interim, job));
        const std::int64_t rows = measures.front()->rows();
        Interactions out = pass.soFar(provenance, rows, true);
        if (out.matrices.rows == 0) return fail(noRowsOf(out.slice, rows));
        if (out.against && out.against->matrices.rows == 0) return fail(noRowsOf(out.against->slice, rows));
        return out;
    });
}

}  // namespace dlrm
