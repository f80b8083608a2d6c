// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <cmath>
#include <fstream>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

#include "core/metrics/metric.h"
#include "core/metrics/metric_set.h"
#include "naive_metrics.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_metric_set {

using namespace dlrm;
using naive::Rows;

namespace {

// Fast and naive sum the same doubles, each term within 4 ulp (9e-16), in another order: relative to the value.
constexpr double kSumTolerance = 1e-12;
// The variance subtracts nearly equal numbers in the naive twin.
constexpr double kVarianceTolerance = 1e-9;
// Keras rounds rates to float32 (6e-8) and probabilities too, so that a row beside a threshold may change its bucket:
// absent from the definition.
constexpr double kKerasRoundingTolerance = 1e-6;

Result<void> feed(MetricSet& set, const Rows& rows, std::size_t batch = 1 << 20) {
    for (std::size_t i = 0; i < rows.logits.size(); i += batch) {
        const std::size_t n = std::min(batch, rows.logits.size() - i);
        DLRM_TRY(set.add({rows.logits.data() + i, n}, {rows.labels.data() + i, n}, static_cast<std::int64_t>(i)));
    }
    return {};
}

MetricReport reportOf(const Rows& rows, std::size_t batch = 1 << 20) {
    MetricSet set;
    if (!feed(set, rows, batch)) QTest::qFail("add() failed", __FILE__, __LINE__);
    return set.report(false);
}

double figure(const MetricReport& report, const char* key) {
    const MetricValue* metric = report.find(key);
    return metric && metric->value ? *metric->value : std::numeric_limits<double>::quiet_NaN();
}

bool close(double a, double b, double tolerance) { return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(b)); }

// Says which of two figures differ; NaN never agrees.
#define VERIFY_CLOSE(actual, expected, tolerance) \
    QVERIFY2(close(actual, expected, tolerance),  \
             qPrintable(QString("%1, expected %2").arg(actual, 0, 'g', 17).arg(expected, 0, 'g', 17)))

bool sameReport(const MetricReport& a, const MetricReport& b) {
    if (a.rows != b.rows || a.positives != b.positives || a.metrics.size() != b.metrics.size()) return false;
    for (std::size_t i = 0; i < a.metrics.size(); ++i)
        if (a.metrics[i].value != b.metrics[i].value || a.metrics[i].low != b.metrics[i].low ||
            a.metrics[i].high != b.metrics[i].high)
            return false;
    if (a.thresholds.size() != b.thresholds.size() || a.reliability.size() != b.reliability.size()) return false;
    for (std::size_t i = 0; i < a.thresholds.size(); ++i)
        if (a.thresholds[i].threshold != b.thresholds[i].threshold ||
            a.thresholds[i].truePositives != b.thresholds[i].truePositives)
            return false;
    return a.histogram.positives == b.histogram.positives && a.histogram.negatives == b.histogram.negatives &&
           a.brierReliability == b.brierReliability && a.brierResolution == b.brierResolution;
}

// The rows of the figures from scikit-learn, see sklearnsFiguresComeOut().
Rows congruentialRows(int n, std::uint64_t levels) {
    Rows rows;
    std::uint64_t x = 12345;
    const auto next = [&x] {
        x = x * 6364136223846793005u + 1442695040888963407u;
        return x >> 33;
    };
    for (int i = 0; i < n; ++i) {
        const std::uint64_t k = next() % levels, label = next() % levels;
        rows.logits.push_back(static_cast<float>(static_cast<double>(k) * (8.0 / static_cast<double>(levels)) - 5.0));
        rows.labels.push_back(label < k * k / levels);
    }
    return rows;
}

}  // namespace

