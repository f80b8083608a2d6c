// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetrics>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

// Pixels that a column of the page's tables takes for so many characters.
inline int columnWidth(int characters) {
    return QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QLatin1Char('0')) * characters + 2 * space::s +
           space::xs;
}

}  // namespace dlrm::ui
