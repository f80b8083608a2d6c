// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/sweep_chart.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kMarkRadius = 5, kMarkWidth = 2;  // of a mark, and of its pen
constexpr double kNamedDotRadius = 3.5;            // of a dot in the legend
constexpr double kSweepReach = 4;                  // pixels from an id at which the pointer still means it
constexpr double kSideRoom = 1.2;                  // on a log axis: marks at its ends are whole
constexpr double kMargin = 0.05;                   // of the probabilities above and below them
constexpr double kBandOpacity = 0.18;
constexpr int kPDigits = 4;

double pOf(float logit) { return sigmoid(static_cast<double>(logit)); }

void paintRing(QPainter& painter, const QPointF& at, const QColor& colour) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    // Set off from dots of nearly its colour.
    for (const auto& [ink, width] :
         {std::pair{Theme::instance().colors().base, 3 * kMarkWidth}, {colour, kMarkWidth}}) {
        painter.setPen(QPen(ink, width));
        painter.drawEllipse(at, kMarkRadius, kMarkRadius);
    }
}

}  // namespace

SweepChart::SweepChart(bool numerical, QWidget* parent) : ChartView(tr("Sweep"), parent), m_numerical(numerical) {
    if (!numerical) setScales(Scale::Log, Scale::Linear);
    setToolTip(numerical ? tr("p = 1 / (1 + e^−z), where z is the logit with each value in place of the row's own; the "
                              "mean and the band are of other rows of the dataset with the same values")
                         : tr("p = 1 / (1 + e^−z), where z is the logit with each id in place of the row's own and "
                              "all other fields as they are"));
    connect(this, &ChartView::clicked, this, [this](double x, double y) {
        if (m_numerical) {
            if (const auto value = valueAt(x)) Q_EMIT valueChosen(m_figures->sweep->values[*value]);
        } else if (const auto id = idAt(x, y)) {
            Q_EMIT idChosen(*id);
        }
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_figures) show(m_figures, Words(m_words));
    });
}

void SweepChart::showNothing() {
    m_figures = nullptr;
    m_density.setGrid(nullptr);
    clear();
}

void SweepChart::show(const SweepFiguresPtr& figures, const Words& words) {
    m_figures = figures;
    m_words = words;
    chart()->setTitle(tr("Sweep of %1").arg(m_words.field));
    if (m_numerical) showNumerical();
    else showTable();
    setOverlay([this](QPainter& painter, const Mapper& map) { paintMarks(painter, map); });
    setHover([this](double x, double y) { return textAt(x, y); });
}

void SweepChart::showTable() {
    const SweepFigures& f = *m_figures;
    const double margin = kMargin * std::max(f.highest - f.lowest, 1e-6);
    setAxes(tr("rank by frequency (id + 1)"), 1 / kSideRoom,
            kSideRoom * static_cast<double>(std::max<qint64>(2, f.all)), tr("probability"),
            std::max(0.0, f.lowest - margin), std::min(1.0, f.highest + margin));
    m_density.setGrid(f.density);
    m_trained = m_untrained = {};
    for (std::size_t i = 0; i < f.x.size(); ++i) {
        Dots& dots = f.untrainedKnown && !(f.trained[i] > 0) ? m_untrained : m_trained;
        dots.x.push_back(f.x[i]);
        dots.y.push_back(f.y[i]);
    }
    setBackdrop([this](QPainter& painter, const Mapper& map) { paintPoints(painter, map); });
    const QString ids = countedText(f.all, "id");
    const QString shown = f.final ? tr("all of %1").arg(ids) : tr("%1 of %2 so far").arg(formatCount(f.done), ids);
    setFootnote(
        (f.density ? tr("%1, counted by place") : tr("%1, a dot each")).arg(shown) +
        (f.untrainedKnown ? QString() : tr("; which are untrained is known once page Tables has its statistics")));
    setRings(ringsOfTable());
    Table twin;
    twin.wordColumns = {tr("id")};
    twin.columns = {tr("rank"), tr("probability"), tr("change"), tr("logit")};
    if (!f.hits.empty()) twin.columns << tr("lookups");
    if (f.untrainedKnown) twin.columns << tr("untrained");
    for (std::size_t i = 0; i < f.listed.size(); ++i) {
        const bool high = i < f.order.highest.size();
        const qint64 id = high ? f.order.highest[i] : f.order.lowest[i - f.order.highest.size()];
        const auto rank = static_cast<double>(
            high ? static_cast<qint64>(i) + 1 : f.order.finite - std::ssize(f.listed) + static_cast<qint64>(i) + 1);
        twin.words.push_back({m_words.id(id)});
        twin.rows.push_back(
            {rank, pOf(f.listed[i]), pOf(f.listed[i]) - pOf(f.current), static_cast<double>(f.listed[i])});
        if (!f.hits.empty()) twin.rows.back().push_back(f.hits[i]);
        if (f.untrainedKnown) twin.rows.back().push_back(f.untrained[i] ? 1 : 0);
    }
    setTable(std::move(twin));
    setAccessibleName(
        tr("Sweep of %1: %2 raise the probability").arg(m_words.field, countedText(f.order.raising, "id")));
}

