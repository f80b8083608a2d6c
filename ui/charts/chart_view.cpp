// SPDX-License-Identifier: GPL-3.0-or-later
// ChartView: what it shows. What the mouse and the keys do stands in chart_view_input.cpp.
#include "ui/charts/chart_view.h"

#include <QFileInfo>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/charts/chart_decorations.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_style.h"
#include "ui/charts/chart_table.h"
#include "ui/charts/chart_view_state.h"
#include "ui/charts/point_reduction.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/written_files.h"

namespace dlrm::ui {
namespace {

constexpr double kXTickSpacing = 76, kYTickSpacing = 44;  // pixels
constexpr double kSmallestZoom = 1e-6;                    // of the home range
constexpr double kEqual = 0.005;                          // units whose lengths differ by less are equal
constexpr int kMostFits = 3;
constexpr int kMinWidth = 200, kMinHeight = 140;
constexpr double kBelowSeries = 3.5, kAboveSeries = 1000;  // QtCharts draws grids at 2, axes at 3, series at 4

// As wide as `range`, moved or cut to lie inside `home`.
AxisRange inside(AxisRange range, const AxisRange& home) {
    if (range.size() >= home.size()) return home;
    if (range.low < home.low) return {home.low, home.low + range.size()};
    if (range.high > home.high) return {home.high - range.size(), home.high};
    return range;
}

}  // namespace

double toAxis(double value, ChartView::Scale scale) {
    if (scale == ChartView::Scale::Linear) return value;
    return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

double fromAxis(double unit, ChartView::Scale scale) {
    return scale == ChartView::Scale::Linear ? unit : std::pow(10.0, unit);
}

QPointF ChartView::State::valueAt(const QPointF& scene) const {
    return {fromAxis(fromX(scene.x()), scaleX), fromAxis(fromY(scene.y()), scaleY)};
}

ChartView::Mapper ChartView::State::mapper() const {
    return {[this](double v) { return toX(toAxis(v, scaleX)); }, [this](double v) { return toY(toAxis(v, scaleY)); },
            plot(), seenPlot()};
}

QRectF ChartView::State::shown() const {
    if (!scrolls() || !(overlay && overlay->isOnScreen())) return all();
    return view->mapToScene(view->viewport()->rect()).boundingRect() & all();
}

QRectF ChartView::State::seenPlot() const {
    const QRectF in = shown(), every = all(), area = plot();
    return area & in.adjusted(0, area.top() - every.top(), 0, area.bottom() - every.bottom());
}

void ChartView::State::fitContent() const {
    const QSizeF around = all().size() - plot().size();  // title, margins and footnote
    const QSize room = view->viewport()->size();
    const QSizeF wanted(room.width(), std::max<double>(room.height(), scrolls() ? plotHeight + around.height() : 0));
    if (!scrolls() || view->chart()->size() == wanted) return;
    view->chart()->resize(wanted);
    view->setSceneRect(view->chart()->geometry());
}

std::vector<LegendEntry> ChartView::State::legend() const {
    std::vector<LegendEntry> all;
    if (lines.size() > 1)
        for (const Line& line : lines)
            if (!line.series.name.empty())
                all.push_back({QString::fromStdString(line.series.name), line.color, line.dashed});
    if (all.size() == 1) all.clear();
    for (const Ring& ring : rings) all.push_back({ring.name, ring.color, false, ring.radius, ring.dot});
    return all;
}

void ChartView::State::paintBelow(QPainter& painter) const {
    if (!paintBackdrop) return;
    painter.setClipRect(plot());
    paintBackdrop(painter, mapper());
}

void ChartView::State::paintAbove(QPainter& painter) const {
    const QRectF area = plot();
    painter.save();
    painter.setClipRect(area);
    if (paint) paint(painter, mapper());
    if (hovers() && hoverMark) {
        const QPointF value = valueAt(pointer);
        const auto mark = hoverMark(value.x(), value.y());
        if (mark) paintMark(painter, QPointF(toX(toAxis(mark->x(), scaleX)), toY(toAxis(mark->y(), scaleY))));
    }
    if (cursorVisible) paintCursor(painter, toX(toAxis(cursor, scaleX)), area);
    if (drawingLasso) paintLasso(painter, lassoPath);
    painter.restore();
    const QRectF in = shown();
    if (scrolls()) {  // what is scrolled away is not seen beside them
        const QColor base = Theme::instance().colors().base;
        painter.fillRect(QRectF(in.topLeft(), QSizeF(in.width(), area.top())), base);
        const double below = all().bottom() - area.bottom();
        painter.fillRect(QRectF(in.left(), in.bottom() - below, in.width(), below), base);
    }
    paintTitle(painter, view->chart()->title(), legend(), legendBelow, in, besideTitle());
    if (!footnote.isEmpty()) paintFootnote(painter, footnote, in);
    if (hovers() && hoverText) {
        const QPointF value = valueAt(pointer);
        const QString words = hoverText(value.x(), value.y());
        if (!words.isEmpty()) paintReadOut(painter, words, pointer, seenPlot());
    }
    if (focusRing) paintFocusRing(painter, in);
}

void ChartView::State::makeAxes() {
    QChart* chart = view->chart();
    for (QCategoryAxis** axis : {&x, &y}) {
        if (*axis) chart->removeAxis(*axis);
        delete *axis;
        *axis = new QCategoryAxis(chart);  // the only axis whose labels may say anything
        (*axis)->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    }
    chart->addAxis(x, Qt::AlignBottom);
    chart->addAxis(y, Qt::AlignLeft);
    attach(anchor);
    for (QLineSeries* line : series) attach(line);
}

void ChartView::State::attach(QLineSeries* line) const {
    line->attachAxis(x);
    line->attachAxis(y);
}

void ChartView::State::setRanges(const AxisRange& newX, const AxisRange& newY) {
    const bool moved = !(newX == rangeX() && newY == rangeY());
    x->setRange(newX.low, newX.high);
    y->setRange(newY.low, newY.high);
    retick();
    backdrop->update();
    overlay->update();
    if (moved) Q_EMIT view->viewChanged();
}

void ChartView::State::retick() {
    if (xTicks.empty()) niceTicks(*x, scaleX == Scale::Log, plot().width(), kXTickSpacing);
    else namedTicks(*x, xTicks, plot().width());
    niceTicks(*y, scaleY == Scale::Log, plot().height(), kYTickSpacing);
}

void ChartView::State::findHome() {
    homeX = wantedX;
    homeY = wantedY;
    const QSizeF pixels = plot().size();
    if (!equalUnits || pixels.isEmpty()) return;
    const double unit = std::max(wantedX.size() / pixels.width(), wantedY.size() / pixels.height());
    const auto widened = [unit](const AxisRange& r, double length) {
        const double more = std::max(0.0, (unit * length - r.size()) / 2);
        return AxisRange{r.low - more, r.high + more};
    };
    homeX = widened(wantedX, pixels.width());
    homeY = widened(wantedY, pixels.height());
}

// The plot has another shape.
void ChartView::State::fitUnits() {
    const QSizeF pixels = plot().size();
    if (!equalUnits || pixels.isEmpty() || fits >= kMostFits) return;
    const double aspect = rangeX().size() / pixels.width() / (rangeY().size() / pixels.height());
    if (std::abs(aspect - 1) < kEqual) return;
    ++fits;
    const bool zoomed = !(rangeX() == homeX && rangeY() == homeY);
    findHome();
    if (!zoomed) return setRanges(homeX, homeY);
    const AxisRange wide = rangeX(), high = rangeY();
    const double half = wide.size() / pixels.width() * pixels.height() / 2, middle = (high.low + high.high) / 2;
    setRanges(inside(wide, homeX), inside({middle - half, middle + half}, homeY));
}

void ChartView::State::zoom(double factor, double cx, double cy) {
    const auto zoomed = [factor](const AxisRange& now, const AxisRange& home, double centre) {
        const double size = std::max(now.size() * factor, home.size() * kSmallestZoom);
        const double share = (centre - now.low) / now.size();
        return inside({centre - share * size, centre + (1 - share) * size}, home);
    };
    setRanges(zoomed(rangeX(), homeX, cx), zoomed(rangeY(), homeY, fixedBase ? homeY.low : cy));
}

void ChartView::State::pan(const AxisRange& fromRangeX, const AxisRange& fromRangeY, double dx, double dy) {
    setRanges(inside({fromRangeX.low + dx, fromRangeX.high + dx}, homeX),
              fixedBase ? fromRangeY : inside({fromRangeY.low + dy, fromRangeY.high + dy}, homeY));
}

void ChartView::State::moveCursor(double to) {
    cursor = std::clamp(to, fromAxis(homeX.low, scaleX), fromAxis(homeX.high, scaleX));
    overlay->update();
    Q_EMIT view->cursorMoved(cursor);
}

void ChartView::State::restyle() {
    styleChart(*view->chart());
    fitMargins();
    backdrop->update();
    overlay->update();
}

void ChartView::State::fitMargins() {
    const int width = view->viewport()->width();  // beside a scroll bar
    const int bottom = space::xs + (footnote.isEmpty() ? 0 : footnoteHeight(footnote, width));
    const int below = legendHeight(legend(), view->chart()->title(), width, besideTitle());
    const QMargins margins(space::s, space::s + below, space::m, bottom);
    legendBelow = below > 0;
    if (view->chart()->margins() != margins) view->chart()->setMargins(margins);
}

void ChartView::State::deriveTable() {
    derived = {};
    if (lines.empty()) return;
    std::size_t longest = 0;
    for (const Line& line : lines) {
        const QString name = QString::fromStdString(line.series.name);
        const QString of = lines.size() > 1 ? name + QStringLiteral(": ") : QString();
        derived.columns << of + x->titleText() << of + y->titleText();
        longest = std::max(longest, line.series.points.size());
    }
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < longest; ++i) {
        std::vector<double> row;
        for (const Line& line : lines) {
            const bool has = i < line.series.points.size();
            row.push_back(has ? line.series.points[i].x : kNone);
            row.push_back(has ? line.series.points[i].y : kNone);
        }
        derived.rows.push_back(std::move(row));
    }
}

ChartView::ChartView(const QString& title, QWidget* parent) : QChartView(parent), m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.view = this;
    s.title = title;
    setFrameShape(QFrame::NoFrame);
    setMinimumSize(kMinWidth, kMinHeight);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    setAccessibleDescription(
        tr("Chart. Plus and minus zoom, 0 resets, the context menu shows the same data as a table."));
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setAcceptDrops(false);  // what is dropped on a chart is the window's
    viewport()->setAcceptDrops(false);
    setRenderHint(QPainter::Antialiasing);
    chart()->setTitle(title);
    chart()->setAnimationOptions(QChart::NoAnimation);

