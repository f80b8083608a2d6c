// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/activations.h"

#include <QEvent>
#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ui/pages/vector_bars.h"
#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kStripHeight = 10, kLegendWidth = 64, kLegendHeight = 8;
constexpr int kStripColumn = 280;   // at least, of two columns of strips
constexpr int kFew = 3;             // strips, that need no second column
constexpr int kNarrowestHatch = 3;  // pixels, of a unit that is not finite
constexpr double kFaintest = 0.4;   // of the colour map: the weakest active unit stands out from one that is off

QColor activeColor(double t) { return Theme::instance().sequential(kFaintest + (1 - kFaintest) * t); }

QFont captionFont() { return Theme::instance().font(font_size::caption); }

}  // namespace

SampleActivations::SampleActivations(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setAccessibleName(tr("Activations layer by layer"));
    connect(&Theme::instance(), &Theme::changed, this, [this] { update(); });
}

void SampleActivations::setActivations(const Intermediates& row, const QStringList& bottomNames,
                                       const QStringList& crossNames, const QStringList& topNames,
                                       const Intermediates* reference) {
    QHash<QString, float> held;
    for (const Strip& strip : m_strips)
        if (m_held) held.insert(strip.name, strip.limit);
    m_strips.clear();
    const auto add = [&](std::vector<std::vector<float>> Intermediates::*part, const QStringList& names, bool hasUnits,
                         std::size_t leftOut = 0) {
        const auto &layers = row.*part, &other = reference ? reference->*part : layers;
        for (std::size_t i = 0; i + leftOut < layers.size(); ++i) {
            const QString name = names.value(static_cast<qsizetype>(i), QString::number(i));
            const bool comparable = reference && i < other.size() && other[i].size() == layers[i].size();
            addStrip(name, layers[i], comparable ? &other[i] : nullptr, held.value(name, 0), hasUnits);
        }
    };
    add(&Intermediates::bottomActivations, bottomNames, true);
    add(&Intermediates::crossActivations, crossNames, false);
    add(&Intermediates::topActivations, topNames, true, 1);
    updateGeometry();
    update();
}

void SampleActivations::addStrip(const QString& name, const std::vector<float>& values,
                                 const std::vector<float>* reference, float heldLimit, bool hasUnits) {
    Strip strip;
    strip.name = name;
    strip.values = values;
    strip.difference = reference != nullptr;
    strip.isSigned = strip.difference || !hasUnits;
    const auto units = static_cast<qint64>(values.size());
    qint64 counted = 0, notNumbers = 0;  // active, or switched on or off; units of which that is not known
    if (reference) {
        ActivityChange change = activityChange(values, *reference);
        strip.values = std::move(change.differences);
        counted = change.switched;
        notNumbers = change.notNumbers;
    } else {
        const LayerActivity activity = layerActivity(values);
        counted = activity.active;
        notNumbers = activity.notNumbers;
    }
    strip.notFinite =
        std::count_if(strip.values.begin(), strip.values.end(), [](float v) { return !std::isfinite(v); });
    if (!hasUnits) strip.caption = countedText(units, "value");
    else if (notNumbers < units)
        strip.caption =
            (reference ? tr("%1 of %2 switched") : tr("%1 of %2 active")).arg(formatCount(counted), formatCount(units));
    if (strip.notFinite > 0)
        strip.caption += (strip.caption.isEmpty() ? QString() : QStringLiteral(", ")) +
                         tr("%1 not finite").arg(formatCount(strip.notFinite));
    strip.limit = heldLimit > 0 ? heldLimit : largestMagnitude(strip.values);
    m_strips.push_back(std::move(strip));
}

void SampleActivations::clear() {
    m_strips.clear();
    update();
}

QString SampleActivations::caption(int index) const {
    return index >= 0 && index < stripCount() ? m_strips[static_cast<std::size_t>(index)].caption : QString();
}

void SampleActivations::holdScale(bool hold) {
    m_held = hold;
    if (hold) return;
    for (Strip& strip : m_strips) strip.limit = largestMagnitude(strip.values);
    update();
}

