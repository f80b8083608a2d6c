// SPDX-License-Identifier: Apache-2.0
#include <QSignalSpy>
#include <QTest>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>

#include "tests/support/test_program.h"
#include "ui/session/job_runner.h"

namespace tst_job_runner {

using namespace dlrm;
using namespace dlrm::ui;

namespace {

constexpr int kLane = 0;
constexpr int kCancelMs = 100;  // what cancelling may take

// Work that reports progress until it is told to stop.
JobRunner::Work untilStopped(std::shared_ptr<std::atomic<bool>> stopped) {
    return [stopped](const JobRunner::Running& job) -> JobRunner::Delivery {
        for (std::int64_t done = 0; !job.stop.stop_requested(); ++done) {
            report(job.progress, {"working", done % 100, 100, "rows"});
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        *stopped = true;
        return [] { QFAIL("a cancelled job must not deliver"); };
    };
}

}  // namespace

class TestJobRunner : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void deliversOnTheThreadOfTheRunner() {
        JobRunner runner(1);
        QThread* workedOn = nullptr;
        QThread* deliveredOn = nullptr;
        QSignalSpy finished(&runner, &JobRunner::finished);
        runner.start(kLane, QStringLiteral("job"), [&](const JobRunner::Running&) -> JobRunner::Delivery {
            workedOn = QThread::currentThread();
            return [&] { deliveredOn = QThread::currentThread(); };
        });
        QVERIFY(runner.isRunning(kLane));
        QVERIFY(finished.wait());
        QCOMPARE(deliveredOn, QThread::currentThread());
        QVERIFY(workedOn != deliveredOn);
        QVERIFY(!runner.isRunning(kLane));
    }

    void newestWinsAndOlderResultsAreDropped() {
        JobRunner runner(1);
        QList<int> delivered;
        QSignalSpy finished(&runner, &JobRunner::finished);
        auto firstStopped = std::make_shared<std::atomic<bool>>(false);
        QSignalSpy progressed(&runner, &JobRunner::progressed);
        runner.start(kLane, QStringLiteral("endless"), untilStopped(firstStopped));
        QVERIFY(progressed.wait());  // it runs
        for (int i = 1; i <= 20; ++i)
            runner.start(kLane, QStringLiteral("job"),
                         [&delivered, i](const JobRunner::Running&) -> JobRunner::Delivery {
                             return [&delivered, i] { delivered.append(i); };
                         });
        QVERIFY(finished.wait());
        QCOMPARE(delivered, QList<int>{20});
        QVERIFY(*firstStopped);
        QCOMPARE(finished.size(), 1);
    }

    void aLaneThatKeepsSeveralAnswersThemInOrder() {
        JobRunner runner(1);
        QList<int> delivered;
        std::counting_semaphore<> gate(0);
        QSignalSpy finished(&runner, &JobRunner::finished);
        constexpr int kKeep = 3;
        for (int i = 1; i <= 5; ++i)
            runner.start(
                kLane, QStringLiteral("job"),
                [&, i](const JobRunner::Running&) -> JobRunner::Delivery {
                    gate.acquire();
                    return [&delivered, i] { delivered.append(i); };
                },
                kKeep);
        gate.release(5);
        QTRY_VERIFY(!runner.isRunning(kLane));
        QCOMPARE(delivered, (QList<int>{3, 4, 5}));
    }

    void jobsThatWaitAreCounted() {
        JobRunner runner(1);
        std::counting_semaphore<> gate(0);
        QList<int> waiting;
        connect(&runner, &JobRunner::waiting, this, [&](int, int jobs) { waiting.append(jobs); });
        constexpr int kKeep = 9;
        for (int i = 0; i < 3; ++i)
            runner.start(
                kLane, QStringLiteral("job"),
                [&](const JobRunner::Running&) -> JobRunner::Delivery {
                    gate.acquire();
                    return {};
                },
                kKeep);
        QCOMPARE(waiting, (QList<int>{1, 2}));
        gate.release(3);
        QTRY_VERIFY(!runner.isRunning(kLane));
        QCOMPARE(waiting, (QList<int>{1, 2, 1, 0}));
    }

