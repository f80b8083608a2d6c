// SPDX-License-Identifier: Apache-2.0
// Every file operation of a command fails in turn, once or from then on, with EIO, ENOSPC or EINTR, or is cut short:
// the answer is the right one or a coded error, never a crash, and never a file under the export's name that is not
// whole.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

#include "tests/cli/cli_process.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_cli_io_faults {

using namespace dlrm::test;

namespace {

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What a run says that does not change from run to run.
QByteArray lasting(const QByteArray& out) {
    QByteArrayList lines;
    for (const QByteArray& line : out.split('\n'))
        if (!line.contains("opened in") && !line.startsWith("backend") && !line.startsWith("  in /") &&
            !line.startsWith("time") && !line.contains("iB/s)") && !line.contains("fingerprint"))
            lines << line;
    return lines.join('\n');
}

}  // namespace

class TestCliIoFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFailureIsAnswered_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("exported");
        QTest::newRow("info") << QStringList{"info", "@"} << QString();
        QTest::newRow("rows") << QStringList{"rows", "@", "--table", "1", "--ids", "0,3"} << QString();
        QTest::newRow("predict") << QStringList{"predict", "@", "--data", kDataset, "--rows", "0-3"} << QString();
        QTest::newRow("predict to CSV") << QStringList{"predict", "@",   "--data", kDataset,
                                                       "--rows",  "0-3", "--out",  "out.csv"}
                                        << "out.csv";
        QTest::newRow("predict to HDF5") << QStringList{"predict", "@",   "--data", kDataset,
                                                        "--rows",  "0-3", "--out",  "out.h5"}
                                         << "out.h5";
        QTest::newRow("evaluate") << QStringList{"evaluate", "@", "--data", kDataset} << QString();
        QTest::newRow("verify") << QStringList{"verify", "@"} << "checkpoint/verify.xxh3.json";
    }
    void everyFailureIsAnswered() {
        QFETCH(QStringList, arguments);
        DLRM_NEEDS_NO_SANITIZER("to be the first library of a program");
        QFETCH(QString, exported);
        QTemporaryDir home;
        auto environment = wide();
        // The loader takes a space for the end of a name.
        const QString faults = home.filePath("io_faults.so");
        QVERIFY(QFile::copy(DLRM_IO_FAULTS, faults) && !faults.contains(' '));
        environment.insert("LD_PRELOAD", faults);
        environment.insert("XDG_CACHE_HOME", home.filePath("cache"));
        environment.insert("OMP_NUM_THREADS", "1");
        const QString checkpoint = home.filePath("checkpoint"),
                      target = exported.isEmpty() ? QString() : home.filePath(exported);
        QVERIFY(QDir().mkpath(checkpoint));
        for (const QFileInfo& file : QDir(kCheckpoint).entryInfoList(QDir::Files))
            if (file.suffix() == "npy") QVERIFY(QFile::copy(file.filePath(), checkpoint + '/' + file.fileName()));
        for (QString& a : arguments) {
            if (a == "@") a = checkpoint;
            if (a == exported) a = target;
        }
        const auto clean = [&] {
            if (!target.isEmpty()) QFile::remove(target);
        };
        environment.insert("DLRM_IO_COUNT", home.filePath("count"));
        const CliAnswer right = cli(arguments, environment);
        QVERIFY2(right.code == 0, right.err);
        const QByteArray whole = target.isEmpty() ? QByteArray() : contents(target);
        const int calls = contents(home.filePath("count")).trimmed().toInt();
        QVERIFY2(calls > 20, "the calls are not counted");
        environment.remove("DLRM_IO_COUNT");

        const int step = qEnvironmentVariableIsSet("DLRM_EVERY_FAULT") ? 1 : std::max(1, calls / 20);
        int refused = 0, unharmed = 0;
        for (const QString& kind : {QString::number(EIO), QStringLiteral("%1:forever").arg(EIO),
                                    QString::number(ENOSPC), QString::number(EINTR), QStringLiteral("0")}) {
            for (int n = 1; n <= calls; n += step) {
                clean();
                environment.insert("DLRM_IO_FAULT", QStringLiteral("%1:%2").arg(n).arg(kind));
                const CliAnswer answer = cli(arguments, environment);
                const QByteArray what =
                    QStringLiteral("call %1 of %2, fault %3: ").arg(n).arg(calls).arg(kind).toUtf8() + answer.err;
                QVERIFY2(answer.code == 0 || answer.code == 2, what);
                if (answer.code == 0) {
                    ++unharmed;
                    QVERIFY2(lasting(answer.out) == lasting(right.out), what + answer.out);
                } else {
                    ++refused;
                    QVERIFY2(answer.err.contains("E-") || kind.endsWith("forever"), what);
                }
                if (!target.isEmpty() && QFile::exists(target)) QVERIFY2(contents(target).size() == whole.size(), what);
                if (!target.isEmpty())
                    QVERIFY2(QDir(QFileInfo(target).path()).entryList({"*.part-*"}, QDir::Files).isEmpty(), what);
            }
        }
        qInfo("%d calls: %d refusals, %d unharmed", calls, refused, unharmed);
        QVERIFY(refused > 0);
    }
};

DLRM_TEST(TestCliIoFaults);

}  // namespace tst_cli_io_faults

#include "tst_cli_io_faults.moc"
