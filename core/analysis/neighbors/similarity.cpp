// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/neighbors/similarity.h"

#include "core/base/enum_names.h"

namespace dlrm {
namespace {

constexpr std::string_view kSimilarities[] = {"cosine", "dot", "l2"};

}  // namespace

std::string_view name(Similarity s) { return nameIn(kSimilarities, s); }

std::optional<Similarity> similarityFromName(std::string_view text) {
    return valueNamed<Similarity>(kSimilarities, text);
}

}  // namespace dlrm
