// SPDX-License-Identifier: Apache-2.0
// How dlrm-cli is called: help, version, names that were mistyped, rows in one grammar, tables by name, pipes.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>

#include "tests/cli/cli_process.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_cli_use {

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
        QTest::newRow("mistyped") << QStringList{"evalute"} << QByteArray("Did you mean evaluate?");
        QTest::newRow("mistyped with help") << QStringList{"evalute", "--help"} << QByteArray("Did you mean evaluate?");
        QTest::newRow("of another version") << QStringList{"validate", "--help"} << QByteArray("There is no such verb");
        QTest::newRow("help of one") << QStringList{"help", "predct"} << QByteArray("Did you mean predict?");
        QTest::newRow("an option first") << QStringList{"--quiet", "info"} << QByteArray("Options follow the verb");
        QTest::newRow("a mistyped option")
            << QStringList{"predict", "x", "--dat", "y"} << QByteArray("Did you mean --data?");
        QTest::newRow("an option of another verb")
            << QStringList{"info", "x", "--ids", "1"} << QByteArray("See dlrm-cli info --help");
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
    void aVerbHasOnlyTheOptionsThatActInIt_data() {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QStringList>("have");
        const QStringList computing{"info",         "layers",  "predict", "sweep", "evaluate",
                                    "interactions", "compare", "parity",  "bench"};
        const QStringList models{"info",         "layers",  "predict", "sweep",   "evaluate",
                                 "interactions", "compare", "doctor",  "convert", "parity"};
        const QStringList tables = models + QStringList{"tables", "rows", "neighbors"};
        for (const char* option : {"--backend", "--precision", "--threads", "--gpu-memory", "--table-precision"})
            QTest::newRow(option) << option << computing;
        for (const char* option : {"--interaction", "--interaction-tables"}) QTest::newRow(option) << option << models;
        QTest::newRow("--combiner") << "--combiner" << QStringList{"layers",       "predict", "evaluate",
                                                                   "interactions", "compare", "convert"};
        QTest::newRow("--numericals") << "--numericals" << tables;
        for (const char* option : {"--table-order", "--cardinalities"})
            QTest::newRow(option) << option << tables + QStringList{"verify"};
        QTest::newRow("--follow-links") << "--follow-links" << tables + QStringList{"verify", "bench"};
    }
    void aVerbHasOnlyTheOptionsThatActInIt() {
        QFETCH(QString, option);
        QFETCH(QStringList, have);
        for (const char* verb :
             {"info", "tables", "rows", "layers", "neighbors", "predict", "sweep", "evaluate", "interactions", "merge",
              "compare", "doctor", "verify", "convert", "parity", "bench", "demo"}) {
            const bool listed = cli({verb, "--help"}).out.contains(QByteArray("\n  " + option.toUtf8() + " "));
            QVERIFY2(listed == have.contains(QLatin1String(verb)), verb);
            if (listed) continue;
            const auto answer = cli({verb, "x", option, "1"});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-CLI-001: " + QByteArray(verb) + " has no " + option.toUtf8() + "; "),
                     answer.err);
            QVERIFY2(answer.err.contains(" have.\n"), answer.err);
            for (const QString& other : have) QVERIFY2(answer.err.contains(other.toUtf8()), answer.err);
        }
    }
    // A sentence is one word after its option, wherever the checkpoint stands.
    void whatIsSlicedTakesNoOtherArgument() {
        const QStringList data{"--data", kDemo + "/dataset", "--rows", "0-1999", "--json"};
        for (const QStringList& slices :
             {QStringList{"--slice", "num_3 > 5", kModel}, {"--by", "row blocks 2", kModel}}) {
            const auto answer = cli(QStringList{"evaluate"} + slices + data);
            QVERIFY2(answer.code == 0 && !answer.json()["slices"].empty(), answer.err);
        }
    }
    void anOptionOfOneOtherVerbNamesThatVerb() {
        const auto answer = cli({"verify", "x", "--atol", "1"});
        QVERIFY2(answer.err.startsWith("E-CLI-001: verify has no --atol; predict has.\nfound: --atol\n"), answer.err);
        QVERIFY(cli({"verify", "x", "--nonsense"}).err.startsWith("E-CLI-001: verify has no such option.\n"));
        // Whoever has it is named; one of another meaning that reads alike is not.
        const auto other = cli({"doctor", "x", "--numerical", "ln3"});
        QVERIFY2(other.err.startsWith("E-CLI-001: doctor has no --numerical; ") && other.err.contains("evaluate"),
                 other.err);
        QVERIFY2(!other.err.contains("Did you mean"), other.err);
    }
    void valuesThatAreNotThereNameThoseThatAre_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<QByteArray>("found");
        QTest::addColumn<QByteArray>("remedy");
        QTest::newRow("sort") << QStringList{"tables", "x", "--sort", "rnk"} << QByteArray("--sort")
                              << QByteArray("number, rows, size, norm, untrained, rank, nan") << QByteArray("rnk")
                              << QByteArray("Did you mean rank?");
        QTest::newRow("profile") << QStringList{"predict", "x", "--data", "y", "--profile", "torchrek"}
                                 << QByteArray("--profile") << QByteArray("facebookresearch, torchrec")
                                 << QByteArray("torchrek") << QByteArray("Did you mean torchrec?");
        QTest::newRow("numerical") << QStringList{"predict", "x", "--data", "y", "--numerical", "ln33"}
                                   << QByteArray("--numerical") << QByteArray("already_logged, ln3, ln2, ln1, raw")
                                   << QByteArray("ln33") << QByteArray("Did you mean ln3?");
        QTest::newRow("far from all") << QStringList{"info", "x", "--interaction", "pairwise"}
                                      << QByteArray("--interaction") << QByteArray("custom_cuda, tensorflow")
                                      << QByteArray("pairwise") << QByteArray("See dlrm-cli info --help");
        QTest::newRow("a part of bench") << QStringList{"bench", "opn"} << QByteArray("parts")
                                         << QByteArray("open, browse, predict, evaluate, auc") << QByteArray("opn")
                                         << QByteArray("Did you mean open?");
    }
    void valuesThatAreNotThereNameThoseThatAre() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, option);
        QFETCH(QByteArray, expected);
        QFETCH(QByteArray, found);
        QFETCH(QByteArray, remedy);
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001: " + option + " has no such value.\n"), answer.err);
        QVERIFY2(answer.err.contains(expected) && answer.err.contains("found: " + found + "\n") &&
                     answer.err.contains("what to do: " + remedy),
                 answer.err);
    }
    // The next option is no value: "verify --sidecar --check" must not record into a file named --check.
    void anOptionIsNoValueOfAnother_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<QByteArray>("found");
        for (const char* other : {"--check", "--record", "--json", "--quiet", "-h", "--"}) {
            const QByteArray found = QByteArray("the option ") + other;
            QTest::newRow(other) << QStringList{"verify", kModel, "--sidecar", other} << QByteArray("--sidecar")
                                 << found;
            QTest::addRow("=%s", other) << QStringList{"verify", kModel, QString("--sidecar=") + other}
                                        << QByteArray("--sidecar") << found;
        }
        QTest::newRow("empty before =") << QStringList{"verify", kModel, "--sidecar=", "--check"}
                                        << QByteArray("--sidecar") << QByteArray("nothing");
        QTest::newRow("empty") << QStringList{"verify", kModel, "--sidecar", "", "--check"} << QByteArray("--sidecar")
                               << QByteArray("nothing");
        QTest::newRow("last") << QStringList{"verify", kModel, "--check", "--sidecar"} << QByteArray("--sidecar")
                              << QByteArray("nothing");
        QTest::newRow("empty path") << QStringList{"predict", kModel, "--data", ""} << QByteArray("--data")
                                    << QByteArray("nothing");
        QTest::newRow("output") << QStringList{"predict", kModel, "--out", "--json"} + kData << QByteArray("--out")
                                << QByteArray("the option --json");
        QTest::newRow("number") << QStringList{"evaluate", kModel, "--drop-last", "--quiet"} + kData
                                << QByteArray("--drop-last") << QByteArray("the option --quiet");
        QTest::newRow("short") << QStringList{"neighbors", kModel, "--table", "0", "--id", "1", "-k", "--json"}
                               << QByteArray("-k") << QByteArray("the option --json");
        QTest::newRow("split") << QStringList{"evaluate", kModel, "--split", ""} + kData << QByteArray("--split")
                               << QByteArray("nothing");
    }
    void anOptionIsNoValueOfAnother() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, option);
        QFETCH(QByteArray, found);
        QTemporaryDir here;
        QProcess process;
        process.setWorkingDirectory(here.path());
        process.setProcessEnvironment(wide());
        process.start(kCli, arguments);
        const auto answer = finish(process);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001: " + option + " has no value.\nexpected: "), answer.err);
        QVERIFY2(answer.err.contains("\nfound: " + found + "\n"), answer.err);
        QVERIFY2(QDir(here.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).isEmpty(),
                 "nothing is written");
    }
    void dashesThatMeanSomethingAreValues() {
        const auto shifted = cli(QStringList{"predict", kModel, "--rows", "0", "--id-shift", "-1000"} + kData);
        QVERIFY2(!shifted.err.contains("has no value"), shifted.err);
        const auto piped = shell(
            QStringLiteral("'%1' evaluate '%2' --dictionary '%3' --data - < /dev/null").arg(kCli, kModel, kDictionary));
        QVERIFY2(piped.code == 2 && !piped.err.contains("has no value"), piped.err);
    }
    void whatTheParserRefusesNamesWhatItTakes_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        const QStringList evaluate = QStringList{"evaluate", kModel} + kData;
        QTest::newRow("no number") << QStringList{"predict", kModel, "--expect", "x", "--atol", "1e-5x"} + kData
                                   << QByteArray(
                                          "--atol does not take this value.\nexpected: a number\nfound: 1e-5x\n");
        QTest::newRow("outside")
            << QStringList{"info", kModel, "--threads", "5000"}
            << QByteArray(
                   "--threads does not take this value.\nexpected: a whole number from 0 to 4096\nfound: 5000\n");
        QTest::newRow("negative range")
            << evaluate + QStringList{"--id-shift", "2000"}
            << QByteArray(
                   "--id-shift does not take this value.\nexpected: a whole number from -1000 to 1000\nfound: 2000\n");
        QTest::newRow("more digits than a range has")
            << evaluate + QStringList{"--sample", "5", "--seed", "9223372036854775808"}
            << QByteArray(
                   "\nexpected: a whole number from 0 to 9223372036854775807\nfound: 9223372036854775808\n"
                   "what to do: Give a number in this range.\n");
        QTest::newRow("more digits than any number has")
            << QStringList{"info", kModel, "--table-order", "1,9223372036854775808"}
            << QByteArray(
                   "\nexpected: whole numbers\nfound: 1,9223372036854775808\n"
                   "what to do: Give a number of at most 18 digits.\n");
        for (const char* seed : {"-1", "18446744073709551616", "9223372036854775808"})
            QTest::addRow("seed %s", seed) << evaluate + QStringList{"--sample", "5", "--seed", seed}
                                           << QByteArray(
                                                  "--seed does not take this value.\nexpected: a whole number from 0 "
                                                  "to 9223372036854775807\nfound: ") +
                                                  seed + "\n";
        QTest::newRow("seed of a demo") << QStringList{"demo", "x", "--seed=99999999999999999999"}
                                        << QByteArray("found: 99999999999999999999\n");
        QTest::newRow("list") << QStringList{"info", kModel, "--table-order", "1,x"}
                              << QByteArray(
                                     "--table-order does not take this value.\nexpected: whole numbers\nfound: 1,x\n");
        QTest::newRow("twice") << evaluate + QStringList{"--data", "y"}
                               << QByteArray("--data stands there more than once.\nexpected: one value\n");
        QTest::newRow("both") << QStringList{"verify", kModel, "--record", "--check"}
                              << QByteArray("\nexpected: one of the two\nfound: both\n");
        QTest::newRow("left out")
            << QStringList{"predict", "--data", "y"}
            << QByteArray("\nexpected: dlrm-cli predict CHECKPOINT --data VALUE [options]\nfound: none\n");
    }
    void whatTheParserRefusesNamesWhatItTakes() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001: ") && answer.err.contains(says), answer.err);
    }
    void namesOfTablesAndMetricsAreSuggested() {
        const auto table = cli({"tables", kModel, "--table", "cat_99"});
        QVERIFY2(
            table.err.contains("cat_0") && table.err.contains("0 to 25") && table.err.contains("Did you mean cat_9?"),
            table.err);
        const auto metric = cli({"neighbors", kModel, "--table", "0", "--id", "1", "--metric", "cosin"});
        QVERIFY2(metric.err.startsWith("E-KNN-004") && metric.err.contains("Did you mean cosine?"), metric.err);
        // The reading has two names.
        QCOMPARE(cli(QStringList{"predict", kModel, "--numerical", "ln(x+3)", "--rows", "0"} + kData).code,
                 cli(QStringList{"predict", kModel, "--numerical", "ln3", "--rows", "0"} + kData).code);
    }
    void helpNamesTheLimits() {
        QVERIFY(cli({"rows", "--help"}).out.contains("at most 1,000,000 in one call"));
        QVERIFY(cli({"neighbors", "--help"}).out.contains("at most 10,000; the row itself"));
        QVERIFY(cli({"parity", "--help"}).out.contains("How many rows to compare, at most 4,096"));
        const auto evaluate = cli({"evaluate", "--help"}).out;
        QVERIFY2(
            evaluate.contains("batches of 65,536. Without it: no row is left out") && !evaluate.contains("(65536)"),
            evaluate);
    }
    void helpAndVersionInTheirForms() {
        for (const char* verb : {"help", "--help", "-h"}) QVERIFY(cli({verb}).out.contains("evaluate"));
        QCOMPARE(cli({"help", "predict"}).out, cli({"predict", "--help"}).out);
        for (const char* version : {"-V", "--version", "version"}) {
            const auto answer = cli({version});
            QCOMPARE(answer.code, 0);
            QVERIFY2(answer.out.startsWith("dlrm-cli ") && answer.out.contains("commit ") &&
                         answer.out.contains("HDF5") && answer.out.contains("Parquet"),
                     answer.out);
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
        QCOMPARE(
            cli(QStringList{"doctor", kModel, "--rows", "0-1999", "--json"} + kData).json()["row_count"].get<int>(),
            2000);
        QCOMPARE(cli(QStringList{"doctor", kModel, "--limit", "1500", "--json"} + kData).json()["row_count"].get<int>(),
                 1500);
        const auto count = cli(QStringList{"doctor", kModel, "--rows", "1500", "--json"} + kData);
        QCOMPARE(count.json()["row_count"].get<int>(), 1500);
        QVERIFY2(count.err.contains("--limit 1500"), count.err);
        const auto inTwo = cli(QStringList{"predict", kModel, "--rows", "0,5", "--expect", "logits.npy"} + kData);
        QVERIFY2(inTwo.err.startsWith("E-CLI-008"), inTwo.err);
        for (const char* verb : {"predict", "evaluate", "doctor", "layers", "parity"}) {
            const auto beyond = cli(QStringList{verb, kModel, "--rows", "3,99999999-100000000"} + kData);
            QCOMPARE(beyond.code, 2);
            QVERIFY2(beyond.err.startsWith("E-ENGINE-003"), beyond.err);
        }
    }
    void parityTakesRowsLikeTheOthers() {
        const QStringList fast{"parity", kModel, "--backend", "cpu", "--precision", "fp32", "--quiet"};
        const json ranges = cli(fast + kData + QStringList{"--rows", "5-20,30", "--json"}).json();
        QCOMPARE(ranges["rows"].get<int>(), 17);
        QVERIFY(ranges["notes"].dump().find("rows 5-20,30") != std::string::npos);
        const auto one = cli(fast + kData + QStringList{"--rows", "7-7"});
        QVERIFY2(one.code != 2 && one.out.startsWith("1 row of "), one.err + one.out);
        const auto tooMany = cli(fast + kData + QStringList{"--rows", "0-4096"});
        QVERIFY2(tooMany.err.startsWith("E-CLI-004: ") && tooMany.err.contains("found: 4,097\n"), tooMany.err);
        const auto noData = cli(fast + QStringList{"--rows", "5-20"});
        QCOMPARE(noData.code, 2);
        QVERIFY2(noData.err.startsWith("E-CLI-001: ") && noData.err.contains("found: 5-20\n"), noData.err);
        // For one version more a lone number counts, as it did.
        const auto count = cli({"parity", kModel, "--backend", "cpu", "--precision", "fp32", "--rows", "8", "--json"});
        QCOMPARE(count.json()["rows"].get<int>(), 8);
        QVERIFY2(count.err.contains("Write --sample 8."), count.err);
        for (const char* verb : {"doctor", "layers"}) {
            const auto alone = cli({verb, kModel, "--rows", "5-20"});
            QVERIFY2(alone.code == 2 && alone.err.startsWith("E-CLI-001: ") && alone.err.contains("--data"), alone.err);
        }
    }
    void rowsThatAreNoneSayWhatWasExpected_data() {
        QTest::addColumn<QString>("rows");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<QByteArray>("found");
        QTest::newRow("backwards") << "5-3" << QByteArray("the smaller row first: 3-5") << QByteArray("5-3");
        QTest::newRow("no last row") << "7-" << QByteArray("both ends of the range, A-B") << QByteArray("7-");
        QTest::newRow("a comma") << "," << QByteArray("with commas between them only") << QByteArray("nothing");
        QTest::newRow("two commas") << "1,,2" << QByteArray("with commas between them only") << QByteArray("nothing");
        QTest::newRow("negative") << "-5" << QByteArray("rows from 0 on") << QByteArray("-5");
        QTest::newRow("a negative end") << "-5-3" << QByteArray("rows from 0 on") << QByteArray("-5-3");
        QTest::newRow("2^64") << "18446744073709551616" << QByteArray("rows up to 9223372036854775806")
                              << QByteArray("18446744073709551616");
        QTest::newRow("to 2^64") << "0-18446744073709551616" << QByteArray("rows up to 9223372036854775806")
                                 << QByteArray("0-18446744073709551616");
        QTest::newRow("2^63 - 1") << "9223372036854775807" << QByteArray("rows up to 9223372036854775806")
                                  << QByteArray("9223372036854775807");
        QTest::newRow("letters") << "x" << QByteArray("whole numbers of digits only") << QByteArray("x");
        QTest::newRow("two dashes") << "1--2" << QByteArray("whole numbers of digits only") << QByteArray("1--2");
    }
    void rowsThatAreNoneSayWhatWasExpected() {
        QFETCH(QString, rows);
        QFETCH(QByteArray, expected);
        QFETCH(QByteArray, found);
        for (const char* verb : {"predict", "evaluate", "doctor", "layers", "parity"}) {
            const bool counts = QByteArray(verb) != "predict" && QByteArray(verb) != "evaluate";
            if (counts && rows.toLongLong() > 0) continue;  // a lone number is a count
            const auto answer = cli(QStringList{verb, kModel, "--quiet", "--rows", rows} + kData);
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-CLI-003: ") && answer.err.contains(expected) &&
                         answer.err.contains("found: " + found + "\n"),
                     answer.err);
        }
        const auto ids = cli({"rows", kModel, "--table", "0", "--ids", rows});
        QVERIFY2(ids.err.startsWith("E-CLI-003: ") && ids.err.contains(expected), ids.err);
    }
    void theLastRowNumberIsAskedForLikeAnyOther() {
        const QString most = QStringLiteral("9223372036854775806-9223372036854775806");
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", most}).err.startsWith("E-ENGINE-002"));
        QVERIFY(cli({"neighbors", kModel, "--table", "0", "--ids", most}).code == 2);
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", "0-9223372036854775806"}).err.startsWith("E-CLI-004"));
    }
    void noRowCountsTwice() {
        for (const char* verb : {"predict", "evaluate", "doctor", "layers", "parity"})
            for (const char* rows : {"0-9,5", "5,0-9", "0-9,9-12", "3,7,3"}) {
                const auto answer = cli(QStringList{verb, kModel, "--rows", rows} + kData);
                QCOMPARE(answer.code, 2);
                QVERIFY2(answer.err.startsWith("E-CLI-010: "), answer.err);
            }
        const auto twice = cli(QStringList{"evaluate", kModel, "--rows", "20,5,0-9"} + kData);
        QVERIFY2(twice.err.contains("row 5 in 0-9 and in 5"), twice.err);
        QVERIFY(cli({"evaluate", "--help"}).out.contains("no row twice"));
        // Side by side, in any order, is no overlap.
        QCOMPARE(lastingRows(cli(QStringList{"predict", kModel, "--rows", "10-12,0-9", "--json"} + kData)).size(),
                 std::size_t{13});
    }
    void aPartIsEvaluatedAsTheSameRowsPredict() {
        const auto part = cli(QStringList{"evaluate", kModel, "--rows", "100-299", "--json"} + kData).json();
        QCOMPARE(part["row_count"].get<int>(), 200);
        const json rows = lastingRows(cli(QStringList{"predict", kModel, "--rows", "100-299", "--json"} + kData));
        double loss = 0;
        for (const json& row : rows)
            loss -= std::log(row["label"].get<int>() == 1 ? row["probability"].get<double>()
                                                          : 1 - row["probability"].get<double>());
        QVERIFY(std::fabs(part["log_loss"].get<double>() - loss / 200) < 1e-9);
        QVERIFY(part["notes"].dump().find("rows 100-299") != std::string::npos);
        // In two ranges the same rows give the same figures.
        const auto two = cli(QStringList{"evaluate", kModel, "--rows", "100-149,150-299", "--json"} + kData).json();
        for (const char* key : {"auc", "log_loss", "calibration", "row_count", "positives"})
            QVERIFY2(two[key] == part[key], key);
    }
    void aSampleIsTheSameForASeed() {
        const auto of = [](const char* seed) {
            return lasting(
                cli(QStringList{"evaluate", kModel, "--sample", "500", "--seed", seed, "--json"} + kData).json());
        };
        const json one = of("1");
        QCOMPARE(one["row_count"].get<int>(), 500);
        QVERIFY(one["notes"].dump().find("a sample of 500 rows, seed 1") != std::string::npos);
        QVERIFY(one == of("1"));
        QVERIFY(one["log_loss"] != of("2")["log_loss"]);
        const json more = cli(QStringList{"evaluate", kModel, "--sample", "100000000", "--json"} + kData).json();
        QCOMPARE(more["row_count"].get<int>(), 20000);
        QVERIFY2(
            more["notes"].dump().find(
                "All 20,000 rows of the dataset were used: --sample 100,000,000 asks for more.") != std::string::npos,
            more["notes"].dump().c_str());
        QVERIFY(one["notes"].dump().find("asks for more") == std::string::npos);
        // total_rows is the dataset's, however its rows are chosen; row_count is what was evaluated.
        for (const QStringList& choice : {QStringList{"--sample", "500"}, QStringList{"--rows", "0-99"},
                                          QStringList{"--rows", "0-99,200"}, QStringList{"--sample", "20000"}})
            QCOMPARE(cli(QStringList{"evaluate", kModel, "--json"} + choice + kData).json()["total_rows"].get<int>(),
                     20000);
        QVERIFY(
            cli(QStringList{"evaluate", kModel, "--sample", "5", "--rows", "0-9"} + kData).err.startsWith("E-CLI-001"));
    }

    void oneIsSingular_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("evaluate") << QStringList{"evaluate", kModel, "--drop-last", "9999", "--rows", "0-9999"} + kData
                                  << QByteArray("1 row of the last partial batch of 9999 was left out");
        QTest::newRow("layers") << QStringList{"layers", kModel, "--limit", "1"} + kData
                                << QByteArray("Units over 1 row of ");
        QTest::newRow("parity") << QStringList{"parity", kModel, "--sample", "1"} + kData << QByteArray("1 row of ");
        QTest::newRow("tables") << QStringList{"tables", kModel, "--no-statistics", "--top", "1"}
                                << QByteArray("the first 1 table of 26");
        QTest::newRow("expected logits") << QStringList{"predict", kModel, "--rows", "0-1", "--expect", "ONE"} + kData
                                         << QByteArray("found: 1 value, shape");
    }
    void oneIsSingular() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        QTemporaryDir folder;
        const QString one = folder.filePath("one.npy");
        if (arguments.contains("ONE")) {
            QCOMPARE(cli(QStringList{"predict", kModel, "--rows", "0", "--out", one} + kData).code, 0);
            arguments.replaceInStrings("ONE", one);
        }
        const auto answer = cli(arguments);
        const QByteArray all = answer.out + answer.err;
        QVERIFY2(all.contains(says), all);
        static const QRegularExpression plural(
            R"((^|[^\d.,])1 (rows|values|tables|files|layers|units|tensors|checksums)\b(?!/s))");
        const auto wrong = plural.match(QString::fromUtf8(all));
        QVERIFY2(!wrong.hasMatch(), qPrintable(wrong.captured(0)));
    }
    void tablesByName() {
        QVERIFY(lastingRows(cli({"rows", kModel, "--table", "cat_9", "--ids", "0-3", "--json"})) ==
                lastingRows(cli({"rows", kModel, "--table", "9", "--ids", "0-3", "--json"})));
        QCOMPARE(cli({"neighbors", kModel, "--table", "cat_9", "--id", "1", "--json"}).json()["table"].get<int>(), 9);
        QCOMPARE(cli({"tables", kModel, "--table", "cat_9", "--json"}).json()["tables"][0]["name"].get<std::string>(),
                 std::string("cat_9"));
        const auto wrong = cli({"rows", kModel, "--table", "cat9", "--ids", "0"});
        QVERIFY2(wrong.err.startsWith("E-CLI-001") && wrong.err.contains("Did you mean cat_9?"), wrong.err);
    }
    void rowsAndNeighboursAreWritten() {
        QTemporaryDir folder;
        for (const char* extension : {"npy", "csv", "tsv", "json", "h5"}) {
            const QString rows = folder.filePath(QStringLiteral("rows.") + extension),
                          near = folder.filePath(QStringLiteral("near.") + extension);
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
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", "0", "--out", folder.filePath("rows.xyz")})
                    .err.startsWith("E-EXPORT-001"));
        QVERIFY(cli({"rows", kModel, "--table", "0", "--ids", "0", "--out", kModel + "/feature_0_part0.npy"})
                    .err.startsWith("E-CLI-006"));
    }

    void rowsComeThroughPipes_data() {
        QTest::addColumn<QString>("command");
        const QString predict = QStringLiteral("'%1' predict '%2' --dictionary '%3' --rows 0-49 --json --data ")
                                    .arg(kCli, kModel, kDictionary),
                      rows = kDemo + "/raw_rows.tsv";
        QTest::newRow("standard input") << QStringLiteral("head -100 '%1' | %2 -").arg(rows, predict);
        QTest::newRow("/dev/stdin") << QStringLiteral("head -100 '%1' | %2 /dev/stdin").arg(rows, predict);
        QTest::newRow("process substitution") << QStringLiteral("%2 <(head -100 '%1')").arg(rows, predict);
        QTest::newRow("packed") << QStringLiteral("head -100 '%1' | gzip | %2 -").arg(rows, predict);
        QTest::newRow("a file as standard input") << QStringLiteral("%2 - < '%1'").arg(rows, predict);
    }
    void rowsComeThroughPipes() {
        QFETCH(QString, command);
        const json expected = lastingRows(cli({"predict", kModel, "--data", kDemo + "/raw_rows.tsv", "--dictionary",
                                               kDictionary, "--rows", "0-49", "--json"}));
        const auto piped = shell(command);
        QVERIFY2(piped.code == 0, piped.err);
        QCOMPARE(lastingRows(piped).size(), std::size_t{50});
        QVERIFY(lastingRows(piped) == expected);
    }
    void pipesThatCannotBeKeptAreRefused() {
        const QString predict =
            QStringLiteral("'%1' predict '%2' --dictionary '%3' --data - ").arg(kCli, kModel, kDictionary);
        QVERIFY(shell(predict + "< /tmp").err.startsWith("E-PIPE-001"));
        QVERIFY(shell(QStringLiteral("head -5 '%1' | TMPDIR=/nowhere %2").arg(kDemo + "/raw_rows.tsv", predict))
                    .err.startsWith("E-PIPE-002"));
    }
    void anEmptyPipeAndADeviceAreRefused() {
        QVERIFY(shell(QStringLiteral("'%1' predict '%2' --dictionary '%3' --data - < /dev/null")
                          .arg(kCli, kModel, kDictionary))
                    .err.startsWith("E-TSV-010"));
        QVERIFY(
            cli({"predict", kModel, "--dictionary", kDictionary, "--data", "/dev/zero"}).err.startsWith("E-FILE-002"));
    }

    void convertWritesNoDirectoryUnderTheNameOfAFile() {
        QTemporaryDir folder;
        for (const char* name : {"model.keras", "model.hdf", "model.npz", "model.onnx", "model.h5.bak"}) {
            const auto refused = cli({"convert", kCheckpoint, folder.filePath(name)});
            QCOMPARE(refused.code, 2);
            QVERIFY2(refused.err.startsWith("E-CLI-007"), refused.err);
            QVERIFY(!QFile::exists(folder.filePath(name)));
        }
        for (const char* name : {"plain", "model-1.5", "model.v2/"})
            QCOMPARE(cli({"convert", kCheckpoint, folder.filePath(name)}).code, 0);
        for (const char* name : {"a.h5", "a.H5", "a.hdf5"})
            QVERIFY(cli({"convert", kCheckpoint, folder.filePath(name)}).code == 0 &&
                    QFileInfo(folder.filePath(name)).isFile());
    }
    void tablesAreSortedWithoutStatisticsToo() {
        const json tables = cli({"tables", kModel, "--no-statistics", "--json"}).json()["tables"];
        std::vector<std::pair<std::int64_t, std::string>> bySize;
        for (const json& table : tables)
            bySize.emplace_back(-table["rows"].get<std::int64_t>(), table["name"].get<std::string>());
        std::stable_sort(bySize.begin(), bySize.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const char* by : {"rows", "size"}) {  // all rows of the demo are as wide
            const auto lines = cli({"tables", kModel, "--no-statistics", "--sort", by, "--top", "2"}).out.split('\n');
            QVERIFY(lines.size() > 3);
            QVERIFY2(lines[1].contains(" " + QByteArray::fromStdString(bySize[0].second) + " "), lines[1]);
            QVERIFY2(lines[2].contains(" " + QByteArray::fromStdString(bySize[1].second) + " "), lines[2]);
            QVERIFY2(lines[3].contains("the first 2 tables of 26 by " + QByteArray(by)), lines[3]);
        }
        for (const char* by : {"norm", "untrained", "rank", "nan"}) {
            const auto refused = cli({"tables", kModel, "--no-statistics", "--sort", by});
            QCOMPARE(refused.code, 2);
            QVERIFY2(refused.err.startsWith("E-CLI-011: ") && refused.err.contains("number, rows or size") &&
                         refused.err.contains("--no-statistics"),
                     refused.err);
        }
    }
    void anEvaluationNamesItsModelAndTheProgram() {
        const auto answer = cli(QStringList{"evaluate", kModel, "--rows", "0-499"} + kData);
        QCOMPARE(answer.code, 0);
        for (const QByteArray& words :
             {kModel.toUtf8(), QByteArray("xxh3:"), QByteArray("dlrm-cli "), QByteArray("commit ")})
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

DLRM_TEST(TestCliUse);

}  // namespace tst_cli_use

#include "tst_cli_use.moc"
