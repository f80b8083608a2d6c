// SPDX-License-Identifier: Apache-2.0
// Vectors in an order that puts those beside each other that go together.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dlrm {

// The leaves of average linkage on 1 − |cosine|; of two clusters that are joined the one with the smaller place comes
// first. `cosines`: (n, n), symmetric; what is not finite counts as 0. Time n², memory n².
std::vector<std::size_t> orderBySimilarity(std::span<const double> cosines, std::size_t n);

}  // namespace dlrm
