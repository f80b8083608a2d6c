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
#include "ui/widgets/numbers.h"
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
    for (const Choice& choice : choices({})) {
        m_matrix->addItem(choice.title);
        m_matrix->setItemData(m_matrix->count() - 1, choice.formula, Qt::ToolTipRole);
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

// In the order of the box: those of the rows, those of two slices, and one row.
std::vector<InteractionMatrixView::Choice> InteractionMatrixView::choices(const QString& noAttribution) const {
    std::vector<Choice> out;
    const Interactions* const found = m_figures ? &m_figures->found : nullptr;
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        Choice& one = out.emplace_back();
        one = {QString::fromUtf8(matrix.title), QString::fromUtf8(matrix.formula), matrix.isSigned, nullptr, {}};
        if (!found) continue;
        const std::vector<double>& values = found->matrices.*matrix.values;
        if (values.empty()) one.whyNone = noAttribution;
        else if (matrix.ofClicks && !found->matrices.labelled) one.whyNone = tr("The dataset has no labels.");
        else one.values = &values;
    }
    const QString noSlices = tr("Nothing was compared: type a slice to compare with (Against) beside the rows.");
    Choice& against = out.emplace_back();
    against = {tr("mean of the other slice"), tr("mean of X over the rows of the slice that is compared with"), true,
               nullptr, noSlices};
    if (found && found->against) against.values = &found->against->matrices.mean;
    for (const ComparisonMatrix& matrix : comparisonMatrixTable()) {
        Choice& one = out.emplace_back();
        one = {QString::fromUtf8(matrix.title), QString::fromUtf8(matrix.formula), matrix.isSigned, nullptr, noSlices};
        if (found && found->against) one.values = &(found->against->comparison.*matrix.values);
    }
    Choice& row = out.emplace_back();
    row = {tr("one row − mean"), tr("X of the row in view on Samples, less the mean"), true, nullptr, m_noRow};
    if (m_row) row.formula = tr("X of row %1 less the mean").arg(formatCount(m_row->row));
    if (!m_rowLess.empty()) row.values = &m_rowLess;
    return out;
}

InteractionMatrixView::Choice InteractionMatrixView::chosen() const {
    return choices(m_noAttribution)[static_cast<std::size_t>(std::max(0, m_matrix->currentIndex()))];
}

// The row less the mean, where both are there.
void InteractionMatrixView::take() {
    m_rowLess.clear();
    if (!m_row || !m_figures || m_row->products.size() != m_figures->found.matrices.mean.size()) return;
    m_rowLess = m_row->products;
    for (std::size_t i = 0; i < m_rowLess.size(); ++i) m_rowLess[i] -= m_figures->found.matrices.mean[i];
}

void InteractionMatrixView::setRow(const InteractionRowPtr& row, const QString& whyNone) {
    m_row = row;
    m_noRow = whyNone;
    take();
    if (!m_figures) return;
    offer();
    draw();
}

void InteractionMatrixView::choose(std::vector<double> InteractionMatrices::*values, bool bySimilarity) {
    const auto* items = qobject_cast<const QStandardItemModel*>(m_matrix->model());
    int at = 0;  // those of the table stand first
    for (const InteractionMatrix& matrix : interactionMatrixTable()) {
        if (matrix.values == values && items->item(at)->isEnabled()) m_matrix->setCurrentIndex(at);
        ++at;
    }
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
    m_noAttribution = noAttribution;
    take();
    offer();
    // While figures come in nothing moves.
    if (live && m_order.size() == figures->found.matrices.names.size()) draw();
    else order();
}

// What there is none of says why and is not chosen.
void InteractionMatrixView::offer() {
    auto* items = qobject_cast<QStandardItemModel*>(m_matrix->model());
    int at = 0;
    for (const Choice& choice : choices(m_noAttribution)) {
        items->item(at)->setEnabled(choice.values != nullptr);
        m_matrix->setItemData(at++,
                              choice.values ? choice.formula : choice.formula + QLatin1Char('\n') + choice.whyNone,
                              Qt::ToolTipRole);
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
    const Choice choice = chosen();
    if (!choice.values) {  // figures of no row
        m_drawn = -1;
        m_map->clear();
        return;
    }
    const std::vector<double>& all = *choice.values;
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
                     choice.isSigned ? HeatmapView::Scale::Diverging : HeatmapView::Scale::Sequential);
    m_drawn = m_matrix->currentIndex();
    const QString& title = choice.title;
    m_map->chart()->chart()->setTitle(tr("Interactions: %1").arg(title));
    m_map->chart()->setSource(m_source.isEmpty() ? title : title + QStringLiteral(" · ") + m_source);
    m_matrix->setToolTip(choice.formula);
    m_formula->setText(choice.formula);
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
    const Choice choice = chosen();
    const std::size_t at = first * m.names.size() + second;
    const double value = (*choice.values)[at];
    const QString& title = choice.title;
    QString said =
        std::isfinite(value) ? title + QLatin1Char(' ') + formatNumber(value) : tr("%1 not defined").arg(title);
    if (first == second) {
        const QString name = QString::fromStdString(m.names[first]);
        return m_fed ? tr("%1 with itself: %2, not fed to the model").arg(name, said)
                     : tr("%1 with itself: %2").arg(name, said);
    }
    if (choice.values == &m.mean) said += tr(", standard deviation %1").arg(formatNumber(m.std[at]));
    if (choice.values == &m.difference) said += tr(" (SE %1)").arg(formatNumber(m.differenceSe[at]));
    if (choice.values == &m_rowLess && m.std[at] > 0)
        said += tr(", %1 standard deviations").arg(formatNumber(value / m.std[at]));
    if (m_figures->found.against && choice.values == &m_figures->found.against->comparison.difference)
        said += tr(" (SE %1)").arg(formatNumber(m_figures->found.against->comparison.differenceSe[at]));
    const auto pair = std::find_if(m_figures->pairs.begin(), m_figures->pairs.end(), [&](const InteractionPair& p) {
        return p.first == std::max(first, second) && p.second == std::min(first, second);
    });
    if (pair != m_figures->pairs.end()) {
        if (choice.values == &m.effectSize && std::isfinite(value))
            said += tr(", 95 % interval %1").arg(effectInterval(*pair));
        if (choice.values == &m.attribution || choice.values == &m.attributionAbs)
            said += tr(", %1 of all sizes").arg(pairShare(pair->share));
    }
    return QStringLiteral("%1: %2").arg(pairName(m, first, second), said);
}

}  // namespace dlrm::ui
