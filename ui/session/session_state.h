// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of Session, shared by its source files.
#pragma once

#include <QStringList>

#include <functional>
#include <vector>

#include "core/dataset/dictionary.h"
#include "core/engine/engine.h"
#include "ui/session/job_runner.h"
#include "ui/session/session.h"

namespace dlrm::ui {

// What a dataset was asked for with, to open it again with another dictionary or model.
struct DatasetRequest {
    QString path, split, dictionary;
};

struct Session::State {
    std::shared_ptr<Engine> engine;
    std::shared_ptr<const Dataset> data;
    std::shared_ptr<const Dictionary> dictionary;
    ModelInfoPtr model;
    DatasetInfoPtr dataset;
    DatasetRequest datasetRequest;
    ModelSettings settings;
    std::vector<BackendState> backends;
    Selection selection;
    std::vector<Selection> history;
    // Opening one thing waits for the other: the dataset's checks need the model and the model's names come from the dataset.
    std::vector<std::function<void()>> waiting;
    JobRunner runner;

    explicit State(int lanes) : runner(lanes) {}
};

inline std::string local(const QString& path) { return path.toStdString(); }
inline QString text(const std::string& s) { return QString::fromStdString(s); }
inline int lane(JobKind kind) { return static_cast<int>(kind); }

}  // namespace dlrm::ui
