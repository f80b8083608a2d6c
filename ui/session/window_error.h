// SPDX-License-Identifier: GPL-3.0-or-later
// Errors in the window's terms: the core's remedies name the command line's options, which nobody can type here.
#pragma once

#include <QString>

#include "core/base/result.h"

namespace dlrm::ui {

// The same error with a remedy that can be followed in the window. None names an option ("--dictionary").
Error forWindow(Error error);

// As one or two sentences: what is wrong, and what to do instead.
QString sentences(const Error& error);

}  // namespace dlrm::ui
