// SPDX-License-Identifier: Apache-2.0
// The Dense layers in a Keras weights file, and which of the two MLPs each belongs to. Private to core/checkpoint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/formats/hdf5_file.h"

namespace dlrm {

struct KerasLayer {
    std::string path;                    // of what holds it, for messages
    const Hdf5Object* kernel = nullptr;  // (inputs, outputs)
    const Hdf5Object* bias = nullptr;    // (outputs)
};

struct KerasMlps {
    std::vector<KerasLayer> bottom, top;  // in the order of the model; either may be empty, not both
    bool byNames = false;   // names say which is which; else their shapes do: the top MLP ends with one output
    std::string_view kind;  // "legacy HDF5", ".weights.h5"; a literal
    std::vector<std::string> others;  // paths of datasets that are weights of something else
};

// Reads names, attributes and shapes of the list, no values. What stands below "optimizer…" is not looked at.
// Errors: E-HDF5-008 a link or something else that is not read, E-KERAS-001 a name leads nowhere, 002 there are no
// Dense layers, 003 a layer without bias or with other shapes, 004 more than two MLPs, 005 NVIDIA's model of the dense
// part without the layer of its dot interaction: had it cross layers, they are lost.
Result<KerasMlps> findKerasMlps(const Hdf5File& file);

}  // namespace dlrm
