// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/page.h"

#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>

#include <algorithm>
#include <numeric>
#include <utility>

#include "ui/pages/parts.h"
#include "ui/pages/tables/inspector.h"
#include "ui/pages/tables/list_pane.h"
#include "ui/pages/tables/map_tab.h"
#include "ui/pages/tables/neighbors.h"
#include "ui/pages/tables/norms_tab.h"
#include "ui/pages/tables/pins.h"
#include "ui/pages/tables/rank_tab.h"
#include "ui/pages/tables/rows_tab.h"
#include "ui/pages/tables/spectrum_tab.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/focus.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNarrowestDetail = 300;
constexpr double kListShare = 0.36;
constexpr int kRowsBesideMap = 760;  // of the part beside the list

}  // namespace

TablesPage::TablesPage(Session& s, QWidget* parent) : Page(s, tr("Tables"), parent) {
    m_list = new TableListPane(s);
    m_detail = buildDetail();
    m_splitter = sideBySide(m_list, m_detail);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_divided = true; });
    setContent(m_splitter);
    buildHeader();
    connectSession();
    if (s.model()) showModel(s.model());
    else showNothing();
}

TablesPage::~TablesPage() = default;

QString TablesPage::helpText() const {
    return tr(
        "At the left all embedding tables; click a column's title to sort them, “All columns” shows everything known. "
        "“Compute statistics” reads every table once: norms, untrained rows, "
        "values that are not finite, the spectrum. It can be cancelled (Esc) and goes on where it stopped; results are "
        "kept for the next time. “Count lookups” counts what the loaded dataset looks up.\n\n"
        "At the right one table. Rows: a row's id is its frequency rank, row 0 stands for missing, rare and unknown "
        "values. The strip shows a row's values in colours; Numbers shows digits. "
        "A click on a column's title sorts, Ctrl+F filters, Ctrl+G goes to an id (50% is the middle, end the last "
        "row), Ctrl+C copies and Ctrl+E exports the selected rows, or all where none is. "
        "Norms: how long the rows are. Rank–norm: the norm against the frequency rank, with the band in which the "
        "initializer leaves a row. Spectrum: how many directions the rows use. "
        "Map: rows as points by PCA or UMAP; Lasso shows the rows inside it beside the map, where the current row, its "
        "nearest and the pinned ones are ringed.\n\n"
        "The inspector shows the current row: its values, its nearest rows by cosine, dot product or distance, and "
        "pinned rows to compare.");
}

void TablesPage::buildHeader() {
    m_count =
        tippedButton(this, tr("Count &lookups"),
                     tr("How often the loaded dataset looks up each row, and how many lookups meet untrained rows"));
    m_compute = new QPushButton(tr("Compute &statistics"), this);
    addHeaderWidget(m_count);
    addHeaderWidget(m_compute);
    connect(m_compute, &QPushButton::clicked, this, [this] {
        if (session().isRunning(JobKind::TableStatistics)) session().cancel(JobKind::TableStatistics);
        else computeAll();
    });
    connect(m_count, &QPushButton::clicked, this, [this] {
        if (session().isRunning(JobKind::Traffic)) session().cancel(JobKind::Traffic);
        else session().tables().countTraffic();
    });
    const auto shortcut = [this](const QKeySequence& keys, auto action) {
        connect(new QShortcut(keys, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut), &QShortcut::activated,
                this, action);
    };
    const auto action = [this](const char* name, auto run) {
        auto* a = new QAction(this);
        a->setObjectName(QLatin1String(name));
        connect(a, &QAction::triggered, this, run);
    };
    const auto find = [this] {
        showTab(Rows);
        m_rows->showFilter();
    };
    shortcut(QKeySequence::Find, find);
    action("edit-find", find);
    action("edit-copy", [this] {
        if (m_rows->isVisible() && m_rows->currentId() >= 0) m_rows->copy();
        else m_list->copy();
    });
    shortcut(QKeySequence(tr("Ctrl+E")), [this] { m_rows->chooseExport(); });
}

