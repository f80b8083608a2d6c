// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_decorations.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kSample = 16;       // length of a legend's line
constexpr double kLeastTitle = 120;  // pixels that a legend beside it leaves
constexpr double kPointerGap = 14;
constexpr double kHandle = 5;
constexpr double kMostFootnoteLines = 3;
constexpr double kUnlimited = 1e6;  // pixels
constexpr int kReadOutFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextExpandTabs | Qt::TextWordWrap;

double legendWidth(const LegendEntry& entry, const QFontMetricsF& metrics) {
    return kSample + space::xs + metrics.horizontalAdvance(entry.name) + space::m;
}

double legendWidth(const std::vector<LegendEntry>& legend, const QFontMetricsF& metrics) {
    double width = 0;
    for (const LegendEntry& entry : legend) width += legendWidth(entry, metrics);
    return width;
}

void paintLegendEntry(QPainter& painter, const LegendEntry& entry, double x, const QRectF& line) {
    const QPointF middle(x + kSample / 2, line.center().y());
    painter.setPen(linePen(entry.color, 2, entry.dashed));
    painter.setBrush(entry.filled ? QBrush(entry.color) : QBrush());
    if (entry.filled) painter.setPen(Qt::NoPen);
    if (entry.ring > 0) painter.drawEllipse(middle, entry.ring, entry.ring);
    else painter.drawLine(QPointF(x, middle.y()), QPointF(x + kSample, middle.y()));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(Theme::instance().colors().muted);
    x += kSample + space::xs;
    painter.drawText(QRectF(x, line.top(), line.right() - x, line.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     entry.name);
}

// Where each entry stands in lines of that width.
std::vector<QPointF> legendPlaces(const std::vector<LegendEntry>& legend, double width, const QFontMetricsF& metrics) {
    std::vector<QPointF> places;
    double x = 0, y = 0;
    for (const LegendEntry& entry : legend) {
        const double wide = legendWidth(entry, metrics);
        if (x > 0 && x + wide - space::m > width) {
            x = 0;
            y += metrics.height();
        }
        places.emplace_back(x, y);
        x += wide;
    }
    return places;
}

}  // namespace

QPen linePen(const QColor& color, double width, bool dashed) {
    constexpr double kDash = 5, kGap = 4;  // pixels
    QPen pen(color, width);
    pen.setJoinStyle(Qt::RoundJoin);
    if (!dashed) return pen;
    pen.setCapStyle(Qt::FlatCap);
    pen.setDashPattern({kDash / width, kGap / width});
    return pen;
}

int legendHeight(const std::vector<LegendEntry>& legend, const QString& title, double width, int reserved) {
    const QFontMetricsF metrics(Theme::instance().font(font_size::caption));
    const double room = width - space::m - reserved,
                 least =
                     std::min(kLeastTitle,
                              QFontMetricsF(Theme::instance().font(font_size::body, true)).horizontalAdvance(title));
    if (legend.empty() || legendWidth(legend, metrics) + space::m + std::ceil(least) <= room) return 0;
    const double lines = legendPlaces(legend, width - 2 * space::m, metrics).back().y() + metrics.height();
    return static_cast<int>(std::ceil(lines)) + space::xs;
}

void paintTitle(QPainter& painter, const QString& title, const std::vector<LegendEntry>& legend, bool below,
                const QRectF& all, int reserved) {
    const Theme& theme = Theme::instance();
    const QFont bold = theme.font(font_size::body, true), small = theme.font(font_size::caption);
    const QFontMetricsF titleMetrics(bold), metrics(small);
    const double line = titleMetrics.height();
    const QRectF row(all.left() + space::m, all.top() + space::s, all.width() - space::m - reserved, line);
    const double beside = below ? 0 : legendWidth(legend, metrics);
    painter.setFont(bold);
    painter.setPen(theme.colors().text);
    painter.drawText(row, Qt::AlignLeft | Qt::AlignVCenter,
                     titleMetrics.elidedText(title, Qt::ElideRight, row.width() - beside - space::m));
    painter.setFont(small);
    if (below) {
        const QRectF lines(row.left(), row.bottom(), all.width() - 2 * space::m, metrics.height());
        const std::vector<QPointF> places = legendPlaces(legend, lines.width(), metrics);
        for (std::size_t i = 0; i < legend.size(); ++i)
            paintLegendEntry(painter, legend[i], lines.left() + places[i].x(), lines.translated(0, places[i].y()));
        return;
    }
    double x = row.right() - beside;
    for (const LegendEntry& entry : legend) {
        paintLegendEntry(painter, entry, x, row);
        x += legendWidth(entry, metrics);
    }
}

