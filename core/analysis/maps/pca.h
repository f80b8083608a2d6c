// SPDX-License-Identifier: Apache-2.0
// Principal components from a Gram matrix, and rows in their coordinates.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/tables/gram.h"
#include "core/base/result.h"

namespace dlrm {

struct Pca {
    std::int64_t dim = 0;
    std::int64_t rows = 0;  // the components come from
    int components = 0;
    std::vector<double> mean;  // (dim)
    // (components, dim) orthonormal, the largest variance first; each one's largest absolute loading is positive (the
    // first of equal ones).
    std::vector<double> axes;
    std::vector<double> variances;  // (components) along each axis, divided by rows − 1
    std::vector<double> explained;  // (components) share of the variance over all axes; 0 where all rows are equal
};

// The eigenvectors of the covariance (XᵀX − n m mᵀ)/(n − 1), in double. REQUIRES: 1 <= components <= dim.
// Errors: E-MAP-001 fewer than two rows with finite values; E-MAP-002 the sums are not finite; E-MAP-008 an empty
// matrix, as of a table that is too wide for one.
Result<Pca> pca(const Gram& gram, int components);

}  // namespace dlrm
