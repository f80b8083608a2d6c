// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/map_tab.h"

#include <QComboBox>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/charts/chart_decorations.h"
#include "ui/charts/chart_view.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/parts.h"
#include "ui/pages/tables/map_words.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kMapRestMs = 60;
constexpr double kCurrentRing = 6, kPinRing = 8, kNeighborRing = 4;  // radii of the marks
constexpr double kReach = 8;                                // pixels around the pointer in which a point is named
constexpr std::int64_t kCheapMap = std::int64_t{64} << 20;  // bytes of a table whose map is drawn unasked
constexpr std::int64_t kSmallSample = 20'000, kLargeSample = 100'000;
enum RowChoice { kSampledRows, kLargeRows, kTrainedRows, kAllRows, kFirstRows };

QComboBox* choices(QWidget* parent, const QString& name, const QList<std::pair<QString, int>>& items) {
    auto* box = new QComboBox(parent);
    for (const auto& [text, data] : items) box->addItem(text, data);
    box->setAccessibleName(name);
    box->setToolTip(name);
    return box;
}

}  // namespace

TableMapTab::TableMapTab(Session& s, QWidget* parent) : TableTab(s, parent) {
    auto* content = new QWidget;
    QVBoxLayout* column = columnIn(content, 0);
    column->addWidget(buildTools());
    m_chart = new ChartView(tr("Map of the rows"));
    m_chart->setEqualUnits(true);
    column->addWidget(m_chart, 1);
    setContent(content);

    m_rest = onceAfter(this, kMapRestMs, [this] { askForDensity(); });
    connect(m_chart, &ChartView::viewChanged, m_rest, qOverload<>(&QTimer::start));
    m_chart->setHover([this](double x, double y) { return hoverText(x, y); });
    connect(m_chart, &ChartView::clicked, this, [this](double x, double y) {
        if (const auto point = pointAt(x, y)) Q_EMIT rowRequested(value(m_points->map->rowOf(*point)));
    });
    connect(m_chart, &ChartView::lassoDrawn, this, [this](const QPolygonF& loop) {
        m_drawnLoop = loop;
        m_loopToken = TableRowSource::newToken();
        analysis().requestInside(m_points, loop, m_loopToken);
    });

    connect(&Theme::instance(), &Theme::changed, this, &TableMapTab::nameRings);
    TableAnalysis& tables = s.tables();
    connect(&tables, &TableAnalysis::mapReady, this, [this](const MapPointsPtr& points, quint64 token) {
        keep(points);
        if (token == m_mapToken && value(points->map->table) == table()) showMap(points);
    });
    connect(&tables, &TableAnalysis::coloursReady, this, [this](const MapColoursPtr& colours, quint64 token) {
        if (token != m_colourToken) return;
        m_colours = colours;
        askForDensity();
        describe();
        m_chart->viewport()->update();
    });
    connect(&tables, &TableAnalysis::densityReady, this, [this](const DensityGridPtr& grid, quint64 token) {
        if (token != m_densityToken) return;
        m_densityShown = token;
        m_density.setGrid(grid, m_colours ? m_colours->low : 0, m_colours ? m_colours->high : 1);
        m_chart->viewport()->update();
        m_chart->setBackdrop([this](QPainter& painter, const ChartView::Mapper& m) { paint(painter, m); });
    });
    connect(&tables, &TableAnalysis::insideReady, this, [this](const IdsPtr& ids, quint64 token) {
        if (token != m_loopToken) return;
        m_lasso->setChecked(false);
        if (ids->empty()) return Q_EMIT noticed(tr("No row lies inside this lasso."));
        m_loop = m_drawnLoop;
        m_chart->viewport()->update();
        Q_EMIT rowsSelected(ids, loopWords());
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind != JobKind::TableMap || table() < 0 || m_asked.table != table()) return;
        m_failed = true;
        showFailure(error, [this] { run(); });
    });
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::TableMap) refreshSoon();
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind == JobKind::TableMap) m_interim.reset();
        if (kind == JobKind::TableMap && !m_failed) refreshSoon();
        if (kind == JobKind::MapColours) showColourInForce();
    });
}

