// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/evaluate/cards.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "ui/pages/parts.h"
#include "ui/widgets/glossary.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kCardWidth = 134;  // narrowest that holds "Normalized entropy" and "0.7206 – 0.7364"
constexpr int kDecimals = 4;
constexpr std::string_view kCalibration = "calibration", kBias = "bias", kEce = "ece";

QString fixed(double x) {
    QString text = QString::number(std::abs(x), 'f', kDecimals);
    if (x < 0) text.prepend(QStringLiteral("−"));
    return text;
}

}  // namespace

EvaluateCards::EvaluateCards(QWidget* parent) : QWidget(parent) {
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(space::s);
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        for (const Card& card : m_cards) restyle(card);
    });
}

EvaluateCards::Card EvaluateCards::makeCard(const MetricValue& metric) {
    Card card;
    card.key = metric.key;
    card.frame = new QFrame(this);
    card.frame->setProperty("card", true);
    card.frame->setObjectName(QStringLiteral("card_") + QString::fromUtf8(metric.key));
    card.title = new QLabel(QString::fromUtf8(metric.title), card.frame);
    card.title->setProperty("muted", true);
    card.title->setFont(Theme::instance().font(font_size::caption));
    linkTerm(card.title, findTerm(QString::fromUtf8(metric.key)));
    card.value = new QLabel(card.frame);
    card.value->setFont(Theme::instance().monospace(font_size::figure));
    card.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    card.detail = new QLabel(card.frame);
    card.detail->setProperty("muted", true);
    card.detail->setFont(Theme::instance().monospace(font_size::caption));
    QVBoxLayout* column = columnIn(card.frame, 0, {space::s, space::xs, space::s, space::xs});
    for (QLabel* label : {card.title, card.value, card.detail}) {
        label->setMinimumWidth(1);
        column->addWidget(label);
    }
    return card;
}

void EvaluateCards::setEvaluation(const Evaluation& evaluation) {
    // The bias says what calibration says, as a difference: it stands in that card's tooltip.
    std::vector<MetricValue> metrics = evaluation.report.metrics;
    if (evaluation.report.find(kCalibration))
        std::erase_if(metrics, [](const MetricValue& m) { return m.key == kBias; });
    const bool same = m_cards.size() == metrics.size() &&
                      std::equal(m_cards.begin(), m_cards.end(), metrics.begin(),
                                 [](const Card& c, const MetricValue& m) { return c.key == m.key; });
    if (!same) {
        clear();
        for (const MetricValue& metric : metrics) m_cards.push_back(makeCard(metric));
        m_columns = 0;
        relayout();
    }
    for (std::size_t i = 0; i < metrics.size(); ++i) show(m_cards[i], metrics[i], evaluation);
}

void EvaluateCards::show(Card& card, const MetricValue& metric, const Evaluation& evaluation) {
    card.final = evaluation.final;
    // Exact it is only once all rows were seen.
    const QString title =
        metric.key == "auc" && !evaluation.final ? tr("AUC (interim)") : QString::fromUtf8(metric.title);
    if (card.title->text() != title) card.title->setText(title);
    card.value->setText(metric.value ? fixed(*metric.value) : QStringLiteral("–"));
    const bool interval = metric.value && metric.low && metric.high;
    QString detail;
    if (interval) detail = QStringLiteral("%1 – %2").arg(fixed(*metric.low), fixed(*metric.high));
    else if (!metric.value) detail = tr("undefined");
    else if (metric.key == kEce && evaluation.final)
        detail = tr("floor %1").arg(fixed(evaluation.report.eceBins.calibrated));
    card.detail->setText(detail.isEmpty() ? QStringLiteral(" ") : detail);

    QStringList tip{title, QString::fromUtf8(metric.formula)};
    if (metric.value) tip << tr("value: %1").arg(formatDigits(*metric.value, 17));
    if (interval)
        tip << tr("95 % interval: %1 to %2").arg(formatDigits(*metric.low, 10), formatDigits(*metric.high, 10));
    const MetricValue* bias = metric.key == kCalibration ? evaluation.report.find(kBias) : nullptr;
    if (bias && bias->value)
        tip << tr("%1 (%2): %3")
                   .arg(QString::fromUtf8(bias->title), QString::fromUtf8(bias->formula), fixed(*bias->value));
    tip << tr("%1, %2 clicked")
               .arg(countedText(evaluation.report.rows, "row"), formatCount(evaluation.report.positives));
    if (!evaluation.final)
        tip << tr("interim: %1 of %2 so far")
                   .arg(formatCount(evaluation.report.rows), countedText(evaluation.totalRows, "row"));
    if (!metric.note.empty()) tip << QString::fromUtf8(metric.note);
    card.frame->setToolTip(tip.join(QLatin1Char('\n')));
    card.frame->setAccessibleName(QStringLiteral("%1: %2").arg(tip.first(), card.value->text()));
    restyle(card);
}

void EvaluateCards::restyle(const Card& card) {
    const ThemeColors& colors = Theme::instance().colors();
    const QColor color = card.final ? colors.text : colors.muted;
    const QString sheet = QStringLiteral("QLabel { color: %1; }").arg(color.name());
    if (card.value->styleSheet() != sheet) card.value->setStyleSheet(sheet);
}

void EvaluateCards::clear() {
    for (const Card& card : m_cards) delete card.frame;
    m_cards.clear();
}

QString EvaluateCards::valueText(const char* key) const {
    for (const Card& card : m_cards)
        if (card.key == key) return card.value->text();
    return {};
}

void EvaluateCards::relayout() {
    const auto count = static_cast<int>(m_cards.size());
    if (count == 0) return;
    const int fit = std::clamp((width() + space::s) / (kCardWidth + space::s), 1, count);
    // Rows of equal length rather than a long and a short one.
    const int rows = (count + fit - 1) / fit;
    const int columns = (count + rows - 1) / rows;
    if (columns == m_columns) return;
    for (int c = 0; c < std::max(m_grid->columnCount(), columns); ++c) m_grid->setColumnStretch(c, c < columns ? 1 : 0);
    m_columns = columns;
    takeWidgets(*m_grid);
    for (int i = 0; i < count; ++i)
        m_grid->addWidget(m_cards[static_cast<std::size_t>(i)].frame, i / columns, i % columns);
}

void EvaluateCards::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    relayout();
}

}  // namespace dlrm::ui
