// SPDX-License-Identifier: Apache-2.0
// File names of layouts B and C: one directory, tables named by feature, MLP layers named by number. Private to
// core/checkpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/directory.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/layer_names.h"

namespace dlrm {

struct FeatureFileName {
    FileKind kind = FileKind::Table;
    std::int64_t index = 0;            // feature or layer
    std::optional<std::int64_t> rows;  // layout B's tables: "feature_3_1000_part0.npy"
    std::int64_t part = 0;
};

std::optional<FeatureFileName> parseFeatureFileName(std::string_view name);

// Opens the files of a directory, tables in feature order, into `pieces`. `rowsInNames`: layout B's names, else layout
// C's. Errors: E-CKPT-010 a table is missing, 011 a part is missing, 012 a kernel or bias is missing, 014 rows differ
// from the name, 031 a table is there twice, 032 a part that the layout does not have; those of TensorOpener.
Result<void> openFeatureFiles(const CheckpointDirectory& directory, bool rowsInNames, const Job& job,
                              CheckpointPieces& pieces);

// Error E-CKPT-022: a table order was given although the files say the order.
Result<void> refuseTableOrder(const std::string& path, const CheckpointOptions& options);

}  // namespace dlrm