class TestMetricSet : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void figuresEqualTheirDefinitions_data();
    void figuresEqualTheirDefinitions();
    void sklearnsFiguresComeOut_data();
    void sklearnsFiguresComeOut();
    void tiesCountHalf();
    void allScoresTiedGiveOneHalf();
    void perfectOrderGivesOneWithAPointInterval();
    void oneClassLeavesRankMetricsUndefined_data();
    void oneClassLeavesRankMetricsUndefined();
    void noRowsLeaveEverythingUndefined();
    void oneRowHasALogLoss();
    void extremeLogitsStayFinite();
    void batchesAndMergesChangeNoBit();
    void rowsMayBeAddedAfterAReport();
    void nonFiniteLogitIsAnErrorWithItsRow_data();
    void nonFiniteLogitIsAnErrorWithItsRow();
    void labelOtherThanZeroOrOneIsAnError();
    void rejectedBatchLeavesNothingBehind();
    void interimFiguresAreNearTheExactOnes();
    void stoppedPreparationLosesNothing();
    void curvesOfFewScoresHoldAllOfThem();
    void curvesOfManyScoresAreThinned();
    void thresholdCountsAreTrue();
    void countsAtEvenThresholdsAreThoseOfTheRows();
    void reliabilityBinsHoldAllRowsInOrder();
    void brierPartsAddUpForOneScorePerBin();
    void histogramCountsEveryRowInItsBin();
    void wilsonIntervalIsTheTextbooks();
    void calibrationIntervalCoversItsShare();
    void metricKeysAreTheContract();
    void memoryRunningOutIsAnError();
};

void TestMetricSet::figuresEqualTheirDefinitions_data() {
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("levels");
    for (const int n : {2, 7, 100, 101, 1023, 1024, 1025, 5000})
        for (const int levels : {0, 3, 40}) QTest::addRow("%d rows, levels %d", n, levels) << n << levels;
}

void TestMetricSet::figuresEqualTheirDefinitions() {
    QFETCH(int, rows);
    QFETCH(int, levels);
    Rows data = naive::randomRows(static_cast<std::size_t>(rows), static_cast<unsigned>(rows + levels), levels);
    data.labels[0] = 0;
    data.labels[1] = 1;
    const double positives = naive::positives(data), n = rows;
    const MetricReport report = reportOf(data, 333);
    QCOMPARE(report.rows, std::int64_t{rows});
    QCOMPARE(report.positives, static_cast<std::int64_t>(positives));
    const naive::Auc auc = naive::auc(data);
    VERIFY_CLOSE(figure(report, "auc"), auc.value, kSumTolerance);
    VERIFY_CLOSE(figure(report, "log_loss"), naive::logLoss(data), kSumTolerance);
    const double p = positives / n;
    VERIFY_CLOSE(figure(report, "normalized_entropy"),
                 naive::logLoss(data) / -(p * std::log(p) + (1 - p) * std::log(1 - p)), kSumTolerance);
    VERIFY_CLOSE(figure(report, "brier"), naive::brier(data), kSumTolerance);
    VERIFY_CLOSE(figure(report, "calibration"), naive::sumProbability(data) / positives, kSumTolerance);
    VERIFY_CLOSE(figure(report, "bias"), (naive::sumProbability(data) - positives) / n, kSumTolerance);
    VERIFY_CLOSE(figure(report, "pr_auc"), naive::averagePrecision(data), kSumTolerance);
    VERIFY_CLOSE(figure(report, "ece"), naive::ece(data, 100), kSumTolerance);
    VERIFY_CLOSE(figure(report, "auc_tf8000"), naive::tf8000(data), kKerasRoundingTolerance);
    const MetricValue* metric = report.find("auc");
    if (positives > 1 && n - positives > 1) {
        const double half = 1.959963984540054 * std::sqrt(auc.variance);
        VERIFY_CLOSE(metric->low.value(), std::max(0.0, auc.value - half), kVarianceTolerance);
        VERIFY_CLOSE(metric->high.value(), std::min(1.0, auc.value + half), kVarianceTolerance);
    } else {
        QVERIFY(!metric->low && !metric->note.empty());
    }
}

