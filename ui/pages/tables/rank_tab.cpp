// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/rank_tab.h"

#include <QPainter>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart_view.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kRankRestMs = 60;
constexpr double kBandWidth = 3;           // standard deviations
constexpr double kSinkLine = 5;            // of text from the top: below the colour bar
constexpr double kLowBand = 0.1;           // of the axis, below which it is logarithmic
constexpr double kLeap = 1.5;              // factor between the norms of two steps of ranks
constexpr double kRowReach = 4;            // pixels from a row at which the pointer still means it
constexpr double kRowRing = 6;             // radius of the selected row's mark
constexpr std::int64_t kFewestRows = 100;  // of a table, below which nothing is said about where training ends
constexpr std::int64_t kFewestIds = 5;     // of a step of ranks, below which quantiles would only join the rows

}  // namespace

TableRankTab::TableRankTab(Session& s, QWidget* parent) : TableTab(s, parent) {
    m_chart = new ChartView(tr("Norm against id"));
    m_chart->setScales(ChartView::Scale::Log, ChartView::Scale::Linear);
    setContent(m_chart);
    m_rest = onceAfter(this, kRankRestMs, [this] { askForDensity(); });
    connect(m_chart, &ChartView::viewChanged, m_rest, qOverload<>(&QTimer::start));
    connect(m_chart, &ChartView::clicked, this, [this](double x, double y) {
        if (const auto row = rowAt(x, y)) Q_EMIT rowRequested(*row);
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (m_pictures) show(m_pictures);  // lines have colours of the theme
        nameRing();
    });
    connect(&s.tables(), &TableAnalysis::picturesReady, this, [this](const TablePicturesPtr& pictures) {
        if (pictures->table == table()) show(pictures);
    });
    connect(&s.tables(), &TableAnalysis::densityReady, this, [this](const DensityGridPtr& grid, quint64 token) {
        if (token != m_token) return;
        m_shown = token;
        m_density.setGrid(grid);
        m_chart->setBackdrop([this](QPainter& painter, const ChartView::Mapper& m) { paint(painter, m); });
    });
}

bool TableRankTab::isSettled() const {
    return !isVisible() || !statistics() || (m_pictures && m_shown != 0 && m_shown == m_token && !m_rest->isActive());
}

void TableRankTab::forget() {
    m_pictures.reset();
    m_density.setGrid(nullptr);
    m_token = m_shown = 0;
    m_current = -1;
    m_chart->clear();  // what it showed was another table's
}

void TableRankTab::refresh() {
    if (!needStatistics(tr("The norm of every row against its frequency rank"))) return;
    if (!m_pictures) analysis().requestPictures(table());
    showContent();
}

