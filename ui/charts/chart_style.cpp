// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_style.h"

#include <QAbstractAxis>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLocale>
#include <QPen>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

void styleChart(QChart& chart) {
    const Theme& theme = Theme::instance();
    const ThemeColors& c = theme.colors();
    chart.setBackgroundRoundness(0);
    chart.setBackgroundBrush(c.base);
    chart.setBackgroundPen(Qt::NoPen);
    chart.setPlotAreaBackgroundVisible(false);
    chart.setDropShadowEnabled(false);
    chart.layout()->setContentsMargins(0, 0, 0, 0);
    chart.setTitleFont(theme.font(font_size::body, true));
    chart.setTitleBrush(QBrush(Qt::transparent));
    chart.legend()->hide();
    chart.setLocalizeNumbers(true);
    chart.setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    QColor grid = c.line;
    grid.setAlphaF(theme.isDark() ? 0.7F : 0.8F);
    for (QAbstractAxis* axis : chart.axes()) {
        axis->setLabelsFont(theme.font(font_size::caption));
        axis->setTitleFont(theme.font(font_size::caption));
        axis->setLabelsColor(c.muted);
        axis->setTitleBrush(c.muted);
        axis->setLinePen(QPen(c.line, 1));
        axis->setGridLinePen(QPen(grid, 1));
        axis->setMinorGridLineColor(Qt::transparent);
        axis->setTruncateLabels(false);
    }
}

void niceTicks(QValueAxis& axis, double pixels, double spacing) {
    const double range = axis.max() - axis.min();
    if (!(range > 0) || !(pixels > 0)) return;
    const double wanted = range / std::max(1.0, std::floor(pixels / spacing));
    const double magnitude = std::pow(10.0, std::floor(std::log10(wanted)));
    double step = magnitude * 10;
    for (const double factor : {1.0, 2.0, 5.0})
        if (magnitude * factor >= wanted * (1 - 1e-9)) {
            step = magnitude * factor;
            break;
        }
    const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
    axis.setTickAnchor(0);
    axis.setTickInterval(step);
    axis.setTickType(QValueAxis::TicksDynamic);
    axis.setLabelFormat(QStringLiteral("%.%1f").arg(decimals));
}

void setRange(QValueAxis& axis, double low, double high, double pixels, double spacing) {
    axis.setTickType(QValueAxis::TicksFixed);
    axis.setRange(low, high);
    niceTicks(axis, pixels, spacing);
}

}  // namespace dlrm::ui