void TestMetricSet::sklearnsFiguresComeOut_data() {
    // scikit-learn 1.9.1 on the rows of congruentialRows(): x ← 6364136223846793005·x + 1442695040888963407 mod 2⁶⁴
    // from 12345, draws x >> 33, k = draw mod levels, score = 8k/levels − 5, label = (draw mod levels) < ⌊k²/levels⌋;
    // roc_auc_score(y, z), average_precision_score(y, z), log_loss(y, p), brier_score_loss(y, p) with p = 1/(1+exp(−z))
    // in float64.
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("levels");
    QTest::addColumn<int>("positives");
    QTest::addColumn<double>("auc");
    QTest::addColumn<double>("averagePrecision");
    QTest::addColumn<double>("logLoss");
    QTest::addColumn<double>("brier");
    QTest::addColumn<double>("calibration");
    QTest::newRow("64 scores") << 5000 << 64 << 1618 << 0.8733045739861799 << 0.7576559480541161 << 0.4275259123154872
                               << 0.14061933352453224 << 1.1615583758581403;
    QTest::newRow("8192 scores") << 20000 << 8192 << 6629 << 0.8770901622888188 << 0.7880627150037031
                                 << 0.4245013861624858 << 0.1389544531217484 << 1.1490540490453436;
    QTest::newRow("4 scores") << 3000 << 4 << 568 << 0.852963639154003 << 0.45020840062434286 << 0.36588320024197735
                              << 0.12668318602335393 << 1.4005358341246912;
}

void TestMetricSet::sklearnsFiguresComeOut() {
    QFETCH(int, rows);
    QFETCH(int, levels);
    QFETCH(int, positives);
    QFETCH(double, auc);
    QFETCH(double, averagePrecision);
    QFETCH(double, logLoss);
    QFETCH(double, brier);
    QFETCH(double, calibration);
    const MetricReport report = reportOf(congruentialRows(rows, static_cast<std::uint64_t>(levels)));
    QCOMPARE(report.positives, std::int64_t{positives});
    VERIFY_CLOSE(figure(report, "auc"), auc, kSumTolerance);
    VERIFY_CLOSE(figure(report, "pr_auc"), averagePrecision, kSumTolerance);
    VERIFY_CLOSE(figure(report, "log_loss"), logLoss, kSumTolerance);
    VERIFY_CLOSE(figure(report, "brier"), brier, kSumTolerance);
    VERIFY_CLOSE(figure(report, "calibration"), calibration, kSumTolerance);
}

void TestMetricSet::tiesCountHalf() {
    // Pairs (positive, negative): 2>1, 2=2, 1=1, 1<2 → 1 + ½ + ½ + 0 of 4.
    QCOMPARE(figure(reportOf({{2, 1, 1, 2}, {1, 1, 0, 0}}), "auc"), 0.5);
    // 3>1, 3>2, 1=1, 1<2 → 2½ of 4.
    QCOMPARE(figure(reportOf({{3, 1, 1, 2}, {1, 1, 0, 0}}), "auc"), 0.625);
    QCOMPARE(figure(reportOf({{0.0f, -0.0f}, {1, 0}}), "auc"), 0.5);
}

void TestMetricSet::allScoresTiedGiveOneHalf() {
    Rows rows;
    for (int i = 0; i < 3000; ++i) {
        rows.logits.push_back(-1.5f);
        rows.labels.push_back(i % 4 == 0);
    }
    const MetricReport report = reportOf(rows);
    QCOMPARE(figure(report, "auc"), 0.5);
    QCOMPARE(report.find("auc")->low.value(), 0.5);  // every placement is ½: no variance
    QCOMPARE(figure(report, "pr_auc"), 0.25);
    QCOMPARE(report.reliability.size(), std::size_t{1});
    QCOMPARE(report.reliability[0].rows, std::int64_t{3000});
    VERIFY_CLOSE(figure(report, "ece"), std::fabs(naive::sigmoid(-1.5) - 0.25), kSumTolerance);
    QCOMPARE(report.roc.points.size(), std::size_t{2});
}

