// SPDX-License-Identifier: Apache-2.0
// Quantiles of a numerical against all its values sorted.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "core/analysis/sweep/quantiles.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_quantiles {

using namespace dlrm;

namespace {

// Numericals 0 and 1: 1 is what a function says of the row, 0 something else.
class Numbers : public test::MemoryDataset {
public:
    Numbers(std::int64_t rows, std::function<float(std::int64_t)> value)
        : MemoryDataset(rows, 2, 1), m_value(std::move(value)) {}
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override {
        if (first < 0 || first + count > m_rows) qFatal("rows outside the dataset");
        DLRM_TRY(MemoryDataset::read(first, count, out, stop));
        for (std::int64_t r = 0; r < count; ++r) {
            out.numerical[static_cast<std::size_t>(2 * r)] = -1;
            out.numerical[static_cast<std::size_t>(2 * r + 1)] = m_value(first + r);
        }
        return {};
    }

private:
    std::function<float(std::int64_t)> m_value;
};

}  // namespace

class TestQuantiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fewValuesAreAllThere() {
        const auto value = [](std::int64_t row) {
            return row % 50 == 7   ? std::numeric_limits<float>::quiet_NaN()
                   : row % 50 == 8 ? -0.0F
                                   : static_cast<float>(row % 50);
        };
        const auto found = numericalQuantiles(Numbers(25'000, value), 1, 200, {});
        QVERIFY(found);
        std::vector<float> expected;
        for (int v = 0; v < 50; ++v)
            if (v != 7 && v != 8) expected.push_back(static_cast<float>(v));
        QCOMPARE(found->values, expected);  // -0 is 0
        QVERIFY(!std::signbit(found->values.front()));
        QCOMPARE(found->rows, std::int64_t{25'000});
        QCOMPARE(found->distinct, std::int64_t{48});
    }

    void manyValuesAreTheirQuantiles() {
        for (const std::int64_t rows : {std::int64_t{999}, std::int64_t{10'000}, std::int64_t{25'001}}) {
            std::mt19937 random(8);
            std::vector<float> values;
            for (std::int64_t r = 0; r < rows; ++r)  // a third of them alike, as missing numbers are
                values.push_back(random() % 3 == 0 ? 0.0F : std::log(static_cast<float>(random() % 100'000 + 3)));
            const Numbers data(rows, [&](std::int64_t row) { return values[static_cast<std::size_t>(row)]; });
            const auto found = numericalQuantiles(data, 1, 200, {});
            QVERIFY(found);
            std::sort(values.begin(), values.end());
            std::set<float> expected;
            for (std::int64_t k = 0; k < 200; ++k)
                expected.insert(values[static_cast<std::size_t>(k * (rows - 1) / 199)]);
            QCOMPARE(found->values, std::vector<float>(expected.begin(), expected.end()));
            QVERIFY(found->values.size() > 100 && found->values.size() < 200);
        }
    }

    // In blocks from the first row to the last.
    void ofALongDatasetSomeRowsAreLookedAt() {
        const std::int64_t rows = 3'000'017;
        std::int64_t read = 0, last = -1;
        const auto value = [&](std::int64_t row) {
            if (row <= last) qFatal("row %lld is read again", static_cast<long long>(row));
            last = row;
            ++read;
            return static_cast<float>(row / 100'000);
        };
        const auto found = numericalQuantiles(Numbers(rows, value), 1, 200, {});
        QVERIFY(found);
        QCOMPARE(read, kMostRowsOfQuantiles);
        QCOMPARE(found->rows, kMostRowsOfQuantiles);
        QCOMPARE(last, rows - 1);
        QCOMPARE(found->values.size(), std::size_t{31});
    }

    // All numericals in one look, each as by itself; the clicks of the same rows.
    void allNumericalsAtOnceAreEachByItself() {
        for (const std::int64_t rows : {std::int64_t{12'345}, std::int64_t{1'000'003}}) {
            const Numbers data(rows, [](std::int64_t row) { return static_cast<float>(row * row % 70'001); });
            const auto all = dataQuantiles(data, 200, {});
            QVERIFY(all);
            QCOMPARE(all->numericals.size(), std::size_t{2});
            QCOMPARE(all->rows, std::min(rows, kMostRowsOfQuantiles));
            for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
                const auto one = numericalQuantiles(data, k, 200, {});
                QVERIFY(one);
                QCOMPARE(all->numericals[k].values, one->values);
                QCOMPARE(all->numericals[k].distinct, one->distinct);
                QCOMPARE(all->numericals[k].rows, one->rows);
            }
            QCOMPARE(all->numericals[0].values, std::vector<float>{-1});
            QVERIFY(all->numericals[1].distinct > 200);
            Batch batch;
            std::int64_t clicks = 0;  // of a dataset that is looked at as a whole
            if (rows > kMostRowsOfQuantiles) continue;
            QVERIFY(data.read(0, rows, batch, {}));
            for (const std::uint8_t label : batch.labels) clicks += label;
            QCOMPARE(all->clicks, clicks);
        }
    }

    void itCanBeStopped() {
        std::stop_source stop;
        const Job job{[&](const Progress&) { stop.request_stop(); }, stop.get_token()};
        const auto found = numericalQuantiles(Numbers(25'000, [](std::int64_t) { return 1.0F; }), 1, 200, job);
        QVERIFY(!found && found.error().isCancelled());
    }
};

DLRM_TEST(TestQuantiles);

}  // namespace tst_quantiles

#include "tst_quantiles.moc"
