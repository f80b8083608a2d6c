// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scale_legend.h"

#include <QPainter>

#include <algorithm>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kBarWidth = 64, kBarHeight = 8, kDigits = 6;

QString endText(float scale) { return formatNumber(static_cast<double>(scale), 2); }

}  // namespace

ScaleLegend::ScaleLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ScaleLegend::setScale(float scale) {
    m_scale = scale;
    updateGeometry();
    setAccessibleName(scale > 0 ? tr("Colours from −%1 to %1").arg(endText(scale)) : QString());
    update();
}

QSize ScaleLegend::sizeHint() const {
    const QFontMetrics metrics(Theme::instance().font(font_size::caption));
    // At least room for six digits, so that it keeps its place while most scales come and go.
    const int digits = std::max(kDigits * metrics.horizontalAdvance(QLatin1Char('0')),
                                metrics.horizontalAdvance(QStringLiteral("−") + endText(m_scale)));
    return {kBarWidth + 2 * (digits + space::xs), metrics.height()};
}

void ScaleLegend::paintEvent(QPaintEvent*) {
    if (m_scale <= 0 || width() < sizeHint().width()) return;
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setFont(theme.font(font_size::caption));
    painter.setPen(theme.colors().muted);
    const QString end = endText(m_scale);
    const int text = painter.fontMetrics().horizontalAdvance(QStringLiteral("−") + end) + space::xs;
    painter.drawText(QRect(0, 0, text, height()), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("−") + end);
    const QRect bar(text, (height() - kBarHeight) / 2, kBarWidth, kBarHeight);
    for (int x = 0; x < kBarWidth; ++x)
        painter.fillRect(bar.left() + x, bar.top(), 1, kBarHeight, theme.diverging(2.0 * x / (kBarWidth - 1) - 1));
    painter.setPen(theme.colors().line);
    painter.drawRect(bar.adjusted(0, 0, -1, -1));
    painter.setPen(theme.colors().muted);
    painter.drawText(QRect(bar.right() + 1 + space::xs, 0, width() - bar.right(), height()),
                     Qt::AlignLeft | Qt::AlignVCenter, end);
}

}  // namespace dlrm::ui
