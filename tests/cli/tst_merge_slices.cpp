// SPDX-License-Identifier: Apache-2.0
// Slices in states of dlrm-cli evaluate, merged and gone on from: every digit is that of one run.
#include <signal.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <random>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_merge_slices {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kSlices{"--slice",    "num_3 > 5 and cat_5 id 1",
                          "--slice",    "row 100-12000",
                          "--by",       "cat_19 decade",
                          "--by",       "num_2 quantiles 4, cat_3 top 3",
                          "--weakest",  "5",
                          "--min-rows", "300"};
constexpr qint64 kMostBytes = 64 << 20;  // of what is kept of slices

// Every digit of a result, without where it comes from and how long it took.
QByteArray figuresOf(const CliAnswer& answer) { return QByteArray::fromStdString(lasting(answer.json()).dump(2)); }

QByteArray contentsOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void copyDataset(const QString& to) {
    for (const char* folder : {"", "/test", "/train"}) {
        if (!QDir().mkpath(to + folder)) qFatal("no folder");
        for (const QString& name : QDir(kDemo + "/dataset" + folder).entryList(QDir::Files)) {
            if (!QFile::copy(kDemo + "/dataset" + folder + "/" + name, to + folder + "/" + name)) qFatal("no copy");
            QFile::setPermissions(to + folder + "/" + name, QFile::ReadOwner | QFile::WriteOwner);
        }
    }
}

}  // namespace

class TestMergeSlices : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;

    QString at(const QString& name) const { return m_dir.filePath(name); }
    static QStringList evaluate(const QStringList& more, const QString& data = kDemo + "/dataset") {
        return QStringList{"evaluate", kModel, "--data", data, "--quiet"} + more;
    }
    QString saved(const QString& name, const QString& rows, const QStringList& more = kSlices) const {
        const auto answer = cli(evaluate({"--rows", rows, "--state", at(name)}) + more);
        if (answer.code != 0) qFatal("%s", answer.err.constData());
        return at(name);
    }