QWidget* TableMapTab::buildTools() {
    auto* bar = new QWidget;
    auto* tools = new FlowLayout(bar);
    tools->setContentsMargins(space::m, space::s, space::m, space::s);
    m_method = choices(bar, tr("Method"), {{tr("PCA"), 0}, {tr("PCA, 3 components"), 1}, {tr("UMAP"), 2}});
    m_rows = choices(bar, tr("Rows that become points"), {});
    m_rows->setObjectName(QStringLiteral("mapRows"));
    m_metric = choices(bar, tr("Distance between rows"), {{tr("cosine"), 0}, {tr("Euclidean"), 1}});
    m_axes = choices(bar, tr("Axes"), {{tr("PC 1 × 2"), 0}, {tr("PC 1 × 3"), 1}, {tr("PC 2 × 3"), 2}});
    m_axes->setToolTip(tr("The two of three components that are drawn; of a map drawn with PCA, 3 components"));
    m_colour = choices(bar, tr("Colour"),
                       {{tr("one colour"), static_cast<int>(MapColour::Density)},
                        {tr("by rank"), static_cast<int>(MapColour::Rank)},
                        {tr("by norm"), static_cast<int>(MapColour::Norm)},
                        {tr("trained or not"), static_cast<int>(MapColour::Trained)},
                        {tr("by click rate"), static_cast<int>(MapColour::ClickRate)}});
    // One place for what only one method has, so that no other choice moves.
    m_options = new QStackedWidget(bar);
    m_options->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Maximum);
    m_options->addWidget(m_axes);
    m_options->addWidget(m_metric);
    m_rows->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_draw = new QPushButton(tr("Cancel"), bar);
    m_draw->setMinimumWidth(m_draw->sizeHint().width());
    m_draw->setText(tr("&Draw"));
    m_lasso = toggleButton(bar, tr("&Lasso"),
                           tr("Draw a lasso around points: the rows beside the map are then those inside it"));
    for (QWidget* w : std::initializer_list<QWidget*>{m_method, m_rows, m_options, m_draw, m_colour, m_lasso})
        tools->addWidget(w);
    const auto adapt = [this] {
        const bool umap = m_method->currentData() == 2;
        m_options->setCurrentWidget(umap ? m_metric : m_axes);
        m_axes->setEnabled(m_points && m_points->map->components > 2);
        if (umap && m_rows->currentData() == kAllRows) m_rows->setCurrentIndex(0);
        refreshSoon();  // where no map is shown, what would be drawn stands
    };
    connect(m_method, &QComboBox::currentIndexChanged, this, adapt);
    connect(m_rows, &QComboBox::currentIndexChanged, this, adapt);
    connect(m_draw, &QPushButton::clicked, this, [this] {
        if (session().isRunning(JobKind::TableMap)) session().cancel(JobKind::TableMap);
        else run();
    });
    connect(m_axes, &QComboBox::currentIndexChanged, this, &TableMapTab::turn);
    connect(m_colour, &QComboBox::currentIndexChanged, this, &TableMapTab::colourMap);
    connect(m_colour, &QComboBox::activated, this, [this] { m_colourChosen = true; });
    connect(m_lasso, &QPushButton::toggled, this, [this](bool on) { m_chart->setLasso(on); });
    adapt();
    return bar;
}

QString TableMapTab::nameOf(int table) const {
    const ModelInfoPtr model = session().model();
    const auto index = static_cast<std::size_t>(table);
    return model && index < model->spec.tables.size() ? QString::fromStdString(model->spec.tables[index].name)
                                                      : QString();
}

