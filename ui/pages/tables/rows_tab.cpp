// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/rows_tab.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QTableView>
#include <QTimer>

#include <algorithm>
#include <utility>

#include "ui/models/cell_delegate.h"
#include "ui/models/heat_strip_delegate.h"
#include "ui/models/row_text.h"
#include "ui/models/row_view.h"
#include "ui/pages/parts.h"
#include "ui/pages/scale_legend.h"
#include "ui/pages/tables/query_bar.h"
#include "ui/session/table_analysis.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kGoToWidth = 120;
constexpr qint64 kLargeExport = 1 << 26;      // bytes of text: above, its size is said first
constexpr qint64 kMostBytesOfAValue = 16;     // of text: "-1.2345678e-05,"
constexpr qint64 kRowsThatTellTheSize = 256;  // a value takes 3 to 15 bytes: some rows are formatted
constexpr qint64 kMaximumCopiedCells = 1'000'000;
constexpr std::size_t kRowsPerCopyStep = 500;  // about 10 ms of text
constexpr std::int64_t kCheapCosines =
    std::int64_t{256} << 20;      // bytes of a table whose cosines are computed unasked once its statistics were
constexpr int kStripWidth = 112;  // at least

// Room for the column's longest text, and for its title; with the arrow of a sorted column unless nothing sorts by it.
int columnWidth(const QHeaderView& header, int column, const QString& widest, bool sortable) {
    const QString title = header.model()->headerData(column, Qt::Horizontal).toString();
    const QString arrow = sortable ? QStringLiteral(" ▾") : QString();
    const bool sorted = title.endsWith(QLatin1String(" ▾")) || title.endsWith(QLatin1String(" ▴"));
    const int forTitle = header.fontMetrics().horizontalAdvance(sorted ? title : title + arrow) + 2 * space::s;
    return std::max(forTitle, QFontMetrics(Theme::instance().monospace()).horizontalAdvance(widest) + 2 * space::s) +
           space::xs;
}

bool isRawValue(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral("^\\s*[0-9a-fA-F]{8}\\s*$"));
    return pattern.match(text).hasMatch();
}

}  // namespace

TableRowsTab::TableRowsTab(Session& s, QWidget* parent) : TableTab(s, parent) {
    m_source = new TableRowSource(s, this);
    auto* panel = new QWidget;
    QVBoxLayout* column = columnIn(panel, 0);
    column->addWidget(buildTools());
    m_bar = new TableQueryBar(panel);
    m_bar->hide();
    column->addWidget(m_bar);
    m_status = mutedLabel(panel);
    m_status->setObjectName(QStringLiteral("shownRows"));
    m_status->hide();
    m_status->setContentsMargins(space::m, space::xs, space::m, space::xs);
    buildGrid();
    column->addWidget(m_rows, 1);
    column->addWidget(m_status);  // below the grid: the titles keep their place under the pointer
    setContent(panel);
    setTabOrder(m_goTo, m_filter);
    setTabOrder(m_filter, m_numbers);
    setTabOrder(m_numbers, m_export);
    setTabOrder(m_export, m_bar);
    setTabOrder(m_bar, m_rows);

    connect(m_bar, &TableQueryBar::changed, this, &TableRowsTab::applyQuery);
    connect(m_bar, &TableQueryBar::entered, this, [this] {
        if (isRefused()) applyQuery();
    });
    connect(m_bar, &TableQueryBar::cleared, this, [this] {
        if (!m_among) return;
        setAmong(nullptr, {});
        Q_EMIT amongCleared();
    });
    connect(&s.tables(), &TableAnalysis::rowsReady, this, [this](const TableRowsPtr& rows, quint64 token) {
        if (token != 0 && token == m_sizeToken) {
            const qint64 bytes = analysis().textBytes(table(), *rows, exportedRows(m_sized));
            // Later: others wait for this signal, and a dialog blocks.
            QTimer::singleShot(0, this, [this, bytes, token] {
                if (token == m_sizeToken) saySize(bytes);
            });
        }
        if (token == 0 || token != m_copyToken) return;
        m_copyToken = 0;
        m_copied = rows;
        m_copiedRows = 0;
        copySome();
    });
    TableAnalysis& tables = s.tables();
    connect(&tables, &TableAnalysis::orderReady, this, [this](const GridOrderPtr& order, quint64 token) {
        if (token == m_orderToken) showOrder(order);
    });
    connect(&tables, &TableAnalysis::cosinesReady, this, [this](int ready) {
        if (ready == table()) refreshSoon();
    });
    connect(&tables, &TableAnalysis::trafficChanged, this, [this] {
        m_bar->setHitsKnown(analysis().traffic() != nullptr);
        if (table() >= 0) refreshSoon();
        if (analysis().traffic() && m_bar->query().needsHits() && isRefused()) applyQuery();
    });
    connect(&s, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::RowOrder || !m_ordering) return;
        m_ordering = false;  // cancelled or failed: what there is stays
        describeQuery();
    });
    m_bar->setHitsKnown(false);
}

