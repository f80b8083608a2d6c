// SPDX-License-Identifier: Apache-2.0
// What has to be known of a result stands in every form of it, and what fails on the way still ends in a form that
// programs read.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include "tests/cli/cli_process.h"
#include "tests/cli/written_origin.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_cli_outputs {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kData{"--data", kDemo + "/dataset"};
constexpr int kRowsAtATime = 65'536;  // of predict

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Raw rows, the demo's over and over; one has a number that is none.
QString manyRows(const QTemporaryDir& folder, int count, int badRow) {
    QList<QByteArray> lines = readAll(kDemo + "/raw_rows.tsv").split('\n');
    lines.removeAll(QByteArray());
    const QString path = folder.filePath("rows.tsv");
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
    for (int i = 0; i < count; ++i) {
        QByteArray line = lines[i % lines.size()];
        if (i == badRow) {
            auto fields = line.split('\t');
            fields[3] = "47.0";
            line = fields.join('\t');
        }
        file.write(line + "\n");
    }
    return path;
}

QStringList rawPredict(const QString& rows) {
    return {"predict", kModel, "--data", rows, "--dictionary", kDemo + "/dictionary", "--quiet"};
}

}  // namespace

class TestCliOutputs : public QObject {
    Q_OBJECT

    // `words` stand in text, JSON, JSON lines and every file of `verb`.
    void standsEverywhere(const QStringList& arguments, const QByteArray& words) {
        const bool predicts = arguments[0] == "predict";
        const auto spaced = [](QByteArray text) {
            return text.replace("\n", " ").simplified();
        };  // text is broken into lines
        const auto text = cli(arguments);
        QVERIFY2(text.code == 0 && spaced(text.out).contains(words), text.err + text.out);
        const auto printed = cli(arguments + QStringList{"--json"});
        QVERIFY2(QByteArray::fromStdString(printed.json()["notes"].dump()).contains(words), printed.out.left(3000));
        if (predicts) {
            const auto lines = cli(arguments + QStringList{"--jsonl"}).out.split('\n');
            QVERIFY2(lines[0].contains(words), lines[0]);
        }
        QTemporaryDir folder;
        for (const char* extension : {"csv", "tsv", "json", "h5", "npy"}) {
            if (!predicts && QByteArray(extension) == "npy") continue;
            const QString path = folder.filePath(QStringLiteral("result.") + extension);
            const auto written = cli(arguments + QStringList{"--out", path});
            QVERIFY2(written.code == 0 && spaced(written.out).contains(words), written.err + written.out);
            const bool columns = QByteArray("csv tsv npy").contains(extension);
            const QByteArray bytes = readAll(columns ? path + ".json" : path);
            QVERIFY2(bytes.contains(words) && bytes.contains("xxh3:"), extension);
            if (columns) QVERIFY2(!readAll(path).contains(words), extension);  // nothing but columns
        }
    }

private Q_SLOTS:
    void hashedCategoriesAreNoted() {
        for (const char* verb : {"predict", "evaluate"})
            standsEverywhere({verb, kModel, "--data", kDemo + "/raw_rows.tsv", "--missing-dictionary", "hash", "--rows",
                              "0-99", "--quiet"},
                             "hexadecimal value modulo");
    }
    // Whoever has one result alone has to know how its categories became ids.
    void howCategoriesBecameIdsStandsInEveryResult_data() {
        QTest::addColumn<QString>("verb");
        QTest::addColumn<QString>("way");
        for (const char* verb : {"predict", "evaluate"})
            for (const char* way : {"hash", "row0"}) QTest::addRow("%s %s", verb, way) << QString(verb) << QString(way);
    }
    void howCategoriesBecameIdsStandsInEveryResult() {
        QFETCH(QString, verb);
        QFETCH(QString, way);
        const QStringList arguments{verb,     kModel, "--data", kDemo + "/raw_rows.tsv", "--missing-dictionary", way,
                                    "--rows", "0-9",  "--quiet"};
        const auto wayOf = [](const json& all) { return all["provenance"]["reading"]["missing_dictionary"]; };
        QVERIFY(wayOf(cli(arguments + QStringList{"--json"}).json()) == way.toStdString());
        if (verb == "predict") {
            const auto lines = cli(arguments + QStringList{"--jsonl"}).out.split('\n');
            QVERIFY2(wayOf(json::parse(lines[0].toStdString())) == way.toStdString(), lines[0]);
        }
        QTemporaryDir folder;
        for (const char* extension : {"csv", "tsv", "json", "h5", "npy"}) {
            if (verb == "evaluate" && QByteArray(extension) == "npy") continue;
            const QString path = folder.filePath(QStringLiteral("result.") + extension);
            const auto written = cli(arguments + QStringList{"--out", path});
            QVERIFY2(written.code == 0, written.err);
            QVERIFY2(originOf(path, "missing_dictionary") == way.toStdString(), extension);
        }
        // Where a dictionary made the ids, nothing is missing.
        const QString path = folder.filePath("with.json");
        QCOMPARE(cli({verb, kModel, "--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary", "--rows",
                      "0-9", "--quiet", "--out", path})
                     .code,
                 0);
        QCOMPARE(originOf(path, "profile"), std::string("nvidia_spark"));
        QVERIFY(originOf(path, "missing_dictionary").empty());
    }
    void optionsWithoutEffectAreNoted() {
        for (const char* verb : {"predict", "evaluate"}) {
            standsEverywhere(QStringList{verb, kModel, "--rows", "0-99", "--backend", "cpu", "--table-precision",
                                         "int8", "--quiet"} +
                                 kData,
                             "--table-precision int8 had no effect");
            standsEverywhere(
                QStringList{verb, kModel, "--rows", "0-99", "--backend", "cpu", "--gpu-memory", "1GiB", "--quiet"} +
                    kData,
                "--gpu-memory 1GiB had no effect");
        }
        QVERIFY(
            !cli(QStringList{"predict", kModel, "--rows", "0", "--backend", "cpu"} + kData).out.contains("no effect"));
    }
    void tablesThatWereNeverTrainedAreNoted() {
        const QString shared = QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/");
        DLRM_NEEDS_OUTSIDE(shared + "newer_layouts/e_mono_original_random_tables");
        for (const char* verb : {"predict", "evaluate"})
            standsEverywhere({verb, shared + "newer_layouts/e_mono_original_random_tables", "--data", kDataset,
                              "--rows", "0-99", "--quiet"},
                             "The tables hold random numbers");
        QVERIFY(!cli(QStringList{"predict", kModel, "--rows", "0"} + kData).out.contains("random numbers"));
    }