    s.anchor = new QLineSeries(chart());
    chart()->addSeries(s.anchor);
    s.makeAxes();
    s.backdrop = new ChartOverlay(
        chart(), [this](QPainter& painter) { m_state->paintBelow(painter); }, kBelowSeries);
    s.overlay = new ChartOverlay(
        chart(), [this](QPainter& painter) { m_state->paintAbove(painter); }, kAboveSeries);

    s.menuButton = new QToolButton(this);
    s.menuButton->setObjectName(QStringLiteral("chartMenu"));
    s.menuButton->setIcon(themeIcon(QStringLiteral("more")));
    s.menuButton->setFixedSize(kMenuButtonSize, kMenuButtonSize);
    s.menuButton->setToolTip(tr("Show as table, copy, export"));
    s.menuButton->setAccessibleName(tr("Table, copy and export of %1").arg(title));
    connect(s.menuButton, &QToolButton::clicked, this, [this] {
        showChartMenu(*this, m_state->title, m_state->menuButton->mapToGlobal(QPoint(0, kMenuButtonSize)));
    });
    connect(chart(), &QChart::plotAreaChanged, this, [this] {
        m_state->retick();
        m_state->fitUnits();
        m_state->fitContent();
        Q_EMIT viewChanged();
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_state->restyle(); });
    s.restyle();
}

