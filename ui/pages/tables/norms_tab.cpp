// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/norms_tab.h"

#include <QCheckBox>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_decorations.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/parts.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kCrowdedBin = 0.9;  // share of all rows in one bin, above which counts are shown as logarithms
constexpr double kLowestLog = 0.7;
constexpr double kHeadroom = 1.15;  // above the highest bar, for the percentiles' names

// The counts of both kinds of rows, each from the axis, one over the other: a pale area below a line.
void paintCounts(QPainter& painter, const ChartView::Mapper& m, const NormHistogram& bins) {
    constexpr float kPale = 0.4F;
    constexpr double kLine = 1.4, kBelow = 3;  // pixels; a line at no row is not seen
    const auto paint = [&](const std::vector<std::int64_t>& counts, QColor colour) {
        const double base = m.plot.bottom() + kBelow;
        QPolygonF outline{QPointF(m.x(bins.low), base)};
        for (std::size_t b = 0; b < counts.size(); ++b) {
            const double left = m.x(bins.edge(b)), right = m.x(bins.edge(b + 1));
            const double top =
                counts[b] > 0 ? std::min(m.y(static_cast<double>(counts[b])), m.plot.bottom() - 1) : base;
            outline << QPointF(left, top) << QPointF(right, top);
        }
        outline << QPointF(m.x(bins.high), base);
        painter.setPen(QPen(colour, kLine));
        colour.setAlphaF(kPale);
        painter.setBrush(colour);
        painter.drawPolygon(outline);
        painter.setBrush(Qt::NoBrush);
    };
    paint(bins.untrained, Theme::instance().colors().disabled);
    paint(bins.trained, Theme::instance().series(0));
}

struct Mark {
    QString name;
    double at;
};

// Two names with their colours at the upper right. The room they take.
QRectF paintKeys(QPainter& painter, const ChartView::Mapper& m, const std::vector<std::pair<QString, QColor>>& keys) {
    const Theme& theme = Theme::instance();
    painter.setFont(theme.font(font_size::caption));
    const QFontMetricsF metrics(painter.font());
    double y = m.plot.top(), widest = 0;
    for (const auto& [name, colour] : keys) {
        const double width = metrics.horizontalAdvance(name);
        painter.fillRect(QRectF(m.plot.right() - width - 2 * space::s - 8, y + 3, 8, 8), colour);
        painter.setPen(theme.colors().muted);
        painter.drawText(QPointF(m.plot.right() - width - space::s, y + metrics.ascent()), name);
        y += metrics.height();
        widest = std::max(widest, width + 2 * space::s + 8);
    }
    return {m.plot.right() - widest, m.plot.top(), widest, y - m.plot.top()};
}

// Marks that share a name, since their own ones would touch.
struct NamedMarks {
    QString name;
    std::vector<double> at;  // pixels along x
    double left = 0, right = 0;
};

// marks: ascending.
std::vector<NamedMarks> inOneLine(const std::vector<Mark>& marks, const ChartView::Mapper& m,
                                  const QFontMetricsF& metrics) {
    std::vector<NamedMarks> out;
    const auto place = [&](NamedMarks& one) {
        const double middle = (one.at.front() + one.at.back()) / 2, width = metrics.horizontalAdvance(one.name);
        one.left = std::clamp(middle - width / 2, m.plot.left(), std::max(m.plot.left(), m.plot.right() - width));
        one.right = one.left + width;
    };
    for (const Mark& mark : marks) {
        const double x = m.x(mark.at);
        if (x < m.plot.left() || x > m.plot.right()) continue;
        place(out.emplace_back(NamedMarks{mark.name, {x}}));
        while (out.size() > 1 && out[out.size() - 2].right + space::s > out.back().left) {
            const NamedMarks last = std::move(out.back());
            out.pop_back();
            out.back().name += QStringLiteral(", ") + last.name;
            out.back().at.insert(out.back().at.end(), last.at.begin(), last.at.end());
            place(out.back());
        }
    }
    return out;
}

