// SPDX-License-Identifier: GPL-3.0-or-later
// All embedding tables of a model as a sortable list: name, rows, size, and what their statistics and the loaded
// dataset's lookups say once known.
#pragma once

#include <QAbstractTableModel>

#include <memory>
#include <vector>

#include "core/analysis/tables/statistics.h"
#include "core/analysis/tables/traffic.h"
#include "core/model/model_spec.h"

namespace dlrm::ui {

class TableListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name,
        Rows,
        Size,
        Norm,
        Untrained,
        NotFinite,
        EffectiveRank,
        Traffic,
        UntrainedHits,
        Share,
        ColumnCount
    };
    enum Role {
        ShareRole = Qt::UserRole,  // double in 0..1 of column Share, relative to the largest table
        HistogramRole  // QVariantList of 32 logarithmic heights, 0..1, of column Norm; invalid while not known
    };

    using QAbstractTableModel::QAbstractTableModel;  // the names of tables with values that are not finite have
                                                     // CellDelegate::MarkRole

    // Forgets what was known.
    void setSpec(const ModelSpec& spec);
    // null: not known. The list keeps its order until it is sorted again, so that nothing jumps while a job runs.
    void setStatistics(int table, std::shared_ptr<const TableStatistics> statistics);
    void setTraffic(std::shared_ptr<const dlrm::Traffic> traffic, std::shared_ptr<const UntrainedTraffic> untrained);
    // Whether any table has something to show in this column.
    bool isKnown(Column column) const;
    // Values of the table that are NaN or infinite; 0 while not known.
    std::int64_t notFinite(int table) const;
    // Table in feature order at a row of the list, and back; -1: none.
    int tableAt(int row) const;
    int rowOf(int table) const;

    // The list in its order, a line a table after a line of titles, with all that is known: counts, bytes and shares as
    // plain numbers, nothing where unknown.
    // rows: of the list; empty: all.
    QString asText(QChar separator, const std::vector<int>& rows = {}) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // The title of the column that is sorted by ends with an arrow.
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Stable; by name sorts by feature order, so cat_10 stands after cat_9.
    void sort(int column, Qt::SortOrder order) override;

private:
    double number(int table, int column) const;  // what the column is sorted by; NaN: not known
    QVariant text(int table, int column) const;
    QString tip(int table, int column) const;

    std::vector<std::shared_ptr<const TableStatistics>> m_statistics;
    std::shared_ptr<const dlrm::Traffic> m_traffic;
    std::shared_ptr<const UntrainedTraffic> m_untrained;
    std::vector<TableSpec> m_tables;
    std::vector<int> m_order;
    std::int64_t m_bytes = 0, m_mostBytes = 0;
    int m_sortColumn = Name;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace dlrm::ui
