// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/samples/what_if_panel.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableView>
#include <QToolButton>

#include <utility>

#include "ui/models/cell_delegate.h"
#include "ui/models/copied_lines.h"
#include "ui/pages/parts.h"
#include "ui/pages/probability_box.h"
#include "ui/pages/samples/pair_chart.h"
#include "ui/pages/samples/sweep_chart.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kWideBody = 900;                         // narrower: the chart above its list
constexpr int kWideHeight = 340, kNarrowHeight = 600;  // of the panel
constexpr int kPairsHeight = 460;
constexpr int kChartHeight = 200;

}  // namespace

WhatIfPanel::WhatIfPanel(const QString& title, QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(title);
    m_head = new FlowLayout(nullptr);
    m_head->addWidget(boldLabel(this, title));
    m_run = new QPushButton(tr("Again"), this);
    m_run->setObjectName(QStringLiteral("whatIfRun"));
    m_run->setMinimumWidth(m_run->sizeHint().width());  // its other word moves nothing
    connect(m_run, &QPushButton::clicked, this, [this] {
        if (m_running) Q_EMIT stopRequested();
        else Q_EMIT againRequested();
    });
    m_head->addWidget(m_run);
    auto* close = new QToolButton(this);
    close->setObjectName(QStringLiteral("whatIfClose"));
    close->setIcon(themeIcon(QStringLiteral("close")));
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close what if"));
    close->setToolTip(tr("Close (Esc)"));
    connect(close, &QToolButton::clicked, this, &WhatIfPanel::closeRequested);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::s);
    top->addLayout(m_head, 1);
    top->addWidget(close, 0, Qt::AlignTop);
    m_failure = problemLabel(this);
    m_failure->setObjectName(QStringLiteral("whatIfFailure"));
    m_failure->setWordWrap(true);
    m_failure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts = mutedLabel(this);
    m_facts->setObjectName(QStringLiteral("whatIfFacts"));
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_body = new QBoxLayout(QBoxLayout::LeftToRight);
    m_body->setSpacing(space::s);
    QVBoxLayout* column = columnIn(this, space::xs, {space::s, space::s, space::s, space::s});
    column->addLayout(top);
    column->addWidget(m_failure);
    column->addWidget(m_facts);
    column->addLayout(m_body, 1);
    setFixedHeight(kWideHeight);
    setRunning(false);
}

void WhatIfPanel::addAction(QWidget* action) {
    m_head->removeWidget(m_run);  // it stays the last
    m_head->addWidget(action);
    m_head->addWidget(m_run);
}

void WhatIfPanel::setFacts(const QString& facts, const QString& failure) {
    m_facts->setText(facts);
    m_failure->setText(failure);
    m_failure->setVisible(!failure.isEmpty());
}

void WhatIfPanel::setRunning(bool running) {
    m_running = running;
    m_run->setText(running ? tr("Stop") : tr("Again"));
    m_run->setToolTip(running ? tr("Stop; what was found so far stays") : tr("Ask once more"));
}

void WhatIfPanel::addList(const QString& what) {
    m_list = new WhatIfList(this);
    m_view = new QTableView(this);
    QTableView* const view = m_view;
    view->setObjectName(QStringLiteral("whatIfList"));
    view->setModel(m_list);
    styleList(*view);
    view->setItemDelegate(new CellDelegate(view));
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setAccessibleName(what);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    copyLinesOf(*view);
    const auto choose = [this](const QModelIndex& index) {
        const WhatIfList::Row* row = m_list->row(index.row());
        if (row && row->field >= 0) Q_EMIT chosen(row->field, row->token);
    };
    connect(view, &QTableView::clicked, this, choose);
    connect(view, &QTableView::activated, this, choose);
    m_body->addWidget(view, 2);
}

void WhatIfPanel::setList(std::vector<WhatIfList::Column> columns, std::vector<WhatIfList::Row> rows) {
    if (m_list) m_list->setContent(std::move(columns), std::move(rows));
}

void WhatIfPanel::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fit();
}

void WhatIfPanel::setMapped(bool on) {
    m_mapped = on;
    if (m_view) m_view->setVisible(!on);
    fit();
}