    void whatFailsOnTheWayIsStillJson() {
        QTemporaryDir folder;
        const QString rows = manyRows(folder, kRowsAtATime + 1000, kRowsAtATime + 500);
        const auto object = cli(rawPredict(rows) + QStringList{"--json"});
        QCOMPARE(object.code, 2);
        const json all = object.json();
        QVERIFY2(all.is_object() && all.contains("rows"), object.out.right(500));
        QCOMPARE(all["rows"].size(), std::size_t{kRowsAtATime});
        QCOMPARE(all["error"]["code"].get<std::string>(), std::string("E-TSV-011"));
        QCOMPARE(all["error"]["row"].get<int>(), kRowsAtATime + 500);
        QVERIFY2(object.err.startsWith("E-TSV-011"), object.err);

        const auto lines = cli(rawPredict(rows) + QStringList{"--jsonl"});
        QCOMPARE(lines.code, 2);
        const auto split = lines.out.trimmed().split('\n');
        QCOMPARE(split.size(), kRowsAtATime + 2);
        QVERIFY(json::parse(split.first().toStdString()).contains("provenance"));
        QCOMPARE(json::parse(split[1].toStdString())["row"].get<int>(), 0);
        QCOMPARE(json::parse(split.last().toStdString())["error"]["code"].get<std::string>(), std::string("E-TSV-011"));

        for (const char* extension : {"csv", "json", "h5", "npy"}) {
            const QString path = folder.filePath(QStringLiteral("out.") + extension);
            QCOMPARE(cli(rawPredict(rows) + QStringList{"--out", path}).code, 2);
            QVERIFY(!QFile::exists(path) && !QFile::exists(path + ".json"));
        }
    }
    void anInterruptionHasTheFormOfAnError() {
        QTemporaryDir directory;
        const QString demo = directory.filePath("demo");
        QProcess process;
        process.start(kCli, {"demo", demo, "--rows", "50000000", "--json"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile(demo + "/dataset.incomplete/test/label.bin").size() > 0, 60'000);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        const auto answer = finish(process);
        QCOMPARE(answer.code, 130);
        QVERIFY2(answer.err.contains("E-CANCELLED: "), answer.err);
        QVERIFY2(answer.json()["error"]["code"] == "E-CANCELLED", answer.out);
    }
    // While it prints, which waits for whoever reads: what was begun is closed.
    void anInterruptedPredictionIsStillJson() {
        QTemporaryDir folder;
        const QString rows = manyRows(folder, 3 * kRowsAtATime, -1);
        QProcess process;
        process.start(kCli, rawPredict(rows) + QStringList{"--json"});
        QVERIFY(process.waitForReadyRead(60'000));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
        const auto answer = finish(process);
        QCOMPARE(answer.code, 130);
        const json all = answer.json();
        QVERIFY2(all.contains("provenance") && all.contains("error"), answer.out.right(300));
        QVERIFY(all["error"]["code"] == "E-CANCELLED");
        QVERIFY(!all.contains("rows") || all["rows"].size() < std::size_t{3 * kRowsAtATime});
    }
    void jsonLinesAreTheRows() {
        const auto lines =
            cli(QStringList{"predict", kModel, "--rows", "0-9", "--jsonl"} + kData).out.trimmed().split('\n');
        QCOMPARE(lines.size(), 11);
        const json rows = cli(QStringList{"predict", kModel, "--rows", "0-9", "--json"} + kData).json()["rows"];
        for (int i = 0; i < 10; ++i)
            QVERIFY(json::parse(lines[i + 1].toStdString()) == rows[static_cast<std::size_t>(i)]);
    }
};

DLRM_TEST(TestCliOutputs);

}  // namespace tst_cli_outputs

#include "tst_cli_outputs.moc"
