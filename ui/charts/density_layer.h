// SPDX-License-Identifier: GPL-3.0-or-later
// Paints many points into a chart: a density image for any number of them, dots for up to about 20,000.
#pragma once

#include <QColor>
#include <QImage>
#include <QRectF>

#include <functional>
#include <span>
#include <vector>

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
    // Rows in the cells of such a picture that reach into the box.
    std::int64_t rowsBelow(const QRectF& box, const QRectF& target) const;

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

// The colour of a value at that share of the way from low to high.
QColor dotShade(double t);

// Of such dots, those whose middle lies in the box.
std::int64_t dotsBelow(const QRectF& box, const ChartView::Mapper& mapper, std::span<const float> x,
                       std::span<const float> y);

// Of these places the first one below which the fewest rows lie. REQUIRES: at least one.
QRectF leastCovering(const std::vector<QRectF>& places, const std::function<std::int64_t(const QRectF&)>& rowsBelow);

// Its title and the words at its ends. opacity: of what it explains, on the background.
struct ColourBar {
    QString title, low, high;
    double opacity = 1;
};
// In the corner of the plot that has the fewest rows below it, the upper right where there are none. The room it takes.
QRectF paintColourBar(QPainter& painter, const QRectF& plot, const ColourBar& words,
                      const std::function<std::int64_t(const QRectF&)>& rowsBelow);

}  // namespace dlrm::ui
