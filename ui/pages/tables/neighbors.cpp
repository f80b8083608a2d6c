// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/tables/neighbors.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>

#include <cmath>

#include "ui/models/table_row_source.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kNeighbors = 10;
constexpr std::int64_t kCheapBytes = std::int64_t{64} << 20;  // a table read in about 10 ms

}  // namespace

TableNeighbors::TableNeighbors(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    QVBoxLayout* column = columnIn(this, space::xs);
    auto* line = new QHBoxLayout;
    line->addWidget(boldLabel(this, tr("Nearest rows")), 1);
    m_metric = new QComboBox(this);
    m_metric->addItem(tr("cosine"), static_cast<int>(Similarity::Cosine));
    m_metric->addItem(tr("dot product"), static_cast<int>(Similarity::Dot));
    m_metric->addItem(tr("L2 distance"), static_cast<int>(Similarity::L2));
    m_metric->setAccessibleName(tr("How nearness is measured"));
    line->addWidget(m_metric);
    m_find = tippedButton(this, tr("F&ind"), tr("Compare this row with every row of the table, exactly"));
    line->addWidget(m_find);
    column->addLayout(line);
    m_words = mutedLabel(this);
    column->addWidget(m_words);
    m_list = new QGridLayout;
    m_list->setHorizontalSpacing(space::m);
    m_list->setVerticalSpacing(0);
    m_list->setColumnStretch(1, 1);
    column->addLayout(m_list);

    connect(m_find, &QPushButton::clicked, this, &TableNeighbors::find);
    connect(m_metric, &QComboBox::currentIndexChanged, this, [this] {
        if (m_wanted) find();
    });
    connect(&session.tables(), &TableAnalysis::neighborsReady, this, [this](const NeighborsPtr& found, quint64 token) {
        if (token != m_token) return;
        m_asked = false;
        show(found);
    });
    connect(&session, &Session::jobProgressed, this, [this](JobKind kind, qint64, qint64, const QString& text) {
        if (kind == JobKind::Neighbors && m_asked) say(tr("Comparing… %1").arg(text));
    });
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind != JobKind::Neighbors || !m_asked) return;
        m_asked = false;
        say(QString::fromStdString(error.message));
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::Neighbors || !m_asked) return;
        m_asked = false;
        say(tr("Cancelled."));
    });
}

void TableNeighbors::say(const QString& text) {
    m_words->setText(text);
    m_words->setVisible(!text.isEmpty());
}

void TableNeighbors::clearList() {
    for (QWidget* widget : takeWidgets(*m_list)) widget->deleteLater();
}

void TableNeighbors::setRow(int table, const TableSpec& spec, qint64 row) {
    if (table == m_table && row == m_row) return;
    if (table != m_table) m_wanted = false;
    m_table = table;
    m_row = row;
    m_bytes = spec.bytes;
    m_token = 0;
    clearList();
    if (m_asked) m_session.cancel(JobKind::Neighbors);
    m_asked = false;
    m_find->setEnabled(row >= 0 && spec.rows > 1);
    say(tr("Not looked for yet: one pass over %1.").arg(formatBytes(spec.bytes)));
    if (m_wanted && m_bytes <= kCheapBytes) find();
}

void TableNeighbors::find() {
    if (m_row < 0) return;
    m_wanted = true;
    m_asked = true;
    m_token = TableRowSource::newToken();
    say(tr("Comparing…"));
    m_session.tables().requestNeighbors(m_table, m_row, static_cast<Similarity>(m_metric->currentData().toInt()),
                                        kNeighbors, m_token);
}

void TableNeighbors::show(const NeighborsPtr& found) {
    clearList();
    const RowNeighbors& row = found->rows.front();
    const TableStatisticsPtr known = m_session.tables().statistics(m_table);
    QWidget* before = m_find;
    for (std::size_t i = 0; i < row.neighbors.size(); ++i) {
        const auto id = value(row.neighbors[i].id);
        QPushButton* link = linkButton(this, formatCount(id));
        connect(link, &QPushButton::clicked, this, [this, id] { Q_EMIT rowRequested(id); });
        const double score = row.neighbors[i].score;
        const QString hex = m_session.hexOf(m_table, id);
        const bool untrained = known && known->untrained.known() && known->untrained.contains(id);
        QLabel* words = plainLabel(this, (untrained ? tr("untrained  ") : QString()) +
                                             (std::isnan(score) ? QStringLiteral("–") : formatNumber(score, 5)) +
                                             (hex.isEmpty() ? QString() : QStringLiteral("  ") + hex));
        words->setFont(Theme::instance().monospace(font_size::caption));
        words->setToolTip(tr("norm %1").arg(formatNumber(row.norms[i])));
        link->setAccessibleName(tr("Neighbour %1: row %2, %3").arg(i + 1).arg(formatCount(id), words->text()));
        m_list->addWidget(link, static_cast<int>(i), 0, Qt::AlignLeft);
        m_list->addWidget(words, static_cast<int>(i), 1, Qt::AlignRight);
        setTabOrder(before, link);
        before = link;
    }
    say(tr("The nearest %1 of all %2, exact.").arg(row.neighbors.size()).arg(countedText(found->rowsCompared, "row")));
}

}  // namespace dlrm::ui
