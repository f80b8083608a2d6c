// SPDX-License-Identifier: Apache-2.0
// The Gram matrix of a table's rows.
#pragma once

#include <cstdint>
#include <vector>

namespace dlrm {

// Xᵀ X and the column sums of the rows looked at, in double. Rows with a value that is not finite are left out.
struct Gram {
    std::int64_t dim = 0, rows = 0;
    std::vector<double> products;  // (dim, dim), symmetric, row-major
    std::vector<double> sums;      // (dim)
};

}  // namespace dlrm
