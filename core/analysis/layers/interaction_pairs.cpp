// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/layers/interaction_pairs.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

template <class T>
std::vector<VectorPair> strongest(std::span<const T> matrix, std::size_t vectors, std::size_t most) {
    std::vector<VectorPair> pairs;
    for (std::size_t i = 0; i < vectors; ++i)
        for (std::size_t j = 0; j < i; ++j) pairs.push_back({i, j, static_cast<double>(matrix[i * vectors + j])});
    const auto strength = [](const VectorPair& p) {
        return std::isfinite(p.value) ? std::abs(p.value) : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(pairs.begin(), pairs.end(),
                     [&](const VectorPair& a, const VectorPair& b) { return strength(a) > strength(b); });
    pairs.resize(std::min(most, pairs.size()));
    return pairs;
}

}  // namespace

std::vector<VectorPair> strongestPairs(std::span<const double> matrix, std::size_t vectors, std::size_t most) {
    return strongest(matrix, vectors, most);
}
std::vector<VectorPair> strongestPairs(std::span<const float> matrix, std::size_t vectors, std::size_t most) {
    return strongest(matrix, vectors, most);
}

std::vector<float> pairDots(std::span<const float> interaction, std::size_t vectors, std::span<const float> reference) {
    std::vector<float> out(interaction.begin(), interaction.end());
    if (reference.size() == out.size())
        for (std::size_t i = 0; i < out.size(); ++i) out[i] -= reference[i];
    for (std::size_t v = 0; v < vectors; ++v) out[v * vectors + v] = std::numeric_limits<float>::quiet_NaN();
    return out;
}

}  // namespace dlrm
