// SPDX-License-Identifier: GPL-3.0-or-later
// A square heatmap of a matrix inside QtCharts: one item of the chart paints the cells, names and colour bar, so export
// and zoom come for free.
#include "ui/charts/heatmap_view.h"

#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_overlay.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_painter.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kAboveAxes = 100;
constexpr int kCellClickSlop = 4;  // pixels a press may move and still be a click, not a pan

}  // namespace

struct HeatmapView::State : public QObject {
    HeatmapView* view = nullptr;
    ChartView* chart = nullptr;
    ChartOverlay* item = nullptr;  // owned by the chart
    HeatmapPicture picture;
    QLabel* readout = nullptr;
    Scale scale = Scale::Diverging;
    std::function<QString(int, int, float)> text;
    QPoint pressedAt;
    bool pressed = false;
    bool held = false;
    HeatmapCell hovered;

    QString describe(HeatmapCell cell) const {
        const float value = picture.value(cell);
        if (text) return text(cell.row, cell.column, value);
        const QString number = std::isfinite(value) ? formatNumber(value) : HeatmapView::tr("no value");
        return QStringLiteral("%1 × %2: %3").arg(picture.labels[cell.row], picture.labels[cell.column], number);
    }

    void showReadout() {
        const HeatmapCell cell =
            hovered.isValid() ? hovered : (picture.current.isValid() ? picture.current : picture.selected);
        readout->setText(cell.isValid() && picture.size() > 0 ? describe(cell) : QStringLiteral(" "));
    }

    // Cells shown by the chart's axes: x = column, y = size - row, so that row 0 is at the top.
    HeatmapWindow window() const {
        const QRectF shown = chart->visibleValues();
        return {shown.left(), picture.size() - shown.bottom(), shown.width(), shown.height()};
    }

    HeatmapCell cellAt(const QPoint& position) const {
        const QChart* inner = chart->chart();
        return heatmapCellAt(inner->mapFromScene(chart->mapToScene(position)), window(), inner->plotArea(),
                             picture.size());
    }

    void select(HeatmapCell cell) {
        picture.selected = cell;
        item->update();
        showReadout();
        Q_EMIT view->cellClicked(cell.row, cell.column);
    }

    double titleHeight() const {
        const QChart* inner = chart->chart();
        return inner->title().isEmpty() ? space::s : space::s + QFontMetrics(inner->titleFont()).height() + space::s;
    }

    // Of the whole view when the cells fill its width; the same for all values, so that nothing jumps from one matrix
    // to the next.
    int fullHeight(int width) const {
        HeatmapPicture usual;
        usual.labels = picture.labels;
        usual.range = {-0.999, 0.999, true};
        const HeatmapMargins margins = heatmapMargins(usual, Theme::instance().font(font_size::caption));
        const int side = width - margins.left - margins.right - 2 * space::xs;
        return static_cast<int>(titleHeight()) + side + margins.bottom + space::xs + view->layout()->spacing() +
               readout->sizeHint().height();
    }

    // Keeps the cells square and leaves room for names and colour bar.
    void layout() {
        QChart* inner = chart->chart();
        const QFont font = Theme::instance().font(font_size::caption);
        const HeatmapMargins margins = heatmapMargins(picture, font);
        const double top = titleHeight();
        const double width = inner->size().width() - margins.left - margins.right - 2 * space::xs;
        const double height = inner->size().height() - top - margins.bottom - space::xs;
        const double side = std::floor(std::max(16.0, std::min(width, height)));
        const double left = margins.left + space::xs + std::floor(std::max(0.0, (width - side) / 2));
        inner->setPlotArea(QRectF(left, top, side, side));
        item->update();
    }

    void recolor() {
        if (picture.size() > 0) picture.image = heatmapImage(picture.values, picture.size(), picture.range);
        // A chart with a fixed plot area does not lay out its own background.
        chart->scene()->setBackgroundBrush(Theme::instance().colors().base);
        readout->setFont(Theme::instance().font(font_size::body));
        layout();
    }

    void moveCurrent(int rows, int columns) {
        const int n = picture.size();
        if (n == 0) return;
        if (!picture.current.isValid())
            picture.current = picture.selected.isValid() ? picture.selected : HeatmapCell{0, 0};
        else
            picture.current = {std::clamp(picture.current.row + rows, 0, n - 1),
                               std::clamp(picture.current.column + columns, 0, n - 1)};
        hovered = {};
        item->update();
        showReadout();
    }

    bool key(int code) {
        const int n = picture.size();
        const struct {
            int key, rows, columns;
        } moves[] = {{Qt::Key_Left, 0, -1}, {Qt::Key_Right, 0, 1},  {Qt::Key_Up, -1, 0},
                     {Qt::Key_Down, 1, 0},  {Qt::Key_Home, -n, -n}, {Qt::Key_End, n, n}};
        for (const auto& move : moves)
            if (code == move.key) {
                moveCurrent(move.rows, move.columns);
                return true;
            }
        const bool picks = code == Qt::Key_Return || code == Qt::Key_Enter || code == Qt::Key_Space;
        if (picks && picture.current.isValid()) select(picture.current);
        return picks;
    }

