// SPDX-License-Identifier: Apache-2.0
// Sums without rounding: against 128-bit arithmetic, in any order, at both ends of double, and many columns at once.
#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/metrics/column_sums.h"
#include "core/metrics/long_sum.h"
#include "core/metrics/score_pass.h"
#include "tests/support/test_program.h"

namespace tst_exact_sums {

using namespace dlrm;

namespace {

LongSum sumOf(const std::vector<double>& terms) {
    LongSum sum;
    for (const double term : terms) sum.add(term);
    return sum;
}

// Any finite double, every exponent alike.
double anyDouble(std::mt19937_64& random) {
    while (true)
        if (const auto value = std::bit_cast<double>(random()); std::isfinite(value)) return value;
}

}  // namespace

class TestExactSums : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDoubleIsItself() {
        std::mt19937_64 random(1);
        for (int i = 0; i < 100'000; ++i) {
            const double value = anyDouble(random);
            const LongSum sum = sumOf({value});
            QCOMPARE(std::bit_cast<std::uint64_t>(sum.value()), std::bit_cast<std::uint64_t>(value));
            QVERIFY(LongSum::fromDigits(sum.digits()).digits() == sum.digits());
            QVERIFY(LongSum::fromDigits(sum.digits()).value() == value);
        }
        constexpr double kSmallest = std::numeric_limits<double>::denorm_min(),
                         kLargest = std::numeric_limits<double>::max();
        for (const double value : {0.0, kSmallest, -kSmallest, kLargest, -kLargest, std::numeric_limits<double>::min()})
            QVERIFY(sumOf({value}).value() == value);
    }

