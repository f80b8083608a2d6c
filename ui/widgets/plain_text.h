// SPDX-License-Identifier: GPL-3.0-or-later
// Names and texts from files, shown as they are: Qt would look for markup in them, or take & for the mark of a
// shortcut. And figures as other programs read them.
#pragma once

#include <QString>

#include <cmath>

namespace dlrm::ui {

// For setToolTip and Qt::ToolTipRole: the text as it is, wrapped where it is long. Empty stays empty.
inline QString asToolTip(const QString& text) {
    return text.isEmpty() ? QString()
                          : QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
}

// For buttons, actions, tabs and labels with a buddy.
inline QString withoutShortcut(QString text) { return text.replace(QLatin1Char('&'), QLatin1String("&&")); }

// For other programs: with all its digits, no groups and an ASCII minus; nothing where it is NaN.
inline QString exactNumber(double x) { return std::isnan(x) ? QString() : QString::number(x, 'g', 17); }

// For a line of fields that `separator` keeps apart: in quotes where it would be read as more than one field.
inline QString quotedField(QString text, QChar separator) {
    if (!text.contains(separator) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n'))) return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

}  // namespace dlrm::ui
