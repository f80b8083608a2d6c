// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/session.h"

#include <utility>
#include <vector>

#include "ui/session/desks/check_desk.h"
#include "ui/session/desks/evaluation_desk.h"
#include "ui/session/desks/interaction_desk.h"
#include "ui/session/desks/layer_desk.h"
#include "ui/session/desks/sample_desk.h"
#include "ui/session/desks/scenario_desk.h"
#include "ui/session/desks/sweep_desk.h"
#include "ui/session/session_state.h"
#include "ui/session/table_analysis.h"

namespace dlrm::ui {

Session::State::State(Session& owner) : session(owner), runner(static_cast<int>(jobTable().size())) {}

void Session::State::start(JobKind kind, const QString& title, JobRunner::Work work) {
    runner.start(lane(kind), title, std::move(work), jobEntry(kind).alive);
}

struct Session::Desks {
    Session& session;
    State& state;
    TableAnalysis tables{session, state};
    LayerDesk layers{session, state};
    EvaluationDesk evaluation{session, state};
    InteractionDesk interactions{session, state};
    SampleDesk samples{session, state};
    ScenarioDesk scenarios{session, state};
    SweepDesk sweeps{session, state};
    CheckDesk checks{session, state};
};

Session::Session(QObject* parent)
    : QObject(parent), m_state(std::make_unique<State>(*this)), m_desks(new Desks{*this, *m_state}) {
    qRegisterMetaType<dlrm::ui::JobKind>();
    JobRunner* runner = &m_state->runner;
    connect(runner, &JobRunner::started, this,
            [this](int l, const QString& title) { Q_EMIT jobStarted(static_cast<JobKind>(l), title); });
    connect(runner, &JobRunner::waiting, this,
            [this](int l, int jobs) { Q_EMIT jobsWaiting(static_cast<JobKind>(l), jobs); });
    connect(runner, &JobRunner::progressed, this, [this](int l, qint64 done, qint64 total, const QString& words) {
        Q_EMIT jobProgressed(static_cast<JobKind>(l), done, total, words);
    });
    connect(runner, &JobRunner::finished, this, [this](int l) {
        m_state->exports.forget(static_cast<JobKind>(l));
        Q_EMIT jobFinished(static_cast<JobKind>(l));
        if (l != lane(JobKind::OpenModel) && l != lane(JobKind::OpenDataset)) return;
        if (isOpening() || m_state->waiting.empty()) return;
        const auto next = std::move(m_state->waiting.front());
        m_state->waiting.erase(m_state->waiting.begin());
        next();
    });
}

// Workers end before what they answer to.
Session::~Session() { m_state.reset(); }

TableAnalysis& Session::tables() const { return m_desks->tables; }
LayerDesk& Session::layers() const { return m_desks->layers; }
EvaluationDesk& Session::evaluation() const { return m_desks->evaluation; }
InteractionDesk& Session::interactions() const { return m_desks->interactions; }
SampleDesk& Session::samples() const { return m_desks->samples; }
ScenarioDesk& Session::scenarios() const { return m_desks->scenarios; }
SweepDesk& Session::sweeps() const { return m_desks->sweeps; }
CheckDesk& Session::checks() const { return m_desks->checks; }

ModelInfoPtr Session::model() const { return m_state->model; }
DatasetInfoPtr Session::dataset() const { return m_state->dataset; }
Selection Session::selection() const { return m_state->selection; }
void Session::setProgram(const Program& program) { m_state->program = program; }
void Session::setAsk(std::function<void(const std::function<void()>& act)> ask) { m_state->ask = std::move(ask); }
void Session::afterAsking(const std::function<void()>& act) { m_state->ask ? m_state->ask(act) : act(); }
ModelSettings Session::settings() const { return m_state->settings; }
BackendInfo Session::backend() const { return m_state->engine ? m_state->engine->backend() : BackendInfo(); }
std::vector<TablePlacement> Session::placement() const {
    return m_state->engine ? m_state->engine->loadedPlacement() : std::vector<TablePlacement>();
}
std::vector<BackendState> Session::backends() const { return m_state->backends; }
bool Session::isRunning(JobKind kind) const { return m_state->runner.isRunning(lane(kind)); }

bool Session::isOpening() const { return isRunning(JobKind::OpenModel) || isRunning(JobKind::OpenDataset); }
bool Session::isAnyRunning() const { return !m_state->waiting.empty() || !running().empty(); }

std::vector<JobKind> Session::running() const {
    std::vector<JobKind> out;
    for (const JobKind kind : jobsByRank())
        if (isRunning(kind)) out.push_back(kind);
    return out;
}

void Session::setSelection(const Selection& selection) {
    if (selection == m_state->selection) return;
    m_state->selection = selection;
    Q_EMIT selectionChanged(selection);
}

void Session::jumpTo(const Selection& selection) {
    m_state->jumping = true;
    setSelection(selection);
    m_state->jumping = false;
}

bool Session::isJumping() const { return m_state->jumping; }

QString Session::hexOf(int table, std::int64_t id) const { return text(m_state->typedRows().hexOf(table, id)); }

std::optional<qint64> Session::rowOfValue(int table, const QString& hex) const {
    return m_state->typedRows().rowOfValue(table, local(hex.trimmed()));
}

void Session::cancel(JobKind kind) {
    if (kind == JobKind::OpenModel || kind == JobKind::OpenDataset) m_state->waiting.clear();
    m_state->runner.cancel(lane(kind));
}

void Session::cancelExport(JobKind kind) {
    const QStringList names = exporting(kind);
    if (names.isEmpty()) return;
    m_state->exports.forgetOldest(kind);
    m_state->runner.cancelOldest(lane(kind));
    Q_EMIT noticed(cancelledExports({names.first()}));
}

void Session::cancelAll() {
    m_state->waiting.clear();
    for (const JobEntry& job : jobTable()) m_state->runner.cancel(lane(job.kind));
}

}  // namespace dlrm::ui
