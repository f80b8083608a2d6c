// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_style.h"

#include <QAbstractAxis>
#include <QCategoryAxis>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLocale>
#include <QPen>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>
#include <vector>

#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {

void styleChart(QChart& chart) {
    const Theme& theme = Theme::instance();
    const ThemeColors& c = theme.colors();
    chart.setBackgroundRoundness(0);
    chart.setBackgroundBrush(c.base);
    chart.setBackgroundPen(Qt::NoPen);
    chart.setPlotAreaBackgroundVisible(false);
    chart.setDropShadowEnabled(false);
    chart.layout()->setContentsMargins(0, 0, 0, 0);
    chart.setTitleFont(theme.font(font_size::body, true));
    chart.setTitleBrush(QBrush(Qt::transparent));
    chart.legend()->hide();
    chart.setLocalizeNumbers(true);
    chart.setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    QColor grid = c.line;
    grid.setAlphaF(theme.isDark() ? 0.7F : 0.8F);
    for (QAbstractAxis* axis : chart.axes()) {
        axis->setLabelsFont(theme.font(font_size::caption));
        axis->setTitleFont(theme.font(font_size::caption));
        axis->setLabelsColor(c.muted);
        axis->setTitleBrush(c.muted);
        axis->setLinePen(QPen(c.line, 1));
        axis->setGridLinePen(QPen(grid, 1));
        axis->setMinorGridLineColor(Qt::transparent);
        axis->setTruncateLabels(false);
    }
}

namespace {

// The smallest of 1, 2, 5 times a power of ten that is not below `wanted`.
double niceStep(double wanted) {
    const double magnitude = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (magnitude * factor >= wanted * (1 - 1e-9)) return magnitude * factor;
    return magnitude * 10;
}

constexpr double kLargest = 1e15;  // of a tick's number, and of its value
constexpr double kTiny = 1e-4;     // an axis of smaller values has exponents
constexpr double kNameGap = 14;    // pixels between labels that are names

// Decimals that tell multiples of `step` apart.
int decimalsOf(double step) { return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9); }

// "0.05", "200", "1 k", "1 M": short enough for an axis, without zeros that say nothing.
QString logLabel(double value) {
    const double size = std::abs(std::log10(value));
    static const QRegularExpression kZeros(QStringLiteral("\\.?0+(?=[^0-9.])"));
    if (value >= 1e3) {
        const QString text = formatShort(value);
        return text.contains(QLatin1Char('.')) ? QString(text).remove(kZeros) : text;
    }
    if (value >= 1) return QString::number(value, 'g', 4);
    return size <= 4
               ? QString::number(value, 'f', std::clamp(static_cast<int>(std::ceil(size)) + (value < 1 ? 1 : 0), 0, 6))
                     .remove(QRegularExpression(QStringLiteral("0+$")))
               : QString::number(value, 'g', 2);
}

// Where a label stands, in plain values.
struct Tick {
    double value = 0;
    QString label;
};

// Ticks at powers of ten, then 1-2-5, then evenly spaced values, as the room allows.
std::vector<Tick> logTicks(double low, double high, double most) {
    std::vector<Tick> ticks;
    const auto add = [&](double value, const QString& label) {
        const double at = std::log10(value);
        if (at >= low - 1e-9 && at <= high + 1e-9) ticks.push_back({value, label});
    };
    const double decades = high - low;
    const bool tensOnly = decades > most / 3;
    const int step = tensOnly ? std::max(1, static_cast<int>(std::ceil(decades / most))) : 1;
    for (int e = static_cast<int>(std::floor(low / step)) * step; e <= std::ceil(high); e += step)
        for (const double factor : {1.0, 2.0, 5.0})
            if (const double value = factor * std::pow(10.0, e); !tensOnly || factor == 1) add(value, logLabel(value));
    constexpr std::size_t kFew = 3, kMany = 50;
    constexpr double kWide = 1.5;  // decades, over which evenly spaced values would crowd at one end
    if (ticks.size() >= kFew || (ticks.size() > 1 && decades > kWide)) return ticks;
    ticks.clear();
    const double from = std::pow(10.0, low), to = std::pow(10.0, high);
    const double even = niceStep((to - from) / std::max(4.0, most));
    for (double v = std::ceil(from / even) * even; v <= to && ticks.size() < kMany; v += even)
        add(v, even >= 1 ? formatCount(std::llround(v)) : QString::number(v, 'f', decimalsOf(even)));
    return ticks;
}