QWidget* TablesPage::buildDetail() {
    auto* panel = new QWidget;
    panel->setMinimumWidth(kNarrowestDetail);
    QVBoxLayout* column = columnIn(panel, 0);
    m_title = new ElidedLabel(Qt::ElideRight, panel);
    m_title->setObjectName(QStringLiteral("tableTitle"));
    m_title->setFont(Theme::instance().font(font_size::section));
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_title->setContentsMargins(space::m, space::s, space::m, 0);
    column->addWidget(m_title);
    m_tabs = new QTabBar(panel);
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Views of the table"));
    for (const QString& name : {tr("Rows"), tr("Norms"), tr("Rank–norm"), tr("Spectrum"), tr("Map")})
        m_tabs->addTab(name);
    column->addWidget(m_tabs);
    m_stack = new QStackedWidget(panel);
    m_rows = new TableRowsTab(session());
    m_map = new TableMapTab(session());
    m_spectrum = new TableSpectrumTab(session());
    m_rank = new TableRankTab(session());
    m_tabWidgets = {m_rows, new TableNormsTab(session()), m_rank, m_spectrum, m_map};
    for (TableTab* tab : m_tabWidgets) {
        m_stack->addWidget(tab);
        connect(tab, &TableTab::noticed, this, &Page::noticed);
        connect(tab, &TableTab::rowRequested, this, &TablesPage::jump);
    }
    m_beside = new QSplitter(Qt::Horizontal, panel);
    m_beside->setChildrenCollapsible(false);
    m_beside->addWidget(m_stack);
    column->addWidget(m_beside, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        placeRows();
        m_stack->setCurrentWidget(tabAt(tab));
    });
    connect(m_rows, &TableRowsTab::currentChanged, this, [this](qint64 id) {
        if (id >= 0) session().setSelection({.kind = Selection::Kind::TableRow, .table = m_table, .row = id});
    });
    connect(m_rows, &TableRowsTab::rowLoaded, this, [this] {
        clearError();
        showRowInInspector();
    });
    connect(m_map, &TableMapTab::rowsSelected, this, [this](const IdsPtr& ids, const QString& words) {
        m_rows->setAmong(ids, words);
        placeRows();
        if (m_stack->indexOf(m_rows) >= 0) showTab(Rows);
    });
    connect(m_map, &TableMapTab::loopGone, this, [this] {
        m_rows->setAmong(nullptr, {});
        placeRows();
    });
    connect(m_rows, &TableRowsTab::amongCleared, this, [this] {
        m_map->clearLoop();
        placeRows();
    });
    connect(m_rows, &TableRowsTab::pinRequested, this, [this] {
        Q_EMIT actionRequested(QStringLiteral("show-inspector"));
        if (m_inspector) m_inspector->togglePin();
    });
    connect(m_rows, &TableRowsTab::neighborsRequested, this, [this] {
        Q_EMIT actionRequested(QStringLiteral("show-inspector"));
        if (m_inspector) m_inspector->neighbors()->find();
    });
    connect(&session().tables(), &TableAnalysis::neighborsReady, this, [this](const NeighborsPtr& found) {
        const RowNeighbors& row = found->rows.front();
        if (value(found->table) != m_table || value(row.row) != m_row) return;
        std::vector<qint64> ids;
        for (const Neighbor& n : row.neighbors) ids.push_back(value(n.id));
        m_map->setNeighbors(std::move(ids));
    });
    return panel;
}

