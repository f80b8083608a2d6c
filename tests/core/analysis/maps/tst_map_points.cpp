// SPDX-License-Identifier: Apache-2.0
// Points of a map on two of its axes: where they lie, the window around them, the ends of their colours.
#include <QTest>

#include <limits>
#include <vector>

#include "core/analysis/maps/map_points.h"
#include "tests/support/test_program.h"

namespace tst_map_points {

using namespace dlrm;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

class MapPointsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pointsStandOnTheAxesAsked() {
        const std::vector<float> coordinates{1, 2, 3, 4, 5, 6};  // two points of three components
        const auto plane = pointsOnAxes(coordinates, 3, 0, 1);
        QVERIFY(plane);
        QCOMPARE(plane->x, (std::vector<float>{1, 4}));
        QCOMPARE(plane->y, (std::vector<float>{2, 5}));
        const auto turned = pointsOnAxes(coordinates, 3, 2, 0);
        QVERIFY(turned);
        QCOMPARE(turned->x, (std::vector<float>{3, 6}));
        QCOMPARE(turned->y, (std::vector<float>{1, 4}));
    }

    void theIndexFindsPointsAfterTheyWereMoved() {
        const std::vector<float> coordinates{0, 0, 10, 10, kNaN, 3};
        auto found = pointsOnAxes(coordinates, 2, 0, 1);
        QVERIFY(found);
        const PlotPoints points = *std::move(found);
        QCOMPARE(points.index.nearest(9.5, 10, 1, 1), std::optional<std::int64_t>(1));
        QCOMPARE(points.index.nearest(5, 5, 1, 1), std::optional<std::int64_t>());
    }

    void theWindowHoldsTheFinitePointsWithAMargin() {
        const std::vector<float> x{0, 100, kInfinity, 50}, y{-10, 10, 1e30F, kNaN};
        const PlotWindow w = windowAround(x, y);
        QCOMPARE(w.lowX, -3.0);
        QCOMPARE(w.highX, 103.0);
        QCOMPARE(w.lowY, -10 - 20 * 0.03);
        QCOMPARE(w.highY, 10 + 20 * 0.03);
    }

    void aWindowIsNeverEmpty() {
        const std::vector<float> same{5, 5}, none{kNaN}, other{1};
        QCOMPARE(windowAround(same, same), (PlotWindow{4, 6, 4, 6}));
        QCOMPARE(windowAround(none, other), (PlotWindow{-1, 1, -1, 1}));
        QCOMPARE(windowAround({}, {}), (PlotWindow{-1, 1, -1, 1}));
    }

    void aFewOutliersDoNotTakeAllColours() {
        std::vector<float> values;
        for (int i = 0; i <= 100; ++i) values.push_back(static_cast<float>(i));
        values.front() = -1e6F;
        values.back() = 1e6F;
        values.push_back(kNaN);
        values.push_back(kInfinity);
        const ColourEnds ends = colourEnds(values);
        QCOMPARE(ends.low, 1.0);
        QCOMPARE(ends.high, 99.0);
    }

    void coloursHaveEndsWhateverTheValues() {
        const std::vector<float> same{2, 2, 2}, none{kNaN, kInfinity};
        QCOMPARE(colourEnds(same).low, 2.0);
        QCOMPARE(colourEnds(same).high, 3.0);
        QCOMPARE(colourEnds(none).low, 0.0);
        QCOMPARE(colourEnds({}).high, 1.0);
    }

    void aStopEndsTheIndex() {
        std::stop_source source;
        source.request_stop();
        const std::vector<float> coordinates(200'000, 1);
        const auto stopped = pointsOnAxes(coordinates, 2, 0, 1, source.get_token());
        QVERIFY(!stopped && stopped.error().isCancelled());
    }
};

DLRM_TEST(MapPointsTest);

}  // namespace tst_map_points

#include "tst_map_points.moc"
