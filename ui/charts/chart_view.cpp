// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QFileInfo>
#include <QKeyEvent>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <QValueAxis>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart_decorations.h"
#include "ui/charts/chart_export.h"
#include "ui/charts/chart_menu.h"
#include "ui/charts/chart_overlay.h"
#include "ui/charts/chart_style.h"
#include "ui/charts/chart_table.h"
#include "ui/charts/point_reduction.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kXTickSpacing = 76, kYTickSpacing = 44;  // pixels
constexpr double kWheelStep = 0.8, kKeyPan = 0.1;
constexpr double kSmallestZoom = 1e-6;  // of the home range
constexpr int kCursorGrab = 6;          // pixels
constexpr double kCursorStep = 0.005, kCursorBigStep = 0.05;
constexpr int kMinWidth = 200, kMinHeight = 140;
constexpr int kButtonSize = 24;

struct Range {
    double low = 0, high = 1;
    double size() const { return high - low; }
    friend bool operator==(const Range&, const Range&) = default;
};

Range rangeOf(const QValueAxis& axis) { return {axis.min(), axis.max()}; }

// As wide as `range`, moved or cut to lie inside `home`.
Range inside(Range range, const Range& home) {
    if (range.size() >= home.size()) return home;
    if (range.low < home.low) return {home.low, home.low + range.size()};
    if (range.high > home.high) return {home.high - range.size(), home.high};
    return range;
}

}  // namespace

struct ChartView::State {
    ChartView* view;
    QString title;
    QValueAxis* x = nullptr;
    QValueAxis* y = nullptr;
    Range homeX, homeY;
    ChartOverlay* overlay = nullptr;
    QToolButton* menuButton = nullptr;
    std::vector<Line> lines;
    std::vector<QLineSeries*> series;
    std::function<void(QPainter&, const Mapper&)> paint;
    std::function<QString(double, double)> hoverText;
    QString footnote;
    Table table;       // as set
    Table derived;     // of the lines, when none is set
    double cursor = 0;
    bool cursorVisible = false, draggingCursor = false;
    bool panning = false;
    bool focusRing = false;
    QPoint panFrom;
    Range panX, panY;
    QPointF pointer;
    bool pointerInside = false;

    QRectF plot() const { return view->chart()->plotArea(); }
    double toX(double value) const { return plot().left() + (value - x->min()) / (x->max() - x->min()) * plot().width(); }
    double toY(double value) const { return plot().bottom() - (value - y->min()) / (y->max() - y->min()) * plot().height(); }
    double fromX(double position) const { return x->min() + (position - plot().left()) / plot().width() * (x->max() - x->min()); }
    double fromY(double position) const { return y->min() + (plot().bottom() - position) / plot().height() * (y->max() - y->min()); }

    void paintOverlay(QPainter& painter) const {
        const QRectF area = plot();
        painter.save();
        painter.setClipRect(area);
        if (paint) paint(painter, Mapper{[this](double v) { return toX(v); }, [this](double v) { return toY(v); }, area});
        if (cursorVisible) paintCursor(painter, toX(cursor), area);
        painter.restore();
        const QRectF all(QPointF(0, 0), view->chart()->size());
        std::vector<LegendEntry> legend;
        if (lines.size() > 1)
            for (const Line& line : lines)
                if (!line.series.name.empty()) legend.push_back({QString::fromStdString(line.series.name), line.color, line.dashed});
        if (legend.size() == 1) legend.clear();
        paintTitle(painter, view->chart()->title(), legend, all, menuButton->width() + space::s);
        if (!footnote.isEmpty()) paintFootnote(painter, footnote, all);
        if (pointerInside && !draggingCursor && hoverText) {
            const QString words = hoverText(fromX(pointer.x()), fromY(pointer.y()));
            if (!words.isEmpty()) paintReadOut(painter, words, pointer, area);
        }
        if (focusRing) paintFocusRing(painter, all);
    }

    void setRanges(const Range& newX, const Range& newY) {
        setRange(*x, newX.low, newX.high, plot().width(), kXTickSpacing);
        setRange(*y, newY.low, newY.high, plot().height(), kYTickSpacing);
        overlay->update();
    }

    void retick() {
        niceTicks(*x, plot().width(), kXTickSpacing);
        niceTicks(*y, plot().height(), kYTickSpacing);
    }

    // factor < 1 zooms in; (cx, cy) keeps its place.
    void zoom(double factor, double cx, double cy) {
        const auto zoomed = [factor](const Range& now, const Range& home, double centre) {
            const double size = std::max(now.size() * factor, home.size() * kSmallestZoom);
            const double share = (centre - now.low) / now.size();
            return inside({centre - share * size, centre + (1 - share) * size}, home);
        };
        setRanges(zoomed(rangeOf(*x), homeX, cx), zoomed(rangeOf(*y), homeY, cy));
    }

