// SPDX-License-Identifier: Apache-2.0
// Many points as counts in the cells of a grid, ready to paint: a density image takes as long for millions of points as for thousands.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

struct PlotWindow {
    double lowX = 0, highX = 1, lowY = 0, highY = 1;
    friend bool operator==(const PlotWindow&, const PlotWindow&) = default;
};

// Cell (row, column) counts the points with x in [lowX + column · w, … + w) and y likewise; row 0 is lowest. The window's upper edges belong to its last cells.
struct DensityGrid {
    PlotWindow window;
    int columns = 0, rows = 0;
    std::vector<std::uint32_t> counts;  // (rows, columns)
    std::vector<float> means;           // (rows, columns) of the points' colour values, where any were given; NaN in empty cells
    std::int64_t inside = 0, total = 0; // points counted, and all
    std::uint32_t highest = 0;
};
using DensityGridPtr = std::shared_ptr<const DensityGrid>;

// x, y: (points); colours: (points) or empty. Points that are not finite are outside; colour values that are not finite are left out of the means.
// REQUIRES: columns, rows in 1 .. 8192. E-CANCELLED.
Result<DensityGrid> density(std::span<const float> x, std::span<const float> y, std::span<const float> colours, const PlotWindow& window, int columns, int rows,
                            std::stop_token stop);

// The same for values by rank: x of value i is log10(i + 1).
Result<DensityGrid> rankDensity(std::span<const float> values, const PlotWindow& window, int columns, int rows, std::stop_token stop);

}  // namespace dlrm
