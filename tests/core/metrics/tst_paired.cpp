// SPDX-License-Identifier: Apache-2.0
// Two models' scores of the same rows: DeLong's paired test against its definition over all pairs and against
// mid-ranks, the other intervals by simulation, and what does not depend on the labels against sums row by row.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include <tbb/global_control.h>

#include "core/metrics/paired.h"
#include "tests/core/metrics/naive_metrics.h"
#include "tests/support/test_program.h"

namespace tst_paired {

using namespace dlrm;

namespace {

constexpr double kRounding = 1e-12;  // of sums of at most 2,000 terms in double
constexpr double kNormal = 1.959963984540054;

struct Pairs {
    std::vector<float> a, b;
    std::vector<std::uint8_t> labels;
    ScorePairs view() const { return {a, b, labels}; }
};

// Scores on a grid of `steps`, so that many are equal.
Pairs tiedPairs(std::size_t n, int steps, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Pairs out;
    const auto onGrid = [&](double z) { return static_cast<float>(std::round(z * steps) / steps); };
    for (std::size_t r = 0; r < n; ++r) {
        const double z = normal(random) - 0.5;
        out.a.push_back(onGrid(z + 0.4 * normal(random)));
        out.b.push_back(onGrid(z + 0.6 * normal(random)));
        out.labels.push_back(std::uniform_real_distribution<double>()(random) < naive::sigmoid(2 * z));
    }
    return out;
}

PairedReport reportOf(const Pairs& pairs, std::optional<double> threshold = {}) {
    MetricSet a, b;
    if (!a.add(pairs.a, pairs.labels, 0) || !b.add(pairs.b, pairs.labels, 0)) qFatal("add");
    auto out = comparePairs(pairs.view(), a, b, threshold);
    if (!out) qFatal("%s", out.error().text().c_str());
    return *out;
}

struct Difference {
    double value = 0, error = 0;
};

double varianceOf(const std::vector<double>& v) {
    const double mean = std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
    double sum = 0;
    for (const double x : v) sum += (x - mean) * (x - mean);
    return sum / static_cast<double>(v.size() - 1);
}

// DeLong, DeLong & Clarke-Pearson 1988 for two curves: the placements of every row by looking at every pair, their
// covariances, and Var(B − A) = Var(A) + Var(B) − 2 Cov(A, B).
Difference byDefinition(const Pairs& pairs) {
    std::vector<std::size_t> positives, negatives;
    for (std::size_t i = 0; i < pairs.labels.size(); ++i) (pairs.labels[i] ? positives : negatives).push_back(i);
    const auto P = static_cast<double>(positives.size()), N = static_cast<double>(negatives.size());
    const std::vector<float>* scores[] = {&pairs.a, &pairs.b};
    double auc[2] = {}, s10[2][2] = {}, s01[2][2] = {};
    std::vector<double> v10[2], v01[2];
    for (int m = 0; m < 2; ++m) {
        v10[m].resize(positives.size());
        v01[m].resize(negatives.size());
        for (std::size_t i = 0; i < positives.size(); ++i)
            for (std::size_t j = 0; j < negatives.size(); ++j) {
                const double psi = naive::psi((*scores[m])[positives[i]], (*scores[m])[negatives[j]]);
                v10[m][i] += psi / N;
                v01[m][j] += psi / P;
            }
        auc[m] = std::accumulate(v10[m].begin(), v10[m].end(), 0.0) / P;
    }
    for (int m = 0; m < 2; ++m)
        for (int k = 0; k < 2; ++k) {
            for (std::size_t i = 0; i < v10[m].size(); ++i)
                s10[m][k] += (v10[m][i] - auc[m]) * (v10[k][i] - auc[k]) / (P - 1);
            for (std::size_t j = 0; j < v01[m].size(); ++j)
                s01[m][k] += (v01[m][j] - auc[m]) * (v01[k][j] - auc[k]) / (N - 1);
        }
    const auto of = [&](const double(&s)[2][2]) { return s[0][0] + s[1][1] - 2 * s[0][1]; };
    return {auc[1] - auc[0], std::sqrt(of(s10) / P + of(s01) / N)};
}

std::vector<double> midRanks(const std::vector<float>& scores) {
    std::vector<double> out;
    for (const float z : scores) {
        double below = 0, same = 0;
        for (const float other : scores) {
            below += other < z;
            same += other == z;
        }
        out.push_back(below + (same + 1) / 2);
    }
    return out;
}

// The same by mid-ranks, as pROC and Sun & Xu have it: a row's placement is its rank among all rows less that within
// its own class.
Difference byMidRanks(const Pairs& pairs) {
    std::vector<double> d10, d01;
    for (const bool clicked : {true, false}) {
        std::vector<double>& out = clicked ? d10 : d01;
        for (const int sign : {-1, 1}) {
            const std::vector<float>& scores = sign < 0 ? pairs.a : pairs.b;
            std::vector<float> own;
            for (std::size_t i = 0; i < scores.size(); ++i)
                if (pairs.labels[i] == clicked) own.push_back(scores[i]);
            const std::vector<double> all = midRanks(scores), within = midRanks(own);
            const double others = static_cast<double>(scores.size() - own.size());
            out.resize(own.size());
            for (std::size_t i = 0, at = 0; i < scores.size(); ++i) {
                if (pairs.labels[i] != clicked) continue;
                const double below = (all[i] - within[at]) / others;
                out[at++] += sign * (clicked ? below : 1 - below);
            }
        }
    }
    return {std::accumulate(d10.begin(), d10.end(), 0.0) / static_cast<double>(d10.size()),
            std::sqrt(varianceOf(d10) / static_cast<double>(d10.size()) +
                      varianceOf(d01) / static_cast<double>(d01.size()))};
}

double halfOf(const MetricDifference& m) { return (*m.high - *m.low) / 2; }

}  // namespace

class TestPaired : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aucIsDeLongsPairedTest() {
        for (unsigned seed = 0; seed < 20; ++seed) {
            const Pairs pairs = tiedPairs(150 + 17 * seed, seed % 2 ? 3 : 40, seed);
            const MetricDifference auc = *reportOf(pairs).find("auc");
            for (const Difference& expected : {byDefinition(pairs), byMidRanks(pairs)}) {
                QVERIFY2(std::abs(*auc.difference - expected.value) <= kRounding, qPrintable(QString::number(seed)));
                const double error = halfOf(auc) / kNormal;
                QVERIFY(std::abs(error * error - expected.error * expected.error) <= kRounding);
            }
        }
    }