std::vector<ChartView::Ring> SweepChart::ringsOfTable() const {
    const ThemeColors& colors = Theme::instance().colors();
    std::vector<Ring> rings{{tr("as it is"), colors.accent, kMarkRadius}};
    if (m_figures->row.ids[m_figures->field.index] != 0)
        rings.push_back({tr("row 0: missing, rare"), colors.muted, kMarkRadius});
    if (m_figures->untrainedKnown) {
        const bool counted = m_figures->density != nullptr;
        rings.push_back({tr("trained"), counted ? dotShade(1) : Theme::instance().series(0), kNamedDotRadius, true});
        rings.push_back({tr("untrained"), counted ? dotShade(0) : colors.disabled, kNamedDotRadius, true});
    }
    return rings;
}

void SweepChart::showNumerical() {
    const Sweep& sweep = *m_figures->sweep;
    const auto& average = sweep.average;
    Line row{{tr("this row").toStdString(), {}, std::ssize(sweep.values), {}}, Theme::instance().series(0), false};
    Line mean{{{}, {}, std::ssize(sweep.values), {}}, Theme::instance().series(1), true};
    if (average) mean.series.name = tr("mean of %1").arg(countedText(average->rows, "row")).toStdString();
    double low = pOf(sweep.current), high = low, first = 0, last = 1;
    const auto take = [&](double p) {
        if (!std::isfinite(p)) return;
        low = std::min(low, p);
        high = std::max(high, p);
    };
    Table twin;
    twin.wordColumns = {tr("value")};
    twin.columns = {tr("as fed"), tr("probability"), tr("change"), tr("logit")};
    if (average) twin.columns << tr("mean of rows") << tr("lower quartile") << tr("upper quartile");
    for (std::size_t i = 0; i < sweep.values.size(); ++i) {
        const auto x = static_cast<double>(sweep.values[i]);
        const double p = pOf(sweep.logits[i]);
        row.series.points.push_back({x, p});
        take(p);
        twin.words.push_back({m_words.value(sweep.values[i])});
        twin.rows.push_back({x, p, p - pOf(sweep.current), static_cast<double>(sweep.logits[i])});
        if (!average) continue;
        mean.series.points.push_back({x, average->mean[i]});
        for (const double part : {average->mean[i], average->lowerQuartile[i], average->upperQuartile[i]}) {
            take(part);
            twin.rows.back().push_back(part);
        }
    }
    if (!sweep.values.empty()) {
        first = static_cast<double>(sweep.values.front());
        last = static_cast<double>(sweep.values.back());
    }
    const double margin = kMargin * std::max(high - low, 1e-6), side = kMargin * std::max(last - first, 1e-6);
    setRings({{tr("as it is"), Theme::instance().colors().accent, kMarkRadius}});
    setAxes(m_words.axis.isEmpty() ? tr("%1 as fed").arg(m_words.field)
                                   : tr("%1, spaced as fed: %2").arg(m_words.field, m_words.axis),
            first - side, last + side, tr("probability"), std::max(0.0, low - margin), std::min(1.0, high + margin));
    std::vector<NamedPlace> typed;
    for (const float fed : sweep.values) typed.push_back({static_cast<double>(fed), m_words.value(fed)});
    setXTicks(std::move(typed));
    std::vector<Line> lines{row};
    if (average) lines.push_back(mean);
    setLines(lines);
    setBackdrop([this](QPainter& painter, const Mapper& map) { paintBand(painter, map); });
    const QString rows = countedText(sweep.rowsLooked, "row"), values = countedText(sweep.distinct, "value");
    QString note = std::ssize(sweep.values) == sweep.distinct
                       ? tr("all %1 in %2").arg(values, rows)
                       : tr("%1 quantiles of %2 in %3").arg(formatCount(std::ssize(sweep.values)), values, rows);
    if (average)
        note +=
            tr("; band: quartiles of %1, chosen by seed %2")
                .arg(average->rows < average->allRows
                         ? tr("%1 of %2 so far").arg(formatCount(average->rows), countedText(average->allRows, "row"))
                         : countedText(average->rows, "row"))
                .arg(average->seed);
    setFootnote(note);
    setTable(std::move(twin));
    setAccessibleName(tr("Sweep of %1: probability from %2 to %3")
                          .arg(m_words.field, formatFixed(low, kPDigits), formatFixed(high, kPDigits)));
}

