// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples_activations.h"

#include <QEvent>
#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kStripHeight = 14;

QFont captionFont() { return Theme::instance().font(font_size::caption); }

}  // namespace

SampleActivations::SampleActivations(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setAccessibleName(tr("Activations layer by layer"));
    connect(&Theme::instance(), &Theme::changed, this, [this] { update(); });
}

void SampleActivations::setActivations(const Intermediates& row, const QStringList& bottomNames, const QStringList& crossNames, const QStringList& topNames,
                                       const Intermediates* reference) {
    m_strips.clear();
    const auto add = [&](const std::vector<std::vector<float>>& layers, std::size_t count, const QStringList& names, const std::vector<std::vector<float>>* other) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto position = static_cast<qsizetype>(i);
            const QString name = position < names.size() ? names[position] : QString::number(i);
            const bool comparable = other && i < other->size() && (*other)[i].size() == layers[i].size();
            addStrip(name, layers[i], comparable ? &(*other)[i] : nullptr);
        }
    };
    add(row.bottomActivations, row.bottomActivations.size(), bottomNames, reference ? &reference->bottomActivations : nullptr);
    add(row.crossActivations, row.crossActivations.size(), crossNames, reference ? &reference->crossActivations : nullptr);
    const std::size_t hidden = row.topActivations.empty() ? 0 : row.topActivations.size() - 1;
    add(row.topActivations, hidden, topNames, reference ? &reference->topActivations : nullptr);
    updateGeometry();
    update();
}

void SampleActivations::addStrip(const QString& name, const std::vector<float>& values, const std::vector<float>* reference) {
    Strip strip;
    strip.name = name;
    strip.values = values;
    strip.difference = reference != nullptr;
    const auto active = std::count_if(values.begin(), values.end(), [](float v) { return v > 0; });
    strip.caption = tr("%1 of %2 active").arg(formatCount(active), formatCount(static_cast<qint64>(values.size())));
    if (reference) {
        std::int64_t switched = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            switched += (values[i] > 0) != ((*reference)[i] > 0) ? 1 : 0;
            strip.values[i] = values[i] - (*reference)[i];
        }
        strip.caption = tr("%1 of %2 switched").arg(formatCount(switched), formatCount(static_cast<qint64>(values.size())));
    }
    for (const float v : strip.values)
        if (std::isfinite(v)) strip.limit = std::max(strip.limit, std::abs(v));
    m_strips.push_back(std::move(strip));
}

void SampleActivations::clear() {
    m_strips.clear();
    update();
}

QString SampleActivations::caption(int index) const {
    return index >= 0 && index < stripCount() ? m_strips[static_cast<std::size_t>(index)].caption : QString();
}

int SampleActivations::lineHeight() const { return QFontMetrics(captionFont()).height() + 2 + kStripHeight + space::s; }

QSize SampleActivations::sizeHint() const { return {240, std::max(1, stripCount()) * lineHeight()}; }
QSize SampleActivations::minimumSizeHint() const { return {160, std::max(1, stripCount()) * lineHeight()}; }

QRect SampleActivations::stripRect(int index) const {
    return {0, index * lineHeight() + QFontMetrics(captionFont()).height() + 2, width(), kStripHeight};
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
            if (std::abs(v) > std::abs(strongest)) strongest = v;
        }
        const double t = strip.limit > 0 ? static_cast<double>(strongest / strip.limit) : 0;
        // An inactive unit has the page's own colour: what is dark is off.
        const QColor color = strip.difference ? theme.diverging(t) : strongest > 0 ? theme.sequential(0.15 + 0.85 * t) : theme.colors().base;
        image.setPixelColor(x, 0, color);
    }
    return image;
}

void SampleActivations::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(captionFont());
    const ThemeColors& colors = Theme::instance().colors();
    const QFontMetrics metrics(captionFont());
    for (int i = 0; i < stripCount(); ++i) {
        const Strip& strip = m_strips[static_cast<std::size_t>(i)];
        const QRect line(0, i * lineHeight(), width(), metrics.height());
        const int captionWidth = metrics.horizontalAdvance(strip.caption);
        painter.setPen(colors.text);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(strip.name, Qt::ElideRight, std::max(0, width() - captionWidth - space::s)));
        painter.setPen(colors.muted);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, strip.caption);
        const QRect rect = stripRect(i);
        painter.drawImage(rect, stripImage(strip, rect.width()));
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
        const qint64 unit = std::clamp<qint64>(event->pos().x() * units / std::max(1, rect.width()), 0, units - 1);
        const QString number = formatNumber(static_cast<double>(strip.values[static_cast<std::size_t>(unit)]));
        QToolTip::showText(event->globalPosition().toPoint(),
                           strip.difference ? tr("%1, unit %2: changed by %3").arg(strip.name).arg(unit).arg(number) : tr("%1, unit %2: %3").arg(strip.name).arg(unit).arg(number),
                           this);
        return;
    }
    QToolTip::hideText();
}

void SampleActivations::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) updateGeometry();
}

}  // namespace dlrm::ui