ChartView::~ChartView() { chart()->disconnect(this); }

void ChartView::setAxes(const QString& xTitle, double xMin, double xMax, const QString& yTitle, double yMin,
                        double yMax) {
    State& s = *m_state;
    const auto range = [](double low, double high, Scale scale) {
        AxisRange r{toAxis(low, scale), toAxis(high, scale)};
        if (!std::isfinite(r.low)) r.low = 0;
        if (!(r.high > r.low)) r.high = r.low + 1;
        return r;
    };
    s.x->setTitleText(xTitle);
    s.y->setTitleText(yTitle);
    const bool zoomed = s.ranged && !(s.rangeX() == s.homeX && s.rangeY() == s.homeY);
    s.ranged = true;
    const AxisRange x = range(xMin, xMax, s.scaleX), y = range(yMin, yMax, s.scaleY);
    const bool sameHome = x == s.wantedX && y == s.wantedY;
    s.wantedX = x;
    s.wantedY = y;
    s.fits = 0;
    s.findHome();
    // Figures that grow while a job runs must not undo the reader's zoom.
    if (!(zoomed && sameHome)) s.setRanges(s.homeX, s.homeY);
    s.deriveTable();
}

void ChartView::setLines(const std::vector<Line>& lines) {
    State& s = *m_state;
    s.lines = lines;
    while (s.series.size() > lines.size()) {
        chart()->removeSeries(s.series.back());
        delete s.series.back();
        s.series.pop_back();
    }
    while (s.series.size() < lines.size()) {
        auto* series = new QLineSeries(chart());
        chart()->addSeries(series);
        s.attach(series);
        s.series.push_back(series);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        s.series[i]->setPen(linePen(lines[i].color, lines[i].dashed ? 1.2 : 1.8, lines[i].dashed));
        s.series[i]->setName(QString::fromStdString(lines[i].series.name));
        std::vector<Point> points = lines[i].series.points;
        for (Point& p : points) p = {toAxis(p.x, s.scaleX), toAxis(p.y, s.scaleY)};
        s.series[i]->replace(reducedPoints(points));
    }
    s.deriveTable();
    s.fitMargins();
    s.overlay->update();
}