void TableMapTab::offerRows() {
    const std::int64_t rows = spec().rows;
    const QString few = formatCount(kSmallSample), many = formatCount(kLargeSample),
                  all = tr("all %1").arg(countedText(rows, "row"));
    QString trained = rows > kSmallSample ? tr("up to %1 trained rows").arg(few) : tr("the trained rows");
    if (const TableStatisticsPtr known = statistics(); known && known->untrained.known()) {
        const std::int64_t count = rows - known->untrained.count;
        trained = count > kSmallSample ? tr("%1 of the %2 trained rows").arg(few, formatCount(count))
                                       : tr("the %1").arg(countedText(count, "trained row"));
    }
    QList<std::pair<QString, int>> items;
    if (rows > kSmallSample)
        items << std::pair(tr("the %1 rows of lowest id").arg(few), kFirstRows)
              << std::pair(tr("%1 rows, evenly spaced").arg(few), kSampledRows)
              << std::pair(rows > kLargeSample ? tr("%1 rows, evenly spaced").arg(many) : all, kLargeRows);
    else items << std::pair(all, kFirstRows);
    items << std::pair(trained, kTrainedRows);
    if (rows > kLargeSample) items << std::pair(all, kAllRows);
    const int before = m_rows->count() > 0 ? m_rows->currentData().toInt() : kFirstRows;
    const QSignalBlocker blocker(m_rows);
    m_rows->clear();
    for (const auto& [text, which] : items) m_rows->addItem(text, which);
    m_rows->setCurrentIndex(std::max(0, m_rows->findData(before)));
    m_rows->setToolTip(
        tr("Rows of lowest id are those of the most frequent values where ids are ranks of frequency, as "
           "NVIDIA's preprocessing makes them."));
}

MapChoice TableMapTab::choice() const {
    MapChoice out;
    out.table = table();
    out.method = m_method->currentData() == 2 ? MapMethod::Umap : MapMethod::Pca;
    const auto components = std::min<std::int64_t>(spec().dim, m_method->currentData() == 1 ? 3 : 2);
    out.components = static_cast<int>(components);
    const int rows = m_rows->currentData().toInt();
    out.rows = rows == kTrainedRows ? MapChoice::Rows::Trained
               : rows == kAllRows   ? MapChoice::Rows::All
               : rows == kFirstRows ? MapChoice::Rows::First
                                    : MapChoice::Rows::Sample;
    out.atMost = rows == kLargeRows ? kLargeSample : kSmallSample;
    out.metric = m_metric->currentData() == 1 ? UmapMetric::Euclidean : UmapMetric::Cosine;
    return out;
}

MapColour TableMapTab::colour() const { return static_cast<MapColour>(m_colour->currentData().toInt()); }

void TableMapTab::draw(MapMethod method, MapColour colour) {
    m_method->setCurrentIndex(method == MapMethod::Umap ? 2 : 0);
    m_colour->setCurrentIndex(m_colour->findData(static_cast<int>(colour)));
    m_colourChosen = true;
    run();
}

void TableMapTab::chooseColour() {
    if (m_colourChosen) return;
    const DatasetInfoPtr dataset = session().dataset();
    const bool norms = statistics() || spec().bytes <= kCheapMap;
    const MapColour first = dataset && dataset->hasLabels ? MapColour::ClickRate
                            : norms                       ? MapColour::Norm
                                                          : MapColour::Density;
    const QSignalBlocker blocker(m_colour);
    m_colour->setCurrentIndex(m_colour->findData(static_cast<int>(first)));
}

void TableMapTab::run() {
    if (table() < 0) return;
    m_failed = false;
    m_asked = choice();
    m_interim.reset();
    m_mapToken = TableRowSource::newToken();
    m_axes->setCurrentIndex(0);
    chooseColour();
    analysis().requestMap(m_asked, m_mapToken);
}

void TableMapTab::keep(const MapPointsPtr& points) {
    if (m_keptOf != session().model()) m_kept.clear();
    m_keptOf = session().model();
    m_interim = points->map->final ? nullptr : points;
    if (m_interim) return;
    const auto isLarge = [](const MapPointsPtr& map) { return map->map->points > kLargeSample; };
    if (isLarge(points)) m_kept.removeIf([&](const auto& kept) { return isLarge(kept.value()); });
    m_kept[value(points->map->table)] = points;
}

bool TableMapTab::drawsThis() const { return m_asked.table == table() && session().isRunning(JobKind::TableMap); }

bool TableMapTab::showKept() {
    const auto kept = m_kept.constFind(table());
    if (m_keptOf != session().model() || kept == m_kept.constEnd()) return false;
    showAgain(*kept);
    if (drawsThis()) showMethod(m_asked.method, m_asked.components);  // of what comes in its place
    return true;
}

