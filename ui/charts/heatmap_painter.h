// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a labelled square matrix: cells, names that thin out when there is no room, colour bar, current and selected
// cell.
#pragma once

#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QStringList>

#include <span>
#include <vector>

class QFont;
class QPainter;

namespace dlrm::ui {

// The values the two ends of the colour map stand for.
struct HeatmapRange {
    double low = 0, high = 0;
    bool diverging = true;  // low = -high
};
// Of the finite values, sizes (not diverging) from 0 on. All values equal or none at all still give a range of positive
// width.
HeatmapRange heatmapRange(std::span<const float> values, bool diverging);

// One pixel a cell, row 0 at the top, in the theme's colours; cells that are not finite stay transparent. REQUIRES:
// values.size() == n * n.
QImage heatmapImage(std::span<const float> values, int n, const HeatmapRange& range);

struct HeatmapCell {
    int row = -1, column = -1;
    bool isValid() const { return row >= 0 && column >= 0; }
    friend bool operator==(const HeatmapCell&, const HeatmapCell&) = default;
};

struct HeatmapPicture {
    std::vector<float> values;  // (n, n) row-major
    QStringList labels;         // n
    HeatmapRange range;
    QImage image;
    HeatmapCell current, selected;
    bool focused = false;  // the current cell gets a focus frame
    int size() const { return static_cast<int>(labels.size()); }
    float value(HeatmapCell cell) const {
        return values[static_cast<std::size_t>(cell.row) * labels.size() + static_cast<std::size_t>(cell.column)];
    }
};

// The part of the matrix that is shown, in cells: columns left..left + width, rows top..top + height.
using HeatmapWindow = QRectF;

// Room the names and the colour bar take around the cells.
struct HeatmapMargins {
    int left = 0, right = 0, bottom = 0;
};
HeatmapMargins heatmapMargins(const HeatmapPicture& picture, const QFont& font);

// Every k-th name is written where cells are `cellPixels` wide: 1 when all fit.
int heatmapLabelStep(double cellPixels, int lineHeight);

void paintHeatmap(QPainter& painter, const HeatmapPicture& picture, const HeatmapWindow& window, const QRectF& plot,
                  const QFont& font);

// The cell under a position, invalid outside the plot.
HeatmapCell heatmapCellAt(const QPointF& position, const HeatmapWindow& window, const QRectF& plot, int n);

}  // namespace dlrm::ui
