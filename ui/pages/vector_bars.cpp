// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/vector_bars.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kHeight = 132, kNarrowest = 160;
constexpr double kCutMark = 2;   // pixels at the edge, in which a bar that is longer ends
constexpr double kGapAbove = 3;  // pixels a bar must be wide to be separated from the next

}  // namespace

float largestMagnitude(std::span<const float> values) {
    float largest = 0;
    for (const float v : values)
        if (std::isfinite(v)) largest = std::max(largest, std::abs(v));
    return largest;
}

VectorBars::VectorBars(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Values of the row"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void VectorBars::setValues(std::vector<float> values, float scale) {
    m_values = std::move(values);
    m_scale = scale > 0 && std::isfinite(scale) ? scale : 1;
    m_hovered = -1;
    update();
}

QSize VectorBars::sizeHint() const { return {2 * kNarrowest, kHeight}; }
QSize VectorBars::minimumSizeHint() const { return {kNarrowest, kHeight}; }

int VectorBars::valueAt(double x) const {
    if (m_values.empty() || x < 0 || x >= width()) return -1;
    return std::min(static_cast<int>(m_values.size()) - 1,
                    static_cast<int>(x * static_cast<double>(m_values.size()) / width()));
}

void VectorBars::mouseMoveEvent(QMouseEvent* event) {
    const int at = valueAt(event->position().x());
    if (at == m_hovered) return;
    m_hovered = at;
    update();
    Q_EMIT hovered(at < 0 ? QString()
                          : tr("value %1: %2")
                                .arg(formatCount(at),
                                     formatDigits(static_cast<double>(m_values[static_cast<std::size_t>(at)]), 8)));
}

void VectorBars::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    m_hovered = -1;
    update();
    Q_EMIT hovered({});
}

void VectorBars::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const ThemeColors& c = theme.colors();
    QPainter painter(this);
    const QRectF all = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(c.line);
    painter.setBrush(c.base);
    painter.drawRect(all);
    const double middle = all.center().y();
    const double step = all.width() / static_cast<double>(std::max<std::size_t>(1, m_values.size()));
    const double gap = step >= kGapAbove ? 1 : 0;
    painter.setPen(Qt::NoPen);
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const float v = m_values[i];
        const QRectF column(all.left() + static_cast<double>(i) * step, all.top(), step, all.height());
        if (static_cast<int>(i) == m_hovered) painter.fillRect(column, c.line);
        if (!std::isfinite(v)) {
            painter.fillRect(column, c.warn);
            continue;
        }
        const double share = std::clamp(static_cast<double>(v) / m_scale, -1.0, 1.0);
        const double height = share * (all.height() / 2 - 2);
        painter.fillRect(QRectF(column.left(), height >= 0 ? middle - height : middle,
                                std::max(1.0, column.width() - gap), std::max(1.0, std::abs(height))),
                         theme.diverging(v >= 0 ? 0.75 : -0.75));
        if (std::abs(v) > m_scale)
            painter.fillRect(QRectF(column.left(), v > 0 ? all.top() : all.bottom() - kCutMark,
                                    std::max(1.0, column.width() - gap), kCutMark),
                             c.text);
    }
    painter.fillRect(QRectF(all.left(), middle, all.width(), 1), c.muted);
}

}  // namespace dlrm::ui
