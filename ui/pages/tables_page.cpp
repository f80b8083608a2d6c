// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables_page.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

#include "ui/models/cell_delegate.h"
#include "ui/models/heat_strip_delegate.h"
#include "ui/models/row_view.h"
#include "ui/models/share_bar_delegate.h"
#include "ui/models/table_list_model.h"
#include "ui/models/table_row_source.h"
#include "ui/pages/scale_legend.h"
#include "ui/pages/table_inspector.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kRowHeight = 20;
constexpr int kListWidth = 360, kNarrowestList = 272, kNarrowestRows = 300;
constexpr double kListShare = 0.32;
constexpr int kShareNeeds = 340;  // a list narrower than this leaves the share column out
constexpr int kGoToWidth = 120;
constexpr qint64 kMaximumCopiedCells = 1'000'000;
constexpr std::size_t kRowsPerCopyStep = 500;  // about 10 ms of text

int columnWidth(int characters) {
    return QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QLatin1Char('0')) * characters + 2 * space::s + space::xs;
}

}  // namespace

TablesPage::TablesPage(Session& s, QWidget* parent) : Page(s, tr("Tables"), parent) {
    m_list = new TableListModel(this);
    m_source = new TableRowSource(s, this);
    m_splitter = new QSplitter(Qt::Horizontal);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildList());
    m_splitter->addWidget(buildRows());
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    setContent(m_splitter);

    connect(&s, &Session::modelOpened, this, &TablesPage::showModel);
    connect(&s, &Session::modelClosed, this, &TablesPage::showNothing);
    connect(&s, &Session::selectionChanged, this, &TablesPage::showSelection);
    // A dictionary adds or removes the column of raw values.
    const auto reload = [this] {
        if (m_table >= 0) showTable(m_table, true);
    };
    connect(&s, &Session::datasetOpened, this, reload);
    connect(&s, &Session::datasetClosed, this, reload);
    connect(&s, &Session::jobStarted, this, [this](JobKind kind) {
        if (kind != JobKind::OpenModel) return;
        clearError();
        showProgress(0, 0);
        if (!m_model) showEmpty(tr("Opening the checkpoint…"), {}, {});
    });
    connect(&s, &Session::jobProgressed, this, [this](JobKind kind, qint64 done, qint64 total) {
        if (kind == JobKind::OpenModel) showProgress(done, total);
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::OpenModel) return;
        showProgress(-1, 0);
        if (!m_model) showNothing();
    });
    connect(&s, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::OpenModel) showError(error);
        if (kind == JobKind::TableRows) showError(error, [this] { m_source->retry(); });
    });
    connect(&s, &Session::tableRowsReady, this, [this](const TableRowsPtr& rows, quint64 token) {
        if (token == 0 || token != m_copyToken) return;
        m_copyToken = 0;
        m_copied = rows;
        m_copiedRows = 0;
        m_copyText = m_source->copyHeader();
        copySome();
    });
    if (s.model())
        showModel(s.model());
    else
        showNothing();
}

TablesPage::~TablesPage() = default;

QString TablesPage::helpText() const {
    return tr("At the left all embedding tables; click a column's title to sort them. At the right the rows of the current table: a row's id is its frequency rank, row 0 "
              "stands for missing and rare values. The strip shows a row's values in colours, blue below and red above zero; Numbers shows them as digits. Ctrl+G goes to "
              "an id, 50% to the middle, end to the last row; Ctrl+C copies the selected rows with all digits. The inspector shows the current row's vector.");
}