    void differencesAreThoseOfTwoEvaluations() {
        const Pairs pairs = tiedPairs(2000, 1000, 7);
        const PairedReport report = reportOf(pairs);
        MetricSet sets[2];
        QVERIFY(sets[0].add(pairs.a, pairs.labels, 0) && sets[1].add(pairs.b, pairs.labels, 0));
        const MetricReport a = sets[0].report(false), b = sets[1].report(false);
        QCOMPARE(report.metrics.size(), a.metrics.size());
        for (std::size_t m = 0; m < a.metrics.size(); ++m) {
            QCOMPARE(report.metrics[m].key, a.metrics[m].key);
            QCOMPARE(*report.metrics[m].a, *a.metrics[m].value);
            QCOMPARE(*report.metrics[m].b, *b.metrics[m].value);
            QCOMPARE(*report.metrics[m].difference, *b.metrics[m].value - *a.metrics[m].value);
            const bool told = report.metrics[m].low.has_value();
            QCOMPARE(told, report.metrics[m].note.empty());
            const bool known = report.metrics[m].key != "auc_tf8000" && report.metrics[m].key != "ece" &&
                               report.metrics[m].key != "pr_auc";
            QCOMPARE(told, known);
        }
    }

    // Means and standard errors of the rows' differences, row by row.
    void intervalsOfMeansAreThoseOfTheRows() {
        const Pairs pairs = tiedPairs(1500, 50, 3);
        const PairedReport report = reportOf(pairs);
        std::map<std::string, std::vector<double>> differences;
        double clicked = 0, predicted[2] = {};
        for (std::size_t i = 0; i < pairs.labels.size(); ++i) {
            const naive::Rows a{{pairs.a[i]}, {pairs.labels[i]}}, b{{pairs.b[i]}, {pairs.labels[i]}};
            const double y = pairs.labels[i], pa = naive::sigmoid(static_cast<double>(pairs.a[i])),
                         pb = naive::sigmoid(static_cast<double>(pairs.b[i]));
            differences["log_loss"].push_back(naive::logLoss(b) - naive::logLoss(a));
            differences["brier"].push_back((pb - y) * (pb - y) - (pa - y) * (pa - y));
            differences["bias"].push_back(pb - pa);
            clicked += y;
            predicted[0] += pa;
            predicted[1] += pb;
        }
        const auto n = static_cast<double>(pairs.labels.size()), rate = clicked / n;
        const double entropy = -(rate * std::log(rate) + (1 - rate) * std::log(1 - rate));
        for (const double d : differences["log_loss"]) differences["normalized_entropy"].push_back(d / entropy);
        const double ratio = (predicted[1] - predicted[0]) / clicked;
        for (std::size_t i = 0; i < pairs.labels.size(); ++i)
            differences["calibration"].push_back((differences["bias"][i] - ratio * pairs.labels[i]) / rate);
        for (const auto& [key, d] : differences) {
            const MetricDifference& ours = *report.find(key);
            const double error = std::sqrt(varianceOf(d) / n);
            QVERIFY2(std::abs(halfOf(ours) - kNormal * error) <= 1e-9 * error, key.c_str());
            const double mean = key == "calibration" ? ratio : std::accumulate(d.begin(), d.end(), 0.0) / n;
            QVERIFY2(std::abs(*ours.difference - mean) <= kRounding, key.c_str());
        }
    }

