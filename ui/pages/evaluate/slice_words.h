// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of slices as the tabs of the page show them.
#pragma once

#include <QString>

#include <optional>

#include "core/engine/results.h"

namespace dlrm::ui {

// "0.7285", "–".
QString sliceFigureText(const std::optional<double>& value);
// "0.7206 – 0.7364"; empty without one.
QString sliceIntervalText(const std::optional<double>& low, const std::optional<double>& high);
// All that is known of a slice, in lines: sentence, rows, the figure, its difference, why it is not judged.
QString sliceTip(const SliceResult& slice, const SliceFigure& figure);

}  // namespace dlrm::ui
