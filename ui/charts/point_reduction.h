// SPDX-License-Identifier: GPL-3.0-or-later
// Fewer points that draw the same line.
#pragma once

#include <QList>
#include <QPointF>

#include <vector>

#include "core/base/series.h"

namespace dlrm::ui {

inline constexpr int kMaxLinePoints = 4000;  // a QLineSeries of more takes longer to draw than a frame

// The finite points, in order. Of more than `most`, each run of neighbours keeps its first, lowest, highest and last.
QList<QPointF> reducedPoints(const std::vector<Point>& points, int most = kMaxLinePoints);

}  // namespace dlrm::ui
