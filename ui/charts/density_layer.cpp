// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/density_layer.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kShades = 256;
// Of the colour map, and how opaque: a single row stands out from either background, by 3 : 1 at least.
constexpr double kFaintest = 0.45, kThinnest = 0.9;
constexpr double kLegendWidth = 96, kLegendHeight = 8;
constexpr double kDotRadius = 1.6;

std::array<QRgb, kShades> shades() {
    std::array<QRgb, kShades> out{};
    for (int i = 0; i < kShades; ++i) out[static_cast<std::size_t>(i)] = dotShade(i / (kShades - 1.0)).rgb();
    return out;
}

QRgb withAlpha(QRgb colour, double alpha) {
    const auto part = [alpha](int c) { return static_cast<int>(c * alpha); };
    return qRgba(part(qRed(colour)), part(qGreen(colour)), part(qBlue(colour)), part(255));
}

// `colour` of that opacity over a premultiplied pixel.
QRgb over(QRgb below, QRgb colour, double opacity) {
    const auto part = [opacity](int top, int bottom) {
        return static_cast<int>(std::lround(top * opacity + bottom * (1 - opacity)));
    };
    return qRgba(part(qRed(colour), qRed(below)), part(qGreen(colour), qGreen(below)),
                 part(qBlue(colour), qBlue(below)), part(255, qAlpha(below)));
}

std::size_t step(double t) { return static_cast<std::size_t>(std::clamp(t, 0.0, 1.0) * (kShades - 1)); }

}  // namespace

QColor dotShade(double t) { return Theme::instance().sequential(kFaintest + (1 - kFaintest) * t); }

void DensityLayer::setGrid(DensityGridPtr grid, double low, double high) {
    m_grid = std::move(grid);
    m_low = low;
    m_high = high;
    m_image = {};
}

void DensityLayer::makeImage() const {
    const DensityGrid& g = *m_grid;
    m_dark = Theme::instance().isDark();
    m_image = QImage(g.columns, g.rows, QImage::Format_ARGB32_Premultiplied);
    const auto colours = shades();
    const double scale = g.highest > 1 ? 1 / std::log(static_cast<double>(g.highest)) : 0;
    for (int row = 0; row < g.rows; ++row) {
        auto* pixels = reinterpret_cast<QRgb*>(m_image.scanLine(g.rows - 1 - row));
        for (int column = 0; column < g.columns; ++column) {
            const std::size_t cell =
                static_cast<std::size_t>(row) * static_cast<std::size_t>(g.columns) + static_cast<std::size_t>(column);
            const std::uint32_t count = g.counts[cell];
            if (count == 0) {
                pixels[column] = 0;
                continue;
            }
            const double t = std::log(static_cast<double>(count)) * scale;
            if (g.means.empty()) {
                pixels[column] = colours[step(t)];
            } else if (std::isfinite(g.means[cell])) {
                pixels[column] =
                    withAlpha(colours[step((static_cast<double>(g.means[cell]) - m_low) / (m_high - m_low))],
                              kThinnest + (1 - kThinnest) * t);
            } else {
                pixels[column] = Theme::instance().colors().disabled.rgb();  // as a dot of no value has it
            }
        }
    }
}

void DensityLayer::paint(QPainter& painter, const QRectF& target) const {
    if (!m_grid || m_grid->columns == 0) return;
    if (m_image.isNull() || m_dark != Theme::instance().isDark()) makeImage();
    painter.drawImage(target, m_image);
}

std::int64_t DensityLayer::rowsBelow(const QRectF& box, const QRectF& target) const {
    if (!m_grid || target.isEmpty()) return 0;
    const DensityGrid& g = *m_grid;
    const auto along = [](double share, int count) { return std::clamp(share, 0.0, 1.0) * count; };
    const auto first = [&](double share, int count) { return static_cast<std::size_t>(along(share, count)); };
    const auto end = [&](double share, int count) { return static_cast<std::size_t>(std::ceil(along(share, count))); };
    const std::size_t left = first((box.left() - target.left()) / target.width(), g.columns),
                      right = end((box.right() - target.left()) / target.width(), g.columns),
                      low = first((target.bottom() - box.bottom()) / target.height(), g.rows),
                      high = end((target.bottom() - box.top()) / target.height(), g.rows);
    std::int64_t rows = 0;
    for (std::size_t row = low; row < high; ++row)
        for (std::size_t column = left; column < right; ++column)
            rows += g.counts[row * static_cast<std::size_t>(g.columns) + column];
    return rows;
}

