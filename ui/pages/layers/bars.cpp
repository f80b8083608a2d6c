// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/bars.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <memory>

#include "ui/charts/chart_style.h"
#include "ui/charts/chart_view.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kGapAbove = 4;  // pixels a bar must be wide to be separated from the next

}  // namespace

void showBars(ChartView& chart, const Bars& given) {
    const auto bars = std::make_shared<const Bars>(given);
    double top = 0;
    for (const double h : bars->heights)
        if (std::isfinite(h)) top = std::max(top, h);
    const double step =
        bars->heights.empty() ? 1 : (bars->high - bars->low) / static_cast<double>(bars->heights.size());
    chart.setAxes(bars->xTitle, bars->low, bars->high, bars->yTitle, 0, axisEnd(top));
    chart.resetZoom();
    chart.setOverlay([bars, step](QPainter& painter, const ChartView::Mapper& map) {
        const ThemeColors& c = Theme::instance().colors();
        painter.setRenderHint(QPainter::Antialiasing, false);
        const double foot = map.y(0), width = std::abs(map.x(bars->low + step) - map.x(bars->low));
        const double gap = width >= kGapAbove ? 1 : 0;
        for (std::size_t i = 0; i < bars->heights.size(); ++i) {
            const double left = map.x(bars->low + step * static_cast<double>(i)), h = bars->heights[i];
            const double head = std::isfinite(h) ? map.y(h) : map.plot.top();
            if (h == 0 || left > map.plot.right() || left + width < map.plot.left()) continue;
            painter.fillRect(QRectF(left, head, std::max(1.0, width - gap), std::max(1.0, foot - head)),
                             std::isfinite(h) ? Theme::instance().series(0) : c.warn);
        }
    });
    chart.setHover([bars, step](double x, double) -> QString {
        const double at = std::floor((x - bars->low) / step);
        if (at < 0 || at >= static_cast<double>(bars->heights.size())) return {};
        const double h = bars->heights[static_cast<std::size_t>(at)];
        const QString height =
            bars->numbered || !std::isfinite(h) ? formatNumber(h) : formatCount(static_cast<qint64>(h));
        if (bars->numbered) return ChartView::tr("%1 %2: %3").arg(bars->xTitle).arg(at).arg(height);
        return ChartView::tr("%1 … %2: %3")
            .arg(formatNumber(bars->low + step * at), formatNumber(bars->low + step * (at + 1)), height);
    });
    ChartView::Table table;
    if (bars->numbered) table.columns = {bars->xTitle, bars->yTitle};
    else table.columns = {ChartView::tr("from"), ChartView::tr("to"), bars->yTitle};
    for (std::size_t i = 0; i < bars->heights.size(); ++i) {
        const double from = bars->low + step * static_cast<double>(i);
        table.rows.push_back(bars->numbered ? std::vector<double>{static_cast<double>(i), bars->heights[i]}
                                            : std::vector<double>{from, from + step, bars->heights[i]});
    }
    chart.setTable(std::move(table));
}

}  // namespace dlrm::ui
