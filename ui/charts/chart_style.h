// SPDX-License-Identifier: GPL-3.0-or-later
// QtCharts in the product's clothes: the theme's colours and fonts, faint grid, readable ticks.
#pragma once

#include <QChart>

#include <vector>

#include "ui/charts/chart_view.h"

class QCategoryAxis;

namespace dlrm::ui {

// Colours and fonts of the chart and all its axes. Called again whenever the theme changes. The chart's title keeps its
// room in the layout but is drawn by ChartView, at the left.
void styleChart(QChart& chart);

// Ticks at 1-2-5 steps for the axis' range, about one every `spacing` of `pixels`, with as many decimals as the step
// needs and numbers as formatNumber() and formatCount() write them. log: the axis holds decimal logarithms; powers of
// ten, then 1-2-5, as the room allows.
void niceTicks(QCategoryAxis& axis, bool log, double pixels, double spacing);

// Ticks at the places that are in range, as many as have room one beside the other; of a name that stands twice the
// first. The axis is linear.
void namedTicks(QCategoryAxis& axis, const std::vector<ChartView::NamedPlace>& places, double pixels);

// A round end of an axis from 0 for values up to `top`: not below it, and at most 1.25 times it. 1 where there is
// nothing above 0.
double axisEnd(double top);

}  // namespace dlrm::ui
