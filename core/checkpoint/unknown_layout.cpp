// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/unknown_layout.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/checkpoint/checkpoint_format.h"

namespace dlrm {
namespace {

// "dlrm0_sparse_2000.model", "dlrm_dense_2000.model", as HugeCTR's save_params_to_files names them.
bool isHugeCtrName(std::string_view name) {
    return name.ends_with(".model") &&
           (name.find("_sparse_") != std::string_view::npos || name.find("_dense_") != std::string_view::npos);
}

bool isHugeCtrDump(const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), isHugeCtrName) || (has(names, "key") && has(names, "emb_vector"));
}

// The first subdirectory that is a checkpoint.
std::optional<std::string> checkpointBelow(const CheckpointDirectory& directory) {
    constexpr std::size_t kMostTried = 64;
    if (directory.prefix) return std::nullopt;
    for (std::size_t i = 0; i < std::min(directory.names.size(), kMostTried); ++i) {
        const std::string path = directory.path + (directory.path.ends_with('/') ? "" : "/") + directory.names[i];
        if (Checkpoint::isIn(path)) return path;
    }
    return std::nullopt;
}

}  // namespace

Error unknownLayout(const std::string& path, const CheckpointDirectory& directory) {
    if (isHugeCtrDump(directory.names))
        return Error("E-CKPT-036", "This is a model as HugeCTR saves it in training, which is not read.")
            .inFile(path)
            .butExpected("a DLRM checkpoint, or a model deployed for HugeCTR's Hierarchical Parameter Server")
            .butFound(someNames(directory.names))
            .withRemedy(
                "Open what the deploy script made of the model: a directory with <version>/<table>/key and emb_vector, "
                "a JSON beside them, and the dense part.");
    std::string expected;
    for (const CheckpointFormat& format : checkpointFormats())
        if (format.ofFile == directory.file.has_value())
            expected += (expected.empty() ? "" : "; ") + std::string(format.description);
    if (directory.file)
        return Error("E-CKPT-003", "The file is no checkpoint.")
            .inFile(path)
            .butExpected(expected + "; or a directory")
            .butFound("another file")
            .withRemedy("Give the directory that holds this file, if it is a part of a checkpoint.");
    const auto below = checkpointBelow(directory);
    return Error("E-CKPT-005", "The directory holds no checkpoint of a layout that is known.")
        .inFile(path)
        .butExpected(std::move(expected))
        .butFound(someNames(directory.names))
        .withRemedy(below ? fmt::format("Did you mean {}? It holds a checkpoint.", *below)
                          : "Give the directory the checkpoint was saved or downloaded to; its files must have their "
                            "original names.");
}

}  // namespace dlrm
