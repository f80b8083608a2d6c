// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/neighbors/similarity.h"

#include <array>
#include <utility>

namespace dlrm {
namespace {

constexpr std::array<std::pair<Similarity, std::string_view>, 3> kSimilarities{
    {{Similarity::Cosine, "cosine"}, {Similarity::Dot, "dot"}, {Similarity::L2, "l2"}}};

}  // namespace

std::string_view name(Similarity s) {
    for (const auto& [similarity, text] : kSimilarities)
        if (similarity == s) return text;
    return "?";
}

std::optional<Similarity> similarityFromName(std::string_view text) {
    for (const auto& [similarity, known] : kSimilarities)
        if (known == text) return similarity;
    return std::nullopt;
}

}  // namespace dlrm
