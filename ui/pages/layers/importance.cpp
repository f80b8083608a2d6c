// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/importance.h"

#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QTableWidget>

#include "ui/charts/chart_view.h"
#include "ui/charts/heatmap_view.h"
#include "ui/models/cell_delegate.h"
#include "ui/models/copied_lines.h"
#include "ui/pages/layers/bars.h"
#include "ui/pages/layers/columns.h"
#include "ui/pages/parts.h"
#include "ui/session/figures.h"
#include "ui/session/plain_words.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr int kSideWidth = 250, kChartHeight = 170;
constexpr int kLeastMap = 280, kMapShare = 4;
constexpr int kStackedBelow = 560, kStackedPairs = 200;  // of the tab's width; height of the list there
constexpr std::size_t kPairsListed = 100;

}  // namespace

LayersImportance::LayersImportance(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = columnIn(this, space::s, {space::m, space::s, space::m, space::s});
    m_words = mutedLabel(this);
    m_words->setObjectName(QStringLiteral("importanceWords"));
    column->addWidget(m_words);

    // What does not fit is scrolled to: nothing is squeezed until it says nothing.
    auto* body = new QWidget;
    body->setProperty("transparent", true);
    m_row = new QBoxLayout(QBoxLayout::LeftToRight, body);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(space::m);
    // The map is no higher than square cells need; what is below it is the chart's.
    QVBoxLayout* left = columnIn(nullptr, space::s);
    m_map = new HeatmapView(tr("Norm of each pair's weights"), body);
    m_map->setMinimumSize(kLeastMap, kLeastMap);
    left->addWidget(m_map, kMapShare);
    m_bottom = new ChartView(tr("Bottom outputs"), body);
    m_bottom->setMinimumHeight(kChartHeight);
    left->addWidget(m_bottom, 1);
    m_row->addLayout(left, 1);
    m_pairs = new QTableWidget(0, 2, body);
    m_pairs->setHorizontalHeaderLabels({tr("Strongest pairs"), tr("Norm")});
    m_pairs->horizontalHeaderItem(0)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_pairs->horizontalHeaderItem(1)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_pairs->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_pairs->setColumnWidth(1, columnWidth(7));  // "00.0000"
    styleList(*m_pairs);
    m_pairs->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    copyLinesOf(*m_pairs);
    m_pairs->setItemDelegate(new CellDelegate(m_pairs));
    m_pairs->setAccessibleName(tr("Pairs of vectors by the norm of their weights"));
    m_row->addWidget(m_pairs);
    QScrollArea* scroll = scrolled(body, this);
    scroll->setAccessibleName(tr("Weights of the interaction"));
    column->addWidget(scroll, 1);
    connect(m_pairs, &QTableWidget::currentCellChanged, this, [this](int line) {
        const auto [first, second] = m_listed.value(line, {-1, -1});
        m_map->mark(first, second);
    });
    setLayers({}, {});
}

void LayersImportance::setLayers(const ModelInfoPtr& model, const ModelLayersPtr& layers, const QString& standing) {
    const bool there = model && layers && layers->importance;
    m_map->setVisible(there);
    m_pairs->setVisible(there);
    m_bottom->setVisible(there);
    if (!there) {
        m_map->clear();
        m_words->setText(
            model && model->spec.interaction == InteractionKind::Cross
                ? tr("This model has cross layers instead of dot products: its first top kernel reads no pairs.")
                : tr("The weights of the interaction's dot products will stand here."));
        return;
    }
    const InteractionImportance& importance = *layers->importance;
    const ModelSpec& spec = model->spec;
    m_words->setText(tr("Rows of the first top kernel in %1, %2: %3, root mean square norm %4; %5, %6. A large norm "
                        "means that the model "
                        "gives this dot product large weights, however large the dot itself becomes.")
                         .arg(orderWords(spec.interactionOrder), standing, countedText(spec.pairs(), "dot"),
                              formatNumber(importance.dotRms), countedText(spec.embeddingDim, "bottom output"),
                              formatNumber(importance.bottomRms)));
    const QStringList names = toNames(importance.vectorNames);
    m_map->setMatrix({importance.pairNorms.begin(), importance.pairNorms.end()}, names, HeatmapView::Scale::Sequential);
    m_map->setHoverText([layers, names](int row, int column, float) {
        if (row == column) return tr("%1: a vector's dot with itself is not an input").arg(names[row]);
        const double norm =
            layers->importance->pairNorms[static_cast<std::size_t>(row) * static_cast<std::size_t>(names.size()) +
                                          static_cast<std::size_t>(column)];
        return tr("%1 × %2: norm %3").arg(names[row], names[column], QString::number(norm, 'g', 7));
    });
    fillPairs(importance);
    showBars(*m_bottom, {tr("output"), tr("norm"), 0, static_cast<double>(importance.bottomNorms.size()),
                         importance.bottomNorms, true});
}

void LayersImportance::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool stacked = width() < kStackedBelow;
    m_row->setDirection(stacked ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_pairs->setMinimumSize(stacked ? QSize(1, kStackedPairs) : QSize(kSideWidth, 1));
    m_pairs->setMaximumSize(stacked ? QSize(QWIDGETSIZE_MAX, kStackedPairs) : QSize(kSideWidth, QWIDGETSIZE_MAX));
}

void LayersImportance::fillPairs(const InteractionImportance& importance) {
    const std::vector<VectorPair> pairs =
        strongestPairs(importance.pairNorms, importance.vectorNames.size(), kPairsListed);
    m_listed.clear();
    for (const VectorPair& pair : pairs)
        m_listed << std::pair(static_cast<int>(pair.first), static_cast<int>(pair.second));
    m_pairs->setRowCount(static_cast<int>(pairs.size()));
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const int line = static_cast<int>(k);
        m_pairs->setItem(line, 0,
                         new QTableWidgetItem(QString::fromStdString(importance.vectorNames[pairs[k].first] + " × " +
                                                                     importance.vectorNames[pairs[k].second])));
        auto* number = new QTableWidgetItem(QString::number(pairs[k].value, 'f', 4));
        number->setData(kCopyRole, pairs[k].value);
        number->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        number->setFont(Theme::instance().monospace());
        m_pairs->setItem(line, 1, number);
    }
}

}  // namespace dlrm::ui
