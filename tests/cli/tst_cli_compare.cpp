// SPDX-License-Identifier: Apache-2.0
// compare as a person calls it: the demo and its successor, one checkpoint in two precisions and orders, a copy, and
// what cannot be compared.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_cli_compare {

using namespace dlrm::test;
using nlohmann::json;

namespace {

const QString kA = kDemo + "/checkpoint", kB = kDemo + "/checkpoint_next";
const QStringList kData{"--data", kDemo + "/dataset"};

CliAnswer compare(const QStringList& arguments) {
    return cli(QStringList{"compare"} + arguments + QStringList{"--quiet"});
}

json evaluated(const QString& checkpoint) {
    return cli(QStringList{"evaluate", checkpoint, "--json", "--quiet"} + kData).json();
}

}  // namespace

class TestCliCompare : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSuccessorDiffers() {
        const auto answer = compare(QStringList{kA, kB, "--json"} + kData);
        QCOMPARE(answer.code, 1);
        const json all = answer.json();
        QVERIFY(!all["within_tolerance"].get<bool>());
        QCOMPARE(all["tables"].size(), std::size_t{26});
        std::int64_t newly = 0;
        for (const json& table : all["tables"]) {
            newly += table["newly_trained"].get<std::int64_t>();
            QVERIFY(table["equal"].get<std::int64_t>() + table["touched"].get<std::int64_t>() == table["matched"]);
        }
        QCOMPARE(newly, 1648 - 12);
        // The figures are those of two evaluations, and the differences theirs.
        const json a = evaluated(kA), b = evaluated(kB);
        std::size_t told = 0;
        for (const json& metric : all["metrics"]) {
            const std::string key = metric["key"].get<std::string>();
            QVERIFY2(metric["a"] == a[key] && metric["b"] == b[key], key.c_str());
            QCOMPARE(metric["difference"].get<double>(), metric["b"].get<double>() - metric["a"].get<double>());
            told += metric["low"].is_number() && metric["high"].is_number();
        }
        QCOMPARE(told, std::size_t{6});
        QCOMPARE(all["rows"].get<int>(), 20'000);
        QVERIFY(all["psi"].get<double>() > 0 && all["correlation"].get<double>() < 1);
        QCOMPARE(all["disagreeing"].size(), std::size_t{1000});
        QCOMPARE(all["a"]["checkpoint"].get<std::string>(), kA.toStdString());
        QVERIFY(all["a"]["fingerprint"] != all["b"]["fingerprint"]);
        QVERIFY(all["a"]["fingerprint"] == all["provenance"]["fingerprint"]);

        const auto text = compare(QStringList{kA, kB} + kData).out;
        QVERIFY2(text.startsWith("B differs from A: 40 of 40 tensors, "), text);
        QVERIFY2(
            text.contains("AUC (exact)") && text.contains("newly trained") && text.contains("change sides at 0.2445"),
            text);
    }