void TablesPage::connectSession() {
    Session& s = session();
    connect(m_list, &TableListPane::tableChosen, this, [this](int table) {
        if (table != m_table) session().setSelection({.kind = Selection::Kind::Table, .table = table});
    });
    connect(m_list, &TableListPane::tableActivated, this, [this] {
        m_list->setWide(false);
        tabAt(m_tabs->currentIndex())->setFocus();
        if (m_tabs->currentIndex() == Rows) m_rows->findChild<QTableView*>()->setFocus();
    });
    connect(m_list, &TableListPane::wideChanged, this, &TablesPage::giveRoom);
    connect(m_list, &TableListPane::noticed, this, &Page::noticed);
    connect(&s, &Session::modelOpened, this, &TablesPage::showModel);
    connect(&s, &Session::modelClosed, this, &TablesPage::showNothing);
    connect(&s, &Session::selectionChanged, this, &TablesPage::showSelection);
    // A dictionary adds or removes the column of raw values; another dataset means other lookups.
    const auto reload = [this] {
        if (m_model) showModel(m_model);
    };
    connect(&s, &Session::datasetOpened, this, reload);
    connect(&s, &Session::datasetClosed, this, reload);
    followOpening([this] { showNothing(); });
    // Of what is opened next.
    connect(&s.scenarios(), &ScenarioDesk::taken, this, [this] { m_pinsToTake = session().scenarios().pinnedRows(); });
    m_pinsToTake = s.scenarios().pinnedRows();
    connect(&s, &Session::jobStarted, this, &TablesPage::showButtons);
    connect(&s, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total) {
        if (kind == JobKind::TableStatistics || kind == JobKind::Traffic) showProgress(done, total);
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        showButtons();
        if (kind == JobKind::TableStatistics || kind == JobKind::Traffic) showProgress(-1, 0);
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::TableRows) {
            m_rowToken = 0;
            if (m_inspector && !m_rowValues) m_inspector->showNoRow();
            return showError(error, [this] { m_rows->retry(); });
        }
        if (kind == JobKind::TableStatistics) return showError(error, [this] { computeAll(); });
        if (kind == JobKind::Traffic) return showError(error, [this] { session().tables().countTraffic(); });
        for (const JobKind mine : {JobKind::TableCosines, JobKind::TrafficSpectrum, JobKind::RowOrder,
                                   JobKind::MapColours, JobKind::MapLoop, JobKind::Density})
            if (kind == mine) showError(error);
    });
    connect(&s.tables(), &TableAnalysis::rowsReady, this, [this](const TableRowsPtr& rows, quint64 token) {
        if (token != 0 && token == m_pinToken) {
            m_pinToken = 0;
            m_inspector->pins()->refresh(*rows);
        }
        if (token == 0 || token != m_rowToken) return;
        m_rowToken = 0;
        m_rowValues = rows;
        showRowInInspector();
    });
    TableAnalysis& tables = s.tables();
    connect(&tables, &TableAnalysis::rowsExported, this, [this](qint64 rows, const QString& path) {
        Q_EMIT noticed(tr("%1 written: %2").arg(countedText(rows, "row"), path));
    });
    connect(&tables, &TableAnalysis::statisticsReady, this, [this](int table) {
        showButtons();
        if (table == m_table) showRowInInspector();
    });
    connect(&tables, &TableAnalysis::cosinesReady, this, &TablesPage::showRowInInspector);
    connect(&tables, &TableAnalysis::trafficChanged, this, [this] {
        showButtons();
        describeModel();
        showRowInInspector();
    });
}

// The list takes its share of the page's width until the user moves the splitter.
void TablesPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (!m_divided) giveRoom(m_list->isWide());
}

void TablesPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    if (!m_divided) giveRoom(m_list->isWide());
}

void TablesPage::giveRoom(bool toList) {
    m_detail->setVisible(!toList);
    if (toList) return;
    const int list =
        std::clamp(static_cast<int>(width() * kListShare), TableListPane::kNarrowest, TableListPane::kWidth);
    m_splitter->setSizes({list, width() - list});
}

void TablesPage::placeRows() {
    const bool beside =
        m_tabs->currentIndex() == Map && !m_map->loop().isEmpty() && m_detail->width() >= kRowsBesideMap;
    const bool stands = m_stack->indexOf(m_rows) < 0;
    if (beside == stands) return;
    if (beside) {
        m_stack->removeWidget(m_rows);
        m_beside->addWidget(m_rows);
        m_beside->setSizes({m_detail->width() * 3 / 5, m_detail->width() * 2 / 5});
    } else {
        m_stack->insertWidget(Rows, m_rows);
    }
    m_rows->setVisible(beside);
    m_stack->setCurrentWidget(tabAt(m_tabs->currentIndex()));
}

void TablesPage::showTab(int tab) {
    m_list->setWide(false);
    m_tabs->setCurrentIndex(tab);
}

