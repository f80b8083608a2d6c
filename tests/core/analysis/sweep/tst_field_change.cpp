// SPDX-License-Identifier: Apache-2.0
// The first value that crosses against all of them looked at; the order of changes; averages against sums by hand.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>

#include "core/analysis/sweep/field_change.h"
#include "core/analysis/sweep/sweep_average.h"
#include "tests/support/test_program.h"

namespace tst_field_change {

using namespace dlrm;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kRounding = 1e-15;  // a few dozen doubles up to 1 are added in another order

double probability(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

// What a quarter of the values lies below, linear between neighbours.
double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double at = share * (static_cast<double>(values.size()) - 1), below = std::floor(at);
    const auto i = static_cast<std::size_t>(below);
    return i + 1 < values.size() ? values[i] * (1 - (at - below)) + values[i + 1] * (at - below) : values[i];
}

}  // namespace

class TestFieldChange : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theFirstThatCrossesElseTheNearest() {
        std::mt19937 random(6);
        int crossed = 0, missed = 0, none = 0;
        for (int turn = 0; turn < 500; ++turn) {
            std::vector<float> logits(random() % 12);
            for (float& z : logits) z = random() % 6 == 0 ? kNan : static_cast<float>(random() % 17) / 4 - 2;
            const double threshold = 0.2 + 0.6 * static_cast<double>(random() % 100) / 100;
            const bool clicked = random() % 2 == 0;
            std::optional<std::size_t> first, nearest;
            for (std::size_t i = 0; i < logits.size(); ++i) {
                if (std::isnan(logits[i])) continue;
                if (!first && (probability(logits[i]) >= threshold) != clicked) first = i;
                if (!nearest || (clicked ? logits[i] < logits[*nearest] : logits[i] > logits[*nearest])) nearest = i;
            }
            CrossingSearch search(clicked, threshold);
            std::size_t offered = 0;
            while (offered < logits.size() && !search.offer(static_cast<std::int64_t>(offered), logits[offered]))
                ++offered;
            QCOMPARE(search.crosses(), first.has_value());
            QCOMPARE(search.tried(), static_cast<std::int64_t>(first ? *first + 1 : logits.size()));
            const auto expected = first ? first : nearest;
            QCOMPARE(search.place(), expected ? static_cast<std::int64_t>(*expected) : std::int64_t{-1});
            if (expected) QCOMPARE(search.logit(), logits[*expected]);
            crossed += first.has_value();
            missed += !first && nearest;
            none += !nearest;
        }
        QVERIFY(crossed > 50 && missed > 50 && none > 10);
    }

    void atTheThresholdIsClicked() {
        QVERIFY(isAboveThreshold(0.0F, 0.5));
        QVERIFY(!isAboveThreshold(std::nextafter(0.0F, -1.0F) - 1e-6F, 0.5));
    }

    void theNearestValuesFirst() {
        const std::vector<float> values{0, 1, 2, 4, 7};
        QCOMPARE(nearestFirst(values, 2), (std::vector<std::int64_t>{1, 0, 3, 4}));  // 0 and 4 are as near
        QCOMPARE(nearestFirst(values, 3), (std::vector<std::int64_t>{2, 3, 1, 0, 4}));
        QCOMPARE(nearestFirst({5}, 5), std::vector<std::int64_t>{});
    }

    void smallChangesThatCrossComeFirstThenWhatComesNearest() {
        const auto change = [](std::size_t index, bool crosses, std::optional<float> logit) {
            FieldChange out;
            out.index = index;
            out.crosses = crosses;
            out.any = logit.has_value();
            out.logit = logit.value_or(0);
            return out;
        };
        std::vector<FieldChange> changes{change(0, false, -2.0F), change(1, true, 3.0F), change(2, false, std::nullopt),
                                         change(3, true, 0.5F), change(4, false, -1.5F)};
        const auto order = [&](float current, bool clicked) {
            sortChanges(changes, current, clicked);
            std::vector<std::size_t> out;
            for (const FieldChange& c : changes) out.push_back(c.index);
            return out;
        };
        QCOMPARE(order(-1.0F, false), (std::vector<std::size_t>{3, 1, 4, 0, 2}));
        for (FieldChange& c : changes) c.logit = -c.logit;
        QCOMPARE(order(1.0F, true), (std::vector<std::size_t>{3, 1, 4, 0, 2}));
    }

    void averagesAreThoseOfTheRows() {
        std::mt19937 random(2);
        for (const std::size_t rows : {1U, 2U, 3U, 40U}) {
            constexpr std::size_t kValues = 5;
            std::vector<float> logits(rows * kValues);
            for (float& z : logits) z = static_cast<float>(random() % 1000) / 100 - 5;
            if (rows > 2) logits[kValues + 3] = kNan;
            for (std::size_t r = 0; r < rows; ++r) logits[r * kValues + 4] = kNan;
            const SweepAverage average = averageOfRows(logits, kValues);
            QCOMPARE(average.rows, static_cast<std::int64_t>(rows));
            QCOMPARE(average.mean.size(), kValues);
            for (std::size_t v = 0; v < kValues; ++v) {
                std::vector<double> column;
                double sum = 0;
                for (std::size_t r = 0; r < rows; ++r)
                    if (const float z = logits[r * kValues + v]; !std::isnan(z)) {
                        column.push_back(probability(z));
                        sum += column.back();
                    }
                QCOMPARE(column.empty(), v == 4);
                if (column.empty()) {
                    QVERIFY(std::isnan(average.mean[v]) && std::isnan(average.lowerQuartile[v]));
                    continue;
                }
                QVERIFY(std::abs(average.mean[v] - sum / static_cast<double>(column.size())) <= kRounding);
                QVERIFY(std::abs(average.lowerQuartile[v] - percentile(column, 0.25)) <= kRounding);
                QVERIFY(std::abs(average.upperQuartile[v] - percentile(column, 0.75)) <= kRounding);
            }
        }
    }
};

DLRM_TEST(TestFieldChange);

}  // namespace tst_field_change

#include "tst_field_change.moc"
