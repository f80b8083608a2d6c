// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/map_points.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

namespace dlrm {
namespace {

constexpr double kMargin = 0.03;                       // of the points' range, around them
constexpr double kLowShare = 0.01, kHighShare = 0.99;  // ends of colours

}  // namespace

PlotWindow windowAround(std::span<const float> x, std::span<const float> y) {
    constexpr double kNone = std::numeric_limits<double>::infinity();
    PlotWindow bounds{kNone, -kNone, kNone, -kNone};
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
        bounds.lowX = std::min(bounds.lowX, static_cast<double>(x[i]));
        bounds.highX = std::max(bounds.highX, static_cast<double>(x[i]));
        bounds.lowY = std::min(bounds.lowY, static_cast<double>(y[i]));
        bounds.highY = std::max(bounds.highY, static_cast<double>(y[i]));
    }
    const auto widen = [](double& low, double& high) {
        if (!(high >= low)) low = high = 0;
        const double margin = high > low ? (high - low) * kMargin : 1;
        low -= margin;
        high += margin;
    };
    widen(bounds.lowX, bounds.highX);
    widen(bounds.lowY, bounds.highY);
    return bounds;
}

Result<PlotPoints> pointsOnAxes(std::span<const float> coordinates, int components, int axisX, int axisY,
                                std::stop_token stop) {
    PlotPoints out;
    const auto stride = static_cast<std::size_t>(components);
    const std::size_t points = coordinates.size() / stride;
    out.x.resize(points);
    out.y.resize(points);
    for (std::size_t i = 0; i < points; ++i) {
        out.x[i] = coordinates[i * stride + static_cast<std::size_t>(axisX)];
        out.y[i] = coordinates[i * stride + static_cast<std::size_t>(axisY)];
    }
    out.bounds = windowAround(out.x, out.y);
    DLRM_TRY(out.index, PointIndex::build(out.x, out.y, std::move(stop)));
    return out;
}

ColourEnds colourEnds(std::span<const float> values) {
    std::vector<float> finite;
    std::copy_if(values.begin(), values.end(), std::back_inserter(finite), [](float v) { return std::isfinite(v); });
    if (finite.empty()) return {};
    const auto at = [&](double share) {
        const auto k = finite.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(finite.size() - 1));
        std::nth_element(finite.begin(), k, finite.end());
        return static_cast<double>(*k);
    };
    ColourEnds ends{at(kLowShare), at(kHighShare)};
    if (!(ends.high > ends.low)) ends.high = ends.low + 1;
    return ends;
}

}  // namespace dlrm
