// SPDX-License-Identifier: Apache-2.0
// Which of many points in the plane is near the pointer, and which lie inside a loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// Points sorted into square-ish cells; 4 bytes a point. Points that are not finite are left out.
class PointIndex {
public:
    // x, y: (points), at most 2³² of them; copied nowhere, they must outlive the index. E-CANCELLED.
    static Result<PointIndex> build(std::span<const float> x, std::span<const float> y, std::stop_token stop = {});

    // The point nearest to (px, py) when distances in x count 1/radiusX and in y 1/radiusY, if it is within 1.
    // Microseconds for small radii.
    std::optional<std::int64_t> nearest(double px, double py, double radiusX, double radiusY) const;

private:
    std::span<const float> m_x, m_y;
    double m_lowX = 0, m_lowY = 0, m_stepX = 1, m_stepY = 1;
    int m_columns = 1, m_rows = 1;
    std::vector<std::uint32_t> m_starts;  // (cells + 1)
    std::vector<std::uint32_t> m_points;  // by cell
    int column(double x) const;
    int row(double y) const;
};

struct Corner {
    double x = 0, y = 0;
};

// Indices of the points inside the closed polygon (even-odd rule), ascending. E-CANCELLED.
Result<std::vector<std::uint32_t>> pointsInside(std::span<const float> x, std::span<const float> y,
                                                std::span<const Corner> polygon, std::stop_token stop);

}  // namespace dlrm
