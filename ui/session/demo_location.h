// SPDX-License-Identifier: GPL-3.0-or-later
// Where the bundled demo lies.
#pragma once

#include <QString>

namespace dlrm::ui {

// The directory that holds checkpoint/, dataset/ and dictionary/: $DLRM_DEMO_DIR, else the installed one beside the
// program, else the one of the source tree. Empty when there is none.
QString demoDirectory();

}  // namespace dlrm::ui
