// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/units.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QStyle>
#include <QTableView>

#include <algorithm>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/models/cell_delegate.h"
#include "ui/models/copied_lines.h"
#include "ui/pages/layers/columns.h"
#include "ui/pages/layers/unit_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kUnitChartHeight = 200;
constexpr qint64 kRowChoices[] = {10'000, 100'000, 1'000'000};

}  // namespace

LayersUnits::LayersUnits(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::m, space::s, space::m, 0});
    QHBoxLayout* tools = rowIn(nullptr, space::s);
    m_rows = new QComboBox(this);
    m_rows->setObjectName(QStringLiteral("atlasRows"));
    m_rows->setAccessibleName(tr("Rows to count"));
    m_rows->setToolTip(tr("How many rows of the dataset are counted, from its first on"));
    m_run = new QPushButton(this);
    m_run->setObjectName(QStringLiteral("atlasRun"));
    m_words = mutedLabel(this);
    m_words->setObjectName(QStringLiteral("atlasWords"));
    m_words->setMinimumWidth(1);
    tools->addWidget(m_rows);
    tools->addWidget(m_run);
    tools->addStretch(1);
    column->addLayout(tools);
    column->addWidget(m_words);

    m_chart = new ChartView(tr("Activation frequency, units in order"), this);
    m_chart->setFixedHeight(kUnitChartHeight);
    column->addWidget(m_chart);
    m_model = new LayersUnitModel(this);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("unitTable"));
    m_table->setModel(m_model);
    styleList(*m_table);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    copyLinesOf(*m_table);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setAccessibleName(tr("Units of the layer"));
    QHeaderView* header = m_table->horizontalHeader();
    header->setSortIndicator(LayersUnitModel::Unit, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    header->setSortIndicatorShown(false);
    int at = LayersUnitModel::Unit;
    for (const int width : {6, 9, 9, 9, 10}) m_table->setColumnWidth(at++, columnWidth(width));  // of all but the state
    header->setStretchLastSection(true);
    column->addWidget(m_table, 1);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        if (!m_following && index.isValid()) Q_EMIT unitSelected(m_model->unitAt(index.row()));
    });
    connect(m_run, &QPushButton::clicked, this, [this] {
        if (m_running) Q_EMIT cancelRequested();
        else if (m_datasetRows > 0) Q_EMIT runRequested(m_rows->currentData().toLongLong());
        else Q_EMIT datasetRequested();
    });
    connect(&Theme::instance(), &Theme::changed, this, &LayersUnits::showFrequencies);
    setDatasetRows(0, {});
}

void LayersUnits::setLayer(const ModelLayersPtr& layers, const LayerStatistics* layer, const UnitAtlasPtr& atlas) {
    const QScopedValueRollback following(m_following, true);
    m_atlas = atlas;
    m_model->setLayer(layers, layer, atlas);
    showFrequencies();
    showWords();
}

void LayersUnits::setAtlas(const UnitAtlasPtr& atlas) {
    const QScopedValueRollback following(m_following, true);
    m_atlas = atlas;
    m_model->setAtlas(atlas);
    showFrequencies();
    showWords();
}

void LayersUnits::setUnit(qint64 unit) {
    const QScopedValueRollback following(m_following, true);
    const int row = m_model->rowOf(unit);
    // Several lines may be selected around it.
    if (row >= 0 && row == m_table->currentIndex().row() && m_table->selectionModel()->hasSelection()) return;
    if (row >= 0) m_table->setCurrentIndex(m_model->index(row, 0));
    else m_table->clearSelection();
}

void LayersUnits::setDatasetRows(qint64 rows, const QString& missing) {
    m_datasetRows = rows;
    m_missing = missing;
    m_rows->clear();
    for (const qint64 choice : kRowChoices)
        if (choice < rows) m_rows->addItem(tr("first %1").arg(countedText(choice, "row")), choice);
    if (rows > 0) m_rows->addItem(tr("all %1").arg(countedText(rows, "row")), rows);
    m_rows->setCurrentIndex(std::min(1, m_rows->count() - 1));
    m_rows->setVisible(rows > 0 && missing.isEmpty());
    m_run->setVisible(missing.isEmpty());
    setRunning(m_running, m_progress);
}

void LayersUnits::setRunning(bool running, const QString& progress) {
    m_running = running;
    m_progress = progress;
    m_run->setText(running ? tr("&Cancel") : m_datasetRows > 0 ? tr("Count &active units") : tr("Open dataset…"));
    m_run->setProperty("primary", !running && m_datasetRows > 0 && !m_atlas);
    m_run->style()->unpolish(m_run);
    m_run->style()->polish(m_run);
    m_rows->setEnabled(!running);
    showWords();
}

