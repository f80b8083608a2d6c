// SPDX-License-Identifier: Apache-2.0
// Density grids, the nearest point and points inside a loop, against counting one by one.
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/maps/density.h"
#include "core/analysis/maps/point_index.h"
#include "tests/support/test_program.h"

namespace tst_density {

using namespace dlrm;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();

struct Cloud {
    std::vector<float> x, y, colour;
};

Cloud cloud(std::size_t points) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    Cloud c;
    for (std::size_t i = 0; i < points; ++i) {
        c.x.push_back(normal(random));
        c.y.push_back(2 * normal(random) + c.x.back());
        c.colour.push_back(normal(random));
    }
    return c;
}

// Ends on its first look.
std::stop_token stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
}

}  // namespace

class TestDensity : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPointIsCountedInItsCell() {
        Cloud c = cloud(20'000);
        c.x[5] = kNan;
        c.y[6] = kInf;
        c.colour[7] = kNan;
        const PlotWindow window{-1, 1.5, -2, 2};
        constexpr int kColumns = 50, kRows = 40;
        const auto grid = density(c.x, c.y, c.colour, window, kColumns, kRows, {});
        QVERIFY(grid.has_value());
        std::int64_t inside = 0;
        for (int row = 0; row < kRows; ++row)
            for (int column = 0; column < kColumns; ++column) {
                const double x0 = -1 + column * 0.05, y0 = -2 + row * 0.1;
                std::uint32_t count = 0;
                // Cell edges fall on no value of the cloud, so their rounding does not matter.
                for (std::size_t i = 0; i < c.x.size(); ++i)
                    if (static_cast<double>(c.x[i]) >= x0 && static_cast<double>(c.x[i]) < x0 + 0.05 &&
                        static_cast<double>(c.y[i]) >= y0 && static_cast<double>(c.y[i]) < y0 + 0.1)
                        ++count;
                QCOMPARE(grid->counts[static_cast<std::size_t>(row * kColumns + column)], count);
                inside += count;
            }
        QCOMPARE(grid->inside, inside);
        QCOMPARE(grid->total, std::int64_t(20'000));
        QCOMPARE(grid->highest, *std::max_element(grid->counts.begin(), grid->counts.end()));
    }

    void cellsCarryTheMeanColour() {
        const std::vector<float> x{0.1F, 0.2F, 0.9F}, y{0.1F, 0.2F, 0.9F}, colour{1, 3, kNan};
        const auto grid = density(x, y, colour, {0, 1, 0, 1}, 2, 2, {});
        QVERIFY(grid.has_value());
        QCOMPARE(grid->means[0], 2.0F);
        QVERIFY(std::isnan(grid->means[1]));
        QVERIFY(std::isnan(grid->means[3]));
        QCOMPARE(grid->counts[3], 1U);
    }

    void theUpperEdgeBelongsToTheLastCell() {
        const std::vector<float> at{1};
        const auto grid = density(at, at, {}, {0, 1, 0, 1}, 4, 4, {});
        QCOMPARE(grid->counts.back(), 1U);
    }

    void ranksAreCountedOnALogAxis() {
        std::mt19937 random(11);
        std::uniform_real_distribution<float> uniform(0, 1);
        std::vector<float> values(30'000);
        for (float& v : values) v = uniform(random);
        values[3] = kNan;
        const PlotWindow window{-0.1, 4.2, 0.1, 0.8};
        constexpr int kColumns = 37, kRows = 20;
        const auto grid = rankDensity(values, window, kColumns, kRows, {});
        QVERIFY(grid.has_value());
        std::vector<std::uint32_t> expected(kColumns * kRows);
        const double width = (window.highX - window.lowX) / kColumns, height = (window.highY - window.lowY) / kRows;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double x = std::log10(static_cast<double>(i + 1)), y = static_cast<double>(values[i]);
            if (!(x >= window.lowX && x <= window.highX && y >= window.lowY && y <= window.highY)) continue;
            const int column = std::min(kColumns - 1, static_cast<int>((x - window.lowX) / width)),
                      row = std::min(kRows - 1, static_cast<int>((y - window.lowY) / height));
            ++expected[static_cast<std::size_t>(row * kColumns + column)];
        }
        QCOMPARE(grid->counts, expected);
    }

    void ranksZoomedInStillCountEveryRank() {
        const std::vector<float> values(1000, 0.5F);
        const auto grid = rankDensity(values, {std::log10(99.5), std::log10(104.5), 0, 1}, 1, 1, {});
        QCOMPARE(grid->inside, std::int64_t(5));
    }

    void nearestPointIsTheOneFoundByLooking() {
        Cloud c = cloud(5'000);
        c.x[17] = kNan;
        const auto index = PointIndex::build(c.x, c.y);
        QVERIFY(index.has_value());
        std::mt19937 random(3);
        std::uniform_real_distribution<double> uniform(-4, 4);
        int found = 0;
        for (int trial = 0; trial < 500; ++trial) {
            const double px = uniform(random), py = uniform(random), rx = 0.2, ry = 0.4;
            std::optional<std::int64_t> expected;
            double best = 1;
            for (std::size_t i = 0; i < c.x.size(); ++i) {
                const double dx = (static_cast<double>(c.x[i]) - px) / rx, dy = (static_cast<double>(c.y[i]) - py) / ry;
                if (const double d = dx * dx + dy * dy; d <= best && !(expected && d == best)) {
                    best = d;
                    expected = static_cast<std::int64_t>(i);
                }
            }
            QCOMPARE(index->nearest(px, py, rx, ry), expected);
            found += expected.has_value();
        }
        QVERIFY(found > 100);
        QVERIFY(!index->nearest(1e30, -1e30, 1, 1));
    }

    void noPointsHaveNoNearest() {
        const std::vector<float> none;
        const auto index = PointIndex::build(none, none);
        QVERIFY(index && !index->nearest(0, 0, 1, 1));
    }

    void loopHoldsThePointsInsideIt() {
        const std::vector<float> x{0, 2, 0.9F, -0.9F, kNan}, y{0, 0, 0.2F, 0.9F, 0};
        // A diamond |x| + |y| <= 1.
        const std::vector<Corner> diamond{{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
        const auto inside = pointsInside(x, y, diamond, {});
        QVERIFY(inside.has_value());
        QCOMPARE(*inside, (std::vector<std::uint32_t>{0}));
        QVERIFY(pointsInside(x, y, std::span(diamond).first(2), {})->empty());
    }

    void stopEndsEverything() {
        const Cloud c = cloud(10);
        QVERIFY(density(c.x, c.y, {}, {0, 1, 0, 1}, 4, 4, stopped()).error().isCancelled());
        QVERIFY(rankDensity(c.x, {-1, 3, -9, 9}, 4, 4, stopped()).error().isCancelled());
        QVERIFY(PointIndex::build(c.x, c.y, stopped()).error().isCancelled());
        const std::vector<Corner> triangle{{0, 0}, {1, 0}, {0, 1}};
        QVERIFY(pointsInside(c.x, c.y, triangle, stopped()).error().isCancelled());
    }
};

DLRM_TEST(TestDensity);

}  // namespace tst_density

#include "tst_density.moc"
