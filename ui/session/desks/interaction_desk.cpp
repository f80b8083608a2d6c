// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/interaction_desk.h"

#include <utility>

#include "core/analysis/interactions/vector_order.h"
#include "core/report/interactions_report.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {
namespace {

// With pairs and vectors in order, which is no work for the GUI thread.
InteractionFiguresPtr inOrder(Interactions found) {
    std::vector<InteractionPair> pairs = interactionPairs(found.matrices);
    std::vector<std::size_t> similar = orderBySimilarity(found.matrices.meanCosine, found.matrices.names.size());
    return std::make_shared<const InteractionFigures>(
        InteractionFigures{std::move(found), std::move(pairs), std::move(similar)});
}

}  // namespace

InteractionDesk::InteractionDesk(Session& session, Session::State& state) : Desk(session, state) {
    connect(&session, &Session::jobFinished, this, [this](JobKind kind) {
        if (kind != JobKind::Interactions || !m_results.finished || m_results.newest == m_results.finished) return;
        m_results.newest = m_results.finished;
        m_results.restored = true;
    });
}

void InteractionDesk::forget() {
    if (std::exchange(m_results, {}).finished) Q_EMIT finishedForgotten();
}

void InteractionDesk::take(const InteractionFiguresPtr& figures) {
    m_results.newest = figures;
    if (figures->found.final) m_results.finished = figures;
    Q_EMIT updated(figures);
}

std::optional<Error> InteractionDesk::refusal() const {
    if (!state().engine) return {};
    Result<void> fits = state().engine->checkInteractions();
    if (fits) return {};
    return std::move(fits.error());
}

void InteractionDesk::start(const InteractionOptions& options) {
    if (!state().engine || !state().data) {
        Q_EMIT session().jobFailed(JobKind::Interactions, nothingOpen(state().engine ? "dataset" : "checkpoint"));
        return;
    }
    m_results.restored = false;
    const auto use = [this](const InteractionFiguresPtr& figures) { take(figures); };
    state().startAsking(
        JobKind::Interactions,
        [use, data = state().data, options](Engine& engine,
                                            const JobRunner::Running& job) -> Result<InteractionFiguresPtr> {
            const auto interim = [&job, use](const Interactions& found) {
                job.interim([use, figures = inOrder(found)] { use(figures); });
            };
            DLRM_TRY(auto found, engine.interactions(*data, options, interim, job));
            return inOrder(std::move(found));
        },
        use);
}

void InteractionDesk::exportFigures(const InteractionFiguresPtr& figures, const QString& path) {
    if (!figures) return;
    const auto work = [this, figures, path,
                       provenance = state().provenance()](const JobRunner::Running&) -> JobRunner::Delivery {
        Provenance origin = provenance();
        const Provenance& pass = figures->found.provenance;
        if (pass.measuredRows() < pass.totalRows)
            origin.exported = exportedRange(pass.rows.front().first, pass.rows.back().last, pass.totalRows);
        Result<void> written = exportInteractions(figures->found, local(path), origin);
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
