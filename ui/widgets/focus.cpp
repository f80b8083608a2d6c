// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/focus.h"

#include <QWidget>

namespace dlrm::ui {

void moveFocusOut(QWidget* widget, QWidget* heir) {
    // The window's, so that it works in a window that is not active too.
    QWidget* focused = widget->window()->focusWidget();
    if (focused && heir && (focused == widget || widget->isAncestorOf(focused))) heir->setFocus(Qt::OtherFocusReason);
}

void setVisibleKeepingFocus(std::initializer_list<std::pair<QWidget*, bool>> widgets, QWidget* heir) {
    for (const auto& [widget, visible] : widgets)
        if (visible) widget->setVisible(true);
    for (const auto& [widget, visible] : widgets) {
        if (visible) continue;
        moveFocusOut(widget, heir);
        widget->setVisible(false);
    }
}

}  // namespace dlrm::ui
