// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/ranking_ask.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>

#include <algorithm>

#include "ui/pages/evaluate/slice_words.h"
#include "ui/pages/parts.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr double kTopShares[] = {0.001, 0.01, 0.05, 0.1, 0.2};

QString shareText(double share) { return formatPercent(share, share < 0.01 ? 1 : 0); }

QString gaucWords(const GroupedAuc& gauc) {
    const double skipped = gauc.rows > 0 ? static_cast<double>(gauc.skippedRows) / static_cast<double>(gauc.rows) : 0;
    return RankingAsk::tr("GAUC over %1: %2 (%3 of %4 have one class only and are left out, with %5 of the rows)")
        .arg(QString::fromStdString(gauc.field), sliceFigureText(gauc.value), formatCount(gauc.skippedGroups),
             countedText(gauc.groups, "group"), formatPercent(skipped, 2));
}

QString topWords(const TopCalibration& top) {
    const QString interval = sliceIntervalText(top.low, top.high);
    QString out = RankingAsk::tr("PCOC of the top %1: %2").arg(shareText(top.share), sliceFigureText(top.value));
    if (!interval.isEmpty()) out += RankingAsk::tr(", 95 % %1").arg(interval);
    if (!top.note.empty()) out += QStringLiteral("; ") + QString::fromStdString(top.note);
    return out;
}

}  // namespace

RankingAsk::RankingAsk(QWidget* parent) : QWidget(parent) {
    QHBoxLayout* row = rowIn(this, space::s);
    m_field = choice(tr("GA&UC over"), "gaucField",
                     tr("AUC within the rows of each value of this field, weighted with their number: Σ n·AUC / Σ n. "
                        "Values whose rows are all clicked or all not are left out. For the next run."));
    m_share =
        choice(tr("PCOC of the &top"), "pcocShare",
               tr("Predicted by observed clicks of the rows with the highest scores: Σp / Σy. For the next run."));
    m_share->addItem(tr("off"), 0.0);
    for (const double share : kTopShares) m_share->addItem(shareText(share), share);
    m_figures = mutedLabel(this);
    m_figures->setObjectName(QStringLiteral("rankingFigures"));
    row->addWidget(m_figures, 1);
    for (const QComboBox* box : {m_field, m_share})
        connect(box, &QComboBox::currentIndexChanged, this, &RankingAsk::changed);
    setFields({});
    setEvaluation({});
}

QComboBox* RankingAsk::choice(const QString& text, const char* name, const QString& tip) {
    auto* caption = new QLabel(text, this);
    auto* out = new QComboBox(this);
    out->setObjectName(QString::fromLatin1(name));
    out->setToolTip(tip);
    out->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    caption->setBuddy(out);
    layout()->addWidget(caption);
    layout()->addWidget(out);
    return out;
}

void RankingAsk::setFields(const std::vector<std::string>& names) {
    const QString before = groupedBy() ? m_field->currentText() : QString();
    const QSignalBlocker blocker(m_field);
    m_field->clear();
    m_field->addItem(tr("off"));
    m_field->addItems(toNames(names));
    m_field->setCurrentIndex(before.isEmpty() ? 0 : std::max(0, m_field->findText(before)));
}

void RankingAsk::choose(int field, double share) {
    m_field->setCurrentIndex(1 + field);
    m_share->setCurrentIndex(m_share->findData(share));
}

std::optional<TableId> RankingAsk::groupedBy() const {
    if (m_field->currentIndex() < 1) return std::nullopt;
    return TableId{m_field->currentIndex() - 1};
}

double RankingAsk::topShare() const { return m_share->currentData().toDouble(); }

void RankingAsk::setEvaluation(const EvaluationPtr& evaluation) {
    QStringList words;
    if (evaluation && evaluation->gauc) words << gaucWords(*evaluation->gauc);
    if (evaluation && evaluation->top) words << topWords(*evaluation->top);
    m_figures->setText(words.join(QStringLiteral(" · ")));
}

}  // namespace dlrm::ui
