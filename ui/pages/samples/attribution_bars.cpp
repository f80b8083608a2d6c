// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/attribution_bars.h"

#include <QFontMetrics>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kDecimals = 4, kSumDecimals = 6, kResidualDigits = 2;
constexpr int kMostNameWidth = 96, kMostValueWidth = 80;
constexpr double kHighestLine = 24, kThickness = 0.6;   // of a bar, of its line
constexpr double kCut = 2, kBefore = 2, kShortest = 2;  // pixels
constexpr double kStrong = 0.75;                        // of the colour map, as other bars have it
constexpr int kSumLines = 2;
constexpr int kHair = 2;  // pixels: where letters reach beyond their advance nothing is elided; nor is a bar folded
constexpr double kPlain = 1e6;  // smaller numbers are written out

QFont barFont(bool bold = false) { return Theme::instance().font(font_size::caption, bold); }
QFont figureFont() { return Theme::instance().monospace(font_size::caption); }
double lineHeight() { return QFontMetrics(barFont()).height() + space::xs; }

QString withSign(double x, int decimals) {
    const QString digits = std::abs(x) < kPlain ? formatFixed(x, decimals) : formatNumber(x, decimals);
    const bool zero = std::abs(x) < kPlain && digits.toDouble() == 0;
    return x > 0 && !zero ? QLatin1Char('+') + digits : digits;
}

}  // namespace

AttributionBars::AttributionBars(QWidget* parent) : ChartView(tr("Attribution"), parent) {
    setAccessibleDescription(tr("Chart. The context menu shows the same data as a table."));
    connect(this, &ChartView::clicked, this, [this](double, double y) {
        const int at = barAt(y);
        if (at < 0 && lineAt(y) == m_shown && folded() > 0)
            verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd);
        if (at >= 0 && m_bars[static_cast<std::size_t>(at)].field >= 0)
            Q_EMIT fieldClicked(m_bars[static_cast<std::size_t>(at)].field);
    });
    showNone({});
}

void AttributionBars::show(const Attribution& attribution, float logit, const Fields& fields,
                           const std::optional<Reference>& reference, bool changes) {
    m_changes = changes && reference;
    m_reference = reference ? reference->name : QString();
    setBars(attribution, fields, reference ? reference->attribution.get() : nullptr);
    measure();
    if (!m_held) rescale();

    const bool exact = attribution.method == AttributionMethod::LinearRegion;
    const QString rest = exact ? tr("rounding of float32") : tr("left over");
    const Total row{attribution.sum(), attribution.residual, static_cast<double>(logit)};
    std::optional<Total> before;
    if (reference)
        before = Total{reference->attribution->sum(), reference->attribution->residual,
                       static_cast<double>(reference->logit)};
    setTwin(row, before, rest);
    const Total shown =
        m_changes ? Total{row.sum - before->sum, row.residual - before->residual, row.logit - before->logit} : row;
    m_sums = {m_changes ? tr("sum of the changes") : tr("sum"), withSign(shown.sum, kSumDecimals),
              (m_changes ? tr("= Δ logit; %1 %2") : tr("= logit; %1 %2"))
                  .arg(rest, formatNumber(shown.residual, kResidualDigits)),
              withSign(shown.logit, kSumDecimals)};

    chart()->setTitle(m_changes   ? tr("Attribution, difference from %1").arg(m_reference)
                      : reference ? tr("Attribution (mark: %1)").arg(m_reference)
                                  : tr("Attribution: adds to the logit"));
    setFootnote(exact ? tr("Linear inside the region where the same units are active; says what made this number, not "
                           "what would change it.")
                      : tr("Integrated gradients from the row without any value: cross layers multiply, so this is not "
                           "exact. Says what made this number, not what would change it."));
    setOverlay([this](QPainter& painter, const Mapper& map) { paintBars(painter, map); });
    setHover([this](double, double y) { return barText(barAt(y)); });
    setAxes(QString(), 0, 1, QString(), 0, 1);
    for (QAbstractAxis* axis : chart()->axes()) axis->setVisible(false);
    setPlotHeight(static_cast<int>(std::ceil((static_cast<double>(m_bars.size()) + kSumLines) * lineHeight())));
    setAccessibleName(tr("Attribution: %1").arg(m_sums.join(QLatin1Char(' '))));
}