void TablesPage::showNothing() {
    m_model.reset();
    showNoTable();
    m_list->setModel(nullptr);
    setSubtitle({});
    showButtons();
    showWithoutModel(
        tr("The embedding tables of a checkpoint and every row of them will stand here once one is open."));
}

// Nothing of the table that was shown last stays.
void TablesPage::showNoTable() {
    m_table = -1;
    m_row = -1;
    m_rowToken = 0;
    m_rowValues.reset();
    m_title->clear();
    m_title->setToolTip({});
    for (int tab = 0; tab < TabCount; ++tab) tabAt(tab)->setTable(-1, {});
    if (m_inspector) m_inspector->showNothing();
}

void TablesPage::showModel(const ModelInfoPtr& model) {
    const bool same =
        m_model && m_model->path == model->path && m_model->spec.tables.size() == model->spec.tables.size();
    const auto& tables = model->spec.tables;
    // The table of the same name as the one that is looked at.
    const int namesake =
        m_model && m_table >= 0 ? namedIn(tables, m_model->spec.tables[static_cast<std::size_t>(m_table)].name) : -1;
    m_begun = m_begun && same;
    m_model = model;
    describeModel();
    clearError();
    m_list->setModel(model);
    showContent();
    showButtons();
    session().tables().findKnown();
    if (tables.empty()) {
        showNoTable();
        return showWithoutModel(
            tr("This part of a model has no embedding tables. Open the checkpoint it was taken from to see them."));
    }
    const Selection selection = session().selection();
    const bool selected = selection.kind == Selection::Kind::Table || selection.kind == Selection::Kind::TableRow;
    const int wanted = selected && selection.table < static_cast<int>(tables.size()) ? selection.table
                       : same                                                        ? m_table
                                                                                     : namesake;
    const qint64 row = same && wanted == m_table ? m_row : -1;
    if (!same && m_inspector) m_inspector->showNothing();  // pinned rows were another model's
    showTable(std::max(0, wanted));
    readPinsAnew();
    takePins();
    if (row >= 0 && row < tables[static_cast<std::size_t>(m_table)].rows) {
        m_row = row;
        m_rows->showRow(row);
        showRowInInspector();
    }
    showSelection(selection);
}

// Their files may hold other values now.
void TablesPage::readPinsAnew() {
    if (!m_inspector || m_inspector->pins()->count() == 0) return;
    m_pinToken = TableRowSource::newToken();
    const std::vector<qint64> ids = m_inspector->pins()->ids();
    session().tables().requestRows(m_table, {ids.begin(), ids.end()}, m_pinToken);
}

// What is pinned is marked on the map, and part of the workspace.
void TablesPage::tellPins() {
    const std::vector<qint64> ids = m_inspector->pins()->ids();
    m_map->setPins(ids);
    std::optional<PinnedRows> rows;
    if (m_table >= 0 && !ids.empty())
        rows = PinnedRows{m_model->spec.tables[static_cast<std::size_t>(m_table)].name, {ids.begin(), ids.end()}};
    session().scenarios().setPinnedRows(rows);
}

// Those of a workspace that was opened, once its model is.
void TablesPage::takePins() {
    if (!m_pinsToTake || !m_inspector || m_table < 0) return;
    const PinnedRows rows = *std::exchange(m_pinsToTake, {});
    const int table = namedIn(m_model->spec.tables, rows.table);
    std::vector<qint64> ids;
    if (table >= 0)
        for (const std::int64_t id : rows.ids)
            if (id < m_model->spec.tables[static_cast<std::size_t>(table)].rows) ids.push_back(id);
    if (ids.size() < rows.ids.size())
        Q_EMIT noticed(tr("Pinned rows of the workspace do not fit what is open: %1 of %2 of %3.")
                           .arg(formatCount(std::ssize(rows.ids) - std::ssize(ids)),
                                countedText(std::ssize(rows.ids), "row"), QString::fromStdString(rows.table)));
    if (ids.empty()) return;
    if (table != m_table) showTable(table);
    m_inspector->pins()->setPinned(ids);
    readPinsAnew();
}

