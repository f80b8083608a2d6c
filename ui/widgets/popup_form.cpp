// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/popup_form.h"

#include <algorithm>

#include <QFormLayout>
#include <QKeyEvent>
#include <QScreen>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

PopupForm::PopupForm(QWidget* parent) : QFrame(parent, Qt::Popup) {
    setProperty("popup", true);
    setAttribute(Qt::WA_NoMouseReplay);  // the click that closes it does nothing else, least of all open it again
    m_form = new QFormLayout(this);
    m_form->setContentsMargins(space::m, space::m, space::m, space::m);
    m_form->setSpacing(space::s);
}

void PopupForm::openUnder(const QWidget* button) {
    adjustSize();
    QPoint at = button->mapToGlobal(QPoint(0, button->height()));
    const QRect screen = button->screen()->availableGeometry();
    at.setX(std::max(screen.left(), std::min(at.x(), screen.right() - width())));
    at.setY(std::max(screen.top(), std::min(at.y(), screen.bottom() - height())));
    move(at);
    show();
    if (QWidget* last = focusWidget()) last->clearFocus();
    focusNextPrevChild(true);
}

// Enter, which a field has taken note of and handed on.
void PopupForm::keyPressEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) return QFrame::keyPressEvent(event);
    if (!m_ready || m_ready()) close();
}

void PopupForm::hideEvent(QHideEvent* event) {
    QFrame::hideEvent(event);
    Q_EMIT closed();
}

}  // namespace dlrm::ui
