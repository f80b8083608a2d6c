// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/slices_tab.h"

#include <QComboBox>
#include <QLabel>

#include <algorithm>
#include <utility>

#include "ui/pages/evaluate/figure_table.h"
#include "ui/pages/evaluate/slice_ask.h"
#include "ui/pages/evaluate/slice_words.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

// of: what both are of, which the line holds.
FigureLine sliceLine(const EvaluationPtr& of, const SliceResult& slice, const SliceFigure& figure) {
    const auto number = [](const std::optional<double>& value) {
        return FigureCell{sliceFigureText(value), value ? *value : std::nan("")};
    };
    FigureCell interval{sliceIntervalText(figure.low, figure.high), figure.low.value_or(std::nan(""))};
    if (figure.low && figure.high)
        interval.copied = QStringLiteral("%1 – %2").arg(formatDigits(*figure.low, 17), formatDigits(*figure.high, 17));
    FigureCell bar{QString(), figure.difference.value_or(std::nan(""))};
    if (figure.difference) bar.bar = IntervalBar{*figure.difference, figure.differenceLow, figure.differenceHigh};
    return {{{QString::fromStdString(slice.slice)},
             {formatCount(slice.rows), static_cast<double>(slice.rows)},
             {formatCount(slice.positives), static_cast<double>(slice.positives)},
             number(figure.value),
             std::move(interval),
             number(figure.difference),
             std::move(bar)},
            [of, &slice, &figure] { return sliceTip(slice, figure); },
            slice.judged};
}

}  // namespace

EvaluateSlicesTab::EvaluateSlicesTab(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::s, space::s, space::s, space::s});
    m_ask = new SliceAsk(this);
    column->addWidget(m_ask);
    auto* bar = new QWidget(this);
    QHBoxLayout* row = rowIn(bar, space::s);
    auto* caption = new QLabel(tr("Fi&gure"), bar);
    m_figure = new QComboBox(bar);
    m_figure->setObjectName(QStringLiteral("sliceFigure"));
    caption->setBuddy(m_figure);
    m_words = mutedLabel(bar);
    m_words->setObjectName(QStringLiteral("sliceWords"));
    row->addWidget(caption);
    row->addWidget(m_figure);
    row->addWidget(m_words, 1);
    column->addWidget(bar);
    m_table = new FigureTable(this);
    m_table->setObjectName(QStringLiteral("sliceTable"));
    m_table->setAccessibleName(tr("Slices"));
    column->addWidget(m_table, 1);
    connect(m_figure, &QComboBox::currentIndexChanged, this, &EvaluateSlicesTab::fill);
    connect(m_table, &FigureTable::chosen, this, [this](int line) {
        Q_EMIT sliceChosen(QString::fromStdString(m_evaluation->slices[static_cast<std::size_t>(line)].slice));
    });
    setEvaluation({});
}

void EvaluateSlicesTab::setEvaluation(const EvaluationPtr& evaluation) {
    m_evaluation = evaluation;
    if (m_figure->count() == 0 && evaluation && !evaluation->slices.empty()) {
        const QSignalBlocker blocker(m_figure);
        for (const SliceFigure& figure : evaluation->slices.front().figures)
            m_figure->addItem(QString::fromStdString(figure.title), QString::fromStdString(figure.key));
    }
    fill();
}

void EvaluateSlicesTab::fill() {
    std::vector<FigureLine> lines;
    const bool any = m_evaluation && !m_evaluation->slices.empty();
    int grey = 0;
    if (any)
        for (const SliceResult& slice : m_evaluation->slices) {
            const SliceFigure* figure = slice.find(m_figure->currentData().toString().toStdString());
            if (figure) lines.push_back(sliceLine(m_evaluation, slice, *figure));
            grey += !slice.judged;
        }
    QString words =
        any ? tr("%1; click one for all its figures and curves").arg(countedText(m_evaluation->slices.size(), "slice"))
            : tr("No slices yet: type some above and run the evaluation.");
    if (grey > 0) words += tr("; %1 in grey: too few rows or clicks to be judged").arg(formatCount(grey));
    m_words->setText(words);
    m_figure->setEnabled(any);
    const QString title = m_figure->currentText();
    m_table->setFigures(
        {{tr("Slice"), tr("Rows that this sentence is true of")},
         {tr("Rows"), tr("Rows of the slice"), 10},
         {tr("Clicked"), tr("Clicked rows of it"), 9},
         {title.isEmpty() ? tr("Figure") : title, title, std::max(11, static_cast<int>(title.size()) + 3)},
         {tr("95 % interval"), tr("Of the figure"), 18},
         {tr("From the rest"), tr("The figure less that of all rows that are not in the slice"), 15},
         {tr("± 95 %"), tr("The difference as a bar about 0 with its interval"), 14}},
        std::move(lines));
}

}  // namespace dlrm::ui