    void pan(const Range& fromRangeX, const Range& fromRangeY, double dx, double dy) {
        setRanges(inside({fromRangeX.low + dx, fromRangeX.high + dx}, homeX), inside({fromRangeY.low + dy, fromRangeY.high + dy}, homeY));
    }

    void moveCursor(double to) {
        cursor = std::clamp(to, homeX.low, homeX.high);
        overlay->update();
        Q_EMIT view->cursorMoved(cursor);
    }

    void restyle() {
        styleChart(*view->chart());
        const int bottom = space::xs + (footnote.isEmpty() ? 0 : footnoteHeight());
        view->chart()->setMargins(QMargins(space::s, space::s, space::m, bottom));
        overlay->update();
    }

    void deriveTable() {
        derived = {};
        if (lines.empty()) return;
        std::size_t longest = 0;
        for (const Line& line : lines) {
            const QString name = QString::fromStdString(line.series.name);
            derived.columns << (lines.size() > 1 ? name + QStringLiteral(": ") + x->titleText() : x->titleText())
                            << (lines.size() > 1 ? name + QStringLiteral(": ") + y->titleText() : y->titleText());
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
};

ChartView::ChartView(const QString& title, QWidget* parent) : QChartView(parent), m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.view = this;
    s.title = title;
    setFrameShape(QFrame::NoFrame);
    setMinimumSize(kMinWidth, kMinHeight);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(title);
    setAccessibleDescription(tr("Chart. Plus and minus zoom, 0 resets, the context menu shows the same data as a table."));
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setRenderHint(QPainter::Antialiasing);
    chart()->setTitle(title);
    chart()->setAnimationOptions(QChart::NoAnimation);

    s.x = new QValueAxis(chart());
    s.y = new QValueAxis(chart());
    chart()->addAxis(s.x, Qt::AlignBottom);
    chart()->addAxis(s.y, Qt::AlignLeft);
    auto* anchor = new QLineSeries(chart());  // axes need a series to be laid out
    chart()->addSeries(anchor);
    anchor->attachAxis(s.x);
    anchor->attachAxis(s.y);
    s.overlay = new ChartOverlay(chart(), [this](QPainter& painter) { m_state->paintOverlay(painter); });

    s.menuButton = new QToolButton(this);
    s.menuButton->setObjectName(QStringLiteral("chartMenu"));
    s.menuButton->setIcon(themeIcon(QStringLiteral("more")));
    s.menuButton->setFixedSize(kButtonSize, kButtonSize);
    s.menuButton->setToolTip(tr("Show as table, copy, export"));
    s.menuButton->setAccessibleName(tr("Table, copy and export of %1").arg(title));
    connect(s.menuButton, &QToolButton::clicked, this, [this] { showChartMenu(*this, m_state->title, m_state->menuButton->mapToGlobal(QPoint(0, kButtonSize))); });
    connect(chart(), &QChart::plotAreaChanged, this, [this] { m_state->retick(); });
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_state->restyle(); });
    s.restyle();
}

ChartView::~ChartView() { chart()->disconnect(this); }

void ChartView::setAxes(const QString& xTitle, double xMin, double xMax, const QString& yTitle, double yMin, double yMax) {
    State& s = *m_state;
    if (!(xMax > xMin)) xMax = xMin + 1;
    if (!(yMax > yMin)) yMax = yMin + 1;
    s.x->setTitleText(xTitle);
    s.y->setTitleText(yTitle);
    const bool zoomed = !(rangeOf(*s.x) == s.homeX && rangeOf(*s.y) == s.homeY);
    const Range x{xMin, xMax}, y{yMin, yMax};
    const bool sameHome = x == s.homeX && y == s.homeY;
    s.homeX = x;
    s.homeY = y;
    // Figures that grow while a job runs must not undo the reader's zoom.
    if (!(zoomed && sameHome)) s.setRanges(x, y);
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
        series->attachAxis(s.x);
        series->attachAxis(s.y);
        s.series.push_back(series);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        QPen pen(lines[i].color, lines[i].dashed ? 1.2 : 1.8);
        pen.setStyle(lines[i].dashed ? Qt::DashLine : Qt::SolidLine);
        pen.setJoinStyle(Qt::RoundJoin);
        s.series[i]->setPen(pen);
        s.series[i]->setName(QString::fromStdString(lines[i].series.name));
        s.series[i]->replace(reducedPoints(lines[i].series.points));
    }
    s.deriveTable();
    s.overlay->update();
}

void ChartView::setOverlay(std::function<void(QPainter&, const Mapper&)> paint) {
    m_state->paint = std::move(paint);
    m_state->overlay->update();
}

void ChartView::setCursor(double x, bool visible) {
    m_state->cursor = x;
    m_state->cursorVisible = visible;
    m_state->overlay->update();
}

void ChartView::setHover(std::function<QString(double, double)> text) { m_state->hoverText = std::move(text); }

void ChartView::setFootnote(const QString& text) {
    if (m_state->footnote == text) return;
    m_state->footnote = text;
    m_state->restyle();
}

