// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/page.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>

#include <algorithm>
#include <array>
#include <numeric>

#include "ui/charts/chart_view.h"
#include "ui/models/cell_delegate.h"
#include "ui/models/copied_lines.h"
#include "ui/pages/layers/bars.h"
#include "ui/pages/layers/columns.h"
#include "ui/pages/layers/importance.h"
#include "ui/pages/layers/inspector.h"
#include "ui/pages/layers/kernel_map.h"
#include "ui/pages/layers/list_model.h"
#include "ui/pages/layers/units.h"
#include "ui/pages/parts.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/order_standing.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/recent_files.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNarrowestDetails = 320;
constexpr int kListWidth = 484, kNarrowestList = 336, kNeverNeeds = 400,
              kParametersNeed = 480;  // columns from that width on
constexpr double kListShare = 0.34;
constexpr int kHistogramHeight = 200;  // room for more than one tick of the counts

const std::vector<LayerSpec>& layersOf(const ModelSpec& spec, bool top) { return top ? spec.topMlp : spec.bottomMlp; }

}  // namespace

LayersPage::LayersPage(Session& s, QWidget* parent) : Page(s, tr("Layers"), parent) {
    m_list = new LayersListModel(this);
    QWidget* list = buildList();
    m_splitter = sideBySide(list, buildDetails());
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_divided = true; });
    setContent(m_splitter);
    fitColumns();
    follow();
    if (s.model()) showModel(s.model());
    else showNothing();
    if (found().layers) showLayers(found().layers);
}

LayersPage::~LayersPage() = default;

void LayersPage::follow() {
    Session& s = session();
    connect(&s, &Session::modelOpened, this, &LayersPage::showModel);
    connect(&s, &Session::modelClosed, this, &LayersPage::showNothing);
    connect(&s, &Session::selectionChanged, this, &LayersPage::showSelection);
    const auto dataset = [this] {
        m_list->setAtlas({});
        m_units->setAtlas({});
        showDataset();
        showUnit();
    };
    connect(&s, &Session::datasetOpened, this, dataset);
    connect(&s, &Session::datasetClosed, this, dataset);
    connect(&s.layers(), &LayerDesk::layersReady, this, &LayersPage::showLayers);
    connect(&s.checks(), &CheckDesk::doctorReady, this, &LayersPage::showImportance);
    // Of a model that is only read anew modelOpened says nothing.
    connect(&s, &Session::engineReplaced, this, &LayersPage::load);
    connect(&s.layers(), &LayerDesk::kernelReady, this, &LayersPage::showKernel);
    connect(&s.layers(), &LayerDesk::unitAtlasUpdated, this, [this](const UnitAtlasPtr& atlas) {
        m_list->setAtlas(atlas);
        m_units->setAtlas(atlas);
        showUnit();
    });
    followOpening([this] { showNothing(); });
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind != JobKind::UnitAtlas) return;
        clearError();
        showProgress(0, 0);
        m_units->setRunning(true);
    });
    connect(&s, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total, const QString& text) {
        if (kind != JobKind::UnitAtlas) return;
        showProgress(done, total);
        m_units->setRunning(true, text);
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::UnitAtlas) return;
        showProgress(-1, 0);
        m_units->setRunning(false);
    });
    connect(&s, &Session::jobFailed, this, &LayersPage::jobFailed);
}

void LayersPage::jobFailed(JobKind kind, const Error& error) {
    if (kind == JobKind::UnitAtlas)
        showError(error,
                  [this] { session().layers().startUnitAtlas(session().dataset() ? session().dataset()->rows : 0); });
    if (kind != JobKind::Layers && kind != JobKind::Kernel) return;
    m_failed = true;
    showUnit();
    showError(error, [this] {
        clearError();
        m_failed = false;
        load();
    });
}

QString LayersPage::helpText() const {
    return tr(
        "At the left the layers in the order the data takes. Weights shows the chosen layer's kernel, a unit per "
        "column and an input per row, blue below and red above "
        "zero: the wheel zooms at the pointer, dragging moves, a double click shows all; where several weights share a "
        "pixel the strongest one shows. Above it the "
        "norms of the units, at the right those of the inputs, below the biases. Hatched rows are padding: they meet "
        "zeros only and hold nothing learned, so statistics leave "
        "them out. A unit is called dead when its output is proved to be the same for every row. Interaction shows "
        "how strongly the first top layer weighs each pair of "
        "vectors. Units counts over the dataset how often each unit is active. Click a column or a line of Units to "
        "see a unit in the inspector.");
}

