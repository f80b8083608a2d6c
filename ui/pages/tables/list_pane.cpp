// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/list_pane.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QTableView>
#include <QTimer>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "ui/models/cell_delegate.h"
#include "ui/models/norm_histogram_delegate.h"
#include "ui/models/share_bar_delegate.h"
#include "ui/models/table_list_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/export_dialog.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/whole_file.h"

namespace dlrm::ui {
namespace {

constexpr int kTogetherMs = 100;

struct ColumnRoom {
    TableListModel::Column column;
    int characters;
};
// Most wanted first: what does not fit any more is left out. The rows have as much as their numbers need.
constexpr ColumnRoom kByImportance[] = {{TableListModel::Name, 7},           {TableListModel::Rows, 0},
                                        {TableListModel::Untrained, 10},     {TableListModel::Norm, 13},
                                        {TableListModel::Size, 9},           {TableListModel::EffectiveRank, 13},
                                        {TableListModel::UntrainedHits, 13}, {TableListModel::Traffic, 8},
                                        {TableListModel::NotFinite, 10},     {TableListModel::Share, 14}};

int columnWidth(int characters) {
    return QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QLatin1Char('0')) * characters + 2 * space::s;
}

}  // namespace

TableListPane::TableListPane(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    setMinimumWidth(kNarrowest);
    QVBoxLayout* column = columnIn(this, 0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::m, space::s, space::s, space::xs);
    head->addWidget(boldLabel(this, tr("All tables")));
    head->addSpacing(space::s);
    m_wide = toggleButton(this, tr("All &columns"), tr("Give the list the whole page"));
    head->addWidget(m_wide);  // at the left: it stays under the pointer when the list takes the whole page
    head->addStretch(1);
    m_export = new QToolButton(this);
    m_export->setObjectName(QStringLiteral("exportTables"));
    m_export->setIcon(themeIcon(QStringLiteral("export")));
    m_export->setToolTip(tr("The list with all that is known, to .csv or .tsv"));
    m_export->setAccessibleName(tr("Export the list of tables"));
    connect(m_export, &QToolButton::clicked, this, &TableListPane::chooseExport);
    head->addWidget(m_export);
    column->addLayout(head);

    m_list = new TableListModel(this);
    m_view = new QTableView(this);
    m_view->setModel(m_list);
    setFocusProxy(m_view);
    styleList(*m_view);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->installEventFilter(this);
    connect(m_view, &QWidget::customContextMenuRequested, this, &TableListPane::showMenu);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setAccessibleName(tr("Embedding tables"));
    QHeaderView* header = m_view->horizontalHeader();
    header->setSortIndicator(TableListModel::Name, Qt::AscendingOrder);
    header->setStretchLastSection(true);
    m_view->setItemDelegate(new CellDelegate(m_view));
    m_view->setItemDelegateForColumn(TableListModel::Share, new ShareBarDelegate(m_view));
    m_view->setItemDelegateForColumn(TableListModel::Norm, new NormHistogramDelegate(m_view));
    m_view->setSortingEnabled(true);
    header->setSortIndicatorShown(false);          // the titles carry it, right behind the word
    m_view->viewport()->installEventFilter(this);  // has its new size by then
    column->addWidget(m_view, 1);

    m_sortSoon = onceAfter(this, kTogetherMs, [this] { sortAgain(); });
    connect(m_wide, &QPushButton::toggled, this, &TableListPane::wideChanged);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        const int table = m_list->tableAt(index.row());
        if (!m_following && table >= 0) Q_EMIT tableChosen(table);
    });
    // A click below the last line would leave the table in view unmarked.
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        QItemSelectionModel* selection = m_view->selectionModel();
        if (!selection->hasSelection() && selection->currentIndex().isValid())
            selection->select(selection->currentIndex(), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    });
    connect(m_view, &QTableView::activated, this,
            [this](const QModelIndex& index) { Q_EMIT tableActivated(m_list->tableAt(index.row())); });
    TableAnalysis& tables = session.tables();
    connect(&tables, &TableAnalysis::statisticsReady, this, [this](int table) {
        const bool first = !m_list->isKnown(TableListModel::Norm);
        m_list->setStatistics(table, m_session.tables().statistics(table));
        if (first || m_list->notFinite(table) > 0) fitColumns();
        if (!m_sortSoon->isActive()) m_sortSoon->start();
    });
    connect(&tables, &TableAnalysis::trafficChanged, this, [this] {
        m_list->setTraffic(m_session.tables().traffic(), m_session.tables().untrainedTraffic());
        fitColumns();
        sortAgain();
    });
}

void TableListPane::setModel(const ModelInfoPtr& model) {
    const QScopedValueRollback following(m_following, true);
    m_list->setSpec(model ? model->spec : ModelSpec());
    const TableAnalysis& tables = m_session.tables();
    for (int t = 0; model && t < static_cast<int>(model->spec.tables.size()); ++t)
        m_list->setStatistics(t, tables.statistics(t));
    m_list->setTraffic(tables.traffic(), tables.untrainedTraffic());
    const QString path = model ? QString::fromStdString(model->path) : QString();
    // Another model's order was asked for by what was known of it.
    if (std::exchange(m_path, path) != path) m_view->sortByColumn(TableListModel::Name, Qt::AscendingOrder);
    else sortAgain();
    fitColumns();
}