QWidget* TablesPage::buildList() {
    m_listView = new QTableView;
    m_listView->setModel(m_list);
    m_listView->setMinimumWidth(kNarrowestList);
    m_listView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_listView->setSelectionMode(QAbstractItemView::SingleSelection);
    m_listView->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_listView->setTabKeyNavigation(false);
    m_listView->setShowGrid(false);
    m_listView->setWordWrap(false);
    m_listView->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_listView->setAccessibleName(tr("Embedding tables"));
    m_listView->verticalHeader()->hide();
    m_listView->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_listView->verticalHeader()->setDefaultSectionSize(kRowHeight);
    QHeaderView* header = m_listView->horizontalHeader();
    header->setHighlightSections(false);
    header->setSortIndicator(TableListModel::Name, Qt::AscendingOrder);
    m_listView->setColumnWidth(TableListModel::Name, columnWidth(7));
    m_listView->setColumnWidth(TableListModel::Rows, columnWidth(10));
    m_listView->setColumnWidth(TableListModel::Size, columnWidth(8));
    header->setSectionResizeMode(TableListModel::Share, QHeaderView::Stretch);
    m_listView->installEventFilter(this);
    m_listView->setItemDelegate(new CellDelegate(m_listView));
    m_listView->setItemDelegateForColumn(TableListModel::Share, new ShareBarDelegate(m_listView));
    m_listView->setSortingEnabled(true);
    header->setSortIndicatorShown(false);  // the titles carry it, right behind the word
    connect(m_listView->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        const int table = m_list->tableAt(index.row());
        if (m_following || table < 0 || table == m_table) return;
        Selection selection;
        selection.kind = Selection::Kind::Table;
        selection.table = table;
        session().setSelection(selection);
    });
    // A click below the last line would leave the table in view unmarked.
    connect(m_listView->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        QItemSelectionModel* selection = m_listView->selectionModel();
        if (!selection->hasSelection() && selection->currentIndex().isValid())
            selection->select(selection->currentIndex(), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    });
    connect(m_listView, &QTableView::activated, this, [this] { m_rows->setFocus(); });
    return m_listView;
}

QWidget* TablesPage::buildRows() {
    auto* panel = new QWidget;
    panel->setMinimumWidth(kNarrowestRows);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto* head = new QWidget(panel);
    auto* lines = new QVBoxLayout(head);
    lines->setContentsMargins(space::m, space::s, space::m, space::s);
    lines->setSpacing(space::xs);
    m_title = new QLabel(head);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(Theme::instance().font(font_size::section));
    m_title->setMinimumWidth(1);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    lines->addWidget(m_title);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(space::s);
    m_legend = new ScaleLegend(head);
    m_legend->setToolTip(tr("Colours of the strip. The ends stand for about the largest value, by amount, of the rows around those in view; they change where values are much larger or smaller."));
    tools->addWidget(m_legend);
    tools->addStretch(1);
    m_goTo = new QLineEdit(head);
    m_goTo->setPlaceholderText(tr("go to id"));
    m_goTo->setToolTip(tr("An id like 1,234,567, a share like 50%, or “end” (Ctrl+G)"));
    m_goTo->setAccessibleName(tr("Go to row"));
    m_goTo->setFixedWidth(kGoToWidth);
    m_goTo->setClearButtonEnabled(true);
    tools->addWidget(m_goTo);
    m_numbers = new QPushButton(tr("&Numbers"), head);
    m_numbers->setCheckable(true);
    m_numbers->setToolTip(tr("Show the values as digits instead of colours"));
    tools->addWidget(m_numbers);
    lines->addLayout(tools);
    m_goToError = new QLabel(head);
    m_goToError->setTextFormat(Qt::PlainText);
    m_goToError->setAlignment(Qt::AlignRight);
    m_goToError->hide();
    lines->addWidget(m_goToError);
    column->addWidget(head);

    m_rows = new RowView(panel);
    m_rows->table()->setFont(Theme::instance().monospace());
    m_rows->table()->setAccessibleName(tr("Rows of the table"));
    m_rows->setCopyHandler([this](qint64 first, qint64 last) { copyRows(first, last); });
    m_rows->table()->setItemDelegate(new CellDelegate(m_rows));
    m_strip = new HeatStripDelegate(this);
    column->addWidget(m_rows, 1);
    setTabOrder(m_goTo, m_numbers);
    setTabOrder(m_numbers, m_rows);

    connect(m_goTo, &QLineEdit::returnPressed, this, &TablesPage::goToTypedRow);
    connect(m_goTo, &QLineEdit::textEdited, m_goToError, &QWidget::hide);
    connect(m_numbers, &QPushButton::toggled, this, [this](bool on) {
        m_source->setNumbers(on);
        showColumns();
    });
    connect(m_rows, &RowView::currentRowChanged, this, [this](qint64 row) {
        if (!m_following && row >= 0) {
            Selection selection;
            selection.kind = Selection::Kind::TableRow;
            selection.table = m_table;
            selection.row = row;
            session().setSelection(selection);
        }
        showRowInInspector();
    });
    connect(m_source, &TableRowSource::scaleChanged, this, [this] {
        m_legend->setScale(m_source->scale());
        m_rows->rowsChanged();
        showRowInInspector();
    });
    connect(m_source, &TableRowSource::loaded, this, [this] {
        clearError();
        m_rows->rowsChanged();
        showRowInInspector();
    });
    return panel;
}