TableRowsTab::~TableRowsTab() = default;

QWidget* TableRowsTab::buildTools() {
    auto* head = new QWidget;
    QVBoxLayout* lines = columnIn(head, space::xs, {space::m, space::s, space::m, space::s});
    auto* tools = new FlowLayout(nullptr);
    m_legend = new ScaleLegend(head);
    m_legend->setToolTip(tr("Colours of the strip; values beyond the ends have the colours of the ends"));
    m_scaleMode = new QComboBox(head);
    m_scaleMode->setObjectName(QStringLiteral("scaleMode"));
    m_scaleMode->setAccessibleName(tr("Scale of the colours"));
    m_scaleMode->addItem(tr("whole table"), static_cast<int>(TableRowSource::ScaleMode::Table));
    m_scaleMode->addItem(tr("trained rows"), static_cast<int>(TableRowSource::ScaleMode::Trained));
    m_scaleMode->addItem(tr("rows in view"), static_cast<int>(TableRowSource::ScaleMode::View));
    m_scaleMode->addItem(tr("held"), static_cast<int>(TableRowSource::ScaleMode::Held));
    m_scaleMode->setToolTip(
        tr("Whole table: 99.9 % of its values lie within the ends, once its statistics are computed; until then as for "
           "the rows in view.\n"
           "Trained rows: the same of the rows that training changed, the better scale where most rows are untrained.\n"
           "Rows in view: the ends follow the rows around those in view.\nHeld: the ends stay as they are now."));
    connect(m_scaleMode, &QComboBox::activated, this, [this] {
        m_source->setScaleMode(static_cast<TableRowSource::ScaleMode>(m_scaleMode->currentData().toInt()));
        Q_EMIT rowLoaded();
    });
    m_goTo = new QLineEdit(head);
    m_goTo->setObjectName(QStringLiteral("goTo"));
    m_goTo->setPlaceholderText(tr("go to row"));
    m_goTo->setToolTip(tr("An id like 1,234,567, a raw value like 155e388d, a share like 50%, or “end” (Ctrl+G)"));
    m_goTo->setAccessibleName(tr("Go to row"));
    m_goTo->setFixedWidth(kGoToWidth);
    m_goTo->setClearButtonEnabled(true);
    tools->addWidget(m_goTo);
    m_filter = toggleButton(head, tr("&Filter •"),
                            tr("Sort and filter the rows (Ctrl+F). A click on a column's title sorts too."));
    m_filter->setMinimumWidth(m_filter->sizeHint().width());  // what stands beside it keeps its place
    m_filter->setText(tr("&Filter"));
    tools->addWidget(m_filter);
    m_numbers = toggleButton(head, tr("&Numbers"), tr("Show the values as digits instead of colours"));
    tools->addWidget(m_numbers);
    m_export = new QPushButton(tr("&Export…"), head);
    m_export->setObjectName(QStringLiteral("exportRows"));
    m_export->setToolTip(tr("The selected rows (Ctrl+E), or all rows of this view, to .csv, .tsv, .npy or .h5"));
    m_export->setMenu(new QMenu(m_export));
    connect(m_export->menu(), &QMenu::aboutToShow, this, [this] {
        m_export->menu()->clear();
        addExports(*m_export->menu());
    });
    tools->addWidget(m_export);
    // One thing, wherever the line ends: the choice is of what the colours stand for, not of rows.
    m_scale = new QWidget(head);
    QHBoxLayout* scale = rowIn(m_scale, space::s);
    scale->addWidget(m_legend);
    auto* words = new QLabel(tr("colours by"), m_scale);
    words->setProperty("muted", true);
    scale->addWidget(words);
    scale->addWidget(m_scaleMode);
    QSizePolicy policy = m_scale->sizePolicy();
    policy.setRetainSizeWhenHidden(true);  // the grid keeps its place when digits are shown
    m_scale->setSizePolicy(policy);
    tools->addWidget(m_scale);
    lines->addLayout(tools);
    m_goToError = problemLabel(head);
    m_goToError->setWordWrap(true);
    lines->addWidget(m_goToError);

    connect(m_goTo, &QLineEdit::returnPressed, this, &TableRowsTab::goToTypedRow);
    connect(m_goTo, &QLineEdit::textEdited, m_goToError, &QWidget::hide);
    connect(m_filter, &QPushButton::toggled, this, [this](bool on) { m_bar->setVisible(on); });
    connect(m_numbers, &QPushButton::toggled, this, [this](bool on) {
        m_source->setNumbers(on);
        showColumns();
    });
    return head;
}

