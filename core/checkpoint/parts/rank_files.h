// SPDX-License-Identifier: Apache-2.0
// File names of layout A: "<prefix>_rank_<r>_<Keras variable name>_<chunk>.npy". Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/checkpoint/parts/layer_names.h"

namespace dlrm {

struct RankFileName {
    std::string prefix;
    std::int64_t rank = 0;
    FileKind kind = FileKind::Table;
    std::int64_t layer = 0;   // Keras' number of the embedding or dense layer
    std::int64_t column = 0;  // column chunk of a split embedding
    std::int64_t part = 0;    // row part of a table
};

// The name's forms, "_<k>" being Keras' numbering and absent for the first of its kind:
//   <prefix>_rank_<r>_[…_]bottom_model[_<k>]_embedding[_<k>]_embedding_table_0_<part>.npy
//   <prefix>_rank_<r>_[…_]bottom_model[_<k>]_split_embedding[_<k>]_embedding_table_chunk_<c>_0_<part>.npy
//   <prefix>_rank_<r>_[…_]{bottom_model|bottom_mlp|top_model}[_<k>]_dense[_<k>]_{kernel|bias}_0_0.npy
std::optional<RankFileName> parseRankFileName(std::string_view name);

// The files of one rank.
struct RankFiles : NamedMlps {
    // Per embedding layer: (row part, column chunk) to file name.
    std::map<std::int64_t, std::map<std::pair<std::int64_t, std::int64_t>, std::string>> tables;
};

}  // namespace dlrm
