// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/check_desk.h"

#include <algorithm>

#include "ui/session/session_state.h"

namespace dlrm::ui {

CheckDesk::CheckDesk(Session& session, Session::State& state) : Desk(session, state) {
    // The files could not be read through: what was said before is of other bytes.
    connect(&session, &Session::jobFailed, this, [this](JobKind kind, const Error& error) {
        const bool mine = kind == JobKind::Files || kind == JobKind::Values || kind == JobKind::Verify;
        // Others may be of a record of hashes.
        if (mine && (error.code == "E-FILE-004" || error.code == "E-FILE-005")) forgetFiles(true);
    });
}

void CheckDesk::forgetFiles(bool changed) {
    const DoctorReportPtr doctor = m_results.doctor;
    m_results = {};
    m_results.doctor = doctor;
    m_results.filesChanged = changed;
}

QString CheckDesk::damage() const {
    const VerificationPtr& v = m_results.verification;
    if (!v || v->isGood()) return {};
    constexpr qsizetype kMostNamed = 3;
    QStringList files;
    for (const VerifyFinding& f : v->findings)
        if (const QString file = QString::fromStdString(f.file); !files.contains(file)) files << file;
    const qsizetype more = files.size() - kMostNamed;
    QString named = files.mid(0, kMostNamed).join(QStringLiteral(", "));
    if (more > 0) named += tr(" and %1 more").arg(more);
    return v->outcome == Verification::Outcome::Damaged
               ? tr("Verifying found the model's files damaged: %1.").arg(named)
               : tr("Verifying found the model's files different from what was recorded: %1.").arg(named);
}

void CheckDesk::requestDoctor() {
    DoctorOptions options;
    if (state().data) options.inForce = state().reading;
    state().startAsking(
        JobKind::Doctor,
        [data = state().storedData, options](Engine& engine, const Job& job) {
            const Dataset* labelled = data && data->hasLabels() ? data.get() : nullptr;
            return shared(engine.doctor(labelled, options, job));
        },
        [this](const DoctorReportPtr& report) { takeReport(report); });
}

void CheckDesk::takeReport(const DoctorReportPtr& report) {
    m_results.doctor = report;
    Q_EMIT doctorReady(report);
}

void CheckDesk::requestFiles() {
    state().startAsking(
        JobKind::Files,
        [](Engine& engine, const Job&) { return shared(Result<std::vector<FileState>>(engine.fileStates())); },
        [this](const FileStatesPtr& files) {
            if (std::any_of(files->begin(), files->end(), [](const FileState& f) { return !f.problem.empty(); }))
                forgetFiles(true);
            else m_results.filesChanged = false;
            m_results.files = files;
            Q_EMIT filesReady(files);
        });
}

void CheckDesk::checkValues() {
    state().startAsking(
        JobKind::Values, [](Engine& engine, const Job& job) { return shared(engine.checkValues(job)); },
        [this](const ValueCheckPtr& values) {
            m_results.values = values;
            m_results.filesChanged = false;
            Q_EMIT valuesChecked(values);
        });
}

void CheckDesk::requestRecordPlaces() {
    state().startAsking(
        JobKind::Verify, [](Engine& engine, const Job&) { return Result<RecordPlaces>(engine.recordPlaces()); },
        [this](const RecordPlaces& places) { Q_EMIT recordPlacesReady(places); }, tr("Look for recorded hashes"));
}

void CheckDesk::compareChecksums() {
    state().startAsking(
        JobKind::Verify, [](Engine& engine, const Job& job) { return engine.compareOwnChecksums(job); },
        [this](const OwnChecksums& own) { Q_EMIT checksumsCompared(own.compared, !own.damage.empty()); });
}

void CheckDesk::verifyFiles(const VerifyOptions& options) {
    state().startAsking(
        JobKind::Verify, [options](Engine& engine, const Job& job) { return shared(engine.verify(options, job)); },
        [this](const VerificationPtr& verification) {
            m_results.verification = verification;
            Q_EMIT verified(verification);
        });
}

}  // namespace dlrm::ui
