// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/sample_desk.h"

#include <iterator>
#include <utility>

#include "ui/session/session_state.h"
#include "ui/session/window_error.h"

namespace dlrm::ui {
namespace {

// The rows to look at: one that cannot be read hides no other.
Result<Prediction> readableRows(Engine& engine, const Dataset& data, RowRange range, const Job& job) {
    auto all = engine.predict(data, range, {.inputs = true, .raw = true, .notFinite = true}, job);
    if (all) return all;
    Error error = std::move(all).error();
    const std::int64_t bad = error.row;
    if (error.isCancelled() || bad < range.first || bad > range.last) return fail(std::move(error));
    Prediction out;
    const auto add = [&](RowRange part) -> Result<void> {
        if (part.size() == 0) return {};
        DLRM_TRY(auto rows, readableRows(engine, data, part, job));
        std::vector<PredictedRow> soFar = std::exchange(out, std::move(rows)).rows;
        std::move(out.rows.begin(), out.rows.end(), std::back_inserter(soFar));
        out.rows = std::move(soFar);
        out.range = range;
        return {};
    };
    DLRM_TRY(add({range.first, bad - 1}));
    out.rows.emplace_back().row = bad;
    out.rows.back().unreadable = std::make_shared<const Error>(forWindow(std::move(error)));
    DLRM_TRY(add({bad + 1, range.last}));
    return out;
}

}  // namespace

void SampleDesk::requestRows(qint64 first, int count, quint64 token) {
    if (!state().data || count <= 0) return;
    state().startAsking(
        JobKind::SampleRows,
        [data = state().data, range = RowRange{first, first + count - 1}](Engine& engine, const Job& job) {
            return shared(readableRows(engine, *data, range, job));
        },
        [this, token](const PredictionPtr& rows) { Q_EMIT rowsReady(rows, token); });
}

void SampleDesk::explain(const InputRow& input, quint64 token, bool pinned, const QString& title) {
    state().startAsking(
        pinned ? JobKind::ExplainPinned : JobKind::Explain,
        [input](Engine& engine, const Job& job) {
            return shared(engine.explain(input, job.stop, Engine::NotFinite::Show));
        },
        [this, token, pinned](const ExplanationPtr& explanation) {
            Q_EMIT explanationReady(explanation, token, pinned);
        },
        title);
}

void SampleDesk::attribute(const ExplanationPtr& explanation, bool pinned) {
    state().startAsking(
        pinned ? JobKind::AttributePinned : JobKind::Attribute,
        [explanation](Engine& engine, const Job& job) { return shared(engine.attribute(*explanation, job.stop)); },
        [this, explanation, pinned](const AttributionPtr& attribution) {
            Q_EMIT attributionReady(attribution, explanation, pinned);
        });
}

}  // namespace dlrm::ui