void ChartView::setTable(Table table) { m_state->table = std::move(table); }
const ChartView::Table& ChartView::table() const { return m_state->table.columns.isEmpty() ? m_state->derived : m_state->table; }
void ChartView::showTable() { showChartTable(m_state->title, table(), window()); }

bool ChartView::exportTo(const QString& path) const {
    if (QFileInfo(path).suffix().compare(QLatin1String("csv"), Qt::CaseInsensitive) == 0) return exportCsv(table(), path);
    const bool pointer = m_state->pointerInside, ring = m_state->focusRing;
    m_state->pointerInside = m_state->focusRing = false;
    const bool written = exportPicture(*scene(), m_state->title, path);
    m_state->pointerInside = pointer;
    m_state->focusRing = ring;
    return written;
}

void ChartView::resetZoom() { m_state->setRanges(m_state->homeX, m_state->homeY); }

void ChartView::wheelEvent(QWheelEvent* event) {
    State& s = *m_state;
    const QPointF at = mapToScene(event->position().toPoint());
    if (!s.plot().contains(at) || event->angleDelta().y() == 0) {
        event->ignore();
        return;
    }
    constexpr double kNotch = 120;  // of angleDelta
    s.zoom(std::pow(kWheelStep, event->angleDelta().y() / kNotch), s.fromX(at.x()), s.fromY(at.y()));
    event->accept();
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    State& s = *m_state;
    const QPointF at = mapToScene(event->position().toPoint());
    if (event->button() == Qt::LeftButton && s.cursorVisible && s.plot().adjusted(-kCursorGrab, 0, kCursorGrab, 0).contains(at) &&
        std::abs(at.x() - s.toX(s.cursor)) <= kCursorGrab) {
        s.draggingCursor = true;
    } else if ((event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) && s.plot().contains(at)) {
        s.panning = true;
        s.panFrom = event->position().toPoint();
        s.panX = rangeOf(*s.x);
        s.panY = rangeOf(*s.y);
    }
    QWidget::setFocus(Qt::MouseFocusReason);
    event->accept();
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    State& s = *m_state;
    const QPointF at = mapToScene(event->position().toPoint());
    s.pointer = at;
    s.pointerInside = s.plot().contains(at);
    if (s.draggingCursor) {
        s.moveCursor(s.fromX(at.x()));
    } else if (s.panning) {
        const QPoint moved = event->position().toPoint() - s.panFrom;
        s.pan(s.panX, s.panY, -moved.x() / s.plot().width() * s.panX.size(), moved.y() / s.plot().height() * s.panY.size());
    } else {
        const bool overCursor = s.cursorVisible && s.pointerInside && std::abs(at.x() - s.toX(s.cursor)) <= kCursorGrab;
        viewport()->setCursor(overCursor ? Qt::SplitHCursor : Qt::ArrowCursor);
        if (s.hoverText) s.overlay->update();
    }
    event->accept();
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    m_state->draggingCursor = m_state->panning = false;
    m_state->overlay->update();
    event->accept();
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event) {
    resetZoom();
    event->accept();
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    State& s = *m_state;
    const Range x = rangeOf(*s.x), y = rangeOf(*s.y);
    const double middleX = (x.low + x.high) / 2, middleY = (y.low + y.high) / 2;
    const double step = (event->modifiers() & Qt::ShiftModifier ? kCursorBigStep : kCursorStep) * x.size();
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal: s.zoom(kWheelStep, middleX, middleY); break;
        case Qt::Key_Minus: s.zoom(1 / kWheelStep, middleX, middleY); break;
        case Qt::Key_0: resetZoom(); break;
        case Qt::Key_Left: s.cursorVisible ? s.moveCursor(s.cursor - step) : s.pan(x, y, -kKeyPan * x.size(), 0); break;
        case Qt::Key_Right: s.cursorVisible ? s.moveCursor(s.cursor + step) : s.pan(x, y, kKeyPan * x.size(), 0); break;
        case Qt::Key_Up: s.pan(x, y, 0, kKeyPan * y.size()); break;
        case Qt::Key_Down: s.pan(x, y, 0, -kKeyPan * y.size()); break;
        default: QWidget::keyPressEvent(event); return;
    }
    event->accept();
}

void ChartView::leaveEvent(QEvent* event) {
    m_state->pointerInside = false;
    m_state->overlay->update();
    QChartView::leaveEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent* event) { showChartMenu(*this, m_state->title, event->globalPos()); }

void ChartView::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    m_state->menuButton->move(width() - kButtonSize - space::xs, space::xs);
    m_state->retick();
}

void ChartView::focusInEvent(QFocusEvent* event) {
    m_state->focusRing = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    m_state->overlay->update();
    QChartView::focusInEvent(event);
}

void ChartView::focusOutEvent(QFocusEvent* event) {
    m_state->focusRing = false;
    m_state->overlay->update();
    QChartView::focusOutEvent(event);
}

}  // namespace dlrm::ui
