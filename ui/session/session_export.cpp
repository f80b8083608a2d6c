// SPDX-License-Identifier: GPL-3.0-or-later
// Session: results to files, written on a worker.
#include "core/export/export.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {

void Session::exportEvaluation(const EvaluationPtr& evaluation, const QString& path) {
    if (!evaluation) return;
    m_state->runner.start(lane(JobKind::Export), tr("Exporting"), [this, evaluation, path](const ProgressFn&, std::stop_token) -> JobRunner::Delivery {
        Result<void> written = dlrm::exportEvaluation(*evaluation, local(path));
        if (!written) return [this, error = std::move(written.error())] { Q_EMIT jobFailed(JobKind::Export, error); };
        return [this, path] { Q_EMIT exported(path); };
    });
}

void Session::exportCheckpoint(const QString& path) {
    if (!m_state->engine) return;
    m_state->runner.start(lane(JobKind::ExportCheckpoint), tr("Exporting the checkpoint"), [this, engine = m_state->engine, path](const ProgressFn& progress, std::stop_token stop) {
        return delivery(this, JobKind::ExportCheckpoint, engine->convert(local(path), progress, stop), [this, path](const std::shared_ptr<const Conversion>& done) {
            QString notice = tr("Checkpoint exported to %1.").arg(path);
            for (const std::string& note : done->notes) notice += QLatin1Char(' ') + text(note);
            Q_EMIT noticed(notice);
        });
    });
}

}  // namespace dlrm::ui