void TableMapTab::showAgain(const MapPointsPtr& points) {
    {
        const QSignalBlocker blocker(m_axes);  // the points lie along these already
        m_axes->setCurrentIndex(points->axisX == 1 ? 2 : points->axisY == 2 ? 1 : 0);
    }
    chooseColour();
    showMap(points);
    showMethod(points->map->method, points->map->components);
}

void TableMapTab::showMethod(MapMethod method, int components) {
    m_method->setCurrentIndex(method == MapMethod::Umap ? 2 : components == 3 ? 1 : 0);
}

QString TableMapTab::whatWillBeDrawn() const {
    const QString rows = m_rows->currentText();
    return m_method->currentData() == 2 ? tr("UMAP of %1.").arg(rows)
                                        : tr("Of %1, along the principal axes of the whole table: two passes over %2.")
                                              .arg(rows, formatBytes(spec().bytes));
}

bool TableMapTab::isSettled() const {
    return !isVisible() || !m_points ||
           (m_points->map->final &&
            (m_points->map->points <= kMostDots || (m_densityShown == m_densityToken && !m_rest->isActive())));
}

void TableMapTab::forget() {
    if (!m_loop.isEmpty() && table() >= 0 && m_keptOf == session().model())
        Q_EMIT noticed(tr("The lasso on the map of %1 is gone.").arg(nameOf(value(m_points->map->table))));
    m_points.reset();
    m_colours.reset();
    m_density.setGrid(nullptr);
    m_current = -1;
    m_neighbors.clear();
    m_pins.clear();
    nameRings();
    m_loop.clear();
    m_failed = m_drawnUnasked = false;
    m_colourToken = m_densityToken = m_densityShown = m_loopToken = 0;
    m_lasso->setChecked(false);
    m_axes->setEnabled(false);
    offerRows();
}

void TableMapTab::refresh() {
    const bool running = session().isRunning(JobKind::TableMap);
    m_draw->setText(running ? tr("Cancel") : tr("&Draw"));
    m_lasso->setEnabled(m_points != nullptr);
    if (table() >= 0) offerRows();
    if (m_points) m_chart->setFootnote(footWords());  // statistics may have come
    if (table() < 0) showEmpty(tr("Choose a table at the left."));
    else if (m_points) showContent();
    else if (m_interim && drawsThis()) showAgain(m_interim);
    else if (showKept()) return;
    else if (running && m_asked.table >= 0 && m_asked.table != table())
        showEmpty(tr("The map of %1 is being drawn. It stays there while you look at other tables.")
                      .arg(nameOf(m_asked.table)),
                  tr("Cancel"), [this] { session().cancel(JobKind::TableMap); });
    else if (running)
        showEmpty(tr("Reading the table for its map…"), tr("Cancel"), [this] { session().cancel(JobKind::TableMap); });
    else if (!m_failed && !m_drawnUnasked && spec().bytes <= kCheapMap) {
        m_drawnUnasked = true;
        run();
    } else if (!m_failed)
        showEmpty(tr("The rows of %1 as points will stand here: similar rows lie near each other.\n%2")
                      .arg(QString::fromStdString(spec().name), whatWillBeDrawn()),
                  tr("Draw the map"), [this] { run(); });
}

void TableMapTab::showMap(const MapPointsPtr& points) {
    const bool sameMap = m_points && m_points->map == points->map;
    keepLoop(points);
    m_points = points;
    if (!sameMap) {
        m_colours.reset();
        if (points->map->final) colourMap();
    }
    const bool pca = points->map->method == MapMethod::Pca;
    const auto title = [&](int axis) {
        if (!pca) return tr("UMAP %1 (no unit)").arg(axis + 1);
        const auto& explained = points->map->pca.explained;
        return tr("PC %1 (%2 of the variance)")
            .arg(axis + 1)
            .arg(static_cast<std::size_t>(axis) < explained.size()
                     ? formatPercent(explained[static_cast<std::size_t>(axis)])
                     : QString());
    };
    m_axes->setEnabled(pca && points->map->components > 2);
    m_chart->setAxes(title(points->axisX), points->bounds.lowX, points->bounds.highX, title(points->axisY),
                     points->bounds.lowY, points->bounds.highY);
    m_chart->setBackdrop([this](QPainter& painter, const ChartView::Mapper& m) { paint(painter, m); });
    m_chart->setOverlay([this](QPainter& painter, const ChartView::Mapper& m) { paintAbove(painter, m); });
    nameRings();
    describe();
    askForDensity();
    showContent();
    m_lasso->setEnabled(true);
}

