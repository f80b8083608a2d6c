// SPDX-License-Identifier: GPL-3.0-or-later
// QtCharts in the product's clothes: the theme's colours and fonts, faint grid, readable ticks.
#pragma once

#include <QChart>

class QValueAxis;

namespace dlrm::ui {

// Colours and fonts of the chart and all its axes. Called again whenever the theme changes. The chart's title keeps its room in the layout but is
// drawn by ChartView, at the left.
void styleChart(QChart& chart);

// Ticks at 1-2-5 steps for the axis' range, about one every `spacing` of `pixels`, with as many decimals as the step needs.
void niceTicks(QValueAxis& axis, double pixels, double spacing);

// A new range with ticks of its own. QtCharts lays a range out with the ticks of the old one before one can change them, which for a much wider
// range means millions of labels; this does not.
void setRange(QValueAxis& axis, double low, double high, double pixels, double spacing);

}  // namespace dlrm::ui
