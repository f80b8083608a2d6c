// SPDX-License-Identifier: Apache-2.0
// Layout C, July 2022 to June 2023, the one NGC distributes: one file per table, tables interact in feature order.

#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/feature_files.h"

namespace dlrm {

bool recognisesLayoutC(const CheckpointDirectory& directory) {
    if (directory.prefix) return false;
    bool anyLayer = false, anyTableOfC = false, anyTableOfB = false;
    for (const std::string& name : directory.names) {
        const auto f = parseFeatureFileName(name);
        if (!f) continue;
        if (f->kind != FileKind::Table) anyLayer = true;
        else (f->rows ? anyTableOfB : anyTableOfC) = true;
    }
    // MLP files alone: open() then says which table is missing.
    return anyTableOfC || (anyLayer && !anyTableOfB);
}

Result<Checkpoint::Contents> openLayoutC(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(refuseTableOrder(path, options));
    CheckpointPieces pieces(
        path, "C",
        "As saved by DeepLearningExamples TensorFlow2 DLRM, July 2022 to June 2023, as distributed by "
        "NGC: one file per table.");
    DLRM_TRY(openFeatureFiles(directory, false, job, pieces));
    return buildContents(std::move(pieces), options);
}

}  // namespace dlrm