QWidget* LayersPage::buildList() {
    m_listView = new QTableView;
    m_listView->setObjectName(QStringLiteral("layerList"));
    m_listView->setModel(m_list);
    styleList(*m_listView);
    m_listView->setSelectionMode(QAbstractItemView::SingleSelection);
    copyLinesOf(*m_listView);
    m_listView->setAccessibleName(tr("Layers"));
    m_listView->setItemDelegate(new CellDelegate(m_listView));
    m_listView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_listView->installEventFilter(this);
    m_listView->horizontalHeader()->setMinimumSectionSize(1);
    m_listView->horizontalHeader()->setSectionResizeMode(LayersListModel::Shape, QHeaderView::Stretch);
    connect(m_list, &QAbstractItemModel::modelReset, this, &LayersPage::fitColumns);
    connect(m_list, &QAbstractItemModel::dataChanged, this, &LayersPage::fitColumns);
    connect(m_listView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                const auto [top, layer] = m_list->layerAt(index.row());
                if (!m_following && layer >= 0 && (top != m_top || layer != m_layer)) select(top, layer, -1);
            });
    return m_listView;
}

QWidget* LayersPage::buildDetails() {
    auto* panel = new QWidget;
    panel->setMinimumWidth(kNarrowestDetails);
    QVBoxLayout* column = columnIn(panel, 0);
    auto* head = new QWidget(panel);
    QVBoxLayout* lines = columnIn(head, space::xs, {space::m, space::s, space::m, space::s});
    m_title = new ElidedLabel(Qt::ElideRight, head);
    m_title->setObjectName(QStringLiteral("layerTitle"));
    m_title->setFont(Theme::instance().font(font_size::section));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note = mutedLabel(head);
    lines->addWidget(m_title);
    lines->addWidget(m_note);
    column->addWidget(head);
    m_tabs = new QTabWidget(panel);
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->addTab(buildKernel(), tr("&Weights"));
    m_importance = new LayersImportance;
    m_tabs->addTab(m_importance, tr("I&nteraction"));
    m_tabs->setTabToolTip(1, tr("How strongly the first top layer weighs each pair of vectors"));
    m_units = new LayersUnits;
    m_tabs->addTab(m_units, tr("&Units"));
    column->addWidget(m_tabs, 1);

    connect(m_tabs, &QTabWidget::currentChanged, this, &LayersPage::showHeading);
    connect(m_units, &LayersUnits::unitSelected, this, [this](qint64 unit) { select(m_top, m_layer, unit); });
    connect(m_units, &LayersUnits::runRequested, this,
            [this](qint64 rows) { session().layers().startUnitAtlas(rows); });
    connect(m_units, &LayersUnits::cancelRequested, this, [this] { session().cancel(JobKind::UnitAtlas); });
    connect(m_units, &LayersUnits::datasetRequested, this,
            [this] { Q_EMIT actionRequested(QStringLiteral("open-dataset")); });
    return panel;
}

QWidget* LayersPage::buildKernel() {
    auto* kernel = new QWidget;
    QVBoxLayout* column = columnIn(kernel, space::s, {space::m, space::s, space::m, space::s});
    m_map = new LayersKernelMap(kernel);
    column->addWidget(m_map, 1);
    m_histogram = new ChartView(tr("Distribution of the learned weights"), kernel);
    m_histogram->setObjectName(QStringLiteral("weightHistogram"));
    m_histogram->setFixedHeight(kHistogramHeight);
    column->addWidget(m_histogram);
    connect(m_map, &LayersKernelMap::unitClicked, this, [this](qint64 unit) { select(m_top, m_layer, unit); });
    return kernel;
}

bool LayersPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_listView && event->type() == QEvent::Resize) hideColumns();
    return Page::eventFilter(watched, event);
}

