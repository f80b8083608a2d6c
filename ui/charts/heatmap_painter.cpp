// SPDX-License-Identifier: GPL-3.0-or-later
// Paints a labelled square matrix.
#include "ui/charts/heatmap_painter.h"

#include <QFont>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kMaxLabelPixels = 96;
constexpr int kBarWidth = space::m;
constexpr int kBarSteps = 256;

QColor colorOf(double value, const HeatmapRange& range) {
    const Theme& theme = Theme::instance();
    if (range.diverging) return theme.diverging(std::clamp(value / range.high, -1.0, 1.0));
    return theme.sequential(std::clamp((value - range.low) / (range.high - range.low), 0.0, 1.0));
}

QString barText(double value) { return formatNumber(value, 3); }

int barTextWidth(const HeatmapRange& range, const QFontMetrics& metrics) {
    // Never less than most numbers need, so that the cells keep their place from one matrix to the next.
    return std::max({metrics.horizontalAdvance(QStringLiteral("−0.999")), metrics.horizontalAdvance(barText(range.low)),
                     metrics.horizontalAdvance(barText(range.high))});
}

void paintBar(QPainter& painter, const HeatmapRange& range, const QRectF& plot, const QFontMetrics& metrics) {
    const QRectF bar(plot.right() + space::m, plot.top(), kBarWidth, plot.height());
    QImage colours(1, kBarSteps, QImage::Format_RGB32);
    for (int i = 0; i < kBarSteps; ++i) {
        const double t = (i + 0.5) / kBarSteps;
        colours.setPixelColor(0, kBarSteps - 1 - i, colorOf(range.low + t * (range.high - range.low), range));
    }
    painter.drawImage(bar, colours);
    painter.setPen(Theme::instance().colors().line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(bar);
    painter.setPen(Theme::instance().colors().muted);
    const double x = bar.right() + space::xs;
    painter.drawText(QPointF(x, bar.top() + metrics.ascent()), barText(range.high));
    painter.drawText(QPointF(x, bar.bottom()), barText(range.low));
    if (range.diverging) painter.drawText(QPointF(x, bar.center().y() + metrics.ascent() / 2.0 - 1), barText(0));
}

void paintLabels(QPainter& painter, const HeatmapPicture& picture, const HeatmapWindow& window, const QRectF& plot,
                 const QFontMetrics& metrics) {
    const double cellWidth = plot.width() / window.width();
    const double cellHeight = plot.height() / window.height();
    const int stepX = heatmapLabelStep(cellWidth, metrics.height());
    const int stepY = heatmapLabelStep(cellHeight, metrics.height());
    const ThemeColors& colors = Theme::instance().colors();
    const auto write = [&](const QString& text, const QPointF& end, double angle, bool marked) {
        painter.save();
        painter.translate(end);
        painter.rotate(angle);
        painter.setPen(marked ? colors.text : colors.muted);
        painter.drawText(QRectF(-kMaxLabelPixels, -metrics.height() / 2.0, kMaxLabelPixels, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, text);
        painter.restore();
    };
    for (int i = 0; i < picture.size(); ++i) {
        const QString text = metrics.elidedText(picture.labels[i], Qt::ElideRight, kMaxLabelPixels);
        const double y = plot.top() + (i + 0.5 - window.top()) * cellHeight;
        if ((i % stepY == 0) && y > plot.top() && y < plot.bottom())
            write(text, {plot.left() - space::xs, y}, 0, picture.current.row == i || picture.selected.row == i);
        const double x = plot.left() + (i + 0.5 - window.left()) * cellWidth;
        if ((i % stepX == 0) && x > plot.left() && x < plot.right())
            write(text, {x, plot.bottom() + space::xs}, -90,
                  picture.current.column == i || picture.selected.column == i);
    }
}

void paintFrame(QPainter& painter, HeatmapCell cell, const HeatmapWindow& window, const QRectF& plot,
                const QColor& color, double width) {
    if (!cell.isValid()) return;
    const double w = plot.width() / window.width();
    const double h = plot.height() / window.height();
    const QRectF frame(plot.left() + (cell.column - window.left()) * w, plot.top() + (cell.row - window.top()) * h, w,
                       h);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::instance().colors().base, width + 2));  // between the frame and any cell of its colour
    painter.drawRect(frame);
    painter.setPen(QPen(color, width));
    painter.drawRect(frame);
}

}  // namespace

