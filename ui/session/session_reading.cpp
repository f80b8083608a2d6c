// SPDX-License-Identifier: GPL-3.0-or-later
// Session: reading model and data otherwise than their files mean it.
#include "core/report/json.h"
#include "ui/session/plain_words.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {

QString AppliedReading::sentence() const {
    QStringList parts;
    if (interactionOrder) parts << orderWords(*interactionOrder);
    parts << numbersWords(reading.numerical) << idShiftWords(reading.idShift) << tableOrderWords(tables);
    return parts.join(QStringLiteral(", "));
}

void Session::applyReading(const Hypothesis& hypothesis) {
    ModelSettings settings = m_state->settings;
    settings.applied = AppliedReading{hypothesis.interaction, hypothesis.tableOrder, hypothesis.reading};
    setSettings(settings);
}

void Session::resetReading() {
    ModelSettings settings = m_state->settings;
    settings.applied.reset();
    settings.interactionOrder.reset();
    settings.orderDetected = false;
    settings.interactionTables.reset();
    setSettings(settings);
}

bool Session::readsAsFilesMean() const {
    const ModelSpec& spec = m_state->model->spec;
    return spec.interactionOrder == spec.ownOrder &&
           spec.interactionTableOrder == m_state->engine->checkpoint().spec().interactionTableOrder &&
           (!m_state->storedData || m_state->reading == ownReading(*m_state->storedData));
}

int Session::fileCount() const { return m_state->model ? static_cast<int>(dlrm::fileCount(*m_state->model)) : 0; }

}  // namespace dlrm::ui