std::vector<Tick> linearTicks(double low, double high, double most) {
    std::vector<Tick> ticks;
    const double step = niceStep((high - low) / most);
    constexpr double kHair = 1e-9;
    const double first = std::ceil(low / step - kHair), last = std::floor(high / step + kHair);
    if (!(std::abs(first) < kLargest && std::abs(last) < kLargest && std::abs(low) < kLargest &&
          std::abs(high) < kLargest))
        return ticks;  // nothing a double tells apart
    const double largest = std::max(std::abs(low), std::abs(high));
    const auto label = [&](double value) {
        if (largest < kTiny) return formatNumber(value, 3);
        return step < 1 ? formatFixed(value, decimalsOf(step))
                        : formatCount(std::llround(value)).replace(QLatin1Char('-'), QStringLiteral("−"));
    };
    for (double k = first; k <= last; ++k) {
        const double value = k == 0 ? 0 : k * step;
        ticks.push_back({std::clamp(value, low, high), label(value)});
    }
    return ticks;
}

void setTicks(QCategoryAxis& axis, const std::vector<Tick>& ticks) {
    const QStringList before = axis.categoriesLabels();
    const bool same =
        static_cast<std::size_t>(before.size()) == ticks.size() &&
        std::equal(ticks.begin(), ticks.end(), before.begin(), [&axis](const Tick& t, const QString& label) {
            return t.label == label && t.value == axis.endValue(label);
        });
    if (same) return;
    for (const QString& label : before) axis.remove(label);
    axis.setStartValue(axis.min() - 3 * (axis.max() - axis.min()));
    for (const Tick& tick : ticks) axis.append(tick.label, tick.value);
}

}  // namespace

double axisEnd(double top) {
    if (!(top > 0) || !std::isfinite(top)) return 1;
    const double magnitude = std::pow(10.0, std::floor(std::log10(top)));
    for (const double factor : {1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0})
        if (factor * magnitude >= top) return factor * magnitude;
    return 10 * magnitude;
}

void niceTicks(QCategoryAxis& axis, bool log, double pixels, double spacing) {
    const double range = axis.max() - axis.min();
    if (!(range > 0) || !(pixels > 0)) return;
    const double most = std::floor(pixels / spacing);
    std::vector<Tick> ticks = log ? logTicks(axis.min(), axis.max(), std::max(2.0, most))
                                  : linearTicks(axis.min(), axis.max(), std::max(1.0, most));
    // A single label does not tell a scale: rather some that stand closer.
    for (double more = most + 1; !log && ticks.size() < 2 && more <= most + 4; ++more)
        ticks = linearTicks(axis.min(), axis.max(), more);
    if (log)
        for (Tick& tick : ticks) tick.value = std::log10(tick.value);
    setTicks(axis, ticks);
}

void namedTicks(QCategoryAxis& axis, const std::vector<ChartView::NamedPlace>& places, double pixels) {
    const double range = axis.max() - axis.min();
    if (!(range > 0) || !(pixels > 0)) return;
    const QFontMetrics metrics(axis.labelsFont());
    std::vector<Tick> ticks;
    double free = -1;  // pixels, from where the next label may stand
    for (const ChartView::NamedPlace& place : places) {
        if (place.value < axis.min() || place.value > axis.max()) continue;
        const double at = (place.value - axis.min()) / range * pixels, width = metrics.horizontalAdvance(place.name);
        const bool known =
            std::any_of(ticks.begin(), ticks.end(), [&](const Tick& t) { return t.label == place.name; });
        if (known || (!ticks.empty() && at - width / 2 < free)) continue;
        ticks.push_back({place.value, place.name});
        free = at + width / 2 + kNameGap;
    }
    setTicks(axis, ticks);
}

}  // namespace dlrm::ui
