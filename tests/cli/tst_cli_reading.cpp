// SPDX-License-Identifier: Apache-2.0
// dlrm-cli: readings that are chosen and recorded, multi-hot rows, random tables, and answers that survive a bad row,
// weight or value.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>
#include <limits>

#include "tests/cli/cli_process.h"
#include "tests/support/npy_values.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_cli_reading {

using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

const QString kNewer = QStringLiteral(DLRM_TEST_DATA "/golden/newer_layouts/");
const QString kMultiHot = QStringLiteral(DLRM_TEST_DATA "/golden/datasets/multihot_tfrecords");
const QStringList kDemoRows{QStringLiteral("--data"), kDemo + QStringLiteral("/dataset")};

// The first row: all of its ids have successors.
CliAnswer predict(const QStringList& more) {
    return cli(QStringList{"predict", kDemo + "/checkpoint", "--rows", "0-0", "--json"} + more);
}

// A copy of a small checkpoint of layout C whose values may be overwritten.
struct Copy {
    QTemporaryDir temporary;
    QString path = temporary.filePath(QStringLiteral("c"));
    Copy() { fs::copy(kCheckpoint.toStdString(), path.toStdString(), fs::copy_options::recursive); }
    // Floats [first, first + count) of a version 1 .npy file.
    void fill(const QString& name, qint64 first, qint64 count, float value) const {
        QFile file(path + QLatin1Char('/') + name);
        if (!file.open(QIODevice::ReadWrite)) qFatal("cannot open %s", qPrintable(name));
        const QByteArray head = file.read(10);
        file.seek(10 + static_cast<unsigned char>(head[8]) + 256 * static_cast<unsigned char>(head[9]) + 4 * first);
        for (qint64 i = 0; i < count; ++i) file.write(reinterpret_cast<const char*>(&value), 4);
    }
};

}  // namespace

