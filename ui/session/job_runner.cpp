// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/job_runner.h"

#include <QMetaObject>
#include <QStringList>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <deque>
#include <thread>
#include <vector>

#include "core/base/thread_safety.h"
#include "ui/widgets/theme.h"

namespace dlrm::ui {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kProgressInterval = std::chrono::milliseconds(50);

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

}  // namespace

struct JobRunner::Job {
    int lane = 0;
    QString title;
    Work work;
    std::stop_source stop;
    JobRunner* runner = nullptr;
    bool live = true;  // GUI thread only: not replaced, cancelled or settled

    // The newest interim delivery that has not been run yet.
    Mutex interimMutex;
    Delivery interim DLRM_GUARDED_BY(interimMutex);
    bool interimPosted DLRM_GUARDED_BY(interimMutex) = false;
};

struct JobRunner::Lane {
    std::deque<std::shared_ptr<Job>> alive;  // GUI thread only, oldest first

    Mutex mutex;
    std::condition_variable_any wake;
    std::deque<std::shared_ptr<Job>> waiting DLRM_GUARDED_BY(mutex);
    std::jthread worker;  // started with the lane's first job

    void dropOldest() {
        alive.front()->live = false;
        alive.front()->stop.request_stop();
        alive.pop_front();
    }
};

JobRunner::JobRunner(int lanes, QObject* parent) : QObject(parent) {
    for (int i = 0; i < lanes; ++i) m_lanes.push_back(std::make_unique<Lane>());
}

JobRunner::~JobRunner() {
    for (auto& lane : m_lanes) {
        while (!lane->alive.empty()) lane->dropOldest();
        lane->worker.request_stop();
    }
    for (auto& lane : m_lanes)
        if (lane->worker.joinable()) lane->worker.join();
}

void JobRunner::start(int laneIndex, const QString& title, Work work, int keep) {
    Lane& lane = *m_lanes[static_cast<std::size_t>(laneIndex)];
    const bool wasIdle = lane.alive.empty();
    while (static_cast<int>(lane.alive.size()) >= keep) lane.dropOldest();
    auto job = std::make_shared<Job>();
    job->lane = laneIndex;
    job->title = title;
    job->work = std::move(work);
    job->runner = this;
    lane.alive.push_back(job);
    {
        const MutexLock lock(lane.mutex);
        lane.waiting.push_back(job);
    }
    lane.wake.notify_one();

    if (!lane.worker.joinable()) {
        lane.worker = std::jthread([&lane](std::stop_token end) {
            for (;;) {
                std::shared_ptr<Job> next;
                {
                    MutexLock lock(lane.mutex);
                    if (!lane.wake.wait(lock, end,
                                        [&lane]() DLRM_REQUIRES(lane.mutex) { return !lane.waiting.empty(); }))
                        return;
                    next = std::move(lane.waiting.front());
                    lane.waiting.pop_front();
                }
                if (next->stop.stop_requested()) continue;
                const Clock::time_point begun = Clock::now();
                Clock::time_point lastReport{};
                const ProgressFn progress = [&](const Progress& p) {
                    const auto now = Clock::now();
                    if (now - lastReport < kProgressInterval && p.done < p.total) return;
                    lastReport = now;
                    QMetaObject::invokeMethod(
                        next->runner,
                        [job = next, done = p.done, total = p.total, text = progressText(p, secondsSince(begun))] {
                            if (job->live) Q_EMIT job->runner->progressed(job->lane, done, total, text);
                        },
                        Qt::QueuedConnection);
                };
                Delivery deliver = next->work({progress, next->stop.get_token(),
                                               [&next](Delivery interim) { postInterim(next, std::move(interim)); }});
                QMetaObject::invokeMethod(
                    next->runner, [job = next, deliver = std::move(deliver)] { job->runner->settle(job, deliver); },
                    Qt::QueuedConnection);
            }
        });
    }
    if (wasIdle || keep == 1) Q_EMIT started(laneIndex, title);
    else Q_EMIT waiting(laneIndex, static_cast<int>(lane.alive.size()) - 1);
}

void JobRunner::settle(const std::shared_ptr<Job>& job, const Delivery& deliver) {
    job->work = {};  // lets go of what the work had captured
    if (!job->live) return;
    job->live = false;
    Lane& lane = *m_lanes[static_cast<std::size_t>(job->lane)];
    std::erase(lane.alive, job);
    const bool idle = lane.alive.empty();
    if (!idle) Q_EMIT waiting(job->lane, static_cast<int>(lane.alive.size()) - 1);
    if (deliver) deliver();
    // A delivery may have started the next job of this lane; then the lane goes on.
    if (idle && lane.alive.empty()) Q_EMIT finished(job->lane);
}

void JobRunner::cancel(int laneIndex) {
    Lane& lane = *m_lanes[static_cast<std::size_t>(laneIndex)];
    if (lane.alive.empty()) return;
    while (!lane.alive.empty()) lane.dropOldest();
    Q_EMIT finished(laneIndex);
}

void JobRunner::cancelOldest(int laneIndex) {
    Lane& lane = *m_lanes[static_cast<std::size_t>(laneIndex)];
    if (lane.alive.size() < 2) return cancel(laneIndex);
    lane.dropOldest();
    Q_EMIT waiting(laneIndex, static_cast<int>(lane.alive.size()) - 1);
}

bool JobRunner::isRunning(int lane) const { return !m_lanes[static_cast<std::size_t>(lane)]->alive.empty(); }

void JobRunner::postInterim(const std::shared_ptr<Job>& job, Delivery deliver) {
    {
        const MutexLock lock(job->interimMutex);
        job->interim = std::move(deliver);
        if (job->interimPosted) return;
        job->interimPosted = true;
    }
    QMetaObject::invokeMethod(
        job->runner,
        [job] {
            Delivery newest;
            {
                const MutexLock lock(job->interimMutex);
                newest = std::move(job->interim);
                job->interimPosted = false;
            }
            if (job->live && newest) newest();
        },
        Qt::QueuedConnection);
}

QString progressText(const Progress& p, double seconds) {
    QStringList parts;
    if (p.total > 0)
        parts << QStringLiteral("%1 %").arg(
            static_cast<int>(100.0 * static_cast<double>(p.done) / static_cast<double>(p.total)));
    else if (!p.stage.empty()) parts << QString::fromUtf8(p.stage);
    constexpr double kSettled = 0.3;  // seconds before a rate means anything
    if (seconds > kSettled && p.done > 0) {
        const double rate = static_cast<double>(p.done) / seconds;
        if (p.unit == "bytes") parts << formatBytes(static_cast<qint64>(rate)) + QStringLiteral("/s");
        else if (!p.unit.empty())
            parts << formatShort(rate) + QLatin1Char(' ') + QString::fromUtf8(p.unit) + QStringLiteral("/s");
        if (p.total > p.done) {
            const auto left = static_cast<qint64>(std::ceil(static_cast<double>(p.total - p.done) / rate));
            parts << (left < 90 ? QObject::tr("%1 s left").arg(left)
                                : QObject::tr("%1 min left").arg((left + 30) / 60));
        }
    }
    return parts.join(QStringLiteral(" · "));
}

}  // namespace dlrm::ui
