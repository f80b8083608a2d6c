// SPDX-License-Identifier: GPL-3.0-or-later
// Session: results to files, written on a worker.
#include <algorithm>

#include "core/analysis/random_tables.h"
#include "core/export/export.h"
#include "core/export/json.h"
#include "ui/session/order_standing.h"
#include "ui/session/session_state.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr int kOrigins = 16;  // files whose origin is still to be written

// A check of the order says more than that it was assumed.
std::vector<std::string> withStanding(std::vector<std::string> notes, const Engine& engine, const std::string& standing) {
    const std::string order(name(engine.spec().interactionOrder));
    std::erase_if(notes, [&](const std::string& note) { return note.starts_with("Interaction order " + order + " is assumed"); });
    notes.insert(notes.begin(), "Interaction order " + order + " is " + standing + ".");
    return notes;
}

}  // namespace

ProvenanceFn Session::State::provenance() const {
    if (!engine || program.name.isEmpty()) return [] { return Provenance(); };
    const OrderStanding standing = orderStanding(engine->spec(), doctorReport.get());
    const bool checked = standing.state == OrderStanding::State::Confirmed || standing.state == OrderStanding::State::Contradicted;
    return [engine = engine, data = data, words = readingWords(request(), storedData.get()), program = program, standing, checked] {
        Provenance out;
        out.program = local(program.name);
        out.version = local(program.version);
        out.commit = local(program.commit);
        out.created = utcNow();
        addOrigin(*engine, data.get(), out);
        addReading(words, data.get(), out);
        if (checked) {
            out.interactionStanding = local(standing.words);
            out.notes = withStanding(std::move(out.notes), *engine, out.interactionStanding);
        }
        // What cannot be read fails where it is needed.
        const auto flaws = tableFlawNotes(engine->spec(), engine->checkpoint().tables(), {}).value_or(std::vector<std::string>());
        out.notes.insert(out.notes.end(), flaws.begin(), flaws.end());
        return out;
    };
}

void Session::writeOrigin(const QString& path) {
    if (!m_state->engine || m_state->program.name.isEmpty()) return;
    const auto write = [this, provenance = m_state->provenance(), path](const ProgressFn&, std::stop_token) -> JobRunner::Delivery {
        auto written = exportOrigin(local(path), provenance());
        if (written) return {};
        return [this, path, error = std::move(written.error())] { Q_EMIT noticed(tr("Where %1 comes from could not be written beside it: %2").arg(path, text(error.message))); };
    };
    m_state->runner.start(lane(JobKind::ExportOrigin), tr("Exporting"), write, kOrigins);
}

void Session::exportEvaluation(const EvaluationPtr& evaluation, const QString& path) {
    if (!evaluation) return;
    m_state->runner.start(lane(JobKind::Export), tr("Exporting"), [this, evaluation, path, provenance = m_state->provenance()](const ProgressFn&, std::stop_token) -> JobRunner::Delivery {
        Provenance origin = provenance();
        Evaluation told = *evaluation;
        if (const std::int64_t rows = told.range.size(); rows > 0 && rows < told.datasetRows) {
            origin.exported = exportedRange(told.range.first, told.range.last, told.datasetRows);
            told.notes.insert(told.notes.begin(), local(tr("A part was evaluated: rows %1 to %2 of %3.").arg(formatCount(told.range.first), formatCount(told.range.last), countedText(told.datasetRows, "row"))));
        }
        for (const std::string& note : told.notes)
            if (std::find(origin.notes.begin(), origin.notes.end(), note) == origin.notes.end()) origin.notes.push_back(note);
        Result<void> written = dlrm::exportEvaluation(told, local(path), origin);
        if (!written) return [this, error = std::move(written.error())] { Q_EMIT jobFailed(JobKind::Export, error); };
        return [this, path] {
            Q_EMIT exported(path);
            Q_EMIT evaluationExported(path);
        };
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
