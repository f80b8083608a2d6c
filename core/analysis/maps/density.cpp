// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/maps/density.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dlrm {
namespace {

constexpr std::size_t kDensityChunk = 1 << 18;  // points between two looks at the stop token: about a millisecond

DensityGrid emptyGrid(const PlotWindow& window, int columns, int rows, std::size_t total) {
    DensityGrid grid;
    grid.window = window;
    grid.columns = columns;
    grid.rows = rows;
    grid.total = static_cast<std::int64_t>(total);
    grid.counts.assign(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), 0);
    return grid;
}

void finish(DensityGrid& grid) {
    grid.highest = grid.counts.empty() ? 0 : *std::max_element(grid.counts.begin(), grid.counts.end());
    for (const std::uint32_t count : grid.counts) grid.inside += count;
}

// Cell of a value, -1 outside [low, high].
struct CellOf {
    double low, high, scale;
    int cells;
    CellOf(double l, double h, int n) : low(l), high(h), scale(n / (h - l)), cells(n) {}
    int operator()(double v) const {
        if (!(v >= low && v <= high)) return -1;
        return std::min(cells - 1, static_cast<int>((v - low) * scale));
    }
};

}  // namespace

Result<DensityGrid> density(std::span<const float> x, std::span<const float> y, std::span<const float> colours,
                            const PlotWindow& window, int columns, int rows, std::stop_token stop) {
    DensityGrid grid = emptyGrid(window, columns, rows, x.size());
    const CellOf columnOf(window.lowX, window.highX, columns), rowOf(window.lowY, window.highY, rows);
    std::vector<double> sums(colours.empty() ? 0 : grid.counts.size());
    std::vector<std::uint32_t> coloured(sums.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i % kDensityChunk == 0 && stop.stop_requested()) return cancelled();
        const int column = columnOf(static_cast<double>(x[i])), row = rowOf(static_cast<double>(y[i]));
        if (column < 0 || row < 0) continue;
        const std::size_t cell =
            static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
        ++grid.counts[cell];
        if (colours.empty() || !std::isfinite(colours[i])) continue;
        sums[cell] += static_cast<double>(colours[i]);
        ++coloured[cell];
    }
    if (!colours.empty()) {
        grid.means.assign(sums.size(), std::numeric_limits<float>::quiet_NaN());
        for (std::size_t c = 0; c < sums.size(); ++c)
            if (coloured[c] > 0) grid.means[c] = static_cast<float>(sums[c] / coloured[c]);
    }
    finish(grid);
    return grid;
}

Result<DensityGrid> rankDensity(std::span<const float> values, const PlotWindow& window, int columns, int rows,
                                std::stop_token stop) {
    DensityGrid grid = emptyGrid(window, columns, rows, values.size());
    const CellOf rowOf(window.lowY, window.highY, rows);
    const auto count = [&](std::size_t from, std::size_t to, int column) {
        for (std::size_t i = from; i < to; ++i) {
            const int row = rowOf(static_cast<double>(values[i]));
            if (row >= 0)
                ++grid.counts[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                              static_cast<std::size_t>(column)];
        }
    };
    // Ranks ascend with the columns: each column is a run of ranks, no logarithm per rank.
    const double width = (window.highX - window.lowX) / columns;
    const auto size = static_cast<double>(values.size());
    for (int column = 0; column < columns; ++column) {
        const auto rankAt = [&](int edge) {
            return static_cast<std::size_t>(
                std::clamp(std::ceil(std::pow(10.0, window.lowX + edge * width)) - 1, 0.0, size));
        };
        const std::size_t end =
            column + 1 == columns
                ? static_cast<std::size_t>(std::clamp(std::floor(std::pow(10.0, window.highX)), 0.0, size))
                : rankAt(column + 1);
        for (std::size_t from = rankAt(column); from < end; from += kDensityChunk) {
            if (stop.stop_requested()) return cancelled();
            count(from, std::min(end, from + kDensityChunk), column);
        }
    }
    finish(grid);
    return grid;
}

}  // namespace dlrm
