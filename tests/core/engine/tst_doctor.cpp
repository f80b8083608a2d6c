// SPDX-License-Identifier: Apache-2.0
// The doctor on every golden checkpoint, opened rightly and wrongly, and on data that is read wrongly: the truth wins,
// or nothing does.
#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <cmath>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "core/engine/table_check.h"
#include "core/report/json.h"
#include "tests/support/npy_bytes.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_doctor {

using namespace dlrm;

namespace {

const std::string kHere = DLRM_TEST_DATA "/golden/";
const std::string kShared = DLRM_SOURCE_DIR "/../shared/golden/";
const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";

nlohmann::json readJson(const std::string& path) {
    std::ifstream file(path);
    return nlohmann::json::parse(file);
}

std::shared_ptr<const Dataset> openData(const std::string& path, const std::string& split) {
    DatasetOptions options;
    options.split = split;
    auto dataset = openDataset(path, options);
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return *dataset;
}

std::shared_ptr<Engine> openModel(const std::string& path, std::shared_ptr<const Dataset> dataset,
                                  InteractionOrder order) {
    EngineOptions options;
    options.dataset = std::move(dataset);
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    options.interactionOrder = order;
    auto engine = Engine::open(path, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

DoctorReport examine(Engine& engine, const Dataset* dataset, std::int64_t rows = 10'000) {
    auto report = engine.doctor(dataset, {rows});
    if (!report) qFatal("%s", report.error().text().c_str());
    return *report;
}

}  // namespace

class TestDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Beyond doubt is not enough: with a million rows everything is.
    void aHairsBreadthOfHarmIsNotTold() {
        constexpr double kEntropy = 0.5;
        QVERIFY(isWorthTelling({"cat_0", 0.0006, 5.1, {}}, kEntropy));
        QVERIFY(!isWorthTelling({"cat_0", 0.0004, 40, {}}, kEntropy));
        QVERIFY(!isWorthTelling({"cat_0", 0.1, 4.9, {}}, kEntropy));
    }
    void theTruthWinsOrNothing_data();
    void theTruthWinsOrNothing();
    void trainedModelsAreDecided();
    void theDemoIsDecidedByItsWeightsToo();
    void rawNumbersAreToldFromLogged();
    void shiftedIdsAreToldFromRight();
    void impossibleReadingsSayWhy();
    void rawRowsAreReadAsTheOriginalDoes();
    void integersAreReadAsTheyStandInTheFile();
    void jsonHasTheKeysOfTheContract();
    void rowsWithoutLabelsAreRefused();
    void cancelAnswersAtOnce_data();
    void cancelAnswersAtOnce();
    void progressNeverGoesBack();
};

void TestDoctor::theTruthWinsOrNothing_data() {
    QTest::addColumn<QString>("checkpoint");
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("split");
    QTest::addColumn<bool>("openedWrongly");
    const auto add = [](const QString& folder, const QString& data, const QString& split) {
        for (const bool wrongly : {false, true})
            QTest::newRow(qPrintable(folder.section(QLatin1Char('/'), -1) + QLatin1Char(' ') + split +
                                     (wrongly ? " wrongly" : " rightly")))
                << folder << data << split << wrongly;
    };
    const QString here = QString::fromStdString(kHere), shared = QString::fromStdString(kShared);
    for (const QString& name : QDir(here + QStringLiteral("checkpoints")).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        for (const char* split : {"test", "train"})
            add(here + QStringLiteral("checkpoints/") + name, here + QStringLiteral("datasets/tiny"),
                QLatin1String(split));
    add(QString::fromStdString(kDemo), QString::fromStdString(kDemo) + QStringLiteral("dataset"),
        QStringLiteral("test"));
    add(shared + QStringLiteral("checkpoints/c_fl15_arch"), shared + QStringLiteral("datasets/fl15_arch"),
        QStringLiteral("test"));
}

void TestDoctor::theTruthWinsOrNothing() {
    QFETCH(QString, checkpoint);
    QFETCH(QString, data);
    QFETCH(QString, split);
    QFETCH(bool, openedWrongly);
    DLRM_NEEDS_OUTSIDE(checkpoint);
    const auto manifest = readJson(checkpoint.toStdString() + "/expected/manifest.json");
    const auto truth =
        manifest["interaction"] == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    const auto other =
        truth == InteractionOrder::Tensorflow ? InteractionOrder::CustomCuda : InteractionOrder::Tensorflow;
    const auto dataset = openData(data.toStdString(), split.toStdString());
    const auto engine = openModel(checkpoint.toStdString() + "/checkpoint", dataset, openedWrongly ? other : truth);
    const auto report = examine(*engine, dataset.get());
    if (report.evidence.verdict) QCOMPARE(*report.evidence.verdict, truth);
    // Layouts A and B interact in descending cardinality, C by number.
    const auto tables = engine->spec().layout == "C" ? TableOrder::AsIs : TableOrder::ByCardinality;
    if (const Hypothesis* winner = report.winner()) {
        QCOMPARE(winner->interaction, truth);
        QCOMPARE(winner->tableOrder, tables);
        QVERIFY(winner->reading == (Reading{NumericalReading::AlreadyLogged, 0}));
        QCOMPARE(winner->asOpened, !openedWrongly);
        QCOMPARE(report.disagrees(), openedWrongly);
    } else {
        QVERIFY(!report.ranking.reason.empty());
        QVERIFY(!report.disagrees());
    }
    QVERIFY(std::count_if(report.ranking.hypotheses.begin(), report.ranking.hypotheses.end(),
                          [](const Hypothesis& h) { return h.asOpened; }) == 1);
}

// What decides must be seen to decide: the models that were trained long enough.
void TestDoctor::trainedModelsAreDecided() {
    for (const char* name : {"c_tensorflow", "b_tensorflow", "a_tensorflow"}) {
        const auto dataset = openData(kHere + "datasets/tiny", "train");
        const auto engine =
            openModel(kHere + "checkpoints/" + name + "/checkpoint", dataset, InteractionOrder::CustomCuda);
        const auto report = examine(*engine, dataset.get());
        QVERIFY2(report.winner(), name);
        QCOMPARE(report.winner()->interaction, InteractionOrder::Tensorflow);
        QVERIFY(report.disagrees());
    }
    const auto untrained = openData(kHere + "datasets/tiny", "train");
    const auto report = examine(
        *openModel(kHere + "checkpoints/c_fp16/checkpoint", untrained, InteractionOrder::CustomCuda), untrained.get());
    QVERIFY(!report.winner());
    QVERIFY(report.ranking.normalizedEntropy && *report.ranking.normalizedEntropy >= 1 && !report.ranking.predicts);
}

void TestDoctor::theDemoIsDecidedByItsWeightsToo() {
    for (const auto opened : {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow}) {
        const auto engine = openModel(kDemo + "checkpoint", nullptr, opened);
        const auto report = examine(*engine, nullptr);
        QVERIFY(report.evidence.verdict);
        QCOMPARE(*report.evidence.verdict, InteractionOrder::CustomCuda);
        QVERIFY(report.evidence.likelihoodRatio() > 1e6);
        QVERIFY(report.ranking.hypotheses.empty());
        QCOMPARE(report.disagrees(), opened == InteractionOrder::Tensorflow);
    }
}

void TestDoctor::rawNumbersAreToldFromLogged() {
    const auto raw = readAs(openData(kDemo + "dataset", "test"), {NumericalReading::Raw, 0});
    QVERIFY(raw->profile().find("raw") != std::string::npos);
    const auto engine = openModel(kDemo + "checkpoint", raw, InteractionOrder::CustomCuda);
    const auto report = examine(*engine, raw.get(), 20'000);
    const Hypothesis& best = report.ranking.hypotheses.front();
    // A missing number was fed as 0 and is now ln(3): the two logarithms stay close, but nothing else comes near.
    QVERIFY(best.reading.numerical == NumericalReading::LnPlus3 || best.reading.numerical == NumericalReading::LnPlus2);
    QVERIFY(!report.winner() || report.winner()->reading.numerical == best.reading.numerical);
    for (const Hypothesis& h : report.ranking.hypotheses)
        if (h.asOpened) QVERIFY(h.behind > 5 * h.behindStandardError);
}

void TestDoctor::shiftedIdsAreToldFromRight() {
    const auto shifted = readAs(openData(kDemo + "dataset", "test"), {NumericalReading::AlreadyLogged, 1});
    const auto engine = openModel(kDemo + "checkpoint", shifted, InteractionOrder::CustomCuda);
    const auto report = examine(*engine, shifted.get(), 20'000);
    QVERIFY(report.winner());
    QCOMPARE(report.winner()->reading.idShift, -1);
    QVERIFY(report.disagrees());
    for (const Hypothesis& h : report.ranking.hypotheses)
        if (h.asOpened) QVERIFY2(h.impossible.find("would look up id") != std::string::npos, h.impossible.c_str());
}

void TestDoctor::impossibleReadingsSayWhy() {
    const auto dataset = openData(kHere + "datasets/tiny", "test");
    const auto report =
        examine(*openModel(kHere + "checkpoints/c_custom_cuda/checkpoint", dataset, InteractionOrder::CustomCuda),
                dataset.get());
    int impossible = 0;
    for (const Hypothesis& h : report.ranking.hypotheses) {
        if (h.impossible.empty()) continue;
        ++impossible;
        QVERIFY(h.reading.idShift != 0);
        QVERIFY2(h.impossible.find("would look up id") != std::string::npos, h.impossible.c_str());
    }
    QVERIFY(impossible > 0);
    QVERIFY(report.ranking.hypotheses.back().impossible.size() > 0);
}

void TestDoctor::rawRowsAreReadAsTheOriginalDoes() {
    DatasetOptions options;
    options.dictionary = kDemo + "dictionary";
    const auto dataset = openDataset(kDemo + "raw_rows.tsv", options);
    QVERIFY(dataset);
    QVERIFY((*dataset)->holdsRawNumbers());
    const auto report =
        examine(*openModel(kDemo + "checkpoint", *dataset, InteractionOrder::CustomCuda), dataset->get());
    QCOMPARE(report.rows, std::int64_t(2000));
    QCOMPARE(report.ranking.hypotheses.front().interaction, InteractionOrder::CustomCuda);
    if (report.winner()) QVERIFY(report.winner()->asOpened);
    for (const Hypothesis& h : report.ranking.hypotheses)
        QVERIFY(h.reading.numerical != NumericalReading::AlreadyLogged);
}

// Raw integers in a file whose own preprocessing is ln(x + 1): a reading's loss is that of the same numbers opened as
// they are.
void TestDoctor::integersAreReadAsTheyStandInTheFile() {
    constexpr std::int64_t kRows = 1000;
    const auto plain = readAs(openData(kDemo + "dataset", "test"), {NumericalReading::Raw, 0});
    Batch batch;
    QVERIFY(plain->read(0, kRows, batch));
    QTemporaryDir directory;
    const std::string path = directory.filePath(QStringLiteral("rows.bin")).toStdString();
    {
        std::ofstream file(path, std::ios::binary);
        const auto put = [&](std::int32_t word) { file.write(reinterpret_cast<const char*>(&word), sizeof word); };
        for (std::int64_t r = 0; r < kRows; ++r) {
            put(batch.labels[static_cast<std::size_t>(r)]);
            for (int k = 0; k < 13; ++k)
                put(static_cast<std::int32_t>(batch.numerical[static_cast<std::size_t>(r * 13 + k)]));
            for (std::int64_t t = 0; t < 26; ++t) put(batch.ids[static_cast<std::size_t>(t * kRows + r)]);
        }
    }
    DatasetOptions options;
    options.profile = "facebookresearch";
    const auto integers = openDataset(path, options);
    QVERIFY(integers);
    const auto report =
        examine(*openModel(kDemo + "checkpoint", *integers, InteractionOrder::CustomCuda), integers->get(), kRows);
    const auto expected =
        examine(*openModel(kDemo + "checkpoint", plain, InteractionOrder::CustomCuda), plain.get(), kRows);
    const auto lossOf = [](const DoctorReport& of, NumericalReading numerical) {
        for (const Hypothesis& h : of.ranking.hypotheses)
            if (h.reading == Reading{numerical, 0} && h.interaction == InteractionOrder::CustomCuda &&
                h.tableOrder == TableOrder::AsIs)
                return h.logLoss;
        return -1.0;
    };
    // The plain numbers are float32 as stored: rounding to float16 is the only difference of the logarithms.
    QCOMPARE(lossOf(report, NumericalReading::Raw), lossOf(expected, NumericalReading::AlreadyLogged));
    for (const auto logarithm : {NumericalReading::LnPlus3, NumericalReading::LnPlus2})
        QVERIFY(std::fabs(lossOf(report, logarithm) - lossOf(expected, logarithm)) < 1e-4);
    QVERIFY(lossOf(report, NumericalReading::LnPlus1) > 0);
    for (const Hypothesis& h : report.ranking.hypotheses)
        if (h.asOpened) QVERIFY(h.reading == (Reading{NumericalReading::LnPlus1, 0}));
}

void TestDoctor::jsonHasTheKeysOfTheContract() {
    const auto dataset = openData(kHere + "datasets/tiny", "train");
    const auto report =
        examine(*openModel(kHere + "checkpoints/c_tensorflow/checkpoint", dataset, InteractionOrder::Tensorflow),
                dataset.get());
    const auto json = nlohmann::json::parse(doctorJson(report, "C"));
    for (const char* key : {"order", "verdict", "likelihood_ratio"}) QVERIFY2(json["interaction"].contains(key), key);
    QCOMPARE(json["rows"].get<int>(), 8192);
    QCOMPARE(json["winner"]["interaction"].get<std::string>(), std::string("tensorflow"));
    QCOMPARE(json["winner"]["numerical"].get<std::string>(), std::string("already_logged"));
    for (const auto& h : json["hypotheses"]) {
        for (const char* key : {"interaction", "numerical", "id_shift", "table_order", "log_loss", "standard_error"})
            QVERIFY2(h.contains(key), key);
        QCOMPARE(h["log_loss"].is_null(), h.contains("impossible"));
    }
}

void TestDoctor::rowsWithoutLabelsAreRefused() {
    QFile raw(QString::fromStdString(kDemo + "raw_rows.tsv"));
    QVERIFY(raw.open(QIODevice::ReadOnly));
    QTemporaryDir directory;
    QFile unlabelled(directory.filePath(QStringLiteral("rows.tsv")));
    QVERIFY(unlabelled.open(QIODevice::WriteOnly));
    while (!raw.atEnd()) unlabelled.write(raw.readLine().mid(2));
    unlabelled.close();
    DatasetOptions options;
    options.dictionary = kDemo + "dictionary";
    const auto dataset = openDataset(unlabelled.fileName().toStdString(), options);
    QVERIFY(dataset);
    const auto engine = openModel(kDemo + "checkpoint", *dataset, InteractionOrder::CustomCuda);
    const auto report = engine->doctor(dataset->get(), {});
    QVERIFY(!report);
    QCOMPARE(report.error().code, std::string("E-ENGINE-006"));
}

void TestDoctor::cancelAnswersAtOnce_data() {
    QTest::addColumn<bool>("finite");
    QTest::newRow("every value is finite") << true;
    QTest::newRow("one is not") << false;
}
void TestDoctor::cancelAnswersAtOnce() {
    QFETCH(bool, finite);
    const auto dataset = openData(kDemo + "dataset", "test");
    QTemporaryDir folder;
    test::copyFiles(QString::fromStdString(kDemo + "checkpoint"), folder.path());
    if (!finite)
        test::changeNpy(folder.filePath(QStringLiteral("feature_19_part0.npy")),
                        [](std::span<float> values) { values[7 * 32 + 3] = std::nanf(""); });
    const auto engine = openModel(folder.path().toStdString(), dataset, InteractionOrder::CustomCuda);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        stop.request_stop();
    });
    QElapsedTimer timer;
    timer.start();
    const auto report = engine->doctor(dataset.get(), {20'000}, {.stop = stop.get_token()});
    QVERIFY(!report && report.error().isCancelled());
    QVERIFY(timer.elapsed() < 2000);  // 100 ms and room for a busy machine
}

// Readings, then every table, on one scale.
void TestDoctor::progressNeverGoesBack() {
    const auto dataset = openData(kDemo + "dataset", "test");
    // The rows of one table are one further on: it does harm, and so it is left out together with others.
    QTemporaryDir folder;
    test::copyFiles(QString::fromStdString(kDemo + "checkpoint"), folder.path());
    test::changeNpy(folder.filePath(QStringLiteral("feature_20_part0.npy")), [](std::span<float> values) {
        constexpr std::ptrdiff_t kDim = 32;
        std::rotate(values.begin(), values.end() - kDim, values.end());
    });
    const auto engine = openModel(folder.path().toStdString(), dataset, InteractionOrder::CustomCuda);
    double share = 0;
    std::vector<std::string> stages;
    const ProgressFn told = [&](const Progress& p) {
        const double now = static_cast<double>(p.done) / static_cast<double>(p.total);
        QVERIFY2(now >= share, qPrintable(QStringLiteral("%1 %2/%3").arg(p.stage.data()).arg(p.done).arg(p.total)));
        share = now;
        if (stages.empty() || stages.back() != p.stage) stages.emplace_back(p.stage);
    };
    QVERIFY(engine->doctor(dataset.get(), {10'000}, {told, {}}));
    QCOMPARE(stages, (std::vector<std::string>{"looking at the weights", "trying readings", "leaving out each table",
                                               "leaving out two tables"}));
    QVERIFY2(share > 0.9 && share <= 1, qPrintable(QString::number(share)));
}

DLRM_TEST(TestDoctor);

}  // namespace tst_doctor

#include "tst_doctor.moc"