void AttributionBars::showNone(const QString& why) {
    clear();
    m_bars.clear();
    m_shown = 0;
    m_sums.clear();
    m_hovered = -1;
    m_none = why;
    chart()->setTitle(tr("Attribution"));
    setPlotHeight(0);
    for (QAbstractAxis* axis : chart()->axes()) axis->setVisible(false);
    if (why.isEmpty()) return;
    setAccessibleName(tr("Attribution: %1").arg(why));
    setOverlay([this](QPainter& painter, const Mapper& map) {
        painter.setPen(Theme::instance().colors().muted);
        painter.setFont(Theme::instance().font(font_size::body));
        painter.drawText(map.plot, Qt::AlignCenter | Qt::TextWordWrap, m_none);
    });
}

void AttributionBars::setBars(const Attribution& attribution, const Fields& fields, const Attribution* reference) {
    m_bars.clear();
    const auto add = [this](Bar bar) {
        bar.length = m_changes ? bar.adds - bar.before.value_or(0) : bar.adds;
        m_bars.push_back(std::move(bar));
    };
    int field = 0;
    for (const auto part : {&Attribution::numericals, &Attribution::tables})
        for (std::size_t i = 0; i < (attribution.*part).size(); ++i, ++field)
            add({fields.names.value(field), fields.values.value(field), field, (attribution.*part)[i],
                 reference ? std::optional((reference->*part)[i]) : std::nullopt});
    add({attribution.method == AttributionMethod::LinearRegion ? tr("biases") : tr("no value at all"), QString(), -1,
         attribution.bias, reference ? std::optional(reference->bias) : std::nullopt});
    std::stable_sort(m_bars.begin(), m_bars.end(),
                     [](const Bar& a, const Bar& b) { return std::abs(a.length) > std::abs(b.length); });
    m_hovered = -1;
    m_shown = static_cast<int>(m_bars.size());
}

void AttributionBars::measure() {
    m_sizes = 0;
    m_nameWidth = m_valueWidth = m_figureWidth = 0;
    const QFontMetrics words(barFont()), figures(figureFont());
    for (const Bar& bar : m_bars) {
        m_sizes += std::abs(bar.length);
        m_nameWidth = std::max(m_nameWidth, words.horizontalAdvance(bar.name));
        m_valueWidth = std::max(m_valueWidth, figures.horizontalAdvance(bar.value));
        m_figureWidth = std::max(m_figureWidth, figures.horizontalAdvance(withSign(bar.length, kDecimals)));
    }
    m_nameWidth = std::min(m_nameWidth + kHair, kMostNameWidth);
    m_valueWidth = std::min(m_valueWidth + kHair, kMostValueWidth);
}

void AttributionBars::rescale() {
    m_low = m_high = 0;
    for (const Bar& bar : m_bars)
        for (const double x : {bar.length, m_changes ? 0 : bar.before.value_or(0)}) {
            m_low = std::min(m_low, x);
            m_high = std::max(m_high, x);
        }
    if (!(m_high > m_low)) m_high = m_low + 1;
}

void AttributionBars::holdScale(bool hold) {
    m_held = hold;
    if (hold || m_bars.empty()) return;
    rescale();
    viewport()->update();
}

