// SPDX-License-Identifier: Apache-2.0
// Layers and unit atlas as JSON text with stable keys. Numbers that are undefined or not finite are null.
#pragma once

#include <string>

#include "core/analysis/layers/statistics.h"
#include "core/analysis/layers/unit_atlas.h"
#include "core/engine/results.h"

namespace dlrm {

// One object: layers[], interaction, cross_layers[], and atlas when `atlas` is not null. app/cli/layers_command.cpp
// lists the keys.
std::string layersJson(const ModelInfo& info, const ModelLayers& layers, const UnitAtlas* atlas);

}  // namespace dlrm
