// SPDX-License-Identifier: Apache-2.0
// The engine's rules and errors, with a dataset and a device that the test controls.
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "core/dataset/readers/selected_rows.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_engine {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::size_t kNumericals = 13, kTables = 5;  // of the tiny golden checkpoints

std::string golden(const char* checkpoint) {
    return std::string(DLRM_TEST_DATA "/golden/checkpoints/") + checkpoint + "/checkpoint";
}

std::shared_ptr<Engine> openEngine(const std::shared_ptr<FakeDevice>& device,
                                   const std::string& path = golden("c_custom_cuda")) {
    EngineOptions options;
    options.backend = fakeBackend(device);
    auto engine = Engine::open(path, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

template <class T>
std::string codeOf(const Result<T>& result) {
    return result ? "no error" : result.error().code;
}

InputRow zeroRow() { return {std::vector<float>(kNumericals), std::vector<std::int32_t>(kTables)}; }

}  // namespace

#define COMPARE_CODE(result, code) QCOMPARE(codeOf(result), std::string(code))

class TestEngine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void backendIsMadeOnTheFirstPrediction() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        QCOMPARE(device->created.load(), 0);
        QVERIFY(engine->predict(MemoryDataset(3, kNumericals, kTables), {0, 2}, {}).has_value());
        QVERIFY(engine->predict(MemoryDataset(3, kNumericals, kTables), {0, 2}, {}).has_value());
        QCOMPARE(device->created.load(), 1);
    }

    void assumedInteractionOrderIsNoted() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        QCOMPARE(engine->spec().orderSource, OrderSource::Default);
        QVERIFY(std::any_of(engine->info().notes.begin(), engine->info().notes.end(),
                            [](const std::string& n) { return n.find("custom_cuda is assumed") != n.npos; }));
        EngineOptions options;
        options.interactionOrder = InteractionOrder::Tensorflow;
        options.backend = fakeBackend(std::make_shared<FakeDevice>());
        const auto chosen = Engine::open(golden("c_custom_cuda"), options);
        QVERIFY(chosen.has_value());
        QVERIFY((*chosen)->info().notes.empty());
    }

    void rowsComeInTheOrderAsked() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        const std::vector<RowId> ids{RowId{6}, RowId{0}, RowId{6}};
        const auto rows = engine->rows(TableId{1}, ids);
        QVERIFY(rows.has_value());
        QVERIFY(rows->ids == ids);
        QCOMPARE(rows->values.size(), 3U * 16U);
        std::vector<float> expected(16);
        engine->checkpoint().table(TableId{1}).copyRow(6, expected);
        QVERIFY(std::equal(expected.begin(), expected.end(), rows->values.begin()));
        QVERIFY(std::equal(expected.begin(), expected.end(), rows->values.begin() + 32));
    }
    void smallestAndLargestValueOfARowPassOverNaN() {
        QTemporaryDir directory;
        const std::string copy = directory.filePath("checkpoint").toStdString();
        std::filesystem::copy(golden("c_custom_cuda"), copy);
        std::fstream file(copy + "/feature_1_part0.npy", std::ios::in | std::ios::out | std::ios::binary);
        std::string header;
        std::getline(file, header);
        const float values[] = {std::numeric_limits<float>::quiet_NaN(), -50.0F, 60.0F};
        file.write(reinterpret_cast<const char*>(values), sizeof values);
        file.close();
        const auto engine = openEngine(std::make_shared<FakeDevice>(), copy);
        const std::vector<RowId> ids{RowId{0}};
        const auto rows = engine->rows(TableId{1}, ids);
        QVERIFY(rows.has_value());
        QVERIFY(std::isnan(rows->values[0]));
        QVERIFY(std::isnan(rows->norms[0]));
        QCOMPARE(rows->minima[0], -50.0F);
        QCOMPARE(rows->maxima[0], 60.0F);
    }
    void unknownTableIsAnError() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        COMPARE_CODE(engine->rows(TableId{5}, {}), "E-ENGINE-001");
        COMPARE_CODE(engine->rows(TableId{-1}, {}), "E-ENGINE-001");
    }
    void rowOutsideTableIsAnError() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        for (const std::int64_t id : {std::int64_t{7}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
            const std::vector<RowId> ids{RowId{0}, RowId{id}};
            const auto rows = engine->rows(TableId{1}, ids);
            COMPARE_CODE(rows, "E-ENGINE-002");
            QCOMPARE(rows.error().expected, std::string("0 .. 6"));
            QCOMPARE(rows.error().found, std::to_string(id));
        }
    }

    void rangeOutsideDatasetIsAnError() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        const MemoryDataset data(10, kNumericals, kTables);
        COMPARE_CODE(engine->predict(data, {0, 10}, {}), "E-ENGINE-003");
        COMPARE_CODE(engine->predict(data, {-1, 3}, {}), "E-ENGINE-003");
        COMPARE_CODE(engine->evaluate(data, {.dropLast = 0, .range = {5, 10}}), "E-ENGINE-003");
    }

    void idOutsideItsTableNamesFileRowAndField_data() {
        QTest::addColumn<int>("id");
        QTest::addColumn<qint64>("row");
        QTest::newRow("one too large") << 7 << qint64(3);
        QTest::newRow("negative") << -1 << qint64(3);
        QTest::newRow("in a later batch") << 1'000'000 << qint64(77);
    }
    void idOutsideItsTableNamesFileRowAndField() {
        QFETCH(int, id);
        QFETCH(qint64, row);
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        MemoryDataset data(100, kNumericals, kTables);
        data.m_id = [=](std::int64_t r, std::size_t t) { return r == row && t == 1 ? id : 0; };
        const auto check = [&](const Error& error) {
            QCOMPARE(error.code, std::string("E-ENGINE-004"));
            QCOMPARE(error.file, std::string("cat_1.bin"));
            QCOMPARE(error.row, row);
            QCOMPARE(error.field, std::string("cat_1"));
            QCOMPARE(error.expected, std::string("0 .. 6"));
            QCOMPARE(error.found, std::to_string(id));
        };
        const auto predicted = engine->predict(data, {0, 99}, {});
        QVERIFY(!predicted.has_value());
        check(predicted.error());
        const auto evaluated = engine->evaluate(data, {});
        QVERIFY(!evaluated.has_value());
        check(evaluated.error());
    }
    void idOutsideItsTableIsAnErrorInARowByHand() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        InputRow row = zeroRow();
        row.ids[3] = 3;
        const auto explained = engine->explain(row);
        COMPARE_CODE(explained, "E-ENGINE-004");
        QCOMPARE(explained.error().field, engine->spec().tables[3].name);
        row.ids[3] = -1;
        COMPARE_CODE(engine->explain(row), "E-ENGINE-004");
    }

    void predictionThatIsNotFiniteNamesTheRows() {
        const auto device = std::make_shared<FakeDevice>();
        device->batch = 100;
        device->forward = [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            std::fill(logits.begin(), logits.end(), 0.0F);
            for (std::size_t i = 20; i < logits.size() && i < 32; ++i)
                logits[i] = i % 2 ? std::nanf("") : std::numeric_limits<float>::infinity();
            return {};
        };
        const auto engine = openEngine(device);
        const MemoryDataset data(200, kNumericals, kTables);
        const auto predicted = engine->predict(data, {100, 150}, {});
        COMPARE_CODE(predicted, "E-ENGINE-005");
        QCOMPARE(predicted.error().row, 120);
        QVERIFY2(predicted.error().found.find("rows 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, …") !=
                     std::string::npos,
                 predicted.error().found.c_str());
        QVERIFY(predicted.error().found.find("12 of") != std::string::npos);
        const auto evaluated = engine->evaluate(data, {});
        COMPARE_CODE(evaluated, "E-ENGINE-005");
        QCOMPARE(evaluated.error().row, 20);
        // Rows that were chosen keep the numbers that they have in the data.
        const auto some = selectRows(std::make_shared<MemoryDataset>(data), {{50, 59}, {150, 199}}, "some");
        const auto layers = engine->unitAtlas(*some, {0, 59});
        COMPARE_CODE(layers, "E-ENGINE-005");
        QCOMPARE(layers.error().row, 160);
        QVERIFY2(layers.error().found.find("of rows 50 .. 199: rows 160, 161,") != std::string::npos,
                 layers.error().found.c_str());
        device->forward = [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            logits[0] = -std::numeric_limits<float>::infinity();
            return {};
        };
        COMPARE_CODE(engine->explain(zeroRow()), "E-ENGINE-005");
        // To be looked at, with where it comes from.
        auto shown = engine->explain(zeroRow(), {}, Engine::NotFinite::Show);
        QVERIFY2(shown, shown ? "" : shown.error().text().c_str());
        QVERIFY(std::isinf(shown->logit));
        QCOMPARE(shown->notFinite, std::string("The logit is not finite."));
        InputRow broken = zeroRow();
        broken.numerical[0] = std::nanf("");
        shown = engine->explain(broken, {}, Engine::NotFinite::Show);
        QVERIFY2(shown, shown ? "" : shown.error().text().c_str());
        QCOMPARE(shown->notFinite, std::string("Numerical feature 0 of this row is not finite."));
    }

    void datasetWithoutLabelsPredictsButCannotBeEvaluated() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        MemoryDataset data(10, kNumericals, kTables);
        data.m_labels = false;
        const auto predicted = engine->predict(data, {0, 9}, {});
        QVERIFY(predicted.has_value());
        QVERIFY(!predicted->rows[0].label.has_value());
        COMPARE_CODE(engine->evaluate(data, {}), "E-ENGINE-006");
    }

    void tablesInUnknownOrderCannotPredict() {
        const auto device = std::make_shared<FakeDevice>();
        const std::string path = golden("a_tensorflow");
        const auto engine = openEngine(device, path);
        QVERIFY(!engine->spec().tableOrderKnown);
        const MemoryDataset data(10, kNumericals, kTables);
        COMPARE_CODE(engine->predict(data, {0, 9}, {}), "E-ENGINE-007");
        COMPARE_CODE(engine->evaluate(data, {}), "E-ENGINE-007");
        COMPARE_CODE(engine->explain(zeroRow()), "E-ENGINE-007");
        EngineOptions options;
        options.backend = fakeBackend(device);
        options.tableOrder = {0, 2, 4, 1, 3};
        const auto ordered = Engine::open(path, options);
        QVERIFY2(ordered.has_value(), ordered ? "" : ordered.error().text().c_str());
        QVERIFY((*ordered)->predict(data, {0, 9}, {}).has_value());
    }

    void rowByHandOfAnotherShapeIsAnError() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        InputRow row = zeroRow();
        row.ids.pop_back();
        COMPARE_CODE(engine->explain(row), "E-ENGINE-008");
        row = zeroRow();
        row.numerical.resize(17);
        COMPARE_CODE(engine->explain(row), "E-ENGINE-008");
    }

    void nothingToEvaluateIsAnError() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        COMPARE_CODE(engine->evaluate(MemoryDataset(0, kNumericals, kTables), {}), "E-ENGINE-009");
        COMPARE_CODE(engine->evaluate(MemoryDataset(99, kNumericals, kTables), {.dropLast = 100, .range = {}}),
                     "E-ENGINE-009");
    }

    void datasetOfAnotherModelDoesNotFit() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        COMPARE_CODE(engine->checkFits(MemoryDataset(1, kNumericals, 4)), "E-ENGINE-011");
        COMPARE_CODE(engine->checkFits(MemoryDataset(1, 17, kTables)), "E-ENGINE-012");
        MemoryDataset data(1, kNumericals, kTables);
        QVERIFY(engine->checkFits(data).has_value());
        data.m_schema.cardinalities = {1000, 7, 300, 3, 50};
        QVERIFY(engine->checkFits(data).has_value());
        data.m_schema.cardinalities[2] = 301;
        const auto fits = engine->checkFits(data);
        COMPARE_CODE(fits, "E-ENGINE-013");
        QCOMPARE(fits.error().field, std::string("cat_2"));
        COMPARE_CODE(engine->predict(data, {0, 0}, {}), "E-ENGINE-013");
    }

    void exceptionsOfLibrariesBecomeErrors() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        const MemoryDataset data(10, kNumericals, kTables);
        device->forward = [](const BatchView&, std::span<float>, std::stop_token) -> Result<void> {
            throw std::bad_alloc();
        };
        COMPARE_CODE(engine->predict(data, {0, 9}, {}), "E-ENGINE-090");
        device->forward = [](const BatchView&, std::span<float>, std::stop_token) -> Result<void> {
            throw std::runtime_error("surprise");
        };
        const auto explained = engine->explain(zeroRow());
        COMPARE_CODE(explained, "E-ENGINE-091");
        QCOMPARE(explained.error().found, std::string("surprise"));
        device->forward = FakeDevice().forward;  // and the turn was given back
        QVERIFY(engine->predict(data, {0, 9}, {}).has_value());
    }

    void stopRequestEndsPredictionAndEvaluation() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        const MemoryDataset data(100'000, kNumericals, kTables);
        std::stop_source before;
        before.request_stop();
        COMPARE_CODE(engine->predict(data, {0, 99'999}, {}, {.stop = before.get_token()}), "E-CANCELLED");
        std::stop_source during;
        const auto stopSoon = [&](const Progress& p) {
            if (p.done >= 100) during.request_stop();
        };
        device->calls = 0;
        COMPARE_CODE(engine->predict(data, {0, 99'999}, {}, {stopSoon, during.get_token()}), "E-CANCELLED");
        QVERIFY(device->calls < 10);
        std::stop_source fromDevice;
        device->forward = [&](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            std::fill(logits.begin(), logits.end(), 0.0F);
            fromDevice.request_stop();
            return {};
        };
        device->calls = 0;
        COMPARE_CODE(engine->evaluate(data, {}, {}, {.stop = fromDevice.get_token()}), "E-CANCELLED");
        QCOMPARE(device->calls.load(), 1);
    }
    void stopRequestEndsWaitingForTheDevice() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        std::atomic<bool> entered = false, leave = false;
        device->forward = [&](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            entered = true;
            while (!leave) std::this_thread::yield();
            std::fill(logits.begin(), logits.end(), 0.0F);
            return {};
        };
        std::jthread busy([&] { QVERIFY(engine->explain(zeroRow()).has_value()); });
        while (!entered) std::this_thread::yield();
        std::stop_source source;
        std::jthread stopper([&] { source.request_stop(); });
        COMPARE_CODE(engine->explain(zeroRow(), source.get_token()), "E-CANCELLED");
        leave = true;
    }
    void aRowIsExplainedBetweenBatchesOfAnEvaluation() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        const MemoryDataset data(64, kNumericals, kTables);
        int explained = 0;
        const auto evaluation = engine->evaluate(
            data, {}, {}, {[&](const Progress&) { explained += engine->explain(zeroRow()).has_value(); }});
        QVERIFY(evaluation.has_value());
        QVERIFY(explained > 0);
    }

    void aRowIsExplainedBesideABatchWhereTheDeviceCan() {
        const auto device = std::make_shared<FakeDevice>();
        device->beside = 1;
        const auto engine = openEngine(device);
        const MemoryDataset data(160, kNumericals, kTables);
        std::atomic<bool> entered = false, explained = false;
        device->forward = [&](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            std::fill(logits.begin(), logits.end(), 0.5F);
            if (batch.rows == 1) return {};
            entered = true;
            const auto giveUp = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (!explained && std::chrono::steady_clock::now() < giveUp) std::this_thread::yield();
            return explained ? Result<void>() : cancelled();
        };
        std::string evaluation = "not run";
        std::jthread busy([&] { evaluation = codeOf(engine->evaluate(data, {})); });
        while (!entered) std::this_thread::yield();
        COMPARE_CODE(engine->explain(zeroRow()), "no error");
        explained = true;
        busy.join();
        QCOMPARE(evaluation, std::string("no error"));
    }

    void interimFiguresComeWhileItRuns() {
        const auto device = std::make_shared<FakeDevice>();
        device->forward = [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = static_cast<float>(i);
            return {};
        };
        const auto engine = openEngine(device);
        const MemoryDataset data(160, kNumericals, kTables);
        std::vector<std::int64_t> seen;
        const auto evaluation = engine->evaluate(data, {}, [&](const Evaluation& e) {
            QVERIFY(!e.final);
            QCOMPARE(e.totalRows, 160);
            seen.push_back(e.report.rows);
        });
        QVERIFY(evaluation.has_value());
        QVERIFY(evaluation->final);
        QCOMPARE(evaluation->report.rows, 160);
        QVERIFY(!seen.empty());
        QVERIFY(std::is_sorted(seen.begin(), seen.end()) && seen.front() > 0 && seen.back() < 160);
    }

    void interimFiguresOfAChangedFileAreNotShown() {
        const auto device = std::make_shared<FakeDevice>();
        device->forward = [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            std::fill(logits.begin(), logits.end(), 0.5F);
            return {};
        };
        const auto engine = openEngine(device);
        MemoryDataset data(16 * 1000, kNumericals, kTables);  // a minute, were it not for the change
        data.m_unchanged = [] { return Result<void>(fail(Error("E-FILE-005", "changed"))); };
        int shown = 0;
        COMPARE_CODE(engine->evaluate(data, {}, [&](const Evaluation&) { ++shown; }), "E-FILE-005");
        QCOMPARE(shown, 0);
        QVERIFY(device->calls < 500);
    }

    void batchesCoverTheRangeOnceAndInOrder() {
        const auto device = std::make_shared<FakeDevice>();
        device->forward = [](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            for (std::int64_t r = 0; r < batch.rows; ++r)
                logits[static_cast<std::size_t>(r)] = static_cast<float>(batch.ids[static_cast<std::size_t>(r)]);
            return {};
        };
        const auto engine = openEngine(device);
        MemoryDataset data(1000, kNumericals, kTables);
        data.m_id = [](std::int64_t row, std::size_t t) { return t == 0 ? static_cast<std::int32_t>(row) : 0; };
        for (const RowRange range :
             {RowRange{0, 999}, RowRange{5, 5}, RowRange{7, 7 + 15}, RowRange{3, 3 + 32}, RowRange{0, -1}}) {
            const auto prediction = engine->predict(data, range, {.inputs = true, .raw = false});
            QVERIFY(prediction.has_value());
            QCOMPARE(static_cast<std::int64_t>(prediction->rows.size()), range.size());
            for (std::size_t i = 0; i < prediction->rows.size(); ++i) {
                const PredictedRow& row = prediction->rows[i];
                QCOMPARE(row.row, range.first + static_cast<std::int64_t>(i));
                QCOMPARE(row.logit, static_cast<float>(row.row));
                QCOMPARE(row.input.ids[0], static_cast<std::int32_t>(row.row));
                QCOMPARE(*row.label, static_cast<int>(row.row % 2));
                QCOMPARE(row.probability, 1.0 / (1.0 + std::exp(-static_cast<double>(row.logit))));
            }
        }
    }

    // What is measured of some rows can be kept, merged with the rest and shown: every figure is that of one
    // evaluation.
    void partsOfAnEvaluationMergeToTheWhole() {
        const auto device = std::make_shared<FakeDevice>();
        device->forward = [](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = std::sin(static_cast<float>(batch.ids[i])) * 3;
            return {};
        };
        const auto engine = openEngine(device);
        MemoryDataset data(200, kNumericals, kTables);
        const auto tableRows = engine->spec().tables.front().rows;
        data.m_id = [&](std::int64_t row, std::size_t feature) {
            return feature == 0 ? static_cast<std::int32_t>(row * row % tableRows) : 0;
        };
        const auto whole = engine->evaluate(data, {});
        QVERIFY(whole.has_value());
        auto last = engine->measureEvaluation(data, {0, {77, 199}}),
             first = engine->measureEvaluation(data, {0, {0, 76}});
        QVERIFY(last.has_value() && first.has_value());
        QVERIFY((last->provenance.rows == std::vector<RowRange>{{77, 199}}));
        QCOMPARE(last->provenance.totalRows, 200);
        QVERIFY(!last->provenance.fingerprint.empty());
        QCOMPARE(last->provenance.fingerprint, first->provenance.fingerprint);
        QCOMPARE(last->provenance.datasetFingerprint, first->provenance.datasetFingerprint);
        QVERIFY(last->scores.merge(std::move(first->scores)).has_value());
        last->provenance.rows = {{0, 199}};
        const Evaluation merged = evaluationOf(*last, 200, true);
        QVERIFY(merged.final);
        QVERIFY(merged.range == whole->range);
        QCOMPARE(merged.datasetRows, whole->datasetRows);
        QCOMPARE(merged.datasetPath, whole->datasetPath);
        QCOMPARE(merged.split, whole->split);
        QCOMPARE(merged.profile, whole->profile);
        QCOMPARE(merged.interactionOrder, whole->interactionOrder);
        QCOMPARE(merged.orderSource, whole->orderSource);
        QCOMPARE(merged.backend.name, whole->backend.name);
        QCOMPARE(merged.report.rows, whole->report.rows);
        QCOMPARE(merged.report.positives, whole->report.positives);
        QVERIFY(*whole->report.find("auc")->value != 0.5);
        for (std::size_t m = 0; m < whole->report.metrics.size(); ++m) {
            const MetricValue &one = whole->report.metrics[m], &other = merged.report.metrics[m];
            QVERIFY2(
                one.value == other.value && one.low == other.low && one.high == other.high && one.note == other.note,
                one.key.c_str());
        }
    }

    void fileThatChangesMeanwhileIsAnError() {
        QTemporaryDir directory;
        const std::string copy = directory.filePath("checkpoint").toStdString();
        std::filesystem::copy(golden("c_custom_cuda"), copy);
        const auto engine = openEngine(std::make_shared<FakeDevice>(), copy);
        MemoryDataset data(100, kNumericals, kTables);
        QVERIFY(engine->evaluate(data, {}).has_value());
        data.m_unchanged = [] { return Result<void>(fail(Error("E-FILE-005", "changed"))); };
        COMPARE_CODE(engine->evaluate(data, {}), "E-FILE-005");
        COMPARE_CODE(engine->predict(data, {0, 9}, {}), "E-FILE-005");
        data.m_unchanged = [] { return Result<void>(); };
        std::ofstream(copy + "/feature_1_part0.npy", std::ios::app) << "x";
        COMPARE_CODE(engine->evaluate(data, {}), "E-FILE-005");
        COMPARE_CODE(engine->predict(data, {0, 9}, {}), "E-FILE-005");
        COMPARE_CODE(engine->explain(zeroRow()), "E-FILE-005");
        COMPARE_CODE(engine->rows(TableId{1}, {}), "E-FILE-005");
        QVERIFY(engine->rows(TableId{0}, {}).has_value());  // its own files are what they were
    }
};

DLRM_TEST(TestEngine);

}  // namespace tst_engine

#include "tst_engine.moc"