void ChartView::setOverlay(std::function<void(QPainter&, const Mapper&)> paint) {
    m_state->paint = std::move(paint);
    m_state->overlay->update();
}

void ChartView::setRings(std::vector<Ring> rings) {
    m_state->rings = std::move(rings);
    m_state->fitMargins();
    m_state->overlay->update();
}

const std::vector<ChartView::Ring>& ChartView::rings() const { return m_state->rings; }

void ChartView::setBackdrop(std::function<void(QPainter&, const Mapper&)> paint) {
    m_state->paintBackdrop = std::move(paint);
    m_state->backdrop->update();
}

void ChartView::setScales(Scale x, Scale y) {
    State& s = *m_state;
    if (x == s.scaleX && y == s.scaleY) return;
    s.scaleX = x;
    s.scaleY = y;
    s.makeAxes();
    s.homeX = s.homeY = s.wantedX = s.wantedY = {};
    s.ranged = false;
    s.restyle();
}

void ChartView::setFixedBase(bool on) { m_state->fixedBase = on; }

void ChartView::setXTicks(std::vector<NamedPlace> places) {
    m_state->xTicks = std::move(places);
    m_state->retick();
}

void ChartView::setPlotHeight(int pixels) {
    State& s = *m_state;
    const bool scrolled = s.scrolls();
    s.plotHeight = pixels;
    setVerticalScrollBarPolicy(pixels > 0 ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    setViewportUpdateMode(pixels > 0 ? FullViewportUpdate : MinimalViewportUpdate);  // what stays in sight moves
    if (scrolled && pixels == 0) {
        chart()->resize(size());
        setSceneRect(chart()->geometry());
    }
    s.fitContent();
}

void ChartView::setEqualUnits(bool on) {
    State& s = *m_state;
    s.equalUnits = on;
    s.fits = 0;
    s.findHome();
    s.setRanges(s.homeX, s.homeY);
}

QRectF ChartView::visibleValues() const {
    const State& s = *m_state;
    const QPointF low(fromAxis(s.x->min(), s.scaleX), fromAxis(s.y->min(), s.scaleY)),
        high(fromAxis(s.x->max(), s.scaleX), fromAxis(s.y->max(), s.scaleY));
    return {low, high};
}

void ChartView::setLasso(bool on) {
    m_state->lasso = on;
    m_state->drawingLasso = false;
    m_state->lassoPath.clear();
    viewport()->setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
    m_state->overlay->update();
}

void ChartView::setCursor(double x, bool visible) {
    m_state->cursor = x;
    m_state->cursorVisible = visible;
    m_state->overlay->update();
}

void ChartView::setHover(std::function<QString(double, double)> text) { m_state->hoverText = std::move(text); }

void ChartView::setHoverMark(std::function<std::optional<QPointF>(double, double)> mark) {
    m_state->hoverMark = std::move(mark);
}
void ChartView::setSource(const QString& text) { m_state->source = text; }

void ChartView::setNoExport(const QString& why) { m_state->noExport = why; }
const QString& ChartView::whyNoExport() const { return m_state->noExport; }

void ChartView::setFootnote(const QString& text) {
    if (m_state->footnote == text) return;
    m_state->footnote = text;
    m_state->restyle();
}

void ChartView::setTable(Table table) { m_state->table = std::move(table); }

void ChartView::clear() {
    setLines({});
    setBackdrop({});
    setOverlay({});
    setRings({});
    setHover({});
    setHoverMark({});
    setFootnote({});
    setTable({});
    setAccessibleName(m_state->title);
}

const ChartView::Table& ChartView::table() const {
    return m_state->table.columns.isEmpty() ? m_state->derived : m_state->table;
}

QString ChartView::fullTitle() const {
    QStringList title{m_state->title, m_state->source.isEmpty() ? window()->windowTitle() : m_state->source,
                      m_state->footnote};
    title.removeAll(QString());
    return title.join(QStringLiteral(" · "));
}

// It stays while other things are opened: its title says what its figures are of.
void ChartView::showTable() { showChartTable(fullTitle(), table(), window()); }

QString ChartView::exportTo(const QString& path) const {
    if (QFileInfo(path).suffix().compare(QLatin1String("csv"), Qt::CaseInsensitive) == 0) {
        if (const QString why = exportCsv(table(), path); !why.isEmpty()) return why;
        if (auto* files = window()->findChild<WrittenFiles*>()) Q_EMIT files->tableWritten(path, fullTitle());
        return {};
    }
    const bool pointer = m_state->pointerInside, ring = m_state->focusRing;
    m_state->pointerInside = m_state->focusRing = false;
    const QString why = exportPicture(*scene(), m_state->title, path, m_state->source);
    m_state->pointerInside = pointer;
    m_state->focusRing = ring;
    return why;
}

void ChartView::resetZoom() { m_state->setRanges(m_state->homeX, m_state->homeY); }

}  // namespace dlrm::ui