class TestCliReading : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aReadingChangesThePredictionAndIsRecorded_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("profile");
        QTest::newRow("raw") << QStringList{"--numerical", "raw"} << QStringLiteral("nvidia_spark, numbers raw");
        QTest::newRow("ln3") << QStringList{"--numerical", "ln3"} << QStringLiteral("nvidia_spark, numbers ln(x+3)");
        QTest::newRow("as named by the doctor")
            << QStringList{"--numerical", "ln(x+2)"} << QStringLiteral("nvidia_spark, numbers ln(x+2)");
        QTest::newRow("ids") << QStringList{"--id-shift", "1"} << QStringLiteral("nvidia_spark, ids +1");
        QTest::newRow("both") << QStringList{"--numerical", "raw", "--id-shift", "1"}
                              << QStringLiteral("nvidia_spark, numbers raw, ids +1");
        QTest::newRow("tables") << QStringList{"--interaction-tables", "by_cardinality"}
                                << QStringLiteral("nvidia_spark, tables by_cardinality");
    }
    void aReadingChangesThePredictionAndIsRecorded() {
        QFETCH(QStringList, options);
        QFETCH(QString, profile);
        const auto plain = predict(kDemoRows).json(), read = predict(kDemoRows + options).json();
        QCOMPARE(plain["profile"]["name"].get<std::string>(), std::string("nvidia_spark"));
        QCOMPARE(read["profile"]["description"].get<std::string>(), profile.toStdString());
        QVERIFY(plain["rows"][0]["logit"] != read["rows"][0]["logit"]);
        const auto parity =
            cli(QStringList{"parity", kDemo + "/checkpoint", "--rows", "8", "--json", "--backend", "cpu"} + kDemoRows +
                options);
        if (profile.contains(QLatin1String("ids"))) QVERIFY(parity.err.contains("E-ENGINE-004"));
        else QCOMPARE(parity.json()["profile"]["description"].get<std::string>(), profile.toStdString());
        const auto evaluation = cli(QStringList{"evaluate", kDemo + "/checkpoint", "--json"} + kDemoRows + options);
        if (profile.contains(QLatin1String("ids")))
            QVERIFY(evaluation.err.contains("E-ENGINE-004"));  // the last id of a table has no successor
        else QCOMPARE(evaluation.json()["profile"]["description"].get<std::string>(), profile.toStdString());
    }

    void theOwnReadingIsNoOther() {
        const auto plain = predict(kDemoRows).json(),
                   same = predict(kDemoRows + QStringList{"--numerical", "already_logged", "--id-shift", "0",
                                                          "--interaction-tables", "as_is"})
                              .json();
        QVERIFY(lasting(plain) == lasting(same));
    }

    void wrongReadingsAreRefused() {
        QCOMPARE(predict(kDemoRows + QStringList{"--numerical", "squared"}).json()["error"]["code"].get<std::string>(),
                 std::string("E-CLI-001"));
        QCOMPARE(predict(kDemoRows + QStringList{"--id-shift", "9999"}).json()["error"]["code"].get<std::string>(),
                 std::string("E-CLI-001"));
        const QStringList raw{"--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary"};
        const auto refused = predict(raw + QStringList{"--numerical", "already_logged"});
        QCOMPARE(refused.code, 2);
        QCOMPARE(refused.json()["error"]["code"].get<std::string>(), std::string("E-DATA-017"));
        QCOMPARE(predict(raw + QStringList{"--numerical", "ln3"}).json()["profile"]["name"].get<std::string>(),
                 std::string("nvidia_spark"));
    }

    // What the window copies of a row of which only what is fed is known.
    void copiedLinesArePredicted() {
        const QStringList raw{"--data", kDemo + "/raw_rows.tsv", "--dictionary", kDemo + "/dictionary"};
        const auto explained = predict(raw + QStringList{"--explain"}).json();
        QVERIFY(explained.contains("rows"));
        const auto row = explained["rows"][0];
        QStringList fields;
        for (const auto& x : row["numerical"]) fields << QStringLiteral("fed:%1").arg(x.get<double>(), 0, 'g', 9);
        for (const auto& id : row["ids"]) fields << QStringLiteral("id:%1").arg(id.get<qint64>());
        QCOMPARE(fields.size(), 13 + 26);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("copied.tsv"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(fields.join(QLatin1Char('\t')).toUtf8() + '\n') > 0);
        file.close();
        const auto copied = predict({"--data", path});
        QVERIFY2(copied.code == 0, copied.err);
        QCOMPARE(copied.json()["rows"][0]["logit"].get<double>(),
                 predict(raw).json()["rows"][0]["logit"].get<double>());
        // In another reading, or measured over, they would mean something else.
        QCOMPARE(predict({"--data", path, "--id-shift", "1"}).json()["error"]["code"].get<std::string>(),
                 std::string("E-TSV-011"));
        QVERIFY(cli({"evaluate", kDemo + "/checkpoint", "--data", path}).err.contains("E-TSV-011"));
    }

    void multiHotRowsNeedACombiner() {
        const QStringList rows{"predict", kNewer + "d_dcnv2/checkpoint", "--data", kMultiHot, "--json"};
        const auto none = cli(rows);
        QCOMPARE(none.code, 2);
        QCOMPARE(none.json()["error"]["code"].get<std::string>(), std::string("E-ENGINE-018"));
        const auto json = cli(rows + QStringList{"--combiner", "mean"}).json();
        QCOMPARE(json["profile"]["description"].get<std::string>(), std::string("unknown, ids combined by mean"));
        const auto truth = npyValues(kNewer + QStringLiteral("d_dcnv2/expected/multihot_mean_logits.npy"));
        QCOMPARE(json["rows"].size(), truth.size());
        for (std::size_t i = 0; i < truth.size(); ++i)
            QVERIFY(std::fabs(json["rows"][i]["logit"].get<double>() - truth[i]) <= 1e-5);
        QVERIFY(cli({"evaluate", kNewer + "d_dcnv2/checkpoint", "--data", kMultiHot, "--combiner", "sum"})
                    .out.contains("ids combined by sum"));
        QCOMPARE(cli({"predict", kNewer + "d_dcnv2/checkpoint", "--data", kMultiHot, "--combiner", "sum", "--explain",
                      "--json"})
                     .json()["error"]["code"]
                     .get<std::string>(),
                 std::string("E-ENGINE-017"));
    }

    // Cross layers have one order of their output, which is neither of the two of dot products: in every output that
    // names it.
    void crossLayersHaveTheirOwnOrder() {
        const QString model = kNewer + "d_dcnv2/checkpoint";
        const QStringList rows{"--data", kMultiHot, "--combiner", "mean", "--json"};
        for (const auto& json :
             {cli({"info", model, "--json"}).json(), cli(QStringList{"predict", model} + rows).json(),
              cli(QStringList{"evaluate", model} + rows).json()}) {
            QCOMPARE(json["interaction"]["order"].get<std::string>(), std::string("cross"));
            QCOMPARE(json["interaction"]["source"].get<std::string>(), std::string("format"));
            QCOMPARE(json["provenance"]["interaction"]["order"].get<std::string>(), std::string("cross"));
        }
        const auto asked =
            cli({"evaluate", model, "--data", kMultiHot, "--combiner", "mean", "--interaction", "tensorflow"});
        QVERIFY((asked.out + asked.err).contains("--interaction tensorflow had no effect"));
        QVERIFY(!asked.out.contains("custom_cuda"));
    }

    void randomTablesAreAFinding() {
        const auto fine = cli({"info", kDemo + "/checkpoint", "--check-tables", "--json"});
        QCOMPARE(fine.code, 0);
        QCOMPARE(fine.json()["tables_check"]["random"].get<bool>(), false);
        QVERIFY(!cli({"info", kDemo + "/checkpoint", "--json"}).json().contains("tables_check"));
        const QString random =
            QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/e_mono_original_random_tables");
        DLRM_NEEDS_OUTSIDE(random);
        const auto found = cli({"info", random, "--check-tables", "--json"});
        QCOMPARE(found.code, 1);
        QCOMPARE(found.json()["tables_check"]["random"].get<bool>(), true);
        QVERIFY(cli({"info", random, "--check-tables"}).out.contains("RANDOM"));
        const auto doctor = cli({"doctor", random, "--json"});
        QCOMPARE(doctor.code, 1);
        QCOMPARE(doctor.json()["random_tables"].get<bool>(), true);
    }

    void theNumberOfNumericalsIsAsserted() {
        const QStringList predict{"predict", kCheckpoint, "--data", kDataset, "--rows", "0-9", "--json"};
        const auto plain = cli(predict).json(), right = cli(predict + QStringList{"--numericals", "13"}).json();
        QVERIFY(plain["rows"].size() == 10 && plain["rows"] == right["rows"]);
        // The dataset has 13.
        const auto dataset = cli(predict + QStringList{"--numericals", "12"});
        QCOMPARE(dataset.code, 2);
        const auto refused = dataset.json()["error"];
        QCOMPARE(refused["code"].get<std::string>(), std::string("E-ENGINE-012"));
        QVERIFY(refused["expected"] == "12 numerical features" && refused["found"] == "13");
        // The first kernel has 16 rows.
        QCOMPARE(cli({"info", kCheckpoint, "--numericals", "17", "--json"}).json()["error"]["code"].get<std::string>(),
                 std::string("E-CKPT-023"));
        QCOMPARE(cli({"info", kCheckpoint, "--json"}).json()["numerical_features"].get<int>(), 0);
        QCOMPARE(cli({"info", kCheckpoint, "--numericals", "13", "--json"}).json()["numerical_features"].get<int>(),
                 13);
        // What is said once is recorded where the format can, and holds from then on.
        const QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("model.h5"));
        QCOMPARE(cli({"convert", kCheckpoint, file, "--numericals", "13"}).code, 0);
        QCOMPARE(cli({"info", file, "--json"}).json()["numerical_features"].get<int>(), 13);
        const auto model = cli({"info", file, "--numericals", "12", "--json"});
        QCOMPARE(model.code, 2);
        const auto other = model.json()["error"];
        QVERIFY(other["code"] == "E-CLI-012" && other["expected"] == "12" && other["found"] == "13");
    }

    void oneLostTableIsAFinding() {
        const Copy copy;
        copy.fill(QStringLiteral("feature_2_part0.npy"), 0, 300 * 16, 0);
        copy.fill(QStringLiteral("feature_4_part0.npy"), 0, 50 * 16, 0.125F);
        const QByteArray zeros = "Table cat_2 holds nothing but zeros (300 rows looked at).";
        const QStringList data{"--data", kDataset};
        for (const QStringList& more : {QStringList(), data}) {
            const auto doctor = cli(QStringList{"doctor", copy.path} + more);
            QCOMPARE(doctor.code, 1);
            QVERIFY2(doctor.out.contains("holds nothing but zeros (300 rows") &&
                         doctor.out.contains("the same vector in every row (50 rows"),
                     doctor.out);
        }
        const auto json = cli({"doctor", copy.path, "--json"}).json();
        QVERIFY(json["flawed_tables"].size() == 2 && json["flawed_tables"][0]["holds"] == "zeros" &&
                json["flawed_tables"][1]["holds"] == "equal rows");
        QVERIFY(!json["random_tables"].get<bool>());
        const auto info = cli({"info", copy.path, "--check-tables"});
        QCOMPARE(info.code, 1);
        QVERIFY2(info.out.contains("2 tables never trained or lost") && info.out.contains(zeros), info.out);
        for (const char* verb : {"predict", "evaluate"}) {
            const QStringList command = QStringList{verb, copy.path, "--rows", "0-99"} + data;
            const auto text = cli(command);
            QVERIFY2(text.out.contains("holds nothing but zeros (300 rows") &&
                         text.out.contains("the same vector in every row (50 rows"),
                     text.out + text.err);
            const auto machine = cli(command + QStringList{"--json"}).json();
            const std::string notes = machine["notes"].dump();
            QVERIFY2(notes.find("nothing but zeros") != std::string::npos &&
                         notes.find("the same vector") != std::string::npos,
                     notes.c_str());
            QVERIFY(!cli(QStringList{verb, kCheckpoint, "--rows", "0-99"} + data).out.contains("looked at)"));
        }
    }

    void oneBadRowLeavesTheOthersTheirNeighbours() {
        const Copy copy;
        copy.fill(QStringLiteral("feature_0_part0.npy"), 16 * 5, 1, std::numeric_limits<float>::quiet_NaN());
        const QStringList asked{"neighbors", copy.path, "--table", "0", "--ids", "3,5,7,999999"};
        const auto answer = cli(asked + QStringList{"--json"});
        QCOMPARE(answer.code, 1);
        const auto json = answer.json();
        QCOMPARE(json["queries"].size(), std::size_t{2});
        QCOMPARE(json["queries"][1]["id"].get<int>(), 7);
        QCOMPARE(json["failed"].size(), std::size_t{2});
        QCOMPARE(json["failed"][0]["id"].get<int>(), 5);
        QCOMPARE(json["failed"][0]["code"].get<std::string>(), std::string("E-KNN-002"));
        QCOMPARE(json["failed"][1]["code"].get<std::string>(), std::string("E-ENGINE-002"));
        const auto text = cli(asked);
        QCOMPARE(text.code, 1);
        QVERIFY(text.out.contains("row 7") && text.out.contains("E-KNN-002"));
        QCOMPARE(cli({"neighbors", copy.path, "--table", "0", "--ids", "5"}).code, 2);  // no answer at all
    }

    void weightStatisticsSurviveAFailedCount() {
        const Copy copy;
        copy.fill(QStringLiteral("top_mlp_layer_0_kernel_part0.npy"), 3, 1, std::numeric_limits<float>::quiet_NaN());
        const auto text = cli({"layers", copy.path, "--data", kDataset});
        QCOMPARE(text.code, 1);  // a weight that is not finite is a finding
        QVERIFY(text.out.contains("top_mlp/0"));
        QVERIFY2(text.out.contains("was not counted"), text.out);
        const auto json = cli({"layers", copy.path, "--data", kDataset, "--json"});
        QCOMPARE(json.code, 1);
        QVERIFY(json.json().contains("layers") && !json.json().contains("atlas"));
    }

    void rowsWithoutANormAreCounted() {
        const Copy copy;
        copy.fill(QStringLiteral("feature_1_part0.npy"), 0, 32, 1e38F);  // finite, but the norm is not
        copy.fill(QStringLiteral("feature_3_part0.npy"), 0, 3 * 16, std::numeric_limits<float>::quiet_NaN());
        QProcessEnvironment environment = wide();
        environment.insert(QStringLiteral("XDG_CACHE_HOME"), copy.temporary.path());
        const auto large = cli({"tables", copy.path, "--table", "1"}, environment);
        QVERIFY2(large.out.contains("2 rows are left out"), large.out);
        QCOMPARE(cli({"tables", copy.path, "--table", "1", "--json"}, environment)
                     .json()["tables"][0]["rows_without_norm"]
                     .get<int>(),
                 2);
        const auto nan = cli({"tables", copy.path, "--table", "3"}, environment);
        QVERIFY2(nan.out.contains("none is a finite number"), nan.out);
        QVERIFY2(nan.out.contains("3 rows are left out"), nan.out);
    }

    // Of hashes none means a missing value; a count beyond those that are fed in order is larger than all of them.
    void slicesAreOfTheReadingInForce() {
        const auto evaluate = [](const QStringList& more) {
            return cli(QStringList{"evaluate", kDemo + "/checkpoint", "--rows", "0-999", "--json"} + more);
        };
        const auto hashed =
            evaluate({"--data", kDemo + "/raw_rows.tsv", "--missing-dictionary", "hash", "--slice", "cat_18 missing"});
        QCOMPARE(hashed.code, 2);
        QVERIFY2(hashed.err.contains("E-SLICE-004"), hashed.err);
        const auto counted = evaluate(kDemoRows + QStringList{"--slice", "num_3 present", "--slice",
                                                              "num_3 <= 2147483646", "--slice", "num_3 > 2147483646"});
        const auto slices = counted.json()["slices"];
        QCOMPARE(slices.size(), std::size_t{3});
        QVERIFY(slices[0]["rows"].get<int>() > 0);
        QCOMPARE(slices[1]["rows"].get<int>(), slices[0]["rows"].get<int>());
        QCOMPARE(slices[2]["rows"].get<int>(), 0);
    }
};

DLRM_TEST(TestCliReading);

}  // namespace tst_cli_reading

#include "tst_cli_reading.moc"
