// SPDX-License-Identifier: Apache-2.0
// Rank–norm map: how the norm of a row falls with its id, which is its frequency rank, against what the initializer
// gives.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/analysis/tables/statistics.h"

namespace dlrm {

struct RankNormMap {
    std::int64_t rows = 0, dim = 0;
    // Density: counts[y * columns + x] rows. Column x covers log10(id + 1) in [x, x + 1) · logRankMax / columns, row y
    // covers norms in normLow + [y, y + 1) · (normHigh − normLow) / bins, y = 0 the smallest. Rows whose norm is not
    // finite are left out.
    int columns = 0, bins = 0;
    double logRankMax = 0;  // log10(rows)
    float normLow = 0, normHigh = 0;
    std::vector<std::uint32_t> counts;
    std::int64_t notFinite = 0;
    // Norm of a row drawn from uniform(−a, a), a the initializer's bound: mean and standard deviation. The band is mean
    // ± 3 sd.
    float initializerBound = 0;
    double bandMean = 0, bandSd = 0;
    float row0Norm = 0;  // row 0 = missing, rare or unknown; NaN when the table is empty
    // Quantiles of the norms in each column that holds an id. firstId..lastId: its ids.
    struct Quantiles {
        std::int64_t firstId = 0, lastId = 0;
        float p05 = 0, p50 = 0, p95 = 0;
    };
    std::vector<Quantiles> quantiles;
    // The sink rank: the first id of the first column from which on the median norm of every column lies in the band.
    // Empty when the last column's median does not. Row 0 has no rank and takes no part.
    std::optional<std::int64_t> sinkRank;
};

// Norm of `dim` values drawn from uniform(−bound, bound), from the first two moments of its square.
struct InitializerNorm {
    double mean = 0, sd = 0;
};
InitializerNorm initializerNorm(std::int64_t dim, double bound);

// Takes about 10 ns a row.
RankNormMap rankNormMap(const TableStatistics& statistics, int columns = 256, int bins = 160);

}  // namespace dlrm
