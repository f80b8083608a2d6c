// SPDX-License-Identifier: GPL-3.0-or-later
// What ChartView draws around and over a plot: title with legend, cursor, read-out, footnote, focus ring.
#pragma once

#include <QColor>
#include <QPen>
#include <QPolygonF>
#include <QRectF>
#include <QString>

#include <vector>

class QPainter;

namespace dlrm::ui {

struct LegendEntry {
    QString name;
    QColor color;
    bool dashed = false;
    double ring = 0;      // its radius, instead of a line
    bool filled = false;  // a ring: a dot
};

// Dashes leave gaps through which a line below is seen.
QPen linePen(const QColor& color, double width, bool dashed);
// Of the lines that a legend has below the title of a chart of that width; 0: it has room beside it. reserved: pixels
// for the menu button.
int legendHeight(const std::vector<LegendEntry>& legend, const QString& title, double width, int reserved);
// The title at the top left of `all`, the legend in the same line at the right, or below it.
void paintTitle(QPainter& painter, const QString& title, const std::vector<LegendEntry>& legend, bool below,
                const QRectF& all, int reserved);
// A dot of the accent's colour with an edge of the background's.
void paintMark(QPainter& painter, const QPointF& at);
void paintCursor(QPainter& painter, double x, const QRectF& plot);
// Lines of text in a small box beside `at`, inside `bounds`; wrapped where they are wider.
QRectF readOutBox(const QString& text, const QPointF& at, const QRectF& bounds);
void paintReadOut(QPainter& painter, const QString& text, const QPointF& at, const QRectF& bounds);
void paintFootnote(QPainter& painter, const QString& text, const QRectF& all);
// Word-wrapped: of one to three lines.
int footnoteHeight(const QString& text, double width);
// The loop being drawn, closed with a straight line.
void paintLasso(QPainter& painter, const QPolygonF& path);
// Places for labels, as wide and high as `wanted` and each below or at its own: moved into `plot` sideways, and down
// where it would touch one before it or one of `taken`.
std::vector<QRectF> placeLabels(const std::vector<QRectF>& wanted, const QRectF& plot, std::vector<QRectF> taken = {});
void paintFocusRing(QPainter& painter, const QRectF& all);

}  // namespace dlrm::ui
