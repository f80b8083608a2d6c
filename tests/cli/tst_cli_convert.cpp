// SPDX-License-Identifier: Apache-2.0
// dlrm-cli convert: its words, that a killed one leaves no torn file, that an interrupted one leaves nothing; parts of
// models in every verb.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include "core/formats/npy_writer.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_convert {

using namespace dlrm::test;

namespace {

QStringList namesIn(const QString& path) { return QDir(path).entryList(QDir::AllEntries | QDir::NoDotAndDotDot); }

// A copy of the golden checkpoint whose first table has `rows` rows, all zero, in a sparse file.
QString largeModel(const QTemporaryDir& dir, std::int64_t rows) {
    const QString path = dir.filePath("model");
    QDir().mkpath(path);
    for (const QString& name : QDir(kCheckpoint).entryList({"*.npy"}, QDir::Files))
        QFile::copy(kCheckpoint + "/" + name, path + "/" + name);
    const QString table = path + "/feature_0_part0.npy";
    QFile::remove(table);
    const std::int64_t shape[] = {rows, 16};
    const std::string header = dlrm::npyHeader({}, shape);
    std::ofstream(table.toStdString(), std::ios::binary) << header;
    if (truncate(table.toStdString().c_str(), static_cast<off_t>(header.size()) + rows * 64) != 0) qFatal("truncate");
    return path;
}

}  // namespace

