// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/inspector.h"

#include <QLabel>
#include <QPushButton>

#include <algorithm>
#include <cmath>
#include <span>

#include "ui/pages/info_card.h"
#include "ui/pages/parts.h"
#include "ui/pages/tables/neighbors.h"
#include "ui/pages/tables/pins.h"
#include "ui/pages/vector_bars.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kNearlyAll = 0.99;  // of the rows, above which the others are counted

QString number(double value) { return formatDigits(value, 7); }

}  // namespace

TableInspector::TableInspector(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    QVBoxLayout* column = scrolledColumnIn(this);
    m_rowPart = new QWidget;
    QVBoxLayout* part = columnIn(m_rowPart, space::s);
    m_row = new InfoCard(tr("Row"), m_rowPart);
    part->addWidget(m_row);
    m_bars = new VectorBars(m_rowPart);
    part->addWidget(m_bars);
    m_hover = mutedLabel(m_rowPart);
    part->addWidget(m_hover);
    QHBoxLayout* links = rowIn(nullptr, space::m);
    for (QPushButton** place : {&m_previous, &m_next, &m_first, &m_pin}) {
        *place = linkButton(m_rowPart);
        links->addWidget(*place);
    }
    links->insertStretch(2, 1);
    m_pin->setObjectName(QStringLiteral("pinRow"));
    part->addLayout(links);
    m_neighbors = new TableNeighbors(session, m_rowPart);
    part->addWidget(m_neighbors);
    column->addWidget(m_rowPart);
    m_pins = new TablePins;
    column->addWidget(m_pins);
    m_table = new InfoCard(tr("Table"));
    column->addWidget(m_table);
    column->addStretch(1);

    connect(m_bars, &VectorBars::hovered, this,
            [this](const QString& text) { m_hover->setText(text.isEmpty() ? m_scaleText : text); });
    connect(m_previous, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(m_current - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(m_current + 1); });
    connect(m_first, &QPushButton::clicked, this, [this] { Q_EMIT rowRequested(0); });
    connect(m_neighbors, &TableNeighbors::rowRequested, this, &TableInspector::rowRequested);
    connect(m_pins, &TablePins::rowRequested, this, &TableInspector::rowRequested);
    connect(m_pins, &TablePins::changed, this, &TableInspector::showPin);
    connect(m_pin, &QPushButton::clicked, this, &TableInspector::togglePin);
    connect(&session.tables(), &TableAnalysis::statisticsReady, this, [this](int table) {
        if (table == m_tableIndex) describeTable();
    });
    connect(&session.tables(), &TableAnalysis::trafficChanged, this, &TableInspector::describeTable);
    showNothing();
}

void TableInspector::showNothing() {
    m_table->hide();
    m_tableIndex = -1;
    m_spec = {};
    m_pins->setTable(-1);
    showNoRow();
}

void TableInspector::showTable(int table, const TableSpec& spec) {
    m_tableIndex = table;
    m_spec = spec;
    m_pins->setTable(table);
    describeTable();
    m_table->show();
    showNoRow();
}

void TableInspector::describeTable() {
    if (m_tableIndex < 0) return;
    m_table->clear();
    m_table->addFact(tr("Name"), QString::fromStdString(m_spec.name));
    m_table->addFact(tr("Rows"), formatCount(m_spec.rows));
    m_table->addFact(tr("Dimension"), formatCount(m_spec.dim));
    m_table->addFact(tr("Values"), QString::fromUtf8(dlrm::name(m_spec.dtype).data()));
    m_table->addFact(tr("Size"), formatBytes(m_spec.bytes), tr("%1 bytes").arg(formatCount(m_spec.bytes)));
    m_table->addFact(tr("Files"), formatCount(m_spec.parts));
    m_table->addPath(m_spec.parts == 1 ? tr("File") : tr("First file"), QString::fromStdString(m_spec.file));
    const TableAnalysis& tables = m_session.tables();
    if (const TableStatisticsPtr s = tables.statistics(m_tableIndex)) {
        m_table->addFact(tr("Untrained"),
                         s->untrained.known()
                             ? tr("%1 (%2)").arg(formatCount(s->untrained.count), formatPercent(s->untrained.share()))
                             : tr("unknown"),
                         QString::fromStdString(s->untrained.explanation).toHtmlEscaped());
        if (s->zeroRows > 0)
            m_table->addFact(tr("Zero rows"), formatCount(s->zeroRows), tr("Rows that hold zeros only"));
        if (s->duplicates.rows > 0)
            m_table->addFact(
                tr("Copies"), formatCount(s->duplicates.rows),
                tr("Rows equal to one before them, bit for bit; most often that of row %1, which %2")
                    .arg(formatCount(s->duplicates.first), countedText(s->duplicates.most, "row", "holds", "hold")));
        m_table->addFact(tr("Effective rank"),
                         tr("%1 of %2").arg(formatNumber(s->spectrum.effectiveRank)).arg(m_spec.dim));
        const std::int64_t bad = s->scan.nan + s->scan.inf;
        m_table->addMarked(
            bad == 0 ? InfoCard::Mark::Pass : InfoCard::Mark::Warn,
            bad == 0 ? tr("All values are finite") : tr("%1 not finite").arg(countedText(bad, "value", "is", "are")));
    }
    if (const TrafficPtr traffic = tables.traffic()) {
        const TableTraffic& t = traffic->tables[static_cast<std::size_t>(m_tableIndex)];
        m_table->addFact(tr("Ids hit"),
                         tr("%1 (%2)").arg(formatCount(t.distinct),
                                           formatPercent(static_cast<double>(t.distinct) /
                                                         static_cast<double>(std::max<std::int64_t>(1, m_spec.rows)))));
        m_table->addFact(
            tr("Row 0 hits"),
            formatPercent(t.lookups > 0 ? static_cast<double>(t.row0) / static_cast<double>(t.lookups) : 0, 2));
    }
    if (const UntrainedTrafficPtr joined = tables.untrainedTraffic()) {
        const UntrainedTraffic::Table& hits = joined->tables[static_cast<std::size_t>(m_tableIndex)];
        m_table->addFact(tr("Untrained hits"), hits.known ? formatPercent(hits.share(), 2) : tr("unknown"));
        // Every row looks up one id of a table here, so this table's lookups of untrained rows are its rows affected.
        m_table->addFact(
            tr("Rows affected"),
            hits.known ? tr("%1 (%2)").arg(formatCount(hits.untrained), formatPercent(hits.share(), 2)) : tr("unknown"),
            tr("Rows of the dataset that look up an untrained row of this table; of any table: %1 of %2, %3")
                .arg(formatCount(joined->rowsAffected), formatCount(joined->rows),
                     formatPercent(joined->rowsShare(), 2)));
    }
}

