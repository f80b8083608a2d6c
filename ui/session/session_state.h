// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of Session, shared by its source files.
#pragma once

#include <QStringList>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/dataset/dictionary.h"
#include "core/engine/engine.h"
#include "core/export/provenance.h"
#include "ui/session/job_runner.h"
#include "ui/session/session.h"

namespace dlrm::ui {

struct Session::State {
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> data;        // as it is read
    std::shared_ptr<const Dataset> storedData;  // the same as its files mean it
    std::shared_ptr<const Dictionary> dictionary;
    ModelInfoPtr model;
    DatasetInfoPtr dataset;
    Reading reading;                            // of `data`, in force
    DoctorReportPtr doctorReport;               // of what is open as it is read
    ModelSettings settings;
    Program program;
    std::function<void(const std::function<void()>& act)> ask;
    std::vector<BackendState> backends;
    Selection selection;
    bool jumping = false;
    bool reopening = false;                     // the next model is announced, however alike it is
    std::vector<Selection> history;
    // Opening one thing waits for the other: the dataset's checks need the model and the model's names come from the dataset.
    std::vector<std::function<void()>> waiting;
    JobRunner runner;

    // Where a result of what is open now comes from. Made on the GUI thread, asked on a worker: it reads a little of every table.
    ProvenanceFn provenance() const;
    // How what is open now is opened, an applied reading included; no paths where nothing is.
    OpenRequest request() const;

    explicit State(int lanes) : runner(lanes) {}
};

// Delivers `result` on the GUI thread: the value through `use`, an error through Session::jobFailed, a cancellation not at all.
template <class T, class Use>
JobRunner::Delivery delivery(Session* session, JobKind kind, Result<T> result, Use use) {
    if (!result)
        return [session, kind, error = std::move(result.error())] {
            if (!error.isCancelled()) Q_EMIT session->jobFailed(kind, error);
        };
    return [value = std::make_shared<const T>(std::move(*result)), use = std::move(use)] { use(value); };
}

inline std::string local(const QString& path) { return path.toStdString(); }
inline QString text(const std::string& s) { return QString::fromStdString(s); }
inline int lane(JobKind kind) { return static_cast<int>(kind); }

}  // namespace dlrm::ui
