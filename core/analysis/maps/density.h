// SPDX-License-Identifier: Apache-2.0
// Many points as counts in the cells of a grid, ready to paint: a density image takes as long for millions of points as
// for thousands.
#pragma once

#include <span>
#include <stop_token>

#include "core/analysis/maps/density_grid.h"
#include "core/base/result.h"

namespace dlrm {

// x, y: (points); colours: (points) or empty. Points that are not finite are outside; colour values that are not finite
// are left out of the means.
// REQUIRES: columns, rows in 1 .. 8192. E-CANCELLED.
Result<DensityGrid> density(std::span<const float> x, std::span<const float> y, std::span<const float> colours,
                            const PlotWindow& window, int columns, int rows, std::stop_token stop);

// The same for values by rank: x of value i is log10(i + 1).
Result<DensityGrid> rankDensity(std::span<const float> values, const PlotWindow& window, int columns, int rows,
                                std::stop_token stop);

}  // namespace dlrm