class TestCliConvert : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhatItWrote() {
        QTemporaryDir dir;
        const auto file = cli({"convert", kCheckpoint, dir.filePath("out.h5"), "--json"});
        QCOMPARE(file.code, 0);
        QCOMPARE(file.json()["layout"].get<std::string>(), std::string("H5"));
        QCOMPARE(file.json()["path"].get<std::string>(), dir.filePath("out.h5").toStdString());
        for (const char* key : {"tensor_count", "bytes"}) QVERIFY2(file.json()[key].is_number_integer(), key);
        QVERIFY(file.json()["seconds"].is_number() && file.json()["notes"].is_array());
        QVERIFY(QFile(dir.filePath("out.h5")).size() > file.json()["bytes"].get<std::int64_t>());
        const auto directory = cli({"convert", kCheckpoint, dir.filePath("out"), "--interaction", "tensorflow"});
        QCOMPARE(directory.code, 0);
        QVERIFY2(directory.out.contains("directory, layout C") && directory.out.contains("--interaction tensorflow"),
                 directory.out);
        QCOMPARE(cli({"info", dir.filePath("out")}).code, 0);
    }
    void replacesAFileAndNoDirectory() {
        QTemporaryDir dir;
        for (int i = 0; i < 2; ++i) QCOMPARE(cli({"convert", kCheckpoint, dir.filePath("out.h5")}).code, 0);
        QCOMPARE(cli({"convert", kCheckpoint, dir.filePath("out")}).code, 0);
        const auto again = cli({"convert", kCheckpoint, dir.filePath("out")});
        QCOMPARE(again.code, 2);
        QVERIFY2(again.err.startsWith("E-FILE-014"), again.err);
        QCOMPARE(namesIn(dir.path()), QStringList({"out", "out.h5"}));
    }
    void layoutANeedsTheOrder() {
        QTemporaryDir dir;
        const QString a = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_custom_cuda/checkpoint");
        const auto without = cli({"convert", a, dir.filePath("out.h5")});
        QVERIFY2(without.code == 2 && without.err.startsWith("E-CONVERT-001"), without.err);
        const auto with = cli({"convert", a, dir.filePath("out.h5"), "--data", kDataset});
        QVERIFY2(with.code == 0, with.err);
    }

    // Whenever it is killed, the name shows nothing, the old file, or a whole new one.
    void killedLeavesNoTornFile_data() {
        QTest::addColumn<QString>("out");
        QTest::newRow("file") << "out.h5";
        QTest::newRow("directory") << "out";
    }
    void killedLeavesNoTornFile() {
        QFETCH(QString, out);
        QTemporaryDir dir;
        const QString model = largeModel(dir, 500'000), path = dir.filePath(out);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(cli({"convert", model, path}).code, 0);
        const auto whole = static_cast<unsigned>(timer.elapsed());
        const auto sizeOf = [&] {
            return out.endsWith("h5") ? QFile(path).size() : QFile(path + "/feature_0_part0.npy").size();
        };
        const qint64 size = sizeOf();
        std::mt19937 random(7);
        int killed = 0, ended = 0;
        unsigned longest = whole + whole / 4 + 1;  // shorter where the machine was busy at first
        for (int i = 0; i < 40; ++i) {
            QFile::remove(path);
            QDir(path).removeRecursively();
            QProcess process;
            process.start(kCli, {"convert", model, path, "--quiet"});
            QVERIFY(process.waitForStarted());
            QThread::msleep(random() % longest);
            process.kill();
            process.waitForFinished();
            if (process.exitStatus() == QProcess::CrashExit) ++killed;
            else {
                ++ended;
                longest = longest * 7 / 8 + 1;
            }
            if (!QFileInfo::exists(path)) continue;
            QCOMPARE(sizeOf(), size);
            if (out == "out") {
                const auto opened = cli({"info", path});
                QVERIFY2(opened.code == 0, opened.err);
            }
        }
        qInfo("%d killed, %d ended before", killed, ended);
        QVERIFY(killed >= 10);
        for (const QString& name : namesIn(dir.path()))
            QVERIFY2(name == "model" || name == out || name.startsWith(out + ".part-"), qPrintable(name));
    }
    void interruptedLeavesNothing_data() {
        QTest::addColumn<QList<int>>("signalsAtOnce");
        QTest::newRow("Ctrl+C") << QList<int>{SIGINT};
        QTest::newRow("ended by another program") << QList<int>{SIGTERM};
        QTest::newRow("its terminal is closed") << QList<int>{SIGHUP, SIGHUP, SIGCONT};
        QTest::newRow("its service is ended") << QList<int>{SIGTERM, SIGHUP};
    }
    void interruptedLeavesNothing() {
        QFETCH(QList<int>, signalsAtOnce);
        QTemporaryDir dir;
        const QString model = largeModel(dir, 4'000'000);
        QProcess process;
        process.start(kCli, {"convert", model, dir.filePath("out.h5"), "--quiet"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(namesIn(dir.path()).size() == 2, 20'000);  // it has begun to write
        for (const int signal : signalsAtOnce) {
            ::kill(static_cast<pid_t>(process.processId()), signal);
            QThread::usleep(200);
        }
        const auto answer = finish(process);
        if (answer.code == 0) QSKIP("it was done before the signal came");
        QCOMPARE(answer.code, 130);
        QVERIFY2(answer.err.contains("Stopping; Ctrl+C again ends at once.\n"), answer.err);
        QCOMPARE(namesIn(dir.path()), QStringList("model"));
    }
    // nohup, and a shell's background jobs.
    void whatItWasStartedToIgnoreStaysIgnored() {
        QTemporaryDir dir;
        const QString model = largeModel(dir, 4'000'000);
        QProcess process;
        process.start("sh", {"-c", "trap '' HUP INT; exec \"$0\" \"$@\"", kCli, "convert", model,
                             dir.filePath("out.h5"), "--quiet"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(namesIn(dir.path()).size() == 2, 20'000);
        for (const int signal : {SIGHUP, SIGINT}) ::kill(static_cast<pid_t>(process.processId()), signal);
        const auto answer = finish(process);
        QVERIFY2(answer.code == 0, answer.err);
        QCOMPARE(namesIn(dir.path()), QStringList({"model", "out.h5"}));
    }
    void aFileLargerThanAllowedIsAnErrorAndLeavesNothing() {
        QTemporaryDir dir;
        const QString model = largeModel(dir, 4'000);
        QProcess process;
        process.start("sh", {"-c", "ulimit -f 100; exec \"$0\" \"$@\"", kCli, "convert", model, dir.filePath("out.h5"),
                             "--quiet"});
        const auto answer = finish(process);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-FILE-0") && answer.err.contains("File too large") &&
                     answer.err.contains("ulimit -f"),
                 answer.err);
        QCOMPARE(namesIn(dir.path()), QStringList("model"));
    }

    // One table, one kernel, an archive of several arrays.
    void partOfAModelInEveryVerb_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("table") << "feature_0_part0.npy";
        QTest::newRow("kernel") << "top_mlp_layer_0_kernel_part0.npy";
    }
    void partOfAModelInEveryVerb() {
        QFETCH(QString, file);
        const QString part = kCheckpoint + "/" + file;
        QTemporaryDir dir;
        const auto info = cli({"info", part, "--json"});
        QVERIFY2(info.code == 0, info.err);
        QCOMPARE(info.json()["layout"].get<std::string>(), std::string("NPY"));
        QCOMPARE(info.json()["tables"].size(), 1U);
        QVERIFY(cli({"info", part}).out.contains("nothing can be predicted"));
        for (const QStringList& verb : {QStringList{"tables"},
                                        {"tables", "--no-statistics"},
                                        {"rows", "--table", "0", "--ids", "0,1"},
                                        {"neighbors", "--table", "0", "--id", "1"},
                                        {"layers"},
                                        {"verify", "--sidecar", dir.filePath("sidecar.json")},
                                        {"doctor"}}) {
            const auto answer = cli(QStringList{verb[0], part} + verb.mid(1));
            QVERIFY2(answer.code == 0 || answer.code == 1 || (answer.code == 2 && answer.err.startsWith("E-")),
                     qPrintable(verb[0] + ": " + answer.err));
            if (verb[0] != "doctor" && verb[0] != "layers")
                QVERIFY2(answer.code == 0, qPrintable(verb[0] + ": " + answer.err));
        }
        for (const char* verb : {"predict", "evaluate", "doctor"}) {
            const auto answer = cli({verb, part, "--data", kDataset});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-"), answer.err);
        }
        const auto parity = cli({"parity", part});
        QCOMPARE(parity.code, 2);
        QVERIFY2(parity.err.startsWith("E-ENGINE-014"), parity.err);
        QCOMPARE(cli({"convert", part, dir.filePath("out.h5")}).code, 0);
        QVERIFY(cli({"convert", part, dir.filePath("out")}).err.startsWith("E-CONVERT-002"));
    }
    void fileWithoutATableIsRefused() {
        const auto bias = cli({"info", kCheckpoint + "/top_mlp_layer_0_bias_part0.npy"});
        QCOMPARE(bias.code, 2);
        QVERIFY2(bias.err.startsWith("E-PART-001"), bias.err);
    }
    // No verb writes over a file it reads.
    void inputsAreNeverReplaced() {
        QTemporaryDir dir;
        const QString model = dir.filePath("model"), file = dir.filePath("m.h5"),
                      layer = model + "/top_mlp_layer_0_bias_part0.npy", table = model + "/feature_1_part0.npy";
        QVERIFY(QDir().mkpath(model));
        for (const QString& name : QDir(kCheckpoint).entryList({"*.npy"}, QDir::Files))
            QVERIFY(QFile::copy(kCheckpoint + "/" + name, model + "/" + name));
        QCOMPARE(cli({"convert", model, file}).code, 0);
        const auto contents = [](const QString& path) {
            QFile f(path);
            return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
        };
        const QByteArray before[] = {contents(layer), contents(table), contents(file)};
        const QList<QStringList> commands{{"predict", model, "--data", kDataset, "--out", layer},
                                          {"evaluate", file, "--data", kDataset, "--out", file},
                                          {"tables", file, "--out", file},
                                          {"tables", model, "--table", "1", "--untrained-ids", table},
                                          {"parity", file, "--out", file},
                                          {"verify", model, "--sidecar", table, "--update"}};
        for (const QStringList& command : commands) {
            const auto answer = cli(command);
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-CLI-006"),
                     qPrintable(command.join(' ') + ": " + answer.err));
        }
        QVERIFY(contents(layer) == before[0] && contents(table) == before[1] && contents(file) == before[2]);
    }
    void whatBelongsToTheInputsIsNeverReplaced() {
        QTemporaryDir dir;
        const QString demo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo"), model = dir.filePath("model"),
                      words = dir.filePath("dictionary"), rows = dir.filePath("rows.tsv");
        std::filesystem::copy((demo + "/checkpoint").toStdString(), model.toStdString(),
                              std::filesystem::copy_options::recursive);
        std::filesystem::copy((demo + "/dictionary").toStdString(), words.toStdString(),
                              std::filesystem::copy_options::recursive);
        QVERIFY(QFile::copy(demo + "/raw_rows.tsv", rows));
        QCOMPARE(cli({"verify", model, "--record"}).code, 0);
        const QString record = model + "/verify.xxh3.json", word = words + "/cat_3.tsv", beside = dir.filePath("p.csv");
        QVERIFY(QFile::exists(word) && QFile::copy(rows, beside + ".json"));
        const auto contents = [](const QString& path) {
            QFile f(path);
            return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
        };
        const QByteArray before[] = {contents(record), contents(word), contents(rows)};
        const QStringList raw{"--data", rows, "--dictionary", words};
        const QString asH5 = dir.filePath("rows.h5");  // the same file under a name that can be written
        QVERIFY(::link(rows.toLocal8Bit().constData(), asH5.toLocal8Bit().constData()) == 0);
        const QList<QStringList> commands{
            QStringList{"predict", model, "--out", word} + raw,
            QStringList{"evaluate", model, "--out", word} + raw,
            QStringList{"convert", model, asH5} + raw,
            {"tables", model, "--out", record},
            {"evaluate", model, "--data", demo + "/dataset", "--verified", "--out", record},
            {"predict", model, "--data", beside + ".json", "--dictionary", words, "--out", beside}};
        for (const QStringList& command : commands) {
            const auto answer = cli(command);
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-CLI-006"),
                     qPrintable(command.join(' ') + ": " + answer.err));
        }
        QVERIFY(contents(record) == before[0] && contents(word) == before[1] && contents(rows) == before[2]);
        QVERIFY(contents(beside + ".json") == before[2]);
        // A new name among the files of a dictionary replaces nothing.
        QCOMPARE(cli(QStringList{"evaluate", model, "--out", words + "/metrics.csv"} + raw).code, 0);
    }
    // What the source's own checksums deny does not get new ones.
    void damagedValuesAreNotConverted() {
        QTemporaryDir dir;
        const QString file = dir.filePath("m.h5"), out = dir.filePath("out.h5");
        QCOMPARE(cli({"convert", kCheckpoint, file}).code, 0);
        QCOMPARE(cli({"convert", file, out}).code, 0);
        QVERIFY(QFile::remove(out));
        QFile npy(kCheckpoint + "/feature_0_part0.npy"), h5(file);
        QVERIFY(npy.open(QIODevice::ReadOnly) && h5.open(QIODevice::ReadWrite));
        const QByteArray row = npy.readAll().right(64);  // of the last row, which stands in the file once
        const auto at = h5.readAll().indexOf(row);
        QVERIFY(at > 0 && h5.seek(at) && h5.write("x", 1) == 1);
        h5.close();
        for (const QString& target : {out, dir.filePath("directory")}) {
            const auto answer = cli({"convert", file, target});
            QVERIFY2(answer.code == 2 && answer.err.startsWith("E-CONVERT-006"), answer.err);
            QVERIFY(!QFile::exists(target));
        }
    }
    void tablesAreExported() {
        QTemporaryDir dir;
        for (const char* name : {"tables.json", "tables.h5"})
            QCOMPARE(cli({"tables", kCheckpoint, "--out", dir.filePath(name)}).code, 0);
        QFile json(dir.filePath("tables.json"));
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(lasting(nlohmann::json::parse(json.readAll().toStdString())) ==
                lasting(cli({"tables", kCheckpoint, "--json"}).json()));
        QVERIFY(cli({"tables", kCheckpoint, "--out", dir.filePath("tables.xlsx")}).err.startsWith("E-EXPORT-001"));
    }
};

DLRM_TEST(TestCliConvert);

}  // namespace tst_cli_convert

#include "tst_cli_convert.moc"