double SampleActivations::limit(int index) const {
    return index >= 0 && index < stripCount() ? static_cast<double>(m_strips[static_cast<std::size_t>(index)].limit)
                                              : 0;
}

QString SampleActivations::scale(int index) const {
    const QString number = formatNumber(limit(index), 3);
    return m_strips[static_cast<std::size_t>(index)].isSigned ? QStringLiteral("±") + number
                                                              : tr("up to %1").arg(number);
}

int SampleActivations::lineHeight() const { return QFontMetrics(captionFont()).height() + 2 + kStripHeight + space::s; }

// Column by column.
int SampleActivations::lines() const {
    const int columns = stripCount() > kFew && width() >= 2 * kStripColumn + space::l ? 2 : 1;
    return std::max(1, (stripCount() + columns - 1) / columns);
}

// The legend has the first line.
int SampleActivations::heightOf(int lines) const {
    return QFontMetrics(captionFont()).height() + space::xs + lines * lineHeight();
}

QSize SampleActivations::sizeHint() const { return {240, heightOf(lines()) - space::s}; }
QSize SampleActivations::minimumSizeHint() const { return {160, heightOf(lines()) - space::s}; }

QRect SampleActivations::captionRect(int index) const {
    const int columns = std::max(1, (stripCount() + lines() - 1) / lines());
    const int step = (width() + space::l) / columns;
    return {index / lines() * step, heightOf(index % lines()), step - space::l, QFontMetrics(captionFont()).height()};
}

QRect SampleActivations::stripRect(int index) const {
    const QRect caption = captionRect(index);
    return {caption.left(), caption.bottom() + 3, caption.width(), kStripHeight};
}

// One pixel a column; where several units share a column the strongest one shows.
QImage SampleActivations::stripImage(const Strip& strip, int columns) const {
    const Theme& theme = Theme::instance();
    const auto units = static_cast<int>(strip.values.size());
    QImage image(std::max(1, std::min(columns, units)), 1, QImage::Format_RGB32);
    for (int x = 0; x < image.width(); ++x) {
        const int first = static_cast<int>(static_cast<qint64>(x) * units / image.width());
        const int last = std::max(first + 1, static_cast<int>(static_cast<qint64>(x + 1) * units / image.width()));
        float strongest = 0;
        for (int i = first; i < last && i < units; ++i) {
            const float v = strip.values[static_cast<std::size_t>(i)];
            if (std::isfinite(v) && std::abs(v) > std::abs(strongest)) strongest = v;
        }
        const double t = strip.limit > 0 ? std::clamp(static_cast<double>(strongest / strip.limit), -1.0, 1.0) : 0;
        // A unit that is off has the page's own colour.
        const QColor color = strip.isSigned ? theme.diverging(t) : strongest > 0 ? activeColor(t) : theme.colors().base;
        image.setPixelColor(x, 0, color);
    }
    return image;
}

// Hatched: no colour stands for what is not finite.
void SampleActivations::paintNotFinite(QPainter& painter, const Strip& strip, const QRect& rect) const {
    if (strip.notFinite == 0) return;
    const auto units = static_cast<qint64>(strip.values.size());
    const auto finite = [&](qint64 unit) { return std::isfinite(strip.values[static_cast<std::size_t>(unit)]); };
    for (qint64 first = 0; first < units; ++first) {
        if (finite(first)) continue;
        qint64 end = first + 1;
        while (end < units && !finite(end)) ++end;
        const auto left = static_cast<int>(first * rect.width() / units),
                   right = static_cast<int>(end * rect.width() / units);
        const QRect hatched(rect.left() + left, rect.top(), std::max(kNarrowestHatch, right - left), rect.height());
        painter.fillRect(hatched.intersected(rect), QBrush(Theme::instance().colors().warn, Qt::BDiagPattern));
        first = end;
    }
}

QString SampleActivations::legendEnd() const {
    for (int i = 0; i < stripCount(); ++i)
        if (m_strips[static_cast<std::size_t>(i)].values.size() > static_cast<std::size_t>(stripRect(i).width()))
            return tr("each pixel its strongest unit");
    return m_strips.empty() || !m_strips.front().difference ? tr("up to the number") : tr("up to ± the number");
}

