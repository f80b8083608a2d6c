// SPDX-License-Identifier: Apache-2.0
// What a metric says of itself beside its figure: the bins of the ECE and what chance makes of them, intervals that
// tell nothing, that it is interim.
#include <QtTest>

#include <cmath>

#include "core/metrics/metric.h"
#include "core/metrics/metric_set.h"
#include "naive_metrics.h"
#include "tests/support/test_program.h"

namespace tst_metric_notes {

using namespace dlrm;
using naive::Rows;

class TestMetricNotes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eceTellsItsBinsAndWhatChanceMakes();
    void oneRowIsOneBin();
    void anIntervalOfWidthZeroIsNoted();
    void interimNotesSayWhatTheyAre();
};

// Its bins, and what chance makes of a calibrated model with them: against every outcome of every bin.
void TestMetricNotes::eceTellsItsBinsAndWhatChanceMakes() {
    std::vector<ScoreBin> bins;
    double expected = 0, rows = 0;
    for (const auto& [n, p] :
         {std::pair(1, 0.3), std::pair(7, 0.01), std::pair(12, 0.5), std::pair(30, 0.93), std::pair(5, 0.2)}) {
        bins.push_back({n, 0, n * p, 0, 1});
        rows += n;
        double probability = std::pow(1 - p, n);  // of k positives
        for (int k = 0; k <= n; ++k) {
            expected += probability * std::fabs(k - n * p);
            probability *= p / (1 - p) * (n - k) / (k + 1);
        }
    }
    const EceBins found = eceBinsOf(bins);
    QCOMPARE(found.count, 5);
    QCOMPARE(found.fewestRows, 1);
    QCOMPARE(found.mostRows, 30);
    QVERIFY(std::fabs(found.calibrated - expected / rows) <= 1e-12);  // other sums of the same terms
    QCOMPARE(eceBinsOf({}).calibrated, 0.0);
    // Many rows: √(2/π · p(1 − p)/n).
    const std::vector<ScoreBin> many{{1'000'000, 0, 250'000, 0, 1}};
    QVERIFY(std::fabs(eceBinsOf(many).calibrated - std::sqrt(2 / 3.14159265358979 * 0.25 * 0.75 / 1e6)) <= 1e-8);
    MetricSet set;
    const Rows made = naive::randomRows(1050, 4);
    QVERIFY(set.add(made.logits, made.labels, 0).has_value());
    const MetricReport report = set.report(false);
    QCOMPARE(report.eceBins.count, 100);
    QCOMPARE(report.eceBins.fewestRows, 10);
    QCOMPARE(report.eceBins.mostRows, 11);
    QVERIFY2(report.find("ece")->note.find(
                 "100 bins of 10 to 11 rows; a perfectly calibrated model would show about 0.") == 0,
             report.find("ece")->note.c_str());
}

void TestMetricNotes::oneRowIsOneBin() {
    MetricSet set;
    QVERIFY(set.add(std::vector<float>{0.5F}, std::vector<std::uint8_t>{1}, 0).has_value());
    const MetricReport report = set.report(false);
    QVERIFY2(report.find("ece")->note.starts_with("1 bin of 1 row;"), report.find("ece")->note.c_str());
}

// DeLong's variance is 0 where every pair is ranked alike: that is no certainty.
void TestMetricNotes::anIntervalOfWidthZeroIsNoted() {
    for (const bool apart : {true, false}) {
        MetricSet set;
        Rows rows;
        for (int i = 0; i < 60; ++i) {
            rows.labels.push_back(i % 3 == 0 ? 1 : 0);
            rows.logits.push_back(apart ? (i % 3 == 0 ? 1.0F + static_cast<float>(i) : -1.0F - static_cast<float>(i))
                                        : 0.5F);
        }
        QVERIFY(set.add(rows.logits, rows.labels, 0).has_value());
        const MetricReport report = set.report(false);
        const MetricValue& auc = *report.find("auc");
        QCOMPARE(*auc.value, apart ? 1.0 : 0.5);
        QCOMPARE(*auc.low, *auc.high);
        QVERIFY(auc.note.find("width 0") != std::string::npos);
    }
}

void TestMetricNotes::interimNotesSayWhatTheyAre() {
    MetricSet set;
    const Rows made = naive::randomRows(1000, 4);
    QVERIFY(set.add(made.logits, made.labels, 0).has_value());
    const MetricReport report = set.report(true);
    for (const char* key : {"auc", "ece", "pr_auc"}) {
        QVERIFY(report.find(key)->note.find("interim") == 0);
        QVERIFY(!report.find(key)->low);
    }
    QVERIFY(report.roc.howChosen.find("interim") == 0);
    for (const MetricValue& metric : set.report(false).metrics)
        if (metric.key != "ece") QVERIFY2(metric.note.empty(), metric.key.c_str());
}

DLRM_TEST(TestMetricNotes);

}  // namespace tst_metric_notes

#include "tst_metric_notes.moc"