// A line for each, and its name above it, in the head room: marks whose names would touch share one.
void paintMarks(QPainter& painter, const ChartView::Mapper& m, const std::vector<Mark>& marks, const QRectF& taken) {
    const Theme& theme = Theme::instance();
    painter.setFont(theme.font(font_size::caption));
    const QFontMetricsF metrics(painter.font());
    const std::vector<NamedMarks> named = inOneLine(marks, m, metrics);
    std::vector<QRectF> wanted;
    for (const NamedMarks& one : named)
        wanted.emplace_back(one.left, m.plot.top(), one.right - one.left, metrics.height());
    const std::vector<QRectF> boxes = placeLabels(wanted, m.plot, {taken});
    QColor back = theme.colors().base;
    back.setAlphaF(0.8F);
    painter.setPen(QPen(theme.colors().muted, 1, Qt::DashLine));
    for (std::size_t i = 0; i < named.size(); ++i)
        for (const double x : named[i].at)
            painter.drawLine(QPointF(x, boxes[i].bottom() + 2), QPointF(x, m.plot.bottom()));
    for (std::size_t i = 0; i < named.size(); ++i) {
        painter.fillRect(boxes[i].adjusted(-2, 0, 2, 0), back);
        painter.setPen(theme.colors().text);
        painter.drawText(QPointF(boxes[i].left(), boxes[i].top() + metrics.ascent()), named[i].name);
    }
}

}  // namespace

TableNormsTab::TableNormsTab(Session& s, QWidget* parent) : TableTab(s, parent) {
    auto* content = new QWidget;
    QVBoxLayout* column = columnIn(content, 1);
    auto* tools = new QWidget(content);
    auto* line = new FlowLayout(tools);
    line->setContentsMargins(space::m, space::s, space::m, space::s);
    m_log = new QCheckBox(tr("&Log counts"), tools);
    m_log->setToolTip(tr(
        "Rows per bin on a logarithmic axis, so that a few trained rows are seen beside millions of untrained ones"));
    line->addWidget(m_log);
    column->addWidget(tools);
    connect(m_log, &QCheckBox::clicked, this, [this] {
        m_chosen = true;
        if (m_pictures) showNorms(m_pictures);
    });
    m_norms = new ChartView(tr("Norms of the rows"));
    m_values = new ChartView(tr("Values"));
    m_values->setScales(ChartView::Scale::Linear, ChartView::Scale::Log);
    for (ChartView* bars : {m_norms, m_values}) bars->setFixedBase(true);
    column->addWidget(m_norms, 3);
    column->addWidget(m_values, 2);
    setContent(content);
    connect(&s.tables(), &TableAnalysis::picturesReady, this, [this](const TablePicturesPtr& pictures) {
        if (pictures->table == table()) showNorms(pictures);
    });
}

bool TableNormsTab::isSettled() const { return !isVisible() || !statistics() || m_pictures; }
void TableNormsTab::forget() {
    m_pictures.reset();
    m_chosen = false;
    m_norms->clear();  // what it showed was another table's
}

bool TableNormsTab::logCounts() const { return m_log->isChecked(); }

void TableNormsTab::refresh() {
    if (!needStatistics(tr("The norms of all rows, with their percentiles, and the values they hold"))) return;
    if (!m_pictures) analysis().requestPictures(table());
    showValues();
    showContent();
}