void TableListPane::sortAgain() {
    const QHeaderView* header = m_view->horizontalHeader();
    m_list->sort(header->sortIndicatorSection(), header->sortIndicatorOrder());
}

void TableListPane::setCurrent(int table) {
    if (m_list->tableAt(m_view->currentIndex().row()) == table) return;  // several lines may be selected around it
    const QScopedValueRollback following(m_following, true);
    m_view->setCurrentIndex(m_list->index(m_list->rowOf(table), 0));
}

bool TableListPane::isWide() const { return m_wide->isChecked(); }
void TableListPane::setWide(bool on) { m_wide->setChecked(on); }

bool TableListPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_view->viewport() && event->type() == QEvent::Resize) fitColumns();
    if (watched == m_view && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

std::vector<int> TableListPane::selectedLines() const {
    std::vector<int> lines;
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) lines.push_back(index.row());
    if (lines.size() < 2) return {};  // the table in view is always selected
    std::sort(lines.begin(), lines.end());
    return lines;
}

void TableListPane::copy() {
    const std::vector<int> lines = selectedLines();
    QGuiApplication::clipboard()->setText(m_list->asText(QLatin1Char('\t'), lines));
    Q_EMIT noticed(
        tr("Copied %1").arg(countedText(lines.empty() ? m_list->rowCount() : static_cast<int>(lines.size()), "table")));
}

bool TableListPane::exportTo(const QString& path) {
    const bool tabs = path.endsWith(QLatin1String(".tsv"), Qt::CaseInsensitive);
    const QString failure = writeWhole(path, m_list->asText(QLatin1Char(tabs ? '\t' : ',')).toUtf8());
    const bool written = failure.isEmpty();
    if (written) m_session.writeOrigin(path, QStringLiteral("list of tables"));
    Q_EMIT noticed(written ? tr("Written: %1").arg(path) : tr("%1 cannot be written: %2").arg(path, failure));
    return written;
}

void TableListPane::chooseExport() {
    const QString path = askForExport(this, tr("Export the list of tables"), QStringLiteral("tables.csv"),
                                      tr("CSV (*.csv);;TSV (*.tsv)"));
    if (!path.isEmpty()) exportTo(path);
}

void TableListPane::showMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const std::size_t lines = selectedLines().size();
    menu->addAction(lines > 1 ? tr("&Copy %1 tables").arg(lines) : tr("&Copy the list"), this, &TableListPane::copy);
    if (const QModelIndex index = m_view->currentIndex(); index.isValid())
        menu->addAction(tr("Copy &name"), this, [this, index] {
            QGuiApplication::clipboard()->setText(m_list->index(index.row(), TableListModel::Name).data().toString());
        });
    menu->addAction(tr("&Export the list…"), this, &TableListPane::chooseExport);
    menu->popup(m_view->viewport()->mapToGlobal(position));
}

void TableListPane::fitColumns() {
    int room = m_view->viewport()->width();
    bool full = false;
    // The name and what the lines are sorted by are always there.
    auto columns = std::to_array(kByImportance);
    const int sorted = m_view->horizontalHeader()->sortIndicatorSection();
    const auto found =
        std::find_if(columns.begin() + 1, columns.end(), [&](const auto& c) { return c.column == sorted; });
    if (found != columns.end()) std::rotate(columns.begin() + 1, found, found + 1);
    std::vector<std::pair<int, int>> shown;  // columns with their widths
    for (const ColumnRoom& c : columns) {
        const int width = columnWidth(c.column == TableListModel::Rows ? rowDigits() : c.characters);
        // Before anything is known, columns of dashes would only push the sizes out.
        const bool first = c.column == columns[0].column, second = c.column == columns[1].column;
        const bool wanted = isWide() || first || c.column == sorted || m_list->isKnown(c.column);
        full = full || (!isWide() && wanted && width > room && !first && !second);
        m_view->setColumnHidden(c.column, !wanted || full);
        if (!wanted || full) continue;
        shown.emplace_back(c.column, width);
        room -= width;
    }
    // All columns that have no room scroll.
    m_view->setHorizontalScrollBarPolicy(isWide() ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    m_view->horizontalHeader()->setStretchLastSection(!isWide() || room >= 0);
    // What is left over goes to the names, as far as they need it, then to all alike.
    const int toName = std::clamp(widestName() - shown.front().second, 0, std::max(0, room));
    shown.front().second += toName;
    const int each = std::max(0, room - toName) / static_cast<int>(shown.size());
    for (const auto& [column, width] : shown) m_view->setColumnWidth(column, width + each);
}

int TableListPane::rowDigits() const {
    qsizetype widest = 7;  // "Rows ▾"
    for (int row = 0; row < m_list->rowCount(); ++row)
        widest = std::max(widest, m_list->index(row, TableListModel::Rows).data().toString().size());
    return static_cast<int>(widest);
}

int TableListPane::widestName() const {
    const QFontMetrics metrics(m_view->font());
    int widest = 0;
    for (int row = 0; row < m_list->rowCount(); ++row) {
        const QModelIndex name = m_list->index(row, TableListModel::Name);
        const int mark = name.data(CellDelegate::MarkRole).isValid() ? columnWidth(1) : 0;
        widest = std::max(widest, metrics.horizontalAdvance(name.data().toString()) + mark);
    }
    return widest + 2 * space::s + space::xs;
}

}  // namespace dlrm::ui
