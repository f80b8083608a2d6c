// SPDX-License-Identifier: GPL-3.0-or-later
// What QtCharts has no series for: an item over the chart that a function paints. It is part of the scene, so every
// export has it.
#pragma once

#include <QChart>
#include <QGraphicsObject>

#include <functional>

namespace dlrm::ui {

class ChartOverlay : public QGraphicsObject {
    Q_OBJECT
public:
    // Painted in the chart's coordinates. z: above its series (1000) or below them (3.5).
    using Paint = std::function<void(QPainter&)>;

    ChartOverlay(QChart* chart, Paint paint, double z);
    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;
    // While it is painted: into a view, not into an exported picture.
    bool isOnScreen() const { return m_onScreen; }

private:
    QChart* m_chart;
    Paint m_paint;
    bool m_onScreen = false;
};

}  // namespace dlrm::ui
