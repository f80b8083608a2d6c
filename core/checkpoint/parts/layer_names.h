// SPDX-License-Identifier: Apache-2.0
// The file names of an MLP, sorted by layer number, and whether they are complete. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/checkpoint/parts/tensors.h"

namespace dlrm {

using NamedLayers = std::map<std::int64_t, LayerFileNames>;  // a name that was not found is empty

// The first file that is missing for layers `first`, `first` + 1, … up to the last one; empty when complete and not
// empty. `fileName(layer, "kernel")` gives the name a file should have.
template <class FileName>
std::string firstMissing(const NamedLayers& layers, const FileName& fileName, std::int64_t first = 0) {
    std::int64_t next = first;
    for (const auto& [index, names] : layers) {
        if (index != next || names.kernel.empty()) return fileName(next, "kernel");
        if (names.bias.empty()) return fileName(next, "bias");
        ++next;
    }
    return next == first ? fileName(first, "kernel") : std::string();
}

}  // namespace dlrm
