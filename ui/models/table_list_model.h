// SPDX-License-Identifier: GPL-3.0-or-later
// All embedding tables of a model as a sortable list: name, rows, size, share of all bytes.
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "core/model/model_spec.h"

namespace dlrm::ui {

class TableListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Rows, Size, Share, ColumnCount };
    enum Role { ShareRole = Qt::UserRole };  // double in 0..1 of column Share, relative to the largest table

    using QAbstractTableModel::QAbstractTableModel;

    void setSpec(const ModelSpec& spec);
    // Table in feature order at a row of the list, and back; -1: none.
    int tableAt(int row) const;
    int rowOf(int table) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // The title of the column that is sorted by ends with an arrow.
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Stable; by name sorts by feature order, so cat_10 stands after cat_9.
    void sort(int column, Qt::SortOrder order) override;

private:
    std::vector<TableSpec> m_tables;
    std::vector<int> m_order;
    std::int64_t m_bytes = 0, m_mostBytes = 0;
    int m_sortColumn = Name;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace dlrm::ui
