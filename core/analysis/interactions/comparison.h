// SPDX-License-Identifier: Apache-2.0
// What the products of the vectors differ by between two slices of the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/analysis/interactions/interactions.h"

namespace dlrm {

// Each matrix is (vectors, vectors) and symmetric; NaN where it is not defined.
struct InteractionComparison {
    std::int64_t shared = 0;  // rows that are in both slices
    std::vector<double> difference, differenceSe, effectSize;
};

// `shared`: the sums of the rows in both. Rows of both make the difference surer than that of two samples apart: the
// standard error is √(s₁²/n₁ + s₂²/n₂ − 2c), c = Σ(x − m₁)(x − m₂) over them, by √(n₁(n₁ − 1)n₂(n₂ − 1)). REQUIRES:
// sums of the same vectors.
InteractionComparison compareInteractions(const InteractionSums& slice, const InteractionSums& against,
                                          const InteractionSums& shared);

struct ComparisonMatrix {
    const char* key;    // stable, in files
    const char* title;  // for people
    std::vector<double> InteractionComparison::*values;
    const char* formula;
    bool isSigned;  // else nothing of it is below 0
};
// THE TABLE OF MATRICES OF TWO SLICES, in the order they are written.
std::span<const ComparisonMatrix> comparisonMatrixTable();

// A pair of two vectors in both slices.
struct ComparedPair {
    std::size_t first = 0, second = 0;                        // places in the matrices, first > second
    double mean = 0, against = 0;                             // of the slice, of the one it is compared with
    double difference = 0, differenceSe = 0, effectSize = 0;  // NaN where not defined
};
// All of them, the largest effect first, those without one last; equal ones by place.
std::vector<ComparedPair> comparedPairs(const InteractionMatrices& slice, const InteractionMatrices& against,
                                        const InteractionComparison& comparison);

}  // namespace dlrm
