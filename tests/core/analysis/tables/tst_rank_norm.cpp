// SPDX-License-Identifier: Apache-2.0
// The rank–norm map: every row counted where its definition puts it, the initializer's band, the sink rank; the
// histogram of norms.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/analysis/tables/norm_histogram.h"
#include "core/analysis/tables/norm_summary.h"
#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/rank_norm.h"
#include "tests/core/analysis/tables/memory_table.h"
#include "tests/support/test_program.h"

namespace tst_rank_norm {

using namespace dlrm;
using namespace dlrm::test;

namespace {

TableStatistics withNorms(std::vector<float> norms, std::int64_t dim, float bound) {
    TableStatistics s;
    s.scan.rows = static_cast<std::int64_t>(norms.size());
    s.scan.dim = dim;
    s.scan.norms = std::move(norms);
    s.norms = summarizeNorms(s.scan.norms);
    s.untrained.lattice.max = bound;
    return s;
}

}  // namespace

class TestRankNorm : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Bins of one ratio where most norms are far below the largest, else of one width; each row in the bin between
    // whose edges it lies.
    void binsOfNormsHoldWhatLiesBetweenTheirEdges_data() {
        QTest::addColumn<double>("largest");
        QTest::addColumn<bool>("logarithmic");
        QTest::addRow("half are short") << 30.0 << true;
        QTest::addRow("none is short") << 1.0 << false;
    }
    void binsOfNormsHoldWhatLiesBetweenTheirEdges() {
        QFETCH(double, largest);
        QFETCH(bool, logarithmic);
        std::vector<float> norms = normalValues(5000, 0.1f, 1, 7);
        for (float& norm : norms) norm = 1 + std::abs(norm);
        norms[17] = static_cast<float>(largest) + 1;
        norms[18] = std::numeric_limits<float>::infinity();
        const NormHistogram bins = normHistogram(withNorms(norms, 16, 0.1f), 40);
        QCOMPARE(bins.logarithmic, logarithmic);
        QCOMPARE(bins.notFinite, 1);
        QCOMPARE(bins.edge(40), bins.high);
        std::int64_t counted = 0;
        for (std::size_t b = 0; b < 40; ++b) {
            const double low = bins.edge(b), high = bins.edge(b + 1);
            if (logarithmic) QVERIFY(std::abs(high / low - bins.edge(1) / bins.low) < 1e-9);
            else QVERIFY(std::abs(high - low - (bins.high - bins.low) / 40) < 1e-9);
            const auto inside = std::count_if(norms.begin(), norms.end(), [&](float norm) {
                const auto n = static_cast<double>(norm);
                return std::isfinite(n) && n >= low && (n < high || (b == 39 && n == high));
            });
            QCOMPARE(bins.trained[b] + bins.untrained[b], static_cast<std::int64_t>(inside));
            counted += inside;
        }
        QCOMPARE(counted, bins.counted);
        QCOMPARE(counted, 4999);
    }

    void countsEveryRowOnce_data() {
        QTest::addColumn<int>("rows");
        for (const int rows : {1, 2, 3, 10, 100, 12345}) QTest::addRow("%d", rows) << rows;
    }
    void countsEveryRowOnce() {
        QFETCH(int, rows);
        std::vector<float> norms = normalValues(rows, 0.1f, 1, 3);
        if (rows > 50) norms[40] = std::numeric_limits<float>::quiet_NaN();
        const RankNormMap map = rankNormMap(withNorms(norms, 16, 0.1f), 64, 32);
        std::int64_t counted = 0, next = 0;
        for (const std::uint32_t n : map.counts) counted += n;
        QCOMPARE(counted + map.notFinite, rows);
        QCOMPARE(map.notFinite, rows > 50 ? 1 : 0);
        QCOMPARE(map.row0Norm, norms[0]);
        for (const auto& q : map.quantiles) {
            QCOMPARE(q.firstId, next);
            next = q.lastId + 1;
            std::vector<float> part;
            for (std::int64_t id = q.firstId; id <= q.lastId; ++id)
                if (std::isfinite(norms[static_cast<std::size_t>(id)]))
                    part.push_back(norms[static_cast<std::size_t>(id)]);
            std::sort(part.begin(), part.end());
            QCOMPARE(q.p50, part[50 * (part.size() - 1) / 100]);
            QCOMPARE(q.p05, part[5 * (part.size() - 1) / 100]);
            QCOMPARE(q.p95, part[95 * (part.size() - 1) / 100]);
            // The column of the definition.
            if (rows > 1) {
                const double x = std::log10(static_cast<double>(q.firstId) + 1) / map.logRankMax * map.columns;
                std::int64_t inColumn = 0;
                const int column = std::min(static_cast<int>(x + 1e-6), map.columns - 1);
                for (int y = 0; y < map.bins; ++y)
                    inColumn += map.counts[static_cast<std::size_t>(y * map.columns + column)];
                QCOMPARE(inColumn, static_cast<std::int64_t>(part.size()));
            }
        }
        QCOMPARE(next, rows);
    }