void TableMapTab::keepLoop(const MapPointsPtr& next) {
    if (m_loop.isEmpty() && m_loopToken == 0) return;
    if (m_points && m_points->x == next->x && m_points->y == next->y) return;
    m_loopToken = 0;  // what lies inside a loop on the points before
    if (!std::exchange(m_loop, {}).isEmpty()) Q_EMIT loopGone();
    Q_EMIT noticed(tr("The lasso went with the map it was drawn on: all rows are listed again."));
}

QString TableMapTab::drawnRows() const {
    const TableMap& map = *m_points->map;
    const bool fromFirst = !map.ids.empty() && value(map.ids.back()) == map.points - 1;
    return map.points == spec().rows ? tr("all %1").arg(countedText(map.points, "row"))
           : fromFirst
               ? tr("the %1 rows of lowest id, of %2").arg(formatCount(map.points), countedText(spec().rows, "row"))
               : QString::fromStdString(map.provenance);
}

QString TableMapTab::loopWords() const {
    const TableMap& map = *m_points->map;
    QString how =
        map.method == MapMethod::Umap ? tr("UMAP") : tr("PC %1 × %2").arg(m_points->axisX + 1).arg(m_points->axisY + 1);
    if (!map.final) how += tr(", epoch %1 of %2").arg(map.epoch).arg(map.epochs);
    return tr("inside the lasso on the map (%1) of %2").arg(how, drawnRows());
}

QString TableMapTab::footWords() const {
    const TableMap& map = *m_points->map;
    QString foot = drawnRows();
    if (const auto placeless =
            std::count_if(m_points->x.begin(), m_points->x.end(), [](float x) { return !std::isfinite(x); });
        placeless > 0)
        foot += tr("; %1 of them without a place, not finite").arg(formatCount(placeless));
    if (const TableStatisticsPtr known = statistics(); known && known->untrained.known() && map.points <= kMostDots)
        foot += untrainedWords(*m_points, known->untrained);
    if (map.method == MapMethod::Umap)
        foot += map.final ? tr("; %1").arg(countedText(map.epochs, "epoch"))
                          : tr("; epoch %1 of %2").arg(map.epoch).arg(map.epochs);
    foot += map.points > kMostDots ? tr("; density (log colours)") : tr("; every point is a row");
    if (m_colours && m_colours->colour == MapColour::ClickRate)
        foot += tr("; click rates of rows with few lookups are drawn to the table's, by %1 lookups").arg(kPriorHits);
    return foot;
}

void TableMapTab::describe() {
    const TableMap& map = *m_points->map;
    m_chart->setFootnote(footWords());
    m_chart->setSource(
        QStringLiteral("%1 · %2").arg(chartSource(), map.method == MapMethod::Umap ? tr("UMAP") : tr("PCA")));
    m_chart->setAccessibleName(tr("Map of %1").arg(countedText(map.points, "row")));
    if (!map.final) return;
    ChartView::Table twin;
    twin.columns = {tr("id"), tr("x"), tr("y")};
    if (m_colours) twin.columns << m_colour->currentText();
    constexpr std::size_t kMostTwinRows = 50'000;  // made on the GUI thread
    for (std::size_t i = 0; i < std::min(m_points->x.size(), kMostTwinRows); ++i) {
        std::vector<double> row{static_cast<double>(value(map.rowOf(static_cast<std::int64_t>(i)))),
                                static_cast<double>(m_points->x[i]), static_cast<double>(m_points->y[i])};
        if (m_colours) row.push_back(static_cast<double>(m_colours->values[i]));
        twin.rows.push_back(std::move(row));
    }
    m_chart->setTable(std::move(twin));
}