void TablesPage::describeModel() {
    if (!m_model) return;
    const auto& tables = m_model->spec.tables;
    if (tables.empty()) return setSubtitle({});  // the page says that there are none: no count of them, no rows
    const std::int64_t rows = std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                                              [](std::int64_t n, const TableSpec& t) { return n + t.rows; });
    QString text = tr("%1 · %2").arg(countedText(tables.size(), "table"), countedText(rows, "row"));
    if (const TrafficPtr traffic = session().tables().traffic())
        text += tr(" · lookups of %1").arg(countedRows(*traffic));
    setSubtitle(text);
}

void TablesPage::showTable(int table) {
    const TableSpec& spec = m_model->spec.tables[static_cast<std::size_t>(table)];
    m_table = table;
    m_row = -1;
    m_rowToken = m_pinToken = 0;  // an answer on its way is of the table before
    m_rowValues.reset();
    m_title->setFullText(QStringLiteral("%1 · %2 × %3 · %4")
                             .arg(QString::fromStdString(spec.name), formatCount(spec.rows), formatCount(spec.dim),
                                  formatBytes(spec.bytes)));
    m_list->setCurrent(table);
    if (m_inspector) m_inspector->showTable(table, spec);
    for (int tab = 0; tab < TabCount; ++tab) tabAt(tab)->setTable(table, spec);
    if (m_inspector) m_map->setPins(m_inspector->pins()->ids());
    placeRows();
}

void TablesPage::showSelection(const Selection& selection) {
    const bool mine = selection.kind == Selection::Kind::Table || selection.kind == Selection::Kind::TableRow;
    if (!m_model || !mine || selection.table < 0 || selection.table >= static_cast<int>(m_model->spec.tables.size()))
        return;
    if (selection.table != m_table) {
        // A row that one goes to is in sight.
        if (selection.kind == Selection::Kind::TableRow)
            m_rows->forgetQuery(
                QString::fromStdString(m_model->spec.tables[static_cast<std::size_t>(selection.table)].name));
        showTable(selection.table);
    }
    if (selection.kind != Selection::Kind::TableRow || selection.row == m_row) return;
    m_row = selection.row;
    m_rowToken = 0;
    m_rowValues.reset();
    m_map->setCurrentRow(m_row);
    m_rank->setCurrentRow(m_row);
    m_list->setWide(false);  // else the row would be out of sight
    if (m_rows->currentId() != m_row) m_rows->showRow(m_row);
    showRowInInspector();
}

void TablesPage::jump(qint64 row) {
    session().jumpTo({.kind = Selection::Kind::TableRow, .table = m_table, .row = row});
}

void TablesPage::showRowInInspector() {
    if (!m_inspector || m_table < 0) return;
    if (m_row < 0) return m_inspector->showNoRow();
    std::optional<TableRowSource::Row> values;
    if (m_rows->currentId() == m_row) values = m_rows->currentRow();
    if (!values && m_rowValues) {
        values = TableRowSource::Row{m_rowValues->values, m_rowValues->norms[0], m_rowValues->minima[0],
                                     m_rowValues->maxima[0]};
    } else if (!values && m_rowToken == 0) {
        m_rowToken = TableRowSource::newToken();
        session().tables().requestRows(m_table, {m_row}, m_rowToken);
    }
    m_inspector->showRow(m_row, values, m_rows->heldScale(), session().hexOf(m_table, m_row));
}

QWidget* TablesPage::inspector() {
    if (!m_inspector) {
        m_inspector = new TableInspector(session());
        connect(m_inspector, &TableInspector::rowRequested, this, &TablesPage::jump);
        connect(m_inspector, &TableInspector::noticed, this, &Page::noticed);
        connect(m_inspector->pins(), &TablePins::changed, this, &TablesPage::tellPins);
        if (m_table >= 0) m_inspector->showTable(m_table, m_model->spec.tables[static_cast<std::size_t>(m_table)]);
        showRowInInspector();
        takePins();
    }
    return m_inspector;
}

bool TablesPage::goToId() {
    if (m_table < 0) return false;
    showTab(Rows);
    return m_rows->goToId();
}