void TestMetricSet::perfectOrderGivesOneWithAPointInterval() {
    const MetricReport report = reportOf({{-2, -1, 1, 2, 3}, {0, 0, 1, 1, 1}});
    QCOMPARE(figure(report, "auc"), 1.0);
    QCOMPARE(report.find("auc")->low.value(), 1.0);
    QCOMPARE(report.find("auc")->high.value(), 1.0);
    QCOMPARE(figure(report, "pr_auc"), 1.0);
}

void TestMetricSet::oneClassLeavesRankMetricsUndefined_data() {
    QTest::addColumn<int>("label");
    QTest::newRow("negatives only") << 0;
    QTest::newRow("positives only") << 1;
}

void TestMetricSet::oneClassLeavesRankMetricsUndefined() {
    QFETCH(int, label);
    Rows rows{{-1, 0, 2}, std::vector<std::uint8_t>(3, static_cast<std::uint8_t>(label))};
    for (const bool interim : {false, true}) {
        MetricSet set;
        QVERIFY(feed(set, rows).has_value());
        const MetricReport report = set.report(interim);
        for (const char* key : {"auc", "auc_tf8000", "normalized_entropy"}) {
            QVERIFY2(!report.find(key)->value, key);
            QVERIFY2(report.find(key)->note.find("undefined") == 0, key);
        }
        QCOMPARE(report.find("calibration")->value.has_value(), label == 1);
        QCOMPARE(report.find("pr_auc")->value.has_value(), label == 1);
        VERIFY_CLOSE(figure(report, "log_loss"), naive::logLoss(rows), kSumTolerance);
        QVERIFY(report.roc.points.empty() && report.thresholds.empty() && report.precisionRecall.points.empty());
        QVERIFY(!report.roc.howChosen.empty());
    }
}

void TestMetricSet::noRowsLeaveEverythingUndefined() {
    for (const bool interim : {false, true}) {
        MetricSet set;
        QVERIFY(set.add({}, {}, 0).has_value());
        const MetricReport report = set.report(interim);
        QCOMPARE(report.rows, std::int64_t{0});
        QCOMPARE(report.metrics.size(), metricTable().size());
        for (const MetricValue& metric : report.metrics)
            QVERIFY2(!metric.value && metric.note == "no rows", metric.key.c_str());
        QVERIFY(report.reliability.empty());
    }
}

void TestMetricSet::oneRowHasALogLoss() {
    const MetricReport report = reportOf({{0.0f}, {1}});
    VERIFY_CLOSE(figure(report, "log_loss"), std::log(2.0), kSumTolerance);
    QCOMPARE(figure(report, "brier"), 0.25);
    QCOMPARE(figure(report, "calibration"), 0.5);
    QVERIFY(!report.find("calibration")->low);
}

void TestMetricSet::extremeLogitsStayFinite() {
    constexpr float max = std::numeric_limits<float>::max();
    Rows rows{{1e4f, -1e4f, 1e4f, -1e4f, 0.0f, 88.8f, -103.9f, 709.0f, -745.2f, max, -max},
              {1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0}};
    const MetricReport report = reportOf(rows);
    for (const MetricValue& metric : report.metrics)
        QVERIFY2(metric.value && std::isfinite(*metric.value), metric.key.c_str());
    VERIFY_CLOSE(figure(report, "auc"), naive::auc(rows).value, kSumTolerance);
    VERIFY_CLOSE(figure(report, "log_loss"), naive::logLoss(rows), kSumTolerance * naive::logLoss(rows));
    VERIFY_CLOSE(figure(report, "brier"), naive::brier(rows), kSumTolerance);
    VERIFY_CLOSE(figure(report, "calibration"), naive::sumProbability(rows) / naive::positives(rows), kSumTolerance);

    // Wrong by the widest margin: the loss is the margin itself.
    QCOMPARE(figure(reportOf({{max, -1}, {0, 0}}), "log_loss"), static_cast<double>(max) / 2);
}

