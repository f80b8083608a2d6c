// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_overlay.h"

#include <QPainter>

namespace dlrm::ui {

ChartOverlay::ChartOverlay(QChart* chart, Paint paint, double z)
    : QGraphicsObject(chart), m_chart(chart), m_paint(std::move(paint)) {
    setZValue(z);
    setAcceptedMouseButtons(Qt::NoButton);
    connect(chart, &QGraphicsWidget::geometryChanged, this, [this] { prepareGeometryChange(); });
    connect(chart, &QChart::plotAreaChanged, this, [this] { update(); });
}

QRectF ChartOverlay::boundingRect() const { return QRectF(QPointF(0, 0), m_chart->size()); }

void ChartOverlay::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget* widget) {
    m_onScreen = widget != nullptr;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    m_paint(*painter);
    painter->restore();
}

}  // namespace dlrm::ui
