// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/analysis/layers/inputs.h"
#include "core/analysis/layers/prunable_units.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/base/guarded.h"
#include "core/engine/engine_state.h"
#include "core/measure/unit_activity.h"

namespace dlrm {
namespace {

Result<ModelLayers> readLayers(const Checkpoint& checkpoint, const ModelSpec& spec, const Job& job) {
    const auto total = static_cast<std::int64_t>(spec.bottomMlp.size() + spec.topMlp.size());
    ModelLayers out;
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i) {
        DLRM_TRY(const auto weights, checkpoint.crossLayer(static_cast<int>(i)));
        out.cross.push_back(crossLayerStatistics(weights, spec.crossLayers[i]));
    }
    out.layers.reserve(static_cast<std::size_t>(total));
    for (std::int64_t at = 0; at < total; ++at) {
        if (job.stopped()) return cancelled();
        job.report({"reading layers", at, total, "layers"});
        const auto bottoms = static_cast<std::int64_t>(spec.bottomMlp.size());
        const bool top = at >= bottoms;
        const auto index = static_cast<std::size_t>(top ? at - bottoms : at);
        DLRM_TRY(auto weights,
                 top ? checkpoint.topLayer(static_cast<int>(index)) : checkpoint.bottomLayer(static_cast<int>(index)));
        // With cross layers between them, the top MLP does not read the bottom MLP's units.
        LayerStatistics* const before = out.layers.empty() ? nullptr : &out.layers.back();
        DLRM_TRY(auto layer, layerStatistics(weights, (top ? spec.topMlp : spec.bottomMlp)[index],
                                             inputRanges(spec, top, index, before), job.stop));
        layer.top = top;
        layer.index = index;
        for (std::int64_t i = 0; i < layer.spec.inputs; ++i)
            layer.inputNames.push_back(layerInputName(spec, top, index, i));
        if (before && before->top == top) markUnread(*before, layer);
        out.layers.push_back(std::move(layer));
        if (top && index == 0 && spec.interaction == InteractionKind::Dot && spec.missing.empty())
            out.importance = interactionImportance(spec, out.layers.back().rowNorms);
    }
    out.parameters = learnedParameters(spec);
    out.prunable = out.parameters - learnedParameters(spec, provedPrunable(out));
    job.report({"reading layers", total, total, "layers"});
    DLRM_TRY(checkpoint.checkUnchanged(job));
    return out;
}

}  // namespace

Result<ModelLayers> Engine::layers(const Job& job) const {
    return guarded([&] { return readLayers(*m_state->checkpoint, spec(), job); });
}

Result<DenseWeights> Engine::layerWeights(bool top, int layer) const {
    return guarded([&]() -> Result<DenseWeights> {
        const auto& layers = top ? spec().topMlp : spec().bottomMlp;
        if (layer < 0 || static_cast<std::size_t>(layer) >= layers.size())
            return fail(
                Error("E-LAYER-001", "There is no such layer.")
                    .inFile(m_state->info.path)
                    .butExpected(fmt::format("0 .. {} of the {} MLP", static_cast<std::int64_t>(layers.size()) - 1,
                                             top ? "top" : "bottom"))
                    .butFound(std::to_string(layer))
                    .withRemedy("Give the number of one of its layers, counted from 0."));
        auto weights = top ? m_state->checkpoint->topLayer(layer) : m_state->checkpoint->bottomLayer(layer);
        DLRM_TRY(weights);
        DLRM_TRY(m_state->checkpoint->checkUnchanged());
        return weights;
    });
}

Result<UnitAtlas> Engine::unitAtlas(const Dataset& dataset, RowRange range, const AtlasPartialFn& partial,
                                    const Job& job) {
    return guarded([&]() -> Result<UnitAtlas> {
        DLRM_TRY(checkFits(dataset));
        DLRM_TRY(checkRange(dataset, range));
        if (range.size() == 0)
            return fail(Error("E-LAYER-002", "There are no rows to count active units in.")
                            .inFile(dataset.path())
                            .butExpected("at least one row")
                            .butFound("no rows")
                            .withRemedy("Ask for at least one row of a dataset that has some."));
        DLRM_TRY(auto layers, readLayers(*m_state->checkpoint, spec(), {.stop = job.stop}));
        UnitActivity activity(spec(), range);
        const auto described = [&](UnitAtlas atlas, const Provenance& origin) {
            atlas.datasetPath = origin.dataset;
            atlas.split = origin.split;
            atlas.profile = origin.profile;
            atlas.backend = origin.backend.value_or(BackendInfo());
            atlas.seconds = origin.seconds;
            atlas.rowsPerSecond = origin.rowsPerSecond;
            return atlas;
        };
        InterimFn interim;
        if (partial)
            interim = [&](const Provenance& soFar, std::int64_t) {
                partial(described(interimAtlas(activity.counts()), soFar));
            };
        Measure* const measures[] = {&activity};
        DLRM_TRY(const auto origin, measure(dataset, {0, range}, measures, "counting active units", interim, job));
        return described(dlrm::unitAtlas(activity.counts(), spec(), layers), origin);
    });
}

}  // namespace dlrm
