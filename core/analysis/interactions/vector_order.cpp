// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/interactions/vector_order.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dlrm {

// By chains of nearest neighbours (Murtagh 1983): each cluster's nearest one, until two are each other's. Joining those
// at once gives what joining the nearest two of all gives, since average linkage never brings clusters nearer.
std::vector<std::size_t> orderBySimilarity(std::span<const double> cosines, std::size_t n) {
    std::vector<double> distance(n * n);
    std::vector<std::vector<std::size_t>> leaves(n);
    std::vector<std::size_t> left, chain;  // clusters by their smallest leaf, ascending; each nearest to the one before
    for (std::size_t i = 0; i < n; ++i) {
        left.push_back(i);
        leaves[i] = {i};
        for (std::size_t j = 0; j < n; ++j) {
            const double cosine = cosines[i * n + j];
            distance[i * n + j] = 1 - (std::isfinite(cosine) ? std::fabs(cosine) : 0);
        }
    }
    while (left.size() > 1) {
        if (chain.empty()) chain.push_back(left.front());
        const std::size_t a = chain.back();
        // Of equal ones the one before in the chain, so that it ends.
        std::size_t b = chain.size() > 1 ? chain[chain.size() - 2] : left.front() == a ? left[1] : left.front();
        for (const std::size_t c : left)
            if (c != a && distance[a * n + c] < distance[a * n + b]) b = c;
        if (chain.size() < 2 || b != chain[chain.size() - 2]) {
            chain.push_back(b);
            continue;
        }
        chain.resize(chain.size() - 2);
        const auto [first, second] = std::minmax(a, b);
        const auto sizes =
            std::pair(static_cast<double>(leaves[first].size()), static_cast<double>(leaves[second].size()));
        for (const std::size_t c : left) {
            const double mean = (sizes.first * distance[first * n + c] + sizes.second * distance[second * n + c]) /
                                (sizes.first + sizes.second);
            distance[first * n + c] = distance[c * n + first] = mean;
        }
        leaves[first].insert(leaves[first].end(), leaves[second].begin(), leaves[second].end());
        left.erase(std::find(left.begin(), left.end(), second));
    }
    return n == 0 ? std::vector<std::size_t>() : std::move(leaves[0]);
}

}  // namespace dlrm
