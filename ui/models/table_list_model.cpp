// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/table_list_model.h"

#include <algorithm>
#include <numeric>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

void TableListModel::setSpec(const ModelSpec& spec) {
    beginResetModel();
    m_tables = spec.tables;
    m_order.resize(m_tables.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    m_bytes = m_mostBytes = 0;
    for (const TableSpec& t : m_tables) {
        m_bytes += t.bytes;
        m_mostBytes = std::max(m_mostBytes, t.bytes);
    }
    endResetModel();
    sort(m_sortColumn, m_sortOrder);
}

int TableListModel::tableAt(int row) const { return row >= 0 && row < static_cast<int>(m_order.size()) ? m_order[static_cast<std::size_t>(row)] : -1; }

int TableListModel::rowOf(int table) const {
    const auto found = std::find(m_order.begin(), m_order.end(), table);
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

int TableListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_order.size()); }

int TableListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant TableListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const TableSpec& t = m_tables[static_cast<std::size_t>(m_order[static_cast<std::size_t>(index.row())])];
    const auto share = [](std::int64_t part, std::int64_t all) { return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0.0; };
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
            case Name: return QString::fromStdString(t.name);
            case Rows: return formatCount(t.rows);
            case Size: return formatBytes(t.bytes);
            case Share: return formatPercent(share(t.bytes, m_bytes));
            default: return {};
        }
    }
    if (role == ShareRole && index.column() == Share) return share(t.bytes, m_mostBytes);
    if (role == Qt::TextAlignmentRole) return QVariant((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() != Name) return Theme::instance().monospace(font_size::body);
    if (role == Qt::ToolTipRole)
        return QStringLiteral("<p style='white-space:pre'>%1: %2 × %3, %4</p>")
            .arg(QString::fromStdString(t.name).toHtmlEscaped(), formatCount(t.rows), formatCount(t.dim), formatBytes(t.bytes));
    return {};
}

QVariant TableListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole) return QVariant((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    const QString names[] = {tr("Table"), tr("Rows"), tr("Size"), tr("Share")};
    if (section != m_sortColumn) return names[section];
    return names[section] + (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
}

void TableListModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= ColumnCount) return;
    m_sortColumn = column;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<int> tables;
    for (const QModelIndex& i : before) tables.push_back(tableAt(i.row()));
    const auto key = [&](int table) -> std::int64_t {
        const TableSpec& t = m_tables[static_cast<std::size_t>(table)];
        return column == Name ? table : column == Rows ? t.rows : t.bytes;
    };
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) { return order == Qt::AscendingOrder ? key(a) < key(b) : key(b) < key(a); });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) after << index(rowOf(tables[static_cast<std::size_t>(i)]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

}  // namespace dlrm::ui
