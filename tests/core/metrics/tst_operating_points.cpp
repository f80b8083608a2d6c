// SPDX-License-Identifier: Apache-2.0
// Operating points of a report made by hand: what is exact, what is nearest, what has no value.
#include <QTest>

#include <limits>

#include "core/metrics/operating_points.h"
#include "tests/support/test_program.h"

namespace tst_operating_points {

using namespace dlrm;

namespace {

// 4 of 10 rows clicked; scores 0.9, 0.6 and 0.2.
MetricReport handMade() {
    MetricReport report;
    report.rows = 10;
    report.positives = 4;
    report.thresholds = {{1.5, 0, 0}, {0.9, 2, 1}, {0.6, 3, 3}, {0.2, 4, 6}};
    for (int step = 0; step <= 10'000; ++step) {
        const double threshold = (10'000 - step) / 10'000.0;
        const bool all = threshold <= 0.2, most = threshold <= 0.6, some = threshold <= 0.9;
        report.evenThresholds.push_back({threshold,
                                         all    ? 4
                                         : most ? 3
                                         : some ? 2
                                                : 0,
                                         all    ? 6
                                         : most ? 3
                                         : some ? 1
                                                : 0});
    }
    return report;
}

}  // namespace

class OperatingPointsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresFollowFromTheCounts() {
        const OperatingPoints points(handMade());
        QCOMPARE(points.size(), 4);
        const OperatingPoint p = points.at(2);
        QCOMPARE(p.threshold, 0.6);
        QCOMPARE(p.truePositives, std::int64_t{3});
        QCOMPARE(p.falsePositives, std::int64_t{3});
        QCOMPARE(p.falseNegatives, std::int64_t{1});
        QCOMPARE(p.trueNegatives, std::int64_t{3});
        QCOMPARE(p.precision, std::optional<double>(0.5));
        QCOMPARE(p.recall, 0.75);
        QCOMPARE(p.falsePositiveRate, 0.5);
    }

    void precisionHasNoValueWhereNothingIsCalledClicked() {
        const OperatingPoint none = OperatingPoints(handMade()).at(0);
        QVERIFY(!none.precision);
        QCOMPARE(none.recall, 0.0);
        QCOMPARE(none.falsePositiveRate, 0.0);
    }

    void aThresholdOfFourDecimalsIsExact() {
        const OperatingPoints points(handMade());
        const auto p = points.exactlyAt(0.6001);
        QVERIFY(p);
        QCOMPARE(p->threshold, 0.6001);
        QCOMPARE(p->truePositives, std::int64_t{2});
        QCOMPARE(points.exactlyAt(0.6)->truePositives, std::int64_t{3});
        QCOMPARE(points.exactlyAt(0)->falsePositives, std::int64_t{6});
        QCOMPARE(points.exactlyAt(1)->truePositives, std::int64_t{0});
    }

    void otherThresholdsHaveNoExactCounts() {
        const OperatingPoints points(handMade());
        for (const double p : {0.60005, -0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
            QVERIFY(!points.exactlyAt(p));
        MetricReport interim = handMade();
        interim.evenThresholds.clear();
        QVERIFY(!OperatingPoints(interim).exactlyAt(0.6));
    }

    void theNearestScoreIsFound() {
        const OperatingPoints points(handMade());
        QCOMPARE(points.nearestThreshold(0.61), 2);
        QCOMPARE(points.nearestThreshold(0.76), 1);
        QCOMPARE(points.nearestThreshold(0), 3);
        QCOMPARE(points.nearestThreshold(7), 0);
        QCOMPARE(points.nearestRecall(0.5), 1);
        QCOMPARE(points.nearestRecall(0.9), 3);
        QCOMPARE(points.nearestRecall(0), 0);
        QCOMPARE(points.nearestFalsePositiveRate(0.45), 2);
        QCOMPARE(points.nearestFalsePositiveRate(1), 3);
    }

    void oneClassAloneHasNoPoints() {
        for (const std::int64_t positives : {std::int64_t{0}, std::int64_t{10}}) {
            MetricReport report = handMade();
            report.positives = positives;
            const OperatingPoints points(report);
            QCOMPARE(points.size(), 0);
            QCOMPARE(points.nearestThreshold(0.5), -1);
            QVERIFY(!points.exactlyAt(0.5));
        }
        QCOMPARE(OperatingPoints().size(), 0);
    }
};

DLRM_TEST(OperatingPointsTest);

}  // namespace tst_operating_points

#include "tst_operating_points.moc"
