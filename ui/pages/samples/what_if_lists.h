// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of values that a field could have: the ids that raise and lower a prediction most, and the smallest change of
// each field that crosses a threshold.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>

#include <vector>

namespace dlrm::ui {

// Cells as they are shown; a line stands for a value that can be fed.
class WhatIfList : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Column {
        QString title, tip;
        bool number = true;
    };
    struct Row {
        QStringList cells;
        int field = -1;  // that a click changes; -1: none
        QString token;   // to this
        bool muted = false;
    };
    using QAbstractTableModel::QAbstractTableModel;

    void setContent(std::vector<Column> columns, std::vector<Row> rows);
    const Row* row(int line) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Column> m_columns;
    std::vector<Row> m_lines;
};

}  // namespace dlrm::ui
