// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as people type them: with the groups that this program shows, and with a decimal comma.
#pragma once

#include <QString>

#include <optional>

namespace dlrm::ui {

// Without the commas that separate groups of three digits; other commas stay, and the text is then no whole number.
QString withoutGroups(const QString& text);
// "1,234.5", "0.3", "0,3" (a comma that separates no groups is the decimal point), "1e-3", "−2" as shown. Empty: no
// finite number.
std::optional<double> typedNumber(const QString& text);

}  // namespace dlrm::ui
