// SPDX-License-Identifier: Apache-2.0
// Counts of points in the cells of a grid, as plain data.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace dlrm {

struct PlotWindow {
    double lowX = 0, highX = 1, lowY = 0, highY = 1;
    friend bool operator==(const PlotWindow&, const PlotWindow&) = default;
};

// Cell (row, column) counts the points with x in [lowX + column · w, … + w) and y likewise; row 0 is lowest. The
// window's upper edges belong to its last cells.
struct DensityGrid {
    PlotWindow window;
    int columns = 0, rows = 0;
    std::vector<std::uint32_t> counts;  // (rows, columns)
    std::vector<float> means;  // (rows, columns) of the points' colour values, where any were given; NaN in empty cells
    std::int64_t inside = 0, total = 0;  // points counted, and all
    std::uint32_t highest = 0;
};
using DensityGridPtr = std::shared_ptr<const DensityGrid>;

}  // namespace dlrm