void TableMapTab::turn() {
    if (!m_points || m_points->map->components < 3) return;
    const int axes = m_axes->currentData().toInt();
    analysis().requestAxes(m_points, axes == 2 ? 1 : 0, axes == 0 ? 1 : 2, m_mapToken);
}

void TableMapTab::colourMap() {
    if (!m_points) return;
    if (colour() == MapColour::Density) {
        m_colours.reset();
        m_colourToken = 0;
        askForDensity();
        describe();
        m_chart->viewport()->update();
        return;
    }
    m_colourToken = TableRowSource::newToken();
    analysis().requestColours(m_points, colour(), m_colourToken);
}

// Where colours were cancelled or failed the choice names those that are painted.
void TableMapTab::showColourInForce() {
    const MapColour painted = m_colours ? m_colours->colour : MapColour::Density;
    if (session().isRunning(JobKind::MapColours) || m_colourToken == 0 || painted == colour()) return;
    m_colourToken = 0;
    const QSignalBlocker quiet(m_colour);
    m_colour->setCurrentIndex(m_colour->findData(static_cast<int>(painted)));
}

void TableMapTab::askForDensity() {
    if (!m_points || m_points->map->points <= kMostDots) return;
    const QRectF seen = m_chart->visibleValues();
    const QSize plot = m_chart->chart()->plotArea().size().toSize();
    if (plot.isEmpty()) return;  // asked again as soon as the plot has its place
    m_densityToken = TableRowSource::newToken();
    // Two pixels a cell: single rows stay visible.
    analysis().requestDensity(m_points, m_colours, {seen.left(), seen.right(), seen.top(), seen.bottom()},
                              std::clamp(plot.width() / 2, 8, 2048), std::clamp(plot.height() / 2, 8, 2048),
                              m_densityToken);
}

void TableMapTab::paint(QPainter& painter, const ChartView::Mapper& m) const {
    if (!m_points) return;
    if (m_points->map->points <= kMostDots) {
        std::span<const float> values;
        if (m_colours) values = m_colours->values;
        paintDots(painter, m, m_points->x, m_points->y, values, m_colours ? m_colours->low : 0,
                  m_colours ? m_colours->high : 1);
    } else {
        m_density.paint(painter, placeOfDensity(m));
    }
}

QRectF TableMapTab::placeOfDensity(const ChartView::Mapper& m) const {
    const DensityGridPtr& grid = m_density.grid();
    if (!grid) return {};
    const PlotWindow& w = grid->window;
    return {QPointF(m.x(w.lowX), m.y(w.highY)), QPointF(m.x(w.highX), m.y(w.lowY))};
}

void TableMapTab::paintAbove(QPainter& painter, const ChartView::Mapper& m) const {
    if (!m_points) return;
    if (m_colours) {
        const auto text = [this](double v) {
            switch (m_colours->colour) {
                case MapColour::Rank:
                    return formatCount(value(m_points->map->rowOf(v < 0.5 ? 0 : m_points->map->points - 1)));
                case MapColour::ClickRate:
                    return formatPercent(v);
                case MapColour::Trained:
                    return v > 0.5 ? tr("trained") : tr("untrained");
                default:
                    return formatNumber(v, 3);
            }
        };
        const QString title = m_colours->colour == MapColour::Rank        ? tr("id, by percentile")
                              : m_colours->colour == MapColour::ClickRate ? tr("click rate (shrunk)")
                              : m_colours->colour == MapColour::Norm      ? tr("norm")
                                                                          : tr("trained or not");
        // The ends of figures are their 1st and 99th percentile.
        const bool figures = m_colours->colour == MapColour::ClickRate || m_colours->colour == MapColour::Norm;
        const bool dots = m_points->map->points <= kMostDots;
        paintColourBar(painter, m.plot,
                       {title, (figures ? QStringLiteral("≤ ") : QString()) + text(m_colours->low),
                        (figures ? QStringLiteral("≥ ") : QString()) + text(m_colours->high), dots ? kDotOpacity : 1},
                       [&](const QRectF& box) {
                           return dots ? dotsBelow(box, m, m_points->x, m_points->y)
                                       : m_density.rowsBelow(box, placeOfDensity(m));
                       });
    }
    if (!m_loop.isEmpty()) {
        QPolygonF path;
        for (const QPointF& corner : m_loop) path << QPointF(m.x(corner.x()), m.y(corner.y()));
        paintLasso(painter, path);
    }
    const auto ring = [&](qint64 id, const QColor& colour, double radius) {
        const auto place = placeOf(id);
        if (!place) return;
        painter.setPen(QPen(colour, 2));
        painter.drawEllipse(QPointF(m.x(place->x()), m.y(place->y())), radius, radius);
    };
    for (const qint64 id : m_neighbors) ring(id, Theme::instance().colors().warn, kNeighborRing);
    for (std::size_t i = 0; i < m_pins.size(); ++i)
        ring(m_pins[i], Theme::instance().series(static_cast<int>(i)), kPinRing);
    ring(m_current, Theme::instance().colors().accent, kCurrentRing);
}

