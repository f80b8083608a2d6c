// SPDX-License-Identifier: Apache-2.0
// How near rows of a table are to each other, and rows found by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/ids.h"

namespace dlrm {

enum class Similarity : std::uint8_t { Cosine, Dot, L2 };
std::string_view name(Similarity);  // "cosine", "dot", "l2"
std::optional<Similarity> similarityFromName(std::string_view);

// Cosine, Dot: higher is nearer; L2: the Euclidean distance, lower is nearer. Computed in double from the float32
// values. Ties by id.
struct Neighbor {
    RowId id{};
    double score = 0;
};

}  // namespace dlrm