// Each as wide as its longest text, but no narrower than usual; the shape takes what is left, and a name that is longer
// than most is cut.
void LayersPage::fitColumns() {
    constexpr int kMostOfAName = 20;
    constexpr std::array<int, LayersListModel::ColumnCount> kUsual{12, 11, 8, 4, 5, 4};  // characters
    std::array<int, LayersListModel::ColumnCount> widths{};
    for (int column = 0; column < LayersListModel::ColumnCount; ++column) {
        int& width = widths[static_cast<std::size_t>(column)];
        width = columnWidth(kUsual[static_cast<std::size_t>(column)]);
        for (int row = 0; row < m_list->rowCount(); ++row) {
            const QModelIndex index = m_list->index(row, column);
            const QVariant font = index.data(Qt::FontRole);
            const QFontMetrics metrics(font.isValid() ? font.value<QFont>() : m_listView->font());
            width = std::max(width, metrics.horizontalAdvance(index.data().toString()) + 2 * space::s + space::xs);
        }
        if (column == LayersListModel::Name) width = std::min(width, columnWidth(kMostOfAName));
        if (column != LayersListModel::Shape) m_listView->setColumnWidth(column, width);
    }
    m_allNeed = std::accumulate(widths.begin(), widths.end(), 2 * m_listView->frameWidth());
    m_withNeverNeed = m_allNeed - widths[LayersListModel::Parameters];
    m_listView->setMinimumWidth(std::max(kNarrowestList, m_withNeverNeed - widths[LayersListModel::Never]));
    hideColumns();
    divide();
}

void LayersPage::hideColumns() {
    const int width = m_listView->width();
    m_listView->setColumnHidden(LayersListModel::Never, width < std::max(kNeverNeeds, m_withNeverNeed));
    m_listView->setColumnHidden(LayersListModel::Parameters, width < std::max(kParametersNeed, m_allNeed));
}

void LayersPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    divide();
    load();
}

void LayersPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    divide();
}

// The list takes its share of the page's width until the user moves the splitter.
void LayersPage::divide() {
    if (m_divided) return;
    // With all its columns but the last, unless the details would have no room beside it.
    const int wanted = std::max(kNeverNeeds, m_withNeverNeed);
    const int least = width() >= wanted + kNarrowestDetails + space::l ? wanted : kNarrowestList;
    const int list = std::clamp(static_cast<int>(width() * kListShare), least, std::max(kListWidth, m_allNeed));
    m_splitter->setSizes({list, width() - list - m_splitter->handleWidth()});
}

void LayersPage::showDataset() {
    const ModelInfoPtr model = session().model();
    m_units->setDatasetRows(session().dataset() ? session().dataset()->rows : 0,
                            model ? missingParts(model->spec) : QString());
}

void LayersPage::showNothing() {
    m_model.reset();
    m_layer = -1;
    m_unit = -1;
    m_list->setModel({});
    m_map->clear();
    m_importance->setLayers({}, {});
    m_units->setLayer({}, nullptr, {});
    if (m_inspector) m_inspector->showNothing(tr("Open a checkpoint first."));
    setSubtitle({});
    showWithoutModel(
        tr("Every layer of a checkpoint's MLPs, its weights and its units will stand here once one is open."));
}

// The layer of the same name as the one that is looked at, in the same MLP; -1: there is none.
int LayersPage::namesakeIn(const ModelSpec& spec) const {
    if (!m_model || m_layer < 0) return -1;
    return namedIn(layersOf(spec, m_top), layersOf(m_model->spec, m_top)[static_cast<std::size_t>(m_layer)].name);
}