void WhatIfPanel::fit() {
    const bool wide = width() >= kWideBody;
    m_body->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    setFixedHeight(m_mapped ? kPairsHeight : wide || !m_view ? kWideHeight : kNarrowHeight);
}

SweepPanel::SweepPanel(const QStringList& names, int field, bool numerical, QWidget* parent)
    : WhatIfPanel(tr("What if: %1").arg(names[field]), parent) {
    m_chart = new SweepChart(numerical, this);
    m_chart->setObjectName(QStringLiteral("sweepChart"));
    m_chart->setMinimumHeight(kChartHeight);
    body()->addWidget(m_chart, 3);
    m_pairs = new PairChart(this);
    m_pairs->setObjectName(QStringLiteral("pairChart"));
    m_pairs->hide();
    body()->addWidget(m_pairs, 3);
    if (!numerical) addList(tr("The ids of %1 that raise and lower the probability most").arg(names[field]));
    auto* choice = new QWidget(this);  // a line never breaks between them
    auto* caption = new QLabel(tr("&With"), choice);
    m_second = new QComboBox(choice);
    m_second->setObjectName(QStringLiteral("sweepSecond"));
    m_second->setToolTip(tr("A second field that is changed with this one: up to 30 values of each, as a map"));
    m_second->addItem(tr("no other field"), -1);
    for (int other = 0; other < names.size(); ++other)
        if (other != field) m_second->addItem(names[other], other);
    caption->setBuddy(m_second);
    QHBoxLayout* line = rowIn(choice, space::s);
    line->addWidget(caption);
    line->addWidget(m_second);
    addAction(choice);
    connect(m_second, &QComboBox::currentIndexChanged, this,
            [this] { Q_EMIT secondChosen(m_second->currentData().toInt()); });
    m_export =
        tippedButton(this, tr("Export all…"), tr("Write the logits of all values to a file: .npy .h5 .csv .tsv .json"));
    m_export->setObjectName(QStringLiteral("sweepExport"));
    connect(m_export, &QPushButton::clicked, this, &SweepPanel::exportRequested);
    addAction(m_export);
    setExportable(false);
}

void SweepPanel::chooseSecond(int field) { m_second->setCurrentIndex(m_second->findData(field)); }

void SweepPanel::showPairs(bool on) {
    m_chart->setVisible(!on);
    m_pairs->setVisible(on);
    m_export->setToolTip(on ? tr("Write the logits of all pairs to a file: .npy .csv .tsv .json")
                            : tr("Write the logits of all values to a file: .npy .h5 .csv .tsv .json"));
    setMapped(on);
}

void SweepPanel::setExportable(bool on) { m_export->setEnabled(on); }

ChangesPanel::ChangesPanel(QWidget* parent) : WhatIfPanel(tr("Smallest changes that cross"), parent) {
    auto* choice = new QWidget(this);  // a line never breaks between them
    auto* caption = new QLabel(tr("Thres&hold"), choice);
    m_threshold = new ProbabilityBox(choice);
    m_threshold->setObjectName(QStringLiteral("crossThreshold"));
    m_threshold->setToolTip(tr("Rows with at least this probability are called clicked, as on page Evaluate"));
    caption->setBuddy(m_threshold);
    QHBoxLayout* line = rowIn(choice, space::s);
    line->addWidget(caption);
    line->addWidget(m_threshold);
    addAction(choice);
    QPushButton* rate = tippedButton(this, tr("Click rate"), tr("Take the share of clicks in the dataset for it"));
    rate->setObjectName(QStringLiteral("crossClickRate"));
    addAction(rate);
    connect(m_threshold, &QDoubleSpinBox::valueChanged, this, &ChangesPanel::thresholdChosen);
    connect(rate, &QPushButton::clicked, this, &ChangesPanel::clickRateChosen);
    m_threshold->setRefused([this](const QString& typed) { Q_EMIT refused(typed); });
    addList(tr("The smallest change of each field that crosses the threshold"));
}

void ChangesPanel::setThreshold(double threshold) {
    const QSignalBlocker blocker(m_threshold);
    m_threshold->setValue(threshold);
}

}  // namespace dlrm::ui
