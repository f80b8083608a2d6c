// SPDX-License-Identifier: Apache-2.0
// What the benchmark runs and how it counts; not how long it takes.
#include <QTest>

#include <thread>

#include "core/engine/benchmark.h"
#include "fakes.h"
#include "tests/support/test_program.h"

namespace tst_benchmark {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::size_t kNumericals = 13, kTables = 5;  // of the tiny golden checkpoints

std::shared_ptr<Engine> openEngine(const std::shared_ptr<FakeDevice>& device) {
    EngineOptions options;
    options.backend = fakeBackend(device);
    auto engine = Engine::open(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

std::vector<std::int64_t> rowsTimed(std::int64_t rowsOfData) {
    const auto engine = openEngine(std::make_shared<FakeDevice>());
    std::vector<std::int64_t> rows;
    const auto done = timePredictions(*engine, MemoryDataset(rowsOfData, kNumericals, kTables),
                                      [&](const RowsTiming& t) { rows.push_back(t.rows); });
    if (!done) qFatal("%s", done.error().text().c_str());
    return rows;
}

}  // namespace

class BenchmarkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theMedianStandsBetweenFastestAndSlowest() {
        int runs = 0;
        const auto timing = timeRuns(5, [&]() -> Result<void> {
            std::this_thread::sleep_for(std::chrono::milliseconds(++runs == 3 ? 30 : 1));
            return {};
        });
        QVERIFY(timing);
        QCOMPARE(runs, 5);
        QVERIFY(timing->fastest > 0 && timing->fastest <= timing->median && timing->median <= timing->slowest);
        QVERIFY(timing->slowest >= 0.03);
    }

    void aRunThatFailsEndsTheOthers() {
        int runs = 0;
        const auto failed = timeRuns(5, [&]() -> Result<void> {
            if (++runs == 2) return fail(Error("E-TEST-001", "no"));
            return {};
        });
        QCOMPARE(runs, 2);
        QCOMPARE(failed.error().code, std::string("E-TEST-001"));
        std::stop_source source;
        const auto stopped = timeRuns(
            5,
            [&]() -> Result<void> {
                source.request_stop();
                return {};
            },
            source.get_token());
        QVERIFY(!stopped && stopped.error().isCancelled());
        QVERIFY(timeMetrics(source.get_token()).error().isCancelled());
    }

    // Rows a second are of rows that were predicted, also where the data have fewer than are asked for.
    void predictionsAreCountedAsTheyAre() {
        QCOMPARE(rowsTimed(100), (std::vector<std::int64_t>{1, 64, 100}));
        QCOMPARE(rowsTimed(3), (std::vector<std::int64_t>{1, 3, 3}));
        const RowsTiming timing{{0.5, 0.4, 0.9}, 3};
        QCOMPARE(timing.rowsPerSecond(), 6.0);
    }

    void dataWithoutRowsCannotBePredicted() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        const auto done = timePredictions(*engine, MemoryDataset(0, kNumericals, kTables),
                                          [](const RowsTiming&) { QFAIL("nothing was timed"); });
        QCOMPARE(done.error().code, std::string("E-ENGINE-003"));
    }

    void theLargestTableIsBrowsed() {
        const auto engine = openEngine(std::make_shared<FakeDevice>());
        std::int64_t most = 0;
        for (const TableSpec& table : engine->spec().tables) most = std::max(most, table.rows);
        const auto browsing = timeBrowsing(*engine);
        QVERIFY(browsing);
        QCOMPARE(browsing->tableRows, most);
        QCOMPARE(browsing->rows.rows, std::int64_t{1000});
    }
};

DLRM_TEST(BenchmarkTest);

}  // namespace tst_benchmark

#include "tst_benchmark.moc"
