// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/layers/inspector.h"

#include <QLabel>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/pages/info_card.h"
#include "ui/pages/layers/unit_model.h"
#include "ui/pages/parts.h"
#include "ui/pages/vector_bars.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kStrongestShown = 8;

QString number(double value) { return formatDigits(value, 6); }

// As large as the largest of them, and what the title says of it.
void showWeights(VectorBars& bars, QLabel& title, const QString& words, const std::vector<float>& weights) {
    const float largest = largestMagnitude(weights);
    title.setText(words.arg(formatNumber(static_cast<double>(largest), 3)));
    bars.setValues(weights, largest);
}

}  // namespace

LayersInspector::Unit inspectedUnit(const LayerStatistics& layer, const KernelView& kernel, const UnitAtlas* atlas,
                                    qint64 number, const std::function<QString(qint64)>& inputName) {
    LayersInspector::Unit unit;
    unit.number = number;
    unit.others = layer.spec.outputs;
    unit.statistics = layer.units[static_cast<std::size_t>(number)];
    const AtlasLayer* counts = atlas ? atlas->find(layer.top, layer.index) : nullptr;
    unit.state = unitState(layer, counts, atlas, number);
    if (counts && atlas->rows > 0) {
        const std::int64_t active = counts->active[static_cast<std::size_t>(number)];
        unit.frequency = LayersInspector::tr("%1 of %2 (%3)")
                             .arg(formatCount(active), countedText(atlas->rows, "row"),
                                  formatPercent(static_cast<double>(active) / static_cast<double>(atlas->rows), 2));
    }
    for (std::int64_t i = 0; i < kernel.rows; ++i)
        unit.incoming.push_back(kernel.weights.kernel[static_cast<std::size_t>(i * kernel.columns() + number)]);
    if (const DenseWeights& next = kernel.next; !next.kernel.empty()) {
        const auto first = next.kernel.begin() + static_cast<std::ptrdiff_t>(number * next.outputs);
        unit.outgoing.assign(first, first + static_cast<std::ptrdiff_t>(next.outputs));
    }
    std::vector<std::int64_t> inputs(unit.incoming.size());
    std::iota(inputs.begin(), inputs.end(), 0);
    const std::size_t shown = std::min(kStrongestShown, inputs.size());
    std::partial_sort(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(shown), inputs.end(),
                      [&](std::int64_t a, std::int64_t b) {
                          const auto x = strength(unit.incoming[static_cast<std::size_t>(a)]),
                                     y = strength(unit.incoming[static_cast<std::size_t>(b)]);
                          return x != y ? x > y : a < b;
                      });
    for (std::size_t k = 0; k < shown; ++k)
        unit.strongest.emplace_back(inputName(inputs[k]), unit.incoming[static_cast<std::size_t>(inputs[k])]);
    return unit;
}

LayersInspector::LayersInspector(QWidget* parent) : QWidget(parent) {
    QVBoxLayout* column = scrolledColumnIn(this);
    m_layer = new InfoCard(tr("Layer"));
    column->addWidget(m_layer);
    m_words = mutedLabel(nullptr);
    m_words->setObjectName(QStringLiteral("inspectorWords"));
    column->addWidget(m_words);
    m_part = new QWidget;
    QVBoxLayout* part = columnIn(m_part, space::s);
    m_unit = new InfoCard(tr("Unit"), m_part);
    part->addWidget(m_unit);
    const auto title = [&](const QString& text = {}) {
        QLabel* label = plainLabel(m_part, text);
        label->setProperty("muted", true);
        part->addWidget(label);
        return label;
    };
    const auto bars = [&](const QString& name) {
        auto* values = new VectorBars(m_part);
        values->setAccessibleName(name);
        part->addWidget(values);
        connect(values, &VectorBars::hovered, this,
                [this](const QString& text) { m_hover->setText(text.isEmpty() ? QStringLiteral(" ") : text); });
        return values;
    };
    m_incomingTitle = title();
    m_incoming = bars(tr("Incoming weights"));
    m_outgoingTitle = title();
    m_outgoing = bars(tr("Outgoing weights"));
    m_hover = title(QStringLiteral(" "));
    m_strongest = new InfoCard(tr("Strongest inputs"), m_part);
    part->addWidget(m_strongest);
    column->addWidget(m_part);
    column->addStretch(1);
    showNothing(tr("Open a checkpoint first."));
}

