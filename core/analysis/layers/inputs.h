// SPDX-License-Identifier: Apache-2.0
// What every row of an MLP's kernel reads: a numerical, a unit of the layer before, a dot product of two vectors, or
// padding.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/model_spec.h"

namespace dlrm {

// Numerical: `first` is its number. Unit: of the layer before. Bottom: output `first` of the bottom MLP. Dot: of
// vectors `first` > `second`, 0 = bottom, in interaction order. Value: position `first` of DCNv2's x, or of an
// interaction whose parts the checkpoint does not hold. Padding: always zero.
struct LayerInput {
    enum class Kind : std::uint8_t { Numerical, Unit, Bottom, Dot, Value, Padding };
    Kind kind = Kind::Unit;
    std::int64_t first = 0, second = 0;
};

// REQUIRES: the layer exists and 0 <= row < its inputs.
LayerInput layerInput(const ModelSpec& spec, bool top, std::size_t layer, std::int64_t row);
// "num_3", "unit 17", "bottom 5", "cat_3 × bottom", "value 9", "padding".
std::string layerInputName(const ModelSpec& spec, bool top, std::size_t layer, std::int64_t row);

// "bottom", then the tables' names in interaction order.
std::vector<std::string> vectorNames(const ModelSpec& spec);

// Where the two blocks of the first top kernel begin. InteractionKind::Dot only.
struct InteractionRows {
    std::int64_t firstBottom = 0, firstDot = 0;
};
InteractionRows interactionRows(const ModelSpec& spec);

// Kernel row of the pair (i, j) within the dots, j < i.
constexpr std::int64_t pairIndex(std::int64_t i, std::int64_t j) { return i * (i - 1) / 2 + j; }

}  // namespace dlrm
