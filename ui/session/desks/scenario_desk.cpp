// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/desks/scenario_desk.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

#include "core/scenarios/fit.h"
#include "ui/session/session_state.h"
#include "ui/session/window_error.h"
#include "ui/widgets/numbers.h"

namespace dlrm::ui {
namespace {

constexpr std::size_t kNamedMisfits = 3;

// How a workspace fits what is open.
struct Fit {
    std::vector<std::string> changes;  // since it was saved
    std::vector<std::string> misfits;  // names of scenarios that cannot be fed
    std::optional<Error> why;          // the first of them cannot
};

}  // namespace

ScenarioDesk::ScenarioDesk(Session& session, Session::State& state) : Desk(session, state) {
    connect(&session, &Session::engineReplaced, this, &ScenarioDesk::compareIfOpen);
}

QString ScenarioDesk::path() const { return text(m_kept.path); }

QString ScenarioDesk::unsaved() const {
    if (m_version == m_savedVersion) return {};
    const auto count = static_cast<qint64>(m_kept.scenarios.size());
    const QString file = m_kept.path.empty() ? QString() : QFileInfo(path()).fileName();
    if (file.isEmpty())
        return count == 1 ? tr("1 scenario is saved in no workspace.")
                          : tr("%1 are saved in no workspace.").arg(countedText(count, "scenario"));
    return tr("The scenarios were changed since %1 was saved.").arg(file);
}

void ScenarioDesk::touch() {
    ++m_version;
    // Nothing is lost where there is nothing and never was a file.
    if (m_kept.scenarios.empty() && m_kept.path.empty()) m_savedVersion = m_version;
    Q_EMIT changed();
}

void ScenarioDesk::keep(const Scenario& scenario) {
    if (m_kept.scenarios.size() >= kMostScenarios) {
        Q_EMIT session().noticed(tr("A workspace has at most %1: delete one of them to keep another.")
                                     .arg(countedText(static_cast<qint64>(kMostScenarios), "scenario")));
        return;
    }
    m_kept.scenarios.push_back(scenario);
    touch();
}

void ScenarioDesk::rename(int index, const QString& name, const QString& note) {
    Scenario& scenario = m_kept.scenarios[static_cast<std::size_t>(index)];
    if (scenario.name == local(name) && scenario.note == local(note)) return;
    scenario.name = local(name);
    scenario.note = local(note);
    touch();
}

void ScenarioDesk::remove(int index) {
    m_kept.scenarios.erase(m_kept.scenarios.begin() + index);
    touch();
}

void ScenarioDesk::setPin(const std::optional<Scenario>& pin) { m_kept.pin = pin; }

void ScenarioDesk::setPinnedRows(const std::optional<PinnedRows>& rows) { m_kept.pinnedRows = rows; }

void ScenarioDesk::setSlices(const std::vector<std::string>& slices) { m_kept.slices = slices; }

void ScenarioDesk::close() { take(std::make_shared<const WorkspaceFile>()); }

Result<ScenarioRows> ScenarioDesk::rowsOf(const Scenario& scenario) const {
    if (!state().model) return fail(nothingOpen("checkpoint"));
    if (!state().data) return fail(nothingOpen("dataset"));
    return dlrm::rowsOf(scenario, fieldNamesOf(state().model->spec, state().data->schema()), state().typedRows());
}

Scenario ScenarioDesk::scenarioOf(const ScenarioRows& rows) const {
    return dlrm::scenarioOf(rows, fieldNamesOf(state().model->spec, state().data->schema()), state().typedRows());
}

void ScenarioDesk::readFor(const QString& path, const std::function<void(const ReadFile&)>& use) {
    const auto find = [path = local(QFileInfo(path).absoluteFilePath())](const Job&) -> Result<ReadFile> {
        ReadFile out;
        DLRM_TRY(out.file, shared(readWorkspaceFile(path)));
        OpenRequest alone = out.file->request;
        alone.data = {};  // a dataset that is not there is told when it is opened
        if (auto there = checkThere(*out.file, alone); !there) out.missing = std::move(there).error();
        return out;
    };
    state().startFor(JobKind::Workspace, find, use);
}

void ScenarioDesk::read(const QString& path) {
    readFor(path, [this](const ReadFile& read) { Q_EMIT fileRead(read.file, read.missing); });
}

void ScenarioDesk::takeFrom(const QString& path) {
    readFor(path, [this](const ReadFile& read) {
        take(read.file);
        m_kept.path.clear();
    });
}

void ScenarioDesk::take(const WorkspaceFilePtr& file) {
    m_kept = *file;
    m_savedVersion = ++m_version;
    m_toCompare = !m_kept.path.empty();
    Q_EMIT taken();
    Q_EMIT changed();
    compareIfOpen();
}

// Not while the data are still to come: then the model is opened again with them.
void ScenarioDesk::compareIfOpen() {
    if (!m_toCompare || !state().engine || (!m_kept.request.data.path.empty() && !state().data)) return;
    m_toCompare = false;
    const Workspace open{state().engine, state().data, state().storedData, state().dictionary, state().reading};
    state().startFor(
        JobKind::Workspace,
        [open, file = m_kept](const Job&) -> Result<Fit> {
            Fit out{changesSince(file, open), {}, {}};
            const ModelSpec& spec = open.engine->spec();
            const FieldNames names = open.dataset ? fieldNamesOf(spec, open.dataset->schema()) : FieldNames();
            const TypedRows typed(&spec, open.dataset.get(), open.dictionary.get(), open.reading);
            for (const Scenario& scenario : file.scenarios) {
                const auto rows = open.dataset ? dlrm::rowsOf(scenario, names, typed) : fail(nothingOpen("dataset"));
                if (rows) continue;
                out.misfits.push_back(scenario.name);
                if (!out.why) out.why = rows.error();
            }
            return out;
        },
        [this, engine = open.engine.get(), all = static_cast<qint64>(m_kept.scenarios.size())](const Fit& fit) {
            if (state().engine.get() != engine) return;  // of what was open before
            QStringList said;
            for (const std::string& change : fit.changes) said << text(change);
            said << text(unknownKeys(m_kept));
            if (fit.why) {
                QStringList names;
                for (std::size_t i = 0; i < fit.misfits.size() && i < kNamedMisfits; ++i) names << text(fit.misfits[i]);
                said << tr("%1 of %2 do not fit what is open: %3. %4")
                            .arg(QString::number(fit.misfits.size()), countedText(all, "scenario"),
                                 names.join(QStringLiteral(", ")), sentences(*fit.why));
            }
            said.removeAll(QString());
            if (!said.isEmpty()) Q_EMIT session().noticed(said.join(QLatin1Char(' ')));
        });
}

void ScenarioDesk::save(const QString& path) {
    if (!state().engine) return;
    WorkspaceFile file = m_kept;
    file.request = state().request();
    const Workspace open{state().engine, state().data, state().storedData, state().dictionary, state().reading};
    state().startExport(
        JobKind::Export, path,
        [this, file, open, path, version = m_version](const JobRunner::Running&) {
            WorkspaceFile out = file;
            addFingerprints(out, open);
            out.path = local(path);
            auto written = writeWorkspaceFile(out, out.path);
            Result<WorkspaceFile> result = std::move(out);
            if (!written) result = fail(std::move(written).error());
            return delivered(session(), JobKind::Export, std::move(result),
                             [this, path, version](const WorkspaceFile& done) {
                                 m_kept.path = done.path;
                                 m_kept.request = done.request;
                                 m_kept.checkpointFingerprint = done.checkpointFingerprint;
                                 m_kept.dataFingerprint = done.dataFingerprint;
                                 m_savedVersion = version;  // what was changed meanwhile is not in the file
                                 Q_EMIT saved(path);
                             });
        },
        tr("Saving the workspace"));
}

void ScenarioDesk::predict(const Scenario& scenario, quint64 token) {
    const auto rows = rowsOf(scenario);
    if (!rows) {
        Q_EMIT session().jobFailed(JobKind::PredictScenario, rows.error());
        return;
    }
    state().startAsking(
        JobKind::PredictScenario,
        [rows = *rows, names = fieldNamesOf(state().model->spec, state().data->schema())](Engine& engine,
                                                                                          const Job& job) {
            return shared(predictScenario(engine, rows, names, WithReasons::Yes, job.stop));
        },
        [this, token](const ScenarioResultPtr& result) { Q_EMIT predicted(result, token); });
}

// Scenarios are a person's, and nothing that was found for what is open.
void ScenarioDesk::forget() { Q_EMIT changed(); }

}  // namespace dlrm::ui