// The current table first, then the small ones: the list fills as early as it can.
void TablesPage::computeAll() {
    if (!m_model) return;
    std::vector<int> tables(m_model->spec.tables.size());
    std::iota(tables.begin(), tables.end(), 0);
    const auto bytes = [this](int t) { return m_model->spec.tables[static_cast<std::size_t>(t)].bytes; };
    std::stable_sort(tables.begin(), tables.end(), [&](int a, int b) {
        return std::pair(a != m_table, bytes(a)) < std::pair(b != m_table, bytes(b));
    });
    clearError();
    m_begun = true;
    session().tables().computeStatistics(std::move(tables));
}

void TablesPage::showButtons() {
    const int all = m_model ? static_cast<int>(m_model->spec.tables.size()) : 0;
    const TableAnalysis& tables = session().tables();
    const int known = tables.tablesKnown();
    const bool computing = session().isRunning(JobKind::TableStatistics);
    m_compute->setText(computing                ? tr("Cancel &statistics")
                       : m_begun && known < all ? tr("Resume &statistics")
                                                : tr("Compute &statistics"));
    setVisibleKeepingFocus({{m_compute, all > 0 && (computing || known < all)}}, m_list);
    m_compute->setToolTip(m_model ? tr("One pass over every table: %1 in all, %2 of %3 known")
                                        .arg(formatBytes(m_model->spec.bytes()))
                                        .arg(known)
                                        .arg(countedText(all, "table"))
                                  : QString());
    const bool counting = session().isRunning(JobKind::Traffic);
    m_count->setText(counting                                         ? tr("Cancel &lookups")
                     : tables.traffic() && !tables.untrainedTraffic() ? tr("Join &lookups")
                                                                      : tr("Count &lookups"));
    setVisibleKeepingFocus(
        {{m_count, all > 0 && session().dataset() &&
                       (counting || !tables.traffic() || (!tables.untrainedTraffic() && known == all))}},
        m_list);
}

void TablesPage::prepareForRender() {
    if (!m_model || m_model->spec.tables.empty()) return;
    const auto& tables = m_model->spec.tables;
    const auto largest = std::max_element(tables.begin(), tables.end(),
                                          [](const TableSpec& a, const TableSpec& b) { return a.rows < b.rows; });
    session().setSelection({.kind = Selection::Kind::TableRow,
                            .table = static_cast<int>(largest - tables.begin()),
                            .row = std::min<std::int64_t>(1, largest->rows - 1)});
    computeAll();
}

QStringList TablesPage::renderViews() const {
    if (!m_model || m_model->spec.tables.empty()) return {};
    return {QStringLiteral("rows"),    QStringLiteral("list"),      QStringLiteral("sorted"),
            QStringLiteral("norms"),   QStringLiteral("rank-norm"), QStringLiteral("spectrum"),
            QStringLiteral("spectra"), QStringLiteral("pca"),       QStringLiteral("umap")};
}

void TablesPage::showRenderView(const QString& view) {
    const auto is = [&view](const char* name) { return view == QLatin1String(name); };
    if (is("rows")) {
        showTab(Rows);
        if (session().dataset() && !session().tables().untrainedTraffic()) session().tables().countTraffic();
        if (m_inspector) m_inspector->neighbors()->find();
    }
    m_list->setWide(is("list"));
    if (is("sorted")) m_rows->sortBy(RowKey::Norm);
    if (is("norms")) showTab(Norms);
    if (is("rank-norm")) showTab(RankNorm);
    if (is("spectrum")) showTab(Spectrum);
    if (is("spectra")) m_spectrum->setComparing(true);
    if (is("pca")) {
        showTab(Map);
        m_map->draw(MapMethod::Pca, MapColour::Norm);
    }
    if (is("umap")) m_map->draw(MapMethod::Umap, MapColour::Rank);
}

bool TablesPage::isSettled() const {
    if (m_rowToken != 0 || !m_rows->isSettled() || (m_inspector && !m_inspector->neighbors()->isSettled()))
        return false;
    return tabAt(m_tabs->currentIndex())->isSettled();
}

}  // namespace dlrm::ui
