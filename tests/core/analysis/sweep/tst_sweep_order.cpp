// SPDX-License-Identifier: Apache-2.0
// Highest and lowest against all of them sorted.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/sweep/sweep_order.h"
#include "tests/support/test_program.h"

namespace tst_sweep_order {

using namespace dlrm;

class TestSweepOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void itIsThatOfASort() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                        kInfinity = std::numeric_limits<float>::infinity();
        std::mt19937 random(4);
        int listedWhole = 0, listedInPart = 0;
        for (int turn = 0; turn < 200; ++turn) {
            std::vector<float> logits(random() % 40);
            for (float& z : logits) {
                const auto kind = random() % 10;
                z = kind == 0 ? kNan : kind == 1 ? kInfinity : static_cast<float>(random() % 9) - 4;  // many alike
            }
            std::vector<std::int64_t> sorted;
            for (std::int64_t i = 0; i < std::ssize(logits); ++i)
                if (std::isfinite(logits[static_cast<std::size_t>(i)])) sorted.push_back(i);
            std::stable_sort(sorted.begin(), sorted.end(), [&](std::int64_t a, std::int64_t b) {
                return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
            });
            const std::size_t top = random() % 12;
            const float current = static_cast<float>(random() % 9) - 4;
            const SweepOrder order = sweepOrder(logits, current, top);
            QCOMPARE(order.finite, std::ssize(sorted));
            QCOMPARE(order.raising, std::count_if(sorted.begin(), sorted.end(), [&](std::int64_t i) {
                         return logits[static_cast<std::size_t>(i)] > current;
                     }));
            const std::size_t high = std::min(top, sorted.size()), low = std::min(top, sorted.size() - high);
            QCOMPARE(order.highest,
                     std::vector<std::int64_t>(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(high)));
            QCOMPARE(order.lowest,
                     std::vector<std::int64_t>(sorted.end() - static_cast<std::ptrdiff_t>(low), sorted.end()));
            (high + low == sorted.size() ? listedWhole : listedInPart) += 1;
            for (std::int64_t i = 0; i < std::ssize(logits); ++i) {
                const auto at = std::find(sorted.begin(), sorted.end(), i);
                QCOMPARE(rankInSweep(logits, i), at == sorted.end() ? 0 : at - sorted.begin() + 1);
            }
        }
        QVERIFY(listedWhole > 20 && listedInPart > 20);
    }
};

DLRM_TEST(TestSweepOrder);

}  // namespace tst_sweep_order

#include "tst_sweep_order.moc"
