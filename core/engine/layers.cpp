// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/analysis/layer_inputs.h"
#include "core/analysis/prunable_units.h"
#include "core/analysis/unit_atlas.h"
#include "core/measure/batch_feed.h"
#include "core/engine/engine_state.h"
#include "core/base/guarded.h"

namespace dlrm {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kPartialEvery = std::chrono::milliseconds(250);
constexpr auto kProgressEvery = std::chrono::milliseconds(50);
constexpr std::int64_t kAtlasBatch = 1024;  // rows: the activations of an FL15 batch take 16 MB

Result<ModelLayers> readLayers(const Checkpoint& checkpoint, const ModelSpec& spec, const ProgressFn& progress, const std::stop_token& stop) {
    const auto total = static_cast<std::int64_t>(spec.bottomMlp.size() + spec.topMlp.size());
    ModelLayers out;
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i) {
        const auto weights = checkpoint.crossLayer(static_cast<int>(i));
        if (!weights) return fail(weights.error());
        out.cross.push_back(crossLayerStatistics(*weights, spec.crossLayers[i]));
    }
    out.layers.reserve(static_cast<std::size_t>(total));
    for (std::int64_t at = 0; at < total; ++at) {
        if (stop.stop_requested()) return cancelled();
        report(progress, {"reading layers", at, total, "layers"});
        const auto bottoms = static_cast<std::int64_t>(spec.bottomMlp.size());
        const bool top = at >= bottoms;
        const auto index = static_cast<std::size_t>(top ? at - bottoms : at);
        auto weights = top ? checkpoint.topLayer(static_cast<int>(index)) : checkpoint.bottomLayer(static_cast<int>(index));
        if (!weights) return fail(std::move(weights).error());
        // With cross layers between them, the top MLP does not read the bottom MLP's units.
        LayerStatistics* const before = out.layers.empty() ? nullptr : &out.layers.back();
        auto layer = layerStatistics(*weights, (top ? spec.topMlp : spec.bottomMlp)[index], inputRanges(spec, top, index, before), stop);
        if (!layer) return fail(std::move(layer).error());
        layer->top = top;
        layer->index = index;
        for (std::int64_t i = 0; i < layer->spec.inputs; ++i) layer->inputNames.push_back(layerInputName(spec, top, index, i));
        if (before && before->top == top) markUnread(*before, *layer);
        out.layers.push_back(*std::move(layer));
        if (top && index == 0 && spec.interaction == InteractionKind::Dot && spec.missing.empty()) out.importance = interactionImportance(spec, out.layers.back().rowNorms);
    }
    out.parameters = learnedParameters(spec);
    out.prunable = out.parameters - learnedParameters(spec, provedPrunable(out));
    report(progress, {"reading layers", total, total, "layers"});
    if (auto same = checkpoint.checkUnchanged(progress, stop); !same) return fail(std::move(same).error());
    return out;
}

}  // namespace

Result<ModelLayers> Engine::layers(const ProgressFn& progress, std::stop_token stop) const {
    return guarded([&] { return readLayers(*m_state->checkpoint, spec(), progress, stop); });
}

Result<DenseWeights> Engine::layerWeights(bool top, int layer) const {
    return guarded([&]() -> Result<DenseWeights> {
        const auto& layers = top ? spec().topMlp : spec().bottomMlp;
        if (layer < 0 || static_cast<std::size_t>(layer) >= layers.size())
            return fail(Error("E-LAYER-001", "There is no such layer.")
                            .inFile(m_state->info.path)
                            .butExpected(fmt::format("0 .. {} of the {} MLP", static_cast<std::int64_t>(layers.size()) - 1, top ? "top" : "bottom"))
                            .butFound(std::to_string(layer))
                            .withRemedy("give the number of one of its layers, counted from 0"));
        auto weights = top ? m_state->checkpoint->topLayer(layer) : m_state->checkpoint->bottomLayer(layer);
        if (!weights) return fail(std::move(weights).error());
        if (auto same = m_state->checkpoint->checkUnchanged(); !same) return fail(std::move(same).error());
        return weights;
    });
}

Result<UnitAtlas> Engine::unitAtlas(const Dataset& dataset, RowRange range, const AtlasPartialFn& partial, const ProgressFn& progress, std::stop_token stop) {
    return guarded([&]() -> Result<UnitAtlas> {
        const auto start = Clock::now();
        if (auto fits = checkFits(dataset); !fits) return fail(std::move(fits).error());
        if (auto combined = requireCombiner(dataset, spec()); !combined) return fail(std::move(combined).error());
        if (auto inside = checkRange(dataset, range); !inside) return fail(std::move(inside).error());
        if (range.size() == 0)
            return fail(Error("E-LAYER-002", "There are no rows to count active units in.")
                            .inFile(dataset.path())
                            .butExpected("at least one row")
                            .butFound("no rows")
                            .withRemedy("ask for at least one row of a dataset that has some"));
        auto layers = readLayers(*m_state->checkpoint, spec(), {}, stop);
        if (!layers) return fail(std::move(layers).error());
        const auto preferred = m_state->preferredBatch(progress, stop);
        if (!preferred) return fail(preferred.error());
        const auto unchanged = [&]() -> Result<void> {
            if (auto same = m_state->checkpoint->checkUnchanged(); !same) return same;
            return dataset.checkUnchanged();
        };
        const auto described = [&](UnitAtlas atlas) {
            atlas.datasetPath = dataset.path();
            atlas.split = dataset.split();
            atlas.profile = m_state->profileOf(dataset);
            atlas.backend = m_state->info.backend;
            atlas.seconds = std::chrono::duration<double>(Clock::now() - start).count();
            atlas.rowsPerSecond = atlas.seconds > 0 ? static_cast<double>(atlas.rows) / atlas.seconds : 0;
            return atlas;
        };
        UnitCounter counter(spec(), *layers, range);
        std::vector<float> logits;
        Intermediates values;
        auto lastPartial = start, lastProgress = start;
        BatchFeed feed(dataset, *m_state->checkpoint, range, std::min(*preferred, kAtlasBatch), stop);
        while (true) {
            auto batch = feed.next();
            if (!batch) return fail(std::move(batch).error());
            if (*batch == nullptr) break;
            const Batch& rows = **batch;
            logits.resize(static_cast<std::size_t>(rows.rows));
            if (auto done = m_state->forward(rows.view(), numbersOf(dataset, rows), logits, {false, false, true}, &values, stop); !done) return fail(std::move(done).error());
            counter.add(rows.firstRow, rows.rows, values);
            const auto now = Clock::now();
            if (now - lastProgress >= kProgressEvery) {
                lastProgress = now;
                report(progress, {"counting active units", counter.rows(), range.size(), "rows"});
            }
            if (partial && now - lastPartial >= kPartialEvery && counter.rows() < range.size()) {
                if (auto same = unchanged(); !same) return fail(std::move(same).error());
                partial(described(counter.interim()));
                lastPartial = Clock::now();
            }
        }
        report(progress, {"counting active units", counter.rows(), range.size(), "rows"});
        if (auto same = unchanged(); !same) return fail(std::move(same).error());
        return described(counter.result());
    });
}

}  // namespace dlrm
