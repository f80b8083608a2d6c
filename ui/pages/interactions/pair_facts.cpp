// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/pair_facts.h"

#include <QGridLayout>
#include <QLabel>

#include "ui/pages/interactions/pair_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

// Figures that belong together stand under one another: an effect's interval under the effect, a size under what it is
// of.
int columnOf(const InteractionMatrix& matrix) {
    return matrix.values == &InteractionMatrices::mean || matrix.values == &InteractionMatrices::clicked ||
                   matrix.values == &InteractionMatrices::difference ||
                   matrix.values == &InteractionMatrices::effectSize
               ? 0
               : 1;
}

// In few letters where a narrow window has no more room.
QString factName(const InteractionMatrix& matrix) {
    if (matrix.values == &InteractionMatrices::std) return InteractionPairFacts::tr("Std. deviation");
    if (matrix.values == &InteractionMatrices::attributionAbs) return InteractionPairFacts::tr("Its size");
    QString name = QString::fromUtf8(matrix.title);
    name[0] = name[0].toUpper();
    return name;
}

}  // namespace

InteractionPairFacts::InteractionPairFacts(QWidget* parent) : QFrame(parent) {
    setProperty("card", true);
    QVBoxLayout* column = columnIn(this, space::xs, {space::m, space::s, space::m, space::s});
    m_title = boldLabel(this, {});
    m_title->setObjectName(QStringLiteral("pairTitle"));
    m_title->setMinimumWidth(1);
    column->addWidget(m_title);
    m_grid = new QGridLayout;
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(space::s);
    m_grid->setVerticalSpacing(space::xs);
    for (std::size_t i = 0; i < m_columns.size(); ++i) m_grid->setColumnStretch(2 * static_cast<int>(i) + 1, 1);
    column->addLayout(m_grid);
    setPair({}, nullptr);
}

void InteractionPairFacts::addFact(int column, const QString& name, const QString& value, const QString& tip) {
    auto& [labels, used] = m_columns[static_cast<std::size_t>(column)];
    if (used == labels.size()) {
        QLabel* left = plainLabel(this);
        left->setProperty("muted", true);
        if (column > 0) left->setContentsMargins(space::s, 0, 0, 0);
        QLabel* right = plainLabel(this);
        right->setFont(Theme::instance().monospace());
        right->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(left, static_cast<int>(used), 2 * column);
        m_grid->addWidget(right, static_cast<int>(used), 2 * column + 1);
        labels.emplace_back(left, right);
    }
    const auto& [left, right] = labels[used++];
    left->setText(name);
    right->setText(value);
    for (QLabel* label : {left, right}) {
        label->setToolTip(tip);
        label->show();
    }
}

void InteractionPairFacts::setPair(const InteractionFiguresPtr& figures, const InteractionPair* pair) {
    for (Column& column : m_columns) column.used = 0;
    showFacts(figures, pair);
    for (const auto& [labels, used] : m_columns) {
        for (std::size_t i = used; i < labels.size(); ++i) {
            labels[i].first->hide();
            labels[i].second->hide();
        }
    }
}

void InteractionPairFacts::showFacts(const InteractionFiguresPtr& figures, const InteractionPair* pair) {
    if (!figures || !pair) return m_title->setText(tr("Click a cell or a line to see all figures of a pair."));
    const InteractionMatrices& m = figures->found.matrices;
    m_title->setText(pairName(m, pair->first, pair->second));
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        const std::vector<double>& values = m.*matrix.values;
        if (values.empty() || (matrix.ofClicks && !m.labelled)) continue;
        if (matrix.values == &InteractionMatrices::differenceSe) continue;  // stands with the difference
        const std::size_t at = pair->first * m.names.size() + pair->second;
        QString value = pairFigure(values[at]);
        if (matrix.values == &InteractionMatrices::difference)
            value = QStringLiteral("%1 SE %2").arg(value, pairFigure(m.differenceSe[at]));
        addFact(columnOf(matrix), factName(matrix), value, QString::fromUtf8(matrix.formula));
        if (matrix.values == &InteractionMatrices::effectSize)
            addFact(0, tr("95 % interval"), effectInterval(*pair), tr("95 % interval of the effect size"));
    }
    if (!m.attribution.empty())
        addFact(1, tr("Share"), pairShare(pair->share), tr("Share of the sizes of what all pairs add to the logit"));
}

}  // namespace dlrm::ui
