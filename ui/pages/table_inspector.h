// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector shows beside the Tables page: the current table, and the current row's vector, norm, extremes, value and neighbours by id.
#pragma once

#include <QWidget>

#include <optional>

#include "core/model/model_spec.h"
#include "ui/models/table_row_source.h"

class QLabel;
class QPushButton;

namespace dlrm::ui {

class InfoCard;
class VectorBars;

class TableInspector : public QWidget {
    Q_OBJECT
public:
    explicit TableInspector(QWidget* parent = nullptr);

    void showTable(const TableSpec& spec);
    // `values` is nothing while the row loads. hex: empty without a dictionary.
    void showRow(qint64 row, const std::optional<TableRowSource::Row>& values, float scale, const QString& hex);
    void showNoRow();
    void showNothing();

Q_SIGNALS:
    void rowRequested(qint64 row);

private:
    InfoCard* m_table = nullptr;
    InfoCard* m_row = nullptr;
    QLabel* m_hover = nullptr;
    VectorBars* m_bars = nullptr;
    QPushButton* m_previous = nullptr;
    QPushButton* m_next = nullptr;
    QPushButton* m_first = nullptr;
    QWidget* m_rowPart = nullptr;
    qint64 m_rows = 0;
    qint64 m_current = -1;
    QString m_scaleText;
};

}  // namespace dlrm::ui
