// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/inputs.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/measure/interaction_moments.h"
#include "core/measure/pair_attributions.h"

namespace dlrm {

Result<void> Engine::checkInteractions() const { return InteractionMoments::fits(spec()); }

Result<Interactions> Engine::interactions(const Dataset& dataset, const InteractionOptions& options,
                                          const InteractionsPartialFn& partial, const Job& job) {
    return guarded([&]() -> Result<Interactions> {
        DLRM_TRY(const auto moments, InteractionMoments::make(spec(), dataset.hasLabels()));
        std::vector<Measure*> measures{moments.get()};
        std::unique_ptr<PairAttributions> attributions;
        if (options.attributions && spec().interaction == InteractionKind::Dot) {
            DLRM_TRY(const auto weights, m_state->keptWeights(job.stop));
            DLRM_TRY(attributions, PairAttributions::make(spec(), weights->top));
            measures.push_back(attributions.get());
        }
        const auto soFar = [&](const Provenance& provenance, std::int64_t totalRows, bool final) {
            std::optional<PairAttributionSums> sums;
            if (attributions) sums = attributions->sums();
            return Interactions{interactionMatrices(moments->sums(), sums ? &*sums : nullptr, vectorNames(spec())),
                                provenance, totalRows, final};
        };
        InterimFn interim;
        if (partial)
            interim = [&](const Provenance& provenance, std::int64_t total) {
                partial(soFar(provenance, total, false));
            };
        DLRM_TRY(const auto provenance,
                 measure(dataset, {0, options.range}, measures, "multiplying vectors", interim, job));
        return soFar(provenance, moments->rows(), true);
    });
}

}  // namespace dlrm
