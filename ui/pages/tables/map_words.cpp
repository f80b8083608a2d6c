// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/map_words.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr double kSeen = 0.001;      // of an axis: nearer to 0 nobody sees that it is not 0
constexpr double kSpot = 0.05;       // of an axis
constexpr double kNearly = 0.05;     // share of the points left out at each end
constexpr std::size_t kCrowd = 100;  // points; fewer are seen one by one

// The middle of the values, when nearly all of them lie within a twentieth of an axis as long as `length`.
std::optional<double> spotOf(std::vector<float>& values, double length) {
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return static_cast<double>(values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))]);
    };
    if (at(1 - kNearly) - at(kNearly) > kSpot * length) return std::nullopt;
    const double middle = at(0.5);
    return std::abs(middle) < kSeen * length ? 0 : middle;
}

}  // namespace

QString untrainedWords(const MapPoints& points, const UntrainedRows& rows) {
    std::vector<float> x, y;
    std::size_t untrained = 0;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
        if (!rows.contains(value(points.map->rowOf(static_cast<std::int64_t>(i))))) continue;
        ++untrained;
        if (!std::isfinite(points.x[i]) || !std::isfinite(points.y[i])) continue;
        x.push_back(points.x[i]);
        y.push_back(points.y[i]);
    }
    const QString count = QObject::tr("; %1 of them untrained").arg(formatCount(static_cast<qint64>(untrained)));
    if (x.size() < kCrowd) return count;
    const auto spotX = spotOf(x, points.bounds.highX - points.bounds.lowX);
    const auto spotY = spotOf(y, points.bounds.highY - points.bounds.lowY);
    return spotX && spotY ? QObject::tr("%1, nearly all on one spot at (%2, %3)")
                                .arg(count, formatNumber(*spotX), formatNumber(*spotY))
                          : count;
}

}  // namespace dlrm::ui
