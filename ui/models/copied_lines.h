// SPDX-License-Identifier: GPL-3.0-or-later
// What Ctrl+C takes from a list: its selected lines, tab-separated, as other programs read them.
#pragma once

#include <QString>

class QTableView;
class QVariant;

namespace dlrm::ui {

// Of a model's cells and titles: what is copied where that is not what is shown; a double is written as exactNumber().
inline constexpr int kCopyRole = Qt::UserRole + 101;

// copied: under kCopyRole, may be invalid; shown: under Qt::DisplayRole.
QString copiedCell(const QVariant& copied, const QVariant& shown);

// A line of titles and the selected lines in their order, with all columns; empty: none is selected.
QString selectedLines(const QTableView& list);
// Ctrl+C copies them.
void copyLinesOf(QTableView& list);

}  // namespace dlrm::ui
