// SPDX-License-Identifier: GPL-3.0-or-later
// A layer's kernel as a zoomable map: units across, inputs down, with the units' norms above, their biases below and
// the inputs' norms at the right.
#pragma once

#include <QWidget>

#include <functional>
#include <memory>

#include "ui/session/desks/layer_desk.h"

namespace dlrm::ui {

class ChartView;

class LayersKernelMap : public QWidget {
    Q_OBJECT
public:
    explicit LayersKernelMap(QWidget* parent = nullptr);
    ~LayersKernelMap() override;

    // layers stays alive as long as it is shown; `statistics` is one of its layers. inputName: of a kernel row, padding
    // included.
    void setKernel(const KernelViewPtr& kernel, const ModelLayersPtr& layers, const LayerStatistics& statistics,
                   std::function<QString(qint64)> inputName);
    void clear();
    // Marks a unit's column; -1: none.
    void setUnit(qint64 unit);
    ChartView* chart() const;
    // The kinds of inputs between which borders are drawn, "dots from 32"; for tests.
    QStringList parts() const;
    // The title under the units, and the ends of the colours, the upper one first; for tests. REQUIRES: a kernel.
    QStringList labels() const;
    // What stands under the map for a position of the view; empty outside.
    QString describe(const QPoint& position) const;

Q_SIGNALS:
    void unitClicked(qint64 unit);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace dlrm::ui