void AttributionBars::setTwin(const Total& row, const std::optional<Total>& reference, const QString& residualName) {
    Table twin;
    twin.wordColumns = {tr("field"), tr("value")};
    twin.columns = {tr("adds to the logit"), tr("share")};
    if (reference) twin.columns << tr("in %1").arg(m_reference) << tr("changed by");
    const auto add = [&](const QStringList& words, double adds, double share, double before) {
        twin.words.push_back(words);
        twin.rows.push_back({adds, share});
        if (reference) twin.rows.back().insert(twin.rows.back().end(), {before, adds - before});
    };
    for (const Bar& bar : m_bars)
        add({bar.name, bar.value}, bar.adds, m_sizes > 0 ? std::abs(bar.length) / m_sizes : 0, bar.before.value_or(0));
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const Total before = reference.value_or(Total{});
    add({tr("sum"), QString()}, row.sum, kNone, before.sum);
    add({residualName, QString()}, row.residual, kNone, before.residual);
    add({tr("logit"), QString()}, row.logit, kNone, before.logit);
    setTable(std::move(twin));
}

QString AttributionBars::barText(int bar) const {
    if (bar < 0 || bar >= static_cast<int>(m_bars.size())) return {};
    const Bar& b = m_bars[static_cast<std::size_t>(bar)];
    QString text = b.value.isEmpty() ? b.name : tr("%1 = %2").arg(b.name, b.value);
    text += QLatin1Char('\n') + tr("adds %1 to the logit").arg(withSign(b.adds, kSumDecimals));
    if (b.before)
        text += QLatin1Char('\n') +
                tr("in %1: %2; changed by %3")
                    .arg(m_reference, withSign(*b.before, kSumDecimals), withSign(b.adds - *b.before, kSumDecimals));
    const double share = m_sizes > 0 ? std::abs(b.length) / m_sizes : 0;
    return text + QLatin1Char('\n') + tr("%1 of the length of all bars").arg(formatPercent(share));
}

int AttributionBars::lineAt(double y) const {
    const QRectF plot = chart()->plotArea();
    const double pixel = (1 - y) * plot.height();
    return plot.top() + pixel >= m_sumsTop || pixel < 0 ? -1 : static_cast<int>(pixel / m_line);
}

int AttributionBars::barAt(double y) const {
    const int at = lineAt(y);
    return at < m_shown ? at : -1;
}

void AttributionBars::mouseMoveEvent(QMouseEvent* event) {
    const QRectF plot = chart()->plotArea();
    const QPointF at = mapToScene(event->position().toPoint());
    m_hovered = plot.contains(at) ? barAt(1 - (at.y() - plot.top()) / plot.height()) : -1;
    ChartView::mouseMoveEvent(event);
}

void AttributionBars::leaveEvent(QEvent* event) {
    m_hovered = -1;
    ChartView::leaveEvent(event);
}

void AttributionBars::paintBars(QPainter& painter, const Mapper& map) {
    if (m_bars.empty()) return;
    const auto lines = static_cast<double>(m_bars.size()) + kSumLines;
    m_line = std::min(kHighestLine, map.plot.height() / lines);
    const double all = map.plot.top() + m_line * static_cast<double>(m_bars.size());
    m_sumsTop = std::min(all, map.seen.bottom() - kSumLines * m_line);
    m_shown = static_cast<int>(m_bars.size());
    if (all > m_sumsTop + kHair)  // not all have room: whole ones, and a line about the others
        m_shown = std::max(0, static_cast<int>((m_sumsTop - m_line - map.plot.top()) / m_line));
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < static_cast<std::size_t>(m_shown); ++i) {
        const QRectF line(map.plot.left(), map.plot.top() + m_line * static_cast<double>(i), map.plot.width(), m_line);
        if (line.bottom() < map.seen.top() || line.top() > map.seen.bottom()) continue;
        if (static_cast<int>(i) == m_hovered) painter.fillRect(line, Theme::instance().colors().raised);
        paintBar(painter, m_bars[i], line);
    }
    if (folded() > 0)
        paintFolded(painter, QRectF(map.plot.left(), map.plot.top() + m_line * m_shown, map.plot.width(), m_line));
    paintSums(painter, map.seen);
}

