// SPDX-License-Identifier: GPL-3.0-or-later
// ChartView: mouse, wheel and keys.
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_view_state.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kWheelStep = 0.8, kKeyPan = 0.1;
constexpr int kCursorGrab = 6;  // pixels
constexpr int kClickSlop = 4;   // pixels a press may move and still be a click
constexpr double kCursorStep = 0.005, kCursorBigStep = 0.05;
constexpr int kFewestLassoPoints = 3;

}  // namespace

void ChartView::wheelEvent(QWheelEvent* event) {
    State& s = *m_state;
    if (s.scrolls()) return QAbstractScrollArea::wheelEvent(event);
    const QPointF at = mapToScene(event->position().toPoint());
    if (!s.plot().contains(at) || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    constexpr double kNotch = 120;  // of angleDelta
    s.zoom(std::pow(kWheelStep, event->angleDelta().y() / kNotch), s.fromX(at.x()), s.fromY(at.y()));
    event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    State& s = *m_state;
    const QPointF at = mapToScene(event->position().toPoint());
    if (event->button() == Qt::LeftButton && s.cursorVisible &&
        s.plot().adjusted(-kCursorGrab, 0, kCursorGrab, 0).contains(at) &&
        std::abs(at.x() - s.toX(toAxis(s.cursor, s.scaleX))) <= kCursorGrab) {
        s.draggingCursor = true;
    } else if (event->button() == Qt::LeftButton && s.lasso && s.plot().contains(at)) {
        s.drawingLasso = true;
        s.lassoPath = QPolygonF({at});
    } else if ((event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) && s.plot().contains(at)) {
        s.panning = true;
        s.panX = s.rangeX();
        s.panY = s.rangeY();
    }
    s.pressedAt = event->position().toPoint();
    s.farthest = 0;
    QWidget::setFocus(Qt::MouseFocusReason);
    event->accept();
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    State& s = *m_state;
    const QPointF at = mapToScene(event->position().toPoint());
    s.pointer = at;
    s.farthest = std::max(s.farthest, (event->position().toPoint() - s.pressedAt).manhattanLength());
    s.pointerInside = s.plot().contains(at);
    if (s.draggingCursor) {
        s.moveCursor(s.valueAt(at).x());
    } else if (s.drawingLasso) {
        s.lassoPath << at;
        s.overlay->update();
    } else if (s.panning) {
        const QPoint moved = event->position().toPoint() - s.pressedAt;
        s.pan(s.panX, s.panY, -moved.x() / s.plot().width() * s.panX.size(),
              moved.y() / s.plot().height() * s.panY.size());
    } else {
        const bool overCursor =
            s.cursorVisible && s.pointerInside && std::abs(at.x() - s.toX(toAxis(s.cursor, s.scaleX))) <= kCursorGrab;
        viewport()->setCursor(overCursor ? Qt::SplitHCursor : s.lasso ? Qt::CrossCursor : Qt::ArrowCursor);
        if (s.hoverText) s.overlay->update();
    }
    event->accept();
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    State& s = *m_state;
    // A loop, or a pan there and back, ends where it began and is no click.
    const bool still =
        std::max(s.farthest, (event->position().toPoint() - s.pressedAt).manhattanLength()) <= kClickSlop;
    const bool loop = s.drawingLasso && !still && s.lassoPath.size() >= kFewestLassoPoints;
    const bool click = still && event->button() == Qt::LeftButton && (s.panning || s.drawingLasso);
    const QPolygonF path = std::exchange(s.lassoPath, {});
    s.draggingCursor = s.panning = s.drawingLasso = false;
    s.overlay->update();
    event->accept();
    if (click) {
        const QPointF value = s.valueAt(mapToScene(event->position().toPoint()));
        Q_EMIT clicked(value.x(), value.y());
    } else if (loop) {
        QPolygonF corners;
        for (const QPointF& p : path) corners << s.valueAt(p);
        Q_EMIT lassoDrawn(corners);
    }
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event) {
    resetZoom();
    event->accept();
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    State& s = *m_state;
    if (s.scrolls()) return QAbstractScrollArea::keyPressEvent(event);
    const AxisRange x = s.rangeX(), y = s.rangeY();
    const double middleX = (x.low + x.high) / 2, middleY = (y.low + y.high) / 2;
    const double step = (event->modifiers() & Qt::ShiftModifier ? kCursorBigStep : kCursorStep) * x.size();
    const auto across = [&](int sign) {
        s.cursorVisible ? s.moveCursor(fromAxis(toAxis(s.cursor, s.scaleX) + sign * step, s.scaleX))
                        : s.pan(x, y, sign * kKeyPan * x.size(), 0);
    };
    const auto key = event->key();
    if (key == Qt::Key_Plus || key == Qt::Key_Equal) s.zoom(kWheelStep, middleX, middleY);
    else if (key == Qt::Key_Minus) s.zoom(1 / kWheelStep, middleX, middleY);
    else if (key == Qt::Key_0) resetZoom();
    else if (key == Qt::Key_Left || key == Qt::Key_Right) across(key == Qt::Key_Left ? -1 : 1);
    else if (key == Qt::Key_Up) s.pan(x, y, 0, kKeyPan * y.size());
    else if (key == Qt::Key_Down) s.pan(x, y, 0, -kKeyPan * y.size());
    else return QWidget::keyPressEvent(event);
    event->accept();
}

void ChartView::leaveEvent(QEvent* event) {
    m_state->pointerInside = false;
    m_state->overlay->update();
    QChartView::leaveEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent* event) { showChartMenu(*this, m_state->title, event->globalPos()); }

void ChartView::resizeEvent(QResizeEvent* event) {
    m_state->fits = 0;
    QChartView::resizeEvent(event);
    scene()->setSceneRect(chart()->geometry());  // else it grows with what lies outside, and exported pictures with it
    m_state->fitContent();
    m_state->menuButton->move(viewport()->width() - kMenuButtonSize - space::xs, space::xs);
    m_state->fitMargins();
    m_state->retick();
}

void ChartView::focusInEvent(QFocusEvent* event) {
    m_state->focusRing = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    m_state->overlay->update();
    QChartView::focusInEvent(event);
}

void ChartView::focusOutEvent(QFocusEvent* event) {
    m_state->focusRing = false;
    m_state->overlay->update();
    QChartView::focusOutEvent(event);
}

}  // namespace dlrm::ui
