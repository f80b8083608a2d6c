// SPDX-License-Identifier: GPL-3.0-or-later
// Paints many points into a chart: a density image for any number of them, dots for up to about 20,000.
#pragma once

#include <QImage>
#include <QRectF>

#include <span>

#include "core/analysis/maps/density_grid.h"
#include "ui/charts/chart_view.h"

class QPainter;

namespace dlrm::ui {

inline constexpr std::int64_t kMostDots = 20'000;  // above: density, never dots
inline constexpr double kDotOpacity = 0.65;

// Counts on a logarithmic colour scale from 1 to the highest; the image is made once per grid and theme and stretched
// while a chart moves.
class DensityLayer {
public:
    // null: nothing is painted. low, high: ends of the colour map for the cells' mean colour values, where the grid has
    // some.
    void setGrid(DensityGridPtr grid, double low = 0, double high = 1);
    const DensityGridPtr& grid() const { return m_grid; }
    // target: where the grid's window lies, in the painter's coordinates.
    void paint(QPainter& painter, const QRectF& target) const;

private:
    void makeImage() const;

    DensityGridPtr m_grid;
    double m_low = 0, m_high = 1;
    mutable QImage m_image;
    mutable bool m_dark = true;
};

// Round dots, about 3 pixels wide and half transparent: where many lie it is darker. values: colour values between low
// and high on the sequential map, missing ones grey; empty: one colour.
void paintDots(QPainter& painter, const ChartView::Mapper& mapper, std::span<const float> x, std::span<const float> y,
               std::span<const float> values, double low, double high);

// The colour bar of `low` … `high` with its title, at the upper right inside the plot: what one of that opacity looks
// like on the background.
void paintColourBar(QPainter& painter, const QRectF& plot, const QString& title, const QString& lowText,
                    const QString& highText, double opacity = 1);

}  // namespace dlrm::ui
