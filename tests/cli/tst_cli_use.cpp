// SPDX-License-Identifier: Apache-2.0
// How dlrm-cli is called: help, version, names that were mistyped, rows in one grammar, tables by name, pipes.
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "tests/cli/cli_process.h"
#include "tests/support/npy_values.h"

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kModel = kDemo + "/checkpoint";
const QStringList kData{"--data", kDemo + "/dataset"};
const QString kDictionary = kDemo + "/dictionary";

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

CliAnswer shell(const QString& command) {
    QProcess process;
    process.start("bash", {"-c", command});
    return finish(process);
}

json lastingRows(const CliAnswer& answer) { return answer.json()["rows"]; }

}  // namespace

class TestCliUse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void verbsThatAreNotThereFail_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("mistyped") << QStringList{"evalute"} << QByteArray("did you mean evaluate?");
        QTest::newRow("mistyped with help") << QStringList{"evalute", "--help"} << QByteArray("did you mean evaluate?");
        QTest::newRow("of another version") << QStringList{"validate", "--help"} << QByteArray("There is no such verb");
        QTest::newRow("help of one") << QStringList{"help", "predct"} << QByteArray("did you mean predict?");
        QTest::newRow("an option first") << QStringList{"--quiet", "info"} << QByteArray("Options follow the verb");
        QTest::newRow("a mistyped option") << QStringList{"predict", "x", "--dat", "y"} << QByteArray("did you mean --data?");
        QTest::newRow("an option of another verb") << QStringList{"info", "x", "--ids", "1"} << QByteArray("see dlrm-cli info --help");
        QTest::newRow("one argument too many") << QStringList{"info", "x", "y"} << QByteArray("found: y");
    }
    void verbsThatAreNotThereFail() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001: ") && answer.err.contains(says), answer.err);
        QVERIFY(answer.out.isEmpty());
    }
    void helpAndVersionInTheirForms() {
        for (const char* verb : {"help", "--help", "-h"}) QVERIFY(cli({verb}).out.contains("evaluate"));
        QCOMPARE(cli({"help", "predict"}).out, cli({"predict", "--help"}).out);
        for (const char* version : {"-V", "--version", "version"}) {
            const auto answer = cli({version});
            QCOMPARE(answer.code, 0);
            QVERIFY2(answer.out.startsWith("dlrm-cli ") && answer.out.contains("commit ") && answer.out.contains("HDF5") && answer.out.contains("Parquet"), answer.out);
        }
    }

    void oneGrammarOfRows() {
        const json listed = lastingRows(cli(QStringList{"predict", kModel, "--rows", "0,5,10-12", "--json"} + kData));
        QCOMPARE(listed.size(), std::size_t{5});
        QCOMPARE(listed[1]["row"].get<int>(), 5);
        QCOMPARE(listed[4]["row"].get<int>(), 12);
        QVERIFY(listed[4] == lastingRows(cli(QStringList{"predict", kModel, "--rows", "12", "--json"} + kData))[0]);
        const json atlas = cli(QStringList{"layers", kModel, "--rows", "0-9,20", "--json"} + kData).json()["atlas"];
        QCOMPARE(atlas["row_count"].get<int>(), 11);
        QCOMPARE(cli(QStringList{"doctor", kModel, "--rows", "0-1999", "--json"} + kData).json()["row_count"].get<int>(), 2000);
        QCOMPARE(cli(QStringList{"doctor", kModel, "--limit", "1500", "--json"} + kData).json()["row_count"].get<int>(), 1500);
        const auto count = cli(QStringList{"doctor", kModel, "--rows", "1500", "--json"} + kData);
        QCOMPARE(count.json()["row_count"].get<int>(), 1500);
        QVERIFY2(count.err.contains("--limit 1500"), count.err);
        const auto inTwo = cli(QStringList{"predict", kModel, "--rows", "0,5", "--expect", "logits.npy"} + kData);
        QVERIFY2(inTwo.err.startsWith("E-CLI-008"), inTwo.err);
        for (const char* verb : {"predict", "evaluate", "doctor", "layers"}) {
            const auto beyond = cli(QStringList{verb, kModel, "--rows", "3,99999999-100000000"} + kData);
            QCOMPARE(beyond.code, 2);
            QVERIFY2(beyond.err.startsWith("E-ENGINE-003"), beyond.err);
        }
    }
    void aPartIsEvaluatedAsTheSameRowsPredict() {
        const auto part = cli(QStringList{"evaluate", kModel, "--rows", "100-299", "--json"} + kData).json();
        QCOMPARE(part["row_count"].get<int>(), 200);
        const json rows = lastingRows(cli(QStringList{"predict", kModel, "--rows", "100-299", "--json"} + kData));
        double loss = 0;
        for (const json& row : rows) loss -= std::log(row["label"].get<int>() == 1 ? row["probability"].get<double>() : 1 - row["probability"].get<double>());
        QVERIFY(std::fabs(part["log_loss"].get<double>() - loss / 200) < 1e-9);
        QVERIFY(part["notes"].dump().find("rows 100-299") != std::string::npos);
        // In two ranges the same rows give the same figures.
        const auto two = cli(QStringList{"evaluate", kModel, "--rows", "100-149,150-299", "--json"} + kData).json();
        for (const char* key : {"auc", "log_loss", "calibration", "row_count", "positives"}) QVERIFY2(two[key] == part[key], key);
    }
    void aSampleIsTheSameForASeed() {
        const auto of = [](const char* seed) { return lasting(cli(QStringList{"evaluate", kModel, "--sample", "500", "--seed", seed, "--json"} + kData).json()); };
        const json one = of("1");
        QCOMPARE(one["row_count"].get<int>(), 500);
        QVERIFY(one["notes"].dump().find("a sample of 500 rows, seed 1") != std::string::npos);
        QVERIFY(one == of("1"));
        QVERIFY(one["log_loss"] != of("2")["log_loss"]);
        const json more = cli(QStringList{"evaluate", kModel, "--sample", "100000000", "--json"} + kData).json();
        QCOMPARE(more["row_count"].get<int>(), 20000);
        QVERIFY(cli(QStringList{"evaluate", kModel, "--sample", "5", "--rows", "0-9"} + kData).err.startsWith("E-CLI-001"));
    }

    void tablesByName() {
        QVERIFY(lastingRows(cli({"rows", kModel, "--table", "cat_9", "--ids", "0-3", "--json"})) == lastingRows(cli({"rows", kModel, "--table", "9", "--ids", "0-3", "--json"})));
        QCOMPARE(cli({"neighbors", kModel, "--table", "cat_9", "--id", "1", "--json"}).json()["table"].get<int>(), 9);
        QCOMPARE(cli({"tables", kModel, "--table", "cat_9", "--json"}).json()["tables"][0]["name"].get<std::string>(), std::string("cat_9"));
        const auto wrong = cli({"rows", kModel, "--table", "cat9", "--ids", "0"});
        QVERIFY2(wrong.err.startsWith("E-CLI-001") && wrong.err.contains("did you mean cat_9?"), wrong.err);
    }
    void rowsAndNeighboursAreWritten() {
        QTemporaryDir folder;
        for (const char* extension : {"npy", "csv", "tsv", "json", "h5"}) {
            const QString rows = folder.filePath(QStringLiteral("rows.") + extension), near = folder.filePath(QStringLiteral("near.") + extension);
            const auto written = cli({"rows", kModel, "--table", "cat_9", "--ids", "0,3-5", "--out", rows});
            QVERIFY2(written.code == 0 && written.out.contains("4 rows of cat_9"), written.err + written.out);
            const auto found = cli({"neighbors", kModel, "--table", "cat_9", "--ids", "1,2", "-k", "3", "--out", near});
            QVERIFY2(found.code == 0, found.err);
            QVERIFY(QFile(rows).size() > 100 && QFile(near).size() > 50);
            const bool beside = QFile::exists(rows + ".json");
            QCOMPARE(beside, QByteArray("npy csv tsv").contains(extension));
            if (beside) QVERIFY(readAll(rows + ".json").contains("fingerprint"));
        }
        const json printed = lastingRows(cli({"rows", kModel, "--table", "cat_9", "--ids", "0,3-5", "--json"}));
        QVERIFY(json::parse(readAll(folder.filePath("rows.json")).toStdString())["rows"] == printed);
        const auto values = npyValues(folder.filePath("rows.npy"));
        QCOMPARE(values.size(), 4 * printed[0]["values"].size());
        QCOMPARE(values[0], printed[0]["values"][0].get<float>());
        QCOMPARE(readAll(folder.filePath("near.csv")).count('\n'), 7);
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", "0", "--out", folder.filePath("rows.xyz")}).err.startsWith("E-EXPORT-001"));
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", "0", "--out", kModel + "/feature_0_part0.npy"}).err.startsWith("E-CLI-006"));
    }

    void rowsComeThroughPipes_data() {
        QTest::addColumn<QString>("command");
        const QString predict = QStringLiteral("'%1' predict '%2' --dictionary '%3' --rows 0-49 --json --data ").arg(kCli, kModel, kDictionary), rows = kDemo + "/raw_rows.tsv";
        QTest::newRow("standard input") << QStringLiteral("head -100 '%1' | %2 -").arg(rows, predict);
        QTest::newRow("/dev/stdin") << QStringLiteral("head -100 '%1' | %2 /dev/stdin").arg(rows, predict);
        QTest::newRow("process substitution") << QStringLiteral("%2 <(head -100 '%1')").arg(rows, predict);
        QTest::newRow("packed") << QStringLiteral("head -100 '%1' | gzip | %2 -").arg(rows, predict);
        QTest::newRow("a file as standard input") << QStringLiteral("%2 - < '%1'").arg(rows, predict);
    }
    void rowsComeThroughPipes() {
        QFETCH(QString, command);
        const json expected = lastingRows(cli({"predict", kModel, "--data", kDemo + "/raw_rows.tsv", "--dictionary", kDictionary, "--rows", "0-49", "--json"}));
        const auto piped = shell(command);
        QVERIFY2(piped.code == 0, piped.err);
        QCOMPARE(lastingRows(piped).size(), std::size_t{50});
        QVERIFY(lastingRows(piped) == expected);
    }
    void pipesThatCannotBeKeptAreRefused() {
        const QString predict = QStringLiteral("'%1' predict '%2' --dictionary '%3' --data - ").arg(kCli, kModel, kDictionary);
        QVERIFY(shell(predict + "< /tmp").err.startsWith("E-PIPE-001"));
        QVERIFY(shell(QStringLiteral("head -5 '%1' | TMPDIR=/nowhere %2").arg(kDemo + "/raw_rows.tsv", predict)).err.startsWith("E-PIPE-002"));
    }
    void anEmptyPipeAndADeviceAreRefused() {
        QVERIFY(shell(QStringLiteral("'%1' predict '%2' --dictionary '%3' --data - < /dev/null").arg(kCli, kModel, kDictionary)).err.startsWith("E-TSV-010"));
        QVERIFY(cli({"predict", kModel, "--dictionary", kDictionary, "--data", "/dev/zero"}).err.startsWith("E-FILE-002"));
    }

    void convertWritesNoDirectoryUnderTheNameOfAFile() {
        QTemporaryDir folder;
        for (const char* name : {"model.keras", "model.hdf", "model.npz", "model.onnx", "model.h5.bak"}) {
            const auto refused = cli({"convert", kCheckpoint, folder.filePath(name)});
            QCOMPARE(refused.code, 2);
            QVERIFY2(refused.err.startsWith("E-CLI-007"), refused.err);
            QVERIFY(!QFile::exists(folder.filePath(name)));
        }
        for (const char* name : {"plain", "model-1.5", "model.v2/"}) QCOMPARE(cli({"convert", kCheckpoint, folder.filePath(name)}).code, 0);
        for (const char* name : {"a.h5", "a.H5", "a.hdf5"}) QVERIFY(cli({"convert", kCheckpoint, folder.filePath(name)}).code == 0 && QFileInfo(folder.filePath(name)).isFile());
    }
    void anEvaluationNamesItsModelAndTheProgram() {
        const auto answer = cli(QStringList{"evaluate", kModel, "--rows", "0-499"} + kData);
        QCOMPARE(answer.code, 0);
        for (const QByteArray& words : {kModel.toUtf8(), QByteArray("xxh3:"), QByteArray("dlrm-cli "), QByteArray("commit ")})
            QVERIFY2(answer.out.contains(words), answer.out);
        QVERIFY(cli({"tables", "--help"}).out.contains("every row is read"));  // it takes its time
    }
    void tablesAreSorted() {
        const auto lines = cli({"tables", kModel, "--sort", "rows", "--top", "2"}).out.split('\n');
        QVERIFY(lines.size() > 4);
        const json tables = cli({"tables", kModel, "--no-statistics", "--json"}).json()["tables"];
        std::int64_t most = 0;
        std::string largest;
        for (const json& table : tables)
            if (table["rows"].get<std::int64_t>() > most) {
                most = table["rows"].get<std::int64_t>();
                largest = table["name"].get<std::string>();
            }
        QVERIFY2(lines[1].contains(" " + QByteArray::fromStdString(largest) + " "), lines[1]);
        QVERIFY(lines[3].contains("the first 2 tables of"));
        QVERIFY(lines[4].contains("no NaN"));
    }
};

QTEST_GUILESS_MAIN(TestCliUse)
#include "tst_cli_use.moc"
