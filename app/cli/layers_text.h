// SPDX-License-Identifier: Apache-2.0
// What `layers` prints for people.
#pragma once

#include <string>

#include "core/analysis/layers/statistics.h"
#include "core/analysis/layers/unit_atlas.h"

namespace dlrm::cli {

// What the words for units mean, a line each, indented by two.
std::string unitWords();
// One line a layer.
std::string layersText(const ModelLayers& layers);
// The dead and duplicate units by their numbers, and what goes with the prunable ones.
std::string unitsText(const ModelLayers& layers);
std::string importanceText(const ModelSpec& spec, const InteractionImportance& importance);
std::string atlasText(const UnitAtlas& atlas);

}  // namespace dlrm::cli
