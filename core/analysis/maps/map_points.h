// SPDX-License-Identifier: Apache-2.0
// A map's points on two of its axes, ready to draw: where they lie, the window that holds them, what is near the
// pointer, the ends of their colours.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/analysis/maps/density_grid.h"
#include "core/analysis/maps/point_index.h"
#include "core/base/result.h"

namespace dlrm {

// Not to be copied: the index points into x and y. Moving is safe.
struct PlotPoints {
    std::vector<float> x, y;  // (points)
    PlotWindow bounds;        // of the finite points, with a margin
    PointIndex index;

    PlotPoints() = default;
    PlotPoints(PlotPoints&&) = default;
    PlotPoints& operator=(PlotPoints&&) = default;
};

// coordinates: (points, components) row-major. REQUIRES: the axes are below `components`. Points that are not finite
// lie outside the window. E-CANCELLED.
Result<PlotPoints> pointsOnAxes(std::span<const float> coordinates, int components, int axisX, int axisY,
                                std::stop_token stop = {});

// The smallest window that holds the finite points, widened by 3 % of its range on each side, or by 1 where that is
// nothing. x, y: same size. Without a finite point it is [−1, 1] × [−1, 1].
PlotWindow windowAround(std::span<const float> x, std::span<const float> y);

// Ends of a colour map for these values: the 1st and 99th percentile of the finite ones (nearest rank below), so that a
// few outliers do not take all colours. high > low always; without a finite value 0 and 1.
struct ColourEnds {
    double low = 0, high = 1;
};
ColourEnds colourEnds(std::span<const float> values);

}  // namespace dlrm