std::int64_t dotsBelow(const QRectF& box, const ChartView::Mapper& mapper, std::span<const float> x,
                       std::span<const float> y) {
    std::int64_t dots = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        dots += box.contains(mapper.x(static_cast<double>(x[i])), mapper.y(static_cast<double>(y[i]))) ? 1 : 0;
    return dots;
}

void paintDots(QPainter& painter, const ChartView::Mapper& mapper, std::span<const float> x, std::span<const float> y,
               std::span<const float> values, double low, double high) {
    const double ratio = std::max(1.0, painter.device() ? painter.device()->devicePixelRatioF() : 1.0);
    QImage image((mapper.plot.size() * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    if (image.isNull()) return;
    image.fill(Qt::transparent);
    const auto colours = shades();
    const QRgb plain = Theme::instance().series(0).rgb(), missing = Theme::instance().colors().disabled.rgb();
    const double radius = kDotRadius * ratio;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double px = (mapper.x(static_cast<double>(x[i])) - mapper.plot.left()) * ratio,
                     py = (mapper.y(static_cast<double>(y[i])) - mapper.plot.top()) * ratio;
        if (!(px >= 0 && px < image.width() && py >= 0 && py < image.height())) continue;
        QRgb colour = plain;
        if (!values.empty())
            colour = std::isfinite(values[i]) ? colours[step((static_cast<double>(values[i]) - low) / (high - low))]
                                              : missing;
        const int reach = static_cast<int>(std::ceil(radius + 0.5)), cx = static_cast<int>(px),
                  cy = static_cast<int>(py);
        for (int yy = std::max(0, cy - reach); yy <= std::min(image.height() - 1, cy + reach); ++yy) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(yy));
            for (int xx = std::max(0, cx - reach); xx <= std::min(image.width() - 1, cx + reach); ++xx) {
                const double covered = std::clamp(radius + 0.5 - std::hypot(xx + 0.5 - px, yy + 0.5 - py), 0.0, 1.0);
                if (covered > 0) line[xx] = over(line[xx], colour, covered * kDotOpacity);
            }
        }
    }
    painter.drawImage(mapper.plot, image);
}

QRectF leastCovering(const std::vector<QRectF>& places, const std::function<std::int64_t(const QRectF&)>& rowsBelow) {
    QRectF best = places.front();
    std::int64_t fewest = std::numeric_limits<std::int64_t>::max();
    for (const QRectF& place : places) {
        const std::int64_t rows = rowsBelow(place);
        if (rows >= fewest) continue;
        fewest = rows;
        best = place;
        if (rows == 0) break;
    }
    return best;
}

QRectF paintColourBar(QPainter& painter, const QRectF& plot, const ColourBar& words,
                      const std::function<std::int64_t(const QRectF&)>& rowsBelow) {
    const Theme& theme = Theme::instance();
    const QFont font = theme.font(font_size::caption);
    const QFontMetricsF metrics(font);
    const double width =
        std::max({kLegendWidth, metrics.horizontalAdvance(words.title),
                  metrics.horizontalAdvance(words.low) + metrics.horizontalAdvance(words.high) + space::m});
    const QSizeF size(width + 2 * space::s, 2 * metrics.height() + kLegendHeight + 2 * space::s);
    const double right = plot.right() - space::s - size.width(), bottom = plot.bottom() - space::s - size.height();
    std::vector<QRectF> corners;
    for (const QPointF corner : {QPointF(right, plot.top() + space::s), QPointF(plot.left() + space::s, bottom),
                                 QPointF(plot.left() + space::s, plot.top() + space::s), QPointF(right, bottom)})
        corners.emplace_back(corner, size);
    const QRectF box = leastCovering(corners, rowsBelow);
    QColor base = theme.colors().base;
    base.setAlphaF(0.85F);
    painter.setPen(QPen(theme.colors().line, 1));
    painter.setBrush(base);
    painter.drawRoundedRect(box, space::xs, space::xs);
    painter.setBrush(Qt::NoBrush);
    const QRectF inner = box.adjusted(space::s, space::xs, -space::s, -space::xs);
    painter.setFont(font);
    painter.setPen(theme.colors().muted);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop, words.title);
    const QRectF bar(inner.left(), inner.top() + metrics.height() + 2, inner.width(), kLegendHeight);
    QImage colours(kShades, 1, QImage::Format_RGB32);
    for (int i = 0; i < kShades; ++i)
        colours.setPixel(i, 0, over(theme.colors().base.rgb(), dotShade(i / (kShades - 1.0)).rgb(), words.opacity));
    painter.drawImage(bar, colours);
    painter.setPen(theme.colors().muted);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignBottom, words.low);
    painter.drawText(inner, Qt::AlignRight | Qt::AlignBottom, words.high);
    return box;
}

}  // namespace dlrm::ui