void TableRankTab::show(const TablePicturesPtr& pictures) {
    m_pictures = pictures;
    const RankNormMap& map = pictures->rankNorm;
    const double bandTop = map.bandMean + kBandWidth * map.bandSd;
    const double high =
        std::max({static_cast<double>(map.normHigh), std::isfinite(bandTop) ? bandTop : 0.0, 1e-6}) * 1.04;
    // On a linear axis a band far below the largest norm is a line at zero.
    m_logNorms = map.bandSd > 0 && map.bandMean > 0 && bandTop < kLowBand * high;
    m_chart->setScales(ChartView::Scale::Log, m_logNorms ? ChartView::Scale::Log : ChartView::Scale::Linear);
    double low = m_logNorms ? std::max(map.bandMean - kBandWidth * map.bandSd, map.bandMean / 4) / 2 : 0;
    for (const auto& q : map.quantiles)
        if (m_logNorms && q.p05 > 0) low = std::min(low, static_cast<double>(q.p05) / 2);
    m_chart->setAxes(tr("id + 1, the frequency rank (log)"), 0.9, std::max(10.0, static_cast<double>(map.rows) * 1.1),
                     m_logNorms ? tr("L2 norm of the row (log)") : tr("L2 norm of the row"), low,
                     m_logNorms ? high * 1.5 : high);
    std::vector<ChartView::Line> lines;
    using Quantiles = RankNormMap::Quantiles;
    bool broken = false;
    const auto isInitial = [bandTop](double norm) { return norm <= kLeap * bandTop; };  // the largest of them too
    // From trained rows to untrained ones it leaps over norms that no row has: there the line ends and begins anew.
    const auto leaps = [&](double from, double to) {
        return isInitial(from) != isInitial(to) && std::max(from, to) > kLeap * std::min(from, to);
    };
    const auto line = [&](const char* name, float Quantiles::*value, int colour, bool dashed) {
        ChartView::Line l;
        l.series.name = name;
        l.color = Theme::instance().series(colour);
        l.dashed = dashed;
        const auto end = [&] {
            if (!l.series.name.empty() || l.series.points.size() > 1) lines.push_back(l);
            l.series = {};  // the name stands in the legend once
        };
        for (const Quantiles& q : map.quantiles) {
            if (q.lastId - q.firstId + 1 < kFewestIds) continue;
            const auto norm = static_cast<double>(q.*value);
            if (!l.series.points.empty() && leaps(l.series.points.back().y, norm)) {
                end();
                broken = true;
            }
            l.series.points.push_back(
                {std::sqrt((static_cast<double>(q.firstId) + 1) * (static_cast<double>(q.lastId) + 1)), norm});
        }
        end();
    };
    // None is of the density's blues, greys and yellows.
    line("p95", &Quantiles::p95, 6, true);
    line("median", &Quantiles::p50, 5, false);
    line("p5", &Quantiles::p05, 2, true);
    m_chart->setLines(lines);
    const bool telling = map.rows >= kFewestRows;
    m_chart->setOverlay([this, pictures, telling](QPainter& painter, const ChartView::Mapper& m) {
        const Theme& theme = Theme::instance();
        const RankNormMap& r = pictures->rankNorm;
        painter.setFont(theme.font(font_size::caption));
        const QFontMetricsF metrics(painter.font());
        const double lineHeight = metrics.height();
        std::vector<QRectF> labels;
        const auto covered = [&](const QRectF& box) {
            const bool taken =
                std::any_of(labels.begin(), labels.end(), [&box](const QRectF& l) { return l.intersects(box); });
            return taken ? std::numeric_limits<std::int64_t>::max() : m_density.rowsBelow(box, placeOfDensity(m));
        };
        // places: of its upper left corner. It stands where it covers the fewest rows.
        const auto label = [&](const QString& text, const std::vector<QPointF>& places) {
            const QSizeF size(metrics.horizontalAdvance(text), lineHeight);
            std::vector<QRectF> boxes;
            for (const QPointF& place : places) {
                QRectF box(place, size);
                if (box.right() > m.plot.right() - 2) box.moveRight(m.plot.right() - 2);
                if (boxes.empty() || m.plot.contains(box)) boxes.push_back(box);
            }
            QColor back = theme.colors().base;
            back.setAlphaF(0.8F);
            const QRectF box = leastCovering(boxes, covered);
            painter.fillRect(box.adjusted(-2, 0, 2, 0), back);
            painter.setPen(theme.colors().text);
            painter.drawText(QPointF(box.left(), box.top() + metrics.ascent()), text);
            labels.push_back(box);
        };
        if (std::isfinite(r.row0Norm)) {
            const QPointF at(m.x(1), m.y(static_cast<double>(r.row0Norm)));
            painter.setPen(QPen(theme.colors().muted, 1.6));
            painter.setBrush(theme.colors().base);
            painter.drawEllipse(at, 4, 4);
            painter.setBrush(Qt::NoBrush);
            std::vector<QPointF> places;
            for (const double down : {0.0, -1.5, 1.5, -2.5, 2.5})
                places.push_back(at + QPointF(8, (down - 0.5) * lineHeight));
            label(tr("row 0: missing, rare or unknown"), places);
        }
        if (r.sinkRank && telling) {
            const double x = m.x(static_cast<double>(*r.sinkRank) + 1);
            painter.setPen(QPen(theme.colors().accent, 1.4, Qt::DashLine));
            painter.drawLine(QPointF(x, m.plot.top()), QPointF(x, m.plot.bottom()));
            const QString text =
                tr("from id %1 on the median norm is that of untrained rows").arg(formatCount(*r.sinkRank));
            const double left = x - 4 - metrics.horizontalAdvance(text);
            std::vector<QPointF> places;
            for (double y = m.plot.top() + kSinkLine * lineHeight; y < m.plot.bottom() - lineHeight || places.empty();
                 y += lineHeight) {
                places.emplace_back(x + 4, y);
                if (left > m.plot.left()) places.emplace_back(left, y);
            }
            label(text, places);
        }
        if (r.bandMean > 0) {
            const double lowest = r.bandMean - kBandWidth * r.bandSd, highest = r.bandMean + kBandWidth * r.bandSd;
            label(tr("initializer: %1 … %2, its mean ±3 standard deviations")
                      .arg(formatNumber(lowest, 3), formatNumber(highest, 3)),
                  {QPointF(m.plot.left() + 4, m.y(highest) - lineHeight), QPointF(m.plot.left() + 4, m.y(lowest) + 2)});
        }
        if (const auto place = placeOf(m_current)) {
            painter.setPen(QPen(theme.colors().accent, 2));
            painter.drawEllipse(QPointF(m.x(place->x()), m.y(place->y())), kRowRing, kRowRing);
        }
        if (const DensityGridPtr& grid = m_density.grid(); grid && grid->highest > 1)
            paintColourBar(
                painter, m.plot,
                {tr("rows per spot (log)"), QStringLiteral("1"), formatShort(static_cast<double>(grid->highest))},
                covered);
    });
    m_chart->setHover([this](double x, double y) { return hoverText(x, y); });
    m_chart->setHoverMark([this](double x, double y) { return markAt(x, y); });
    QString foot =
        tr("All %1 as a density (log colours); quantiles in %2 steps of rank, drawn where a step has 5 rows or more")
            .arg(countedText(map.rows - map.notFinite, "row"))
            .arg(map.quantiles.size());
    if (broken) foot += tr(", broken where they leap between trained and untrained rows");
    if (map.notFinite > 0)
        foot += tr("; %1 not finite and left out").arg(countedText(map.notFinite, "row", "is", "are"));
    if (!map.sinkRank && telling) foot += tr("; at the highest ids the median norm is not that of untrained rows");
    m_chart->setFootnote(foot);
    ChartView::Table twin;
    twin.columns = {tr("first id"), tr("last id"), tr("p5"), tr("median"), tr("p95")};
    for (const auto& q : map.quantiles)
        twin.rows.push_back({static_cast<double>(q.firstId), static_cast<double>(q.lastId), static_cast<double>(q.p05),
                             static_cast<double>(q.p50), static_cast<double>(q.p95)});
    m_chart->setTable(std::move(twin));
    m_chart->setAccessibleName(
        map.sinkRank && telling
            ? tr("Norm against frequency rank; from id %1 on the median norm is that of untrained rows")
                  .arg(formatCount(*map.sinkRank))
            : tr("Norm against frequency rank"));
    nameRing();
    m_rest->start();  // the plot is laid out by then
}

