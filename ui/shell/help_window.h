// SPDX-License-Identifier: GPL-3.0-or-later
// Help, in small windows that do not block: what a page shows, the shortcuts, about.
#pragma once

#include <QString>

class QMainWindow;

namespace dlrm::ui {

void showPageHelp(QMainWindow* window, const QString& title, const QString& text);
// Every shortcut of the window's menus.
void showShortcuts(QMainWindow* window);
void showAboutWindow(QMainWindow* window);

}  // namespace dlrm::ui
