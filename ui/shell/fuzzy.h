// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzy matching for the command palette.
#pragma once

#include <QString>

namespace dlrm::ui {

// How well `query` (its letters in order, spaces skipped, case ignored) is found in `text`: 0 not at all, higher is
// better. Starts of words and runs of letters count more; an empty query matches everything a little.
int fuzzyScore(const QString& query, const QString& text);

// Scattered: only its letters are there, in order. Words: each word of it stands in `text`. Starts: and begins a word
// there, in the same order.
enum class TextMatch { None, Scattered, Words, Starts };
TextMatch matchOf(const QString& query, const QString& text);

}  // namespace dlrm::ui