bool TablesPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_listView && event->type() == QEvent::Resize) {
        const bool narrow = m_listView->width() < kShareNeeds;
        m_listView->setColumnHidden(TableListModel::Share, narrow);
        m_listView->horizontalHeader()->setSectionResizeMode(TableListModel::Name, narrow ? QHeaderView::Stretch : QHeaderView::Interactive);
    }
    return Page::eventFilter(watched, event);
}

// The list takes its share of the first width the page gets; from then on the splitter is the user's.
void TablesPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (m_divided) return;
    m_divided = true;
    const int list = std::clamp(static_cast<int>(width() * kListShare), kNarrowestList, kListWidth);
    m_splitter->setSizes({list, width() - list});
}

void TablesPage::showNothing() {
    m_model.reset();
    m_table = -1;
    m_rows->setSource(nullptr);
    m_source->setTable(-1, {});
    m_list->setSpec({});
    if (m_inspector) m_inspector->showNothing();
    setSubtitle({});
    showEmpty(tr("The embedding tables of a checkpoint and every row of them will stand here once one is open."), tr("Open checkpoint…"),
              [this] { Q_EMIT actionRequested(QStringLiteral("open-model")); });
}

void TablesPage::showModel(const ModelInfoPtr& model) {
    const bool same = m_model && m_model->path == model->path && m_model->spec.tables.size() == model->spec.tables.size();
    m_model = model;
    const auto& tables = model->spec.tables;
    const std::int64_t rows = std::accumulate(tables.begin(), tables.end(), std::int64_t{0}, [](std::int64_t n, const TableSpec& t) { return n + t.rows; });
    setSubtitle(tr("%1 tables · %2 rows").arg(tables.size()).arg(formatCount(rows)));
    clearError();
    m_following = true;
    m_list->setSpec(model->spec);
    m_following = false;
    showContent();
    if (tables.empty()) {
        m_table = -1;
        m_rows->setSource(nullptr);
        return;
    }
    const Selection selection = session().selection();
    const bool selected = selection.kind == Selection::Kind::Table || selection.kind == Selection::Kind::TableRow;
    const int wanted = selected && selection.table < static_cast<int>(tables.size()) ? selection.table : same ? m_table : 0;
    showTable(std::max(0, wanted), same && wanted == m_table);
    showSelection(selection);
}

void TablesPage::showTable(int table, bool keepRow) {
    const TableSpec& spec = m_model->spec.tables[static_cast<std::size_t>(table)];
    const qint64 row = keepRow ? m_rows->currentRow() : -1;
    m_table = table;
    m_copyToken = 0;
    m_following = true;
    m_source->setTable(table, spec);
    m_title->setText(QStringLiteral("%1 · %2 × %3 · %4").arg(QString::fromStdString(spec.name), formatCount(spec.rows), formatCount(spec.dim), formatBytes(spec.bytes)));
    m_title->setToolTip(m_title->text().toHtmlEscaped());
    m_legend->setScale(0);
    m_goToError->hide();
    m_listView->setCurrentIndex(m_list->index(m_list->rowOf(table), 0));
    showColumns();
    if (row >= 0 && row < spec.rows) m_rows->setCurrentRow(row);
    m_following = false;
    if (m_inspector) m_inspector->showTable(spec);
    showRowInInspector();
}

// Columns differ between strip and numbers; the position stays.
void TablesPage::showColumns() {
    const bool wasFollowing = std::exchange(m_following, true);
    const qint64 row = m_rows->currentRow();
    m_rows->setSource(m_source);
    QTableView* view = m_rows->table();
    const int columns = static_cast<int>(m_source->columns().size());
    const int strip = m_source->stripColumn();
    for (int c = 0; c < columns; ++c) {
        view->setItemDelegateForColumn(c, c == strip ? m_strip : nullptr);
        view->setColumnWidth(c, columnWidth(strip >= 0 && c < strip ? 9 : 10));
    }
    view->horizontalHeader()->setStretchLastSection(strip >= 0);
    m_legend->setVisible(strip >= 0);
    if (row >= 0) m_rows->setCurrentRow(row);
    m_following = wasFollowing;
}

