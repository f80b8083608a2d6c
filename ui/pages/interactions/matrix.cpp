// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/interactions/matrix.h"

#include <QCheckBox>
#include <QCollator>
#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QStandardItemModel>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/pages/interactions/pair_model.h"
#include "ui/pages/parts.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kLeastSide = 240;
enum VectorOrder { OfModel, ByName, BySimilarity };

}  // namespace

InteractionMatrixView::InteractionMatrixView(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {0, 0, space::m, 0});
    m_matrix = new QComboBox(this);
    m_matrix->setObjectName(QStringLiteral("matrixChoice"));
    m_matrix->setAccessibleName(tr("Matrix"));
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        m_matrix->addItem(QString::fromUtf8(matrix.title));
        m_matrix->setItemData(m_matrix->count() - 1, QString::fromUtf8(matrix.formula), Qt::ToolTipRole);
    }
    m_sorting = new QComboBox(this);
    m_sorting->setObjectName(QStringLiteral("vectorOrder"));
    m_sorting->setAccessibleName(tr("Order of rows and columns"));
    m_sorting->setToolTip(tr("Order of rows and columns"));
    m_sorting->addItem(tr("as in the model"), OfModel);
    m_sorting->addItem(tr("by name"), ByName);
    m_sorting->addItem(tr("by similarity"), BySimilarity);
    m_sorting->setItemData(BySimilarity, tr("Average linkage on 1 − |mean cosine|: what goes together stands together"),
                           Qt::ToolTipRole);
    m_hold = new QCheckBox(tr("Hold &scale"), this);
    m_hold->setObjectName(QStringLiteral("holdScale"));
    m_hold->setToolTip(
        tr("Colours keep the values they stand for now, so that runs can be compared; larger values get the strongest "
           "colour"));
    QHBoxLayout* tools = rowIn(nullptr, space::s);
    for (QWidget* tool : std::initializer_list<QWidget*>{m_matrix, m_sorting, m_hold}) tools->addWidget(tool);
    tools->addStretch(1);
    column->addLayout(tools);
    m_formula = mutedLabel(this);
    m_formula->setObjectName(QStringLiteral("matrixFormula"));
    column->addWidget(m_formula);
    m_map = new HeatmapView(tr("Interactions"), this);
    m_map->setObjectName(QStringLiteral("interactions"));
    m_map->setMinimumSize(kLeastSide, kLeastSide);
    m_map->setHoverText([this](int row, int column_, float) {
        if (!m_figures) return QString();
        return describe(m_order[static_cast<std::size_t>(row)], m_order[static_cast<std::size_t>(column_)]);
    });
    column->addWidget(m_map, 1);
    column->addStretch(0);

    connect(m_matrix, &QComboBox::currentIndexChanged, this, [this] {
        m_hold->setChecked(false);  // another quantity, on a scale of its own
        draw();
    });
    connect(m_sorting, &QComboBox::currentIndexChanged, this, &InteractionMatrixView::order);
    connect(m_hold, &QCheckBox::toggled, this, &InteractionMatrixView::draw);
    connect(m_map, &HeatmapView::cellClicked, this, [this](int row, int column_) {
        Q_EMIT cellClicked(static_cast<int>(m_order[static_cast<std::size_t>(row)]),
                           static_cast<int>(m_order[static_cast<std::size_t>(column_)]));
    });
}

const InteractionMatrix& InteractionMatrixView::matrix() const {
    return interactionMatrixTable()[static_cast<std::size_t>(std::max(0, m_matrix->currentIndex()))];
}

void InteractionMatrixView::choose(std::vector<double> InteractionMatrices::*values, bool bySimilarity) {
    const auto* items = qobject_cast<const QStandardItemModel*>(m_matrix->model());
    for (int at = 0; at < m_matrix->count(); ++at)
        if (interactionMatrixTable()[static_cast<std::size_t>(at)].values == values && items->item(at)->isEnabled())
            m_matrix->setCurrentIndex(at);
    m_sorting->setCurrentIndex(bySimilarity ? BySimilarity : OfModel);
}

void InteractionMatrixView::setFigures(const InteractionFiguresPtr& figures, bool live, const QString& noAttribution,
                                       bool fed) {
    m_figures = figures;
    m_live = live;
    m_fed = fed;
    if (!figures) {
        m_drawn = -1;
        m_first = m_second = -1;  // a pair of what was open before
        m_marked = {-1, -1};
        m_order.clear();
        m_map->clear();
        m_map->chart()->setSource({});
        return;
    }
    offer(noAttribution);
    // While figures come in nothing moves.
    if (live && m_order.size() == figures->found.matrices.names.size()) draw();
    else order();
}

// What there is none of says why and is not chosen.
void InteractionMatrixView::offer(const QString& noAttribution) {
    auto* items = qobject_cast<QStandardItemModel*>(m_matrix->model());
    const InteractionMatrices& m = m_figures->found.matrices;
    int at = 0;
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        const QString why = (m.*matrix.values).empty()       ? noAttribution
                            : matrix.ofClicks && !m.labelled ? tr("The dataset has no labels.")
                                                             : QString();
        items->item(at)->setEnabled(why.isEmpty());
        const QString formula = QString::fromUtf8(matrix.formula);
        m_matrix->setItemData(at++, why.isEmpty() ? formula : formula + QLatin1Char('\n') + why, Qt::ToolTipRole);
    }
    if (!items->item(m_matrix->currentIndex())->isEnabled()) {
        const QSignalBlocker quiet(m_matrix);
        m_matrix->setCurrentIndex(0);
    }
}

