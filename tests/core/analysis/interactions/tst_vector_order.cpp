// SPDX-License-Identifier: Apache-2.0
// Vectors by similarity, against average linkage by its definition: the nearest two of all clusters, again and again,
// every distance the mean over all pairs of leaves.
#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "core/analysis/interactions/vector_order.h"
#include "tests/support/test_program.h"

namespace tst_vector_order {

using namespace dlrm;

namespace {

std::vector<std::size_t> byDefinition(const std::vector<double>& cosines, std::size_t n) {
    std::vector<std::vector<std::size_t>> clusters(n);
    for (std::size_t i = 0; i < n; ++i) clusters[i] = {i};
    while (clusters.size() > 1) {
        std::size_t first = 0, second = 1;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < clusters.size(); ++a)
            for (std::size_t b = a + 1; b < clusters.size(); ++b) {
                double sum = 0;
                for (const std::size_t i : clusters[a])
                    for (const std::size_t j : clusters[b]) sum += 1 - std::fabs(cosines[i * n + j]);
                sum /= static_cast<double>(clusters[a].size() * clusters[b].size());
                if (sum < least) {
                    least = sum;
                    first = a;
                    second = b;
                }
            }
        clusters[first].insert(clusters[first].end(), clusters[second].begin(), clusters[second].end());
        clusters.erase(clusters.begin() + static_cast<std::ptrdiff_t>(second));
    }
    return clusters.front();
}

}  // namespace

class TestVectorOrder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isAverageLinkage() {
        std::mt19937 random(7);
        std::uniform_real_distribution<double> any(-1, 1);
        for (std::size_t n = 1; n <= 40; ++n) {
            std::vector<double> cosines(n * n, 1);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < i; ++j) cosines[i * n + j] = cosines[j * n + i] = any(random);
            QCOMPARE(orderBySimilarity(cosines, n), byDefinition(cosines, n));
        }
    }

    // 0 goes with 3 and 1 with 2, whatever the sign.
    void whatGoesTogetherStandsTogether() {
        const std::vector<double> cosines{1, 0.1, 0, -0.9, 0.1, 1, 0.8, 0, 0, 0.8, 1, 0, -0.9, 0, 0, 1};
        QCOMPARE(orderBySimilarity(cosines, 4), (std::vector<std::size_t>{0, 3, 1, 2}));
    }

    void equalAndUndefinedOnesComeToAnEnd() {
        QVERIFY(orderBySimilarity({}, 0).empty());
        for (const double all : {0.5, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
            const std::size_t n = 9;
            std::vector<std::size_t> order = orderBySimilarity(std::vector<double>(n * n, all), n), every(n);
            std::sort(order.begin(), order.end());
            std::iota(every.begin(), every.end(), 0);
            QCOMPARE(order, every);
        }
    }
};

DLRM_TEST(TestVectorOrder);

}  // namespace tst_vector_order

#include "tst_vector_order.moc"
