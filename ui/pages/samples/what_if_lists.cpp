// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/what_if_lists.h"

#include <utility>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

void WhatIfList::setContent(std::vector<Column> columns, std::vector<Row> rows) {
    beginResetModel();
    m_columns = std::move(columns);
    m_lines = std::move(rows);
    endResetModel();
}

const WhatIfList::Row* WhatIfList::row(int line) const {
    return line >= 0 && line < rowCount() ? &m_lines[static_cast<std::size_t>(line)] : nullptr;
}

int WhatIfList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int WhatIfList::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant WhatIfList::data(const QModelIndex& index, int role) const {
    const Row* line = index.isValid() ? row(index.row()) : nullptr;
    if (!line) return {};
    const bool number = m_columns[static_cast<std::size_t>(index.column())].number;
    switch (role) {
        case Qt::DisplayRole:
            return line->cells.value(index.column());
        case Qt::TextAlignmentRole:
            return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case Qt::FontRole:
            return number ? QVariant(Theme::instance().monospace(font_size::body)) : QVariant();
        case Qt::ForegroundRole:
            return line->muted ? QVariant(Theme::instance().colors().muted) : QVariant();
        case Qt::ToolTipRole:
            return line->field < 0 ? QVariant() : QVariant(tr("Click to feed this value"));
        default:
            return {};
    }
}

QVariant WhatIfList::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const Column& column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) return column.title;
    if (role == Qt::ToolTipRole) return column.tip;
    if (role == Qt::TextAlignmentRole)
        return QVariant((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return {};
}

}  // namespace dlrm::ui