    void cancelEndsTheLaneAtOnceAndTheWorkSoon() {
        JobRunner runner(1);
        QSignalSpy finished(&runner, &JobRunner::finished);
        auto stopped = std::make_shared<std::atomic<bool>>(false);
        runner.start(kLane, QStringLiteral("endless"), untilStopped(stopped));
        QTest::qWait(20);
        runner.cancel(kLane);
        QCOMPARE(finished.size(), 1);
        QVERIFY(!runner.isRunning(kLane));
        QTRY_VERIFY_WITH_TIMEOUT(stopped->load(), kCancelMs * 10);  // ten times: the machine may be busy
        QTest::qWait(20);
        QCOMPARE(finished.size(), 1);
    }

    void progressOfACancelledJobIsNotReported() {
        JobRunner runner(1);
        QSignalSpy progressed(&runner, &JobRunner::progressed);
        auto stopped = std::make_shared<std::atomic<bool>>(false);
        runner.start(kLane, QStringLiteral("endless"), untilStopped(stopped));
        QVERIFY(progressed.wait());
        runner.cancel(kLane);
        progressed.clear();
        QTest::qWait(150);
        QCOMPARE(progressed.size(), 0);
    }

    void onlyTheNewestWaitingInterimResultIsDelivered() {
        JobRunner runner(1);
        QList<int> delivered;
        QSignalSpy finished(&runner, &JobRunner::finished);
        runner.start(kLane, QStringLiteral("job"), [&](const JobRunner::Running& job) -> JobRunner::Delivery {
            for (int i = 1; i <= 1000; ++i) job.interim([&delivered, i] { delivered.append(i); });
            return [&delivered] { delivered.append(-1); };
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the GUI thread is busy: results pile up
        QVERIFY(finished.wait());
        QCOMPARE(delivered.size(), 2);
        QCOMPARE(delivered, (QList<int>{1000, -1}));
    }

    void theLaneGoesOnWhenADeliveryStartsTheNextJob() {
        JobRunner runner(1);
        QSignalSpy finished(&runner, &JobRunner::finished);
        bool second = false;
        runner.start(kLane, QStringLiteral("one"), [&](const JobRunner::Running&) -> JobRunner::Delivery {
            return [&] {
                runner.start(kLane, QStringLiteral("two"),
                             [&](const JobRunner::Running&) -> JobRunner::Delivery { return [&] { second = true; }; });
            };
        });
        QVERIFY(finished.wait());
        QVERIFY(second);
        QCOMPARE(finished.size(), 1);
    }

    void destroyingTheRunnerWaitsForItsWork() {
        auto stopped = std::make_shared<std::atomic<bool>>(false);
        {
            JobRunner runner(2);
            QSignalSpy progressed(&runner, &JobRunner::progressed);
            runner.start(1, QStringLiteral("endless"), untilStopped(stopped));
            QVERIFY(progressed.wait());
        }
        QVERIFY(*stopped);
    }

    void progressTextSaysShareRateAndTimeLeft() {
        QCOMPARE(progressText({"evaluating", 38, 100, "rows"}, 0.1), QStringLiteral("38 %"));
        QCOMPARE(progressText({"evaluating", 612'000, 1'836'000, "rows"}, 1.0),
                 QStringLiteral("33 % · 612 k rows/s · 2 s left"));
        QCOMPARE(progressText({"reading", 0, 0, "bytes"}, 2.0), QStringLiteral("reading"));
        QCOMPARE(progressText({"reading", 3 << 20, 0, "bytes"}, 1.0), QStringLiteral("reading · 3.0\u00a0MiB/s"));
        QCOMPARE(progressText({"writing", 1, 1000, "rows"}, 1.0), QStringLiteral("0 % · 1 rows/s · 17 min left"));
    }
};

DLRM_TEST(TestJobRunner);

}  // namespace tst_job_runner

#include "tst_job_runner.moc"
