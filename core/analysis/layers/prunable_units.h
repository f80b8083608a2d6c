// SPDX-License-Identifier: Apache-2.0
// Units that the weights alone prove to be of no use, whatever a dataset holds.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/layers/statistics.h"

namespace dlrm {

// Per layer in the order of ModelLayers, a flag per unit: silent and unread ones, and constant ones, whose value can be
// added to the biases behind them. None of the last layer of the top MLP, whose unit is the logit, and no constant one
// of the last layer of the bottom MLP, whose units are the components of a vector.
std::vector<std::vector<std::uint8_t>> provedPrunable(const ModelLayers& layers);

}  // namespace dlrm