void TestMetricSet::batchesAndMergesChangeNoBit() {
    const Rows rows = naive::randomRows(20000, 5, 4000);
    const MetricReport whole = reportOf(rows);
    QVERIFY(sameReport(whole, reportOf(rows, 1)));
    QVERIFY(sameReport(whole, reportOf(rows, 777)));
    const auto part = [&](std::size_t from, std::size_t to) {
        MetricSet set;
        const auto first = static_cast<std::ptrdiff_t>(from), last = static_cast<std::ptrdiff_t>(to);
        if (!feed(set, {{rows.logits.begin() + first, rows.logits.begin() + last},
                        {rows.labels.begin() + first, rows.labels.begin() + last}}))
            QTest::qFail("add() failed", __FILE__, __LINE__);
        return set;
    };
    MetricSet forwards = part(0, 5000), backwards = part(9000, 20000);
    forwards.merge(part(5000, 9000));
    forwards.merge(part(9000, 20000));
    backwards.merge(part(5000, 9000));
    backwards.merge(MetricSet());
    backwards.merge(part(0, 5000));
    QCOMPARE(forwards.rows(), std::int64_t{20000});
    QVERIFY(sameReport(whole, forwards.report(false)));
    QVERIFY(sameReport(whole, backwards.report(false)));
}

void TestMetricSet::rowsMayBeAddedAfterAReport() {
    const Rows first = naive::randomRows(3000, 8), second = naive::randomRows(2000, 9);
    MetricSet set;
    QVERIFY(feed(set, first).has_value());
    (void)set.report(true);
    QVERIFY(sameReport(set.report(false), reportOf(first)));
    QVERIFY(feed(set, second).has_value());
    Rows both = first;
    both.logits.insert(both.logits.end(), second.logits.begin(), second.logits.end());
    both.labels.insert(both.labels.end(), second.labels.begin(), second.labels.end());
    QVERIFY(sameReport(set.report(false), reportOf(both)));
}

void TestMetricSet::nonFiniteLogitIsAnErrorWithItsRow_data() {
    QTest::addColumn<float>("logit");
    QTest::newRow("NaN") << std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("negative NaN") << -std::numeric_limits<float>::quiet_NaN();
    QTest::newRow("infinity") << std::numeric_limits<float>::infinity();
    QTest::newRow("minus infinity") << -std::numeric_limits<float>::infinity();
}

void TestMetricSet::nonFiniteLogitIsAnErrorWithItsRow() {
    QFETCH(float, logit);
    Rows rows = naive::randomRows(3000, 1);
    rows.logits[2500] = logit;
    MetricSet set;
    const auto result = set.add(rows.logits, rows.labels, 1000000);
    QVERIFY(!result);
    QCOMPARE(result.error().code, std::string("E-METRIC-001"));
    QCOMPARE(result.error().row, std::int64_t{1002500});
}

void TestMetricSet::labelOtherThanZeroOrOneIsAnError() {
    MetricSet set;
    const std::vector<float> logits{0, 1, 2};
    const std::vector<std::uint8_t> labels{0, 1, 2};
    const auto result = set.add(logits, labels, 7);
    QVERIFY(!result);
    QCOMPARE(result.error().code, std::string("E-METRIC-002"));
    QCOMPARE(result.error().row, std::int64_t{9});
    QCOMPARE(result.error().found, std::string("2"));
}

void TestMetricSet::rejectedBatchLeavesNothingBehind() {
    const Rows good = naive::randomRows(500, 2);
    Rows bad = naive::randomRows(3000, 3);
    bad.logits.back() = std::numeric_limits<float>::quiet_NaN();
    MetricSet set;
    QVERIFY(feed(set, good).has_value());
    QVERIFY(!feed(set, bad));
    QVERIFY(sameReport(set.report(false), reportOf(good)));
}

