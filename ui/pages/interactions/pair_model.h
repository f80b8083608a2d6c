// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs of vectors and what their products are like; sortable, the strongest first until somebody sorts.
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "ui/session/desks/interaction_desk.h"

namespace dlrm::ui {

// "cat_6 × cat_19".
QString pairName(const InteractionMatrices& matrices, std::size_t first, std::size_t second);
// "−0.0098", "–" where it is not defined.
QString pairFigure(double value);
// "0.4133 – 0.4783", "–".
QString effectInterval(const InteractionPair& pair);
QString pairShare(double share);  // "8.96 %", "–"

class InteractionPairModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Pair, Mean, Deviation, Effect, Interval, Adds, Share, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    // Null: no lines. Interim figures of the same vectors leave the lines where they are.
    void setFigures(const InteractionFiguresPtr& figures);
    // Null outside.
    const InteractionPair* pairAt(int row) const;
    // Of a pair of two vectors, in any order; -1: none.
    int rowOf(std::size_t first, std::size_t second) const;
    // Lines with a header, all digits; of all rows where none are named.
    QString asText(QChar separator, const std::vector<int>& rows) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Stable, equal ones by strength; what is not defined comes last. column < 0: the strongest first.
    void sort(int column, Qt::SortOrder order) override;

private:
    double key(std::size_t pair, int column) const;
    void place();

    InteractionFiguresPtr m_figures;
    std::vector<std::size_t> m_order;  // of the pairs of m_figures
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::DescendingOrder;
};

}  // namespace dlrm::ui
