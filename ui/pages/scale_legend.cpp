// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scale_legend.h"

#include <QPainter>

#include <algorithm>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kBarWidth = 64, kBarHeight = 8, kDigits = 6;

// Values beyond the ends have the colours of the ends.
QString lowEnd(float scale) { return QStringLiteral("≤ −") + formatNumber(static_cast<double>(scale), 2); }
QString highEnd(float scale) { return QStringLiteral("≥ ") + formatNumber(static_cast<double>(scale), 2); }

}  // namespace

ScaleLegend::ScaleLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ScaleLegend::setScale(float scale) {
    m_scale = scale;
    updateGeometry();
    setAccessibleName(scale > 0 ? tr("Colours from %1 to %2").arg(lowEnd(scale), highEnd(scale)) : QString());
    update();
}

QSize ScaleLegend::sizeHint() const {
    const QFontMetrics metrics(Theme::instance().font(font_size::caption));
    // At least room for six digits, so that it keeps its place while most scales come and go.
    const int digits = std::max(metrics.horizontalAdvance(QStringLiteral("≤ ") + QString(kDigits, QLatin1Char('0'))),
                                metrics.horizontalAdvance(lowEnd(m_scale)));
    return {kBarWidth + 2 * (digits + space::xs), metrics.height()};
}

void ScaleLegend::paintEvent(QPaintEvent*) {
    if (m_scale <= 0 || width() < sizeHint().width()) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setFont(theme.font(font_size::caption));
    painter.setPen(theme.colors().muted);
    const QString low = lowEnd(m_scale);
    const int text = painter.fontMetrics().horizontalAdvance(low) + space::xs;
    painter.drawText(QRect(0, 0, text, height()), Qt::AlignLeft | Qt::AlignVCenter, low);
    const QRect bar(text, (height() - kBarHeight) / 2, kBarWidth, kBarHeight);
    for (int x = 0; x < kBarWidth; ++x)
        painter.fillRect(bar.left() + x, bar.top(), 1, kBarHeight, theme.diverging(2.0 * x / (kBarWidth - 1) - 1));
    painter.setPen(theme.colors().line);
    painter.drawRect(bar.adjusted(0, 0, -1, -1));
    painter.setPen(theme.colors().muted);
    painter.drawText(QRect(bar.right() + 1 + space::xs, 0, width() - bar.right(), height()),
                     Qt::AlignLeft | Qt::AlignVCenter, highEnd(m_scale));
}

}  // namespace dlrm::ui
