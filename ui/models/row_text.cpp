// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_text.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace dlrm::ui {

std::optional<qint64> parseRow(const QString& text, qint64 rows) {
    if (rows <= 0) return {};
    const QString t = text.trimmed();
    if (t.compare(QLatin1String("end"), Qt::CaseInsensitive) == 0) return rows - 1;

    static const QRegularExpression percent(QStringLiteral("^(\\d{1,3}(?:\\.\\d{1,12})?) ?%$"));
    if (const QRegularExpressionMatch m = percent.match(t); m.hasMatch()) {
        const double share = m.captured(1).toDouble();
        if (share > 100) return {};
        const auto row =
            static_cast<qint64>(std::floor(static_cast<long double>(share) / 100 * static_cast<long double>(rows)));
        return std::min(row, rows - 1);
    }

    static const QRegularExpression number(QStringLiteral("^(?:\\d{1,19}|\\d{1,3}(?:,\\d{3}){1,6})$"));
    if (!number.match(t).hasMatch()) return {};
    bool ok = false;
    const qint64 row = QString(t).remove(QLatin1Char(',')).toLongLong(&ok);
    if (!ok || row >= rows) return {};
    return row;
}

}  // namespace dlrm::ui
