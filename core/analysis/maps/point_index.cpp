// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/point_index.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

constexpr std::size_t kIndexChunk = 1 << 18;
constexpr double kPointsPerCell = 8;
constexpr int kMostCellsASide = 2048;

}  // namespace

int PointIndex::column(double x) const {
    return static_cast<int>(std::clamp((x - m_lowX) / m_stepX, 0.0, m_columns - 1.0));
}
int PointIndex::row(double y) const { return static_cast<int>(std::clamp((y - m_lowY) / m_stepY, 0.0, m_rows - 1.0)); }

Result<PointIndex> PointIndex::build(std::span<const float> x, std::span<const float> y, std::stop_token stop) {
    PointIndex out;
    out.m_x = x;
    out.m_y = y;
    constexpr double kNone = std::numeric_limits<double>::infinity();
    double highX = -kNone, highY = -kNone;
    out.m_lowX = out.m_lowY = kNone;
    const auto usable = [&](std::size_t i) { return std::isfinite(x[i]) && std::isfinite(y[i]); };
    std::size_t finite = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i % kIndexChunk == 0 && stop.stop_requested()) return cancelled();
        if (!usable(i)) continue;
        ++finite;
        out.m_lowX = std::min(out.m_lowX, static_cast<double>(x[i]));
        highX = std::max(highX, static_cast<double>(x[i]));
        out.m_lowY = std::min(out.m_lowY, static_cast<double>(y[i]));
        highY = std::max(highY, static_cast<double>(y[i]));
    }
    const int side =
        std::clamp(static_cast<int>(std::sqrt(static_cast<double>(finite) / kPointsPerCell)), 1, kMostCellsASide);
    out.m_columns = out.m_rows = side;
    if (highX > out.m_lowX) out.m_stepX = (highX - out.m_lowX) / side;
    if (highY > out.m_lowY) out.m_stepY = (highY - out.m_lowY) / side;
    const auto cells = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    out.m_starts.assign(cells + 1, 0);
    const auto cellOf = [&](std::size_t i) {
        return static_cast<std::size_t>(out.row(static_cast<double>(y[i]))) * static_cast<std::size_t>(side) +
               static_cast<std::size_t>(out.column(static_cast<double>(x[i])));
    };
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i % kIndexChunk == 0 && stop.stop_requested()) return cancelled();
        if (usable(i)) ++out.m_starts[cellOf(i) + 1];
    }
    for (std::size_t c = 0; c < cells; ++c) out.m_starts[c + 1] += out.m_starts[c];
    std::vector<std::uint32_t> next(out.m_starts.begin(), out.m_starts.end() - 1);
    out.m_points.resize(finite);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i % kIndexChunk == 0 && stop.stop_requested()) return cancelled();
        if (usable(i)) out.m_points[next[cellOf(i)]++] = static_cast<std::uint32_t>(i);
    }
    return out;
}

std::optional<std::int64_t> PointIndex::nearest(double px, double py, double radiusX, double radiusY) const {
    if (m_points.empty() || !(radiusX > 0) || !(radiusY > 0)) return {};
    std::optional<std::int64_t> best;
    double bestDistance = 1;
    for (int r = row(py - radiusY); r <= row(py + radiusY); ++r)
        for (int c = column(px - radiusX); c <= column(px + radiusX); ++c) {
            const std::size_t cell =
                static_cast<std::size_t>(r) * static_cast<std::size_t>(m_columns) + static_cast<std::size_t>(c);
            for (std::uint32_t k = m_starts[cell]; k < m_starts[cell + 1]; ++k) {
                const std::uint32_t i = m_points[k];
                const double dx = (static_cast<double>(m_x[i]) - px) / radiusX,
                             dy = (static_cast<double>(m_y[i]) - py) / radiusY;
                const double distance = dx * dx + dy * dy;
                if (distance > bestDistance || (best && distance == bestDistance && i > *best)) continue;
                bestDistance = distance;
                best = i;
            }
        }
    return best;
}

Result<std::vector<std::uint32_t>> pointsInside(std::span<const float> x, std::span<const float> y,
                                                std::span<const Corner> polygon, std::stop_token stop) {
    std::vector<std::uint32_t> inside;
    if (polygon.size() < 3) return inside;
    const auto [left, right] =
        std::minmax_element(polygon.begin(), polygon.end(), [](const Corner& a, const Corner& b) { return a.x < b.x; });
    const auto [low, high] =
        std::minmax_element(polygon.begin(), polygon.end(), [](const Corner& a, const Corner& b) { return a.y < b.y; });
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i % (kIndexChunk / 16) == 0 && stop.stop_requested()) return cancelled();
        const auto px = static_cast<double>(x[i]), py = static_cast<double>(y[i]);
        if (!(px >= left->x && px <= right->x && py >= low->y && py <= high->y)) continue;
        bool odd = false;
        for (std::size_t k = 0, before = polygon.size() - 1; k < polygon.size(); before = k++) {
            const Corner &a = polygon[k], &b = polygon[before];
            if ((a.y > py) != (b.y > py) && px < (b.x - a.x) * (py - a.y) / (b.y - a.y) + a.x) odd = !odd;
        }
        if (odd) inside.push_back(static_cast<std::uint32_t>(i));
    }
    return inside;
}

}  // namespace dlrm
