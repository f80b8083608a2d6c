// SPDX-License-Identifier: Apache-2.0
// Click rates per id against a recount row by row.
#include <QtTest>

#include <cmath>

#include "core/measure/click_rates.h"
#include "core/measure/row_pass.h"
#include "tests/core/engine/fakes.h"
#include "tests/core/measure/memory_checkpoint.h"
#include "tests/support/test_program.h"

namespace tst_click_rate {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Of tables of `tableRows` rows each.
Result<ClickCounts> clickCounts(const Dataset& data, TableId table, std::int64_t tableRows, std::stop_token stop = {}) {
    const MemoryCheckpoint checkpoint(std::vector<std::int64_t>(data.schema().categoricalNames.size(), tableRows));
    ClickRates rates(table, tableRows);
    Measure* const measures[] = {&rates};
    const auto counted =
        runRowPass({data, checkpoint.get(), checkpoint.get().spec(), nullptr, {0, -1}, 0, "counting clicks", {}},
                   measures, {.stop = stop});
    DLRM_TRY(counted);
    return rates.takeCounts();
}

}  // namespace

class TestClickRate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsAreThoseOfARecount() {
        constexpr std::int64_t kRows = 70'001, kIds = 97;  // more than one batch; an odd number of rows
        MemoryDataset data(kRows, 1, 3);
        data.m_id = [](std::int64_t row, std::size_t feature) {
            return feature == 1 ? static_cast<std::int32_t>(row * row % 89) : 0;
        };
        const auto counts = clickCounts(data, TableId{1}, kIds);
        QVERIFY2(counts, counts ? "" : counts.error().text().c_str());
        std::vector<std::uint32_t> hits(kIds), clicks(kIds);
        for (std::int64_t row = 0; row < kRows; ++row) {
            const auto id = static_cast<std::size_t>(row * row % 89);
            ++hits[id];
            clicks[id] += static_cast<std::uint32_t>(row % 2);
        }
        QVERIFY(counts->hits == hits);
        QVERIFY(counts->clicks == clicks);
        for (std::int64_t id = 0; id < kIds; ++id) {
            const auto i = static_cast<std::size_t>(id);
            if (hits[i] == 0) QVERIFY(std::isnan(counts->rate(id)));
            else QCOMPARE(counts->rate(id), static_cast<float>(static_cast<double>(clicks[i]) / hits[i]));
        }
        // Shrunk: between the id's own rate and the table's, and nearer to its own the more often it is looked up.
        const double table = counts->tableRate();
        const std::vector<float> shrunk = counts->shrunkRates();
        QVERIFY(std::abs(table - 0.5) < 0.01);
        for (std::int64_t id = 0; id < kIds; ++id) {
            const auto i = static_cast<std::size_t>(id);
            if (hits[i] == 0) QVERIFY(std::isnan(shrunk[i]));
            else QCOMPARE(shrunk[i], static_cast<float>((clicks[i] + 20 * table) / (hits[i] + 20.0)));
        }
    }

    void everyIdOfABagCounts() {
        // Row r looks up r and r + 1 of table 1.
        struct BagDataset : MemoryDataset {
            using MemoryDataset::MemoryDataset;
            bool multiHot() const override { return true; }
            Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
                DLRM_TRY(MemoryDataset::read(first, count, out, stop));
                out.ids.clear();
                out.bags.assign(2, {});
                for (Bags& bags : out.bags) {
                    bags.starts = {0};
                    for (std::int64_t r = first; r < first + count; ++r) {
                        for (const std::int64_t id : {r, r + 1}) bags.ids.push_back(static_cast<std::int32_t>(id));
                        bags.starts.push_back(std::ssize(bags.ids));
                    }
                }
                return {};
            }
        };
        const auto counts = clickCounts(BagDataset(4, 1, 2), TableId{1}, 6);
        QVERIFY2(counts, counts ? "" : counts.error().text().c_str());
        QVERIFY((counts->hits == std::vector<std::uint32_t>{1, 2, 2, 2, 1, 0}));
        QVERIFY((counts->clicks == std::vector<std::uint32_t>{0, 1, 1, 1, 1, 0}));
    }

    void idOutsideTheTableIsAnErrorWithItsRow() {
        MemoryDataset data(10, 1, 3);
        data.m_id = [](std::int64_t row, std::size_t) { return row == 7 ? 5 : 4; };
        const auto counts = clickCounts(data, TableId{0}, 5);
        QVERIFY(!counts);
        QCOMPARE(counts.error().code, std::string("E-ENGINE-004"));
        QCOMPARE(counts.error().row, std::int64_t{7});
    }

    void aStopEndsIt() {
        std::stop_source stop;
        stop.request_stop();
        const auto counts = clickCounts(MemoryDataset(10, 1, 3), TableId{0}, 5, stop.get_token());
        QVERIFY(!counts && counts.error().isCancelled());
    }
};

DLRM_TEST(TestClickRate);

}  // namespace tst_click_rate

#include "tst_click_rate.moc"
