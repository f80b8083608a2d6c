// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/evaluation_desk.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

#include "core/analysis/slices/expression.h"
#include "core/base/row_lists.h"
#include "core/engine/evaluation.h"
#include "core/engine/slice_plan.h"
#include "core/engine/workspace.h"
#include "core/report/export.h"
#include "ui/session/session_state.h"
#include "ui/widgets/numbers.h"
#include "ui/widgets/typed_numbers.h"

namespace dlrm::ui {

// Holds what is open while a worker plans slices of it.
struct SlicePlanner {
    Workspace opened;
    SliceChoice choice;

    // Null where there are none.
    Result<std::shared_ptr<const SlicePlan>> made(const Job& job) const {
        if (choice.empty()) return std::shared_ptr<const SlicePlan>();
        return planSlices(opened, choice, job);
    }
};

namespace {

SlicePlanner plannerOf(const Session::State& state, SliceChoice choice) {
    SlicePlanner out{state.opened(), std::move(choice)};
    out.choice.hashedValues = idsAreHashes(out.opened, state.request().data.missingDictionary);
    return out;
}

}  // namespace

// Rows are kept where it is stopped, until another one is started.
struct EvaluationDesk::Run {
    SlicePlanner planner;
    bool ended = false;  // GUI thread
    // Of the passes' worker, one after the other: its slices once they were planned; nothing: no pass has begun.
    EvaluateOptions options;
    std::optional<EvaluationMeasures> measures;

    bool isSliced() const { return !planner.choice.slices.empty(); }
};

EvaluationDesk::EvaluationDesk(Session& session, Session::State& state) : Desk(session, state) {
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::Evaluate || !m_results.finished || m_results.newest == m_results.finished) return;
        m_results.newest = m_results.finished;
        m_results.restored = true;
    });
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        const bool complete = m_results.ofSlice && m_results.ofSlice->final;
        if (kind == JobKind::SliceCurves && !complete) leaveSlice();
    });
}

void EvaluationDesk::forget() {
    m_run.reset();
    m_sliced = false;
    const bool slice = !m_results.sliceAsked.empty();
    const bool finished = std::exchange(m_results, {}).finished != nullptr;
    if (slice) Q_EMIT sliceLeft();
    if (finished) Q_EMIT finishedForgotten();
}

bool EvaluationDesk::readsDictionary() const { return m_sliced || (m_run && m_run->isSliced()); }

std::string EvaluationDesk::exampleGroup() const {
    const bool any = state().data && !state().data->schema().numericalNames.empty();
    return any ? fieldInSentence(state().data->schema().numericalNames.front()) + " quantiles 8" : "row blocks 8";
}

std::vector<std::string> EvaluationDesk::frequencyGroups() const {
    std::vector<std::string> out;
    if (!state().data) return out;
    for (const std::string& name : state().data->schema().categoricalNames)
        out.push_back(fieldInSentence(name) + " decade");
    return out;
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

void EvaluationDesk::start(const EvaluateOptions& options, const SliceChoice& slices) {
    if (!state().engine || !state().data) {
        Q_EMIT session().jobFailed(JobKind::Evaluate, nothingOpen(state().engine ? "dataset" : "checkpoint"));
        return;
    }
    m_run = std::make_shared<Run>();
    m_run->options = options;
    m_run->planner = plannerOf(state(), slices);
    go();
}

bool EvaluationDesk::canResume() const { return m_run && !m_run->ended && !session().isRunning(JobKind::Evaluate); }

void EvaluationDesk::resume() { go(); }

void EvaluationDesk::go() {
    leaveSlice();
    m_results.restored = false;
    const auto use = [this](const EvaluationPtr& figures) { take(figures); };
    const auto end = [this, run = m_run](const EvaluationPtr& figures) {
        run->ended = true;
        m_sliced = run->isSliced();
        take(figures);
    };
    state().startFor(
        JobKind::Evaluate,
        [use, run = m_run](const JobRunner::Running& job) -> Result<EvaluationPtr> {
            const Workspace& opened = run->planner.opened;
            if (!run->measures) {
                DLRM_TRY(run->options.slices, run->planner.made(job));
                DLRM_TRY(run->measures, newEvaluation(*opened.dataset, opened.engine->spec(), run->options));
            }
            DLRM_TRY(opened.engine->continueEvaluation(*opened.dataset, run->options, *run->measures,
                                                       interimTo<Evaluation>(job, use), job));
            EvaluationPtr found =
                std::make_shared<const Evaluation>(evaluationOf(*run->measures, run->measures->scores.rows(), true));
            run->measures.reset();  // some bytes a row, which nothing resumes any more
            return found;
        },
        end);
}

void EvaluationDesk::showSlice(const std::string& sentence) {
    if (!state().engine || !state().data || !m_results.finished || m_results.sliceAsked == sentence) return;
    m_results.sliceAsked = sentence;
    m_results.ofSlice = nullptr;
    Q_EMIT sliceAsked();
    SliceChoice choice;
    choice.slices = {sentence};
    const auto use = [this](const EvaluationPtr& figures) { takeSlice(figures); };
    state().startFor(
        JobKind::SliceCurves,
        [use, plan = plannerOf(state(), choice),
         range = m_results.finished->range](const JobRunner::Running& job) -> Result<EvaluationPtr> {
            EvaluateOptions options;
            options.range = range;
            DLRM_TRY(options.where, plan.made(job));
            return shared(
                plan.opened.engine->evaluate(*plan.opened.dataset, options, interimTo<Evaluation>(job, use), job));
        },
        use);
}

void EvaluationDesk::takeSlice(const EvaluationPtr& figures) {
    m_results.ofSlice = figures;
    Q_EMIT sliceUpdated(figures);
}

void EvaluationDesk::leaveSlice() {
    if (m_results.sliceAsked.empty()) return;
    m_results.sliceAsked.clear();
    m_results.ofSlice = nullptr;
    session().cancel(JobKind::SliceCurves);
    Q_EMIT sliceLeft();
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
