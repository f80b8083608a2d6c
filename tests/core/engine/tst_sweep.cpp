// SPDX-License-Identifier: Apache-2.0
// A sweep is the prediction of the edited rows: every id that is compared, every value, whatever computes.
#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "core/analysis/reference/double_forward.h"
#include "tests/core/engine/edited_rows.h"
#include "tests/core/engine/newer_layouts.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_sweep {

using namespace dlrm;
using namespace dlrm::test;

namespace {

const std::string kGolden = DLRM_TEST_DATA "/golden/";
constexpr double kReferenceTolerance = 1e-5;  // what float32 keeps to on logits of order 1 to 10

// Up to `count` ids of a table, the first and the last among them.
std::vector<std::int64_t> someIds(std::int64_t rows, std::int64_t count) {
    std::set<std::int64_t> out;
    for (std::int64_t i = 0; i < count; ++i) out.insert(i * (rows - 1) / std::max<std::int64_t>(1, count - 1));
    return {out.begin(), out.end()};
}

bool isSame(float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); }

void compareTable(Engine& engine, const Dataset& data, const InputRow& row, std::size_t table, std::int64_t most) {
    const auto sweep = engine.sweep(row, TableId{static_cast<std::int32_t>(table)});
    QVERIFY2(sweep, sweep ? "" : sweep.error().text().c_str());
    const std::int64_t rows = engine.spec().tables[table].rows;
    QVERIFY(!sweep->numerical && sweep->values.empty() && sweep->backend.name == "cpu");
    QCOMPARE(std::ssize(sweep->logits), rows);
    const std::vector<std::int64_t> ids = someIds(rows, most);
    QCOMPARE(std::ssize(ids), std::min(rows, most));
    const std::vector<float> expected = logitsOf(engine, data, withIds(row, table, ids));
    std::set<float> different;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const float swept = sweep->logits[static_cast<std::size_t>(ids[i])], predicted = expected[i];
        QVERIFY2(isSame(swept, predicted),
                 qPrintable(QStringLiteral("id %1: %2 for %3").arg(ids[i]).arg(swept, 0, 'g', 9).arg(predicted)));
        different.insert(swept);
    }
    QVERIFY(std::ssize(different) > std::ssize(ids) / 2);
    QVERIFY(isSame(sweep->current, sweep->logits[static_cast<std::size_t>(row.ids[table])]));
}

}  // namespace

