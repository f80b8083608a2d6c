// SPDX-License-Identifier: GPL-3.0-or-later
// What the footnote of a table's map says.
#pragma once

#include <QString>

#include "ui/session/table_analysis.h"

namespace dlrm::ui {

// "; 14,182 of them untrained", and where they stand when nearly all of them lie on one spot, as on a map of a table
// that is mostly as it was initialized: thousands of points then look like one. rows: known().
QString untrainedWords(const MapPoints& points, const UntrainedRows& rows);

}  // namespace dlrm::ui
