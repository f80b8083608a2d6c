// SPDX-License-Identifier: GPL-3.0-or-later
// Several slices or keys in one line, as somebody types them: kept apart by semicolons, those in quotes aside.
#pragma once

#include <QString>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace dlrm::ui {

// What was typed, piece by piece without the empty ones, or what is wrong with it.
struct TypedSlices {
    std::vector<std::string> texts;
    std::optional<Error> error;  // E-SLICE-001
    int at = 0;                  // where in the line it is
};
TypedSlices typedSlices(const QString& line);
TypedSlices typedGroups(const QString& line);

// Where in the text its character at a column is, which counts from 1.
int characterAt(const QString& text, std::size_t column);
// Where in the line that is which a run answered with, of one of its pieces; -1: it is of something else.
int placeIn(const QString& line, const Error& error);

}  // namespace dlrm::ui
