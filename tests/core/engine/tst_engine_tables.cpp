// SPDX-License-Identifier: Apache-2.0
// Statistics behind the engine: kept in memory and on disk, never stale; tables joined with a dataset.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/analysis/tables/statistics_cache.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_engine_tables {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::size_t kNumericals = 13, kTables = 5;  // of the tiny golden checkpoints

// A copy of a golden checkpoint that a test may change, and a cache of its own.
struct Fixture {
    Fixture() {
        std::filesystem::copy(DLRM_TEST_DATA "/golden/checkpoints/c_tensorflow/checkpoint", path(),
                              std::filesystem::copy_options::recursive);
        qputenv("XDG_CACHE_HOME", directory.filePath(QStringLiteral("cache")).toUtf8());
    }
    std::string path() const { return directory.filePath(QStringLiteral("checkpoint")).toStdString(); }
    std::shared_ptr<Engine> open() const {
        EngineOptions options;
        options.backend = fakeBackend(std::make_shared<FakeDevice>());
        auto engine = Engine::open(path(), options);
        if (!engine) qFatal("%s", engine.error().text().c_str());
        return *engine;
    }
    QTemporaryDir directory;
};

MemoryDataset someDataset() {
    MemoryDataset dataset(150000, kNumericals, kTables);
    dataset.m_id = [](std::int64_t row, std::size_t feature) {
        return feature == 0 ? static_cast<std::int32_t>(row * row % 1000) : static_cast<std::int32_t>(row % 3);
    };
    return dataset;
}

}  // namespace

