// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/point_reduction.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dlrm::ui {

QList<QPointF> reducedPoints(const std::vector<Point>& points, int most) {
    QList<QPointF> finite;
    finite.reserve(static_cast<qsizetype>(points.size()));
    for (const Point& p : points)
        if (std::isfinite(p.x) && std::isfinite(p.y)) finite.append(QPointF(p.x, p.y));
    if (finite.size() <= most) return finite;

    constexpr qsizetype kKeptPerRun = 4;
    const qsizetype runs = std::max<qsizetype>(1, most / kKeptPerRun);
    QList<QPointF> out;
    out.reserve(runs * kKeptPerRun);
    for (qsizetype run = 0; run < runs; ++run) {
        const qsizetype begin = finite.size() * run / runs, end = finite.size() * (run + 1) / runs;
        qsizetype low = begin, high = begin;
        for (qsizetype i = begin; i < end; ++i) {
            if (finite[i].y() < finite[low].y()) low = i;
            if (finite[i].y() > finite[high].y()) high = i;
        }
        std::array kept{begin, low, high, end - 1};
        std::sort(kept.begin(), kept.end());
        for (std::size_t k = 0; k < kept.size(); ++k)
            if (k == 0 || kept[k] != kept[k - 1]) out.append(finite[kept[k]]);
    }
    return out;
}

}  // namespace dlrm::ui
