// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/evaluation_desk.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

#include "core/base/row_lists.h"
#include "core/report/export.h"
#include "ui/session/session_state.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {

EvaluationDesk::EvaluationDesk(Session& session, Session::State& state) : Desk(session, state) {
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::Evaluate || !m_results.finished || m_results.newest == m_results.finished) return;
        m_results.newest = m_results.finished;
        m_results.restored = true;
    });
}

void EvaluationDesk::forget() {
    if (std::exchange(m_results, {}).finished) Q_EMIT finishedForgotten();
}

void EvaluationDesk::take(const EvaluationPtr& figures) {
    m_results.newest = figures;
    if (figures->final) m_results.finished = figures;
    Q_EMIT updated(figures);
}

Result<RowRange> EvaluationDesk::typedRange(const QString& text) {
    static const QRegularExpression dash(QStringLiteral("\\s*[-–]\\s*"));
    return parseRowRange(local(withoutGroups(text).trimmed().replace(dash, QStringLiteral("-"))));
}

void EvaluationDesk::start(const EvaluateOptions& options) {
    if (!state().engine || !state().data) {
        Q_EMIT session().jobFailed(JobKind::Evaluate, nothingOpen(state().engine ? "dataset" : "checkpoint"));
        return;
    }
    m_results.restored = false;
    const auto use = [this](const EvaluationPtr& figures) { take(figures); };
    state().startAsking(
        JobKind::Evaluate,
        [use, data = state().data, options](Engine& engine, const JobRunner::Running& job) {
            return shared(engine.evaluate(*data, options, interimTo<Evaluation>(job, use), job));
        },
        use);
}

void EvaluationDesk::exportFigures(const EvaluationPtr& figures, const QString& path) {
    if (!figures) return;
    const ProvenanceFn provenance = state().provenance();
    const auto work = [this, figures, path, provenance](const JobRunner::Running&) -> JobRunner::Delivery {
        Provenance origin = provenance();
        Evaluation told = *figures;
        if (const RowRange& rows = told.range; rows.size() > 0 && rows.size() < told.datasetRows) {
            origin.exported = exportedRange(rows.first, rows.last, told.datasetRows);
            const QString part = tr("A part was evaluated: rows %1 to %2 of %3.");
            told.notes.insert(told.notes.begin(), local(part.arg(formatCount(rows.first), formatCount(rows.last),
                                                                 countedText(told.datasetRows, "row"))));
        }
        for (const std::string& note : told.notes)
            if (std::find(origin.notes.begin(), origin.notes.end(), note) == origin.notes.end())
                origin.notes.push_back(note);
        told.notes = origin.notes;
        Result<void> written = exportEvaluation(told, local(path), origin);
        if (!written) return failed(session(), JobKind::Export, std::move(written.error()));
        return [this, figures, path] {
            if (figures == m_results.finished) m_results.exported = figures;
            Q_EMIT session().exported(path);
            Q_EMIT exported(path);
        };
    };
    state().startExport(JobKind::Export, path, work);
}

}  // namespace dlrm::ui
