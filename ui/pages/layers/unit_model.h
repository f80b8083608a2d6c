// SPDX-License-Identifier: GPL-3.0-or-later
// The units of one layer: how often each is active, its norms, bias and what is wrong with it; sortable.
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "ui/session/desks/layer_desk.h"

namespace dlrm::ui {

// "never active", "≈ unit 4, cosine 0.99997": everything that is known of a unit beyond its numbers; empty when nothing
// is. `counts` may be null.
QString unitState(const LayerStatistics& layer, const AtlasLayer* counts, const UnitAtlas* atlas, qint64 unit);

class LayersUnitModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Unit, Active, Norm, Bias, Outgoing, State, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    // `layer` is one of `layers`; null: no rows. atlas: null before it was counted.
    void setLayer(const ModelLayersPtr& layers, const LayerStatistics* layer, const UnitAtlasPtr& atlas);
    // New counts of the same layer; the order of the rows stays until the next sort.
    void setAtlas(const UnitAtlasPtr& atlas);
    const AtlasLayer* counts() const { return m_counts; }
    qint64 unitAt(int row) const;
    int rowOf(qint64 unit) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    // Stable, ties by unit; what is not known comes last.
    void sort(int column, Qt::SortOrder order) override;

private:
    double key(qint64 unit, int column) const;
    void findCounts();

    ModelLayersPtr m_layers;
    const LayerStatistics* m_layer = nullptr;
    UnitAtlasPtr m_atlas;
    const AtlasLayer* m_counts = nullptr;
    std::vector<qint64> m_order;
    int m_sortColumn = Unit;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace dlrm::ui
