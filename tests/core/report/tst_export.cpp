// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include <hdf5.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "core/base/random_access_file.h"
#include "core/formats/hdf5_handle.h"
#include "core/formats/npy.h"
#include "core/metrics/metric_set.h"
#include "core/report/export.h"
#include "core/report/hdf5_image.h"
#include "core/report/json.h"
#include "tests/core/report/whole_prediction.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_export {

using namespace dlrm;
using nlohmann::json;
using test::somePrediction;

namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

Evaluation someEvaluation(bool bothClasses = true) {
    const std::vector<float> logits{-2, -1, 0, 0.5f, 1, 2};
    const std::vector<std::uint8_t> labels =
        bothClasses ? std::vector<std::uint8_t>{0, 0, 1, 0, 1, 1} : std::vector<std::uint8_t>(6, 0);
    MetricSet set;
    if (!set.add(logits, labels, 0)) QTest::qFail("add", __FILE__, __LINE__);
    Evaluation e;
    e.report = set.report(false);
    e.totalRows = 6;
    e.final = true;
    e.seconds = 0.5;
    e.rowsPerSecond = 12;
    e.datasetPath = "data";
    e.split = "test";
    e.profile = "nvidia_spark";
    e.notes = {"2 rows of the last partial batch were left out"};
    e.backend = test::someBackend();
    return e;
}

ModelInfo someModel() {
    ModelInfo info;
    info.path = "check\xffpoint";  // no UTF-8
    info.spec.layout = "C";
    info.spec.tables = {{"cat_0", 1000, 16, DType::Float32, 64000, 1, "feature_0_part0.npy"},
                        {"cat_1", 7, 16, DType::Float16, 224, 1, "feature_1_part0.npy"}};
    info.spec.bottomMlp = {{"bottom_mlp/0", 16, 3, 16, true, DType::Float32}};
    info.spec.topMlp = {{"top_mlp/0", 20, 1, 8, true, DType::Float32}, {"top_mlp/1", 8, 0, 1, false, DType::Float32}};
    info.spec.numericalFeatures = 13;
    info.spec.embeddingDim = 16;
    info.spec.interactionTableOrder = {0, 1};
    info.backend = test::someBackend();
    info.notes = {"Interaction order custom_cuda is assumed."};
    return info;
}

QStringList entries(const QTemporaryDir& dir) { return QDir(dir.path()).entryList(QDir::Files | QDir::Hidden); }

template <class T>
std::vector<T> readColumn(hid_t file, const char* path, hid_t type) {
    const H5Handle set(H5Dopen2(file, path, H5P_DEFAULT), H5Dclose);
    if (!set) return {};
    const H5Handle space(H5Dget_space(set.get()), H5Sclose);
    std::vector<T> out(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    if (H5Dread(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0) return {};
    return out;
}

double readAttribute(hid_t file, const char* object, const char* name) {
    const H5Handle attribute(H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    double value = std::numeric_limits<double>::quiet_NaN();
    if (attribute) H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value);
    return value;
}

}  // namespace

class TestExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Large blocks come from the system, never from what earlier tests left free: memoryRunningOutIsAnError() counts on
    // it.
    void initTestCase() { mallopt(M_MMAP_THRESHOLD, 1 << 20); }
    void infoHasTheKeysOfTheContract();
    void tablesHaveTheKeysOfTheContract();
    void rowsReadBackTheSameFloats();
    void predictionHasTheKeysOfTheContract();
    void logitsReadBackTheSameFloats();
    void nonFiniteNumbersBecomeNull();
    void inputsAndRawTokensAreWrittenWhenThere();
    void evaluationHasTheKeysOfTheContract();
    void undefinedMetricsAreNull();
    void exportedEvaluationHasTheCurves();
    void tsvHasALinePerRow();
    void csvQuotesFields();
    void npyHoldsTheLogits();
    void hdf5HoldsTheColumns();
    void hdf5HoldsTheColumnsBesideRows();
    void hdf5IsReproducible();
    void longHdf5ColumnsAreCompressed();
    void evaluationHdf5HoldsFiguresAndCurves();
    void figuresOfTheRankingAreInEveryFile();
    void brokenHdf5IsAnError();
    void emptyPredictionsAreWritten_data();
    void emptyPredictionsAreWritten();
    void unknownExtensionIsAnErrorThatListsTheKnown_data();
    void unknownExtensionIsAnErrorThatListsTheKnown();
    void extensionsIgnoreCase();
    void devicesAndFoldersAreNotOverwritten();
    void missingFolderIsAnError();
    void memoryRunningOutIsAnError();
    void millionsOfRowsTakeLittleMemory();
    void fullDiskKeepsTheOldFile_data();
    void fullDiskKeepsTheOldFile();
};

