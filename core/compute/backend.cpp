// SPDX-License-Identifier: Apache-2.0
#include "core/compute/backend.h"

#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kPrecisions[] = {"fp32", "tf32", "bf16", "fp16", "int8"};

}  // namespace

std::string_view name(Precision p) { return nameIn(kPrecisions, p); }

std::optional<Precision> precisionFromName(std::string_view text) { return valueNamed<Precision>(kPrecisions, text); }

void Intermediates::resize(const ModelSpec& spec, const Wanted& wanted, std::int64_t rows) {
    const auto size = [rows](bool want, std::int64_t perRow) {
        return want ? static_cast<std::size_t>(rows * perRow) : 0;
    };
    const bool cross = spec.interaction == InteractionKind::Cross;
    vectors.resize(size(wanted.vectors, cross ? spec.interactionWidth() : spec.vectors() * spec.embeddingDim));
    interaction.resize(size(wanted.interaction && !cross, spec.vectors() * spec.vectors()));
    topInput.resize(size(wanted.activations, spec.topMlp.front().inputs));
    const auto resizeLayers = [&](auto& activations, const auto& layers, auto width) {
        activations.resize(wanted.activations ? layers.size() : 0);
        for (std::size_t i = 0; i < activations.size(); ++i) activations[i].resize(size(true, layers[i].*width));
    };
    resizeLayers(bottomActivations, spec.bottomMlp, &LayerSpec::outputs);
    resizeLayers(topActivations, spec.topMlp, &LayerSpec::outputs);
    resizeLayers(crossActivations, spec.crossLayers, &CrossLayerSpec::width);
}

}  // namespace dlrm