void TestMetricSet::interimFiguresAreNearTheExactOnes() {
    // One bucket is 1/7999 wide: p within a bucket is known to 1.3e-4, and about 20 of the 20,000 rows share one.
    constexpr double kBucketTolerance = 2e-3;
    const Rows rows = naive::randomRows(20000, 12);
    MetricSet set;
    QVERIFY(feed(set, rows).has_value());
    const MetricReport interim = set.report(true), exact = set.report(false);
    for (const MetricValue& metric : exact.metrics)
        VERIFY_CLOSE(figure(interim, metric.key.c_str()), *metric.value, kBucketTolerance);
    for (const char* key : {"log_loss", "normalized_entropy", "calibration", "bias", "brier", "auc_tf8000"})
        QCOMPARE(figure(interim, key), figure(exact, key));
    QVERIFY(std::fabs(interim.brierResolution - exact.brierResolution) < kBucketTolerance);
    QVERIFY(interim.roc.points.size() > 300 && interim.roc.points.size() <= 1001);
    QCOMPARE(interim.roc.points.back().x, 1.0);
    QCOMPARE(interim.roc.points.back().y, 1.0);
    QCOMPARE(interim.reliability.size(), std::size_t{20});
}

void TestMetricSet::stoppedPreparationLosesNothing() {
    const Rows rows = naive::randomRows(5000, 21);
    MetricSet set;
    QVERIFY(feed(set, rows).has_value());
    std::stop_source stop;
    stop.request_stop();
    const auto prepared = set.prepare(stop.get_token());
    QVERIFY(!prepared && prepared.error().isCancelled());
    QVERIFY(sameReport(set.report(false), reportOf(rows)));
    QVERIFY(set.prepare({}).has_value());
    QVERIFY(sameReport(set.report(false), reportOf(rows)));
}

void TestMetricSet::curvesOfFewScoresHoldAllOfThem() {
    const MetricReport report = reportOf({{3, 2, 2, 1, 0}, {1, 1, 0, 0, 1}});
    QCOMPARE(report.roc.howChosen, std::string("all distinct scores"));
    QCOMPARE(report.roc.represents, std::int64_t{5});
    QCOMPARE(report.roc.points.size(), std::size_t{5});
    QCOMPARE(report.thresholds.size(), std::size_t{5});
    const std::vector<std::pair<double, double>> expected{{0, 0}, {0, 1. / 3}, {0.5, 2. / 3}, {1, 2. / 3}, {1, 1}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(report.roc.points[i].x, expected[i].first);
        QCOMPARE(report.roc.points[i].y, expected[i].second);
    }
    QCOMPARE(report.precisionRecall.points.size(), std::size_t{4});
    QCOMPARE(report.precisionRecall.points[1].x, 2. / 3);
    QCOMPARE(report.precisionRecall.points[1].y, 2. / 3);
    QVERIFY(report.thresholds.front().threshold > 1);
    QCOMPARE(report.thresholds[1].threshold, naive::sigmoid(3));
}

void TestMetricSet::curvesOfManyScoresAreThinned() {
    const MetricReport report = reportOf(naive::randomRows(20000, 6));
    QVERIFY(report.roc.points.size() <= 1001 && report.roc.points.size() > 900);
    QCOMPARE(report.roc.points.size(), report.thresholds.size());
    QCOMPARE(report.roc.represents, std::int64_t{20000});
    QVERIFY(report.roc.howChosen.find("evenly spaced") != std::string::npos);
    QVERIFY(report.roc.howChosen.find("of 20,000 rows") != std::string::npos);
    QCOMPARE(report.roc.points.front().y, 0.0);
    QCOMPARE(report.roc.points.back().x, 1.0);
    double area = 0;
    for (std::size_t i = 1; i < report.roc.points.size(); ++i) {
        const Point a = report.roc.points[i - 1], b = report.roc.points[i];
        QVERIFY(b.x >= a.x && b.y >= a.y && report.thresholds[i].threshold < report.thresholds[i - 1].threshold);
        QVERIFY(b.x - a.x <= 1.0 / 400);  // no visible step
        area += (b.x - a.x) * (a.y + b.y) / 2;
    }
    // Chords of a concave curve: each of about 1,000 segments loses a part of ½·(1/499)².
    VERIFY_CLOSE(area, figure(report, "auc"), 1e-4);
}

