// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector shows beside the Layers page: the chosen layer's figures, and the selected unit with its incoming
// and outgoing weights.
#pragma once

#include <QWidget>

#include <functional>
#include <utility>
#include <vector>

#include "ui/session/desks/layer_desk.h"

class QLabel;

namespace dlrm::ui {

class InfoCard;
class VectorBars;

class LayersInspector : public QWidget {
    Q_OBJECT
public:
    explicit LayersInspector(QWidget* parent = nullptr);

    // words: why there is nothing, or what to do.
    void showNothing(const QString& words);
    void showLayer(const LayerStatistics& layer);
    // incoming: per learned input; outgoing: per unit of the next layer, empty for the last one. state: see
    // unitState().
    struct Unit {
        qint64 number = -1;
        UnitStatistics statistics;
        QString state, frequency;  // empty when not counted
        std::vector<float> incoming, outgoing;
        std::vector<std::pair<QString, float>> strongest;  // inputs by the size of their weights
        qint64 others = 0;                                 // units of the layer
    };
    void showUnit(const Unit& unit);
    void showNoUnit();

private:
    QLabel* m_words = nullptr;  // in the place of what is not shown
    InfoCard* m_layer = nullptr;
    InfoCard* m_unit = nullptr;
    QWidget* m_part = nullptr;
    QLabel* m_incomingTitle = nullptr;
    VectorBars* m_incoming = nullptr;
    QLabel* m_hover = nullptr;
    QLabel* m_outgoingTitle = nullptr;
    VectorBars* m_outgoing = nullptr;
    InfoCard* m_strongest = nullptr;
};

// Unit `number` of a layer as the inspector shows it. kernel: of the same layer; atlas may be null; inputName: of a
// kernel row.
LayersInspector::Unit inspectedUnit(const LayerStatistics& layer, const KernelView& kernel, const UnitAtlas* atlas,
                                    qint64 number, const std::function<QString(qint64)>& inputName);

}  // namespace dlrm::ui
