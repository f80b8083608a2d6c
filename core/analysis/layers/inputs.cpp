// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/inputs.h"

#include <cmath>

#include <fmt/format.h>

namespace dlrm {
namespace {

// The pair whose pairIndex is `index`.
LayerInput pairAt(std::int64_t index) {
    auto i = static_cast<std::int64_t>((1 + std::sqrt(1 + 8 * static_cast<double>(index))) / 2);
    while (pairIndex(i, 0) > index) --i;
    while (pairIndex(i + 1, 0) <= index) ++i;
    return {LayerInput::Kind::Dot, i, index - pairIndex(i, 0)};
}

std::string vectorName(const ModelSpec& spec, std::int64_t vector) {
    if (vector == 0) return "bottom";
    const int table = spec.interactionTableOrder[static_cast<std::size_t>(vector - 1)];
    return spec.tables[static_cast<std::size_t>(table)].name;
}

}  // namespace

InteractionRows interactionRows(const ModelSpec& spec) {
    if (spec.interactionOrder == InteractionOrder::CustomCuda) return {0, spec.embeddingDim};
    return {spec.pairs(), 0};
}

LayerInput layerInput(const ModelSpec& spec, bool top, std::size_t layer, std::int64_t row) {
    using Kind = LayerInput::Kind;
    const LayerSpec& l = (top ? spec.topMlp : spec.bottomMlp)[layer];
    if (row >= l.inputs - l.paddingInputs) return {Kind::Padding, 0, 0};
    if (layer > 0) return {Kind::Unit, row, 0};
    if (!top) return {Kind::Numerical, row, 0};
    // A part of a model does not say what stood before its top MLP.
    if (spec.interaction == InteractionKind::Cross || !spec.missing.empty()) return {Kind::Value, row, 0};
    const InteractionRows at = interactionRows(spec);
    if (row >= at.firstBottom && row < at.firstBottom + spec.embeddingDim)
        return {Kind::Bottom, row - at.firstBottom, 0};
    return pairAt(row - at.firstDot);
}

std::string layerInputName(const ModelSpec& spec, bool top, std::size_t layer, std::int64_t row) {
    const LayerInput input = layerInput(spec, top, layer, row);
    switch (input.kind) {
        case LayerInput::Kind::Numerical:
            return fmt::format("num_{}", input.first);
        case LayerInput::Kind::Unit:
            return fmt::format("unit {}", input.first);
        case LayerInput::Kind::Bottom:
            return fmt::format("bottom {}", input.first);
        case LayerInput::Kind::Dot:
            return vectorName(spec, input.first) + " × " + vectorName(spec, input.second);
        case LayerInput::Kind::Value:
            return fmt::format("value {}", input.first);
        case LayerInput::Kind::Padding:
            break;
    }
    return "padding";
}

std::vector<std::string> vectorNames(const ModelSpec& spec) {
    std::vector<std::string> names;
    for (std::int64_t v = 0; v < spec.vectors(); ++v) names.push_back(vectorName(spec, v));
    return names;
}

}  // namespace dlrm
