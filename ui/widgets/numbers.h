// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers with a fixed number of decimals, for columns, and numbers of things, for sentences.
#pragma once

#include <QString>

#include <cmath>
#include <concepts>

#include "ui/widgets/theme.h"

namespace dlrm::ui {

// "−0.0215": with a minus sign as formatNumber() has it, and none before what rounds to zero. "NaN", "∞".
inline QString formatFixed(double x, int decimals) {
    if (!std::isfinite(x)) return formatNumber(x);
    const QString digits = QString::number(std::abs(x), 'f', decimals);
    const bool zero = digits.toDouble() == 0;
    return x < 0 && !zero ? QStringLiteral("−") + digits : digits;
}

// Up to so many significant digits, without trailing zeros: "0.0215", "1.5e−07". "NaN", "∞".
inline QString formatDigits(double x, int digits) {
    return std::isfinite(x) ? QString::number(x, 'g', digits).replace(QLatin1Char('-'), QStringLiteral("−"))
                            : formatNumber(x, digits);
}

// "1 row", "2,048 rows": `noun` is what one of them is called, its plural has an s.
QString countedText(std::integral auto n, const char* noun) {
    return formatCount(static_cast<qint64>(n)) + QLatin1Char(' ') + QString::fromUtf8(noun) +
           QLatin1String(n == 1 ? "" : "s");
}

// The verb that such a number asks for: "1 value is", "2 values are".
inline QString countedText(qint64 n, const char* noun, const char* ofOne, const char* ofSeveral) {
    return countedText(n, noun) + QLatin1Char(' ') + QString::fromUtf8(n == 1 ? ofOne : ofSeveral);
}

}  // namespace dlrm::ui
