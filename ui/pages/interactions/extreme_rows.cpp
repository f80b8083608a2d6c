// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/extreme_rows.h"

#include <QHeaderView>
#include <QTableView>

#include <algorithm>

#include "ui/models/cell_delegate.h"
#include "ui/pages/interactions/pair_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kFewestLines = 1, kLinesInSight = 5;

bool isTied(const std::vector<ExtremeRow>& rows) {
    return rows.size() > 1 && std::all_of(rows.begin(), rows.end(),
                                          [&](const ExtremeRow& row) { return row.value == rows.front().value; });
}

}  // namespace

void ExtremeRowModel::setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair) {
    beginResetModel();
    m_figures = figures;
    m_pair = nullptr;
    const std::size_t place = pair ? pair->first * (pair->first - 1) / 2 + pair->second : 0;
    if (pair && figures && place < figures->found.extremes.size()) m_pair = &figures->found.extremes[place];
    endResetModel();
}

const ExtremeRow* ExtremeRowModel::at(const QModelIndex& index) const {
    if (!m_pair || !index.isValid()) return nullptr;
    const std::vector<ExtremeRow>& rows = index.column() < HighestRow ? m_pair->lowest : m_pair->highest;
    return index.row() < std::ssize(rows) ? &rows[static_cast<std::size_t>(index.row())] : nullptr;
}

int ExtremeRowModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_pair ? 0 : static_cast<int>(m_pair->lowest.size());
}

int ExtremeRowModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant ExtremeRowModel::data(const QModelIndex& index, int role) const {
    const ExtremeRow* row = at(index);
    if (!row) return {};
    const int column = index.column() % HighestRow;
    if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) return tr("Row %1: opens it on Samples").arg(formatCount(row->row));
    if (role != Qt::DisplayRole) return {};
    if (column == LowestRow) return formatCount(row->row);
    if (column == LowestValue) return pairFigure(static_cast<double>(row->value));
    return !row->label ? QString() : *row->label == 1 ? tr("clicked") : tr("no click");
}

QVariant ExtremeRowModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    const bool value = section == LowestValue || section == HighestValue, low = section < HighestRow;
    const bool tied = value && m_pair && isTied(low ? m_pair->lowest : m_pair->highest);
    if (role == Qt::ToolTipRole && tied)
        return tr("All of these rows have the same product, and others may have it too: the first ones are listed");
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case LowestValue:
            return tied ? tr("lowest, tied") : tr("lowest");
        case HighestValue:
            return tied ? tr("highest, tied") : tr("highest");
        case LowestLabel:
        case HighestLabel:
            return QString();
        default:
            return tr("row");
    }
}

ExtremeRows::ExtremeRows(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, 0);
    m_model = new ExtremeRowModel(this);
    m_view = new QTableView(this);
    m_view->setObjectName(QStringLiteral("extremeRows"));
    m_view->setModel(m_model);
    styleList(*m_view);
    m_view->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_view->setItemDelegate(new CellDelegate(m_view));
    m_view->setAccessibleName(tr("Rows with the lowest and the highest product"));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    for (const int figure : {ExtremeRowModel::LowestValue, ExtremeRowModel::LowestLabel, ExtremeRowModel::HighestValue,
                             ExtremeRowModel::HighestLabel})  // never cut
        m_view->horizontalHeader()->setSectionResizeMode(figure, QHeaderView::ResizeToContents);
    const auto heightOf = [this](int lines) {
        return m_view->horizontalHeader()->sizeHint().height() +
               lines * m_view->verticalHeader()->defaultSectionSize() + 2 * m_view->frameWidth();
    };
    m_view->setMinimumHeight(heightOf(kFewestLines));
    m_view->setMaximumHeight(heightOf(kLinesInSight));
    column->addWidget(m_view);
    const auto ask = [this](const QModelIndex& index) {
        if (const ExtremeRow* row = m_model->at(index)) Q_EMIT rowAsked(row->row);
    };
    connect(m_view, &QTableView::clicked, this, ask);
    connect(m_view, &QTableView::activated, this, ask);  // by the keyboard
    hide();
}

void ExtremeRows::setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair) {
    m_model->setPair(figures, pair);
    setVisible(m_model->rowCount() > 0);
}

}  // namespace dlrm::ui