    void hover(const QPoint& position) {
        const HeatmapCell cell = cellAt(position);
        if (cell == hovered) return;
        hovered = cell;
        showReadout();
    }

    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == chart && event->type() == QEvent::KeyPress) return key(static_cast<QKeyEvent*>(event)->key());
        if (watched == chart && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
            picture.focused = event->type() == QEvent::FocusIn;
            item->update();
            return false;
        }
        if (watched != chart->viewport()) return false;
        if (event->type() == QEvent::MouseMove) {
            hover(static_cast<QMouseEvent*>(event)->position().toPoint());
        } else if (event->type() == QEvent::Leave) {
            hovered = {};
            showReadout();
        } else if (event->type() == QEvent::MouseButtonPress) {
            pressedAt = static_cast<QMouseEvent*>(event)->position().toPoint();
            pressed = static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton;
        } else if (event->type() == QEvent::MouseButtonRelease && pressed) {
            pressed = false;
            const QPoint position = static_cast<QMouseEvent*>(event)->position().toPoint();
            const HeatmapCell cell = cellAt(position);
            if ((position - pressedAt).manhattanLength() <= kCellClickSlop && cell.isValid()) {
                picture.current = cell;
                select(cell);
            }
        }
        return false;
    }
};

HeatmapView::HeatmapView(const QString& title, QWidget* parent) : QWidget(parent), m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.view = this;
    s.chart = new ChartView(title, this);
    s.chart->viewport()->setMouseTracking(true);
    s.chart->viewport()->installEventFilter(&s);
    s.chart->installEventFilter(&s);
    s.chart->setFocusPolicy(Qt::StrongFocus);
    s.chart->setAccessibleName(title);
    s.item = new ChartOverlay(
        s.chart->chart(),
        [&s](QPainter& painter) {
            paintHeatmap(painter, s.picture, s.window(), s.chart->chart()->plotArea(),
                         Theme::instance().font(font_size::caption));
        },
        kAboveAxes);
    s.readout = new QLabel(QStringLiteral(" "), this);
    s.readout->setObjectName(QStringLiteral("heatmapReadout"));
    s.readout->setAlignment(Qt::AlignHCenter);
    s.readout->setTextFormat(Qt::PlainText);
    s.readout->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::xs);
    column->addWidget(s.chart, 1);
    column->addWidget(s.readout);

    connect(s.chart->chart(), &QGraphicsWidget::geometryChanged, &s, [this] { m_state->layout(); });
    connect(&Theme::instance(), &Theme::changed, &s, [this] { m_state->recolor(); });
    clear();
}

HeatmapView::~HeatmapView() = default;

void HeatmapView::setMatrix(std::vector<float> values, const QStringList& labels, Scale scale) {
    State& s = *m_state;
    const auto n = static_cast<std::size_t>(labels.size());
    Q_ASSERT(values.size() == n * n);
    HeatmapPicture& picture = s.picture;
    const bool sameShape = picture.labels == labels;
    s.scale = scale;
    if (!s.held || !sameShape || picture.range.diverging != (scale == Scale::Diverging))
        picture.range = heatmapRange(values, scale == Scale::Diverging);
    picture.values = std::move(values);
    picture.labels = labels;
    if (!sameShape && n > 0) {
        picture.current = picture.selected = s.hovered = {};
        setMaximumHeight(std::max(minimumHeight(), s.fullHeight(width())));
        s.chart->setAxes(QString(), 0, static_cast<double>(n), QString(), 0, static_cast<double>(n));
    }
    for (QAbstractAxis* axis : s.chart->chart()->axes()) axis->setVisible(false);
    ChartView::Table table;
    table.wordColumns = {tr("vector")};
    table.columns = labels;
    for (std::size_t row = 0; row < n; ++row) {
        table.words.push_back({labels.value(static_cast<int>(row))});
        std::vector<double> line(picture.values.begin() + static_cast<std::ptrdiff_t>(row * n),
                                 picture.values.begin() + static_cast<std::ptrdiff_t>((row + 1) * n));
        table.rows.push_back(std::move(line));
    }
    s.chart->setTable(std::move(table));
    s.recolor();
    s.showReadout();
}

void HeatmapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    setMaximumHeight(std::max(minimumHeight(), m_state->fullHeight(width())));
}

void HeatmapView::clear() { setMatrix({}, {}, m_state->scale); }

void HeatmapView::holdScale(bool hold) {
    State& s = *m_state;
    s.held = hold;
    if (hold) return;
    s.picture.range = heatmapRange(s.picture.values, s.scale == Scale::Diverging);
    s.recolor();
}

void HeatmapView::mark(int row, int column) {
    HeatmapPicture& picture = m_state->picture;
    const bool inside = row >= 0 && column >= 0 && row < picture.size() && column < picture.size();
    picture.selected = inside ? HeatmapCell{row, column} : HeatmapCell{};
    m_state->hovered = {};
    picture.current = {};
    m_state->item->update();
    m_state->showReadout();
}

void HeatmapView::setHoverText(std::function<QString(int, int, float)> text) {
    m_state->text = std::move(text);
    m_state->showReadout();
}

ChartView* HeatmapView::chart() const { return m_state->chart; }

}  // namespace dlrm::ui