void TableNormsTab::showNorms(const TablePicturesPtr& pictures) {
    m_pictures = pictures;
    const TableStatisticsPtr known = statistics();
    if (!known) return;
    const NormHistogram& h = pictures->norms;
    if (!m_chosen)
        m_log->setChecked(h.logarithmic ||
                          static_cast<double>(h.highest) > kCrowdedBin * static_cast<double>(h.counted));
    const bool log = m_log->isChecked();
    const NormSummary& n = known->norms;
    m_norms->setScales(h.logarithmic ? ChartView::Scale::Log : ChartView::Scale::Linear,
                       log ? ChartView::Scale::Log : ChartView::Scale::Linear);
    const auto highest = static_cast<double>(std::max<std::int64_t>(1, h.highest));
    m_norms->setAxes(h.logarithmic ? tr("L2 norm of a row (log)") : tr("L2 norm of a row"), h.low, h.high,
                     log ? tr("rows per bin (log)") : tr("rows per bin"), log ? kLowestLog : 0,
                     log ? std::pow(highest, kHeadroom) * 2 : highest * kHeadroom);
    std::vector<Mark> marks{{QStringLiteral("p1"), static_cast<double>(n.p01)},
                            {QStringLiteral("p5"), static_cast<double>(n.p05)},
                            {tr("median"), static_cast<double>(n.p50)},
                            {QStringLiteral("p95"), static_cast<double>(n.p95)},
                            {QStringLiteral("p99"), static_cast<double>(n.p99)}};
    const NormSummary& t = known->trainedNorms;
    const bool apart = known->untrained.count > 0 && t.rows > 0;
    if (apart) {
        marks.push_back({tr("median of trained"), static_cast<double>(t.p50)});
        std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.at < b.at; });
    }
    m_norms->setBackdrop(
        [pictures](QPainter& painter, const ChartView::Mapper& m) { paintCounts(painter, m, pictures->norms); });
    const bool told = known->untrained.known();  // else the bars stand for all rows
    m_norms->setOverlay([marks, told](QPainter& painter, const ChartView::Mapper& m) {
        QRectF keys;
        if (told)
            keys = paintKeys(
                painter, m,
                {{tr("trained"), Theme::instance().series(0)}, {tr("untrained"), Theme::instance().colors().disabled}});
        paintMarks(painter, m, marks, keys);
    });
    m_norms->setHover([pictures, known](double x, double) {
        const NormHistogram& bins = pictures->norms;
        if (!(x >= bins.low && x <= bins.high)) return QString();
        std::size_t b = 0;
        while (b + 1 < bins.trained.size() && x >= bins.edge(b + 1)) ++b;
        const double low = bins.edge(b);
        const std::int64_t trained = bins.trained[b], untrained = bins.untrained[b];
        return tr("norm %1 … %2\n%3\n%4 of all rows are shorter")
            .arg(formatNumber(low), formatNumber(bins.edge(b + 1)),
                 known->untrained.known()
                     ? tr("%1 trained, %2").arg(formatCount(trained), countedText(untrained, "untrained row"))
                     : countedText(trained, "row"),
                 formatPercent(known->normPercentile(static_cast<float>(low))));
    });
    // Beside the marks, whose names may stand far below one another.
    QString foot =
        tr("All %1 in %2 of one %7, from %3 to %4; mean %5, standard deviation %6")
            .arg(countedText(h.counted, "row"), countedText(h.trained.size(), "bin"))
            .arg(formatNumber(static_cast<double>(n.min)), formatNumber(static_cast<double>(n.max)))
            .arg(formatNumber(n.mean), formatNumber(n.standardDeviation), h.logarithmic ? tr("ratio") : tr("width"));
    foot += tr("; p1 %1, p5 %2, median %3, p95 %4, p99 %5")
                .arg(formatNumber(static_cast<double>(n.p01)), formatNumber(static_cast<double>(n.p05)),
                     formatNumber(static_cast<double>(n.p50)), formatNumber(static_cast<double>(n.p95)),
                     formatNumber(static_cast<double>(n.p99)));
    if (apart)
        foot +=
            tr(". Of the %1: mean %2, p1 %3, median %4, p99 %5")
                .arg(countedText(t.rows, "trained row"), formatNumber(t.mean), formatNumber(static_cast<double>(t.p01)),
                     formatNumber(static_cast<double>(t.p50)), formatNumber(static_cast<double>(t.p99)));
    if (h.notFinite > 0) foot += tr("; %1 not finite and left out").arg(countedText(h.notFinite, "row", "is", "are"));
    m_norms->setFootnote(foot);
    ChartView::Table twin;
    twin.columns = {tr("norm from"), tr("norm to"), tr("trained rows"), tr("untrained rows")};
    for (std::size_t b = 0; b < h.trained.size(); ++b)
        twin.rows.push_back(
            {h.edge(b), h.edge(b + 1), static_cast<double>(h.trained[b]), static_cast<double>(h.untrained[b])});
    m_norms->setTable(std::move(twin));
    m_norms->setAccessibleName(tr("Histogram of the norms of %1, median %2")
                                   .arg(countedText(h.counted, "row"), formatNumber(static_cast<double>(n.p50))));
}

