// SPDX-License-Identifier: GPL-3.0-or-later
// The one reading of a row as a person types it: "1234567", "1,234,567", "50%", "end".
#pragma once

#include <QString>

#include <optional>

namespace dlrm::ui {

// Row of a table with `rows` rows, or nothing when the text is none of these or names a row outside 0..rows-1.
// Commas must stand at thousands. "50%" is row floor(rows / 2), "100%" and "end" the last row.
std::optional<qint64> parseRow(const QString& text, qint64 rows);

}  // namespace dlrm::ui
