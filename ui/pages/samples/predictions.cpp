// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: what the model says of the row that is shown, and of the one it is shown against.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QTimer>

#include <algorithm>
#include <cmath>

#include "ui/charts/heatmap_view.h"
#include "ui/pages/parts.h"
#include "ui/pages/samples/activations.h"
#include "ui/pages/samples/attribution_bars.h"
#include "ui/pages/samples/field_form.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/samples/row_attributions.h"
#include "ui/pages/samples/summary.h"
#include "ui/pages/samples/undo.h"
#include "ui/session/figures.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

template <class Layer>
QStringList layerNames(const std::vector<Layer>& layers) {
    QStringList names;
    for (const Layer& layer : layers) names << QString::fromUtf8(layer.name);
    return names;
}

}  // namespace

void SamplesPage::explainCurrent() {
    if (!m_key) return;
    m_currentToken = ++m_lastToken;
    m_listedToken = 0;
    m_currentInFlight = true;
    session().samples().explain(m_row.input, m_currentToken);
}

// What stands there is of another row, or of this one before it was edited.
void SamplesPage::notExplained() {
    m_currentInFlight = false;
    m_explanation = nullptr;
    m_heatmap->clear();
    m_activations->clear();
    m_bars->showNone({});
    showExplanation();
}

void SamplesPage::explainPinned() {
    if (!m_pin || m_pin->explanation) return;
    m_pinToken = ++m_lastToken;
    session().samples().explain(m_pin->row.input, m_pinToken, true);
}

bool SamplesPage::isEdited() const { return m_key && !sameValues(m_row, m_source); }

// What the model said of the row before it was edited.
void SamplesPage::explainOriginal() {
    if (m_pin || !isEdited() || m_original || m_originalToken != 0) return;
    m_originalToken = ++m_lastToken;
    session().samples().explain(m_source.input, m_originalToken, true);
}

ExplanationPtr SamplesPage::reference(QString* name) const {
    *name = m_pin ? pinName() : tr("the original");
    if (m_pin) return m_pin->explanation;
    return isEdited() ? m_original : nullptr;
}

void SamplesPage::explanationArrived(const ExplanationPtr& explanation, quint64 token, bool pinned) {
    if (!explanation) return;
    if (pinned) {
        if (token == m_originalToken) {
            m_originalToken = 0;
            m_original = explanation;
        } else if (token == m_pinToken && m_pin) {
            m_pin->explanation = explanation;
        } else {
            return;
        }
        return showExplanation();
    }
    if (token == m_currentToken) {
        m_currentInFlight = false;
        m_explanation = explanation;
        if (!isEdited()) m_original = explanation;
        if (isEdited()) m_rows->setEditedResult(*m_key, explanation->logit, explanation->probability);
        if (m_key && *m_key < 0 && sameValues(m_row, m_source))
            m_rows->setPastedResult(*m_key, explanation->logit, explanation->probability);
        showExplanation();
    } else if (token == m_listedToken) {
        m_listedToken = 0;
        if (m_listed.edited) m_rows->setEditedResult(m_listed.key, explanation->logit, explanation->probability);
        else m_rows->setPastedResult(m_listed.key, explanation->logit, explanation->probability);
    }
    explainNextListed();
}

void SamplesPage::showExplanation() {
    QString name;
    const ExplanationPtr against = reference(&name);
    std::optional<SampleSummary::Reference> shown;
    if (against) shown = SampleSummary::Reference{name, against->probability, static_cast<double>(against->logit)};
    m_summary->setReferenceKind(m_pin ? pinName() : tr("original"));
    m_showDifference->setText(m_pin ? tr("&Difference from pinned") : tr("&Difference from original"));
    m_showDifference->setEnabled(against != nullptr);
    m_attributions->want(m_explanation, against);
    if (!m_explanation) {
        m_summary->setPrediction(std::nullopt, 0, shown);
        if (!m_key) {
            m_heatmap->clear();
            m_activations->clear();
            m_bars->showNone({});
        }
        return;
    }
    m_summary->setPrediction(m_explanation->probability, static_cast<double>(m_explanation->logit), shown);
    showMessage();
    showEvidence();
}

void SamplesPage::showEvidence() {
    showInteraction();
    showAttribution();
}