    // 5,000 datasets of 1,000 rows each: 95 % of the intervals hold the difference.
    void intervalsCoverNineteenOfTwenty() {
        constexpr int kSets = 5000;
        constexpr double kAllowed = 0.01;  // 3.2 standard errors of a share of 5,000
        std::map<std::string, std::vector<MetricDifference>> all;
        std::mt19937 random(11);
        std::normal_distribution<float> normal;
        std::uniform_real_distribution<float> even;
        for (int set = 0; set < kSets; ++set) {
            Pairs pairs;
            for (int r = 0; r < 1000; ++r) {
                const float z = normal(random) - 0.8F;
                pairs.a.push_back(z + 0.5F * normal(random));
                pairs.b.push_back(0.9F * z + 0.4F * normal(random) + 0.05F);
                pairs.labels.push_back(even(random) < 1 / (1 + std::exp(-z)));
            }
            for (const MetricDifference& m : reportOf(pairs).metrics)
                if (m.low) all[m.key].push_back(m);
        }
        QCOMPARE(all.size(), std::size_t{6});
        for (const auto& [key, sets] : all) {
            double truth = 0;
            for (const MetricDifference& m : sets) truth += *m.difference / kSets;
            const auto held = std::count_if(sets.begin(), sets.end(),
                                            [&](const auto& m) { return *m.low <= truth && truth <= *m.high; });
            const double share = static_cast<double>(held) / kSets;
            QVERIFY2(std::abs(share - 0.95) <= kAllowed,
                     qPrintable(QStringLiteral("%1: %2").arg(key.c_str()).arg(share)));
        }
    }

