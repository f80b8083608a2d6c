// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of Session, shared by its source files.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/dataset/dictionary/dictionary.h"
#include "core/engine/engine.h"
#include "core/engine/typed_rows.h"
#include "core/engine/workspace.h"
#include "core/report/provenance.h"
#include "ui/session/delivery.h"
#include "ui/session/export_targets.h"
#include "ui/session/job_runner.h"
#include "ui/session/session.h"

namespace dlrm::ui {

struct Session::State {
    Session& session;
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> data;        // as it is read
    std::shared_ptr<const Dataset> storedData;  // the same as its files mean it
    std::shared_ptr<const Dictionary> dictionary;
    ModelInfoPtr model;
    DatasetInfoPtr dataset;
    Reading reading;  // of `data`, in force
    ModelSettings settings;
    Program program;
    std::function<void(const std::function<void()>& act)> ask;
    std::vector<BackendState> backends;
    Selection selection;
    bool jumping = false;
    bool reopening = false;  // the next model is announced, however alike it is
    // Opening one thing waits for the other: the dataset's checks need the model and the model's names come from the
    // dataset.
    std::vector<std::function<void()>> waiting;
    ExportTargets exports;
    JobRunner runner;
    std::vector<Desk*> desks;  // all of them

    // Where a result of what is open now comes from, and what the reading check said of it. Made on the GUI thread,
    // asked on a worker: it reads a little of every table.
    ProvenanceFn provenance() const;
    // What people type as rows of what is open now; valid until that changes.
    TypedRows typedRows() const { return {model ? &model->spec : nullptr, data.get(), dictionary.get(), reading}; }
    // What is open, held as long as the result is.
    Workspace opened() const { return {engine, data, storedData, dictionary, reading}; }
    // How what is open now is opened, an applied reading included; no paths where nothing is.
    OpenRequest request() const;

    explicit State(Session& owner);
    // Starts a job of the table; title: what it says more than the table.
    void start(JobKind kind, JobRunner::Work work) { start(kind, jobTitle(kind), std::move(work)); }
    void start(JobKind kind, const QString& title, JobRunner::Work work);
    // The same where what `find` finds on the worker, a Result, goes to `use` as delivered() has it. Empty title: that
    // of the table.
    template <class Find, class Use>
    void startFor(JobKind kind, Find find, Use use, const QString& title = {}) {
        start(kind, title.isEmpty() ? jobTitle(kind) : title, [this, kind, find, use](const JobRunner::Running& job) {
            return delivered(session, kind, find(job), use);
        });
    }
    // The same where `find` is given the engine that is open, too. Nothing where none is.
    template <class Find, class Use>
    void startAsking(JobKind kind, Find find, Use use, const QString& title = {}) {
        const auto ofEngine = [asked = engine, find](const JobRunner::Running& job) { return find(*asked, job); };
        if (engine) startFor(kind, ofEngine, use, title);
    }
    // A job that writes `path`, a choice of a person who was asked about what stands there now. Where another export
    // writes it, and where something else stands there when the job's turn comes, it fails instead.
    void startExport(JobKind kind, const QString& path, JobRunner::Work work, const QString& title = {});
};

// Of a kind of job in the runner.
inline int lane(JobKind kind) { return static_cast<int>(kind); }
// The failure of what needs it; what: "checkpoint" or "dataset".
inline Error nothingOpen(const std::string& what) {
    return Error("E-SESSION-002", "There is no open " + what + ".").withRemedy("Open a " + what + " first.");
}
inline std::string local(const QString& path) { return path.toStdString(); }
inline QString text(const std::string& s) { return QString::fromStdString(s); }

}  // namespace dlrm::ui
