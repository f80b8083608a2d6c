// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/list_model.h"

#include <limits>
#include <utility>

#include "ui/models/copied_lines.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

void LayersListModel::setModel(const ModelInfoPtr& model) {
    beginResetModel();
    m_model = model;
    m_layers.reset();
    m_atlas.reset();
    endResetModel();
}

void LayersListModel::setLayers(const ModelLayersPtr& layers) {
    m_layers = layers;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void LayersListModel::setAtlas(const UnitAtlasPtr& atlas) {
    m_atlas = atlas;
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, Never), index(rowCount() - 1, Never));
}

const AtlasLayer* LayersListModel::counts(bool top, int layer) const {
    return m_atlas && m_atlas->rows > 0 && layer >= 0 ? m_atlas->find(top, static_cast<std::size_t>(layer)) : nullptr;
}

std::pair<bool, int> LayersListModel::layerAt(int row) const {
    if (!m_model || row < 0) return {false, -1};
    const int bottoms = static_cast<int>(m_model->spec.bottomMlp.size()),
              crosses = static_cast<int>(m_model->spec.crossLayers.size());
    if (row < bottoms) return {false, row};
    if (row < bottoms + crosses || row >= rowCount()) return {true, -1};
    return {true, row - bottoms - crosses};
}

int LayersListModel::rowOf(bool top, int layer) const {
    for (int row = 0; row < rowCount(); ++row)
        if (layerAt(row) == std::pair(top, layer) && layer >= 0) return row;
    return -1;
}

int LayersListModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || !m_model) return 0;
    return static_cast<int>(m_model->spec.bottomMlp.size() + m_model->spec.crossLayers.size() +
                            m_model->spec.topMlp.size());
}

int LayersListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

const CrossLayerSpec& LayersListModel::crossLayer(int row) const {
    return m_model->spec.crossLayers[static_cast<std::size_t>(row) - m_model->spec.bottomMlp.size()];
}

const LayerSpec& LayersListModel::layerSpec(bool top, int layer) const {
    return (top ? m_model->spec.topMlp : m_model->spec.bottomMlp)[static_cast<std::size_t>(layer)];
}

std::optional<qint64> LayersListModel::number(int row, int column) const {
    const auto [top, layer] = layerAt(row);
    if (column == Parameters) return layer < 0 ? crossLayer(row).parameters() : layerSpec(top, layer).parameters();
    const AtlasLayer* counted = counts(top, layer);
    if (column == Never && counted) return counted->never;
    const LayerStatistics* s = m_layers && layer >= 0 ? m_layers->find(top, layer) : nullptr;
    if (column == Dead && s) return s->silent + s->constant + s->unread;
    if (column == Duplicates && s) return s->exactDuplicates + s->nearDuplicates;
    return {};
}

QString LayersListModel::text(int row, int column) const {
    const auto [top, layer] = layerAt(row);
    if (column == Name) return QString::fromStdString(layer < 0 ? crossLayer(row).name : layerSpec(top, layer).name);
    if (column != Shape) {
        if (const auto n = number(row, column)) return formatCount(*n);
        return layer < 0 || column == Never ? QStringLiteral("–") : QStringLiteral("…");
    }
    if (layer >= 0) {
        const LayerSpec& l = layerSpec(top, layer);
        return tr("%1 × %2").arg(formatCount(l.inputs), formatCount(l.outputs));
    }
    const CrossLayerSpec& c = crossLayer(row);
    return c.projection > 0 ? tr("%1 × %2 × %1").arg(formatCount(c.width), formatCount(c.projection))
                            : tr("%1 × %1").arg(formatCount(c.width));
}

QVariant LayersListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    if (role == Qt::DisplayRole) return text(index.row(), index.column());
    if (role == kCopyRole && index.column() > Shape) {
        const auto n = number(index.row(), index.column());
        return n ? static_cast<double>(*n) : std::numeric_limits<double>::quiet_NaN();
    }
    if (role == Qt::TextAlignmentRole)
        return QVariant((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() != Name) return Theme::instance().monospace(font_size::body);
    if (role != Qt::ToolTipRole) return {};
    const auto [top, layer] = layerAt(index.row());
    if (layer < 0) return tr("A cross layer of DCNv2: listed with its shape only, it has no units");
    QString words = QStringLiteral("%1: %2, %3")
                        .arg(text(index.row(), Name).toHtmlEscaped(), text(index.row(), Shape),
                             tr("%1 parameters").arg(text(index.row(), Parameters)));
    if (const LayerStatistics* s = m_layers ? m_layers->find(top, layer) : nullptr)
        words += QStringLiteral("<br>") +
                 tr("dead: %1 always 0, %2 constant, %3 read by no weight; duplicates: %4 exact, %5 near")
                     .arg(s->silent)
                     .arg(s->constant)
                     .arg(s->unread)
                     .arg(s->exactDuplicates)
                     .arg(s->nearDuplicates);
    if (const AtlasLayer* counted = counts(top, layer))
        words += QStringLiteral("<br>") +
                 tr("in %1: %2 never active, %3 always active")
                     .arg(countedText(m_atlas->rows, "row"), formatCount(counted->never), formatCount(counted->always));
    return QStringLiteral("<p style='white-space:pre'>%1</p>").arg(words);
}

QVariant LayersListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::DisplayRole) {
        const QString names[] = {tr("Layer"), tr("Shape"), tr("Values"), tr("Dead"), tr("Never"), tr("Dup.")};
        return names[section];
    }
    if (role != Qt::ToolTipRole) return {};
    if (section == Dead) return tr("Units whose output is proved to be the same for every row");
    if (section == Never)
        return tr(
            "Units that were active in no counted row of the dataset; Count active units on the tab Units. "
            "Not proved: another row may switch them on");
    if (section == Duplicates)
        return tr(
            "Units whose weights and bias equal an earlier unit's, or point into the same direction (cosine ≥ 0.9999)");
    return {};
}

Qt::ItemFlags LayersListModel::flags(const QModelIndex& index) const {
    return layerAt(index.row()).second < 0 ? Qt::NoItemFlags : QAbstractTableModel::flags(index);
}

}  // namespace dlrm::ui