void TableRowsTab::buildGrid() {
    m_rows = new RowView;
    m_rows->table()->setFont(Theme::instance().monospace());
    m_rows->table()->setAccessibleName(tr("Rows of the table"));
    m_rows->table()->horizontalHeader()->setSectionsClickable(true);
    m_rows->setCopyHandler([this] { copy(); });
    m_rows->table()->setItemDelegate(new CellDelegate(m_rows));
    m_strip = new HeatStripDelegate(this);
    connect(m_rows->table()->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int column) {
        if (const auto key = m_source->keyOf(column)) m_bar->sortBy(*key);
    });
    connect(m_rows, &RowView::currentRowChanged, this, [this] {
        m_goToError->hide();  // it was said of what was typed before
        if (m_following) return;
        m_hidden = -1;
        Q_EMIT currentChanged(currentId());
    });
    m_rows->table()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_rows->table(), &QWidget::customContextMenuRequested, this, &TableRowsTab::showMenu);
    connect(m_source, &TableRowSource::scaleChanged, this, [this] {
        m_legend->setScale(m_source->scale());
        m_rows->rowsChanged();
        Q_EMIT rowLoaded();
    });
    connect(m_source, &TableRowSource::loaded, this, [this] {
        m_rows->rowsChanged();
        Q_EMIT rowLoaded();
    });
}

void TableRowsTab::forget() {
    m_copyToken = m_sizeToken = 0;
    m_order.reset();
    m_orderToken = m_shownToken = 0;
    m_shownWords.clear();
    m_ordering = false;
    m_among.reset();
    m_amongWords.clear();
    m_hidden = -1;
    m_following = true;
    m_source->setTable(table(), spec());
    if (table() < 0) m_rows->setSource(nullptr);
    else m_rows->setCurrentRow(-1);  // what was current was another table's row
    {
        const QSignalBlocker blocker(m_bar);
        const RowQuery* kept = keptQuery();
        m_bar->setQuery(kept && (!kept->needsHits() || analysis().traffic()) ? *kept : RowQuery());
    }
    m_legend->setScale(0);
    m_goTo->clear();
    m_goToError->hide();
    takeKnown();
    if (table() >= 0) showColumns();
    m_following = false;
    describeQuery();
    if (table() < 0) return showEmpty(tr("Choose a table at the left."));
    applyQuery();
    showContent();
}

void TableRowsTab::refresh() {
    if (table() < 0) return;
    // The cosines belong to the statistics somebody asked for; on a large table they wait until one sorts or filters by
    // them.
    if (statistics() && !analysis().cosines(table()) && spec().bytes <= kCheapCosines &&
        !session().isRunning(JobKind::TableCosines))
        analysis().computeCosines(table());
    const int before = static_cast<int>(m_source->columns().size());
    takeKnown();
    if (static_cast<int>(m_source->columns().size()) != before) showColumns();
    else m_rows->rowsChanged();
}

void TableRowsTab::takeKnown() {
    m_source->setKnown(statistics(), analysis().cosines(table()), analysis().traffic(), spec().bytes <= kCheapCosines);
    m_scaleMode->setCurrentIndex(m_scaleMode->findData(static_cast<int>(m_source->scaleMode())));
}

// Columns differ between strip and numbers and with what is known; the current row stays.
void TableRowsTab::showColumns() {
    const QScopedValueRollback following(m_following, true);
    const qint64 position = m_rows->currentRow();
    layOutColumns();
    if (position >= 0 && position < m_source->rowCount()) m_rows->setCurrentRow(position);
}

// From the first row, none current.
void TableRowsTab::layOutColumns() {
    m_rows->setSource(m_source);
    QTableView* view = m_rows->table();
    const int columns = static_cast<int>(m_source->columns().size());
    const int strip = m_source->stripColumn();
    for (int c = 0; c < columns; ++c) {
        view->setItemDelegateForColumn(c, c == strip ? m_strip : nullptr);
        const int width = columnWidth(*view->horizontalHeader(), c, m_source->widestText(c), c != strip);
        view->setColumnWidth(c, c == strip ? std::max(kStripWidth, width) : width);
    }
    view->horizontalHeader()->setStretchLastSection(strip >= 0);
    m_scale->setVisible(strip >= 0);
}

