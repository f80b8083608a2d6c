// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector shows beside the Tables page: the current table, the current row's vector and figures, its
// neighbours, and pinned rows to compare.
#pragma once

#include <QWidget>

#include <optional>

#include "ui/models/table_row_source.h"
#include "ui/session/table_analysis.h"

class QLabel;
class QPushButton;

namespace dlrm::ui {

class InfoCard;
class TableNeighbors;
class TablePins;
class VectorBars;

class TableInspector : public QWidget {
    Q_OBJECT
public:
    explicit TableInspector(Session& session, QWidget* parent = nullptr);

    void showTable(int table, const TableSpec& spec);
    // `values` is nothing while the row loads. heldScale: the value at the bars' edges; 0: the row's own largest
    // magnitude. hex: empty without a dictionary.
    void showRow(qint64 row, const std::optional<TableRowSource::Row>& values, float heldScale, const QString& hex);
    void showNoRow();
    void showNothing();
    // Pins the current row, or lets go of it.
    void togglePin();
    TableNeighbors* neighbors() const { return m_neighbors; }
    TablePins* pins() const { return m_pins; }

Q_SIGNALS:
    void rowRequested(qint64 row);
    void noticed(const QString& text);

private:
    void describeTable();
    void describeRow(const std::optional<TableRowSource::Row>& values, const QString& hex);
    void showPin();

    Session& m_session;
    InfoCard* m_table = nullptr;
    InfoCard* m_row = nullptr;
    QLabel* m_hover = nullptr;
    VectorBars* m_bars = nullptr;
    QPushButton *m_previous = nullptr, *m_next = nullptr, *m_first = nullptr, *m_pin = nullptr;
    QWidget* m_rowPart = nullptr;
    TableNeighbors* m_neighbors = nullptr;
    TablePins* m_pins = nullptr;
    int m_tableIndex = -1;
    TableSpec m_spec;
    qint64 m_current = -1;
    QString m_scaleText;
};

}  // namespace dlrm::ui
