// SPDX-License-Identifier: GPL-3.0-or-later
// Where the window keeps what outlives it: choices in $XDG_CONFIG_HOME, recent files and layout in $XDG_STATE_HOME.
#pragma once

#include <QString>

namespace dlrm::ui {

QString configFile();  // …/dlrm-explorer/settings.ini
QString stateFile();   // …/dlrm-explorer/state.ini

}  // namespace dlrm::ui