std::uint32_t TableRankTab::countAt(double x, double y) const {
    const DensityGridPtr& grid = m_density.grid();
    if (!grid || !(x > 0) || (m_logNorms && !(y > 0))) return 0;
    const PlotWindow& w = grid->window;
    const double column = (std::log10(x) - w.lowX) / (w.highX - w.lowX) * grid->columns,
                 row = ((m_logNorms ? std::log10(y) : y) - w.lowY) / (w.highY - w.lowY) * grid->rows;
    if (!(column >= 0 && column < grid->columns && row >= 0 && row < grid->rows)) return 0;
    return grid->counts[static_cast<std::size_t>(row) * static_cast<std::size_t>(grid->columns) +
                        static_cast<std::size_t>(column)];
}

std::optional<qint64> TableRankTab::rowAt(double x, double y) const {
    const TableStatisticsPtr known = statistics();
    const QRectF seen = m_chart->visibleValues(), plot = m_chart->chart()->plotArea();
    if (!known || !m_pictures || !(x > 0) || (m_logNorms && !(y > 0)) || plot.isEmpty()) return std::nullopt;
    const auto alongY = [this](double norm) { return m_logNorms ? std::log(norm) : norm; };
    const double pixelX = std::log(seen.right() / seen.left()) / plot.width(),
                 pixelY = (alongY(seen.bottom()) - alongY(seen.top())) / plot.height();
    const double factor = std::exp(kRowReach * pixelX),
                 lowest = m_logNorms ? y * std::exp(-kRowReach * pixelY) : y - kRowReach * pixelY,
                 highest = m_logNorms ? y * std::exp(kRowReach * pixelY) : y + kRowReach * pixelY;
    const auto& norms = known->scan.norms;
    const qint64 first = std::max<qint64>(0, static_cast<qint64>(std::ceil(x / factor)) - 1),
                 last = std::min(static_cast<qint64>(norms.size()), static_cast<qint64>(std::floor(x * factor))) - 1;
    std::optional<qint64> best;
    double bestDistance = kRowReach;
    for (qint64 id = first; id <= last; ++id) {
        const auto norm = static_cast<double>(norms[static_cast<std::size_t>(id)]);
        if (!(norm >= lowest && norm <= highest)) continue;
        const double distance =
            std::hypot(std::log((static_cast<double>(id) + 1) / x) / pixelX, (alongY(norm) - alongY(y)) / pixelY);
        if (distance > bestDistance) continue;
        best = id;
        bestDistance = distance;
    }
    return best;
}