void TablesPage::showSelection(const Selection& selection) {
    const bool mine = selection.kind == Selection::Kind::Table || selection.kind == Selection::Kind::TableRow;
    if (!m_model || !mine || selection.table < 0 || selection.table >= static_cast<int>(m_model->spec.tables.size())) return;
    if (selection.table != m_table) showTable(selection.table);
    if (selection.kind == Selection::Kind::TableRow && selection.row != m_rows->currentRow()) {
        m_following = true;
        m_rows->goTo(QString::number(selection.row));
        m_following = false;
    }
}

bool TablesPage::goToId() {
    if (m_table < 0) return false;
    m_goTo->setFocus(Qt::ShortcutFocusReason);
    m_goTo->selectAll();
    return true;
}

void TablesPage::goToTypedRow() {
    if (m_table < 0) return;
    if (m_rows->goTo(m_goTo->text())) {
        m_goToError->hide();
        m_rows->setFocus();
        return;
    }
    QPalette palette = m_goToError->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().colors().fail);
    m_goToError->setPalette(palette);
    m_goToError->setText(tr("No such row. Ids are 0 … %1; a share like 50% and “end” work too.").arg(formatCount(m_source->rowCount() - 1)));
    m_goToError->show();
    m_goTo->selectAll();
}

void TablesPage::showRowInInspector() {
    if (!m_inspector || m_table < 0) return;
    const qint64 row = m_rows->currentRow();
    if (row < 0)
        m_inspector->showNoRow();
    else
        m_inspector->showRow(row, m_source->row(row), m_source->scale(), session().hexOf(m_table, row));
}

QWidget* TablesPage::inspector() {
    if (!m_inspector) {
        m_inspector = new TableInspector;
        connect(m_inspector, &TableInspector::rowRequested, this, [this](qint64 row) { m_rows->goTo(QString::number(row)); });
        if (m_table >= 0) m_inspector->showTable(m_model->spec.tables[static_cast<std::size_t>(m_table)]);
        showRowInInspector();
    }
    return m_inspector;
}

void TablesPage::copyRows(qint64 first, qint64 last) {
    const qint64 rows = last - first + 1;
    if (rows > kMaximumCopiedCells / m_source->copyColumns()) {
        Q_EMIT noticed(tr("At most %1 rows of this table can be copied at once.").arg(formatCount(kMaximumCopiedCells / m_source->copyColumns())));
        return;
    }
    std::vector<std::int64_t> ids(static_cast<std::size_t>(rows));
    std::iota(ids.begin(), ids.end(), first);
    m_copyToken = TableRowSource::newToken();
    session().requestTableRows(m_table, std::move(ids), m_copyToken);
}

void TablesPage::copySome() {
    if (!m_copied) return;
    m_copyText += m_source->copyLines(*m_copied, m_copiedRows, kRowsPerCopyStep);
    m_copiedRows += kRowsPerCopyStep;
    if (m_copiedRows < m_copied->ids.size()) {
        QTimer::singleShot(0, this, &TablesPage::copySome);
        return;
    }
    QGuiApplication::clipboard()->setText(m_copyText);
    Q_EMIT noticed(m_copied->ids.size() == 1 ? tr("Copied 1 row") : tr("Copied %1 rows").arg(formatCount(static_cast<qint64>(m_copied->ids.size()))));
    m_copied.reset();
    m_copyText.clear();
}

void TablesPage::prepareForRender() {
    if (!m_model || m_model->spec.tables.empty()) return;
    Selection selection;
    selection.kind = Selection::Kind::TableRow;
    const auto& tables = m_model->spec.tables;
    selection.table = static_cast<int>(std::max_element(tables.begin(), tables.end(), [](const TableSpec& a, const TableSpec& b) { return a.rows < b.rows; }) - tables.begin());
    selection.row = std::min<std::int64_t>(1, tables[static_cast<std::size_t>(selection.table)].rows - 1);
    session().setSelection(selection);
}

bool TablesPage::isSettled() const { return !m_source->isLoading() && m_copyToken == 0; }

Page* createTablesPage(Session& session, QWidget* parent) { return new TablesPage(session, parent); }

}  // namespace dlrm::ui
