// SPDX-License-Identifier: Apache-2.0
// dlrm-cli's contract: verbs, JSON keys and types, exit codes, what goes to which stream.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <csignal>

#include "tests/cli/cli_process.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_cli {

using namespace dlrm::test;

namespace {

const QStringList kData{"--data", kDataset};

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestCli : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void versionAndHelpEndWithZero() {
        QCOMPARE(cli({"--version"}).code, 0);
        QVERIFY(cli({"--version"}).out.startsWith("dlrm-cli "));
        const auto help = cli({"--help"});
        QCOMPARE(help.code, 0);
        for (const char* verb :
             {"info", "tables", "rows", "layers", "neighbors", "predict", "sweep", "evaluate", "interactions", "merge",
              "compare", "verify", "doctor", "convert", "parity", "bench", "demo"}) {
            QVERIFY2(help.out.contains(verb), verb);
            const auto own = cli({verb, "--help"});
            QCOMPARE(own.code, 0);
            QVERIFY(own.out.contains("--json"));
        }
    }
    void verbsOfOtherVersionsDoNotExist() {
        for (const char* verb : {"validate", "report"}) QCOMPARE(cli({verb, kCheckpoint}).code, 2);
    }
    void doctorEndsWithOneWhenTheModelIsOpenedOtherwise() {
        const QStringList data{"--data", kDataset, "--split",
                               "train",  "--json", "--quiet"};  // else a slow machine tells its progress
        const auto rightly = cli(QStringList{"doctor", kCheckpoint} + data);
        QCOMPARE(rightly.code, 0);
        QVERIFY(rightly.err.isEmpty());
        QCOMPARE(rightly.json()["interaction"]["order"].get<std::string>(), std::string("custom_cuda"));
        const auto demo = cli({"doctor", kDemo + "/checkpoint", "--interaction", "tensorflow", "--json"});
        QCOMPARE(demo.code, 1);
        QCOMPARE(demo.json()["interaction"]["verdict"].get<std::string>(), std::string("custom_cuda"));
        QVERIFY(demo.json()["winner"].is_null());
        const auto text = cli({"doctor", kDemo + "/checkpoint", "--data", kDemo + "/dataset", "--rows", "10000",
                               "--interaction", "tensorflow", "--quiet"});
        QCOMPARE(text.code, 1);
        QVERIFY2(text.out.contains("Winner: interaction custom_cuda, numbers already_logged, ids +0, tables as_is"),
                 text.out);
        QVERIFY(text.out.contains("use --interaction custom_cuda"));
    }
    void precisionThatIsNotComputedIsRefusedAtOnce() {
        for (const char* precision : {"tf32", "fp16", "int8"}) {
            const auto answer = cli({"info", kCheckpoint, "--backend", "cpu", "--precision", precision});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-CPU-001"), answer.err);
        }
    }
    void wrongUseIsExitTwoWithACode() {
        for (const QStringList& arguments :
             {QStringList{}, QStringList{"info"}, QStringList{"info", kCheckpoint, "--nonsense"},
              QStringList{"rows", kCheckpoint, "--table", "x", "--ids", "0"},
              QStringList{"info", kCheckpoint, "--interaction", "cuda"},
              QStringList{"info", kCheckpoint, "--precision", "fp31"},
              QStringList{"evaluate", kCheckpoint, "--data", kDataset, "--drop-last", "0"}}) {
            const auto answer = cli(arguments);
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-CLI-001: "), answer.err);
            QVERIFY(answer.out.isEmpty());
        }
    }
    void unknownVerbIsNamedAlsoInJson() {
        const auto error = cli({"nonsense", "--json"}).json()["error"];
        QCOMPARE(error["code"].get<std::string>(), std::string("E-CLI-001"));
        QCOMPARE(error["found"].get<std::string>(), std::string("nonsense"));
        QVERIFY(error["expected"].get<std::string>().find("evaluate") != std::string::npos);
    }
    void emptyValueIsNotAnOptionLeftOut_data() {
        QTest::addColumn<QString>("option");
        for (const char* option : {"--rows", "--out", "--dictionary", "--data"}) QTest::newRow(option) << option;
    }
    void emptyValueIsNotAnOptionLeftOut() {
        QFETCH(QString, option);
        QStringList arguments{"predict", kCheckpoint, option, ""};
        if (option != "--data") arguments += kData;
        const auto answer = cli(arguments);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-001"), answer.err);
    }