    void changesOfTheScores() {
        const Pairs pairs = tiedPairs(2000, 20, 5);
        const PairedReport report = reportOf(pairs, 0.3);
        const auto n = static_cast<double>(pairs.a.size());
        std::vector<double> change;
        double flips = 0, largestLogit = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
        for (std::size_t i = 0; i < pairs.a.size(); ++i) {
            const double za = static_cast<double>(pairs.a[i]), zb = static_cast<double>(pairs.b[i]);
            const double pa = naive::sigmoid(za), pb = naive::sigmoid(zb);
            change.push_back(std::abs(pb - pa));
            flips += (pa >= 0.3) != (pb >= 0.3);
            largestLogit = std::max(largestLogit, std::abs(zb - za));
            sa += za / n, sb += zb / n;
        }
        for (std::size_t i = 0; i < pairs.a.size(); ++i) {
            const double za = static_cast<double>(pairs.a[i]) - sa, zb = static_cast<double>(pairs.b[i]) - sb;
            saa += za * za, sbb += zb * zb, sab += za * zb;
        }
        QCOMPARE(static_cast<double>(report.flips), flips);
        QVERIFY(flips > 10);
        QVERIFY(std::abs(report.meanChange - std::accumulate(change.begin(), change.end(), 0.0) / n) <= kRounding);
        QVERIFY(std::abs(report.largestChange - *std::max_element(change.begin(), change.end())) <= kRounding);
        QCOMPARE(report.largestLogitChange, largestLogit);
        QVERIFY(std::abs(*report.correlation - sab / std::sqrt(saa * sbb)) <= 1e-10);
        QCOMPARE(report.disagreeing.size(), kMostDisagreeing);
        std::vector<std::size_t> order(change.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t x, std::size_t y) { return change[x] > change[y]; });
        for (std::size_t i = 0; i < kMostDisagreeing; ++i)
            QVERIFY(std::abs(change[static_cast<std::size_t>(report.disagreeing[i].row)] - change[order[i]]) <= 1e-15);
        QCOMPARE(reportOf(pairs).threshold, naive::positives({pairs.a, pairs.labels}) / n);
    }

    // Shares of A's and B's rows between the deciles of A's scores, counted one by one.
    void psiIsThatOfTheDeciles() {
        for (const int steps : {2, 1000}) {
            const Pairs pairs = tiedPairs(2000, steps, 9);
            std::vector<float> sorted = pairs.a;
            std::sort(sorted.begin(), sorted.end());
            double expected = 0;
            for (int bin = 0; bin < 10; ++bin) {
                const auto inside = [&](const std::vector<float>& scores) {
                    double count = 0;
                    for (const float z : scores)
                        count += (bin == 0 || z >= sorted[static_cast<std::size_t>(bin) * 200]) &&
                                 (bin == 9 || z < sorted[static_cast<std::size_t>(bin + 1) * 200]);
                    return count;
                };
                const double a = inside(pairs.a), b = inside(pairs.b);
                if (a == 0 && b == 0) continue;
                const double shareA = std::max(a, 0.5) / 2000, shareB = std::max(b, 0.5) / 2000;
                expected += (shareB - shareA) * std::log(shareB / shareA);
            }
            QVERIFY(std::abs(reportOf(pairs).psi - expected) <= kRounding);
            QVERIFY(expected > 1e-4);
        }
        Pairs same = tiedPairs(500, 10, 1);
        same.b = same.a;
        const PairedReport report = reportOf(same);
        QCOMPARE(report.psi, 0.0);
        QCOMPARE(report.flips, 0);
        QCOMPARE(*report.correlation, 1.0);
        for (const MetricDifference& m : report.metrics) QCOMPARE(*m.difference, 0.0);
        QCOMPARE(halfOf(*report.find("auc")), 0.0);
    }

    void whatIsUndefinedIsSaid() {
        const PairedReport report = reportOf({{0.5F, 1, 2}, {0.25F, 1, 3}, {1, 1, 1}});
        QVERIFY(!report.find("auc")->difference && !report.find("auc")->note.empty());
        QVERIFY(!report.find("normalized_entropy")->difference);
        QVERIFY(report.find("log_loss")->low.has_value());
        const PairedReport one = reportOf({{0.5F}, {0.25F}, {1}});
        QVERIFY(one.find("log_loss")->difference && !one.find("log_loss")->low);
        QCOMPARE(one.find("log_loss")->note, std::string("no interval: it needs two rows"));
        QVERIFY(!one.correlation);
        const PairedReport single = reportOf({{0.5F, 1, 2}, {0.25F, 1, 3}, {1, 0, 0}});
        QVERIFY(single.find("auc")->difference && !single.find("auc")->low && !single.find("auc")->note.empty());
    }

    void theSameBitsForAnyNumberOfThreads() {
        const Pairs pairs = tiedPairs(200'000, 100'000, 21);
        std::vector<PairedReport> reports;
        for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            reports.push_back(reportOf(pairs));
        }
        for (std::size_t m = 0; m < reports[0].metrics.size(); ++m) {
            QVERIFY(reports[0].metrics[m].difference == reports[1].metrics[m].difference);
            QVERIFY(reports[0].metrics[m].low == reports[1].metrics[m].low);
        }
        QVERIFY(reports[0].psi == reports[1].psi && reports[0].correlation == reports[1].correlation);
        std::stop_source stop;
        stop.request_stop();
        MetricSet a, b;
        QVERIFY(a.add(pairs.a, pairs.labels, 0) && b.add(pairs.b, pairs.labels, 0));
        QCOMPARE(comparePairs(pairs.view(), a, b, {}, stop.get_token()).error().code, std::string("E-CANCELLED"));
    }
};

DLRM_TEST(TestPaired);

}  // namespace tst_paired

#include "tst_paired.moc"
