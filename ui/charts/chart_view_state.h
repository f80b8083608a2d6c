// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of ChartView, shared by its source files. Positions are in axis units: plain values, or their decimal
// logarithm on a log axis.
#pragma once

#include <QCategoryAxis>
#include <QLineSeries>
#include <QPolygonF>
#include <QToolButton>

#include "ui/charts/chart_decorations.h"
#include "ui/charts/chart_overlay.h"
#include "ui/charts/chart_view.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

struct AxisRange {
    double low = 0, high = 1;
    double size() const { return high - low; }
    friend bool operator==(const AxisRange&, const AxisRange&) = default;
};

struct ChartView::State {
    ChartView* view;
    QString title;  // as it was made with; what the chart shows may say more
    QCategoryAxis* x = nullptr;
    QCategoryAxis* y = nullptr;
    Scale scaleX = Scale::Linear, scaleY = Scale::Linear;
    AxisRange homeX, homeY;
    bool equalUnits = false, fixedBase = false;
    int plotHeight = 0;          // pixels, at least; 0: as high as there is room
    AxisRange wantedX, wantedY;  // of setAxes(); home is as wide or wider
    bool ranged = false;         // setAxes() was called for these scales
    // Of the units to the plot's shape since the last axes or size: new labels may change the shape a little.
    int fits = 0;
    ChartOverlay* backdrop = nullptr;  // below the lines
    ChartOverlay* overlay = nullptr;   // above them
    QLineSeries* anchor = nullptr;     // axes need a series to be laid out
    QToolButton* menuButton = nullptr;
    std::vector<Line> lines;
    std::vector<QLineSeries*> series;
    std::vector<Ring> rings;
    std::vector<NamedPlace> xTicks;  // empty: round numbers
    bool legendBelow = false;        // the title, by fitMargins()
    std::function<void(QPainter&, const Mapper&)> paintBackdrop, paint;
    std::function<QString(double, double)> hoverText;
    std::function<std::optional<QPointF>(double, double)> hoverMark;
    QString source;  // of exported pictures
    QString noExport;
    QString footnote;
    Table table;    // as set
    Table derived;  // of the lines, when none is set
    double cursor = 0;
    bool cursorVisible = false, draggingCursor = false;
    bool panning = false;
    bool lasso = false, drawingLasso = false;
    QPolygonF lassoPath;  // scene positions
    bool focusRing = false;
    QPoint pressedAt;
    int farthest = 0;  // pixels from pressedAt the pointer has been
    AxisRange panX, panY;
    QPointF pointer;
    bool pointerInside = false;

    QRectF plot() const { return view->chart()->plotArea(); }
    QRectF all() const { return {QPointF(0, 0), view->chart()->size()}; }
    // Of all: what is in sight, and of that what neither title nor footnote cover.
    QRectF shown() const;
    QRectF seenPlot() const;
    bool scrolls() const { return plotHeight > 0; }
    void fitContent() const;
    // The pointer only looks.
    bool hovers() const { return pointerInside && !draggingCursor && !drawingLasso; }
    double toX(double unit) const { return plot().left() + (unit - x->min()) / (x->max() - x->min()) * plot().width(); }
    double toY(double unit) const {
        return plot().bottom() - (unit - y->min()) / (y->max() - y->min()) * plot().height();
    }
    double fromX(double position) const {
        return x->min() + (position - plot().left()) / plot().width() * (x->max() - x->min());
    }
    double fromY(double position) const {
        return y->min() + (plot().bottom() - position) / plot().height() * (y->max() - y->min());
    }
    AxisRange rangeX() const { return {x->min(), x->max()}; }
    AxisRange rangeY() const { return {y->min(), y->max()}; }
    // Plain values of a scene position.
    QPointF valueAt(const QPointF& scene) const;
    Mapper mapper() const;

    std::vector<LegendEntry> legend() const;
    int besideTitle() const { return menuButton->width() + space::s; }  // of the menu button
    void paintBelow(QPainter& painter) const;
    void paintAbove(QPainter& painter) const;
    void makeAxes();
    void attach(QLineSeries* series) const;
    void setRanges(const AxisRange& newX, const AxisRange& newY);
    void retick();
    // Home as the wanted ranges, widened where units are equal.
    void findHome();
    void fitUnits();
    // factor < 1 zooms in; (cx, cy), in axis units, keeps its place.
    void zoom(double factor, double cx, double cy);
    void pan(const AxisRange& fromX, const AxisRange& fromY, double dx, double dy);
    void moveCursor(double to);
    void restyle();
    void fitMargins();  // to the footnote and the legend
    void deriveTable();
};

inline constexpr int kMenuButtonSize = 24;

// From plain values to axis units and back. Log: NaN at or below zero.
double toAxis(double value, ChartView::Scale scale);
double fromAxis(double unit, ChartView::Scale scale);

}  // namespace dlrm::ui
