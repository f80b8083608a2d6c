// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/check_desk.h"

#include <algorithm>

#include "ui/session/session_state.h"

namespace dlrm::ui {

CheckDesk::CheckDesk(Session& session, Session::State& state) : Desk(session, state) {
    // The files could not be read through: what was said before is of other bytes.
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        if (kind == JobKind::Files || kind == JobKind::Values || kind == JobKind::Verify)
            forgetFiles(m_results.filesChanged || error.code.starts_with("E-FILE-"));
    });
}

void CheckDesk::forgetFiles(bool changed) {
    const DoctorReportPtr doctor = m_results.doctor;
    m_results = {};
    m_results.doctor = doctor;
    m_results.filesChanged = changed;
}

void CheckDesk::requestDoctor() {
    if (!state().engine) return;
    DoctorOptions options;
    if (state().data) options.inForce = state().reading;
    state().start(JobKind::Doctor,
                  [this, engine = state().engine, data = state().storedData, options](const JobRunner::Running& job) {
                      const Dataset* labelled = data && data->hasLabels() ? data.get() : nullptr;
                      return delivered(session(), JobKind::Doctor,
                                       shared(engine->doctor(labelled, options, {job.progress, job.stop})),
                                       [this](const DoctorReportPtr& report) { takeReport(report); });
                  });
}

void CheckDesk::takeReport(const DoctorReportPtr& report) {
    m_results.doctor = report;
    Q_EMIT doctorReady(report);
}

void CheckDesk::requestFiles() {
    if (!state().engine) return;
    state().start(JobKind::Files, [this, engine = state().engine](const JobRunner::Running&) -> JobRunner::Delivery {
        return [this, files = std::make_shared<const std::vector<FileState>>(engine->fileStates())] {
            if (std::any_of(files->begin(), files->end(), [](const FileState& f) { return !f.problem.empty(); }))
                forgetFiles(true);
            else m_results.filesChanged = false;
            m_results.files = files;
            Q_EMIT filesReady(files);
        };
    });
}

void CheckDesk::checkValues() {
    if (!state().engine) return;
    state().start(JobKind::Values, [this, engine = state().engine](const JobRunner::Running& job) {
        return delivered(session(), JobKind::Values, shared(engine->checkValues({job.progress, job.stop})),
                         [this](const ValueCheckPtr& values) {
                             m_results.values = values;
                             m_results.filesChanged = false;
                             Q_EMIT valuesChecked(values);
                         });
    });
}

void CheckDesk::requestRecordPlaces() {
    if (!state().engine) return;
    state().start(JobKind::Verify, tr("Look for recorded hashes"),
                  [this, engine = state().engine](const JobRunner::Running&) -> JobRunner::Delivery {
                      return [this, places = engine->recordPlaces()] { Q_EMIT recordPlacesReady(places); };
                  });
}

void CheckDesk::verifyFiles(const VerifyOptions& options) {
    if (!state().engine) return;
    state().start(JobKind::Verify, [this, engine = state().engine, options](const JobRunner::Running& job) {
        return delivered(session(), JobKind::Verify, shared(engine->verify(options, {job.progress, job.stop})),
                         [this](const VerificationPtr& verification) {
                             m_results.verification = verification;
                             Q_EMIT verified(verification);
                         });
    });
}

}  // namespace dlrm::ui
