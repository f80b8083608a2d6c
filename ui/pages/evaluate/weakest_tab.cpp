// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/weakest_tab.h"

#include <QCheckBox>
#include <QLabel>

#include <cmath>
#include <utility>

#include "ui/pages/evaluate/figure_table.h"
#include "ui/pages/evaluate/slice_words.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

FigureLine weakLine(const WeakSlice& slice) {
    FigureCell bar{QString(), slice.calibration.value_or(std::nan(""))};
    if (slice.calibration) bar.bar = IntervalBar{*slice.calibration, slice.low, slice.high};
    return {{{QString::fromStdString(slice.slice)},
             {formatFixed(slice.excessClicks, 1), slice.excessClicks},
             {sliceFigureText(slice.calibration), slice.calibration.value_or(std::nan(""))},
             std::move(bar),
             {formatCount(slice.rows), static_cast<double>(slice.rows)},
             {sliceIntervalText(slice.low, slice.high), slice.low.value_or(std::nan(""))},
             {formatNumber(slice.pAdjusted, 2), slice.pAdjusted},
             {formatCount(slice.positives), static_cast<double>(slice.positives)}}};
}

}  // namespace

EvaluateWeakestTab::EvaluateWeakestTab(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::s, space::s, space::s, space::s});
    m_on = new QCheckBox(tr("Look for the &weakest slices"), this);
    m_on->setObjectName(QStringLiteral("weakestOn"));
    m_on->setToolTip(
        tr("All bins of all fields and all pairs of them are counted in the same pass; listed are those "
           "where clicks are further from what was predicted than chance explains"));
    column->addWidget(m_on);
    m_words = mutedLabel(this);
    m_words->setObjectName(QStringLiteral("weakestWords"));
    column->addWidget(m_words);
    m_table = new FigureTable(this);
    m_table->setObjectName(QStringLiteral("weakestTable"));
    m_table->setAccessibleName(tr("Weakest slices"));
    column->addWidget(m_table, 1);
    column->addStretch();  // where the list is hidden
    connect(m_on, &QCheckBox::toggled, this, &EvaluateWeakestTab::changed);
    connect(m_table, &FigureTable::chosen, this, [this](int line) {
        Q_EMIT sliceChosen(QString::fromStdString(m_evaluation->weakest->slices[static_cast<std::size_t>(line)].slice));
    });
    connect(&Theme::instance(), &Theme::changed, this, [this] { setEvaluation(m_evaluation); });
    setEvaluation({});
}

bool EvaluateWeakestTab::isOn() const { return m_on->isChecked(); }

void EvaluateWeakestTab::turnOn() { m_on->setChecked(true); }

void EvaluateWeakestTab::setEvaluation(const EvaluationPtr& evaluation) {
    m_evaluation = evaluation;
    std::vector<FigureLine> lines;
    const bool looked = evaluation && evaluation->weakest;
    if (looked)
        for (const WeakSlice& slice : evaluation->weakest->slices) lines.push_back(weakLine(slice));
    const qint64 tested = looked ? evaluation->weakest->tested : 0;
    const bool none = looked && lines.empty();
    m_words->setText(
        none ? tr("✓ In none of %1 are clicks further from what was predicted than chance allows (5 % over all of "
                  "them together, by Holm).")
                   .arg(countedText(tested, "slice"))
        : looked ? tr("%1 of %2, the furthest off first; click one for all its figures and curves")
                       .arg(countedText(static_cast<qint64>(lines.size()), "slice"), formatCount(tested))
                 : tr("Nothing was looked for yet: tick the line above and run the evaluation."));
    m_words->setStyleSheet(none ? QStringLiteral("QLabel { color: %1; }").arg(Theme::instance().colors().pass.name())
                                : QString());
    m_table->setVisible(!none);
    m_table->setFigures({{tr("Slice"), tr("Rows that this sentence is true of, as Slices takes it")},
                         {tr("Excess clicks"), tr("Clicks beyond those that were predicted"), 15},
                         {tr("Calibration"), tr("Predicted by observed clicks: 1 where predictions are right"), 13},
                         {tr("about 1"), tr("Calibration as a bar about 1 with its 95 % interval"), 20, 1.0},
                         {tr("Rows"), tr("Rows of the slice"), 11},
                         {tr("95 % interval"), tr("Of the calibration"), 18},
                         {tr("p, adjusted"), tr("By Holm over all slices that were looked at"), 13},
                         {tr("Clicked"), tr("Clicked rows of it"), 10}},
                        std::move(lines));
}

}  // namespace dlrm::ui