void TestExport::infoHasTheKeysOfTheContract() {
    const json j = json::parse(infoJson(someModel(), std::vector<TablePlacement>()));
    QCOMPARE(j["layout"], "C");
    QCOMPARE(j["tables"].size(), std::size_t{2});
    QCOMPARE(j["tables"][1]["name"], "cat_1");
    QCOMPARE(j["tables"][1]["rows"], 7);
    QCOMPARE(j["tables"][1]["dim"], 16);
    QCOMPARE(j["tables"][1]["dtype"], "float16");
    QCOMPARE(j["tables"][1]["bytes"], 224);
    QCOMPARE(j["bottom_mlp"][0]["inputs"], 16);
    QCOMPARE(j["bottom_mlp"][0]["outputs"], 16);
    QCOMPARE(j["bottom_mlp"][0]["padding_inputs"], 3);
    QCOMPARE(j["top_mlp"].size(), std::size_t{2});
    QCOMPARE(j["top_mlp"][1]["relu"], false);
    QCOMPARE(j["numerical_features"], 13);
    QCOMPARE(j["interaction"]["order"], "custom_cuda");
    QCOMPARE(j["interaction"]["source"], "default");
    QCOMPARE(j["parameters"].get<std::int64_t>(), someModel().spec.parameters());
    QCOMPARE(j["bytes"].get<std::int64_t>(), someModel().spec.bytes());
    QCOMPARE(j["backend"]["name"], "cpu");
    QCOMPARE(j["backend"]["device"], test::someBackend().device);
    QCOMPARE(j["backend"]["reason"], test::someBackend().reason);
    QCOMPARE(j["path"], "check\uFFFDpoint");
}

void TestExport::tablesHaveTheKeysOfTheContract() {
    const json j = json::parse(tablesJson(someModel()));
    for (const char* key : {"name", "rows", "dim", "dtype", "bytes"}) QVERIFY2(j["tables"][0].contains(key), key);
}

void TestExport::rowsReadBackTheSameFloats() {
    TableRows rows;
    rows.table = TableId{3};
    rows.dim = 2;
    rows.ids = {RowId{0}, RowId{8000000000}};
    rows.values = {0.1f, -1e-42f, 3.0f, std::numeric_limits<float>::quiet_NaN()};
    rows.norms = {0.1, 3.0};
    rows.minima = {-1e-42f, 3.0f};
    rows.maxima = {0.1f, 3.0f};
    const json j = json::parse(rowsJson(rows, "cat_\"3\""));
    QCOMPARE(j["table"], 3);
    QCOMPARE(j["name"], "cat_\"3\"");
    QCOMPARE(j["rows"][1]["id"], 8000000000);
    QCOMPARE(j["rows"][0]["norm"], 0.1);
    QCOMPARE(j["rows"][0]["values"][0].get<float>(), 0.1f);
    QCOMPARE(j["rows"][0]["values"][1].get<float>(), -1e-42f);
    QCOMPARE(j["rows"][1]["values"][1], "NaN");
}

void TestExport::predictionHasTheKeysOfTheContract() {
    const json j = json::parse(test::predictionJson(somePrediction()));
    QCOMPARE(j["rows"].size(), std::size_t{5});
    QCOMPARE(j["rows"][1]["row"], 11);
    QCOMPARE(j["rows"][1]["label"], 1);
    QVERIFY(j["rows"][4]["label"].is_null());
    QVERIFY(j["rows"][0].contains("logit") && j["rows"][0].contains("probability"));
    QVERIFY(!j["rows"][0].contains("ids"));
    QCOMPARE(j["profile"]["name"], "nvidia_spark");
    QCOMPARE(j["interaction"]["source"], "user");
}

