// SPDX-License-Identifier: GPL-3.0-or-later
// The keyboard's focus never wanders to a neighbour because a button was hidden.
#pragma once

#include <initializer_list>
#include <utility>

class QWidget;

namespace dlrm::ui {

// Shows and hides widgets that stand in for one another. A focus that would be hidden goes to `heir`, which is shown by
// then.
void setVisibleKeepingFocus(std::initializer_list<std::pair<QWidget*, bool>> widgets, QWidget* heir);

// Where the focus is inside `widget`, it goes to `heir`: to be called before `widget` or what is in it is hidden or
// replaced.
void moveFocusOut(QWidget* widget, QWidget* heir);

}  // namespace dlrm::ui