void SweepChart::paintPoints(QPainter& painter, const Mapper& map) const {
    if (!m_figures) return;
    const SweepFigures& f = *m_figures;
    if (f.density) {
        const PlotWindow& w = f.density->window;
        m_density.paint(painter, QRectF(QPointF(map.x(std::pow(10.0, w.lowX)), map.y(w.highY)),
                                        QPointF(map.x(std::pow(10.0, w.highX)), map.y(w.lowY))));
    } else {
        paintDots(painter, map, m_trained.x, m_trained.y, {}, 0, 1);
        const std::vector<float> grey(m_untrained.x.size(), std::numeric_limits<float>::quiet_NaN());
        paintDots(painter, map, m_untrained.x, m_untrained.y, grey, 0, 1);
    }
}

void SweepChart::paintBand(QPainter& painter, const Mapper& map) const {
    if (!m_figures || !m_figures->sweep->average) return;
    const Sweep& sweep = *m_figures->sweep;
    QPolygonF band;
    const auto add = [&](std::size_t i, double p) {
        if (std::isfinite(p)) band << QPointF(map.x(static_cast<double>(sweep.values[i])), map.y(p));
    };
    for (std::size_t i = 0; i < sweep.values.size(); ++i) add(i, sweep.average->upperQuartile[i]);
    for (std::size_t i = sweep.values.size(); i-- > 0;) add(i, sweep.average->lowerQuartile[i]);
    QColor colour = Theme::instance().series(1);
    colour.setAlphaF(static_cast<float>(kBandOpacity));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawPolygon(band);
}

void SweepChart::paintMarks(QPainter& painter, const Mapper& map) const {
    if (!m_figures) return;
    const SweepFigures& f = *m_figures;
    const ThemeColors& colors = Theme::instance().colors();
    const double p = pOf(f.current);
    if (!std::isfinite(p)) return;
    painter.setPen(QPen(colors.muted, 1, Qt::DashLine));
    painter.drawLine(QPointF(map.plot.left(), map.y(p)), QPointF(map.plot.right(), map.y(p)));
    if (!m_numerical && std::isfinite(f.ofMissing))
        paintRing(painter, {map.x(1), map.y(pOf(f.ofMissing))}, colors.muted);
    const double x = m_numerical ? static_cast<double>(f.row.numerical[f.field.index])
                                 : static_cast<double>(f.row.ids[f.field.index]) + 1;
    paintRing(painter, {map.x(x), map.y(p)}, colors.accent);
}