// What stands there until it is known is of the row before, as long as nobody sees that.
void SamplesPage::showAttribution() {
    if (!m_explanation) return;
    QString name;
    const ExplanationPtr against = reference(&name);
    const AttributionPtr row = m_attributions->of(m_explanation), other = m_attributions->of(against);
    const bool changes = against && m_showDifference->isChecked();
    if (m_attributions->isWaiting() && (!row || (changes && !other))) return m_slowAttribution->start();
    m_slowAttribution->stop();
    if (!row)
        return m_bars->showNone(std::isfinite(m_explanation->logit)
                                    ? tr("What each field adds was not computed.")
                                    : tr("The prediction is not finite: there is nothing that adds up to it."));
    AttributionBars::Fields fields;
    const auto numericals = static_cast<int>(row->numericals.size());
    for (int i = 0; i < numericals + static_cast<int>(row->tables.size()); ++i) {
        fields.names << fieldName(i);
        const QString text = m_rows->fieldText(m_row, i);
        QString value = !text.isEmpty() ? text : i < numericals ? tr("none") : tr("missing");
        const auto table = static_cast<std::size_t>(std::max(0, i - numericals));
        if (i >= numericals && table < m_row.input.ids.size() && isUntrained(i - numericals, m_row.input.ids[table]))
            value += QStringLiteral(" ○");
        fields.values << value;
    }
    std::optional<AttributionBars::Reference> shown;
    if (other) shown = AttributionBars::Reference{name, other, against->logit};
    m_bars->setSource(sourceOf(other && changes ? name : QString()));
    m_bars->show(*row, m_explanation->logit, fields, shown, changes);
}

void SamplesPage::showInteraction() {
    const ModelInfoPtr model = session().model();
    if (!m_explanation || !model) return;
    QString name;
    const ExplanationPtr against = m_showDifference->isChecked() ? this->reference(&name) : nullptr;
    const Explanation* reference = against.get();
    m_activations->setActivations(m_explanation->intermediates, layerNames(model->spec.bottomMlp),
                                  layerNames(model->spec.crossLayers), layerNames(model->spec.topMlp),
                                  reference ? &reference->intermediates : nullptr);
    showParts();
    fitStrips();
    if (!hasDots()) return;
    const QStringList names = toNames(m_explanation->vectorNames);
    const auto n = static_cast<std::size_t>(names.size());
    std::vector<float> values = m_explanation->intermediates.interaction,
                       others = reference ? reference->intermediates.interaction : std::vector<float>();
    if (showsPairs()) {
        const AttributionPtr row = m_attributions->of(m_explanation), other = m_attributions->of(against);
        if (m_attributions->isWaiting() && (!row || (reference && !other))) return;
        const auto pairs = [](const AttributionPtr& of) {
            return of ? std::vector<float>(of->pairs.begin(), of->pairs.end()) : std::vector<float>();
        };
        values = pairs(row);
        others = pairs(other);
    }
    if (values.size() != n * n || (reference && others.size() != n * n)) return m_heatmap->clear();
    QString source = sourceOf(reference ? name : QString());
    if (showsPairs()) source += QStringLiteral(" · ") + tr("adds to the logit");
    m_heatmap->chart()->setSource(source);
    m_heatmap->chart()->chart()->setTitle(showsPairs() ? tr("Interaction: adds to the logit") : tr("Interaction"));
    m_heatmap->setMatrix(pairDots(values, n, others), names);
}

bool SamplesPage::hasDots() const {
    const ModelInfoPtr model = session().model();
    return model && model->spec.interaction == InteractionKind::Dot;
}

bool SamplesPage::showsPairs() const { return hasDots() && m_quantity->currentIndex() == 1; }

QString SamplesPage::pairText(int row, int column, float value) const {
    if (!m_explanation || static_cast<std::size_t>(std::max(row, column)) >= m_explanation->vectorNames.size())
        return {};
    const QString a = QString::fromStdString(m_explanation->vectorNames[static_cast<std::size_t>(row)]);
    const QString b = QString::fromStdString(m_explanation->vectorNames[static_cast<std::size_t>(column)]);
    if (row == column) return tr("%1 with itself: not fed to the model").arg(a);
    const bool difference = m_showDifference->isEnabled() && m_showDifference->isChecked();
    const QString words = showsPairs() ? (difference ? tr("%1 · %2 adds more by %3") : tr("%1 · %2 adds %3"))
                                       : (difference ? tr("%1 · %2: changed by %3") : tr("%1 · %2 = %3"));
    return words.arg(a, b, formatNumber(static_cast<double>(value)));
}

void SamplesPage::selectPair(int row, int column) {
    const ModelInfoPtr model = session().model();
    const DatasetInfoPtr dataset = session().dataset();
    if (!model || !dataset) return;
    const auto numericals = static_cast<int>(dataset->schema.numericalNames.size());
    std::vector<int> fields;
    for (const int vector : {row, column}) {
        if (vector == 0) {
            for (int i = 0; i < numericals; ++i) fields.push_back(i);
        } else if (static_cast<std::size_t>(vector - 1) < model->spec.interactionTableOrder.size()) {
            fields.push_back(numericals + model->spec.interactionTableOrder[static_cast<std::size_t>(vector - 1)]);
        }
    }
    m_form->markFields(fields);
}

}  // namespace dlrm::ui