HeatmapRange heatmapRange(std::span<const float> values, bool diverging) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const float v : values) {
        if (!std::isfinite(v)) continue;
        low = std::min(low, static_cast<double>(v));
        high = std::max(high, static_cast<double>(v));
    }
    if (low > high) low = high = 0;
    if (diverging) {
        double limit = std::max(std::abs(low), std::abs(high));
        if (limit <= 0) limit = 1;
        return {-limit, limit, true};
    }
    low = std::min(low, 0.0);  // of sizes the faintest is none
    if (high <= low) high = low + 1;
    return {low, high, false};
}

QImage heatmapImage(std::span<const float> values, int n, const HeatmapRange& range) {
    QImage image(n, n, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    for (int row = 0; row < n; ++row) {
        for (int column = 0; column < n; ++column) {
            const float v =
                values[static_cast<std::size_t>(row) * static_cast<std::size_t>(n) + static_cast<std::size_t>(column)];
            if (std::isfinite(v)) image.setPixelColor(column, row, colorOf(v, range));
        }
    }
    return image;
}

HeatmapMargins heatmapMargins(const HeatmapPicture& picture, const QFont& font) {
    const QFontMetrics metrics(font);
    int label = 0;
    for (const QString& text : picture.labels) label = std::max(label, metrics.horizontalAdvance(text));
    label = std::min(label, kMaxLabelPixels) + space::xs;
    return {label, space::m + kBarWidth + space::xs + barTextWidth(picture.range, metrics), label};
}

int heatmapLabelStep(double cellPixels, int lineHeight) {
    if (cellPixels <= 0) return 1;
    return std::max(1, static_cast<int>(std::ceil(0.85 * lineHeight / cellPixels)));
}

void paintHeatmap(QPainter& painter, const HeatmapPicture& picture, const HeatmapWindow& window, const QRectF& plot,
                  const QFont& font) {
    if (picture.size() == 0 || plot.width() <= 0 || plot.height() <= 0 || window.width() <= 0 || window.height() <= 0)
        return;
    const ThemeColors& colors = Theme::instance().colors();
    const QFontMetrics metrics(font);
    painter.save();
    painter.setFont(font);

    painter.save();
    painter.setClipRect(plot, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.fillRect(plot, colors.base);
    painter.fillRect(plot, QBrush(colors.line, Qt::BDiagPattern));
    // Whole matrix placed so that `window` fills the plot; nearest neighbour keeps every cell one flat colour.
    const double w = plot.width() / window.width();
    const double h = plot.height() / window.height();
    const QRectF whole(plot.left() - window.left() * w, plot.top() - window.top() * h, w * picture.size(),
                       h * picture.size());
    painter.drawImage(whole, picture.image);
    paintFrame(painter, picture.selected, window, plot, colors.text, 2);
    paintFrame(painter, picture.current, window, plot, picture.focused ? colors.accent : colors.muted,
               picture.focused ? 2 : 1);
    painter.restore();

    painter.setPen(colors.line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(plot);
    paintLabels(painter, picture, window, plot, metrics);
    paintBar(painter, picture.range, plot, metrics);
    painter.restore();
}

HeatmapCell heatmapCellAt(const QPointF& position, const HeatmapWindow& window, const QRectF& plot, int n) {
    if (!plot.contains(position) || plot.width() <= 0 || plot.height() <= 0) return {};
    const int column =
        static_cast<int>(std::floor(window.left() + (position.x() - plot.left()) / plot.width() * window.width()));
    const int row =
        static_cast<int>(std::floor(window.top() + (position.y() - plot.top()) / plot.height() * window.height()));
    if (row < 0 || column < 0 || row >= n || column >= n) return {};
    return {row, column};
}

}  // namespace dlrm::ui
