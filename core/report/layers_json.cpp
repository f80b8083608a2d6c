// SPDX-License-Identifier: Apache-2.0
#include "core/report/json.h"

#include <cmath>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/analysis/layers/prunable_units.h"
#include "core/report/json_text.h"

namespace dlrm {
namespace {

using Json = nlohmann::ordered_json;

Json numbers(std::span<const double> values) {
    Json out = Json::array();
    for (const double v : values) out.push_back(jsonNumber(v));
    return out;
}

Json valuesJson(const ValueStatistics& s) {
    return {{"values", s.values},
            {"zeros", s.zeros},
            {"non_finite", s.nonFinite},
            {"mean", jsonNumber(s.mean)},
            {"std", jsonNumber(s.std)},
            {"min", jsonNumber(static_cast<float>(s.min))},
            {"max", jsonNumber(static_cast<float>(s.max))}};
}

Json unitsJson(const LayerStatistics& layer) {
    Json out = Json::array();
    for (const UnitStatistics& u : layer.units) {
        Json unit = {{"norm", jsonNumber(u.norm)},
                     {"outgoing_norm", jsonNumber(u.outgoingNorm)},
                     {"bias", jsonNumber(u.bias)},
                     {"state", name(u.state)}};
        if (u.duplicateOf >= 0) {
            unit["duplicate_of"] = u.duplicateOf;
            unit["exact"] = u.exact;
            unit["cosine"] = u.cosine;
        }
        out.push_back(std::move(unit));
    }
    return out;
}

Json layerJson(const LayerStatistics& layer) {
    return {{"name", layer.spec.name},
            {"inputs", layer.spec.inputs},
            {"padding_inputs", layer.spec.paddingInputs},
            {"padding_non_finite", layer.paddingNonFinite},
            {"outputs", layer.spec.outputs},
            {"relu", layer.spec.relu},
            {"parameters", layer.spec.parameters()},
            {"weights", valuesJson(layer.weights)},
            {"biases", valuesJson(layer.biases)},
            {"histogram",
             {{"low", jsonNumber(static_cast<float>(layer.weights.min))},
              {"high", jsonNumber(static_cast<float>(layer.weights.max))},
              {"counts", layer.histogram}}},
            {"silent", layer.silent},
            {"constant", layer.constant},
            {"unread", layer.unread},
            {"zero_columns", layer.zeroColumns},
            {"zero_rows", layer.zeroRows},
            {"exact_duplicates", layer.exactDuplicates},
            {"near_duplicates", layer.nearDuplicates},
            {"row_norms", numbers(layer.rowNorms)},
            {"units", unitsJson(layer)}};
}

Json prunableJson(const ModelLayers& layers) {
    Json units = Json::array();
    const auto flags = provedPrunable(layers);
    for (std::size_t l = 0; l < flags.size(); ++l)
        for (std::size_t u = 0; u < flags[l].size(); ++u)
            if (flags[l][u] != 0)
                units.push_back({{"layer", layers.layers[l].spec.name},
                                 {"unit", u},
                                 {"why", name(layers.layers[l].units[u].state)}});
    return {{"units", std::move(units)}, {"parameters", layers.prunable}, {"of", layers.parameters}};
}

Json importanceJson(const ModelSpec& spec, const InteractionImportance& importance) {
    const std::size_t vectors = importance.vectorNames.size();
    Json rows = Json::array();
    for (std::size_t i = 0; i < vectors; ++i)
        rows.push_back(numbers(std::span(importance.pairNorms).subspan(i * vectors, vectors)));
    return {{"order", name(spec.interactionOrder)},
            {"source", name(spec.orderSource)},
            {"vectors", importance.vectorNames},
            {"pair_norms", std::move(rows)},
            {"bottom_norms", numbers(importance.bottomNorms)},
            {"dot_rms", jsonNumber(importance.dotRms)},
            {"bottom_rms", jsonNumber(importance.bottomRms)}};
}

Json atlasJson(const UnitAtlas& atlas) {
    Json layers = Json::array();
    for (const AtlasLayer& layer : atlas.layers) {
        Json merged = Json::array();
        for (const std::uint8_t flag : layer.mergeable) merged.push_back(flag != 0);
        layers.push_back({{"name", layer.name},
                          {"never_active", layer.never},
                          {"always_active", layer.always},
                          {"same_pattern", layer.samePattern},
                          {"mergeable", layer.merged},
                          {"removable", layer.removable},
                          {"active_rows", layer.active},
                          {"pattern_of", layer.patternOf},
                          {"merge", std::move(merged)}});
    }
    return {{"data", atlas.datasetPath},
            {"split", atlas.split},
            {"profile", Json::parse(profileJson(atlas.profile))},
            {"first_row", atlas.firstRow},
            {"row_count", atlas.rows},
            {"rows", atlas.rows},
            {"pattern_rows", atlas.patternRows},
            {"parameters", atlas.parameters},
            {"prunable_parameters", atlas.prunable},
            {"seconds", atlas.seconds},
            {"backend", Json::parse(backendJson(atlas.backend))},
            {"precision", name(atlas.backend.precision)},
            {"layers", std::move(layers)}};
}

}  // namespace

std::string layersJson(const ModelInfo& info, const ModelLayers& layers, const UnitAtlas* atlas) {
    Json out = {{"layers", Json::array()}};
    for (const LayerStatistics& layer : layers.layers) out["layers"].push_back(layerJson(layer));
    out["prunable"] = prunableJson(layers);
    if (layers.importance) out["interaction"] = importanceJson(info.spec, *layers.importance);
    Json cross = Json::array();
    for (const auto& [spec, weights, biases] : layers.cross)
        cross.push_back({{"name", spec.name},
                         {"width", spec.width},
                         {"projection", spec.projection},
                         {"parameters", spec.parameters()},
                         {"weights", valuesJson(weights)},
                         {"biases", valuesJson(biases)}});
    out["cross_layers"] = std::move(cross);
    if (atlas) out["atlas"] = atlasJson(*atlas);
    return jsonText(out, 1) + "\n";
}

}  // namespace dlrm
