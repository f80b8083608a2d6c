// SPDX-License-Identifier: Apache-2.0
// The screened scan against a full sort of scores computed in double by this file's own loops: same ids, same order,
// same bits.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include <tbb/global_control.h>

#include "core/analysis/neighbors/graph.h"
#include "core/analysis/neighbors/neighbors.h"
#include "tests/core/analysis/table_maker.h"
#include "tests/support/test_program.h"

namespace tst_neighbors {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double naiveScore(Similarity similarity, std::span<const float> a, std::span<const float> b) {
    double dot = 0, aa = 0, bb = 0, distance = 0;
    for (std::size_t c = 0; c < a.size(); ++c) {
        if (!std::isfinite(a[c]) || !std::isfinite(b[c])) return kNaN;
        dot += double(a[c]) * b[c];
        aa += double(a[c]) * a[c];
        bb += double(b[c]) * b[c];
        distance += (double(a[c]) - b[c]) * (double(a[c]) - b[c]);
    }
    if (similarity == Similarity::Dot) return dot;
    if (similarity == Similarity::L2) return std::sqrt(distance);
    return aa > 0 && bb > 0 ? dot / (std::sqrt(aa) * std::sqrt(bb)) : kNaN;
}

double scoreOf(Similarity similarity, const RowComparison& c) {
    return similarity == Similarity::Dot ? c.dot : similarity == Similarity::L2 ? c.distance : c.cosine;
}

std::vector<Neighbor> naiveNearest(const MadeTable& table, std::span<const float> query, std::int64_t leaveOut,
                                   Similarity similarity, std::int64_t k) {
    std::vector<Neighbor> all;
    for (std::int64_t r = 0; r < table.rows; ++r)
        if (r != leaveOut) all.push_back({RowId{r}, naiveScore(similarity, query, table.row(r))});
    std::stable_sort(all.begin(), all.end(), [&](const Neighbor& a, const Neighbor& b) {
        if (std::isnan(b.score)) return !std::isnan(a.score);
        if (std::isnan(a.score)) return false;
        return similarity == Similarity::L2 ? a.score < b.score : a.score > b.score;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(k)));
    return all;
}

// Queries: `count` rows of the table, spread over it.
void compareWithNaive(const MadeTable& table, std::int64_t count, std::int64_t k) {
    std::vector<float> queries;
    std::vector<std::int64_t> ids;
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t r = i * table.rows / count;
        const auto usable = [&] {
            return std::all_of(table.row(r).begin(), table.row(r).end(), [](float v) { return std::isfinite(v); });
        };
        while (!usable()) r = (r + 1) % table.rows;
        ids.push_back(r);
        queries.insert(queries.end(), table.row(r).begin(), table.row(r).end());
    }
    for (const Similarity similarity : {Similarity::Cosine, Similarity::Dot, Similarity::L2}) {
        const auto found = nearestRows(table.view, queries, ids, similarity, k);
        QVERIFY(found.has_value());
        QCOMPARE(found->size(), static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i) {
            const auto query = std::span(queries).subspan(static_cast<std::size_t>(i * table.dim),
                                                          static_cast<std::size_t>(table.dim));
            const auto expected = naiveNearest(table, query, ids[static_cast<std::size_t>(i)], similarity, k);
            const auto& got = (*found)[static_cast<std::size_t>(i)];
            QCOMPARE(got.size(), expected.size());
            for (std::size_t n = 0; n < got.size(); ++n) {
                const QString where = QStringLiteral("%1 query %2 place %3")
                                          .arg(QString::fromUtf8(name(similarity).data()))
                                          .arg(i)
                                          .arg(n);
                QVERIFY2(
                    got[n].id == expected[n].id,
                    qPrintable(where +
                               QStringLiteral(": id %1, not %2").arg(value(got[n].id)).arg(value(expected[n].id))));
                QVERIFY2(
                    got[n].score == expected[n].score || (std::isnan(got[n].score) && std::isnan(expected[n].score)),
                    qPrintable(where));
            }
        }
    }
}

}  // namespace