    void bandIsThatOfTheInitializer() {
        for (const std::int64_t dim : {16, 128}) {
            const float bound = 0.25f;
            const auto values = initialValues(20000 * dim, bound, 5);
            double sum = 0, squares = 0;
            for (std::int64_t r = 0; r < 20000; ++r) {
                double s = 0;
                for (std::int64_t c = 0; c < dim; ++c)
                    s += static_cast<double>(values[static_cast<std::size_t>(r * dim + c)]) *
                         values[static_cast<std::size_t>(r * dim + c)];
                sum += std::sqrt(s);
                squares += s;
            }
            const double mean = sum / 20000, sd = std::sqrt(squares / 20000 - mean * mean);
            const InitializerNorm n = initializerNorm(dim, bound);
            QVERIFY(std::abs(n.mean - mean) < 5 * sd / std::sqrt(20000.0));  // five standard errors
            QVERIFY(std::abs(n.sd - sd) < 0.04 * sd);  // second order in 1 / dim, and the error of sd
        }
    }

    void findsWhereTrainingSinks() {
        const InitializerNorm n = initializerNorm(128, 0.01);
        std::vector<float> norms = normalValues(100000, static_cast<float>(n.sd), static_cast<float>(n.mean), 9);
        for (std::size_t id = 0; id < 3000; ++id) norms[id] *= 2;
        const RankNormMap map = rankNormMap(withNorms(norms, 128, 0.01f));
        QVERIFY(map.sinkRank.has_value());
        // To a column: log10(100,000) / 256 of a decade.
        QVERIFY(*map.sinkRank >= 2900 && *map.sinkRank <= 3200);
        for (float& v : norms) v *= 2;
        QVERIFY(!rankNormMap(withNorms(norms, 128, 0.01f)).sinkRank.has_value());
    }

    void row0TakesNoPartInTheSinkRank() {
        const InitializerNorm n = initializerNorm(128, 0.01);
        std::vector<float> norms(1000, static_cast<float>(n.mean));
        norms[0] = 100;
        QCOMPARE(rankNormMap(withNorms(norms, 128, 0.01f)).sinkRank.value_or(-1), std::int64_t{1});
        QVERIFY(!rankNormMap(withNorms({static_cast<float>(n.mean)}, 128, 0.01f)).sinkRank.has_value());
    }

    void emptyAndFlatTables() {
        const RankNormMap none = rankNormMap(withNorms({}, 16, 0));
        QVERIFY(none.quantiles.empty() && std::isnan(none.row0Norm));
        const RankNormMap flat = rankNormMap(withNorms(std::vector<float>(100, 2.0f), 16, 0.1f));
        std::int64_t counted = 0;
        for (const std::uint32_t c : flat.counts) counted += c;
        QCOMPARE(counted, 100);
        const RankNormMap bad =
            rankNormMap(withNorms(std::vector<float>(100, std::numeric_limits<float>::quiet_NaN()), 16, 0.1f));
        QCOMPARE(bad.notFinite, 100);
    }
};

DLRM_TEST(TestRankNorm);

}  // namespace tst_rank_norm

#include "tst_rank_norm.moc"
