// SPDX-License-Identifier: Apache-2.0
// What one pass over a table counts and sums.
#pragma once

#include <cstdint>
#include <vector>

namespace dlrm {

struct ScanRequest {
    // Histogram of values: `bins` equal bins over [low, high); values outside are counted in below and above.
    float low = -1, high = 1;
    int bins = 512;
};

// Of the values of a table, or of a part of it. Sums are over the finite ones, in double.
struct ScanFigures {
    std::int64_t finite = 0, nan = 0, inf = 0, subnormal = 0;  // values; subnormal ones are finite too
    double sum = 0, sumSquares = 0;
    float min = 0, max = 0;               // of the finite values
    std::vector<std::int64_t> histogram;  // (bins)
    std::int64_t below = 0, above = 0;
};

// One pass over a table; min and max are NaN when there are no finite values.
struct TableScan : ScanFigures {
    std::int64_t rows = 0, dim = 0;
    std::vector<float>
        norms;  // (rows) L2; NaN or infinity where the row has such a value, or where float32 cannot hold it
    ScanRequest request;
};

}  // namespace dlrm