class TestNeighbors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sameAsAFullSort_data() {
        QTest::addColumn<int>("dim");
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("cut");
        for (const int dim : {1, 3, 16, 32, 128, 200})
            QTest::addRow("float32 dim %d", dim) << dim << int(DType::Float32) << int(Cut::Whole);
        QTest::newRow("rows cut") << 16 << int(DType::Float32) << int(Cut::Rows);
        QTest::newRow("columns cut") << 33 << int(DType::Float32) << int(Cut::Columns);
        QTest::newRow("Fortran order") << 16 << int(DType::Float32) << int(Cut::Fortran);
        QTest::newRow("float16") << 32 << int(DType::Float16) << int(Cut::Whole);
        QTest::newRow("float16, columns cut") << 32 << int(DType::Float16) << int(Cut::Columns);
        QTest::newRow("bfloat16") << 16 << int(DType::BFloat16) << int(Cut::Rows);
        QTest::newRow("float64") << 16 << int(DType::Float64) << int(Cut::Whole);
    }
    void sameAsAFullSort() {
        QFETCH(int, dim);
        QFETCH(int, dtype);
        QFETCH(int, cut);
        const std::int64_t rows = 5003;
        const MadeTable table =
            makeTable(normalValues(static_cast<std::size_t>(rows * dim), 7), dim, DType(dtype), Cut(cut));
        for (const std::int64_t queries : {1, 2, 21}) compareWithNaive(table, queries, 10);
        compareWithNaive(table, 1, 1);
        compareWithNaive(table, 1, 300);
    }

    void moreQueriesThanOneProductTakes() { compareWithNaive(makeTable(normalValues(1200 * 8, 3), 8), 300, 5); }

    // Rows that differ by a few units in the last place: the float32 scan cannot tell them apart, the double comparison
    // must.
    void rowsCloserThanFloat32CanTell() {
        const std::int64_t rows = 3000, dim = 128;
        const std::vector<float> one = normalValues(dim, 1, 0.05F);
        std::vector<float> values;
        std::mt19937 random(5);
        for (std::int64_t r = 0; r < rows; ++r)
            for (const float v : one)
                values.push_back(random() % 4 == 0 ? std::nextafter(v, random() % 2 ? 1.0F : -1.0F) : v);
        const MadeTable table = makeTable(std::move(values), dim);
        compareWithNaive(table, 1, 20);
        compareWithNaive(table, 7, 20);
    }

    void equalRowsComeById() {
        std::vector<float> values = normalValues(2000 * 16, 11);
        for (std::size_t r = 0; r < 2000; r += 3)
            std::copy_n(values.begin() + 16, 16, values.begin() + static_cast<std::ptrdiff_t>(r * 16));
        const MadeTable table = makeTable(std::move(values), 16);
        compareWithNaive(table, 5, 50);
        const auto found = nearestRows(table.view, table.row(1), std::vector<std::int64_t>{1}, Similarity::L2, 3);
        QCOMPARE(value((*found)[0][0].id), 0);
        QCOMPARE(value((*found)[0][1].id), 3);
        QCOMPARE(value((*found)[0][2].id), 6);
        QCOMPARE((*found)[0][2].score, 0.0);
    }

    void rowsWithoutScoreComeLast() {
        std::vector<float> values = normalValues(40 * 5, 13);
        for (std::size_t r = 0; r < 40; ++r) {
            if (r % 4 == 0) std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(r * 5), 5, 0.0F);
            if (r % 4 == 1) values[r * 5 + r % 5] = std::array{std::nanf(""), INFINITY, -INFINITY}[r % 3];
        }
        const MadeTable table = makeTable(std::move(values), 5);
        for (const std::int64_t k : {5, 39, 100}) compareWithNaive(table, 2, k);
        compareWithNaive(table, 1, 39);
        const auto found = nearestRows(table.view, table.row(2), std::vector<std::int64_t>{2}, Similarity::Cosine, 100);
        QCOMPARE((*found)[0].size(), std::size_t{39});
        QVERIFY(std::isnan((*found)[0][20].score));
        QVERIFY(!std::isnan((*found)[0][18].score));
    }

    // Values whose float32 products overflow, or fall below the normal range.
    void valuesOfEverySize() {
        std::vector<float> values = normalValues(4000 * 6, 17);
        std::mt19937 random(19);
        for (std::size_t r = 0; r < 4000; ++r) {
            const float scale = std::pow(10.0F, static_cast<float>(random() % 75) - 40);
            for (std::size_t c = 0; c < 6; ++c)
                values[r * 6 + c] = std::clamp(values[r * 6 + c] * scale, -3e38F, 3e38F);
        }
        const MadeTable table = makeTable(std::move(values), 6);
        compareWithNaive(table, 40, 12);
        for (std::int64_t r = 0; r < 40; ++r)
            for (const Similarity similarity : {Similarity::Cosine, Similarity::Dot, Similarity::L2}) {
                const auto found =
                    nearestRows(table.view, table.row(r * 97), std::vector<std::int64_t>{-1}, similarity, 12);
                const auto expected = naiveNearest(table, table.row(r * 97), -1, similarity, 12);
                for (std::size_t n = 0; n < expected.size(); ++n)
                    QCOMPARE(value((*found)[0][n].id), value(expected[n].id));
            }
    }

    void queryThatIsNoRow() {
        const MadeTable table = makeTable(normalValues(900 * 12, 23), 12);
        const std::vector<float> query = normalValues(12, 29);
        for (const Similarity similarity : {Similarity::Cosine, Similarity::Dot, Similarity::L2}) {
            const auto found = nearestRows(table.view, query, std::vector<std::int64_t>{-1}, similarity, 10);
            const auto expected = naiveNearest(table, query, -1, similarity, 10);
            for (std::size_t n = 0; n < 10; ++n) QCOMPARE(value((*found)[0][n].id), value(expected[n].id));
            QCOMPARE((*found)[0][0].score,
                     scoreOf(similarity, compareRows(query, table.row(value((*found)[0][0].id)))));
        }
    }

    void twoRowsAreComparedAsNeighboursAre() {
        const std::vector<float> a{3, 0, 4}, b{0, 0, 2}, zero{0, 0, 0},
            broken{1, std::numeric_limits<float>::infinity(), 0};
        const RowComparison c = compareRows(a, b);
        QCOMPARE(c.cosine, 0.8);
        QCOMPARE(c.dot, 8.0);
        QCOMPARE(c.distance, std::sqrt(13.0));
        QVERIFY(std::isnan(compareRows(a, zero).cosine));
        QCOMPARE(compareRows(a, zero).dot, 0.0);
        QCOMPARE(compareRows(a, zero).distance, 5.0);
        QVERIFY(std::isnan(compareRows(a, broken).cosine) && std::isnan(compareRows(a, broken).dot) &&
                std::isnan(compareRows(a, broken).distance));
        QVERIFY(std::isnan(compareRows({}, b).cosine));
        QCOMPARE(compareRows(a, std::span(b).first(2)).distance, 3.0);  // columns that both have
        const std::vector<float> x = normalValues(40, 5), y = normalValues(40, 6);
        for (const Similarity similarity : {Similarity::Cosine, Similarity::Dot, Similarity::L2})
            QCOMPARE(scoreOf(similarity, compareRows(x, y)), naiveScore(similarity, x, y));
    }

    void sameWithOneThread() {
        const MadeTable table = makeTable(normalValues(30000 * 16, 31), 16);
        const std::vector<std::int64_t> leaveOut{-1};
        const auto many = nearestRows(table.view, table.row(4), leaveOut, Similarity::Cosine, 25);
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        const auto single = nearestRows(table.view, table.row(4), leaveOut, Similarity::Cosine, 25);
        for (std::size_t n = 0; n < 25; ++n) QCOMPARE(value((*many)[0][n].id), value((*single)[0][n].id));
    }

    void emptyTableAndNoQuery() {
        const MadeTable table = makeTable({}, 4);
        const std::vector<float> query(4, 1.0F);
        QCOMPARE((*nearestRows(table.view, query, std::vector<std::int64_t>{-1}, Similarity::Dot, 3))[0].size(),
                 std::size_t{0});
        QVERIFY(nearestRows(table.view, {}, {}, Similarity::Dot, 3)->empty());
    }

    void stopsAndTellsProgress() {
        const MadeTable table = makeTable(std::vector<float>(400000 * 8, 1.0F), 8);
        std::int64_t last = 0, calls = 0;
        const auto caller = std::this_thread::get_id();
        bool elsewhere = false;
        QVERIFY(nearestRows(table.view, table.row(0), std::vector<std::int64_t>{0}, Similarity::Dot, 3,
                            {[&](const Progress& p) {
                                elsewhere |= std::this_thread::get_id() != caller;
                                last = p.done;
                                ++calls;
                                QVERIFY(p.total == 400000 && p.done <= p.total);
                            }})
                    .has_value());
        QVERIFY(calls > 0 && last > 0 && !elsewhere);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(nearestRows(table.view, table.row(0), std::vector<std::int64_t>{0}, Similarity::Dot, 3,
                             {.stop = source.get_token()})
                     .error()
                     .code,
                 std::string("E-CANCELLED"));
    }

    void graphIsTheSameAsAFullSort() {
        const std::int64_t points = 1500, dim = 20, k = 14;
        std::vector<float> values = normalValues(static_cast<std::size_t>(points * dim), 37, 0.2F);
        for (float& v : values) v = std::clamp(v, -1.0F, 1.0F);
        for (std::size_t r = 0; r < 300; ++r)
            std::copy_n(values.begin(), dim, values.begin() + static_cast<std::ptrdiff_t>(r * 5 * dim));  // ties
        const MadeTable table = makeTable(values, dim);
        const auto graph = neighborGraph(values, dim, k);
        QVERIFY(graph.has_value());
        const double tolerance = (static_cast<double>(dim) + 16) * 0x1p-24;  // stated by neighborGraph()
        for (std::int64_t i = 0; i < points; ++i) {
            const auto expected = naiveNearest(table, table.row(i), i, Similarity::L2, k);
            for (std::int64_t n = 0; n < k; ++n) {
                const auto at = static_cast<std::size_t>(i * k + n);
                const double exact = naiveScore(Similarity::L2, table.row(i), table.row(graph->ids[at]));
                QVERIFY(std::abs(graph->squaredDistances[at] - exact * exact) <= tolerance * exact * exact);
                QVERIFY(std::abs(exact - expected[static_cast<std::size_t>(n)].score) <= tolerance * exact);
                if (exact == 0) QCOMPARE(std::int64_t{graph->ids[at]}, value(expected[static_cast<std::size_t>(n)].id));
            }
        }
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        const auto single = neighborGraph(values, dim, k);
        QVERIFY(single->ids == graph->ids && single->squaredDistances == graph->squaredDistances);
    }
};

DLRM_TEST(TestNeighbors);

}  // namespace tst_neighbors

#include "tst_neighbors.moc"