void AttributionBars::paintFolded(QPainter& painter, const QRectF& line) const {
    double sum = 0;
    for (std::size_t i = static_cast<std::size_t>(m_shown); i < m_bars.size(); ++i) sum += m_bars[i].length;
    const QRectF text = line.adjusted(space::xs, 0, -space::xs, 0);
    painter.setPen(Theme::instance().colors().muted);
    painter.setFont(barFont());
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, tr("%1 more below, together").arg(folded()));
    painter.setFont(figureFont());
    painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, withSign(sum, kDecimals));
}

void AttributionBars::paintBar(QPainter& painter, const Bar& bar, const QRectF& line) const {
    const ThemeColors& colors = Theme::instance().colors();
    QRectF left = line.adjusted(space::xs, 0, 0, 0);
    left.setWidth(m_nameWidth);
    painter.setFont(barFont());
    painter.setPen(colors.text);
    painter.drawText(left, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(barFont()).elidedText(bar.name, Qt::ElideMiddle, m_nameWidth));
    left.moveLeft(left.right() + space::s);
    left.setWidth(m_valueWidth);
    painter.setFont(figureFont());
    painter.setPen(colors.muted);
    painter.drawText(left, Qt::AlignRight | Qt::AlignVCenter,
                     QFontMetrics(figureFont()).elidedText(bar.value, Qt::ElideRight, m_valueWidth));
    QRectF right = line.adjusted(0, 0, -space::xs, 0);
    right.setLeft(right.right() - m_figureWidth);
    painter.setPen(colors.text);
    painter.drawText(right, Qt::AlignRight | Qt::AlignVCenter, withSign(bar.length, kDecimals));

    const double from = left.right() + space::m, to = std::max(from + 1, right.left() - space::m);
    const auto place = [&](double x) {
        return from + (std::clamp(x, m_low, m_high) - m_low) / (m_high - m_low) * (to - from);
    };
    const double zero = place(0), end = place(bar.length), thick = std::floor(line.height() * kThickness);
    const double top = std::floor(line.top() + (line.height() - thick) / 2);
    // The shortest, too, is seen beside the line at zero.
    const double size = bar.length == 0 ? 0 : std::max(kShortest, std::abs(end - zero));
    painter.fillRect(QRectF(bar.length > 0 ? zero : zero - size, top, size, thick),
                     Theme::instance().diverging(bar.length > 0 ? kStrong : -kStrong));
    if (bar.length < m_low || bar.length > m_high)
        painter.fillRect(QRectF(bar.length > 0 ? to - kCut : from, top, kCut, thick), colors.text);
    painter.fillRect(QRectF(std::round(zero), line.top(), 1, line.height()), colors.line);
    if (!m_changes && bar.before && withSign(*bar.before, kDecimals) != withSign(bar.adds, kDecimals))
        painter.fillRect(QRectF(place(*bar.before) - kBefore / 2, line.top() + 1, kBefore, line.height() - 2),
                         colors.text);
}

// In sight wherever the bars are scrolled to.
void AttributionBars::paintSums(QPainter& painter, const QRectF& seen) {
    const ThemeColors& colors = Theme::instance().colors();
    const QRectF both(seen.left(), m_sumsTop, seen.width(), kSumLines * m_line);
    painter.fillRect(both, colors.base);
    painter.fillRect(QRectF(both.left() + space::xs, both.top(), both.width() - 2 * space::xs, 1), colors.muted);
    for (int i = 0; i < kSumLines; ++i) {
        const QRectF line(both.left() + space::xs, both.top() + 1 + i * m_line, both.width() - 2 * space::xs, m_line);
        const bool logit = i == 1;
        const QFontMetrics figures(figureFont());
        const int figure = figures.horizontalAdvance(m_sums[2 * i + 1]);
        painter.setFont(barFont(logit));
        painter.setPen(colors.text);
        painter.drawText(
            line, Qt::AlignLeft | Qt::AlignVCenter,
            QFontMetrics(barFont(logit))
                .elidedText(m_sums[2 * i], Qt::ElideRight, static_cast<int>(line.width()) - figure - space::s));
        painter.setFont(figureFont());
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_sums[2 * i + 1]);
    }
}

}  // namespace dlrm::ui