void TestExport::logitsReadBackTheSameFloats() {
    const Prediction p = somePrediction(6);
    const json j = json::parse(test::predictionJson(p));
    for (std::size_t i = 0; i < p.rows.size(); ++i) {
        QCOMPARE(std::bit_cast<std::uint32_t>(j["rows"][i]["logit"].get<float>()),
                 std::bit_cast<std::uint32_t>(p.rows[i].logit));
        QVERIFY(j["rows"][i]["probability"].get<double>() == p.rows[i].probability);
    }
}

void TestExport::nonFiniteNumbersBecomeNull() {
    Prediction p = somePrediction(2);
    p.rows[0].logit = std::numeric_limits<float>::infinity();
    p.rows[0].probability = std::numeric_limits<double>::quiet_NaN();
    const json j = json::parse(test::predictionJson(p));
    QVERIFY(j["rows"][0]["logit"].is_null() && j["rows"][0]["probability"].is_null());
}

void TestExport::inputsAndRawTokensAreWrittenWhenThere() {
    Prediction p = somePrediction(2);
    p.rows[0].input = {{0.5f, 1.5f}, {7, 8, 9}};
    p.rows[0].raw = RawRow{{"12", ""}, {"0a\"b"}};
    const json j = json::parse(test::predictionJson(p));
    QCOMPARE(j["rows"][0]["numerical"], json({0.5, 1.5}));
    QCOMPARE(j["rows"][0]["ids"], json({7, 8, 9}));
    QCOMPARE(j["rows"][0]["raw"]["categorical"][0], "0a\"b");
}

void TestExport::evaluationHasTheKeysOfTheContract() {
    const Evaluation e = someEvaluation();
    const json j = json::parse(evaluationJson(e));
    for (const char* key :
         {"rows", "positives", "auc", "auc_ci", "auc_tf8000", "log_loss", "normalized_entropy", "calibration", "brier",
          "ece", "pr_auc", "seconds", "rows_per_second", "backend", "precision", "profile"})
        QVERIFY2(j.contains(key) && !j[key].is_null(), key);
    QCOMPARE(j["rows"], 6);
    QCOMPARE(j["positives"], 3);
    QVERIFY(j["auc"].get<double>() == *e.report.find("auc")->value);
    QCOMPARE(j["auc_ci"].size(), std::size_t{2});
    QVERIFY(j["auc_ci"][0] < j["auc"] && j["auc"] <= j["auc_ci"][1]);
    QCOMPARE(j["precision"], "fp32");
    QCOMPARE(j["notes"][0], e.notes[0]);
    QVERIFY(!j.contains("roc"));
}

void TestExport::undefinedMetricsAreNull() {
    const json j = json::parse(evaluationJson(someEvaluation(false), EvaluationDetail::WithCurves));
    for (const char* key : {"auc", "auc_ci", "auc_tf8000", "normalized_entropy", "calibration", "pr_auc"})
        QVERIFY2(j.contains(key) && j[key].is_null(), key);
    QVERIFY(j["log_loss"].is_number());
    QVERIFY(j["roc"]["points"].empty());
    QVERIFY(j["notes"].size() > 1);
}

void TestExport::exportedEvaluationHasTheCurves() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("e.json").toStdString();
    QVERIFY(exportEvaluation(someEvaluation(), path).has_value());
    const json j = json::parse(contents(path));
    QCOMPARE(j["roc"]["points"].size(), j["thresholds"]["points"].size());
    QCOMPARE(j["roc"]["represents"], 6);
    QCOMPARE(j["roc"]["points"].back(), json({1.0, 1.0}));
    QCOMPARE(j["score_histogram"]["positives"].size(), std::size_t{100});
    QVERIFY(j["reliability"][0].contains("observed_rate_ci"));
    QCOMPARE(j["precision_recall"]["columns"], json({"recall", "precision"}));
}

void TestExport::tsvHasALinePerRow() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.tsv").toStdString();
    Prediction p = somePrediction(2);
    for (PredictedRow& row : p.rows) row.input = {{0.5f}, {3, 4}};
    p.rows[0].probability = 0.25;
    p.rows[1].probability = 0.5;
    QVERIFY(test::exportWhole(p, path).has_value());
    QCOMPARE(contents(path), std::string("row\tlabel\tlogit\tprobability\tnumerical_0\tid_0\tid_1\n10\t0\t-1.25\t0."
                                         "25\t0.5\t3\t4\n11\t\t0.1\t0.5\t0.5\t3\t4\n"));
}

