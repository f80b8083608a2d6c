// SPDX-License-Identifier: Apache-2.0
// The double reference against an independent float64 run of the same files and against a hand calculation, and what
// the certificate says of devices that are wrong.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/reference/parity.h"
#include "core/engine/backends.h"
#include "core/formats/npy_writer.h"
#include "core/synthetic/demo_shape.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/npy_values.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_parity {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Both in double, sums in another order: seven layers of at most a hundred terms of order 1.
constexpr double kDoubleTolerance = 1e-12;
constexpr std::size_t kNumericals = 13, kTables = 5;  // of the tiny golden checkpoints

std::string golden(const std::string& checkpoint, const char* part = "checkpoint") {
    return DLRM_TEST_DATA "/golden/checkpoints/" + checkpoint + "/" + part;
}

std::shared_ptr<Engine> openEngine(const std::string& path, InteractionOrder order,
                                   std::shared_ptr<const Dataset> dataset = nullptr) {
    EngineOptions options;
    options.backend = fakeBackend(std::make_shared<FakeDevice>());
    options.interactionOrder = order;
    options.dataset = std::move(dataset);
    auto engine = Engine::open(path, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

ParityRun runOf(const std::shared_ptr<FakeDevice>& device, const Engine& engine, const Dataset* dataset = nullptr) {
    const ParityCandidate candidates[] = {{"fake", Precision::Fp32, fakeBackend(device)}};
    auto parity = engine.parity({20, 1}, candidates, dataset);
    if (!parity) qFatal("%s", parity.error().text().c_str());
    return parity->runs.at(0);
}

// Layout C with the widths of the flagship and few rows a table; values as an initializer scales them to the layer.
void writeWideModel(const std::string& directory) {
    DemoShape shape = DemoShape::fl15();
    for (std::int64_t& rows : shape.cardinalities) rows = 40;
    std::mt19937 random(5);
    for (const DemoTensor& tensor : demoTensors(shape)) {
        const auto rows = static_cast<double>(tensor.rows), columns = static_cast<double>(tensor.columns);
        const double deviation = tensor.kind == DemoTensor::Kind::Table    ? 0.1
                                 : tensor.kind == DemoTensor::Kind::Kernel ? std::sqrt(2 / (rows + columns))
                                                                           : std::sqrt(1 / columns);
        std::normal_distribution<float> normal(0, static_cast<float>(deviation));
        std::vector<float> values(static_cast<std::size_t>(tensor.values()));
        for (float& v : values) v = normal(random);
        std::vector<std::int64_t> dims{tensor.columns};
        if (tensor.kind != DemoTensor::Kind::Bias) dims.insert(dims.begin(), tensor.rows);
        const auto written =
            writeNpy(directory + "/" + tensor.file, {}, dims, std::as_bytes(std::span<const float>(values)));
        if (!written) qFatal("%s", written.error().text().c_str());
    }
}

class NotFinite final : public MemoryDataset {
public:
    NotFinite() : MemoryDataset(30, kNumericals, kTables) {}
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        auto done = MemoryDataset::read(first, count, out, stop);
        std::fill(out.numerical.begin(), out.numerical.end(), std::numeric_limits<float>::quiet_NaN());
        return done;
    }
};

}  // namespace

class ParityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theReferenceIsWhatAnIndependentTwinComputes_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("customCuda");
        QTest::newRow("a_custom_cuda") << "a_custom_cuda" << true;
        QTest::newRow("a_tensorflow") << "a_tensorflow" << false;
        QTest::newRow("b_custom_cuda") << "b_custom_cuda" << true;
        QTest::newRow("c_custom_cuda") << "c_custom_cuda" << true;
        QTest::newRow("c_tensorflow") << "c_tensorflow" << false;
    }
    void theReferenceIsWhatAnIndependentTwinComputes() {
        QFETCH(QString, name);
        QFETCH(bool, customCuda);
        const auto data = openDataset(DLRM_TEST_DATA "/golden/datasets/tiny", {});
        QVERIFY(data);
        const auto engine = openEngine(golden(name.toStdString()),
                                       customCuda ? InteractionOrder::CustomCuda : InteractionOrder::Tensorflow, *data);
        const auto parity = engine->parity({1 << 20, 1}, {}, data->get());
        QVERIFY2(parity, parity ? "" : parity.error().text().c_str());
        const auto expected =
            npyValues(QString::fromStdString(golden(name.toStdString(), "expected/logits_float64.npy")));
        QVERIFY(!expected.empty());
        QCOMPARE(expected.size(), parity->reference.logits.size());
        QCOMPARE(static_cast<std::int64_t>(parity->rows.size()), (*data)->rows());
        for (std::size_t r = 0; r < expected.size(); ++r)
            QVERIFY(std::fabs(parity->reference.logits[r] - expected[r]) <= kDoubleTolerance);
        QCOMPARE(parity->reference.layers.back().values, parity->reference.logits);
    }

    // A top MLP of 480 inputs and layers of 1,024: sums as long as these round further than those of small models, and
    // are allowed to; not so far that the arithmetic of bf16 would pass for fp32.
    void theWidthsOfTheFlagshipPassWithAnySeed_data() {
        QTest::addColumn<QString>("model");  // empty: one of random weights
        QTest::newRow("random weights") << QString();
        QTest::newRow("trained") << QStringLiteral(DLRM_SOURCE_DIR
                                                   "/../shared/golden/checkpoints/c_fl15_arch/checkpoint");
    }
    void theWidthsOfTheFlagshipPassWithAnySeed() {
        QFETCH(QString, model);
        QTemporaryDir directory;
        if (model.isEmpty()) {
            model = directory.path();
            writeWideModel(model.toStdString());
        } else DLRM_NEEDS_OUTSIDE(model);
        const auto engine = openEngine(model.toStdString(), InteractionOrder::CustomCuda);
        QCOMPARE(engine->spec().topMlp[0].inputs, std::int64_t{480});
        QCOMPARE(engine->spec().topMlp[1].inputs, std::int64_t{1024});
        QCOMPARE(engine->spec().topMlp[1].outputs, std::int64_t{1024});
        const ParityCandidate candidates[] = {{"cpu", Precision::Fp32, chooseBackend({"cpu", Precision::Fp32, 2})},
                                              {"cpu", Precision::Bf16, chooseBackend({"cpu", Precision::Bf16, 2})}};
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            const auto parity = engine->parity({64, seed}, candidates, nullptr);
            QVERIFY2(parity, parity ? "" : parity.error().text().c_str());
            QCOMPARE(parity->runs.size(), std::size_t{2});
            const ParityRun &fp32 = parity->runs[0], &bf16 = parity->runs[1];
            for (const ParityRun* run : {&fp32, &bf16}) {
                const QString told = QStringLiteral("seed %1, %2: %3 of %4 %5")
                                         .arg(seed)
                                         .arg(QString::fromStdString(run->name))
                                         .arg(run->largest)
                                         .arg(run->tolerance)
                                         .arg(QString::fromStdString(run->notRun));
                QVERIFY2(run->notRun.empty() && run->passed && run->largest <= run->tolerance, qPrintable(told));
                QVERIFY2(run->largest > 0 && run->tolerance < 100 * run->largest, qPrintable(told));
                QVERIFY2(run->sameAgain && run->sameInOtherBatches, qPrintable(told));
            }
            QVERIFY(parity->passed());
            QVERIFY(bf16.largest > 10 * fp32.tolerance);
        }
    }

    // x0 = [bottom | table] = [2, 3]; one full-rank and one low-rank layer, by hand.
    void crossLayersByHand() {
        ModelSpec spec;
        spec.interaction = InteractionKind::Cross;
        spec.embeddingDim = 1;
        spec.tables = {{"t", 1, 1, DType::Float32, 4, 1, ""}};
        spec.interactionTableOrder = {0};
        spec.bottomMlp = {{"bottom_mlp/0", 1, 0, 1, true, DType::Float32}};
        spec.topMlp = {{"top_mlp/0", 3, 1, 1, false, DType::Float32}};
        spec.crossLayers = {{"cross/0", 2, 0, DType::Float32}, {"cross/1", 2, 1, DType::Float32}};
        const float three = 3;
        TablePart part;
        part.rows = part.columns = 1;
        part.data = reinterpret_cast<const std::byte*>(&three);
        part.rowStride = part.columnStride = 4;
        const std::vector<TableView> tables{TableView(1, 1, DType::Float32, {part})};
        ModelWeights weights;
        weights.spec = &spec;
        weights.tables = tables;
        weights.bottom = {{1, 1, {2}, {0}}};
        weights.top = {{3, 1, {1, 10, 100}, {0.5F}}};
        weights.cross = {{2, 0, {}, {1, 2, 3, 4}, {0.5F, -1}}, {2, 1, {1, 2}, {3, 5}, {0, 1}}};
        Batch batch;
        batch.resize(1, 1, 1, false);
        batch.numerical = {1};
        batch.ids = {0};
        const auto out = forwardInDouble(weights, batch.view(), {});
        QVERIFY(out);
        // x·V = [2 + 9, 4 + 12] = [11, 16]; + b = [11.5, 15]; * x0 + x = [25, 48].
        QCOMPARE(out->layers[2].name, std::string("cross/0"));
        QCOMPARE(out->layers[2].values, (std::vector<double>{25, 48}));
        // x·U = 25 + 96 = 121; ·V = [363, 605]; + b = [363, 606]; * x0 + x = [726 + 25, 1818 + 48].
        QCOMPARE(out->layers[3].values, (std::vector<double>{751, 1866}));
        QCOMPARE(out->logits, (std::vector<double>{751 + 18660 + 0.5}));
    }

    void aWrongDeviceDoesNotPass() {
        const auto engine = openEngine(golden("c_custom_cuda"), InteractionOrder::CustomCuda);
        const auto device = std::make_shared<FakeDevice>();
        ParityRun run = runOf(device, *engine);
        QVERIFY(!run.passed && run.notRun.empty());
        QVERIFY(run.largest > run.tolerance && run.largest >= run.mean && std::isfinite(run.largest));
        QVERIFY(run.sameAgain && run.sameInOtherBatches);
        std::int64_t rows = 0;
        for (const UlpBin& bin : run.ulps) rows += bin.rows;
        QCOMPARE(rows, std::int64_t{20});
        QCOMPARE(run.ulps.back().rows > 0, true);
        // Values that are not finite are infinitely far from a reference that is.
        device->forward = [](const BatchView&, std::span<float> logits, std::stop_token) -> Result<void> {
            std::fill(logits.begin(), logits.end(), std::nanf(""));
            return {};
        };
        run = runOf(device, *engine);
        QVERIFY(!run.passed && std::isinf(run.largest));
        // Results that differ from call to call, or with the size of the batch.
        device->forward = [calls = 0](const BatchView&, std::span<float> logits,
                                      std::stop_token) mutable -> Result<void> {
            std::fill(logits.begin(), logits.end(), static_cast<float>(++calls));
            return {};
        };
        run = runOf(device, *engine);
        QVERIFY(!run.sameAgain && !run.sameInOtherBatches);
        device->forward = [](const BatchView&, std::span<float>, std::stop_token) -> Result<void> {
            return fail(Error("E-TEST-001", "It broke.").butFound("a test"));
        };
        run = runOf(device, *engine);
        QCOMPARE(run.notRun, std::string("It broke. (a test)"));
    }

    void errorsOfTheRows() {
        const auto engine = openEngine(golden("c_custom_cuda"), InteractionOrder::CustomCuda);
        const MemoryDataset none(0, kNumericals, kTables);
        const auto code = [&](const Dataset& data) {
            const auto parity = engine->parity({}, {}, &data);
            return parity ? std::string() : parity.error().code;
        };
        QCOMPARE(code(none), std::string("E-ENGINE-016"));
        QCOMPARE(code(NotFinite()), std::string("E-ENGINE-015"));
        MemoryDataset outside(30, kNumericals, kTables);
        outside.m_id = [](std::int64_t, std::size_t) { return 1'000'000; };
        QCOMPARE(code(outside), std::string("E-ENGINE-004"));
        QCOMPARE(code(MemoryDataset(30, kNumericals, kTables + 1)), std::string("E-ENGINE-011"));
        std::stop_source stopped;
        stopped.request_stop();
        QVERIFY(engine->parity({}, {}, nullptr, {.stop = stopped.get_token()}).error().isCancelled());
    }

    void rowsAreChosenByTheSeed() {
        QCOMPARE(chosenRows(10, 100, 1), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
        const auto rows = chosenRows(std::int64_t{1} << 40, 500, 7);
        QCOMPARE(rows.size(), std::size_t{500});
        QVERIFY(std::is_sorted(rows.begin(), rows.end()) && std::adjacent_find(rows.begin(), rows.end()) == rows.end());
        QVERIFY(rows == chosenRows(std::int64_t{1} << 40, 500, 7) && rows != chosenRows(std::int64_t{1} << 40, 500, 8));
        const auto engine = openEngine(golden("c_custom_cuda"), InteractionOrder::CustomCuda);
        const Batch batch = syntheticRows(engine->spec(), 300, 3);
        QCOMPARE(batch.numericals,
                 std::int64_t{16});  // without a dataset the files do not say how many of the inputs are padding
        for (std::size_t t = 0; t < kTables; ++t) {
            const auto ids = std::span(batch.ids).subspan(t * 300, 300);
            const std::int64_t last = engine->spec().tables[t].rows - 1;
            QCOMPARE(ids[0], 0);
            QCOMPARE(std::int64_t{ids[1]}, last);
            for (const std::int32_t id : ids) QVERIFY(id >= 0 && id <= last);
            if (last < 100) continue;
            // Log-uniform: about half of the ids lie below the square root.
            const auto low = std::count_if(ids.begin(), ids.end(),
                                           [&](std::int32_t id) { return id < std::sqrt(static_cast<double>(last)); });
            QVERIFY(low > 110 && low < 190);
        }
    }
};

DLRM_TEST(ParityTest);

}  // namespace tst_parity

#include "tst_parity.moc"