std::optional<QPointF> TableRankTab::markAt(double x, double y) const {
    const auto row = rowAt(x, y);
    return row ? placeOf(*row) : std::nullopt;
}

std::optional<QPointF> TableRankTab::placeOf(qint64 row) const {
    const TableStatisticsPtr known = statistics();
    if (!known || row < 0 || row >= static_cast<qint64>(known->scan.norms.size())) return std::nullopt;
    const auto norm = static_cast<double>(known->scan.norms[static_cast<std::size_t>(row)]);
    if (!std::isfinite(norm) || (m_logNorms && !(norm > 0))) return std::nullopt;
    return QPointF(static_cast<double>(row) + 1, norm);
}

void TableRankTab::setCurrentRow(qint64 id) {
    m_current = id;
    nameRing();
}

void TableRankTab::nameRing() {
    std::vector<ChartView::Ring> rings;
    if (m_pictures && placeOf(m_current))
        rings.push_back({tr("selected row"), Theme::instance().colors().accent, kRowRing});
    m_chart->setRings(std::move(rings));
}

QString TableRankTab::hoverText(double x, double y) const {
    const TableStatisticsPtr known = statistics();
    const auto id = static_cast<qint64>(std::llround(x)) - 1;
    if (!known || id < 0 || id >= static_cast<qint64>(known->scan.norms.size())) return {};
    QString text = tr("around id %1, norm %2").arg(formatCount(id), formatNumber(y));
    if (const std::uint32_t count = countAt(x, y); count > 0)
        text += tr(": rows in this spot: %1").arg(formatCount(count));
    const auto row = rowAt(x, y);
    if (!row) return text;
    return text + tr("\nrow %1: %2%3, click to select it")
                      .arg(formatCount(*row),
                           formatNumber(static_cast<double>(known->scan.norms[static_cast<std::size_t>(*row)])),
                           known->untrained.contains(*row) ? tr(", untrained") : QString());
}

void TableRankTab::askForDensity() {
    if (!m_pictures || !statistics()) return;
    const QRectF seen = m_chart->visibleValues();
    const QSize plot = m_chart->chart()->plotArea().size().toSize();
    if (plot.isEmpty()) return;  // asked again as soon as the plot has its place
    m_token = TableRowSource::newToken();
    // Two pixels a cell: single rows stay visible, and neighbouring columns of a small table do not fall apart.
    const double low = m_logNorms ? std::log10(seen.top()) : seen.top(),
                 high = m_logNorms ? std::log10(seen.bottom()) : seen.bottom();
    analysis().requestRankDensity(table(), m_logNorms, {std::log10(seen.left()), std::log10(seen.right()), low, high},
                                  std::clamp(plot.width() / 2, 8, 2048), std::clamp(plot.height() / 2, 8, 2048),
                                  m_token);
}

void TableRankTab::paint(QPainter& painter, const ChartView::Mapper& m) const {
    if (!m_pictures) return;
    const RankNormMap& map = m_pictures->rankNorm;
    if (map.bandSd > 0) {
        QColor band = Theme::instance().colors().muted;
        band.setAlphaF(0.16F);
        painter.fillRect(QRectF(QPointF(m.plot.left(), m.y(map.bandMean + kBandWidth * map.bandSd)),
                                QPointF(m.plot.right(), m.y(map.bandMean - kBandWidth * map.bandSd))),
                         band);
    }
    m_density.paint(painter, placeOfDensity(m));
}

QRectF TableRankTab::placeOfDensity(const ChartView::Mapper& m) const {
    const DensityGridPtr& grid = m_density.grid();
    if (!grid) return {};
    const PlotWindow& w = grid->window;
    const auto norm = [this](double y) { return m_logNorms ? std::pow(10.0, y) : y; };
    return {QPointF(m.x(std::pow(10.0, w.lowX)), m.y(norm(w.highY))),
            QPointF(m.x(std::pow(10.0, w.highX)), m.y(norm(w.lowY)))};
}

}  // namespace dlrm::ui