void LayersPage::showModel(const ModelInfoPtr& model) {
    const bool same =
        m_model && m_model->path == model->path && m_model->spec.topMlp.size() == model->spec.topMlp.size();
    const int namesake = namesakeIn(model->spec);
    m_model = model;
    m_failed = false;
    const ModelSpec& spec = model->spec;
    std::int64_t parameters = 0;
    for (const auto* mlp : {&spec.bottomMlp, &spec.topMlp})
        for (const LayerSpec& l : *mlp) parameters += l.parameters();
    for (const CrossLayerSpec& l : spec.crossLayers) parameters += l.parameters();
    setSubtitle(QStringLiteral("%1 · %2").arg(
        countedText(spec.bottomMlp.size() + spec.crossLayers.size() + spec.topMlp.size(), "layer"),
        countedText(parameters, "parameter")));
    clearError();
    m_following = true;
    m_list->setModel(model);
    m_following = false;
    if (spec.bottomMlp.empty() && spec.topMlp.empty()) {
        m_layer = -1;
        m_unit = -1;
        m_map->clear();
        if (m_inspector) m_inspector->showNothing(tr("This part of a model has no layers."));
        return showWithoutModel(
            tr("This part of a model has no layers. Open the checkpoint it was taken from to see them."));
    }
    m_map->clear();
    m_importance->setLayers(model, {});
    m_units->setLayer({}, nullptr, {});
    showDataset();
    const Selection selection = session().selection();
    if (selection.kind == Selection::Kind::Layer && m_list->rowOf(selection.topMlp, selection.layer) >= 0) {
        m_unit = selection.row;
        showLayer(selection.topMlp, selection.layer);
    } else {
        if (!same) m_unit = -1;
        const int layer = same && m_list->rowOf(m_top, m_layer) >= 0 ? m_layer : namesake;
        showLayer(layer >= 0 ? m_top : !spec.topMlp.empty(), std::max(0, layer));
    }
    showContent();  // last: a list that gets the focus without a current line makes its first one current
}

void LayersPage::load() {
    if (!m_model || m_layer < 0 || m_failed || !isVisible()) return;
    if (!found().layers) {
        if (!session().isRunning(JobKind::Layers)) session().layers().requestLayers();
    } else if (!kernel()) {
        session().layers().requestKernel(m_top, m_layer);
    }
}

void LayersPage::showLayers(const ModelLayersPtr& layers) {
    m_list->setLayers(layers);
    showImportance();
    showLayer(m_top, m_layer);
}

void LayersPage::showImportance() {
    if (m_model && found().layers)
        m_importance->setLayers(m_model, found().layers,
                                orderStanding(m_model->spec, session().checks().results().doctor.get()).words);
}

void LayersPage::showLayer(bool top, int layer) {
    m_top = top;
    m_layer = layer;
    const LayerSpec& spec = layersOf(m_model->spec, top)[static_cast<std::size_t>(layer)];
    showHeading();
    const QString model = checkpointName(QString::fromStdString(m_model->path));
    for (ChartView* chart : findChildren<ChartView*>())
        chart->setSource(m_importance->isAncestorOf(chart)
                             ? model
                             : QStringLiteral("%1 · %2").arg(model, QString::fromStdString(spec.name)));
    m_following = true;
    m_listView->setCurrentIndex(m_list->index(m_list->rowOf(top, layer), 0));
    m_following = false;
    const LayerStatistics* s = statistics();
    m_units->setLayer(found().layers, s, found().atlas);
    if (s) {
        Bars bars{.xTitle = tr("weight"), .yTitle = tr("count"), .heights = {s->histogram.begin(), s->histogram.end()}};
        if (!s->histogram.empty()) {
            bars.low = s->weights.min;
            bars.high = s->weights.max > s->weights.min ? s->weights.max : s->weights.min + kWeightBins;
        }
        showBars(*m_histogram, bars);
        m_histogram->setFootnote(tr("%1: mean %2, deviation %3, from %4 to %5, %6 zero, %7 not finite")
                                     .arg(countedText(s->weights.values, "weight"), formatNumber(s->weights.mean),
                                          formatNumber(s->weights.std), formatNumber(s->weights.min),
                                          formatNumber(s->weights.max), formatCount(s->weights.zeros),
                                          formatCount(s->weights.nonFinite)));
        if (m_inspector) m_inspector->showLayer(*s);
    } else {
        m_histogram->clear();  // what it showed was another model's
    }
    if (kernel()) showKernel(kernel());
    else m_map->clear();
    load();
    showUnit();
}