void InteractionMatrixView::order() {
    if (!m_figures) return;
    const QStringList names = toNames(m_figures->found.matrices.names);
    const int chosen = m_sorting->currentData().toInt();
    m_order.resize(static_cast<std::size_t>(names.size()));
    std::iota(m_order.begin(), m_order.end(), 0);
    if (chosen == BySimilarity) m_order = m_figures->bySimilarity;
    if (chosen == ByName) {
        QCollator byNumbers(QLocale(QLocale::English, QLocale::UnitedStates));
        byNumbers.setNumericMode(true);  // cat_2 before cat_10
        std::stable_sort(m_order.begin(), m_order.end(), [&](std::size_t a, std::size_t b) {
            return byNumbers.compare(names[static_cast<qsizetype>(a)], names[static_cast<qsizetype>(b)]) < 0;
        });
    }
    draw();
}

void InteractionMatrixView::draw() {
    if (!m_figures) return;
    const InteractionMatrices& m = m_figures->found.matrices;
    const InteractionMatrix& chosen = matrix();
    const std::vector<double>& all = m.*chosen.values;
    const std::size_t n = m_order.size();
    QStringList names;
    std::vector<float> values;
    values.reserve(n * n);
    for (const std::size_t row : m_order) {
        names << QString::fromStdString(m.names[row]);
        for (const std::size_t column : m_order)
            values.push_back(row == column ? std::numeric_limits<float>::quiet_NaN()
                                           : static_cast<float>(all[row * n + column]));
    }
    if (std::exchange(m_side, n) != n) m_marked = {-1, -1};  // of another size nothing stays marked
    m_map->holdScale(m_drawn == m_matrix->currentIndex() && (m_live || m_hold->isChecked()));
    m_map->setMatrix(std::move(values), names,
                     chosen.isSigned ? HeatmapView::Scale::Diverging : HeatmapView::Scale::Sequential);
    m_drawn = m_matrix->currentIndex();
    const QString title = QString::fromUtf8(chosen.title);
    m_map->chart()->chart()->setTitle(tr("Interactions: %1").arg(title));
    m_map->chart()->setSource(m_source.isEmpty() ? title : title + QStringLiteral(" · ") + m_source);
    m_matrix->setToolTip(QString::fromUtf8(chosen.formula));
    m_formula->setText(QString::fromUtf8(chosen.formula));
    markAgain();
}

void InteractionMatrixView::mark(int first, int second) {
    m_first = first;
    m_second = second;
    markAgain();
}

void InteractionMatrixView::markAgain() {
    const auto place = [this](int vector) {
        const auto found = std::find(m_order.begin(), m_order.end(), static_cast<std::size_t>(vector));
        return vector < 0 || found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
    };
    // Marking anew takes what is under the pointer, and the keyboard's cell.
    if (const std::pair<int, int> now{place(m_first), place(m_second)}; std::exchange(m_marked, now) != now)
        m_map->mark(now.first, now.second);
}

void InteractionMatrixView::setSource(const QString& text) {
    m_source = text;
    draw();
}

void InteractionMatrixView::setNoExport(const QString& why) { m_map->chart()->setNoExport(why); }

// Both names, the figure, and the one that says how much it is.
QString InteractionMatrixView::describe(std::size_t first, std::size_t second) const {
    const InteractionMatrices& m = m_figures->found.matrices;
    const InteractionMatrix& chosen = matrix();
    const std::size_t at = first * m.names.size() + second;
    const double value = (m.*chosen.values)[at];
    const QString title = QString::fromUtf8(chosen.title);
    QString said =
        std::isfinite(value) ? title + QLatin1Char(' ') + formatNumber(value) : tr("%1 not defined").arg(title);
    if (first == second) {
        const QString name = QString::fromStdString(m.names[first]);
        return m_fed ? tr("%1 with itself: %2, not fed to the model").arg(name, said)
                     : tr("%1 with itself: %2").arg(name, said);
    }
    if (chosen.values == &InteractionMatrices::mean) said += tr(", standard deviation %1").arg(formatNumber(m.std[at]));
    if (chosen.values == &InteractionMatrices::difference) said += tr(" ± %1").arg(formatNumber(m.differenceSe[at]));
    const auto pair = std::find_if(m_figures->pairs.begin(), m_figures->pairs.end(), [&](const InteractionPair& p) {
        return p.first == std::max(first, second) && p.second == std::min(first, second);
    });
    if (pair != m_figures->pairs.end()) {
        if (chosen.values == &InteractionMatrices::effectSize && std::isfinite(value))
            said += tr(", 95 % interval %1").arg(effectInterval(*pair));
        if (chosen.values == &InteractionMatrices::attribution || chosen.values == &InteractionMatrices::attributionAbs)
            said += tr(", %1 of all sizes").arg(pairShare(pair->share));
    }
    return QStringLiteral("%1: %2").arg(pairName(m, first, second), said);
}

}  // namespace dlrm::ui
