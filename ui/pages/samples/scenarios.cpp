// SPDX-License-Identifier: GPL-3.0-or-later
// SamplesPage: rows that are kept as scenarios, and scenarios as rows; the pin of a workspace.
#include <QUndoStack>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "ui/models/row_view.h"
#include "ui/pages/samples/page.h"
#include "ui/pages/samples/scenario_list.h"
#include "ui/pages/samples/undo.h"
#include "ui/session/window_error.h"

namespace dlrm::ui {
namespace {

bool fedAlike(const EditableRow& a, const EditableRow& b) {
    const auto same = [](float x, float y) {
        return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
    };
    return a.input.ids == b.input.ids && std::equal(a.input.numerical.begin(), a.input.numerical.end(),
                                                    b.input.numerical.begin(), b.input.numerical.end(), same);
}

}  // namespace

void SamplesPage::buildScenarios(QWidget* panel) {
    m_scenarios = new ScenarioList(session().scenarios(), panel);
    connect(m_scenarios, &ScenarioList::keepAsked, this, &SamplesPage::keepScenario);
    connect(m_scenarios, &ScenarioList::chosen, this, &SamplesPage::applyScenario);
    connect(m_scenarios, &ScenarioList::presentAsked, this,
            [this](int index) { Q_EMIT actionRequested(QStringLiteral("present:%1").arg(index)); });
    connect(&session().scenarios(), &ScenarioDesk::taken, this, [this] {
        m_pinToTake = session().scenarios().pin();
        takePin();
    });
    m_pinToTake = session().scenarios().pin();
}

void SamplesPage::keepScenario(const QString& name, const QString& note) {
    if (!m_key) return;
    Scenario scenario = session().scenarios().scenarioOf({m_source, m_row});
    scenario.name = name.toStdString();
    scenario.note = note.toStdString();
    session().scenarios().keep(scenario);
}

// Where the dataset has its row, that row is edited; else it is a pasted one.
void SamplesPage::applyScenario(int index) {
    const std::vector<Scenario>& all = session().scenarios().scenarios();
    if (index < 0 || static_cast<std::size_t>(index) >= all.size()) return;
    const auto rows = session().scenarios().rowsOf(all[static_cast<std::size_t>(index)]);
    if (!rows) return showError(rows.error());
    m_applying = *rows;
    const SampleKey key = rows->before.row;
    const qint64 at = key >= 0 ? m_rows->rowOf(key) : -1;
    if (at < 0) return applyAsPasted();
    if (m_key == key) return finishApplying();
    m_view->setCurrentRow(at);  // goes on in showKey()
}

void SamplesPage::finishApplying() {
    if (!m_applying || !m_key) return;
    const SampleKey wanted = m_applying->before.row;
    if (wanted >= 0 && *m_key != wanted) return m_applying.reset();  // another row was chosen meanwhile
    if (!fedAlike(m_source, m_applying->before)) return applyAsPasted();
    const ScenarioRows rows = *std::exchange(m_applying, {});
    const EditableRow changed = session().samples().carriedOver(rows.after, rows.before, m_source);
    if (!sameValues(changed, m_row)) pushEdit(-1, changed, 0);
}

void SamplesPage::applyAsPasted() {
    m_applying->before.row = m_applying->after.row = -1;
    const std::vector<EditableRow>& pasted = m_rows->pasted();
    const auto same = std::find_if(pasted.begin(), pasted.end(),
                                   [this](const EditableRow& row) { return fedAlike(row, m_applying->before); });
    const SampleKey key = -1 - static_cast<SampleKey>(same - pasted.begin());
    if (same == pasted.end()) m_rows->addPasted({m_applying->before});
    if (m_key == key) return finishApplying();
    m_view->setCurrentRow(m_rows->rowOf(key));
}

// What is pinned is part of the workspace.
void SamplesPage::tellPin() {
    std::optional<Scenario> pin;
    if (m_pin) pin = session().scenarios().scenarioOf({m_pin->edited ? m_pin->original : m_pin->row, m_pin->row});
    session().scenarios().setPin(pin);
}

// That of a workspace which was opened, once what it is of is open.
void SamplesPage::takePin() {
    if (!m_pinToTake || !session().model() || !session().dataset()) return;
    const std::optional<Scenario> pin = std::exchange(m_pinToTake, {});
    const auto rows = session().scenarios().rowsOf(*pin);
    if (!rows) {
        Q_EMIT noticed(
            tr("The pinned row of the workspace does not fit what is open: %1").arg(sentences(rows.error())));
        return;
    }
    const bool ofData = rows->before.row >= 0 && rows->before.row < session().dataset()->rows;
    m_pin = Pin{ofData ? rows->before.row : -1,
                !pin->edits.empty(),
                ofData ? session().dataset()->split : QString(),
                rows->after,
                rows->before,
                nullptr};
    display();
    explainPinned();
    showExplanation();
}

}  // namespace dlrm::ui