void SampleActivations::paintLegend(QPainter& painter) const {
    if (m_strips.empty()) return;
    const Theme& theme = Theme::instance();
    const bool difference = m_strips.front().difference;
    const QFontMetrics metrics(captionFont());
    int x = 0;
    const auto text = [&](const QString& words) {
        painter.setPen(theme.colors().muted);
        painter.drawText(QRect(x, 0, width() - x, metrics.height()), Qt::AlignLeft | Qt::AlignVCenter, words);
        x += metrics.horizontalAdvance(words) + space::s;
    };
    const auto bar = [&](int barWidth, const std::function<QColor(double)>& colour) {
        const QRect rect(x, (metrics.height() - kLegendHeight) / 2, barWidth, kLegendHeight);
        for (int i = 0; i < barWidth; ++i)
            painter.fillRect(rect.left() + i, rect.top(), 1, rect.height(),
                             colour(static_cast<double>(i) / (barWidth - 1)));
        painter.setPen(theme.colors().line);
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
        x += barWidth + space::xs;
    };
    if (difference) {
        text(tr("less"));
        bar(kLegendWidth, [&](double t) { return theme.diverging(2 * t - 1); });
        text(tr("more, %1").arg(legendEnd()));
    } else {
        bar(kLegendHeight, [&](double) { return theme.colors().base; });
        text(tr("off"));
        bar(kLegendWidth, activeColor);
        if (std::none_of(m_strips.begin(), m_strips.end(), [](const Strip& strip) { return strip.isSigned; }))
            return text(tr("active, %1").arg(legendEnd()));
        text(tr("active"));
        bar(kLegendWidth, [&](double t) { return theme.diverging(2 * t - 1); });
        text(tr("±, %1").arg(legendEnd()));
    }
}

void SampleActivations::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(captionFont());
    paintLegend(painter);
    const ThemeColors& colors = Theme::instance().colors();
    const QFontMetrics metrics(captionFont());
    for (int i = 0; i < stripCount(); ++i) {
        const Strip& strip = m_strips[static_cast<std::size_t>(i)];
        const QRect line = captionRect(i);
        const bool none =
            strip.notFinite == static_cast<qint64>(strip.values.size());  // that the colours could stand for
        const QString caption = none ? strip.caption : tr("%1 · %2").arg(strip.caption, scale(i));
        const int captionWidth = metrics.horizontalAdvance(caption);
        painter.setPen(colors.text);
        painter.drawText(
            line, Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(strip.name, Qt::ElideRight, std::max(0, line.width() - captionWidth - space::s)));
        painter.setPen(colors.muted);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, caption);
        const QRect rect = stripRect(i);
        painter.drawImage(rect, stripImage(strip, rect.width()));
        paintNotFinite(painter, strip, rect);
        painter.setPen(colors.line);
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
    }
}

void SampleActivations::mouseMoveEvent(QMouseEvent* event) {
    for (int i = 0; i < stripCount(); ++i) {
        const QRect rect = stripRect(i);
        const Strip& strip = m_strips[static_cast<std::size_t>(i)];
        if (!rect.contains(event->pos()) || strip.values.empty()) continue;
        const auto units = static_cast<qint64>(strip.values.size());
        const qint64 unit =
            std::clamp<qint64>((event->pos().x() - rect.left()) * units / std::max(1, rect.width()), 0, units - 1);
        const QString number = formatNumber(static_cast<double>(strip.values[static_cast<std::size_t>(unit)]));
        QToolTip::showText(event->globalPosition().toPoint(),
                           strip.difference ? tr("%1, unit %2: changed by %3").arg(strip.name).arg(unit).arg(number)
                                            : tr("%1, unit %2: %3").arg(strip.name).arg(unit).arg(number),
                           this);
        return;
    }
    QToolTip::hideText();
}

void SampleActivations::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    updateGeometry();  // it may have another number of columns
}

void SampleActivations::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) updateGeometry();
}

}  // namespace dlrm::ui
