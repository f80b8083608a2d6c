// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers with a fixed number of decimals, for columns.
#pragma once

#include <QString>

#include <cmath>

namespace dlrm::ui {

// "−0.0215": with a minus sign as formatNumber() has it, and none before what rounds to zero. "NaN", "∞".
inline QString formatFixed(double x, int decimals) {
    if (std::isnan(x)) return QStringLiteral("NaN");
    if (std::isinf(x)) return x > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const QString digits = QString::number(std::abs(x), 'f', decimals);
    const bool zero = digits.toDouble() == 0;
    return x < 0 && !zero ? QStringLiteral("−") + digits : digits;
}

}  // namespace dlrm::ui
