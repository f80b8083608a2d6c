// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/rank_files.h"

#include "core/checkpoint/parts/name_tail.h"

namespace dlrm {
namespace {

// "<prefix>_rank_<r>", with the name of the model behind it where Keras adds one.
bool parseRank(std::string_view text, RankFileName& f) {
    constexpr std::string_view kRank = "_rank_";
    const std::size_t at = text.rfind(kRank);
    if (at == std::string_view::npos) return false;
    const std::string_view behind = text.substr(at + kRank.size());
    NameTail number(behind.substr(0, behind.find('_')));
    const auto rank = number.takeNumber();
    if (!rank || !number.rest().empty()) return false;
    f.prefix = std::string(text.substr(0, at));
    f.rank = *rank;
    return true;
}

}  // namespace

std::optional<RankFileName> parseRankFileName(std::string_view name) {
    NameTail tail(name);
    RankFileName f;
    if (!tail.take(".npy")) return std::nullopt;
    const auto part = tail.takeNumber();
    if (!part || !tail.take("_0_")) return std::nullopt;
    f.part = *part;

    std::optional<std::int64_t> layer;
    const bool kernel = tail.take("_kernel");
    const bool dense = kernel || tail.take("_bias");
    if (dense) {
        layer = tail.takeNumbered("_dense");
        if (f.part != 0) return std::nullopt;
    } else if (tail.take("_embedding_table")) {
        layer = tail.takeNumbered("_embedding");
    } else {
        const auto column = tail.takeNumber();
        if (!column || !tail.take("_embedding_table_chunk_")) return std::nullopt;
        f.column = *column;
        layer = tail.takeNumbered("_split_embedding");
    }
    if (!layer) return std::nullopt;
    f.layer = *layer;

    const bool top = dense && tail.takeNumbered("_top_model").has_value();
    if (!top && !tail.takeNumbered("_bottom_model") && !(dense && tail.takeNumbered("_bottom_mlp")))
        return std::nullopt;
    if (dense) f.kind = layerFileKind(top, kernel);
    if (!parseRank(tail.rest(), f)) return std::nullopt;
    return f;
}

}  // namespace dlrm
