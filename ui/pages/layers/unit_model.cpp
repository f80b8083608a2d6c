// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/unit_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ui/models/copied_lines.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

QString unitState(const LayerStatistics& layer, const AtlasLayer* counts, const UnitAtlas* atlas, qint64 unit) {
    const auto u = static_cast<std::size_t>(unit);
    const UnitStatistics& s = layer.units[u];
    QStringList words;
    if (s.state == UnitState::Silent) words << LayersUnitModel::tr("always 0, proved");
    if (s.state == UnitState::Constant) words << LayersUnitModel::tr("constant, proved");
    if (s.state == UnitState::Unread) words << LayersUnitModel::tr("read by no weight");
    if (counts && atlas->rows > 0) {
        if (counts->active[u] == 0) words << LayersUnitModel::tr("never active");
        if (counts->active[u] == atlas->rows) words << LayersUnitModel::tr("always active");
    }
    if (s.duplicateOf >= 0)
        words << (s.exact ? LayersUnitModel::tr("= unit %1").arg(s.duplicateOf)
                          : LayersUnitModel::tr("≈ unit %1, cosine %2").arg(s.duplicateOf).arg(s.cosine, 0, 'f', 6));
    if (counts && atlas->final) {
        if (counts->patternOf[u] >= 0) words << LayersUnitModel::tr("switches like %1").arg(counts->patternOf[u]);
        if (counts->mergeable[u]) words << LayersUnitModel::tr("mergeable");
    }
    return words.join(QStringLiteral(" · "));
}

void LayersUnitModel::setLayer(const ModelLayersPtr& layers, const LayerStatistics* layer, const UnitAtlasPtr& atlas) {
    beginResetModel();
    m_layers = layers;
    m_layer = layer;
    m_atlas = atlas;
    findCounts();
    m_order.resize(layer ? layer->units.size() : 0);
    std::iota(m_order.begin(), m_order.end(), 0);
    endResetModel();
    sort(m_sortColumn, m_sortOrder);
}

void LayersUnitModel::setAtlas(const UnitAtlasPtr& atlas) {
    m_atlas = atlas;
    findCounts();
    if (rowCount() == 0) return;
    if (!atlas || atlas->final) sort(m_sortColumn, m_sortOrder);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void LayersUnitModel::findCounts() {
    m_counts = m_atlas && m_layer ? m_atlas->find(m_layer->top, m_layer->index) : nullptr;
}

qint64 LayersUnitModel::unitAt(int row) const {
    return row >= 0 && row < rowCount() ? m_order[static_cast<std::size_t>(row)] : -1;
}

int LayersUnitModel::rowOf(qint64 unit) const {
    const auto found = std::find(m_order.begin(), m_order.end(), unit);
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

int LayersUnitModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}
int LayersUnitModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

double LayersUnitModel::key(qint64 unit, int column) const {
    const auto u = static_cast<std::size_t>(unit);
    const UnitStatistics& s = m_layer->units[u];
    constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
    switch (column) {
        case Active:
            return m_counts ? static_cast<double>(m_counts->active[u]) : kUnknown;
        case Norm:
            return s.norm;
        case Bias:
            return static_cast<double>(s.bias);
        case Outgoing:
            return s.outgoingNorm;
        case State:
            return unitState(*m_layer, m_counts, m_atlas.get(), unit).isEmpty() ? kUnknown : 0;
        default:
            return static_cast<double>(unit);
    }
}

QVariant LayersUnitModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_layer) return {};
    const qint64 unit = unitAt(index.row());
    const auto fixed = [](double v) { return std::isnan(v) ? QStringLiteral("–") : formatFixed(v, 4); };
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
            case Unit:
                return formatCount(unit);
            case Active:
                return m_counts && m_atlas->rows > 0
                           ? formatPercent(static_cast<double>(m_counts->active[static_cast<std::size_t>(unit)]) /
                                               static_cast<double>(m_atlas->rows),
                                           2)
                           : QStringLiteral("–");
            case State:
                return unitState(*m_layer, m_counts, m_atlas.get(), unit);
            default:
                return fixed(key(unit, index.column()));
        }
    }
    if (role == kCopyRole && index.column() == Active)
        return m_counts && m_atlas->rows > 0 ? key(unit, Active) / static_cast<double>(m_atlas->rows)
                                             : std::numeric_limits<double>::quiet_NaN();
    if (role == kCopyRole && index.column() != State) return key(unit, index.column());
    if (role == Qt::ToolTipRole && index.column() == Active && m_counts)
        return tr("active in %1 of %2")
            .arg(formatCount(m_counts->active[static_cast<std::size_t>(unit)]), countedText(m_atlas->rows, "row"));
    if (role == Qt::ToolTipRole && index.column() == State) return unitState(*m_layer, m_counts, m_atlas.get(), unit);
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() == State ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() != State) return Theme::instance().monospace(font_size::body);
    return {};
}

QVariant LayersUnitModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == State ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        const QString tips[] = {tr("Number of the unit = column of the kernel"),
                                tr("Share of the counted rows in which its output is above 0"),
                                tr("L2 norm of its incoming weights, bias left out"),
                                tr("Its bias"),
                                tr("L2 norm of the weights that read it in the next layer"),
                                tr("What is proved from the weights or seen in the data")};
        return tips[section];
    }
    if (role != Qt::DisplayRole && role != kCopyRole) return {};
    const QString names[] = {tr("Unit"), tr("Active"), tr("Norm in"), tr("Bias"), tr("Norm out"), tr("State")};
    if (role == kCopyRole || section != m_sortColumn) return names[section];
    return names[section] + (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾"));
}

void LayersUnitModel::sort(int column, Qt::SortOrder order) {
    if (column < 0 || column >= ColumnCount) return;
    m_sortColumn = column;
    m_sortOrder = order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<qint64> units;
    for (const QModelIndex& i : before) units.push_back(unitAt(i.row()));
    std::vector<double> keys(m_order.size());
    for (std::size_t u = 0; u < keys.size(); ++u) keys[u] = key(static_cast<qint64>(u), column);
    std::iota(m_order.begin(), m_order.end(), 0);
    std::stable_sort(m_order.begin(), m_order.end(), [&](qint64 a, qint64 b) {
        const double x = keys[static_cast<std::size_t>(a)], y = keys[static_cast<std::size_t>(b)];
        if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
        return order == Qt::AscendingOrder ? x < y : y < x;
    });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(rowOf(units[static_cast<std::size_t>(i)]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

}  // namespace dlrm::ui