void TestMetricSet::thresholdCountsAreTrue() {
    const Rows rows = naive::randomRows(6000, 16, 3000);
    const MetricReport report = reportOf(rows);
    for (std::size_t t = 0; t < report.thresholds.size(); t += 50) {
        std::int64_t tp = 0, fp = 0;
        for (std::size_t i = 0; i < rows.logits.size(); ++i)
            if (naive::sigmoid(rows.logits[i]) >= report.thresholds[t].threshold - 1e-15) ++(rows.labels[i] ? tp : fp);
        QCOMPARE(report.thresholds[t].truePositives, tp);
        QCOMPARE(report.thresholds[t].falsePositives, fp);
    }
}

void TestMetricSet::countsAtEvenThresholdsAreThoseOfTheRows() {
    Rows rows = naive::randomRows(6000, 17);
    for (int i = 0; i < 40; ++i) {  // on a threshold: a row with that probability is called
        rows.logits.push_back(0.0f);
        rows.labels.push_back(i < 15);
    }
    const MetricReport report = reportOf(rows);
    QCOMPARE(report.evenThresholds.size(), std::size_t{10'001});
    QCOMPARE(report.evenThresholds.front().threshold, 1.0);
    QCOMPARE(report.evenThresholds.back().threshold, 0.0);
    QCOMPARE(report.evenThresholds.back().truePositives, report.positives);
    QCOMPARE(report.evenThresholds.back().falsePositives, report.rows - report.positives);
    for (std::size_t t = 0; t < report.evenThresholds.size(); t += 250) {
        std::int64_t tp = 0, fp = 0;
        for (std::size_t i = 0; i < rows.logits.size(); ++i)
            if (naive::sigmoid(rows.logits[i]) >= report.evenThresholds[t].threshold) ++(rows.labels[i] ? tp : fp);
        QCOMPARE(report.evenThresholds[t].truePositives, tp);
        QCOMPARE(report.evenThresholds[t].falsePositives, fp);
    }
    MetricSet interim;
    QVERIFY(feed(interim, rows).has_value());
    QVERIFY(interim.report(true).evenThresholds.empty());
}

void TestMetricSet::reliabilityBinsHoldAllRowsInOrder() {
    for (const int levels : {0, 7, 200}) {
        const MetricReport report = reportOf(naive::randomRows(10007, 21, levels));
        std::int64_t rows = 0, positives = 0;
        double below = -1;
        for (const ReliabilityBin& bin : report.reliability) {
            rows += bin.rows;
            positives += bin.positives;
            QVERIFY(bin.low > below && bin.low <= bin.meanProbability * (1 + 1e-12) &&
                    bin.meanProbability <= bin.high * (1 + 1e-12));
            QVERIFY(bin.rateLow <= bin.observedRate && bin.observedRate <= bin.rateHigh && bin.rateLow >= 0 &&
                    bin.rateHigh <= 1);
            below = bin.high;
        }
        QCOMPARE(rows, report.rows);
        QCOMPARE(positives, report.positives);
        if (levels == 0) {
            QCOMPARE(report.reliability.size(), std::size_t{20});
            for (const ReliabilityBin& bin : report.reliability) QVERIFY(std::abs(bin.rows - 500) <= 1);
        }
    }
}

void TestMetricSet::brierPartsAddUpForOneScorePerBin() {
    // Murphy's identity holds exactly when all rows of a bin have one score: 5 scores of equal frequency among 100
    // bins.
    Rows rows;
    for (int i = 0; i < 5000; ++i) {
        rows.logits.push_back(static_cast<float>(i % 5) - 3);
        rows.labels.push_back(i % 7 < i % 5);
    }
    const MetricReport report = reportOf(rows);
    VERIFY_CLOSE(report.brierReliability - report.brierResolution + report.brierUncertainty, figure(report, "brier"),
                 kSumTolerance);
    QVERIFY(report.brierResolution > 0.01);
}

void TestMetricSet::histogramCountsEveryRowInItsBin() {
    const Rows rows = naive::randomRows(9000, 33);
    const MetricReport report = reportOf(rows);
    std::vector<std::int64_t> negatives(100), positives(100);
    for (std::size_t i = 0; i < rows.logits.size(); ++i)
        ++(rows.labels[i] ? positives : negatives)[static_cast<std::size_t>(naive::sigmoid(rows.logits[i]) * 100)];
    QCOMPARE(report.histogram.negatives, negatives);
    QCOMPARE(report.histogram.positives, positives);
    QCOMPARE(reportOf({{1e4f, -1e4f}, {1, 0}}).histogram.positives.back(), std::int64_t{1});
}

void TestMetricSet::wilsonIntervalIsTheTextbooks() {
    // 3 of 10: Wilson 1927, (0.3 + z²/20 ± z·√(0.021 + z²/400)) / (1 + z²/10), z = 1.959963984540054.
    Rows rows;
    for (int i = 0; i < 10; ++i) {
        rows.logits.push_back(0.5f);
        rows.labels.push_back(i < 3);
    }
    const ReliabilityBin bin = reportOf(rows).reliability.at(0);
    VERIFY_CLOSE(bin.rateLow, 0.10779126740630099, kSumTolerance);
    VERIFY_CLOSE(bin.rateHigh, 0.6032218525388546, kSumTolerance);
}

void TestMetricSet::calibrationIntervalCoversItsShare() {
    // 400 data sets of 500 rows whose labels follow p itself: the interval should hold 1 in 95 % of them; 4 standard
    // errors are 4.4 %.
    int covered = 0;
    std::mt19937_64 random(99);
    const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (int set = 0; set < 400; ++set) {
        Rows rows;
        for (int i = 0; i < 500; ++i) {
            const float z = static_cast<float>(-2 + 2 * uniform());
            rows.logits.push_back(z);
            rows.labels.push_back(uniform() < naive::sigmoid(z));
        }
        const MetricReport report = reportOf(rows);
        const MetricValue* metric = report.find("calibration");
        covered += metric->low.value() <= 1 && 1 <= metric->high.value();
    }
    QVERIFY2(covered >= 362 && covered <= 397, qPrintable(QString::number(covered)));
}

void TestMetricSet::metricKeysAreTheContract() {
    QStringList keys;
    for (const Metric& metric : metricTable()) {
        keys << metric.key;
        QVERIFY(metric.compute && *metric.title && *metric.formula);
    }
    QCOMPARE(keys, (QStringList{"auc", "auc_tf8000", "log_loss", "normalized_entropy", "calibration", "bias", "brier",
                                "ece", "pr_auc"}));
}

void TestMetricSet::memoryRunningOutIsAnError() {
    DLRM_NEEDS_NO_SANITIZER("the address space that this test takes away");
    const Rows rows = naive::randomRows(1 << 16, 44);
    MetricSet set;
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit before{};
    getrlimit(RLIMIT_AS, &before);
    rlimit small = before;
    small.rlim_cur = static_cast<rlim_t>(pages) * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (8 << 20);
    setrlimit(RLIMIT_AS, &small);
    Result<void> result;
    for (int i = 0; i < 2000 && result; ++i) result = set.add(rows.logits, rows.labels, 0);
    setrlimit(RLIMIT_AS, &before);
    QVERIFY(!result);
    QCOMPARE(result.error().code, std::string("E-METRIC-003"));
}

DLRM_TEST(TestMetricSet);

}  // namespace tst_metric_set

#include "tst_metric_set.moc"