    void aCopyIsTheSame() {
        const QTemporaryDir folder;
        const QString copy = folder.filePath("copy");
        copyTree(kA, copy);
        const auto answer = compare({kA, copy});
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.out.startsWith("B is A, to the last bit of what was compared."), answer.out);
        QVERIFY2(answer.out.contains("26 tables are the same to the last bit"), answer.out);
        QCOMPARE(compare({kA, copy, "--json"}).json()["tensors"].size(), std::size_t{40});
        const QString h5 = folder.filePath("copy.h5");
        QCOMPARE(cli({"convert", kA, h5, "--quiet"}).code, 0);
        QCOMPARE(compare({h5, copy}).code, 0);
    }

    // One checkpoint read in two ways.
    void whatIsOtherwiseInBIsSaid() {
        const auto bf16 = compare(QStringList{kA, kA, "--rows", "0-1999", "--b", "precision=bf16", "--json"} + kData);
        QVERIFY2(bf16.code == 1, bf16.err);
        const json all = bf16.json();
        QVERIFY(all["tensors"].is_null() && all["tables"].is_null());
        QVERIFY(all["notes"].dump().find("are the same files") != std::string::npos);
        QCOMPARE(all["a"]["backend"]["precision"].get<std::string>(), std::string("fp32"));
        QCOMPARE(all["b"]["backend"]["precision"].get<std::string>(), std::string("bf16"));
        QCOMPARE(all["rows"].get<int>(), 2000);
        QVERIFY(all["largest_change"].get<double>() > 0 && all["largest_change"].get<double>() < 0.05);
        QCOMPARE(
            compare(QStringList{kA, kA, "--rows", "0-1999", "--b", "precision=bf16", "--tolerance", "0.05"} + kData)
                .code,
            0);
        const json order =
            compare(QStringList{kA, kA, "--rows", "0-1999", "--b", "interaction=tensorflow", "--json"} + kData).json();
        QCOMPARE(order["b"]["interaction"]["order"].get<std::string>(), std::string("tensorflow"));
        QVERIFY(order["metrics"][0]["difference"].get<double>() < -0.01);
        // The same reading is the same model, and the same files are without being read.
        const auto same = compare({kA, kA});
        QVERIFY2(same.code == 0 && same.out.contains("are the same files"), same.out);
        QCOMPARE(compare(QStringList{kA, kA, "--rows", "0-99"} + kData).code, 0);
    }

    void aPartOfTheRowsIsCompared() {
        const json part =
            compare(QStringList{kA, kB, "--sample", "500", "--threshold", "0.5", "--json"} + kData).json();
        QCOMPARE(part["rows"].get<int>(), 500);
        QCOMPARE(part["threshold"].get<double>(), 0.5);
    }

    // What has to be known of the rows of either side stands in the result.
    void whatIsKnownOfTheRowsIsSaid() {
        const auto notes = [](const QStringList& more) {
            return compare(QStringList{kA, kB, "--json"} + kData + more).json()["notes"].dump();
        };
        QVERIFY(notes({"--rows", "0-99"}).find("Only a part of the rows was looked at: rows 0-99") !=
                std::string::npos);
        QVERIFY(notes({"--sample", "50000"}).find("20,000 rows") != std::string::npos);
    }

    // B's data holds as many rows as are chosen of A's: they are other ones.
    void rowsAreChosenOfBoth() {
        const QTemporaryDir folder;
        const QString few = folder.filePath("few.tsv");
        const auto lines = readAll(kDemo + "/raw_rows.tsv").split('\n');
        writeAll(few, lines.mid(0, 3).join('\n') + '\n');
        const auto answer =
            compare({kA, kA, "--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary", "--data-b", few,
                     "--b", "dictionary=" + kDemo + "/dictionary", "--rows", "100-102", "--json"});
        QCOMPARE(answer.code, 2);
        QCOMPARE(answer.json()["error"]["code"].get<std::string>(), std::string("E-COMPARE-003"));
        QVERIFY(answer.json()["error"]["expected"].get<std::string>().find("2000 rows") != std::string::npos);
    }

    void whatIsWrittenIsWhatIsPrinted() {
        const QTemporaryDir folder;
        const QString file = folder.filePath("compared.json");
        const auto printed = compare(QStringList{kA, kB, "--rows", "0-999", "--out", file, "--json"} + kData).json();
        const json written = json::parse(readAll(file).toStdString());
        QVERIFY(lasting(written) == lasting(printed));
        QVERIFY(written["provenance"]["command"].get<std::string>().find("compare") != std::string::npos);
    }

    void badInputIsRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("code");
        QTest::newRow("another model") << QStringList{kA, kCheckpoint} << "E-COMPARE-001";
        QTest::newRow("no value") << QStringList{kA, kB, "--b", "precision"} << "E-CLI-013";
        QTest::newRow("no such option") << QStringList{kA, kB, "--b", "precisoin=bf16"} << "E-OPTION-003";
        QTest::newRow("no such value") << QStringList{kA, kB, "--b", "precision=fp31"} << "E-OPTION-002";
        QTest::newRow("other rows") << QStringList{kA, kB, "--b", "split=train"} + kData << "E-COMPARE-003";
        QTest::newRow("data of B alone") << QStringList{kA, kB, "--b", "data=" + kDemo + "/dataset"} << "E-CLI-014";
        QTest::newRow("rows that are not there") << QStringList{kA, kB, "--rows", "30000"} + kData << "E-ENGINE-003";
        QTest::newRow("no format") << QStringList{kA, kB, "--out", "x.csv"} << "E-EXPORT-001";
        for (const char* value : {"nan", "-1", "inf", "a"})
            QTest::newRow(value) << QStringList{kA, kB, "--tolerance", value} << "E-CLI-001";
        for (const char* value : {"nan", "2", "-0.5"})
            QTest::newRow(qPrintable(QStringLiteral("threshold %1").arg(value)))
                << QStringList{kA, kB, "--threshold", value} + kData << "E-CLI-001";
        QTest::newRow("no candidate") << QStringList{kA, kDemo + "/none"} << "E-CKPT-001";
        QTest::newRow("one dictionary") << QStringList{kA, kB, "--dictionary-a", kDemo + "/dictionary"} << "E-CLI-001";
    }
    void badInputIsRefused() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, code);
        const auto answer = compare(arguments + QStringList{"--json"});
        QCOMPARE(answer.code, 2);
        QCOMPARE(QString::fromStdString(answer.json()["error"]["code"].get<std::string>()), code);
    }
};

DLRM_TEST(TestCliCompare);

}  // namespace tst_cli_compare

#include "tst_cli_compare.moc"
