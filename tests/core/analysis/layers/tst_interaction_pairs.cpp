// SPDX-License-Identifier: Apache-2.0
// Pairs of vectors by strength, and a row's dots against another's.
#include <QTest>

#include <cmath>
#include <limits>
#include <vector>

#include "core/analysis/layers/interaction_pairs.h"
#include "tests/support/test_program.h"

namespace tst_interaction_pairs {

using namespace dlrm;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN(), kInfinity = std::numeric_limits<double>::infinity();

// "2-1 3-0": places of the pairs, in their order.
QString placesOf(const std::vector<VectorPair>& pairs) {
    QStringList out;
    for (const VectorPair& p : pairs) out << QStringLiteral("%1-%2").arg(p.first).arg(p.second);
    return out.join(QLatin1Char(' '));
}

}  // namespace

class InteractionPairsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theLargestMagnitudeComesFirst() {
        const std::vector<double> matrix{9,  1, -5,  3,    //
                                         1,  9, 2,   3,    //
                                         -5, 2, 9,   0.5,  //
                                         3,  3, 0.5, 9};
        const auto pairs = strongestPairs(matrix, 4, 100);
        QCOMPARE(placesOf(pairs),
                 QStringLiteral("2-0 3-0 3-1 2-1 1-0 3-2"));  // equal ones by row, then column; no diagonal
        QCOMPARE(pairs[0].value, -5.0);
        QCOMPARE(placesOf(strongestPairs(matrix, 4, 2)), QStringLiteral("2-0 3-0"));
        QCOMPARE(strongestPairs(matrix, 4, 0).size(), std::size_t{0});
        const std::vector<float> narrow(matrix.begin(), matrix.end());
        QCOMPARE(placesOf(strongestPairs(narrow, 4, 3)), QStringLiteral("2-0 3-0 3-1"));
    }

    void whatIsNotFiniteComesBeforeAllNumbers() {
        const std::vector<double> matrix{0,     1e300,      kNaN, 7,           //
                                         1e300, 0,          2,    -kInfinity,  //
                                         kNaN,  2,          0,    3,           //
                                         7,     -kInfinity, 3,    0};
        const auto pairs = strongestPairs(matrix, 4, 3);
        QCOMPARE(placesOf(pairs), QStringLiteral("2-0 3-1 1-0"));
        QVERIFY(std::isnan(pairs[0].value));
        QCOMPARE(pairs[1].value, -kInfinity);
    }

    void aModelWithOneVectorHasNoPairs() {
        const std::vector<double> one{4};
        QVERIFY(strongestPairs(one, 1, 5).empty());
        QVERIFY(strongestPairs(std::span<const double>(), 0, 5).empty());
    }

    void dotsOfARowHaveNoDiagonal() {
        const std::vector<float> row{4, -1, -1, 9}, other{1, 2, 2, 3}, small{1};
        const auto dots = pairDots(row, 2);
        QVERIFY(std::isnan(dots[0]) && std::isnan(dots[3]));
        QCOMPARE(dots[1], -1.0F);
        QCOMPARE(dots[2], -1.0F);
        const auto differences = pairDots(row, 2, other);
        QVERIFY(std::isnan(differences[0]) && std::isnan(differences[3]));
        QCOMPARE(differences[1], -3.0F);
        QCOMPARE(pairDots(row, 2, small)[1], -1.0F);  // another model's row is no reference
    }
};

DLRM_TEST(InteractionPairsTest);

}  // namespace tst_interaction_pairs

#include "tst_interaction_pairs.moc"
