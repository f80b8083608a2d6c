// SPDX-License-Identifier: Apache-2.0
// Gain, lift and calibration of the rows with the highest scores, against rows that were sorted one by one; and the
// curves of gain and lift.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <stop_token>

#include "core/metrics/metric_set.h"
#include "core/metrics/top_rows.h"
#include "tests/core/metrics/naive_metrics.h"
#include "tests/support/test_program.h"

namespace tst_top_rows {

using namespace dlrm;

namespace {

constexpr double kRounding = 1e-12;  // of sums of at most 5,000 terms in double

naive::Rows someRows(std::size_t n, int scores, unsigned seed) {
    std::mt19937 random(seed);
    naive::Rows out;
    for (std::size_t r = 0; r < n; ++r) {
        out.logits.push_back(
            static_cast<float>(static_cast<int>(random() % static_cast<unsigned>(scores)) - scores / 2) / 7);
        out.labels.push_back(r == 0 || random() % 4 == 0);
    }
    return out;
}

struct Sorted {
    std::vector<ScoreKey> positives, negatives;
};

Sorted keysOf(const naive::Rows& rows) {
    Sorted out;
    for (std::size_t r = 0; r < rows.logits.size(); ++r)
        (rows.labels[r] ? out.positives : out.negatives).push_back(keyOf(rows.logits[r]));
    std::sort(out.positives.begin(), out.positives.end());
    std::sort(out.negatives.begin(), out.negatives.end());
    return out;
}

// Every row's weight in the top: 1 above, and where equal scores lie across the end, each the part that is needed.
std::vector<double> weightsOf(const naive::Rows& rows, double wanted) {
    std::vector<double> out;
    for (const float z : rows.logits) {
        double above = 0, tied = 0;
        for (const float other : rows.logits) {
            above += other > z;
            tied += other == z;
        }
        out.push_back(std::clamp((wanted - above) / tied, 0.0, 1.0));
    }
    return out;
}

bool near(double a, double b) { return std::fabs(a - b) <= kRounding * std::max(1.0, std::fabs(b)); }

}  // namespace

class TestTopRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresAreThoseOfSortedRows_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("scores");
        QTest::newRow("few") << 7 << 100;
        QTest::newRow("many") << 1013 << 100000;
        QTest::newRow("many equal ones") << 1013 << 6;
        QTest::newRow("all equal") << 400 << 1;
    }
    void figuresAreThoseOfSortedRows() {
        QFETCH(int, rows);
        QFETCH(int, scores);
        const naive::Rows all = someRows(static_cast<std::size_t>(rows), scores, 5);
        const Sorted keys = keysOf(all);
        const double n = rows, positives = naive::positives(all);
        QVERIFY(positives > 0);
        for (const double share : {1e-9, 0.001, 0.01, 0.1, 1.0 / 3, 0.5, 0.99, 1.0}) {
            const std::vector<double> weight = weightsOf(all, share * n);
            double clicks = 0, predicted = 0, squares = 0, both = 0;
            for (std::size_t r = 0; r < weight.size(); ++r) {
                const double p = naive::sigmoid(static_cast<double>(all.logits[r]));
                clicks += weight[r] * all.labels[r];
                predicted += weight[r] * p;
                squares += weight[r] * p * p;
                both += weight[r] * p * all.labels[r];
            }
            const Gain gain = gainOf(keys.positives, keys.negatives, share);
            QVERIFY(near(gain.gain, clicks / positives) && near(gain.lift, clicks / positives / share));
            const auto top = topCalibration(keys.positives, keys.negatives, share, {});
            QVERIFY(top.has_value());
            QVERIFY(near(top->rows, share * n) && near(top->clicks, clicks) && near(top->predicted, predicted));
            QCOMPARE(top->value.has_value(), clicks > 0);
            if (clicks == 0) continue;
            const double ratio = predicted / clicks, count = share * n;
            QVERIFY(near(*top->value, ratio));
            QCOMPARE(top->low.has_value(), count >= 2);
            if (count < 2) continue;
            const double residuals = std::max(0.0, squares - 2 * ratio * both + ratio * ratio * clicks);
            const double half = 1.959963984540054 * std::sqrt(residuals * count / (count - 1)) / clicks;
            QVERIFY(std::fabs(*top->high - (ratio + half)) <= 1e-9 * ratio);  // residuals cancel
            QVERIFY(std::fabs(*top->low - std::max(0.0, ratio - half)) <= 1e-9 * ratio);
        }
    }

    // Of all rows it is the metric calibration, and no row is more often clicked than all.
    void theTopOfAllIsAll() {
        const naive::Rows all = someRows(5000, 1000, 9);
        MetricSet set;
        QVERIFY(set.add(all.logits, all.labels, 0).has_value());
        const auto top = topCalibration(set.keys(1), set.keys(0), 1, {});
        const MetricReport report = set.report(false);
        const MetricValue& calibration = *report.find("calibration");
        QVERIFY(near(*top->value, *calibration.value) && std::fabs(*top->low - *calibration.low) <= 1e-9 &&
                std::fabs(*top->high - *calibration.high) <= 1e-9);
        QCOMPARE(report.gains.size(), kGainShares.size());
        QCOMPARE(report.gains.back().gain, 1.0);
        QCOMPARE(report.gains.back().lift, 1.0);
        for (std::size_t i = 1; i < report.gains.size(); ++i) QVERIFY(report.gains[i].gain >= report.gains[i - 1].gain);
    }

    // Each point of the curves is that of the same share of the rows.
    void curvesAreTheSameFigures() {
        for (const int scores : {50, 100000}) {
            const naive::Rows all = someRows(5000, scores, 11);
            const Sorted keys = keysOf(all);
            MetricSet set;
            QVERIFY(set.add(all.logits, all.labels, 0).has_value());
            const MetricReport report = set.report(false);
            QCOMPARE(report.gain.points.size(), report.thresholds.size());
            QCOMPARE(report.gain.points.front().y, 0.0);
            QCOMPARE(report.gain.points.back().y, 1.0);
            QCOMPARE(report.lift.points.back().y, 1.0);
            QCOMPARE(report.lift.points.size(), report.gain.points.size() - 1);
            for (std::size_t i = 1; i < report.gain.points.size(); ++i) {
                const Point& gain = report.gain.points[i];
                const Gain expected = gainOf(keys.positives, keys.negatives, gain.x);
                QVERIFY(near(gain.y, expected.gain));
                QCOMPARE(report.lift.points[i - 1].x, gain.x);
                QVERIFY(near(report.lift.points[i - 1].y, expected.lift));
            }
            QVERIFY(!set.report(true).gain.points.empty() && set.report(true).gains.empty());
        }
    }

    void oneClassHasNoGain() {
        MetricSet set;
        const std::vector<float> logits{1, 2, 3};
        const std::vector<std::uint8_t> labels{0, 0, 0};
        QVERIFY(set.add(logits, labels, 0).has_value());
        const MetricReport report = set.report(false);
        QVERIFY(report.gains.empty() && report.gain.points.empty() && report.lift.points.empty());
        QVERIFY(!report.gain.howChosen.empty());
        const auto top = topCalibration(set.keys(1), set.keys(0), 0.5, {});
        QVERIFY(top.has_value() && !top->value && !top->note.empty());
    }

    void aSumIsCancelled() {
        const Sorted keys = keysOf(someRows(1000, 100, 3));
        std::stop_source stop;
        stop.request_stop();
        const auto top = topCalibration(keys.positives, keys.negatives, 1, stop.get_token());
        QVERIFY(!top.has_value() && top.error().isCancelled());
    }
};

DLRM_TEST(TestTopRows);

}  // namespace tst_top_rows

#include "tst_top_rows.moc"
