// SPDX-License-Identifier: GPL-3.0-or-later
// Session: what the Overview page asks for: how model and data are read, and whether the files hold what they should.
#include <QFileInfo>

#include "core/dataset/cardinalities.h"
#include "core/dataset/reading.h"
#include "core/export/json.h"
#include "ui/session/plain_words.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {

QString AppliedReading::sentence() const {
    QStringList parts;
    if (interactionOrder) parts << orderWords(*interactionOrder);
    parts << numbersWords(reading.numerical) << idShiftWords(reading.idShift) << tableOrderWords(tables);
    return parts.join(QStringLiteral(", "));
}

void Session::requestDoctor() {
    if (!m_state->engine) return;
    DoctorOptions options;
    if (m_state->settings.applied) options.inForce = m_state->settings.applied->reading;
    m_state->start(JobKind::Doctor, [this, engine = m_state->engine, data = m_state->storedData, options](const JobRunner::Running& job) {
        const bool labelled = data && data->hasLabels();
        return delivered(*this, JobKind::Doctor, shared(engine->doctor(labelled ? data.get() : nullptr, options, job.progress, job.stop)),
                         [this](const DoctorReportPtr& r) {
                             m_state->doctorReport = r;
                             Q_EMIT doctorReady(r);
                         });
    });
}

void Session::applyReading(const Hypothesis& hypothesis) {
    ModelSettings settings = m_state->settings;
    settings.applied = AppliedReading{hypothesis.interaction, hypothesis.tableOrder, hypothesis.reading};
    setSettings(settings);
}

void Session::resetReading() {
    ModelSettings settings = m_state->settings;
    settings.applied.reset();
    setSettings(settings);
}

Result<std::vector<std::int64_t>> Session::cardinalities(const QString& textOrFile) {
    return QFileInfo(textOrFile).isFile() ? readCardinalities(local(textOrFile)) : parseCardinalities(local(textOrFile));
}

int Session::fileCount() const { return m_state->model ? static_cast<int>(dlrm::fileCount(*m_state->model)) : 0; }

void Session::requestFiles() {
    if (!m_state->engine) return;
    m_state->start(JobKind::Files, [this, engine = m_state->engine](const JobRunner::Running&) -> JobRunner::Delivery {
        return [this, states = std::make_shared<const std::vector<FileState>>(engine->fileStates())] { Q_EMIT filesReady(states); };
    });
}

void Session::checkValues() {
    if (!m_state->engine) return;
    m_state->start(JobKind::Values, [this, engine = m_state->engine](const JobRunner::Running& job) {
        return delivered(*this, JobKind::Values, shared(engine->checkValues(job.progress, job.stop)),
                         [this](const ValueCheckPtr& v) { Q_EMIT valuesChecked(v); });
    });
}

void Session::requestRecordPlaces() {
    if (!m_state->engine) return;
    m_state->start(JobKind::Verify, tr("Look for recorded hashes"),
                   [this, engine = m_state->engine](const JobRunner::Running&) -> JobRunner::Delivery {
                       return [this, places = engine->recordPlaces()] { Q_EMIT recordPlacesReady(places); };
                   });
}

void Session::verifyFiles(const VerifyOptions& options) {
    if (!m_state->engine) return;
    m_state->start(JobKind::Verify, [this, engine = m_state->engine, options](const JobRunner::Running& job) {
        return delivered(*this, JobKind::Verify, shared(engine->verify(options, job.progress, job.stop)),
                         [this](const VerificationPtr& v) { Q_EMIT verified(v); });
    });
}

}  // namespace dlrm::ui
