// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of every chart: table, copy, export, reset.
#pragma once

#include <QPoint>
#include <QString>

class QMenu;

namespace dlrm::ui {

class ChartView;

void fillChartMenu(QMenu& menu, ChartView& view, const QString& title);
void showChartMenu(ChartView& view, const QString& title, const QPoint& globalPosition);

}  // namespace dlrm::ui
