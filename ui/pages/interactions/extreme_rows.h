// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the dataset in which the product of one pair is smallest and largest; a click opens one on Samples.
#pragma once

#include <QAbstractTableModel>
#include <QWidget>

#include "ui/session/desks/interaction_desk.h"

class QTableView;

namespace dlrm::ui {

// The smallest at the left, the largest at the right, the outermost first.
class ExtremeRowModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { LowestRow, LowestValue, LowestLabel, HighestRow, HighestValue, HighestLabel, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair);
    // Null outside.
    const ExtremeRow* at(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    InteractionFiguresPtr m_figures;
    const PairExtremes* m_pair = nullptr;  // of m_figures
};

class ExtremeRows : public QWidget {
    Q_OBJECT
public:
    explicit ExtremeRows(QWidget* parent = nullptr);
    // Hidden where there is no pair, or none of its rows are known.
    void setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair);

Q_SIGNALS:
    void rowAsked(qint64 row);

private:
    ExtremeRowModel* m_model = nullptr;
    QTableView* m_view = nullptr;
};

}  // namespace dlrm::ui