void TableNormsTab::showValues() {
    const TableStatisticsPtr known = statistics();
    const TableScan& scan = known->scan;
    const auto bins = static_cast<double>(scan.histogram.size()), lowest = static_cast<double>(scan.request.low);
    const double width = (static_cast<double>(scan.request.high) - lowest) / std::max(1.0, bins);
    const auto edge = [lowest, width](auto bin) { return lowest + static_cast<double>(bin) * width; };
    // The part of the histogram that holds something.
    const auto used = [](std::int64_t n) { return n > 0; };
    const auto first = std::find_if(scan.histogram.begin(), scan.histogram.end(), used) - scan.histogram.begin();
    const auto last =
        std::find_if(scan.histogram.rbegin(), scan.histogram.rend(), used).base() - scan.histogram.begin();
    const std::int64_t highest =
        scan.histogram.empty() ? 1 : *std::max_element(scan.histogram.begin(), scan.histogram.end());
    m_values->setAxes(tr("value"), edge(std::min(first, last)), edge(last), tr("values (log)"), kLowestLog,
                      std::max(10.0, static_cast<double>(highest) * 1.5));
    m_values->setBackdrop([known, edge](QPainter& painter, const ChartView::Mapper& m) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        const TableScan& s = known->scan;
        for (std::size_t b = 0; b < s.histogram.size(); ++b) {
            if (s.histogram[b] == 0) continue;
            const double left = m.x(edge(b)), right = m.x(edge(b + 1));
            painter.fillRect(QRectF(QPointF(left, m.y(static_cast<double>(s.histogram[b]))),
                                    QPointF(std::max(left + 1, right), m.plot.bottom())),
                             Theme::instance().series(1));
        }
    });
    m_values->setHover([known, lowest, width, edge](double x, double) {
        const TableScan& s = known->scan;
        const auto b = static_cast<std::ptrdiff_t>(std::floor((x - lowest) / width));
        if (b < 0 || b >= static_cast<std::ptrdiff_t>(s.histogram.size())) return QString();
        return tr("%1 … %2: %3")
            .arg(formatNumber(edge(b)), formatNumber(edge(b) + width),
                 countedText(s.histogram[static_cast<std::size_t>(b)], "value"));
    });
    QString foot =
        tr("All %1 finite values; mean %2, standard deviation %3, from %4 to %5")
            .arg(formatCount(scan.finite), formatNumber(known->mean, 3), formatNumber(known->standardDeviation),
                 formatNumber(static_cast<double>(scan.min)), formatNumber(static_cast<double>(scan.max)));
    if (scan.below + scan.above > 0) foot += tr("; %1 beyond the axis").arg(formatCount(scan.below + scan.above));
    foot += scan.nan + scan.inf > 0 ? tr("; %1 NaN, %2 infinite").arg(formatCount(scan.nan), formatCount(scan.inf))
                                    : tr("; none is NaN or infinite");
    if (scan.subnormal > 0) foot += tr("; %1 subnormal").arg(formatCount(scan.subnormal));
    m_values->setFootnote(foot);
    ChartView::Table twin;
    twin.columns = {tr("value from"), tr("value to"), tr("values")};
    for (std::size_t b = 0; b < scan.histogram.size(); ++b)
        twin.rows.push_back({edge(b), edge(b + 1), static_cast<double>(scan.histogram[b])});
    m_values->setTable(std::move(twin));
}

}  // namespace dlrm::ui
