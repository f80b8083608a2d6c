// SPDX-License-Identifier: GPL-3.0-or-later
// Help, in small windows that do not block: what a page shows, the shortcuts, about.
#pragma once

#include <QString>

class QMainWindow;

namespace dlrm::ui {

// The explanation of a page and the glossary, the terms of this page (its id in the table of pages) first; scrolled to
// `term` where one is given.
void showPageHelp(QMainWindow* window, const QString& page, const QString& title, const QString& text,
                  const QString& term = {});
// Every shortcut of the window's menus.
void showShortcuts(QMainWindow* window);
void showAboutWindow(QMainWindow* window);

}  // namespace dlrm::ui