void TableRowsTab::setAmong(IdsPtr ids, const QString& words) {
    m_among = std::move(ids);
    m_amongWords = words;
    applyQuery();
}

RowQuery* TableRowsTab::keptQuery() {
    const ModelInfoPtr model = session().model();
    if (!model || table() < 0) return nullptr;
    const QString path = QString::fromStdString(model->path);
    if (std::exchange(m_queriesOf, path) != path) m_queries.clear();
    return &m_queries[QString::fromStdString(spec().name)];
}

void TableRowsTab::applyQuery() {
    if (table() < 0) return;
    if (RowQuery* kept = keptQuery()) *kept = m_bar->query();
    if (m_bar->isPlain() && !m_among) {
        session().cancel(JobKind::RowOrder);
        m_orderToken = m_shownToken = 0;
        m_shownWords.clear();
        m_ordering = false;
        if (!m_order) return describeQuery();
        m_order.reset();
        const qint64 id = currentId() >= 0 ? currentId() : m_hidden;
        m_hidden = -1;
        m_source->setOrder(nullptr);
        const QScopedValueRollback following(m_following, true);
        layOutColumns();
        if (id >= 0) m_rows->goTo(QString::number(id));
        return describeQuery();
    }
    m_orderToken = TableRowSource::newToken();
    m_ordering = true;
    if (m_among && m_bar->isPlain()) return showOrder(inOrder(*m_among));  // the chosen ids are
    analysis().requestOrder(table(), m_bar->query(), m_among, m_orderToken);
    describeQuery();
}

void TableRowsTab::showOrder(const GridOrderPtr& order) {
    const qint64 id = currentId() >= 0 ? currentId() : m_hidden, top = m_rows->firstVisibleRow();
    // The rows shown so far begin this order: what is looked at stays where it is.
    const bool goesOn = m_order && !m_order->whole && m_ordering;
    m_order = order;
    m_ordering = !order->whole;
    m_shownToken = m_orderToken;
    m_shownWords = queryWords();
    m_source->setOrder(order);
    const QScopedValueRollback following(m_following, true);
    layOutColumns();
    if (goesOn) m_rows->setFirstVisibleRow(top);
    const qint64 position = id >= 0 ? m_source->positionOf(id) : -1;
    m_hidden = position < 0 ? id : -1;
    if (position >= 0) m_rows->setCurrentRow(position, false);
    describeQuery();
}

QString TableRowsTab::queryWords() const {
    QStringList parts;
    if (m_among) parts << m_amongWords;
    if (const QString words = m_bar->words(); !words.isEmpty()) parts << words;
    return parts.join(QStringLiteral(" · "));
}

void TableRowsTab::describeQuery() {
    QString text = queryWords();
    m_filter->setText(m_bar->filters() || m_among ? tr("&Filter •") : tr("&Filter"));
    if (text.isEmpty()) {
        m_status->hide();
        return;
    }
    if (isRefused()) text.prepend(tr("not ordered: "));
    else if (m_order && !m_ordering)
        text.prepend(tr("%1 of %2: ").arg(formatCount(m_order->passing), countedText(spec().rows, "row")));
    else if (m_order)
        text.prepend(tr("the first %1 of %2, the rest is being ordered: ")
                         .arg(formatCount(m_source->rowCount()), countedText(m_order->passing, "row")));
    else text.prepend(tr("ordering: "));
    m_status->setText(text);
    m_status->setToolTip(text.toHtmlEscaped());
    m_status->show();
}

bool TableRowsTab::isRefused() const { return !m_ordering && m_shownToken != m_orderToken; }

bool TableRowsTab::isSettled() const {
    return !m_source->isLoading() && m_copyToken == 0 && m_sizeToken == 0 && !m_ordering;
}

bool TableRowsTab::goToId() {
    if (table() < 0) return false;
    m_goTo->setFocus(Qt::ShortcutFocusReason);
    m_goTo->selectAll();
    return true;
}

void TableRowsTab::showFilter() {
    m_filter->setChecked(true);
    m_bar->focusFilter();
}

void TableRowsTab::sortBy(RowKey key) { m_bar->sortBy(key); }