void TestExport::csvQuotesFields() {
    QTemporaryDir dir;
    const std::string csv = dir.filePath("e.csv").toStdString(), tsv = dir.filePath("e.tsv").toStdString();
    Evaluation e = someEvaluation();
    e.report.metrics[0].note = "a, \"b\"\tc";
    QVERIFY(exportEvaluation(e, csv).has_value());
    QVERIFY(exportEvaluation(e, tsv).has_value());
    const std::string text = contents(csv);
    QVERIFY(text.starts_with("metric,value,low,high,note\nrows,6,,,\npositives,3,,,\nauc,"));
    QVERIFY(text.find(",\"a, \"\"b\"\"\tc\"\n") != std::string::npos);
    QVERIFY(contents(tsv).find("\ta, \"b\" c\n") != std::string::npos);
}

void TestExport::npyHoldsTheLogits() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.npy").toStdString();
    const Prediction p = somePrediction();
    QVERIFY(test::exportWhole(p, path).has_value());
    const auto file = RandomAccessFile::open(path);
    const auto header = readNpyHeader(**file);
    QVERIFY(header.has_value());
    QCOMPARE(header->shape, std::vector<std::int64_t>{5});
    const auto logits = readNpyFloats(**file, *header);
    for (std::size_t i = 0; i < 5; ++i) QCOMPARE((*logits)[i], p.rows[i].logit);
}

void TestExport::hdf5HoldsTheColumns() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.h5").toStdString();
    Prediction p = somePrediction();
    for (PredictedRow& row : p.rows) row.logitBefore = row.logit - 1;  // as of edited rows
    QVERIFY(test::exportWhole(p, path).has_value());
    const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    QVERIFY(static_cast<bool>(file));
    QCOMPARE(readColumn<std::int64_t>(file.get(), "/row", H5T_NATIVE_INT64),
             (std::vector<std::int64_t>{10, 11, 12, 13, 14}));
    QCOMPARE(readColumn<int>(file.get(), "/label", H5T_NATIVE_INT), (std::vector<int>{0, 1, 0, 1, 255}));
    const auto logits = readColumn<float>(file.get(), "/logit", H5T_NATIVE_FLOAT);
    const auto probabilities = readColumn<float>(file.get(), "/probability", H5T_NATIVE_FLOAT);
    QVERIFY(readColumn<float>(file.get(), "/prediction", H5T_NATIVE_FLOAT) == probabilities);  // its former name
    const auto before = readColumn<float>(file.get(), "/logit_before", H5T_NATIVE_FLOAT);
    const auto probabilityBefore = readColumn<float>(file.get(), "/probability_before", H5T_NATIVE_FLOAT);
    QCOMPARE(logits.size(), std::size_t{5});
    QVERIFY(before.size() == 5 && probabilityBefore.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        QCOMPARE(before[i], p.rows[i].logit - 1);
        QCOMPARE(probabilityBefore[i], static_cast<float>(1 / (1 + std::exp(-static_cast<double>(before[i])))));
        QCOMPARE(logits[i], p.rows[i].logit);
        QCOMPARE(probabilities[i], static_cast<float>(p.rows[i].probability));
    }
    // The columns hang on the dimension scale, else xarray does not open the file.
    QVERIFY(H5Aexists_by_name(file.get(), "/row", "CLASS", H5P_DEFAULT) > 0);
    for (const char* column : {"/logit", "/probability", "/prediction", "/label", "/logit_before"})
        QVERIFY(H5Aexists_by_name(file.get(), column, "DIMENSION_LIST", H5P_DEFAULT) > 0);
}

void TestExport::hdf5HoldsTheColumnsBesideRows() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("r.h5").toStdString();
    TableRows rows{TableId{1}, 2, {RowId{4}, RowId{6}}, {1, 2, 3, 4}, {5, 6}, {1, 3}, {2, 4}};
    RowExport about{"checkpoint", "cat_1", 2, 2};
    about.columns.push_back({"hits", "lookups", RowColumn::Get<std::int64_t>([](const TableRows& r, std::size_t i) {
                                 return 10 * value(r.ids[i]);
                             })});
    about.columns.push_back({"trained", "as worded", RowColumn::Get<std::string>([](const TableRows&, std::size_t i) {
                                 return i ? "no" : "yes";
                             })});
    QVERIFY(exportRows(rows, about, path).has_value());
    const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    QCOMPARE(readColumn<std::int64_t>(file.get(), "/hits", H5T_NATIVE_INT64), (std::vector<std::int64_t>{40, 60}));
    for (const char* column : {"/norm", "/hits", "/trained"})
        QVERIFY(H5Aexists_by_name(file.get(), column, "DIMENSION_LIST", H5P_DEFAULT) > 0);
}

