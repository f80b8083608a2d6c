// SPDX-License-Identifier: GPL-3.0-or-later
// Charts to files: picture formats from the scene, CSV from the plotted data.
#pragma once

#include <QString>

#include "ui/charts/chart_view.h"

class QGraphicsScene;

namespace dlrm::ui {

// By extension: png (2×), svg, pdf. source: a line below the picture, empty: none.
// Empty: written; else why not.
QString exportPicture(QGraphicsScene& scene, const QString& title, const QString& path, const QString& source = {});
QImage chartImage(QGraphicsScene& scene, double scale);

// Columns with a header line; numbers with all their digits, C locale. NaN cells are empty.
QString tableText(const ChartView::Table& table, QChar separator);
QString exportCsv(const ChartView::Table& table, const QString& path);  // empty: written; else why not

}  // namespace dlrm::ui
