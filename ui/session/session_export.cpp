// SPDX-License-Identifier: GPL-3.0-or-later
// Session: results to files, written on a worker.
#include <QFileInfo>

#include <algorithm>

#include "core/analysis/tables/random_tables.h"
#include "core/engine/outputs.h"
#include "core/report/export.h"
#include "core/report/json.h"
#include "ui/session/desks/check_desk.h"
#include "ui/session/order_standing.h"
#include "ui/session/session_state.h"

namespace dlrm::ui {
namespace {

// A check of the order says more than that it was assumed.
std::vector<std::string> withStanding(std::vector<std::string> notes, const Engine& engine,
                                      const std::string& standing) {
    const std::string order(name(engine.spec().interactionOrder));
    std::erase_if(
        notes, [&](const std::string& note) { return note.starts_with("Interaction order " + order + " is assumed"); });
    notes.insert(notes.begin(), "Interaction order " + order + " is " + standing + ".");
    return notes;
}

}  // namespace

ProvenanceFn Session::State::provenance() const {
    if (!engine || program.name.isEmpty()) return [] { return Provenance(); };
    const OrderStanding standing = orderStanding(engine->spec(), session.checks().results().doctor.get());
    const bool checked =
        standing.state == OrderStanding::State::Confirmed || standing.state == OrderStanding::State::Contradicted;
    return [engine = engine, data = data, words = readingWords(request(), storedData.get()), program = program,
            damage = local(session.checks().damage()), standing, checked] {
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
        const auto flaws =
            tableFlawNotes(engine->spec(), engine->checkpoint().tables(), {}).value_or(std::vector<std::string>());
        out.notes.insert(out.notes.end(), flaws.begin(), flaws.end());
        if (!damage.empty()) out.notes.insert(out.notes.begin(), damage);
        return out;
    };
}

void Session::State::startExport(JobKind kind, const QString& path, JobRunner::Work work, const QString& title) {
    if (const auto refused = session.refusesAsOutput(path)) {
        Q_EMIT session.jobFailed(kind, *refused);
        return;
    }
    start(kind, title.isEmpty() ? jobTitle(kind) : title,
          [this, kind, target = exports.add(kind, local(path)),
           work = std::move(work)](const JobRunner::Running& job) -> JobRunner::Delivery {
              if (auto may = target->checkUnchanged(); !may) return failed(session, kind, std::move(may.error()));
              return work(job);
          });
}

std::optional<Error> Session::refusesAsOutput(const QString& path) const {
    const State& s = *m_state;
    if (auto free = s.exports.check(local(path)); !free) return std::move(free.error());
    const auto refused = refuseInputAsOutput(local(path), {s.engine, s.data, s.storedData, s.dictionary, s.reading});
    return refused ? std::nullopt : std::optional(refused.error());
}

QStringList Session::exporting(JobKind kind) const {
    QStringList out;
    for (const std::string& path : m_state->exports.pathsOf(kind)) out << QFileInfo(text(path)).fileName();
    return out;
}

void Session::writeOrigin(const QString& path, const QString& holds) {
    if (!m_state->engine || m_state->program.name.isEmpty()) return;
    const auto write = [this, provenance = m_state->provenance(), path,
                        holds](const JobRunner::Running&) -> JobRunner::Delivery {
        auto written = exportOrigin(local(path), local(holds), provenance());
        if (written) return {};
        return [this, path, error = std::move(written.error())] {
            Q_EMIT noticed(tr("Where %1 comes from could not be written beside it: %2").arg(path, text(error.message)));
        };
    };
    m_state->start(JobKind::ExportOrigin, write);
}

void Session::exportCheckpoint(const QString& path) {
    if (!m_state->engine) return;
    const auto work = [this, engine = m_state->engine, path](const JobRunner::Running& job) {
        return delivered(*this, JobKind::ExportCheckpoint, engine->convert(local(path), job),
                         [this, path](const Conversion& done) {
                             QString notice = tr("Checkpoint exported to %1.").arg(path);
                             for (const std::string& note : done.notes) notice += QLatin1Char(' ') + text(note);
                             Q_EMIT noticed(notice);
                             Q_EMIT checkpointExported(path);
                         });
    };
    m_state->startExport(JobKind::ExportCheckpoint, path, work);
}

}  // namespace dlrm::ui
