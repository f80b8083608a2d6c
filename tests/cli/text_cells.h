// SPDX-License-Identifier: Apache-2.0
// Cells of the lists that dlrm-cli prints.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace dlrm::test {

// What stands under `title`, the heading of a column of numbers, in the line of the table `name`. Empty: there is no
// such column or line.
inline QString cellOf(const QByteArray& list, const QString& name, const QString& title) {
    const QStringList lines = QString::fromUtf8(list).split('\n');
    const qsizetype heading = (lines.first() + ' ').indexOf(' ' + title + ' ');
    if (heading < 0) return {};
    for (const QString& line : lines)
        if (line.simplified().section(' ', 1, 1) == name)
            return line.left(heading + 1 + title.size()).section(' ', -1);  // numbers end where their heading ends
    return {};
}

}  // namespace dlrm::test