void paintMark(QPainter& painter, const QPointF& at) {
    constexpr double kRadius = 4.5, kEdge = 1.5;
    const ThemeColors& colors = Theme::instance().colors();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.base, kEdge));
    painter.setBrush(colors.accent);
    painter.drawEllipse(at, kRadius, kRadius);
    painter.restore();
}

void paintCursor(QPainter& painter, double x, const QRectF& plot) {
    const QColor accent = Theme::instance().colors().accent;
    painter.setPen(QPen(accent, 1.5));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    painter.setPen(Qt::NoPen);
    painter.setBrush(accent);
    painter.drawPolygon(QPolygonF(
        {QPointF(x - kHandle, plot.top()), QPointF(x + kHandle, plot.top()), QPointF(x, plot.top() + kHandle * 1.4)}));
    painter.setBrush(Qt::NoBrush);
}

QRectF readOutBox(const QString& text, const QPointF& at, const QRectF& bounds) {
    const double room = std::max(1.0, bounds.width() - 2 * space::s);
    const QRectF needed = QFontMetricsF(Theme::instance().font(font_size::caption))
                              .boundingRect(QRectF(0, 0, room, kUnlimited), kReadOutFlags, text);
    const double width = std::min(std::ceil(needed.width()) + 2 * space::s, bounds.width());
    QRectF box(at.x() + kPointerGap, at.y() + kPointerGap, width, needed.height() + 2 * space::xs);
    if (box.right() > bounds.right()) box.moveRight(at.x() - kPointerGap);
    if (box.left() < bounds.left()) box.moveLeft(bounds.left());
    if (box.bottom() > bounds.bottom()) box.moveBottom(at.y() - kPointerGap);
    if (box.top() < bounds.top()) box.moveTop(bounds.top());
    return box;
}

void paintReadOut(QPainter& painter, const QString& text, const QPointF& at, const QRectF& bounds) {
    const Theme& theme = Theme::instance();
    const QRectF box = readOutBox(text, at, bounds);
    painter.setPen(QPen(theme.colors().line, 1));
    painter.setBrush(theme.colors().raised);
    painter.drawRoundedRect(box, space::xs, space::xs);
    painter.setBrush(Qt::NoBrush);
    painter.setFont(theme.font(font_size::caption));
    painter.setPen(theme.colors().text);
    painter.drawText(box.adjusted(space::s, space::xs, -space::s, -space::xs), kReadOutFlags, text);
}

int footnoteHeight(const QString& text, double width) {
    const QFontMetricsF metrics(Theme::instance().font(font_size::caption));
    const double needed =
        metrics.boundingRect(QRectF(0, 0, std::max(1.0, width - 2 * space::m), 1e6), Qt::TextWordWrap, text).height();
    return static_cast<int>(std::ceil(std::clamp(needed, metrics.height(), kMostFootnoteLines * metrics.height()))) +
           space::xs;
}

void paintFootnote(QPainter& painter, const QString& text, const QRectF& all) {
    const Theme& theme = Theme::instance();
    const QFont font = theme.font(font_size::caption);
    const int height = footnoteHeight(text, all.width());
    const QRectF rows(all.left() + space::m, all.bottom() - height, all.width() - 2 * space::m, height - space::xs);
    painter.setFont(font);
    painter.setPen(theme.colors().muted);
    painter.drawText(rows, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, text);
}

void paintLasso(QPainter& painter, const QPolygonF& path) {
    QColor fill = Theme::instance().colors().accent;
    painter.setPen(QPen(fill, 1.2));
    fill.setAlphaF(0.12F);
    painter.setBrush(fill);
    painter.drawPolygon(path);
    painter.setBrush(Qt::NoBrush);
}

std::vector<QRectF> placeLabels(const std::vector<QRectF>& wanted, const QRectF& plot, std::vector<QRectF> taken) {
    std::vector<QRectF> placed;
    for (QRectF box : wanted) {
        box.moveLeft(std::max(plot.left(), std::min(box.left(), plot.right() - box.width())));
        const auto touches = [&box](const QRectF& other) {
            return other.adjusted(-space::xs, 0, space::xs, 0).intersects(box);
        };
        auto hit = std::find_if(taken.begin(), taken.end(), touches);
        while (hit != taken.end()) {
            box.moveTop(hit->bottom());
            hit = std::find_if(taken.begin(), taken.end(), touches);
        }
        taken.push_back(box);
        placed.push_back(box);
    }
    return placed;
}

void paintFocusRing(QPainter& painter, const QRectF& all) {
    painter.setPen(QPen(Theme::instance().colors().accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(all.adjusted(0.5, 0.5, -0.5, -0.5));
}

}  // namespace dlrm::ui