class TestSweep : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyIdIsItsPrediction_data() {
        QTest::addColumn<bool>("tensorflow");
        QTest::addColumn<bool>("bf16");
        QTest::newRow("custom_cuda") << false << false;
        QTest::newRow("tensorflow") << true << false;
        QTest::newRow("bf16") << false << true;
    }
    void everyIdIsItsPrediction() {
        QFETCH(bool, tensorflow);
        QFETCH(bool, bf16);
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = openEngine(kDemoFiles + "checkpoint", data,
                                       tensorflow ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda, 2,
                                       bf16 ? Precision::Bf16 : Precision::Fp32);
        for (const std::size_t table : {std::size_t{0}, std::size_t{9}, std::size_t{19}, std::size_t{25}})
            compareTable(*engine, *data, inputOf(*engine, *data, 77), table, 1000);
        QVERIFY(engine->spec().tables[19].rows > 1000);
    }

    void everyIdOfTheGoldens_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"a_custom_cuda", "a_split_embedding", "b_tensorflow", "c_fp16", "c_tensorflow"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void everyIdOfTheGoldens() {
        QFETCH(QString, name);
        const auto data = dataset(kGolden + "datasets/tiny");
        const auto engine =
            openEngine(kGolden + "checkpoints/" + name.toStdString() + "/checkpoint", data,
                       name.endsWith("tensorflow") ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda);
        for (std::size_t table = 0; table < engine->spec().tables.size(); table += 5)
            compareTable(*engine, *data, inputOf(*engine, *data, 3), table, 300);
    }

    void crossLayersToo_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"d_dcnv2", "d_dcnv2_hetero_dims", "d_dlrm_pad6"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void crossLayersToo() {
        QFETCH(QString, name);
        const auto* const c = std::find_if(std::begin(test::kNewerLayouts), std::end(test::kNewerLayouts),
                                           [&](const test::NewerLayout& l) { return name == QLatin1String(l.name); });
        DLRM_NEEDS_OUTSIDE(test::rootOf(c->name) + c->name);
        const auto data = test::rowsFor(*c, 1);
        if (!data) DLRM_NEEDS_OUTSIDE(test::rootOf(c->source) + c->source + "/expected/logits.npy");
        const auto engine = test::openModel(*c, data);
        QCOMPARE(engine->spec().interaction == InteractionKind::Cross, name.startsWith("d_dcnv2"));
        for (std::size_t table = 0; table < engine->spec().tables.size(); table += 7)
            compareTable(*engine, *data, inputOf(*engine, *data, 3), table, 200);
    }

    // By the definition in double precision.
    void everyIdIsWhatItsDefinitionSays() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = openEngine(kDemoFiles + "checkpoint", data);
        const ModelSpec& spec = engine->spec();
        const Checkpoint& checkpoint = engine->checkpoint();
        ModelWeights weights{&spec, checkpoint.tables(), {}, {}, {}};
        for (std::size_t l = 0; l < spec.bottomMlp.size(); ++l)
            weights.bottom.push_back(*checkpoint.bottomLayer(static_cast<int>(l)));
        for (std::size_t l = 0; l < spec.topMlp.size(); ++l)
            weights.top.push_back(*checkpoint.topLayer(static_cast<int>(l)));
        InputRow row = inputOf(*engine, *data, 123);
        const auto sweep = engine->sweep(row, TableId{9});
        QVERIFY(sweep);
        const std::vector<double> numerical(row.numerical.begin(), row.numerical.end());
        for (const std::int64_t id : someIds(spec.tables[9].rows, 100)) {
            row.ids[9] = static_cast<std::int32_t>(id);
            const double logit = forwardInDouble(weights, numerical, lookUpInDouble(weights, row.ids, 1)).logit();
            const double swept = static_cast<double>(sweep->logits[static_cast<std::size_t>(id)]);
            QVERIFY2(std::abs(swept - logit) <= kReferenceTolerance, qPrintable(QString::number(swept - logit)));
        }
    }

    void anyNumberOfThreadsGivesTheSameBits() {
        const auto data = dataset(kDemoFiles + "dataset");
        std::vector<std::vector<float>> logits;
        for (const int threads : {1, 2, 3, 5}) {
            const auto engine = openEngine(kDemoFiles + "checkpoint", data, InteractionOrder::CustomCuda, threads);
            logits.push_back(engine->sweep(inputOf(*engine, *data, 8), TableId{19})->logits);
        }
        for (const auto& other : logits) QCOMPARE(other, logits.front());
    }

    void everyValueIsItsPrediction() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = openEngine(kDemoFiles + "checkpoint", data);
        const InputRow row = inputOf(*engine, *data, 77);
        for (const std::size_t numerical : {std::size_t{0}, std::size_t{3}, std::size_t{12}}) {
            const auto sweep = engine->sweepNumerical(row, numerical, *data);
            QVERIFY(sweep);
            QVERIFY(sweep->numerical && sweep->rowsLooked == data->rows());
            QVERIFY(sweep->values.size() >= 10 && sweep->values.size() <= static_cast<std::size_t>(kSweptValues));
            QVERIFY(std::is_sorted(sweep->values.begin(), sweep->values.end()));
            const std::vector<float> expected = logitsOf(*engine, *data, withValues(row, numerical, sweep->values));
            for (std::size_t i = 0; i < sweep->values.size(); ++i) QVERIFY(isSame(sweep->logits[i], expected[i]));
            QVERIFY(isSame(sweep->current, engine->explain(row)->logit));
        }
    }

    // Values are fed in the reading that is in force.
    void valuesAreThoseOfTheReading() {
        const auto stored = dataset(kDemoFiles + "dataset");
        const auto data = readAs(stored, {NumericalReading::Raw, 0});
        const auto engine = openEngine(kDemoFiles + "checkpoint", data);
        const auto sweep = engine->sweepNumerical(inputOf(*engine, *data, 0), 3, *data);
        QVERIFY(sweep && sweep->values.size() > 10);
        for (const float value : sweep->values) QCOMPARE(value, std::round(value));
    }

    // A backend that is not the CPU predicts the edited rows, batch by batch; what it does not give a number for is
    // told, and the others are there.
    void anotherBackendPredictsTheEditedRows() {
        const auto data = dataset(kDemoFiles + "dataset");
        auto device = std::make_shared<test::FakeDevice>();
        std::int64_t most = 0;
        device->forward = [&](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            most = std::max(most, batch.rows);
            for (std::int64_t r = 0; r < batch.rows; ++r) {
                const auto id = batch.ids[static_cast<std::size_t>(9 * batch.idStride + r)];
                logits[static_cast<std::size_t>(r)] =
                    id == 7 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(id) + batch.numerical[0];
            }
            return {};
        };
        EngineOptions options;
        options.dataset = data;
        options.backend = test::fakeBackend(device);
        const auto engine = *Engine::open(kDemoFiles + "checkpoint", options);
        const InputRow row = inputOf(*engine, *data, 2);
        std::int64_t told = 0;
        const auto sweep = engine->sweep(row, TableId{9}, {}, Job{[&](const Progress& p) { told = p.done; }, {}});
        QVERIFY(sweep);
        QCOMPARE(told, engine->spec().tables[9].rows);
        QCOMPARE(most, device->batch);
        for (std::size_t id = 0; id < sweep->logits.size(); ++id)
            QVERIFY(id == 7 ? std::isnan(sweep->logits[id])
                            : sweep->logits[id] == static_cast<float>(id) + row.numerical[0]);
        device->forward = [](const BatchView&, std::span<float>, std::stop_token) -> Result<void> {
            return fail(Error("E-CPU-003", "a failure that is one").withRemedy("None."));
        };
        QCOMPARE(engine->sweep(row, TableId{9}).error().code, std::string("E-CPU-003"));
    }

    void itCanBeStopped() {
        const auto data = dataset(kDemoFiles + "dataset");
        for (const Precision precision : {Precision::Fp32, Precision::Bf16}) {
            const auto engine = openEngine(kDemoFiles + "checkpoint", data, InteractionOrder::CustomCuda, 1, precision);
            const InputRow row = inputOf(*engine, *data, 2);
            std::stop_source stop;
            const Job job{[&](const Progress& p) {
                              if (p.stage == "sweeping ids") stop.request_stop();
                          },
                          stop.get_token()};
            const auto sweep = engine->sweep(row, TableId{19}, {}, job);
            QVERIFY(!sweep && sweep.error().isCancelled());
        }
    }

    void badInputIsRefused() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = openEngine(kDemoFiles + "checkpoint", data);
        InputRow row = inputOf(*engine, *data, 2);
        QCOMPARE(engine->sweep(row, TableId{26}).error().code, std::string("E-ENGINE-001"));
        QCOMPARE(engine->sweep(row, TableId{-1}).error().code, std::string("E-ENGINE-001"));
        row.ids[3] = -1;
        QCOMPARE(engine->sweep(row, TableId{9}).error().code, std::string("E-ENGINE-004"));
        row.ids.pop_back();
        QCOMPARE(engine->sweep(row, TableId{9}).error().code, std::string("E-ENGINE-008"));
        QCOMPARE(engine->sweepNumerical(row, 3, *data).error().code, std::string("E-ENGINE-008"));
    }
};

DLRM_TEST(TestSweep);

}  // namespace tst_sweep

#include "tst_sweep.moc"
