// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/activity.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

bool isActive(float output) { return output > 0; }

}  // namespace

LayerActivity layerActivity(std::span<const float> outputs) {
    LayerActivity out;
    out.largest = std::numeric_limits<float>::quiet_NaN();
    for (const float v : outputs) {
        out.active += isActive(v) ? 1 : 0;
        out.notFinite += std::isfinite(v) ? 0 : 1;
        out.notNumbers += std::isnan(v) ? 1 : 0;
        out.mean += v;
        out.largest = std::fmax(out.largest, v);
    }
    out.mean /= static_cast<double>(outputs.size());
    return out;
}

ActivityChange activityChange(std::span<const float> outputs, std::span<const float> reference) {
    ActivityChange out;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        out.differences.push_back(outputs[i] - reference[i]);
        if (std::isnan(outputs[i]) || std::isnan(reference[i])) ++out.notNumbers;
        else out.switched += isActive(outputs[i]) != isActive(reference[i]) ? 1 : 0;
    }
    return out;
}

std::vector<NamedActivity> layerActivities(const Intermediates& row, const ModelSpec& spec) {
    std::vector<NamedActivity> out;
    const auto add = [&](const auto& layers, const std::vector<std::vector<float>>& activations) {
        for (std::size_t k = 0; k < activations.size() && k < layers.size(); ++k)
            if (!activations[k].empty()) out.push_back({layers[k].name, activations[k], layerActivity(activations[k])});
    };
    add(spec.bottomMlp, row.bottomActivations);
    add(spec.crossLayers, row.crossActivations);
    add(spec.topMlp, row.topActivations);
    return out;
}

}  // namespace dlrm
