// SPDX-License-Identifier: Apache-2.0
// Where the parts of a deployed model stand: SavedModels and HPS tables in a Triton repository. By file names alone.
// Private to core/checkpoint.
#pragma once

#include <string>
#include <vector>

#include "core/checkpoint/directory.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/dense_part.h"

namespace dlrm {

// Directories relative to the checkpoint, each "" or ending with '/'.
struct HpsPlace {
    std::string directory;  // holds `json` and the version
    std::string version;    // "1/": holds 0/key, 0/emb_vector, …
    std::string json;       // "sparse.json"
};
struct DeployedModel {
    std::vector<std::string> savedModels;  // each holds variables/variables.index
    std::vector<HpsPlace> hps;
};

// The directory itself, or its subdirectories: "<name>/1/model.savedmodel/". Of several versions the highest number.
DeployedModel findDeployedModel(const CheckpointDirectory& directory);

// The parts of the SavedModels put together; adds the files they were read from. Errors: of TensorBundle::open and
// findParts, E-LAYE-001 a part is there twice.
Result<BundleParts> openSavedModels(const std::string& path, const std::vector<std::string>& savedModels,
                                    CheckpointPieces& pieces);

// The cardinalities of options, else of a config.json in the checkpoint (config.json, sparse/config.json,
// dense/config.json), else empty.
Result<std::vector<std::int64_t>> knownCardinalities(const CheckpointDirectory& directory,
                                                     const CheckpointOptions& options, CheckpointPieces& pieces);

// Takes over tables and parts and names what is missing: layouts E and F from here on.
Result<Checkpoint::Contents> buildDeployed(CheckpointPieces pieces, BundleParts parts,
                                           const CheckpointDirectory& directory, const CheckpointOptions& options);

}  // namespace dlrm
