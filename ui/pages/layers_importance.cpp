// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers_importance.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/models/cell_delegate.h"
#include "ui/pages/layers_bars.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kRowHeight = 20, kSideWidth = 250, kChartHeight = 190;
constexpr std::size_t kPairsListed = 100;

QString fromUtf8(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

}  // namespace

LayersImportance::LayersImportance(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::m, space::s, space::m, space::s);
    column->setSpacing(space::s);
    m_words = new QLabel(this);
    m_words->setObjectName(QStringLiteral("importanceWords"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setProperty("muted", true);
    m_words->setWordWrap(true);
    column->addWidget(m_words);

    auto* row = new QHBoxLayout;
    row->setSpacing(space::m);
    m_map = new HeatmapView(tr("Norm of each pair's weights"), this);
    // Under the map, which is no higher than square cells need, the room stays empty.
    auto* left = new QVBoxLayout;
    left->setContentsMargins(0, 0, 0, 0);
    left->addWidget(m_map, 1);
    left->addStretch(0);
    row->addLayout(left, 1);
    m_side = new QWidget(this);
    m_side->setMaximumWidth(kSideWidth);
    auto* side = new QVBoxLayout(m_side);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(space::s);
    m_pairs = new QTableWidget(0, 2, m_side);
    m_pairs->setHorizontalHeaderLabels({tr("Strongest pairs"), tr("Norm")});
    m_pairs->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_pairs->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_pairs->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_pairs->setColumnWidth(1, QFontMetrics(Theme::instance().monospace()).horizontalAdvance(QStringLiteral("00.0000")) + 2 * space::s + space::xs);
    m_pairs->horizontalHeader()->setHighlightSections(false);
    m_pairs->verticalHeader()->hide();
    m_pairs->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_pairs->setShowGrid(false);
    m_pairs->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_pairs->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_pairs->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pairs->setTabKeyNavigation(false);
    m_pairs->setItemDelegate(new CellDelegate(m_pairs));
    m_pairs->setAccessibleName(tr("Pairs of vectors by the norm of their weights"));
    side->addWidget(m_pairs, 1);
    m_bottom = new ChartView(tr("Bottom outputs"), m_side);
    m_bottom->setFixedHeight(kChartHeight);
    side->addWidget(m_bottom);
    row->addWidget(m_side);
    column->addLayout(row, 1);
    setLayers({}, {});
}

void LayersImportance::setLayers(const ModelInfoPtr& model, const ModelLayersPtr& layers, const QString& standing) {
    const bool there = model && layers && layers->importance;
    m_map->setVisible(there);
    m_side->setVisible(there);
    if (!there) {
        m_map->clear();
        m_words->setText(model && model->spec.interaction == InteractionKind::Cross
                             ? tr("This model has cross layers instead of dot products: its first top kernel reads no pairs.")
                             : tr("The weights of the interaction's dot products will stand here."));
        return;
    }
    const InteractionImportance& importance = *layers->importance;
    const ModelSpec& spec = model->spec;
    m_words->setText(tr("Rows of the first top kernel as %1 (%2) orders them: %3 dots, root mean square norm %4; %5 bottom outputs, %6. A large norm means that the model "
                        "gives this dot product large weights, however large the dot itself becomes.")
                         .arg(fromUtf8(name(spec.interactionOrder)), standing,
                              formatCount(spec.pairs()), formatNumber(importance.dotRms), formatCount(spec.embeddingDim), formatNumber(importance.bottomRms)));
    QStringList names;
    for (const std::string& n : importance.vectorNames) names << QString::fromStdString(n);
    m_map->setMatrix({importance.pairNorms.begin(), importance.pairNorms.end()}, names, HeatmapView::Scale::Sequential);
    m_map->setHoverText([layers, names](int row, int column, float) {
        if (row == column) return tr("%1: a vector's dot with itself is not an input").arg(names[row]);
        const double norm = layers->importance->pairNorms[static_cast<std::size_t>(row) * static_cast<std::size_t>(names.size()) + static_cast<std::size_t>(column)];
        return tr("%1 × %2: norm %3").arg(names[row], names[column], QString::number(norm, 'g', 7));
    });
    fillPairs(importance);
    showBars(*m_bottom, {tr("output"), tr("norm"), 0, static_cast<double>(importance.bottomNorms.size()), importance.bottomNorms, true});
}

void LayersImportance::fillPairs(const InteractionImportance& importance) {
    const std::size_t vectors = importance.vectorNames.size();
    std::vector<std::size_t> pairs;
    for (std::size_t i = 0; i < vectors; ++i)
        for (std::size_t j = 0; j < i; ++j) pairs.push_back(i * vectors + j);
    const auto norm = [&](std::size_t pair) { return std::isfinite(importance.pairNorms[pair]) ? importance.pairNorms[pair] : std::numeric_limits<double>::infinity(); };
    std::stable_sort(pairs.begin(), pairs.end(), [&](std::size_t a, std::size_t b) { return norm(a) > norm(b); });
    pairs.resize(std::min(pairs.size(), kPairsListed));
    m_pairs->setRowCount(static_cast<int>(pairs.size()));
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const int line = static_cast<int>(k);
        m_pairs->setItem(line, 0, new QTableWidgetItem(QString::fromStdString(importance.vectorNames[pairs[k] / vectors] + " × " + importance.vectorNames[pairs[k] % vectors])));
        auto* number = new QTableWidgetItem(QString::number(importance.pairNorms[pairs[k]], 'f', 4));
        number->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        number->setFont(Theme::instance().monospace());
        m_pairs->setItem(line, 1, number);
    }
}

}  // namespace dlrm::ui
