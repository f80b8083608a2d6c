// SPDX-License-Identifier: Apache-2.0
// Layout B, March to June 2022: tables in parts with their rows in the name; they interact in descending cardinality,
// equal ones in feature order, whatever the number of GPUs was.
#include <algorithm>

#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/feature_files.h"

namespace dlrm {

bool recognisesLayoutB(const CheckpointDirectory& directory) {
    if (directory.prefix) return false;
    return std::any_of(directory.names.begin(), directory.names.end(), [](const std::string& name) {
        const auto f = parseFeatureFileName(name);
        return f && f->kind == FileKind::Table && f->rows;
    });
}

Result<Checkpoint::Contents> openLayoutB(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(refuseTableOrder(path, options));
    CheckpointPieces pieces(path, "B",
                            "As saved by DeepLearningExamples TensorFlow2 DLRM, March to June 2022: tables in parts, "
                            "interacting in descending cardinality.");
    DLRM_TRY(openFeatureFiles(directory, true, job, pieces));
    pieces.interactionOrder = featureOrder(pieces.tables.size());
    const auto& tables = pieces.tables;
    std::stable_sort(pieces.interactionOrder.begin(), pieces.interactionOrder.end(), [&](int a, int b) {
        return tables[static_cast<std::size_t>(a)].rows > tables[static_cast<std::size_t>(b)].rows;
    });
    return buildContents(std::move(pieces), options);
}

}  // namespace dlrm