void TableRowsTab::goToTypedRow() {
    if (table() < 0) return;
    // A raw value before an id: eight hexadecimal digits may be all decimal ones, and no table has that many rows.
    std::optional<qint64> id = session().rowOfValue(table(), m_goTo->text());
    if (!id) id = parseRow(m_goTo->text(), spec().rows);
    const qint64 position = id ? m_source->positionOf(*id) : -1;
    if (position >= 0) {
        Q_EMIT rowRequested(*id);
        m_rows->goTo(QString::number(position));
        m_goToError->hide();
        m_rows->setFocus();
        return;
    }
    const DatasetInfoPtr dataset = session().dataset();
    const bool looksUp = dataset && dataset->hasDictionary;
    const QString others = looksUp ? tr("a raw value, a share like 50% and “end”") : tr("a share like 50% and “end”");
    m_goToError->setText(
        id ? tr("Row %1 is not among the rows shown. Clear the filter to see it.").arg(formatCount(*id))
        : !isRawValue(m_goTo->text())
            ? tr("No such row. Ids are 0 … %1; %2 work too.").arg(formatCount(spec().rows - 1), others)
        : looksUp ? tr("This value is not in the dictionary of the table: its rows are read as row 0.")
                  : tr("No dictionary is open: raw values cannot be looked up."));
    m_goToError->show();
    m_goTo->selectAll();
}

void TableRowsTab::showRow(qint64 id) {
    const QScopedValueRollback following(m_following, true);
    const qint64 position = m_source->positionOf(id);
    m_hidden = position < 0 ? id : -1;
    if (position < 0) m_rows->setCurrentRow(-1);
    else m_rows->goTo(QString::number(position));
}

qint64 TableRowsTab::currentId() const {
    const qint64 position = m_rows->currentRow();
    return position >= 0 && position < m_source->rowCount() ? m_source->idAt(position) : -1;
}

std::optional<TableRowSource::Row> TableRowsTab::currentRow() const { return m_source->row(m_rows->currentRow()); }

qint64 TableRowsTab::selectedRows() const {
    qint64 rows = 0;
    for (const auto& [first, last] : m_rows->selectedRanges()) rows += last - first + 1;
    return rows;
}

template <class Id>
std::vector<Id> TableRowsTab::selectedIds() const {
    std::vector<Id> ids;
    for (const auto& [first, last] : m_rows->selectedRanges())
        for (qint64 position = first; position <= last; ++position)
            ids.push_back(static_cast<Id>(m_source->idAt(position)));
    return ids;
}

GridOrderPtr TableRowsTab::inOrder(std::vector<std::uint32_t> ids) const {
    auto order = std::make_shared<GridOrder>();
    order->table = table();
    order->whole = true;
    order->ids = std::move(ids);
    order->passing = static_cast<std::int64_t>(order->ids.size());
    return order;
}

void TableRowsTab::copy(bool titles) {
    const qint64 rows = selectedRows();
    if (rows == 0) return;
    if (rows > kMaximumCopiedCells / m_source->copyColumns()) {
        Q_EMIT noticed(tr("At most %1 rows of this table can be copied at once.")
                           .arg(formatCount(kMaximumCopiedCells / m_source->copyColumns())));
        return;
    }
    m_copyText = titles ? m_source->copyHeader() : QString();
    m_copyToken = TableRowSource::newToken();
    analysis().requestRows(table(), selectedIds<std::int64_t>(), m_copyToken);
}

void TableRowsTab::copySome() {
    if (!m_copied) return;
    m_copyText += m_source->copyLines(*m_copied, m_copiedRows, kRowsPerCopyStep);
    m_copiedRows += kRowsPerCopyStep;
    if (m_copiedRows < m_copied->ids.size()) {
        QTimer::singleShot(0, this, &TableRowsTab::copySome);
        return;
    }
    QGuiApplication::clipboard()->setText(m_copyText);
    Q_EMIT noticed(tr("Copied %1").arg(countedText(m_copied->ids.size(), "row")));
    m_copied.reset();
    m_copyText.clear();
}

