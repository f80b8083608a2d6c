// SPDX-License-Identifier: GPL-3.0-or-later
// What dlrm-explorer does once its options are known.
#pragma once

#include <stop_token>

#include "app/gui/options.h"

namespace dlrm::ui {

// Before QApplication: without a display, pictures are drawn offscreen.
void prepareEnvironment(int argc, char** argv);
int runWindow(const Options& options);  // until the window closes
int runRender(const Options& options,
              std::stop_token stop);  // 0, or 2 when opening or writing fails, or 130 when stopped

}  // namespace dlrm::ui
