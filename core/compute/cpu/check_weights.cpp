// SPDX-License-Identifier: Apache-2.0
#include "core/compute/cpu/check_weights.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace dlrm::cpu {
namespace {

Failure misfit(std::string what) {
    return fail(Error("E-CPU-002", "The model's weights do not fit together: " + std::move(what) + ".")
                    .withRemedy("Check that all files of the checkpoint belong to the same model."));
}

Result<void> checkMlp(std::string_view mlp, const std::vector<LayerSpec>& spec,
                      const std::vector<DenseWeights>& weights) {
    if (spec.empty() || spec.size() != weights.size())
        return misfit(fmt::format("{} has {} layers and weights for {}", mlp, spec.size(), weights.size()));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const DenseWeights& w = weights[i];
        if (w.inputs != spec[i].inputs || w.outputs != spec[i].outputs || w.inputs < 1 || w.outputs < 1 ||
            static_cast<std::int64_t>(w.bias.size()) != w.outputs ||
            static_cast<std::int64_t>(w.kernel.size()) / w.outputs != w.inputs ||
            static_cast<std::int64_t>(w.kernel.size()) % w.outputs != 0)
            return misfit(fmt::format("layer {} of {} should be {} × {} and has {} × {}", i, mlp, spec[i].inputs,
                                      spec[i].outputs, w.inputs, w.outputs));
        if (i > 0 && w.inputs != weights[i - 1].outputs)
            return misfit(fmt::format("layer {} of {} takes {} inputs and the one before gives {}", i, mlp, w.inputs,
                                      weights[i - 1].outputs));
    }
    return {};
}

// Tables as wide as the spec says, and for dot products all as wide as the bottom MLP's output.
Result<void> checkTables(const ModelSpec& spec, std::span<const TableView> tables) {
    if (spec.tables.empty() || tables.size() != spec.tables.size())
        return misfit(fmt::format("{} tables are described and {} are there", spec.tables.size(), tables.size()));
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const std::int64_t dim = spec.interaction == InteractionKind::Cross ? spec.tables[t].dim : spec.embeddingDim;
        if (tables[t].dim() != dim || dim < 1)
            return misfit(fmt::format("table {} has {} columns, not {}", t, tables[t].dim(), dim));
    }
    return {};
}

Result<void> checkCross(const ModelSpec& spec, const std::vector<CrossWeights>& weights) {
    const bool cross = spec.interaction == InteractionKind::Cross;
    if (spec.crossLayers.size() != weights.size() || cross == weights.empty())
        return misfit(fmt::format("the interaction is {} and there are {} cross layers, {} of them with weights",
                                  name(spec.interaction), spec.crossLayers.size(), weights.size()));
    const std::int64_t width = cross ? spec.interactionWidth() : 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const CrossWeights& w = weights[i];
        const CrossLayerSpec& s = spec.crossLayers[i];
        const std::int64_t inner = w.projection > 0 ? w.projection : width;
        const auto holds = [](const std::vector<float>& values, std::int64_t rows, std::int64_t columns) {
            const auto size = static_cast<std::int64_t>(values.size());
            return columns > 0 && size % columns == 0 && size / columns == rows;
        };
        if (s.width != width || w.width != width || w.projection != s.projection || w.projection < 0 ||
            !holds(w.v, inner, width) || !holds(w.bias, 1, width) ||
            (w.projection > 0 ? !holds(w.u, width, inner) : !w.u.empty()))
            return misfit(
                fmt::format("cross layer {} should be {} wide with projection {} and is {} wide with projection {}", i,
                            width, s.projection, w.width, w.projection));
    }
    return {};
}

}  // namespace

Result<void> checkWeights(const ModelWeights& weights) {
    if (!weights.spec) return misfit("there is no spec");
    const ModelSpec& spec = *weights.spec;
    DLRM_TRY(checkMlp("bottom_mlp", spec.bottomMlp, weights.bottom));
    DLRM_TRY(checkMlp("top_mlp", spec.topMlp, weights.top));
    DLRM_TRY(checkTables(spec, weights.tables));
    DLRM_TRY(checkCross(spec, weights.cross));
    std::vector<int> order = spec.interactionTableOrder;
    std::sort(order.begin(), order.end());
    bool permutation = order.size() == spec.tables.size();
    for (std::size_t t = 0; permutation && t < order.size(); ++t) permutation = order[t] == static_cast<int>(t);
    if (!permutation) return misfit("the interaction's table order is not a permutation of the tables");
    if (weights.bottom.back().outputs != spec.embeddingDim)
        return misfit(fmt::format("bottom_mlp gives {} values and the tables have {} columns",
                                  weights.bottom.back().outputs, spec.embeddingDim));
    if (weights.top.front().inputs < spec.interactionWidth())
        return misfit(fmt::format("top_mlp takes {} inputs and the interaction gives {}", weights.top.front().inputs,
                                  spec.interactionWidth()));
    if (weights.top.back().outputs != 1)
        return misfit(fmt::format("top_mlp gives {} values, not 1", weights.top.back().outputs));
    return {};
}

}  // namespace dlrm::cpu