private Q_SLOTS:
    void shardsWithSlicesGiveEveryDigitOfOneRun() {
        // Read in the wrong order, so that there are weak slices.
        const QStringList more = kSlices + QStringList{"--interaction", "tensorflow"};
        const auto whole = cli(evaluate(QStringList{"--json"} + more));
        QVERIFY2(whole.code == 0, whole.err);
        QVERIFY(whole.json()["slices"].size() > 10 && whole.json()["weakest"].size() > 1);
        QStringList shards;
        int first = 0;
        for (const int end : {1, 900, 7'777, 7'778, 15'000, 20'000}) {
            shards << saved(QStringLiteral("s%1.h5").arg(first), QStringLiteral("%1-%2").arg(first).arg(end - 1), more);
            first = end;
        }
        std::mt19937 random(5);
        for (int round = 0; round < 2; ++round) {
            std::shuffle(shards.begin(), shards.end(), random);
            const auto merged = cli(QStringList{"merge", "--quiet", "--json"} + shards);
            QVERIFY2(merged.code == 0, merged.err);
            QCOMPARE(figuresOf(merged), figuresOf(whole));
        }
        // Merged in two steps, and told to people.
        QCOMPARE(cli(QStringList{"merge", "--quiet", "--allow-gaps", "--state", at("some.h5")} + shards.mid(0, 3)).code,
                 0);
        const auto again = cli(QStringList{"merge", "--quiet", "--json", at("some.h5")} + shards.mid(3));
        QCOMPARE(figuresOf(again), figuresOf(whole));
        const auto told = cli(QStringList{"merge", "--quiet"} + shards);
        QVERIFY2(told.out.contains("num_3 > 5 and cat_5 id 1") && told.out.contains("weakest slices"), told.out);
    }

    void otherSlicesAreNamed_data() {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("words");
        const QByteArray slices("E-MEASURE-006");
        QTest::newRow("another slice") << QStringList{"--slice", "num_3 > 6"} << slices << QByteArray("\"num_3 > 6\"");
        QTest::newRow("one more") << QStringList{"--slice", "num_3 > 5", "--by", "cat_19 decade"} << slices
                                  << QByteArray("the slices by \"cat_19 decade\"");
        QTest::newRow("limits") << QStringList{"--slice", "num_3 > 5", "--min-rows", "7"} << slices
                                << QByteArray("from 7 rows");
        QTest::newRow("none") << QStringList() << QByteArray("E-MERGE-005") << QByteArray("scores");
        QTest::newRow("weakest too") << QStringList{"--slice", "num_3 > 5", "--weakest", "3"}
                                     << QByteArray("E-MERGE-005") << QByteArray("bin_pairs");
    }
    void otherSlicesAreNamed() {
        QFETCH(QStringList, more);
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, words);
        const QString base = saved("base.h5", "0-999", {"--slice", "num_3 > 5"}),
                      other = saved("other.h5", "1000-1999", more);
        const auto refused = cli({"merge", "--allow-gaps", base, other});
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.startsWith(code) && refused.err.contains(words) && refused.err.contains("other.h5"),
                 refused.err);
    }

    void anotherNumberOfWeakestSlicesIsNamed() {
        const QString five = saved("five.h5", "0-999", {"--weakest", "5"}),
                      six = saved("six.h5", "1000-1999", {"--weakest", "6"});
        const auto refused = cli({"merge", "--allow-gaps", five, six});
        QVERIFY2(refused.code == 2 && refused.err.contains("the 6 weakest slices"), refused.err);
    }

    void allDecadesAndPairsTakeLittle() {
        QStringList all{"--weakest", "10"};
        for (int c = 0; c < 26; ++c) all << "--by" << QStringLiteral("cat_%1 decade").arg(c);
        const qint64 plain = QFileInfo(saved("plain.h5", "0-19999", {})).size(),
                     sliced = QFileInfo(saved("sliced.h5", "0-19999", all)).size();
        QVERIFY2(sliced - plain > 1000 && sliced - plain <= kMostBytes, qPrintable(QString::number(sliced - plain)));
    }

    // A damaged row ends it; once that is repaired it goes on.
    void aFailedRunIsGoneOnFrom() {
        const QString data = at("damaged"), state = at("failed.h5");
        // Quantiles would be looked for in all rows, the damaged one among them, before the first is evaluated.
        const QStringList slices{"--slice", "num_3 > 5 and cat_5 id 1", "--by", "cat_19 decade"};
        copyDataset(data);
        QFile ids(data + "/test/cat_19.bin");
        QVERIFY(ids.open(QIODevice::ReadWrite));
        const qint64 width = ids.size() / 20'000, place = 15'001 * width;
        QVERIFY(ids.seek(place));
        const QByteArray good = ids.read(width);
        QVERIFY(ids.seek(place) && ids.write(QByteArray(static_cast<int>(width), '\x7f')) == width);
        ids.close();
        const QStringList run = evaluate({"--threads", "1", "--state", state, "--json"}, data) + slices;
        const auto failed = cli(run);
        QVERIFY2(failed.code == 2 && failed.err.contains("E-DATA-013") && failed.err.contains("15001") &&
                     failed.err.contains("--resume") && failed.err.contains("failed.h5"),
                 failed.err);
        QVERIFY(QFile::exists(state));
        const auto done = cli({"merge", "--allow-gaps", "--json", state}).json();
        const int rows = done["rows"].get<int>();
        QVERIFY2(rows > 0 && rows <= 15'001, qPrintable(QString::number(rows)));
        // Of these rows it is what one run over them says.
        const auto part =
            cli(evaluate({"--rows", QStringLiteral("0-%1").arg(rows - 1), "--threads", "1", "--json"}) + slices).json();
        for (const char* key : {"rows", "auc", "log_loss", "slices"})
            QCOMPARE(QByteArray::fromStdString(done[key].dump()), QByteArray::fromStdString(part[key].dump()));

        QVERIFY(cli(run + QStringList{"--resume"}).code == 2);  // it is still damaged, and no row is lost
        QCOMPARE(cli({"merge", "--allow-gaps", "--json", state}).json()["rows"].get<int>(), rows);
        QVERIFY(ids.open(QIODevice::ReadWrite) && ids.seek(place) && ids.write(good) == width);
        ids.close();
        const auto whole = cli(evaluate({"--json", "--threads", "1"}, data) + slices),
                   resumed = cli(run + QStringList{"--resume"});
        QVERIFY2(resumed.code == 0, resumed.err);
        QCOMPARE(figuresOf(resumed), figuresOf(whole));
        QCOMPARE(figuresOf(cli({"merge", "--json", state})), figuresOf(whole));
        // Nothing is left: the same once more.
        QCOMPARE(figuresOf(cli(run + QStringList{"--resume"})), figuresOf(whole));
    }

    // Whenever the signal comes: before the first rows, among them, or behind the last.
    void anInterruptedRunIsGoneOnFrom() {
        const QStringList more = QStringList{"--threads", "1", "--json"} + kSlices;
        const QByteArray whole = figuresOf(cli(evaluate(more)));
        int interrupted = 0, kept = 0;
        for (const int wait : {25, 60, 250, 500, 800}) {
            const QString state = at(QStringLiteral("stopped_%1.h5").arg(wait));
            const QStringList run = evaluate(QStringList{"--state", state} + more);
            QProcess process;
            process.setProcessEnvironment(wide());
            process.start(kCli, run);
            QVERIFY(process.waitForStarted());
            QThread::msleep(static_cast<unsigned long>(wait));
            ::kill(static_cast<pid_t>(process.processId()), SIGINT);
            const CliAnswer answer = finish(process);
            if (answer.code == -1) continue;  // before it listened to signals
            QVERIFY2(answer.code == 0 || answer.code == 130, answer.err);
            interrupted += answer.code == 130;
            kept += answer.code == 130 && QFile::exists(state);
            QCOMPARE(QFile::exists(state), answer.code == 0 || answer.err.contains("--resume"));
            const auto resumed = cli(run + QStringList{"--resume"});
            QVERIFY2(resumed.code == 0, resumed.err);
            QCOMPARE(figuresOf(resumed), whole);
        }
        if (interrupted == 0) QSKIP("every run was done before the signal came");
        qInfo("%d of %d interrupted runs had rows to keep", kept, interrupted);
    }

    void rowsInSeveralRangesAreGoneOnFrom() {
        const QString state = saved("ranges.h5", "0-99,200-4999");
        const QStringList asked{"--rows", "5000-5999,0-99,200-4999", "--json"};
        const auto resumed = cli(evaluate(asked + QStringList{"--state", state, "--resume"}) + kSlices),
                   whole = cli(evaluate(asked) + kSlices);
        QVERIFY2(resumed.code == 0, resumed.err);
        for (const char* key : {"rows", "auc", "log_loss", "notes", "slices", "weakest"})
            QCOMPARE(QByteArray::fromStdString(resumed.json()[key].dump()),
                     QByteArray::fromStdString(whole.json()[key].dump()));
    }

    void anotherRunIsNotGoneOnFrom_data() {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("rows") << QStringList{"--rows", "500-1999", "--slice", "num_3 > 5"} << QByteArray("E-MERGE-006")
                              << QByteArray("rows 0-999");
        QTest::newRow("slice") << QStringList{"--slice", "num_3 > 6"} << QByteArray("E-MEASURE-006")
                               << QByteArray("num_3 > 6");
        QTest::newRow("no slices") << QStringList() << QByteArray("E-MERGE-005") << QByteArray("slices");
        QTest::newRow("reading") << QStringList{"--slice", "num_3 > 5", "--numerical", "ln3"}
                                 << QByteArray("E-MERGE-003") << QByteArray("numerical");
    }
    void anotherRunIsNotGoneOnFrom() {
        QFETCH(QStringList, more);
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, words);
        const QString state = saved("begun.h5", "0-999", {"--slice", "num_3 > 5"});
        const QByteArray before = contentsOf(state);
        const auto refused = cli(evaluate(QStringList{"--state", state, "--resume"} + more));
        QVERIFY2(refused.code == 2 && refused.err.startsWith(code) && refused.err.contains(words), refused.err);
        QCOMPARE(contentsOf(state), before);
    }

    void goingOnNeedsAFile() {
        const auto without = cli(evaluate({"--resume"}));
        QVERIFY2(without.code == 2 && without.err.contains("--resume requires --state"), without.err);
        // One that is not there yet is begun.
        const auto begun = cli(evaluate({"--rows", "0-99", "--state", at("new.h5"), "--resume", "--json"}));
        QCOMPARE(begun.code, 0);
        QCOMPARE(figuresOf(begun), figuresOf(cli(evaluate({"--rows", "0-99", "--json"}))));
        QVERIFY(QFile::exists(at("new.h5")));
    }
};

DLRM_TEST(TestMergeSlices);

}  // namespace tst_merge_slices

#include "tst_merge_slices.moc"
