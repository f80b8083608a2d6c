// SPDX-License-Identifier: Apache-2.0
// Layout E: TensorFlow SavedModels as deployed for Triton, in one piece or as dense and sparse part. Only their
// variables are read: graphs are neither parsed nor run. The names of variables come from the object graph that is
// stored with them.
#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/feature_files.h"
#include "core/checkpoint/parts/fused_tables.h"
#include "core/checkpoint/parts/saved_models.h"

namespace dlrm {

bool recognisesLayoutE(const CheckpointDirectory& directory) {
    const DeployedModel found = findDeployedModel(directory);
    return !found.savedModels.empty() && found.hps.empty();
}

Result<Checkpoint::Contents> openLayoutE(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job&) {
    DLRM_TRY(refuseTableOrder(path, options));
    CheckpointPieces pieces(path, "E",
                            "Deployed by DeepLearningExamples TensorFlow2 DLRM and DCNv2 as TensorFlow SavedModel.");
    DLRM_TRY(auto parts, openSavedModels(directory.path, findDeployedModel(directory).savedModels, pieces));
    DLRM_TRY(const auto cardinalities, knownCardinalities(directory, options, pieces));
    if (parts.fused) {
        DLRM_TRY(pieces.tables, splitFused(parts.tables[0], cardinalities));
        pieces.tableOrderNote = "The tables were deployed as one; they were told apart by the cardinalities.";
    } else {
        pieces.tables = std::move(parts.tables);
    }
    return buildDeployed(std::move(pieces), std::move(parts), directory, options);
}

}  // namespace dlrm
