// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/prunable_units.h"

namespace dlrm {

std::vector<std::vector<std::uint8_t>> provedPrunable(const ModelLayers& layers) {
    std::vector<std::vector<std::uint8_t>> out;
    for (std::size_t l = 0; l < layers.layers.size(); ++l) {
        const LayerStatistics& layer = layers.layers[l];
        const bool last = l + 1 == layers.layers.size() || layers.layers[l + 1].top != layer.top;
        std::vector<std::uint8_t>& flags = out.emplace_back(layer.units.size());
        if (last && layer.top) continue;
        for (std::size_t u = 0; u < flags.size(); ++u) {
            const UnitState state = layer.units[u].state;
            flags[u] =
                state == UnitState::Silent || state == UnitState::Unread || (state == UnitState::Constant && !last) ? 1
                                                                                                                    : 0;
        }
    }
    return out;
}

}  // namespace dlrm