std::optional<QPointF> TableMapTab::placeOf(qint64 id) const {
    const TableMap& map = *m_points->map;
    const std::int64_t point =
        map.ids.empty() ? id : std::lower_bound(map.ids.begin(), map.ids.end(), RowId{id}) - map.ids.begin();
    if (id < 0 || point >= map.points || map.rowOf(point) != RowId{id}) return {};
    return QPointF(static_cast<double>(m_points->x[static_cast<std::size_t>(point)]),
                   static_cast<double>(m_points->y[static_cast<std::size_t>(point)]));
}

std::optional<std::int64_t> TableMapTab::pointAt(double x, double y) const {
    if (!m_points) return {};
    const QRectF seen = m_chart->visibleValues(), plot = m_chart->chart()->plotArea();
    return m_points->index.nearest(x, y, seen.width() * kReach / std::max(1.0, plot.width()),
                                   seen.height() * kReach / std::max(1.0, plot.height()));
}

QString TableMapTab::hoverText(double x, double y) const {
    const auto point = pointAt(x, y);
    if (!point) return {};
    const auto id = value(m_points->map->rowOf(*point));
    QString text = tr("row %1").arg(formatCount(id));
    if (const QString hex = session().hexOf(table(), id); !hex.isEmpty()) text += QStringLiteral(" · ") + hex;
    if (const TableStatisticsPtr known = statistics())
        text += tr("\nnorm %1, %2")
                    .arg(formatNumber(static_cast<double>(known->scan.norms[static_cast<std::size_t>(id)])),
                         !std::isfinite(known->scan.norms[static_cast<std::size_t>(id)]) ? tr("not finite")
                         : known->untrained.contains(id)                                 ? tr("untrained")
                                                                                         : tr("trained"));
    if (m_colours && m_colours->colour == MapColour::ClickRate) {
        const auto rate = static_cast<double>(m_colours->values[static_cast<std::size_t>(*point)]);
        text += std::isfinite(rate) ? tr("\nclick rate %1, drawn to the table's rate by %2 lookups")
                                          .arg(formatPercent(rate))
                                          .arg(kPriorHits)
                                    : tr("\nnot looked up in this dataset");
    }
    return text;
}

void TableMapTab::setCurrentRow(qint64 id) {
    if (id != m_current) m_neighbors.clear();
    m_current = id;
    nameRings();
}

void TableMapTab::setNeighbors(std::vector<qint64> ids) {
    m_neighbors = std::move(ids);
    nameRings();
}

void TableMapTab::nameRings() {
    const ThemeColors& colors = Theme::instance().colors();
    const auto drawn = [this](qint64 id) { return m_points && placeOf(id); };
    std::vector<ChartView::Ring> rings;
    if (drawn(m_current)) rings.push_back({tr("selected row"), colors.accent, kCurrentRing});
    if (std::any_of(m_neighbors.begin(), m_neighbors.end(), drawn))
        rings.push_back({tr("nearest rows"), colors.warn, kNeighborRing});
    m_chart->setRings(std::move(rings));
    m_chart->viewport()->update();
}

void TableMapTab::setPins(std::vector<qint64> ids) {
    m_pins = std::move(ids);
    m_chart->viewport()->update();
}

void TableMapTab::clearLoop() {
    m_loop.clear();
    m_chart->viewport()->update();
}

}  // namespace dlrm::ui
