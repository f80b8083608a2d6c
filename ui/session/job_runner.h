// SPDX-License-Identifier: GPL-3.0-or-later
// Runs work off the GUI thread, one worker per lane, newest first in rights: a new job of a lane cancels what it
// replaces, and a replaced or cancelled job's result is dropped, never shown.
#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/base/job.h"

namespace dlrm::ui {

class JobRunner : public QObject {
    Q_OBJECT
public:
    // Runs on the worker. What it returns runs on the GUI thread, unless the job was replaced or cancelled in the
    // meantime.
    using Delivery = std::function<void()>;
    // What the work is given, on its worker, until it returns.
    struct Running : Job {
        // For interim results: runs a delivery on the GUI thread unless the job was replaced or cancelled. Of those
        // that wait only the newest is run.
        std::function<void(Delivery deliver)> interim;
    };
    using Work = std::function<Delivery(const Running& job)>;

    explicit JobRunner(int lanes, QObject* parent = nullptr);
    // Cancels everything and waits for the workers.
    ~JobRunner() override;

    // GUI thread. At most `keep` jobs of the lane live at once, the one that runs included; the oldest beyond that are
    // cancelled.
    void start(int lane, const QString& title, Work work, int keep = 1);
    // Drops the lane's jobs at once: finished() is emitted before this returns, the worker stops within one chunk of
    // work.
    void cancel(int lane);
    // The same of the lane's oldest job, which runs; those that wait go on.
    void cancelOldest(int lane);
    bool isRunning(int lane) const;

Q_SIGNALS:
    void started(int lane, QString title);
    // Whenever it changes: so many jobs of the lane wait for the one that runs.
    void waiting(int lane, int jobs);
    // text: "38 % · 612 k rows/s · 4 s left"; at most about 20 a second.
    void progressed(int lane, qint64 done, qint64 total, QString text);
    // The lane has no job any more: ended, failed or cancelled.
    void finished(int lane);

private:
    struct Job;
    struct Lane;
    static void postInterim(const std::shared_ptr<Job>& job, Delivery deliver);
    void settle(const std::shared_ptr<Job>& job, const Delivery& deliver);
    std::vector<std::unique_ptr<Lane>> m_lanes;
};

// "38 % · 612 k rows/s · 4 s left" after `seconds` of work; parts that are not known are left out.
QString progressText(const Progress& progress, double seconds);

}  // namespace dlrm::ui