void TableInspector::showNoRow() {
    m_current = -1;
    m_neighbors->setRow(m_tableIndex, m_spec, -1);
    m_pins->setCurrent(-1, {});
    m_rowPart->hide();
}

void TableInspector::describeRow(const std::optional<TableRowSource::Row>& values, const QString& hex) {
    m_row->clear();
    m_row->addFact(tr("Id"), formatCount(m_current));
    if (m_current == 0) m_row->addSentence(tr("Row 0 stands for missing, rare and unknown values."));
    else if (!hex.isEmpty()) m_row->addFact(tr("Value"), hex);
    const TableAnalysis& tables = m_session.tables();
    const TableStatisticsPtr s = tables.statistics(m_tableIndex);
    if (!values) {
        m_row->addSentence(tr("Loading…"));
        return;
    }
    m_row->addFact(tr("Norm"), number(values->norm));
    if (s && std::isfinite(values->norm)) {
        const double shorter = s->normPercentile(s->scan.norms[static_cast<std::size_t>(m_current)]);
        const auto others = std::llround((1 - shorter) * static_cast<double>(s->norms.rows)) - 1;  // as long or longer
        // Cut, not rounded: no row is longer than 100.0 % of all rows.
        m_row->addFact(tr("Percentile"),
                       others <= 0 ? tr("the longest")
                       : shorter > kNearlyAll
                           ? tr("longer than all but %1").arg(countedText(others, "other row"))
                           : tr("longer than %1 of all rows").arg(formatPercent(std::floor(shorter * 1000) / 1000)));
    }
    if (const FloatsPtr cosines = tables.cosines(m_tableIndex))
        m_row->addFact(tr("Cos. mean"),
                       formatNumber(static_cast<double>((*cosines)[static_cast<std::size_t>(m_current)])));
    const auto broken =
        std::count_if(values->values.begin(), values->values.end(), [](float v) { return !std::isfinite(v); });
    if (broken > 0)
        m_row->addMarked(InfoCard::Mark::Warn,
                         tr("Values that are NaN or infinite: %1 of %2")
                             .arg(formatCount(broken), formatCount(static_cast<qint64>(values->values.size()))));
    if (s)
        m_row->addFact(tr("Trained"), broken > 0                         ? tr("not finite")
                                      : !s->untrained.known()            ? tr("unknown, values were cast")
                                      : s->untrained.contains(m_current) ? tr("no, as initialized")
                                                                         : tr("yes"));
    if (const TrafficPtr traffic = tables.traffic())
        m_row->addFact(
            tr("Hits"),
            formatCount(
                traffic->tables[static_cast<std::size_t>(m_tableIndex)].hits[static_cast<std::size_t>(m_current)]));
    m_row->addFact(tr("Smallest"), number(static_cast<double>(values->minimum)));
    m_row->addFact(tr("Largest"), number(static_cast<double>(values->maximum)));
}

void TableInspector::showRow(qint64 row, const std::optional<TableRowSource::Row>& values, float heldScale,
                             const QString& hex) {
    m_current = row;
    describeRow(values, hex);
    if (values) {
        const float largest = largestMagnitude(values->values), own = largest > 0 ? largest : 1;
        const float scale = heldScale > 0 ? heldScale : own;
        m_bars->setValues({values->values.begin(), values->values.end()}, scale);
        m_scaleText = tr("scale ±%1").arg(formatNumber(static_cast<double>(scale)));
    } else {
        m_bars->setValues({}, heldScale);
        m_scaleText = QStringLiteral(" ");
    }
    m_pins->setCurrent(row, values ? values->values : std::span<const float>());
    m_neighbors->setRow(m_tableIndex, m_spec, row);
    m_hover->setText(m_scaleText);
    m_previous->setText(tr("‹ %1").arg(row > 0 ? formatCount(row - 1) : QStringLiteral("–")));
    m_previous->setEnabled(row > 0);
    m_next->setText(tr("%1 ›").arg(row + 1 < m_spec.rows ? formatCount(row + 1) : QStringLiteral("–")));
    m_next->setEnabled(row + 1 < m_spec.rows);
    m_first->setText(tr("row 0"));
    m_first->setEnabled(row != 0);
    showPin();
    m_rowPart->show();
}

void TableInspector::togglePin() {
    if (!m_pins->toggleCurrent())
        Q_EMIT noticed(tr("At most %1 rows can be pinned; let go of one first.").arg(TablePins::kMostPins));
}

void TableInspector::showPin() {
    m_pin->setText(m_pins->isPinned(m_current) ? tr("unpin") : tr("pin"));
    m_pin->setToolTip(tr("Keep this row to compare others with it"));
}

}  // namespace dlrm::ui