// The id whose point is nearest to the pointer; nothing: none is near enough, or not all are known yet.
std::optional<qint64> SweepChart::idAt(double x, double y) const {
    if (!m_figures || !m_figures->sweep || !(x > 0)) return std::nullopt;
    const QRectF seen = visibleValues(), plot = chart()->plotArea();
    if (plot.isEmpty() || !(seen.left() > 0)) return std::nullopt;
    const double pixelX = std::log(seen.right() / seen.left()) / plot.width(),
                 pixelY = (seen.bottom() - seen.top()) / plot.height(), factor = std::exp(kSweepReach * pixelX);
    const std::vector<float>& logits = m_figures->sweep->logits;
    const qint64 first = std::max<qint64>(0, static_cast<qint64>(std::ceil(x / factor)) - 1),
                 last = std::min(static_cast<qint64>(logits.size()), static_cast<qint64>(std::floor(x * factor))) - 1;
    // Millions of ids may lie within reach: only those whose logits can be near enough are looked at closely.
    const auto logitOf = [](double p) { return static_cast<float>(std::log(p / (1 - p))); };
    constexpr double kSamePlace = 0.5;  // pixels
    const double low = y - kSweepReach * pixelY, high = y + kSweepReach * pixelY;
    const float lowest = low > 0 ? logitOf(std::min(low, 1.0)) : -std::numeric_limits<float>::infinity(),
                highest = high < 1 ? logitOf(std::max(high, 0.0)) : std::numeric_limits<float>::infinity();
    std::optional<qint64> best;
    double nearest = kSweepReach;
    for (qint64 id = first; id <= last && nearest > kSamePlace; ++id) {
        const float logit = logits[static_cast<std::size_t>(id)];
        if (!(logit >= lowest && logit <= highest)) continue;
        const double distance =
            std::hypot(std::log((static_cast<double>(id) + 1) / x) / pixelX, (pOf(logit) - y) / pixelY);
        if (distance > nearest) continue;
        best = id;
        nearest = distance;
    }
    return best;
}

std::optional<std::size_t> SweepChart::valueAt(double x) const {
    if (!m_figures || !m_figures->sweep || m_figures->sweep->values.empty()) return std::nullopt;
    const std::vector<float>& values = m_figures->sweep->values;
    std::size_t nearest = 0;
    for (std::size_t i = 1; i < values.size(); ++i)
        if (std::abs(static_cast<double>(values[i]) - x) < std::abs(static_cast<double>(values[nearest]) - x))
            nearest = i;
    return nearest;
}

QString SweepChart::textAt(double x, double y) const {
    if (!m_figures) return {};
    const double now = pOf(m_figures->current);
    const auto told = [now](const QString& what, double p) {
        return tr("%1\nprobability %2, change %3").arg(what, formatFixed(p, kPDigits), formatFixed(p - now, kPDigits));
    };
    if (!m_numerical) {
        const auto id = idAt(x, y);
        if (!id) return {};
        QString text = told(m_words.id(*id), pOf(m_figures->sweep->logits[static_cast<std::size_t>(*id)]));
        return text + tr("\nclick to feed it");
    }
    const auto value = valueAt(x);
    if (!value) return {};
    const Sweep& sweep = *m_figures->sweep;
    QString text =
        told(tr("%1 = %2").arg(m_words.field, m_words.value(sweep.values[*value])), pOf(sweep.logits[*value]));
    if (sweep.average)
        text += tr("\nother rows %1, half of them from %2 to %3")
                    .arg(formatFixed(sweep.average->mean[*value], kPDigits),
                         formatFixed(sweep.average->lowerQuartile[*value], kPDigits),
                         formatFixed(sweep.average->upperQuartile[*value], kPDigits));
    return text + tr("\nclick to feed it");
}

}  // namespace dlrm::ui