    void infoHasTheContractsKeysAndTypes() {
        const auto answer = cli({"info", kCheckpoint, "--json"});
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.err.isEmpty());
        const auto json = answer.json();
        QCOMPARE(json["layout"].get<std::string>(), std::string("C"));
        QCOMPARE(json["tables"].size(), 5U);
        QCOMPARE(json["tables"][0]["rows"].get<int>(), 1000);
        QCOMPARE(json["tables"][0]["dim"].get<int>(), 16);
        QCOMPARE(json["tables"][0]["dtype"].get<std::string>(), std::string("float32"));
        QCOMPARE(json["tables"][0]["bytes"].get<int>(), 64000);
        QVERIFY(json["tables"][0]["name"].is_string());
        QVERIFY(json["bottom_mlp"].is_array() && json["bottom_mlp"].size() == 2);
        QVERIFY(json["top_mlp"].is_array() && json["top_mlp"].size() == 3);
        QVERIFY(json["numerical_features"].is_number_integer());
        QCOMPARE(json["interaction"]["order"].get<std::string>(), std::string("custom_cuda"));
        QCOMPARE(json["interaction"]["source"].get<std::string>(), std::string("default"));
        QVERIFY(json["parameters"].is_number_integer() &&
                json["bytes"].get<std::int64_t>() == 4 * json["parameters"].get<std::int64_t>());
        for (const char* key : {"name", "device", "reason"}) QVERIFY2(json["backend"][key].is_string(), key);
        const auto chosen = cli({"info", kCheckpoint, "--json", "--interaction", "tensorflow"}).json();
        QCOMPARE(chosen["interaction"]["order"].get<std::string>(), std::string("tensorflow"));
        QCOMPARE(chosen["interaction"]["source"].get<std::string>(), std::string("user"));
    }
    void infoForPeopleNamesTheAssumption() {
        const auto answer = cli({"info", kCheckpoint});
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.out.contains("custom_cuda (assumed"));
        QVERIFY(answer.out.contains("top_mlp/0"));
    }
    void backendThatIsNotHereFailsWithItsReason() {
        const auto unknown = cli({"info", kCheckpoint, "--backend", "abacus"});
        QCOMPARE(unknown.code, 2);
        QVERIFY(unknown.err.startsWith("E-BACKEND-002"));
        // Where there is no CUDA module or no GPU, that is the reason.
        const auto cuda = cli({"info", kCheckpoint, "--backend", "cuda"});
        QVERIFY2(cuda.code == 0 || cuda.err.startsWith("E-BACKEND-001"), cuda.err);
    }

    void datasetSaysWhichTableOfLayoutAIsWhichFeature() {
        const QString layoutA = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_tensorflow/checkpoint");
        const auto alone = cli({"info", layoutA, "--json"}).json();
        QCOMPARE(alone["table_order_known"].get<bool>(), false);
        const std::vector<int> cardinalities{1000, 7, 300, 3, 50};
        for (const char* verb : {"info", "tables"}) {
            const auto answer = cli(QStringList{verb, layoutA, "--json"} + kData);
            QVERIFY2(answer.code == 0, answer.err);
            QCOMPARE(answer.json()["table_order_known"].get<bool>(), true);
            for (std::size_t f = 0; f < cardinalities.size(); ++f) {
                QCOMPARE(answer.json()["tables"][f]["rows"].get<int>(), cardinalities[f]);
                QCOMPARE(answer.json()["tables"][f]["name"].get<std::string>(), "cat_" + std::to_string(f));
            }
        }
        QCOMPARE(cli(QStringList{"info", layoutA, "--json"} + kData).json()["numerical_features"].get<int>(), 13);
        QCOMPARE(cli(QStringList{"rows", layoutA, "--table", "3", "--ids", "0-2"} + kData).code, 0);
        QVERIFY(cli(QStringList{"rows", layoutA, "--table", "3", "--ids", "3"} + kData).err.startsWith("E-ENGINE-002"));
        QVERIFY(cli({"rows", layoutA, "--table", "3", "--ids", "3"})
                    .out.contains("do not say which table is which feature"));
        QVERIFY(cli({"info", layoutA, "--split", "train"}).err.startsWith("E-CLI-001"));
    }

    void layersHaveTheirKeysWithAndWithoutData() {
        const auto alone = cli({"layers", kCheckpoint, "--json"}).json();
        QVERIFY(!alone.contains("atlas"));
        QCOMPARE(alone["cross_layers"].size(), 0U);
        const auto answer = cli(QStringList{"layers", kCheckpoint, "--json", "--rows", "300"} + kData);
        QCOMPARE(answer.code, 0);
        const auto json = answer.json();
        for (const auto& layer : json["layers"]) {
            for (const char* key : {"name", "inputs", "padding_inputs", "outputs", "relu", "parameters", "weights",
                                    "biases", "histogram", "silent", "constant", "zero_columns", "zero_rows",
                                    "exact_duplicates", "near_duplicates", "row_norms", "units"})
                QVERIFY2(layer.contains(key), key);
            QCOMPARE(layer["units"].size(), layer["outputs"].get<std::size_t>());
            QCOMPARE(layer["row_norms"].size(),
                     layer["inputs"].get<std::size_t>() - layer["padding_inputs"].get<std::size_t>());
            for (const char* key : {"values", "zeros", "non_finite", "mean", "std", "min", "max"})
                QVERIFY2(layer["weights"].contains(key), key);
            for (const char* key : {"norm", "outgoing_norm", "bias", "state"})
                QVERIFY2(layer["units"][0].contains(key), key);
        }
        QCOMPARE(json["layers"][0]["padding_inputs"].get<int>(), 3);
        const auto& interaction = json["interaction"];
        QCOMPARE(interaction["vectors"].size(), 6U);
        QCOMPARE(interaction["pair_norms"].size(), 6U);
        QVERIFY(interaction["pair_norms"][2][2].is_null());
        QVERIFY(interaction["pair_norms"][2][1] == interaction["pair_norms"][1][2]);
        const auto& atlas = json["atlas"];
        QCOMPARE(atlas["rows"].get<int>(), 300);
        QCOMPARE(atlas["pattern_rows"].get<int>(), 300);
        QCOMPARE(atlas["layers"].size(), json["layers"].size() - 1);
        for (const char* key :
             {"data", "split", "first_row", "parameters", "prunable_parameters", "seconds", "backend", "precision"})
            QVERIFY2(atlas.contains(key), key);
        for (const char* key : {"name", "never_active", "always_active", "same_pattern", "mergeable", "removable",
                                "active_rows", "pattern_of", "merge"})
            QVERIFY2(atlas["layers"][0].contains(key), key);
        QVERIFY(cli(QStringList{"layers", kCheckpoint} + kData).out.contains("prunable"));
        QVERIFY(cli({"layers", kCheckpoint, "--rows", "5"}).err.startsWith("E-CLI-001"));
        QVERIFY(cli(QStringList{"layers", kCheckpoint, "--limit", "0"} + kData).err.startsWith("E-CLI-001"));
        // Without a dataset nobody knows how many numericals there are; the text says so.
        QVERIFY(cli({"layers", kCheckpoint}).out.contains("may be padding"));
    }

    void tablesAreListedAndPicked() {
        const auto all = cli({"tables", kCheckpoint, "--json"}).json();
        QCOMPARE(all["tables"].size(), 5U);
        const auto one = cli({"tables", kCheckpoint, "--json", "--table", "2"}).json();
        QCOMPARE(one["tables"].size(), 1U);
        QVERIFY(one["tables"][0] == all["tables"][2]);
        QCOMPARE(cli({"tables", kCheckpoint}).code, 0);
        QVERIFY(cli({"tables", kCheckpoint, "--table", "5"}).err.startsWith("E-ENGINE-001"));
    }

    void rowsAreTheFilesValues() {
        const auto values = npyValues(kCheckpoint + "/feature_1_part0.npy");
        QCOMPARE(values.size(), 7U * 16U);
        const auto answer = cli({"rows", kCheckpoint, "--table", "1", "--ids", "6,0,2-4", "--json"});
        QCOMPARE(answer.code, 0);
        const auto json = answer.json();
        QCOMPARE(json["rows"].size(), 5U);
        const int ids[] = {6, 0, 2, 3, 4};
        for (std::size_t i = 0; i < 5; ++i) {
            QCOMPARE(json["rows"][i]["id"].get<int>(), ids[i]);
            for (std::size_t c = 0; c < 16; ++c)
                QCOMPARE(json["rows"][i]["values"][c].get<float>(),
                         static_cast<float>(values[static_cast<std::size_t>(ids[i]) * 16 + c]));
        }
        QCOMPARE(cli({"rows", kCheckpoint, "--table", "1", "--ids", "0-6"}).code, 0);
    }
    void badRowListsAreErrors() {
        for (const char* ids : {"", "x", "5-3", "-1", "1,,2", "1-", "99999999999999999999"}) {
            const auto answer = cli({"rows", kCheckpoint, "--table", "1", QString("--ids=%1").arg(ids)});
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith(*ids ? "E-CLI-003" : "E-CLI-001"), answer.err);
        }
        QVERIFY(cli({"rows", kCheckpoint, "--table", "1", "--ids", "0-2000000"}).err.startsWith("E-CLI-004"));
        QVERIFY(cli({"rows", kCheckpoint, "--table", "1", "--ids", "7"}).err.startsWith("E-ENGINE-002"));
        QVERIFY(cli({"rows", kCheckpoint, "--table", "-1", "--ids", "0"}).err.startsWith("E-ENGINE-001"));
    }

    void predictedLogitsMatchTensorFlow() {
        constexpr double kTolerance = 1e-5;  // float32 sums in another order
        const auto expected = npyValues(kCheckpoint + "/../expected/logits.npy");
        const auto answer = cli(QStringList{"predict", kCheckpoint, "--json"} + kData);
        QCOMPARE(answer.code, 0);
        const auto rows = answer.json()["rows"];
        QCOMPARE(rows.size(), expected.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QCOMPARE(rows[i]["row"].get<std::size_t>(), i);
            QVERIFY(rows[i]["label"].is_number_integer());
            const double logit = rows[i]["logit"].get<double>();
            QVERIFY(std::abs(logit - expected[i]) <= kTolerance);
            QVERIFY(std::abs(rows[i]["probability"].get<double>() - 1 / (1 + std::exp(-logit))) < 1e-7);
        }
    }
    void predictTakesInclusiveRowsAndShowsTwentyByDefault() {
        const auto some = cli(QStringList{"predict", kCheckpoint, "--json", "--rows", "10-12"} + kData).json()["rows"];
        QCOMPARE(some.size(), 3U);
        QCOMPARE(some[0]["row"].get<int>(), 10);
        QCOMPARE(cli(QStringList{"predict", kCheckpoint, "--json", "--rows", "999"} + kData).json()["rows"].size(), 1U);
        const auto table = cli(QStringList{"predict", kCheckpoint} + kData);
        QCOMPARE(table.code, 0);
        QVERIFY(table.out.contains("the first 20 of 1,000 rows"));
        QVERIFY(cli(QStringList{"predict", kCheckpoint, "--rows", "999-1000"} + kData).err.startsWith("E-ENGINE-003"));
    }
    void interactionOrderChangesThePrediction() {
        const auto first = cli(QStringList{"predict", kCheckpoint, "--json", "--rows", "0"} + kData).json();
        const auto other =
            cli(QStringList{"predict", kCheckpoint, "--json", "--rows", "0", "--interaction", "tensorflow"} + kData)
                .json();
        QVERIFY(first["rows"][0]["logit"] != other["rows"][0]["logit"]);
    }
    void explainHasVectorsMatrixAndActivations() {
        const auto answer = cli(QStringList{"predict", kCheckpoint, "--json", "--explain", "--rows", "3-4"} + kData);
        QCOMPARE(answer.code, 0);
        const auto rows = answer.json()["rows"];
        QCOMPARE(rows.size(), 2U);
        QCOMPARE(rows[0]["row"].get<int>(), 3);
        QCOMPARE(rows[0]["vectors"].size(), 6U);
        QCOMPARE(rows[0]["vectors"][0]["name"].get<std::string>(), std::string("bottom"));
        QCOMPARE(rows[0]["interaction_matrix"].size(), 6U);
        QVERIFY(rows[0]["interaction_matrix"][2][4] == rows[0]["interaction_matrix"][4][2]);
        QCOMPARE(rows[0]["activations"].size(), 5U);
        QCOMPARE(rows[0]["ids"].size(), 5U);
        QCOMPARE(rows[0]["numerical"].size(), 13U);
        // Every value, as the original computed it.
        constexpr double kFloatTolerance = 1e-5;  // sums of some tens of products of float32
        const auto compare = [&](const char* file, const nlohmann::json& ours) {
            const auto truth =
                npyValues(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/expected/") + file);
            const std::size_t width = truth.size() / 64;
            QCOMPARE(ours.size(), width);
            for (std::size_t i = 0; i < width; ++i)
                QVERIFY(std::abs(ours[i].get<double>() - truth[3 * width + i]) <= kFloatTolerance);
        };
        compare("bottom_mlp_output.npy", rows[0]["vectors"][0]["values"]);
        compare("bottom_mlp_output.npy", rows[0]["activations"][1]["values"]);
        compare("top_mlp_input.npy", rows[0]["top_mlp_input"]);
        double dot = 0;
        for (std::size_t i = 0; i < 16; ++i)
            dot += rows[0]["vectors"][2]["values"][i].get<double>() * rows[0]["vectors"][4]["values"][i].get<double>();
        QVERIFY(std::abs(dot - rows[0]["interaction_matrix"][2][4].get<double>()) <= kFloatTolerance);
        QCOMPARE(cli(QStringList{"predict", kCheckpoint, "--explain"} + kData).code, 0);
        QVERIFY(cli(QStringList{"predict", kCheckpoint, "--explain", "--rows", "0-100"} + kData)
                    .err.startsWith("E-CLI-004"));
    }
    void outWritesTheFormatOfItsExtension() {
        QTemporaryDir directory;
        for (const char* extension : {"h5", "tsv", "csv", "json", "npy"}) {
            const QString path = directory.filePath(QString("rows.%1").arg(extension));
            const auto answer = cli(QStringList{"predict", kCheckpoint, "--out", path} + kData);
            QVERIFY2(answer.code == 0, answer.err);
            QVERIFY(QFile(path).size() > 1000);
        }
        QCOMPARE(npyValues(directory.filePath("rows.npy")).size(), 1000U);
        QCOMPARE(readAll(directory.filePath("rows.csv")).count('\n'), 1001);
        const auto unknown = cli(QStringList{"predict", kCheckpoint, "--out", directory.filePath("rows.xyz")} + kData);
        QCOMPARE(unknown.code, 2);
        QVERIFY(unknown.err.startsWith("E-EXPORT-001"));
    }
    void explanationsAreWrittenAsJson() {
        QTemporaryDir directory;
        const QString path = directory.filePath("why.json");
        const QStringList explain = QStringList{"predict", kCheckpoint, "--explain", "--rows", "3-4"} + kData;
        QCOMPARE(cli(explain + QStringList{"--out", path}).code, 0);
        QVERIFY(lasting(nlohmann::json::parse(readAll(path).toStdString())) ==
                lasting(cli(explain + QStringList{"--json"}).json()));
        QVERIFY(cli(explain + QStringList{"--out", directory.filePath("why.csv")}).err.startsWith("E-EXPORT-001"));
    }
    void rowsOutsideTheDatasetPrintNothing() {
        const auto answer = cli(QStringList{"predict", kCheckpoint, "--rows", "0-9223372036854775807"} + kData);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.contains("found: 0-9223372036854775807"), answer.err);
        QVERIFY(answer.out.isEmpty());
    }
    void evaluationRefusesItsFileBeforeItStarts() {
        QTemporaryDir directory;
        for (const char* name : {"figures.npy", "missing/figures.csv"}) {
            const auto answer = cli(QStringList{"evaluate", kCheckpoint, "--out", directory.filePath(name)} + kData);
            QCOMPARE(answer.code, 2);
            QVERIFY2(answer.err.startsWith("E-EXPORT-001") || answer.err.startsWith("E-FILE-010"), answer.err);
            QVERIFY(answer.out.isEmpty());
        }
        const QString path = directory.filePath("figures.csv");
        const auto written = cli(QStringList{"evaluate", kCheckpoint, "--out", path} + kData);
        QCOMPARE(written.code, 0);
        QVERIFY(written.out.contains("AUC (exact)"));
        QVERIFY(readAll(path).contains("auc,0.67"));
    }

    void evaluateHasTheContractsKeysAndTypes() {
        const auto answer = cli(QStringList{"evaluate", kCheckpoint, "--json", "--quiet"} + kData);
        QCOMPARE(answer.code, 0);
        QVERIFY(answer.err.isEmpty());
        const auto json = answer.json();
        for (const char* key : {"auc", "auc_tf8000", "log_loss", "normalized_entropy", "calibration", "brier", "ece",
                                "pr_auc", "seconds", "rows_per_second"})
            QVERIFY2(json[key].is_number(), key);
        QCOMPARE(json["rows"].get<int>(), 1000);
        QCOMPARE(json["positives"].get<int>(), 201);
        QVERIFY(json["auc_ci"].is_array() && json["auc_ci"].size() == 2);
        for (const char* key : {"backend", "profile"}) QVERIFY2(json[key]["name"].is_string(), key);
        QVERIFY(std::abs(json["auc"].get<double>() - 0.6765546485345487) <= 2e-5);
        QVERIFY(std::abs(json["log_loss"].get<double>() - 0.4727559157191794) <= 1e-6);
    }
    void moreThreadsThanThereAreKeepStderrEmpty() {
        const auto answer = cli(QStringList{"evaluate", kCheckpoint, "--json", "--quiet", "--threads", "4096"} + kData);
        QCOMPARE(answer.code, 0);
        QVERIFY2(answer.err.isEmpty(), answer.err);
    }
    void dropLastLeavesOutThePartialBatch() {
        const auto json = cli(QStringList{"evaluate", kCheckpoint, "--json", "--drop-last", "64"} + kData).json();
        QCOMPARE(json["rows"].get<int>(), 960);
        QVERIFY(std::abs(json["auc_tf8000"].get<double>() - 0.6818231344223022) <= 2e-5);
    }
    void splitPicksTheRows() {
        QCOMPARE(
            cli(QStringList{"evaluate", kCheckpoint, "--json", "--split", "train"} + kData).json()["rows"].get<int>(),
            8192);
        const auto unknown = cli(QStringList{"evaluate", kCheckpoint, "--split", "validation"} + kData);
        QCOMPARE(unknown.code, 2);
        QVERIFY(unknown.err.startsWith("E-"));
    }
    void rawRowsNeedADictionaryOrConsent() {
        const QString model = kDemo + "/checkpoint", rows = kDemo + "/raw_rows.tsv";
        const auto refused = cli({"predict", model, "--data", rows});
        QCOMPARE(refused.code, 2);
        QVERIFY(refused.err.startsWith("E-"));
        const auto predicted = cli({"predict", model, "--data", rows, "--dictionary", kDemo + "/dictionary", "--json"});
        QVERIFY2(predicted.code == 0, predicted.err);
        const auto expected = cli({"predict", model, "--data", kDemo + "/dataset", "--json", "--rows", "0-1999"});
        QVERIFY(predicted.json()["rows"] == expected.json()["rows"]);
        QCOMPARE(cli({"predict", model, "--data", rows, "--missing-dictionary", "row0", "--rows", "0-9"}).code, 0);
    }
    void tableOrderOpensLayoutA() {
        const QString layoutA = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/a_tensorflow/checkpoint");
        const auto byData = cli(QStringList{"predict", layoutA, "--interaction", "tensorflow", "--json"} + kData);
        QVERIFY2(byData.code == 0, byData.err);
        const auto byOption =
            cli(QStringList{"predict", layoutA, "--interaction", "tensorflow", "--json", "--table-order", "0,2,4,1,3"} +
                kData);
        QVERIFY2(byOption.code == 0, byOption.err);
        QVERIFY(byData.json()["rows"] == byOption.json()["rows"]);
    }

    void benchPrintsOneJsonObjectALine() {
        const auto answer = cli({"bench", "open", "browse"});
        QVERIFY2(answer.code == 0, answer.err);
        const auto lines = answer.out.trimmed().split('\n');
        QCOMPARE(lines.size(), 3);
        QStringList names;
        for (const QByteArray& line : lines)
            names << QString::fromStdString(nlohmann::json::parse(line.toStdString())["bench"].get<std::string>());
        QCOMPARE(names, (QStringList{"machine", "open", "browse"}));
    }

    void demoWritesAModelThatEvaluates() {
        QTemporaryDir directory;
        const QString demo = directory.filePath("demo");
        const auto written = cli({"demo", demo, "--rows", "2000", "--json"});
        QVERIFY2(written.code == 0, written.err);
        const auto json = written.json();
        const auto evaluated = cli({"evaluate", QString::fromStdString(json["checkpoint"].get<std::string>()), "--data",
                                    QString::fromStdString(json["dataset"].get<std::string>()), "--json"});
        QVERIFY2(evaluated.code == 0, evaluated.err);
        QCOMPARE(evaluated.json()["rows"].get<int>(), 2000);
        QVERIFY(cli({"demo", demo}).err.startsWith("E-DEMO-002"));
        QCOMPARE(cli({"demo", directory.filePath("other"), "--like", "kaggle"}).code, 2);
    }

    // Nothing is there yet of which rows could be chosen.
    void theRowsOfADemoAreACount() {
        QVERIFY2(cli({"demo", "--help"}).out.contains("a number of them, no list of rows as elsewhere"), "help");
        QTemporaryDir directory;
        for (const char* rows : {"5-9", "0,5", "7-7", "0-1999"}) {
            const QString demo = directory.filePath("demo");
            const auto refused = cli({"demo", demo, "--rows", rows});
            QCOMPARE(refused.code, 2);
            QVERIFY2(refused.err.startsWith("E-CLI-001: --rows does not take this value.\nexpected: a whole number\n"),
                     refused.err);
            QVERIFY2(refused.err.contains(QByteArray("found: ") + rows + "\n") &&
                         refused.err.contains("See dlrm-cli demo --help."),
                     refused.err);
            QVERIFY(!QFile::exists(demo));
        }
        const QString demo = directory.filePath("of one row");
        const auto one = cli({"demo", demo, "--rows", "1", "--json"});
        QVERIFY2(one.code == 0, one.err);
        QCOMPARE(QFileInfo(demo + "/dataset/test/label.bin").size(), 1);
    }

    void interruptEndsWith130AndCleansUp_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void interruptEndsWith130AndCleansUp() {
        QFETCH(int, signal);
        QTemporaryDir directory;
        const QString demo = directory.filePath("demo");
        QProcess process;
        process.start(kCli, {"demo", demo, "--rows", "50000000"});
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile(demo + "/dataset.incomplete/test/label.bin").size() > 0, 60'000);
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), signal), 0);
        const auto answer = finish(process);
        QCOMPARE(answer.code, 130);
        QVERIFY2(answer.err.contains("E-CANCELLED"), answer.err);
        QVERIFY(!QDir(demo).exists());
    }

    void readerThatLeavesEndsTheWorkQuietly() {
        QProcess process;
        process.start("bash", {"-c", QString("set -o pipefail; '%1' predict '%2' --data '%3' --json | head -n 1")
                                         .arg(kCli, kDemo + "/checkpoint", kDemo + "/dataset")});
        const auto answer = finish(process);
        QCOMPARE(answer.code, 0);
        QCOMPARE(answer.out, QByteArray("{\n"));
        QVERIFY2(answer.err.isEmpty(), answer.err);
    }
    void fullDiskBehindStdoutIsAnError() {
        QProcess process;
        process.setStandardOutputFile("/dev/full");
        process.start(kCli, {"info", kCheckpoint});
        const auto answer = finish(process);
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-CLI-002"), answer.err);
    }
};

DLRM_TEST(TestCli);

}  // namespace tst_cli

#include "tst_cli.moc"