void LayersInspector::showNothing(const QString& words) {
    m_words->setText(words);
    m_words->show();
    m_layer->hide();
    m_part->hide();
}

void LayersInspector::showLayer(const LayerStatistics& layer) {
    const ValueStatistics& w = layer.weights;
    m_layer->clear();
    m_layer->addFact(tr("Name"), QString::fromStdString(layer.spec.name));
    m_layer->addFact(
        tr("Inputs"),
        layer.spec.paddingInputs > 0
            ? tr("%1, %2 of them padding").arg(formatCount(layer.spec.inputs), formatCount(layer.spec.paddingInputs))
            : formatCount(layer.spec.inputs));
    m_layer->addFact(tr("Units"), formatCount(layer.spec.outputs));
    m_layer->addFact(tr("Activation"), layer.spec.relu ? QStringLiteral("ReLU") : tr("none (logit)"));
    m_layer->addFact(tr("Mean"), number(w.mean), tr("of the learned weights, padding rows left out"));
    m_layer->addFact(tr("Deviation"), number(w.std), tr("standard deviation of the learned weights"));
    m_layer->addFact(tr("Smallest"), number(w.min));
    m_layer->addFact(tr("Largest"), number(w.max));
    m_layer->addFact(tr("Zeros"), formatCount(w.zeros));
    m_layer->addFact(tr("Not finite"), formatCount(layer.nonFinite()),
                     tr("weights and biases that are NaN or infinite, those of padding too"));
    m_layer->addFact(
        tr("Dead units"),
        tr("%1 always 0, %2 constant, %3 unread")
            .arg(formatCount(layer.silent), formatCount(layer.constant), formatCount(layer.unread)),
        tr("Proved from the weights: the output is the same for every row; unread: every weight that reads it is 0"));
    m_layer->addFact(tr("Duplicates"),
                     tr("%1 exact, %2 near").arg(formatCount(layer.exactDuplicates), formatCount(layer.nearDuplicates)),
                     tr("Units whose weights and bias equal an earlier unit's; near: cosine ≥ 0.9999"));
    m_layer->show();
    showNoUnit();
}

void LayersInspector::showNoUnit() {
    m_part->hide();
    m_words->setText(tr("Click a column of the map or a line of Units to see a unit here."));
    m_words->show();
}

void LayersInspector::showUnit(const Unit& unit) {
    m_unit->clear();
    m_unit->addFact(tr("Number"), tr("%1 of 0 … %2").arg(formatCount(unit.number), formatCount(unit.others - 1)));
    if (!unit.frequency.isEmpty()) m_unit->addFact(tr("Active"), unit.frequency);
    m_unit->addFact(tr("Bias"), number(static_cast<double>(unit.statistics.bias)));
    m_unit->addFact(tr("Norm in"), number(unit.statistics.norm));
    if (std::isfinite(unit.statistics.outgoingNorm))
        m_unit->addFact(tr("Norm out"), number(unit.statistics.outgoingNorm));
    if (!unit.state.isEmpty()) m_unit->addMarked(InfoCard::Mark::Warn, unit.state);
    showWeights(*m_incoming, *m_incomingTitle, tr("Incoming weights, scale ±%1"), unit.incoming);
    showWeights(*m_outgoing, *m_outgoingTitle, tr("Outgoing weights, scale ±%1"), unit.outgoing);
    const bool outgoing = !unit.outgoing.empty();
    m_outgoingTitle->setVisible(outgoing);
    m_outgoing->setVisible(outgoing);
    m_strongest->clear();
    for (const auto& [input, weight] : unit.strongest)
        m_strongest->addFact(formatFixed(static_cast<double>(weight), 4), input);
    m_words->hide();
    m_part->show();
}

}  // namespace dlrm::ui