void TestExport::hdf5IsReproducible() {
    QTemporaryDir dir;
    const std::string one = dir.filePath("1.h5").toStdString(), two = dir.filePath("2.h5").toStdString();
    QVERIFY(test::exportWhole(somePrediction(), one).has_value());
    QTest::qWait(1100);  // time stamps have seconds
    QVERIFY(test::exportWhole(somePrediction(), two).has_value());
    QVERIFY(contents(one) == contents(two));
}

void TestExport::longHdf5ColumnsAreCompressed() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.h5").toStdString();
    const Prediction p = somePrediction(200000);
    QVERIFY(test::exportWhole(p, path).has_value());
    QVERIFY(std::filesystem::file_size(path) < 200000 * 17 / 4);
    const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const auto rows = readColumn<std::int64_t>(file.get(), "/row", H5T_NATIVE_INT64);
    QCOMPARE(rows.size(), std::size_t{200000});
    QCOMPARE(rows.back(), std::int64_t{200009});
}

void TestExport::evaluationHdf5HoldsFiguresAndCurves() {
    QTemporaryDir dir;
    const std::string path = dir.filePath("e.h5").toStdString();
    const Evaluation e = someEvaluation();
    QVERIFY(exportEvaluation(e, path).has_value());
    const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    QCOMPARE(readAttribute(file.get(), "/metrics", "auc"), *e.report.find("auc")->value);
    QCOMPARE(readAttribute(file.get(), "/metrics", "auc_low"), *e.report.find("auc")->low);
    QCOMPARE(readAttribute(file.get(), "/metrics", "rows"), 6.0);
    QCOMPARE(readColumn<double>(file.get(), "/metrics/roc_tpr", H5T_NATIVE_DOUBLE).size(), e.report.roc.points.size());
    QCOMPARE(readColumn<double>(file.get(), "/metrics/roc_threshold", H5T_NATIVE_DOUBLE).size(),
             e.report.roc.points.size());
    QCOMPARE(readColumn<std::int64_t>(file.get(), "/metrics/histogram_negatives", H5T_NATIVE_INT64).size(),
             std::size_t{100});
    // With one class there are no curves; the file opens all the same.
    const std::string oneClass = dir.filePath("one.h5").toStdString();
    QVERIFY(exportEvaluation(someEvaluation(false), oneClass).has_value());
    const H5Handle second(H5Fopen(oneClass.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    QVERIFY(H5Aexists_by_name(second.get(), "/metrics", "auc", H5P_DEFAULT) == 0);
    QVERIFY(H5Aexists_by_name(second.get(), "/metrics", "auc_note", H5P_DEFAULT) > 0);
}

void TestExport::figuresOfTheRankingAreInEveryFile() {
    QTemporaryDir dir;
    Evaluation e = someEvaluation();
    e.report.gains = {{0.1, 0.25, 2.5}, {0.5, 1, 2}};
    e.gauc = GroupedAuc{"cat_3", 0.75, 6, 4, 2, 1};
    e.top = TopCalibration{0.05, 3, 2, 1.5, 0.75, 0.5, 1.25, "few"};
    e.byGroup = {{"cat_3 decade", 4, 0.125}};
    const std::string csv = dir.filePath("e.csv").toStdString(), h5 = dir.filePath("e.h5").toStdString();
    QVERIFY(exportEvaluation(e, csv).has_value() && exportEvaluation(e, h5).has_value());
    const std::string text = contents(csv);
    for (const char* line :
         {"gain_0.1,0.25,,,", "lift_0.1,2.5,,,", "gain_0.5,1,,,", "lift_0.5,2,,,", "gauc,0.75,,,by cat_3",
          "gauc_rows,6,,,", "gauc_groups,4,,,", "gauc_skipped_rows,2,,,", "gauc_skipped_groups,1,,,",
          "pcoc_0.05,0.75,0.5,1.25,few", "calibration_error,0.125,,,by cat_3 decade"})
        QVERIFY2(text.find("\n" + std::string(line) + "\n") != std::string::npos, (line + (" in " + text)).c_str());
    const H5Handle file(H5Fopen(h5.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const auto column = [&](const char* name) { return readColumn<double>(file.get(), name, H5T_NATIVE_DOUBLE); };
    QCOMPARE(column("/metrics/gain_share"), (std::vector<double>{0.1, 0.5}));
    QCOMPARE(column("/metrics/gain"), (std::vector<double>{0.25, 1}));
    QCOMPARE(column("/metrics/lift"), (std::vector<double>{2.5, 2}));
    QCOMPARE(column("/calibration_by/error"), std::vector<double>{0.125});
    for (const auto& [name, value] : {std::pair{"gauc", 0.75},
                                      {"gauc_groups", 4.0},
                                      {"gauc_skipped_groups", 1.0},
                                      {"pcoc", 0.75},
                                      {"pcoc_share", 0.05},
                                      {"pcoc_low", 0.5},
                                      {"pcoc_high", 1.25}})
        QCOMPARE(readAttribute(file.get(), "/metrics", name), value);
}

void TestExport::brokenHdf5IsAnError() {
    Hdf5Image image;
    image.group("/a");
    image.group("/a");  // twice
    const auto bytes = image.finish();
    QVERIFY(!bytes);
    QCOMPARE(bytes.error().code, std::string("E-EXPORT-003"));
    QCOMPARE(bytes.error().field, std::string("/a"));
}

void TestExport::emptyPredictionsAreWritten_data() {
    QTest::addColumn<QString>("extension");
    for (const char* extension : {"tsv", "csv", "json", "npy", "h5"}) QTest::newRow(extension) << QString(extension);
}

void TestExport::emptyPredictionsAreWritten() {
    QFETCH(QString, extension);
    QTemporaryDir dir;
    const std::string path = dir.filePath("p." + extension).toStdString();
    const auto done = test::exportWhole(Prediction(), path);
    QVERIFY2(done.has_value(), done ? "" : done.error().text().c_str());
    QVERIFY(std::filesystem::file_size(path) > 0);
}

void TestExport::unknownExtensionIsAnErrorThatListsTheKnown_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("found");
    QTest::newRow("unknown") << "p.xlsx"
                             << ".xlsx";
    QTest::newRow("none") << "p"
                          << "no extension";
    QTest::newRow("dot only") << ".csv"
                              << "no extension";
}

void TestExport::unknownExtensionIsAnErrorThatListsTheKnown() {
    QFETCH(QString, name);
    QFETCH(QString, found);
    QTemporaryDir dir;
    const auto done = test::exportWhole(somePrediction(), dir.filePath(name).toStdString());
    QVERIFY(!done);
    QCOMPARE(done.error().code, std::string("E-EXPORT-001"));
    QCOMPARE(done.error().expected, std::string(".tsv, .csv, .json, .npy, .h5"));
    QCOMPARE(done.error().found, found.toStdString());
    QCOMPARE(done.error().remedy, std::string("Choose a file name that ends in .tsv, .csv, .json, .npy, .h5."));
    QCOMPARE(exportEvaluation(someEvaluation(), dir.filePath("e.npy").toStdString()).error().code,
             std::string("E-EXPORT-001"));
    QVERIFY(entries(dir).isEmpty());
}

void TestExport::extensionsIgnoreCase() {
    QTemporaryDir dir;
    QVERIFY(test::exportWhole(somePrediction(), dir.filePath("p.CSV").toStdString()).has_value());
}

void TestExport::devicesAndFoldersAreNotOverwritten() {
    QTemporaryDir dir;
    QVERIFY(QDir(dir.path()).mkdir("folder.csv"));
    std::filesystem::create_symlink("/dev/full", dir.filePath("full.csv").toStdString());
    for (const char* name : {"folder.csv", "full.csv"}) {
        const auto done = test::exportWhole(somePrediction(), dir.filePath(name).toStdString());
        QVERIFY2(!done && done.error().code == "E-EXPORT-002", name);
    }
}

void TestExport::missingFolderIsAnError() {
    QTemporaryDir dir;
    const auto done = test::exportWhole(somePrediction(), dir.filePath("nowhere/p.csv").toStdString());
    QVERIFY(!done);
    QCOMPARE(done.error().code, std::string("E-FILE-010"));
}

void TestExport::memoryRunningOutIsAnError() {
    DLRM_NEEDS_NO_SANITIZER("the address space that this test takes away");
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.h5").toStdString();
    Prediction p;
    p.rows.resize(1000000);
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit before{};
    getrlimit(RLIMIT_AS, &before);
    rlimit small = before;
    small.rlim_cur = static_cast<rlim_t>(pages) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
    setrlimit(RLIMIT_AS, &small);
    const auto done = test::exportWhole(p, path);
    setrlimit(RLIMIT_AS, &before);
    QVERIFY(!done);
    QCOMPARE(done.error().code, std::string("E-EXPORT-004"));
    QVERIFY(entries(dir).isEmpty());
}

void TestExport::millionsOfRowsTakeLittleMemory() {
    DLRM_NEEDS_NO_SANITIZER("the memory that this test counts");
    constexpr std::int64_t kRows = 1'500'000, kAtATime = 50'000, kMostKilobytes = 50 * 1024;
    const auto kilobytes = [](const std::string& key) {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with(key)) return std::stol(line.substr(key.size() + 1));
        return -1L;
    };
    QTemporaryDir dir;
    const std::string path = dir.filePath("p.h5").toStdString();
    Prediction part;
    part.rows.resize(static_cast<std::size_t>(kAtATime));
    std::int64_t next = 0;
    const PredictionParts parts = [&]() -> Result<const Prediction*> {
        if (next == kRows) return nullptr;
        for (PredictedRow& row : part.rows) {
            row.row = next++;
            row.logit = static_cast<float>(row.row % 1000);
            row.label = static_cast<int>(row.row % 2);
        }
        return &part;
    };
    std::ofstream anew("/proc/self/clear_refs");  // the peak is counted anew
    anew << "5" << std::flush;
    if (!anew) QSKIP("the kernel does not let a process count its peak of memory anew");
    const long before = kilobytes("VmRSS:");
    QVERIFY(exportPrediction(parts, kRows, path).has_value());
    QVERIFY2(kilobytes("VmHWM:") - before < kMostKilobytes, qPrintable(QString::number(kilobytes("VmHWM:") - before)));
    const H5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const auto rows = readColumn<std::int64_t>(file.get(), "/row", H5T_NATIVE_INT64);
    QCOMPARE(static_cast<std::int64_t>(rows.size()), kRows);
    const auto logits = readColumn<float>(file.get(), "/logit", H5T_NATIVE_FLOAT);
    const auto labels = readColumn<int>(file.get(), "/label", H5T_NATIVE_INT);
    for (std::int64_t i = 0; i < kRows; i += 997) {
        const auto at = static_cast<std::size_t>(i);
        QCOMPARE(rows[at], i);
        QCOMPARE(logits[at], static_cast<float>(i % 1000));
        QCOMPARE(labels[at], static_cast<int>(i % 2));
    }
}

void TestExport::fullDiskKeepsTheOldFile_data() { emptyPredictionsAreWritten_data(); }

void TestExport::fullDiskKeepsTheOldFile() {
    QFETCH(QString, extension);
    QTemporaryDir dir;
    const QString name = "p." + extension;
    const std::string path = dir.filePath(name).toStdString();
    {
        std::ofstream old(path);
        old << "old";
    }
    // A file-size limit stands for a full disk: write() fails after 64 KiB.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 64 * 1024;
    setrlimit(RLIMIT_FSIZE, &small);
    Prediction p = somePrediction(100000);
    for (PredictedRow& row : p.rows) row.logit = static_cast<float>(std::sin(static_cast<double>(row.row)));
    const auto done = test::exportWhole(p, path);
    setrlimit(RLIMIT_FSIZE, &before);
    QVERIFY(!done);
    // Of HDF5 it is the temporary file of the rows that is full first.
    QCOMPARE(done.error().code, std::string(extension == "h5" ? "E-EXPORT-011" : "E-FILE-011"));
    QCOMPARE(contents(path), std::string("old"));
    QCOMPARE(entries(dir), QStringList{name});
}

DLRM_TEST(TestExport);

}  // namespace tst_export

#include "tst_export.moc"
