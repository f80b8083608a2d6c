// SPDX-License-Identifier: Apache-2.0
// Ctrl+C: the first ends what answers, and says what a second one does; the second ends what does not.
#include <csignal>
#include <limits>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

#include "tests/cli/cli_process.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/test_program.h"

namespace tst_cli_signals {

using namespace dlrm::test;

namespace {

const QByteArray kStopping = "Stopping; Ctrl+C again ends at once.\n";

void interrupt(const QProcess& process) { ::kill(static_cast<pid_t>(process.processId()), SIGINT); }

}  // namespace

class TestCliSignals : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Its readings of so many rows take seconds, whatever the values are.
    void theDoctorStopsThoughAValueIsNotFinite() {
        QTemporaryDir dir;
        const QString demo = dir.filePath("demo");
        QCOMPARE(cli({"demo", demo, "--rows", "200000"}).code, 0);
        changeNpy(demo + "/checkpoint/feature_19_part0.npy",
                  [](std::span<float> values) { values[values.size() / 2] = std::numeric_limits<float>::quiet_NaN(); });
        QProcess process;
        process.setProcessEnvironment(wide());
        process.start(kCli, {"doctor", demo + "/checkpoint", "--data", demo + "/dataset", "--limit", "200000"});
        QByteArray told;
        const auto tells = [&](const char* what) {
            told += process.readAllStandardError();
            return told.contains(what);
        };
        QTRY_VERIFY_WITH_TIMEOUT(tells("trying readings") || process.state() == QProcess::NotRunning, 60'000);
        if (process.state() == QProcess::NotRunning && process.exitCode() == 1)
            QSKIP("it was done before the signal came");
        QElapsedTimer timer;
        timer.start();
        interrupt(process);
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));  // 100 ms, on an idle machine
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY2(tells(kStopping), told);
        QVERIFY2(tells("E-CANCELLED"), told);
        QCOMPARE(process.readAllStandardOutput(), QByteArray());
    }

    // It waits for room in a pipe that nobody reads.
    void theSecondEndsWhatDoesNotAnswer() {
        QTemporaryDir dir;
        const QByteArray pipe = dir.filePath("pipe").toLocal8Bit();
        QVERIFY(::mkfifo(pipe.constData(), 0600) == 0);
        const int ours = ::open(pipe.constData(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        QVERIFY(ours >= 0);
        const auto closed = qScopeGuard([ours] { ::close(ours); });
        const auto isFull = [ours] {
            pollfd room{ours, POLLOUT, 0};
            return ::poll(&room, 1, 0) == 0;
        };
        QVERIFY(!isFull());
        QProcess process;
        process.setStandardOutputFile(QString::fromLocal8Bit(pipe));
        process.start(kCli,
                      {"predict", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "0-19999", "--jsonl"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(isFull(), 60'000);
        QTest::qWait(500);  // until it waits
        interrupt(process);
        QByteArray told;
        const auto tells = [&](const char* what) {
            told += process.readAllStandardError();
            return told.contains(what);
        };
        QTRY_VERIFY_WITH_TIMEOUT(tells(kStopping), 10'000);
        QVERIFY2(!process.waitForFinished(1000), "it answered the first");
        QVERIFY(process.state() == QProcess::Running);
        interrupt(process);
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
    }
};

DLRM_TEST(TestCliSignals);

}  // namespace tst_cli_signals

#include "tst_cli_signals.moc"
