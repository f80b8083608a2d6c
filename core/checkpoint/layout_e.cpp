// SPDX-License-Identifier: Apache-2.0
// Layout E: TensorFlow SavedModels as deployed for Triton, in one piece or as dense and sparse part. Only their variables are read: graphs are
// neither parsed nor run. The names of variables come from the object graph that is stored with them.
#include "core/checkpoint/feature_files.h"
#include "core/checkpoint/fused_tables.h"
#include "core/checkpoint/layouts.h"
#include "core/checkpoint/saved_models.h"

namespace dlrm {

bool recognisesLayoutE(const CheckpointDirectory& directory) {
    const DeployedModel found = findDeployedModel(directory);
    return !found.savedModels.empty() && found.hps.empty();
}

Result<Checkpoint::Contents> openLayoutE(const std::string& path, const CheckpointDirectory& directory, const CheckpointOptions& options, const ProgressFn&, std::stop_token) {
    if (auto r = refuseTableOrder(path, options); !r) return fail(std::move(r.error()));
    CheckpointPieces pieces;
    pieces.path = path;
    pieces.layout = "E";
    pieces.description = "Deployed by DeepLearningExamples TensorFlow2 DLRM and DCNv2 as TensorFlow SavedModel.";
    auto parts = openSavedModels(directory.path, findDeployedModel(directory).savedModels, pieces);
    if (!parts) return fail(std::move(parts.error()));
    const auto cardinalities = knownCardinalities(directory, options, pieces);
    if (!cardinalities) return fail(cardinalities.error());
    if (parts->fused) {
        auto split = splitFused(parts->tables[0], *cardinalities);
        if (!split) return fail(std::move(split.error()));
        pieces.tables = std::move(*split);
        pieces.tableOrderNote = "The tables were deployed as one; they were told apart by the cardinalities.";
    } else {
        pieces.tables = std::move(parts->tables);
    }
    return buildDeployed(std::move(pieces), std::move(*parts), directory, options);
}

}  // namespace dlrm
