// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of a model in the order the data takes: bottom MLP, cross layers, top MLP; with what their weights say
// once that is known.
#pragma once

#include <QAbstractTableModel>

#include <optional>
#include <utility>

#include "ui/session/desks/layer_desk.h"

namespace dlrm::ui {

class LayersListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Shape, Parameters, Dead, Never, Duplicates, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setModel(const ModelInfoPtr& model);
    void setLayers(const ModelLayersPtr& layers);
    // What a dataset showed; null: not counted.
    void setAtlas(const UnitAtlasPtr& atlas);
    // A line of the list as (top, layer); layer -1: a cross layer, or none.
    std::pair<bool, int> layerAt(int row) const;
    int rowOf(bool top, int layer) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    QString text(int row, int column) const;
    std::optional<qint64> number(int row, int column) const;  // of the columns behind the shape; nothing: not known
    const CrossLayerSpec& crossLayer(int row) const;
    const LayerSpec& layerSpec(bool top, int layer) const;
    const AtlasLayer* counts(bool top, int layer) const;

    ModelInfoPtr m_model;
    ModelLayersPtr m_layers;
    UnitAtlasPtr m_atlas;
};

}  // namespace dlrm::ui
