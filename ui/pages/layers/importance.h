// SPDX-License-Identifier: GPL-3.0-or-later
// The first top kernel by what its rows read: a map of the dot products' weights by pair of vectors, and the bottom
// outputs' weights.
#pragma once

#include <QWidget>

#include "ui/session/desks/layer_desk.h"

class QBoxLayout;
class QLabel;
class QTableWidget;

namespace dlrm::ui {

class ChartView;
class HeatmapView;

class LayersImportance : public QWidget {
    Q_OBJECT
public:
    explicit LayersImportance(QWidget* parent = nullptr);
    // Null, or layers without a dot interaction: says why there is nothing. standing: what is known of the order.
    void setLayers(const ModelInfoPtr& model, const ModelLayersPtr& layers, const QString& standing = {});

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fillPairs(const InteractionImportance& importance);

    HeatmapView* m_map = nullptr;
    QBoxLayout* m_row = nullptr;          // map and pairs: side by side, or stacked where it is narrow
    QList<std::pair<int, int>> m_listed;  // the pairs, line by line
    QLabel* m_words = nullptr;
    QTableWidget* m_pairs = nullptr;
    ChartView* m_bottom = nullptr;
};

}  // namespace dlrm::ui
