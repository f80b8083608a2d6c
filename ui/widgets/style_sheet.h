// SPDX-License-Identifier: GPL-3.0-or-later
// The application's style sheet: the few things a palette cannot say.
#pragma once

#include <QString>

namespace dlrm::ui {

struct ThemeColors;

// Object names and properties it knows: QPushButton[primary="true"], QFrame[card="true"], QLabel[muted="true"],
// [link="true"] buttons, and the shell's parts.
QString styleSheet(const ThemeColors& colors);

}  // namespace dlrm::ui