    // Two terms of 64 bits at most have a sum that 128 bits hold exactly; its rounding is the compiler's.
    void roundsOnceToTheNearestTiesToEven() {
        std::mt19937_64 random(2);
        for (int i = 0; i < 100'000; ++i) {
            const auto a = static_cast<double>(static_cast<std::int64_t>(random())),
                       b = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                      -static_cast<int>(random() % 60));
            const double expected = static_cast<double>(static_cast<__float128>(a) + static_cast<__float128>(b));
            QVERIFY(sumOf({a, b}).value() == expected);
        }
        QVERIFY(sumOf({1, 0x1p-53}).value() == 1);                       // a tie, down to even
        QVERIFY(sumOf({1, 0x1p-53, 0x1p-1074}).value() == 1 + 0x1p-52);  // a little more than a tie
        QVERIFY(sumOf({1 + 0x1p-52, 0x1p-53}).value() == 1 + 0x1p-51);   // a tie, up to even
    }

    void nothingIsLostWhereLargeTermsCancel() {
        constexpr double kLargest = std::numeric_limits<double>::max();
        LongSum sum = sumOf({kLargest, kLargest});
        QVERIFY(std::isinf(sum.value()));
        sum.add(-kLargest);
        sum.add(0x1p-1074);
        sum.add(-kLargest);
        QVERIFY(sum.value() == 0x1p-1074);
        sum.add(-0x1p-1073);
        QVERIFY(sum.value() == -0x1p-1074);
    }

    void noOrderAndNoSplittingChangesABit() {
        std::mt19937_64 random(3);
        std::vector<double> terms;
        for (int i = 0; i < 3000; ++i) terms.push_back(anyDouble(random));
        const auto digits = sumOf(terms).digits();
        for (int round = 0; round < 5; ++round) {
            std::shuffle(terms.begin(), terms.end(), random);
            const auto cut = static_cast<std::ptrdiff_t>(random() % terms.size());
            LongSum sum = sumOf({terms.begin(), terms.begin() + cut});
            sum.add(sumOf({terms.begin() + cut, terms.end()}));
            QVERIFY(sum.digits() == digits);
        }
    }

    void columnsAreSummedExactly_data() {
        QTest::addColumn<int>("columns");
        QTest::addColumn<bool>("anySize");
        for (const int columns : {1, 7, 16, 378})
            for (const bool anySize : {false, true})
                QTest::addRow("%d columns, any size %d", columns, anySize) << columns << anySize;
    }
    void columnsAreSummedExactly() {
        QFETCH(int, columns);
        QFETCH(bool, anySize);
        const auto width = static_cast<std::size_t>(columns);
        for (const SplitScale& scale : {kSplitOrdinary, kSplitLarge}) {
            std::mt19937_64 random(4);
            ColumnSums sums(width, scale);
            std::vector<LongSum> out(width), expected(width);
            std::vector<double> row(width);
            for (int r = 0; r < 2 * kSplitTerms; ++r) {
                // Of the largest size that is split, or with few bits below it, so that the parts are filled to the
                // brim.
                for (double& term : row)
                    term = anySize && random() % 4 == 0
                               ? anyDouble(random)
                               : std::ldexp(scale.largest * (1 - std::ldexp(static_cast<double>(random() >> 11), -53)),
                                            -static_cast<int>(random() % 3));
                for (std::size_t c = 0; c < width; ++c) expected[c].add(row[c]);
                sums.add(row);
                if (r % kSplitTerms == kSplitTerms - 1) sums.drainInto(out);
            }
            for (std::size_t c = 0; c < width; ++c) QVERIFY(out[c].digits() == expected[c].digits());
        }
    }

    // Every row's terms are the same wherever it stands in a block, and their sums have no order.
    void scoreSumsDoNotDependOnBlocks() {
        std::mt19937_64 random(5);
        std::vector<float> logits;
        std::vector<std::uint8_t> labels;
        for (int i = 0; i < 20'000; ++i) {
            logits.push_back(static_cast<float>(std::ldexp(static_cast<double>(random() >> 11) * 0x1p-53 - 0.5,
                                                           static_cast<int>(random() % (i % 100 == 0 ? 100 : 8)))));
            labels.push_back(random() % 3 == 0);
        }
        const auto sums = [&](std::size_t block, bool backwards) {
            ScoreSums out;
            std::vector<std::int32_t> buckets(kScorePassRows);
            const std::size_t blocks = (logits.size() + block - 1) / block;
            for (std::size_t b = 0; b < blocks; ++b) {
                const std::size_t first = (backwards ? blocks - 1 - b : b) * block,
                                  count = std::min(block, logits.size() - first);
                scorePass(logits.data() + first, labels.data() + first, static_cast<std::int64_t>(count), out,
                          buckets.data());
            }
            return out;
        };
        const ScoreSums whole = sums(kScorePassRows, false);
        for (const std::size_t block : {1, 7, 333, 1024})
            for (const bool backwards : {false, true}) {
                const ScoreSums other = sums(block, backwards);
                QVERIFY(other.logLoss.digits() == whole.logLoss.digits());
                QVERIFY(other.squaredError.digits() == whole.squaredError.digits());
                QVERIFY(other.probability.digits() == whole.probability.digits());
                QVERIFY(other.positiveProbability.digits() == whole.positiveProbability.digits());
            }
    }

    void whatWasAddedCanBeTakenAway() {
        std::mt19937_64 random(8);
        for (int round = 0; round < 200; ++round) {
            std::vector<double> kept, taken;
            for (int i = 0; i < 20; ++i) kept.push_back(anyDouble(random)), taken.push_back(anyDouble(random));
            std::vector<double> all = kept;
            all.insert(all.end(), taken.begin(), taken.end());
            LongSum sum = sumOf(all);
            sum.subtract(sumOf(taken));
            QVERIFY(sum.digits() == sumOf(kept).digits());
        }
    }

    // The terms of single rows, wherever they stand, have the sums of the rows.
    void termsOfRowsAreThoseThatAreSummedUp() {
        std::mt19937 random(9);
        for (const std::size_t n : {1, 3, 8, 1021}) {
            std::vector<float> logits(n);
            std::vector<std::uint8_t> labels(n);
            for (std::size_t i = 0; i < n; ++i) {
                logits[i] = static_cast<float>(static_cast<int>(random() % 4000)) / 50 - 40;
                labels[i] = random() % 2;
            }
            std::vector<double> loss(n), squared(n), p(n), clicked;
            scoreTerms(logits.data(), labels.data(), static_cast<std::int64_t>(n), loss.data(), squared.data(),
                       p.data());
            for (std::size_t i = 0; i < n; ++i) clicked.push_back(labels[i] ? p[i] : 0);
            ScoreSums sums;
            std::vector<std::int32_t> buckets(n);
            scorePass(logits.data(), labels.data(), static_cast<std::int64_t>(n), sums, buckets.data());
            QVERIFY(sums.logLoss.digits() == sumOf(loss).digits());
            QVERIFY(sums.squaredError.digits() == sumOf(squared).digits());
            QVERIFY(sums.probability.digits() == sumOf(p).digits());
            QVERIFY(sums.positiveProbability.digits() == sumOf(clicked).digits());
        }
    }
};

DLRM_TEST(TestExactSums);

}  // namespace tst_exact_sums

#include "tst_exact_sums.moc"
