// SPDX-License-Identifier: Apache-2.0
// Pairs of the interaction's vectors: the strongest ones of a matrix, and what one row's dots differ from another's by.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dlrm {

struct VectorPair {
    std::size_t first = 0, second = 0;  // places in the interaction, 0 = bottom output; first > second
    double value = 0;
};

// The min(most, V(V − 1)/2) pairs of a symmetric matrix (V, V) whose values are largest in magnitude, the largest
// first; values that are not finite go before all others; equal ones by row, then column.
std::vector<VectorPair> strongestPairs(std::span<const double> matrix, std::size_t vectors, std::size_t most);
std::vector<VectorPair> strongestPairs(std::span<const float> matrix, std::size_t vectors, std::size_t most);

// V Vᵀ of one row (V, V) without what the model is not fed: NaN on the diagonal, whose squared norms would drown the
// pairs. With `reference`, another row's V Vᵀ of the same size, its dots are subtracted; a reference of another size is
// none.
std::vector<float> pairDots(std::span<const float> interaction, std::size_t vectors,
                            std::span<const float> reference = {});

}  // namespace dlrm
