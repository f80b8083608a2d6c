// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/typed_numbers.h"

#include <QRegularExpression>

#include <cmath>

namespace dlrm::ui {

QString withoutGroups(const QString& text) {
    static const QRegularExpression grouped(QStringLiteral("(?<![\\d.,])[1-9]\\d{0,2}(?:,\\d{3})+(?![\\d,])"));
    QString out;
    qsizetype at = 0;
    for (auto found = grouped.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        out += QStringView(text).sliced(at, match.capturedStart() - at);
        out += match.captured().remove(QLatin1Char(','));
        at = match.capturedEnd();
    }
    out += QStringView(text).sliced(at);
    return out;
}

std::optional<double> typedNumber(const QString& text) {
    QString plain = withoutGroups(text.trimmed());
    plain.replace(QChar(0x2212), QLatin1Char('-'));  // as the window writes a minus
    if (plain.count(QLatin1Char(',')) == 1 && !plain.contains(QLatin1Char('.')))
        plain.replace(QLatin1Char(','), QLatin1Char('.'));
    bool ok = false;
    const double value = plain.toDouble(&ok);
    return ok && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace dlrm::ui