void TableRowsTab::showMenu(const QPoint& position) {
    if (table() < 0 || m_rows->currentRow() < 0) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const qint64 rows = selectedRows();
    menu->addAction(rows == 1 ? tr("&Copy row with titles") : tr("&Copy %1 rows with titles").arg(formatCount(rows)),
                    this, [this] { copy(); });
    menu->addAction(rows == 1 ? tr("Copy &row") : tr("Copy %1 &rows").arg(formatCount(rows)), this,
                    [this] { copy(false); });
    menu->addAction(tr("Copy &id"), this,
                    [this] { QGuiApplication::clipboard()->setText(QString::number(currentId())); });
    if (const QString hex = session().hexOf(table(), currentId()); !hex.isEmpty())
        menu->addAction(tr("Copy &value %1").arg(hex), this, [hex] { QGuiApplication::clipboard()->setText(hex); });
    menu->addSeparator();
    menu->addAction(tr("&Nearest rows"), this, &TableRowsTab::neighborsRequested);
    menu->addAction(tr("&Pin or unpin"), this, &TableRowsTab::pinRequested);
    menu->addSeparator();
    addExports(*menu);
    menu->popup(m_rows->table()->viewport()->mapToGlobal(position));
}

void TableRowsTab::addExports(QMenu& menu) {
    if (table() < 0) return;
    if (const qint64 rows = selectedRows(); rows > 0)
        menu.addAction(tr("&Export %1…").arg(countedText(rows, "row")), this,
                       [this] { chooseExport(Exported::Selected); });
    menu.addAction(tr("Export &all rows of this view…"), this, [this] { chooseExport(Exported::All); });
}

void TableRowsTab::chooseExport(Exported what) {
    if (table() < 0) return;
    if (exportedRows(what) <= kLargeExport / (kMostBytesOfAValue * (spec().dim + 1))) return askWhere(what);
    m_sized = what;
    m_sizeToken = TableRowSource::newToken();
    session().tables().requestRows(table(), someExported(what, kRowsThatTellTheSize), m_sizeToken);
}

qint64 TableRowsTab::exportedRows(Exported what) const {
    const qint64 selected = what == Exported::Selected ? selectedRows() : 0;
    return selected > 0 ? selected : m_source->rowCount();
}

QString TableRowsTab::exportTitle(Exported what) const {
    return tr("Export %1 of %2").arg(countedText(exportedRows(what), "row"), QString::fromStdString(spec().name));
}

std::vector<std::int64_t> TableRowsTab::someExported(Exported what, qint64 most) const {
    const qint64 rows = exportedRows(what), count = std::min(rows, most);
    auto ranges = m_rows->selectedRanges();
    if (what == Exported::All || ranges.empty()) ranges = {{0, rows - 1}};
    std::vector<std::int64_t> ids;
    auto range = ranges.begin();
    qint64 before = 0;  // rows of the ranges in front
    for (qint64 i = 0; i < count; ++i) {
        const qint64 at = i * rows / count;
        while (at - before > range->second - range->first) {
            before += range->second - range->first + 1;
            ++range;
        }
        ids.push_back(m_source->idAt(range->first + at - before));
    }
    return ids;
}

void TableRowsTab::saySize(qint64 bytes) {
    m_sizeToken = 0;
    const qint64 rows = exportedRows(m_sized);
    if (bytes > kLargeExport) {
        const auto answer =
            QMessageBox::question(this, exportTitle(m_sized),
                                  tr("%1 as text: about %2; as .npy or .h5: %3. Go on?")
                                      .arg(countedText(rows, "row"), formatBytes(bytes),
                                           formatBytes(rows * spec().dim * static_cast<qint64>(sizeof(float)))));
        if (answer != QMessageBox::Yes) return;
    }
    askWhere(m_sized);
}

void TableRowsTab::askWhere(Exported what) {
    const QString path =
        askForExport(this, exportTitle(what), QString::fromStdString(spec().name) + QStringLiteral("_rows.csv"),
                     tr("CSV (*.csv);;TSV (*.tsv);;NumPy, values only (*.npy);;HDF5 (*.h5)"));
    if (!path.isEmpty()) exportTo(path, what);
}

void TableRowsTab::exportTo(const QString& path, Exported what) {
    if (table() < 0) return;
    if (m_ordering) {
        Q_EMIT noticed(tr("The rows are still being ordered; export them when that is done."));
        return;
    }
    const auto ranges = m_rows->selectedRanges();
    if (what == Exported::All || ranges.empty())
        return analysis().exportRows(table(), m_order, 0, m_source->rowCount() - 1, path, m_shownWords);
    if (ranges.size() == 1)
        return analysis().exportRows(table(), m_order, ranges[0].first, ranges[0].second, path, m_shownWords);
    const GridOrderPtr picked = inOrder(selectedIds<std::uint32_t>());
    analysis().exportRows(table(), picked, 0, picked->passing - 1, path, m_shownWords);
}

}  // namespace dlrm::ui
