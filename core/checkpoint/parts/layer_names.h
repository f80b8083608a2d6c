// SPDX-License-Identifier: Apache-2.0
// The file names of an MLP, sorted by layer number, and whether they are complete. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <string>

#include "core/checkpoint/parts/tensors.h"

namespace dlrm {

// What a file of layouts A to C holds.
enum class FileKind { Table, BottomKernel, BottomBias, TopKernel, TopBias };

inline FileKind layerFileKind(bool top, bool kernel) {
    return top ? (kernel ? FileKind::TopKernel : FileKind::TopBias)
               : (kernel ? FileKind::BottomKernel : FileKind::BottomBias);
}

struct NamedMlps {
    NamedLayers bottom, top;

    // Where the name of a layer's file goes.
    std::string& nameOf(FileKind kind, std::int64_t layer) {
        const bool isTop = kind == FileKind::TopKernel || kind == FileKind::TopBias;
        LayerFileNames& names = (isTop ? top : bottom)[layer];
        return kind == layerFileKind(isTop, true) ? names.kernel : names.bias;
    }
};

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
