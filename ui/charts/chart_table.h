// SPDX-License-Identifier: GPL-3.0-or-later
// The table twin of a chart: the plotted values in a window, copied with Ctrl+C.
#pragma once

#include <QAbstractTableModel>

#include "ui/charts/chart_view.h"

namespace dlrm::ui {

class ChartTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit ChartTableModel(ChartView::Table table, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ChartView::Table m_table;
    std::vector<int> m_decimals;  // of a column; kWhole, kScientific
};

// Non-modal, deletes itself when closed.
void showChartTable(const QString& title, const ChartView::Table& table, QWidget* parent);

}  // namespace dlrm::ui
