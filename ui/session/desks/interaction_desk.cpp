// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/interaction_desk.h"

#include <utility>

#include "core/analysis/interactions/vector_order.h"
#include "core/analysis/slices/errors.h"
#include "core/engine/slice_plan.h"
#include "core/engine/workspace.h"
#include "core/report/interactions_report.h"
#include "ui/session/desks/slice_texts.h"
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

SliceChoice choiceOf(const Workspace& open, MissingDictionary missing, const InteractionSlices& slices) {
    SliceChoice out;
    out.slices = {local(slices.slice)};
    if (!slices.against.isEmpty()) out.slices.push_back(local(slices.against));
    out.hashedValues = idsAreHashes(open, missing);
    out.ofLabels = false;
    return out;
}

// The products of every two vectors of a row: the model's own, or of its vectors where it has none.
std::vector<double> productsOf(const Explanation& row, std::size_t vectors) {
    const std::vector<float>& own = row.intermediates.interaction;
    if (own.size() == vectors * vectors) return {own.begin(), own.end()};
    const std::vector<float>& v = row.intermediates.vectors;
    const std::size_t width = v.size() / vectors;
    std::vector<double> out(vectors * vectors);
    for (std::size_t i = 0; i < vectors; ++i)
        for (std::size_t j = 0; j < vectors; ++j)
            for (std::size_t d = 0; d < width; ++d)
                out[i * vectors + j] += static_cast<double>(v[i * width + d]) * static_cast<double>(v[j * width + d]);
    return out;
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

bool InteractionDesk::readsDictionary() const {
    const auto ofSlice = [](const InteractionFiguresPtr& figures) { return figures && !figures->found.slice.empty(); };
    return ofSlice(m_results.newest) || ofSlice(m_results.finished);
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

std::optional<SliceProblem> InteractionDesk::problemOf(const QString& slice) const {
    if (!state().engine || !state().data) return {};
    const Workspace open = state().opened();
    const auto checked = checkSlice(open, local(slice), idsAreHashes(open, state().dataset->asked.missingDictionary));
    if (checked) return {};
    const Error& error = checked.error();
    QString sentence = text(error.message);
    if (!error.expected.empty()) sentence = tr("expected %1, found %2").arg(text(error.expected), text(error.found));
    const auto place = placeIn(error);
    return SliceProblem{place ? characterAt(slice, place->column) : -1, sentence};
}

void InteractionDesk::requestRow(qint64 row) {
    state().startAsking(
        JobKind::InteractionRow,
        [data = state().data, row](Engine& engine, const Job& job) -> Result<InteractionRowPtr> {
            DLRM_TRY(const auto predicted,
                     engine.predict(*data, {row, row}, {.inputs = true, .raw = false, .notFinite = true}, job));
            DLRM_TRY(const auto explained,
                     engine.explain(predicted.rows.front().input, job.stop, Engine::NotFinite::Show));
            return std::make_shared<const InteractionRow>(
                InteractionRow{row, productsOf(explained, explained.vectorNames.size())});
        },
        [this](const InteractionRowPtr& found) { Q_EMIT rowReady(found); });
}

void InteractionDesk::start(const InteractionOptions& options, const InteractionSlices& slices) {
    if (!state().engine || !state().data) {
        Q_EMIT session().jobFailed(JobKind::Interactions, nothingOpen(state().engine ? "dataset" : "checkpoint"));
        return;
    }
    m_results.restored = false;
    const auto use = [this](const InteractionFiguresPtr& figures) { take(figures); };
    state().startAsking(
        JobKind::Interactions,
        [use, open = state().opened(), options, slices, missing = state().dataset->asked.missingDictionary](
            Engine& engine, const JobRunner::Running& job) -> Result<InteractionFiguresPtr> {
            InteractionOptions asked = options;
            if (!slices.slice.isEmpty()) {
                DLRM_TRY(asked.slices, planSlices(open, choiceOf(open, missing, slices), job));
            }
            const auto interim = [&job, use](const Interactions& found) {
                if (found.matrices.rows == 0) return;  // of the slice nothing was met yet
                job.interim([use, figures = inOrder(found)] { use(figures); });
            };
            DLRM_TRY(auto found, engine.interactions(*open.dataset, asked, interim, job));
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