void LayersUnits::showWords() {
    showCounted();
    if (m_running) return m_words->setText(m_progress.isEmpty() ? tr("Counting…") : m_progress);
    if (!m_missing.isEmpty())
        return m_words->setText(
            tr("How often units are active cannot be counted with this part of a model: it has no %1. Open "
               "the checkpoint it was taken from.")
                .arg(m_missing));
    if (!m_atlas)
        return m_words->setText(m_datasetRows > 0
                                    ? tr("In how many rows is each unit active?")
                                    : tr("How often units are active is counted over the rows of a dataset."));
    QString words = tr("%1 of %2").arg(formatCount(m_atlas->rows), countedText(m_atlas->totalRows, "row"));
    if (const AtlasLayer* counts = m_model->counts()) {
        words = tr("%1 · this layer: %2 never active, %3 always active")
                    .arg(words, formatCount(counts->never), formatCount(counts->always));
        if (m_atlas->final)
            words += tr(", %1 switch like another in %2, %3 mergeable")
                         .arg(formatCount(counts->samePattern), countedText(m_atlas->patternRows, "sampled row"),
                              formatCount(counts->merged));
    } else if (m_model->rowCount() > 0) {
        words += tr(" · this layer has no ReLU: its output is the logit");
    }
    if (m_atlas->final)
        words += tr(" · all layers of both MLPs: %1 of %2 prunable (%3)")
                     .arg(formatCount(m_atlas->prunable), countedText(m_atlas->parameters, "parameter"),
                          formatPercent(static_cast<double>(m_atlas->prunable) /
                                            static_cast<double>(std::max<std::int64_t>(1, m_atlas->parameters)),
                                        2));
    else words += tr(" · stopped before the end");
    m_words->setText(words);
    QStringList terms;
    for (const char* id : {"never-active", "mergeable", "prunable"})
        if (const Term* term = findTerm(QLatin1String(id)))
            terms << tr("%1: %2").arg(termTitle(*term), termText(*term));
    m_words->setToolTip(terms.join(QLatin1Char('\n')));
}

void LayersUnits::showFrequencies() {
    const AtlasLayer* counts = m_model->counts();
    m_chart->setVisible(counts != nullptr && m_atlas->rows > 0);
    if (!counts || m_atlas->rows == 0) return;
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t u = 0; u < counts->active.size(); ++u) order.emplace_back(counts->active[u], u);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    const auto percent = [rows = m_atlas->rows](std::int64_t n) {
        return 100 * static_cast<double>(n) / static_cast<double>(rows);
    };
    ChartView::Line line;
    ChartView::Table table;
    table.columns = {tr("place"), tr("unit"), tr("rows active"), tr("share in %")};
    for (std::size_t i = 0; i < order.size(); ++i) {
        // Steps: a unit is as wide as its place.
        line.series.points.push_back({static_cast<double>(i), percent(order[i].first)});
        line.series.points.push_back({static_cast<double>(i + 1), percent(order[i].first)});
        table.rows.push_back({static_cast<double>(i), static_cast<double>(order[i].second),
                              static_cast<double>(order[i].first), percent(order[i].first)});
    }
    line.color = Theme::instance().series(0);
    m_chart->setAxes(tr("units, most active first"), 0, static_cast<double>(order.size()), tr("% of rows"), 0, 100);
    m_chart->setLines({line});
    m_chart->setTable(std::move(table));
    m_chart->setHover([order, rows = m_atlas->rows](double x, double) -> QString {
        if (x < 0 || x >= static_cast<double>(order.size())) return {};
        const auto& [active, unit] = order[static_cast<std::size_t>(x)];
        return tr("unit %1: active in %2 of %3 (%4)")
            .arg(formatCount(static_cast<qint64>(unit)), formatCount(active), countedText(rows, "row"),
                 formatPercent(static_cast<double>(active) / static_cast<double>(rows), 2));
    });
    showCounted();
}

// Over which rows the chart is.
void LayersUnits::showCounted() {
    if (!m_atlas) return;
    const QString rows =
        m_atlas->rows == m_datasetRows
            ? tr("all %1").arg(countedText(m_datasetRows, "row"))
            : tr("the first %1 of %2").arg(formatCount(m_atlas->rows), countedText(m_datasetRows, "row"));
    m_chart->setFootnote((m_atlas->final ? tr("Counted over %1")
                          : m_running    ? tr("Counted over %1 so far")
                                         : tr("Stopped: counted over %1"))
                             .arg(rows));
}

}  // namespace dlrm::ui