class TestEngineTables : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void computesOnceAndRemembers() {
        const Fixture f;
        const auto engine = f.open();
        QVERIFY(!engine->knownStatistics(TableId{0}));
        const auto first = engine->tableStatistics(TableId{0});
        QVERIFY2(first.has_value(), first ? "" : first.error().text().c_str());
        QVERIFY(!(*first)->fromCache);
        QCOMPARE((*first)->table, TableId{0});
        QCOMPARE(*engine->tableStatistics(TableId{0}), *first);
        QCOMPARE(engine->knownStatistics(TableId{0}), *first);
        // Another run of the program.
        const auto again = f.open()->knownStatistics(TableId{0});
        QVERIFY(again && again->fromCache);
        QVERIFY(again->scan.norms == (*first)->scan.norms);
        QVERIFY(!f.open()->knownStatistics(TableId{1}));
    }

    void changedFilesAreReadAgain() {
        const Fixture f;
        const float before = (*f.open()->tableStatistics(TableId{0}))->scan.max;
        {
            std::fstream file(f.path() + "/feature_0_part0.npy", std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(-4, std::ios::end);
            const float large = 1000;
            file.write(reinterpret_cast<const char*>(&large), sizeof large);
        }
        const auto engine = f.open();
        QVERIFY(!engine->knownStatistics(TableId{0}));
        const auto after = engine->tableStatistics(TableId{0});
        QVERIFY(after.has_value());
        QVERIFY(before < 1000);
        QCOMPARE((*after)->scan.max, 1000.0f);
    }

    void filesChangedUnderneathAreAnError() {
        const Fixture f;
        const auto engine = f.open();
        std::filesystem::resize_file(f.path() + "/feature_0_part0.npy", 200);
        const auto result = engine->tableStatistics(TableId{0});
        QVERIFY(!result);
        QCOMPARE(result.error().code, std::string("E-FILE-005"));
        QVERIFY(!engine->knownStatistics(TableId{0}));
    }

    void aStoppedPassIsTakenUpAgain() {
        const Fixture f;
        const auto engine = f.open();
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = engine->tableStatistics(TableId{2}, {.stop = stop.get_token()});
        QVERIFY(!stopped && stopped.error().isCancelled());
        QVERIFY(engine->tableStatistics(TableId{2}).has_value());
    }

    void tablesThatDoNotExist() {
        const Fixture f;
        const auto engine = f.open();
        for (const int t : {-1, 5}) {
            QCOMPARE(engine->tableStatistics(TableId{t}).error().code, std::string("E-ENGINE-001"));
            QCOMPARE(engine->cosinesToMean(TableId{t}).error().code, std::string("E-ENGINE-001"));
            QCOMPARE(engine->rowOrder(TableId{t}, {}, nullptr).error().code, std::string("E-ENGINE-001"));
            QCOMPARE(engine->trafficSpectrum(TableId{t}, {}).error().code, std::string("E-ENGINE-001"));
            QVERIFY(!engine->knownStatistics(TableId{t}));
        }
    }

    void countsTheHitsOfADataset() {
        const Fixture f;
        const auto engine = f.open();
        const MemoryDataset dataset = someDataset();
        const auto traffic = engine->traffic(dataset);
        QVERIFY2(traffic.has_value(), traffic ? "" : traffic.error().text().c_str());
        std::vector<std::uint32_t> expected(1000);
        for (std::int64_t r = 0; r < dataset.rows(); ++r) ++expected[static_cast<std::size_t>(dataset.m_id(r, 0))];
        const TableTraffic& table = (*traffic)->tables[0];
        QVERIFY(table.hits == expected);
        QCOMPARE(table.lookups, dataset.rows());
        QCOMPARE(table.row0, static_cast<std::int64_t>(expected[0]));
        QCOMPARE(table.distinct, static_cast<std::int64_t>(1000 - std::count(expected.begin(), expected.end(), 0u)));
        QCOMPARE(table.lookupsShare, 0.2);
        QCOMPARE((*traffic)->tables[3].distinct, 3);
    }

    // Several tables are one job: its progress never goes back.
    void progressIsThatOfAllTables() {
        for (const bool joined : {false, true}) {
            const Fixture f;
            const auto engine = f.open();
            std::int64_t total = 0;
            for (const TableSpec& table : engine->spec().tables) total += table.bytes;
            std::vector<std::int64_t> told;
            const auto progress = [&](const Progress& p) {
                if (p.stage != "reading tables") return;
                QCOMPARE(p.total, total);
                told.push_back(p.done);
            };
            QVERIFY(joined ? engine->untrainedTraffic(someDataset(), {progress}).has_value()
                           : engine->checkValues({progress}).has_value());
            QVERIFY(told.size() >= kTables);
            QVERIFY(std::is_sorted(told.begin(), told.end()));
            QCOMPARE(told.back(), total);
        }
    }

    void joinsUntrainedRowsWithADataset() {
        const Fixture f;
        const auto engine = f.open();
        const MemoryDataset dataset = someDataset();
        const auto joined = engine->untrainedTraffic(dataset);
        QVERIFY2(joined.has_value(), joined ? "" : joined.error().text().c_str());
        std::vector<std::shared_ptr<const TableStatistics>> tables;
        for (std::size_t t = 0; t < kTables; ++t) tables.push_back(*engine->tableStatistics(static_cast<TableId>(t)));
        std::vector<std::int64_t> untrained(kTables), byCount(kTables + 1);
        for (std::int64_t r = 0; r < dataset.rows(); ++r) {
            std::size_t n = 0;
            for (std::size_t t = 0; t < kTables; ++t) {
                const bool hit = tables[t]->untrained.contains(dataset.m_id(r, t));
                untrained[t] += hit;
                n += hit;
            }
            ++byCount[n];
        }
        QVERIFY(untrained[0] > 0);
        for (std::size_t t = 0; t < kTables; ++t) QCOMPARE((*joined)->tables[t].untrained, untrained[t]);
        QCOMPARE((*joined)->rowsByCount, byCount);
        QCOMPARE((*joined)->rowsAffected, dataset.rows() - byCount[0]);
        const auto traffic = engine->traffic(dataset);
        QCOMPARE(untrainedLookups((*traffic)->tables[0], (*engine->tableStatistics(TableId{0}))->untrained).untrained,
                 untrained[0]);
    }

    void badDatasetsAreErrors() {
        const Fixture f;
        const auto engine = f.open();
        MemoryDataset dataset = someDataset();
        dataset.m_id = [](std::int64_t row, std::size_t) { return row == 70000 ? 5000 : 0; };
        for (const auto& error : {engine->traffic(dataset).error(), engine->untrainedTraffic(dataset).error()}) {
            QCOMPARE(error.code, std::string("E-ENGINE-004"));
            QCOMPARE(error.row, 70000);
        }
        dataset.m_rows = std::int64_t{1} << 32;
        QCOMPARE(engine->traffic(dataset).error().code, std::string("E-ANALYSIS-003"));
        QCOMPARE(engine->traffic(MemoryDataset(10, kNumericals, 3)).error().code, std::string("E-ENGINE-011"));
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(engine->traffic(someDataset(), {.stop = stop.get_token()}).error().isCancelled());
    }

    void clicksAreThoseOfTheTableAsked() {
        const Fixture f;
        const auto engine = f.open();
        MemoryDataset dataset = someDataset();
        const auto clicks = engine->clickCounts(dataset, TableId{0});
        QVERIFY2(clicks.has_value(), clicks ? "" : clicks.error().text().c_str());
        std::vector<std::uint32_t> expected(1000);
        for (std::int64_t r = 1; r < dataset.rows(); r += 2) ++expected[static_cast<std::size_t>(dataset.m_id(r, 0))];
        QVERIFY(clicks->clicks == expected);
        QCOMPARE(engine->clickCounts(dataset, TableId{5}).error().code, std::string("E-ENGINE-001"));
        dataset.m_labels = false;
        QCOMPARE(engine->clickCounts(dataset, TableId{0}).error().code, std::string("E-ANALYSIS-004"));
    }

    // Weights of 1 give the spectrum of all rows; rows without a hit do not count; a weight of 4 is a row four times.
    void weighsRowsByTheirHits() {
        const Fixture f;
        const auto engine = f.open();
        Traffic traffic;
        for (const TableSpec& table : engine->spec().tables)
            traffic.tables.emplace_back().hits.assign(static_cast<std::size_t>(table.rows), 1);
        const auto all = engine->trafficSpectrum(TableId{0}, traffic);
        QVERIFY(all.has_value());
        const Spectrum& plain = (*engine->tableStatistics(TableId{0}))->spectrum;
        QCOMPARE(all->weight, 1000.0);
        for (std::size_t i = 0; i < plain.singularValues.size(); ++i)
            QVERIFY(std::abs(all->singularValues[i] - plain.singularValues[i]) <=
                    1e-6 * plain.singularValues[0]);  // kGramError on both sides; 1e-8 is usual
        auto& hits = traffic.tables[0].hits;
        std::fill(hits.begin(), hits.end(), 0u);
        hits[3] = 4;
        const auto one = engine->trafficSpectrum(TableId{0}, traffic);
        QCOMPARE(one->rows, 1);
        QCOMPARE(one->weight, 4.0);
        QVERIFY(std::abs(one->singularValues[0] - 2 * (*engine->rows(TableId{0}, std::vector{RowId{3}})).norms[0]) <
                1e-6);
    }

    void ordersRows() {
        const Fixture f;
        const auto engine = f.open();
        RowQuery query;
        query.sortBy = RowKey::Norm;
        query.descending = true;
        query.limit = 10;
        query.trained = true;
        const auto top = engine->rowOrder(TableId{0}, query, nullptr);
        QVERIFY2(top.has_value(), top ? "" : top.error().text().c_str());
        QCOMPARE((*top)->ids.size(), std::size_t{10});
        const auto& norms = (*engine->tableStatistics(TableId{0}))->scan.norms;
        QVERIFY(std::is_sorted((*top)->ids.begin(), (*top)->ids.end(),
                               [&](std::uint32_t a, std::uint32_t b) { return norms[a] > norms[b]; }));
        query.sortBy = RowKey::CosineToMean;
        QVERIFY(engine->rowOrder(TableId{0}, query, nullptr).has_value());
        query.sortBy = RowKey::Hits;
        QCOMPARE(engine->rowOrder(TableId{0}, query, nullptr).error().code, std::string("E-ANALYSIS-002"));
        const auto traffic = engine->traffic(someDataset());
        QVERIFY(engine->rowOrder(TableId{0}, query, traffic->get()).has_value());
    }
};

DLRM_TEST(TestEngineTables);

}  // namespace tst_engine_tables

#include "tst_engine_tables.moc"