void LayersPage::showHeading() {
    if (!m_model || m_layer < 0) return;
    const LayerSpec& spec = layersOf(m_model->spec, m_top)[static_cast<std::size_t>(m_layer)];
    const bool whole = m_tabs->currentWidget() == m_importance;
    if (whole) m_title->setFullText(tr("Interaction of the whole model"));
    else
        m_title->setFullText(QStringLiteral("%1 · %2 × %3 · %4")
                                 .arg(QString::fromStdString(spec.name), formatCount(spec.inputs),
                                      formatCount(spec.outputs), countedText(spec.parameters(), "parameter")));
    m_note->setText(
        whole ? QString()
        : !m_top && m_layer == 0 && m_model->spec.numericalFeatures == 0
            ? tr("The last inputs may be padding: how many numericals there are is known once a dataset is open.")
        : spec.paddingInputs == 1
            ? tr("Its last input is padding: it always meets zeros; its weights are parameters that "
                 "statistics leave out.")
        : spec.paddingInputs > 0 ? tr("The last %1 of its inputs are padding: they always meet zeros; their weights "
                                      "are parameters that statistics leave out.")
                                       .arg(spec.paddingInputs)
                                 : QString());
    m_note->setVisible(!m_note->text().isEmpty());
}

void LayersPage::showKernel(const KernelViewPtr& kernel) {
    const LayerStatistics* s = statistics();
    if (!s || kernel->top != m_top || kernel->layer != m_layer) return;
    m_map->setKernel(kernel, found().layers, *s, [this](qint64 row) { return inputName(row); });
    showUnit();
}

QString LayersPage::inputName(qint64 row) const {
    const LayerStatistics* s = statistics();
    if (!s || row < 0 || row >= static_cast<qint64>(s->inputNames.size())) return {};
    const DatasetInfoPtr dataset = session().dataset();
    const bool numerical = !m_top && m_layer == 0 && row < s->learnedInputs();
    if (numerical && dataset && static_cast<std::size_t>(row) < dataset->schema.numericalNames.size())
        return QString::fromStdString(dataset->schema.numericalNames[static_cast<std::size_t>(row)]);
    return QString::fromStdString(s->inputNames[static_cast<std::size_t>(row)]);
}

void LayersPage::select(bool top, int layer, qint64 unit) {
    session().setSelection({.kind = Selection::Kind::Layer, .row = unit, .topMlp = top, .layer = layer});
}

void LayersPage::showSelection(const Selection& selection) {
    if (!m_model || selection.kind != Selection::Kind::Layer || m_list->rowOf(selection.topMlp, selection.layer) < 0)
        return;
    m_unit = selection.row;
    if (selection.topMlp != m_top || selection.layer != m_layer) showLayer(selection.topMlp, selection.layer);
    else showUnit();
}

void LayersPage::showUnit() {
    const LayerStatistics* s = statistics();
    const bool there = s && m_unit >= 0 && m_unit < static_cast<qint64>(s->units.size());
    m_map->setUnit(there ? m_unit : -1);
    m_units->setUnit(there ? m_unit : -1);
    if (!m_inspector) return;
    if (!s) {  // of the layer before nothing stays
        if (m_model && m_model->spec.bottomMlp.empty() && m_model->spec.topMlp.empty())
            m_inspector->showNothing(tr("This part of a model has no layers."));
        else if (m_model && m_layer >= 0)
            m_inspector->showNothing(m_failed ? tr("The layer could not be read.") : tr("Reading the layer…"));
        return;
    }
    if (!there || !kernel()) return m_inspector->showNoUnit();
    m_inspector->showUnit(
        inspectedUnit(*s, *kernel(), found().atlas.get(), m_unit, [this](qint64 row) { return inputName(row); }));
}

QWidget* LayersPage::inspector() {
    if (!m_inspector) {
        m_inspector = new LayersInspector;
        if (const LayerStatistics* s = statistics()) m_inspector->showLayer(*s);
        showUnit();
    }
    return m_inspector;
}

void LayersPage::prepareForRender() {
    if (!m_model || m_model->spec.topMlp.empty()) return;
    select(true, 0, 0);
    if (session().dataset() && !found().atlas)
        session().layers().startUnitAtlas(std::min<qint64>(session().dataset()->rows, 20'000));
}

bool LayersPage::isSettled() const { return !m_model || m_failed || (found().layers && kernel()); }

}  // namespace dlrm::ui
