// SPDX-License-Identifier: Apache-2.0
// UMAP on points of known shape: neighbourhoods are kept, clusters stay apart, the same seed gives the same picture.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <tbb/global_control.h>

#include "core/analysis/maps/umap.h"
#include "tests/support/test_program.h"

namespace tst_umap {

using namespace dlrm;

namespace {

constexpr std::int64_t kPoints = 1200, kDim = 24, kClusters = 6;

// Clusters of spread 1 around centres of spread 4.
std::vector<float> clusters() {
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> centres(kClusters * kDim), values;
    for (float& c : centres) c = 4 * normal(random);
    for (std::int64_t i = 0; i < kPoints; ++i)
        for (std::int64_t c = 0; c < kDim; ++c)
            values.push_back(centres[static_cast<std::size_t>(i % kClusters * kDim + c)] + normal(random));
    return values;
}

double distance(std::span<const float> values, std::int64_t dim, std::int64_t i, std::int64_t j, UmapMetric metric) {
    double dot = 0, ii = 0, jj = 0, squares = 0;
    for (std::int64_t c = 0; c < dim; ++c) {
        const double a = values[static_cast<std::size_t>(i * dim + c)],
                     b = values[static_cast<std::size_t>(j * dim + c)];
        dot += a * b;
        ii += a * a;
        jj += b * b;
        squares += (a - b) * (a - b);
    }
    return metric == UmapMetric::Cosine ? 1 - dot / std::sqrt(ii * jj) : std::sqrt(squares);
}

// Venna & Kaski 2001: 1 − 2/(nk(2n − 3k − 1)) Σ over points that are among the k nearest of i in the picture only:
// (rank among the rows − k).
double trustworthiness(std::span<const float> rows, UmapMetric metric, std::span<const float> picture, int components,
                       std::int64_t k) {
    const auto n = static_cast<std::int64_t>(picture.size()) / components;
    double penalty = 0;
    std::vector<std::int64_t> order(static_cast<std::size_t>(n)), rank(order.size());
    const auto sortBy = [&](std::int64_t i, std::span<const float> values, std::int64_t dim, UmapMetric by) {
        std::vector<double> d(static_cast<std::size_t>(n));
        for (std::int64_t j = 0; j < n; ++j)
            d[static_cast<std::size_t>(j)] = j == i ? -1 : distance(values, dim, i, j, by);
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
            return d[static_cast<std::size_t>(a)] < d[static_cast<std::size_t>(b)];
        });
    };
    for (std::int64_t i = 0; i < n; ++i) {
        sortBy(i, rows, kDim, metric);
        for (std::int64_t r = 0; r < n; ++r) rank[static_cast<std::size_t>(order[static_cast<std::size_t>(r)])] = r;
        sortBy(i, picture, components, UmapMetric::Euclidean);
        for (std::int64_t r = 1; r <= k; ++r)
            penalty += static_cast<double>(
                std::max<std::int64_t>(0, rank[static_cast<std::size_t>(order[static_cast<std::size_t>(r)])] - k));
    }
    const auto count = static_cast<double>(n), near = static_cast<double>(k);
    return 1 - penalty * 2 / (count * near * (2 * count - 3 * near - 1));
}

}  // namespace

class TestUmap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsNeighbourhoods_data() {
        QTest::addColumn<int>("metric");
        QTest::addColumn<int>("components");
        // What umap-learn's picture of the same points has (random_state 0, n_neighbors 15, min_dist 0.1).
        QTest::addColumn<double>("umapLearn");
        QTest::newRow("euclidean 2") << int(UmapMetric::Euclidean) << 2 << 0.9519;
        QTest::newRow("cosine 2") << int(UmapMetric::Cosine) << 2 << 0.9518;
        QTest::newRow("euclidean 3") << int(UmapMetric::Euclidean) << 3 << 0.9587;
    }
    void keepsNeighbourhoods() {
        QFETCH(int, metric);
        QFETCH(int, components);
        const std::vector<float> rows = clusters();
        UmapOptions options;
        options.metric = UmapMetric(metric);
        options.components = components;
        std::vector<float> first;
        const auto picture = umap(rows, kDim, options, [&](int epoch, int epochs, std::span<const float> coordinates) {
            QCOMPARE(epochs, 500);
            if (epoch == 0) first.assign(coordinates.begin(), coordinates.end());
        });
        QVERIFY(picture.has_value());
        QCOMPARE(picture->size(), static_cast<std::size_t>(kPoints * components));
        QCOMPARE(first.size(), picture->size());
        const double trust = trustworthiness(rows, options.metric, *picture, components, 15),
                     start = trustworthiness(rows, options.metric, first, components, 15);
        qInfo("trustworthiness %.4f, of the start %.4f", trust, start);
        QFETCH(double, umapLearn);
        QVERIFY(trust >= umapLearn - 0.01);
        QVERIFY(trust > start);
        // Nearest in the picture: of the same cluster.
        std::int64_t same = 0;
        for (std::int64_t i = 0; i < kPoints; ++i) {
            std::int64_t best = -1;
            for (std::int64_t j = 0; j < kPoints; ++j)
                if (j != i && (best < 0 || distance(*picture, components, i, j, UmapMetric::Euclidean) <
                                               distance(*picture, components, i, best, UmapMetric::Euclidean)))
                    best = j;
            same += best % kClusters == i % kClusters;
        }
        QVERIFY(same >= kPoints * 99 / 100);
    }

    void sameSeedSamePictureWithAnyThreads() {
        const std::vector<float> rows = clusters();
        UmapOptions options;
        options.epochs = 40;
        options.seed = 5;
        const auto many = umap(rows, kDim, options);
        options.seed = 6;
        const auto other = umap(rows, kDim, options);
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        options.seed = 5;
        const auto single = umap(rows, kDim, options);
        QVERIFY(many.has_value() && single.has_value() && other.has_value());
        QVERIFY(*many == *single);
        QVERIFY(*many != *other);
    }

    void equalAndFewPoints() {
        UmapOptions options;
        options.epochs = 20;
        for (const std::size_t points : {3, 5, 40}) {
            std::vector<float> rows(points * 4, 0.5F);
            for (const bool equal : {true, false}) {
                if (!equal) std::iota(rows.begin(), rows.end(), 1.0F);
                const auto picture = umap(rows, 4, options);
                QVERIFY(picture.has_value());
                QVERIFY(std::all_of(picture->begin(), picture->end(), [](float v) { return std::isfinite(v); }));
            }
        }
        const auto line = umap(std::vector<float>{1, 2, 3, 4, 5}, 1, {.metric = UmapMetric::Euclidean, .epochs = 20});
        QVERIFY(line.has_value() && line->size() == 10);
    }

    void valuesOfEverySize() {
        for (const float scale : {1e-30F, 1e30F}) {
            std::vector<float> rows = clusters();
            for (float& v : rows) v *= scale;
            for (const UmapMetric metric : {UmapMetric::Cosine, UmapMetric::Euclidean}) {
                const auto picture = umap(rows, kDim, {.metric = metric, .epochs = 10});
                QVERIFY(picture.has_value());
                QVERIFY(std::all_of(picture->begin(), picture->end(), [](float v) { return std::isfinite(v); }));
            }
        }
    }

    void errors() {
        const std::vector<float> rows = clusters();
        const auto code = [&](const UmapOptions& options) {
            const auto picture = umap(rows, kDim, options);
            return picture.has_value() ? std::string("no error") : picture.error().code;
        };
        QCOMPARE(code({.components = 4}), std::string("E-MAP-003"));
        QCOMPARE(code({.neighbors = 1}), std::string("E-MAP-003"));
        QCOMPARE(code({.neighbors = 201}), std::string("E-MAP-003"));
        QCOMPARE(code({.minDist = 1.5}), std::string("E-MAP-003"));
        QCOMPARE(code({.minDist = std::nan("")}), std::string("E-MAP-003"));
        QCOMPARE(code({.epochs = -1}), std::string("E-MAP-003"));
        const auto two = umap(std::span(rows).first(2 * kDim), kDim, {});
        QVERIFY(!two.has_value());
        QCOMPARE(two.error().code, std::string("E-MAP-004"));
    }

    void stops() {
        const std::vector<float> rows = clusters();
        std::stop_source source;
        int pictures = 0;
        const auto done = umap(rows, kDim, {}, [&](int, int, std::span<const float>) { ++pictures; },
                               {[&](const Progress& p) {
                                    if (p.stage == "laying out" && p.done == 3) source.request_stop();
                                },
                                source.get_token()});
        QCOMPARE(done.error().code, std::string("E-CANCELLED"));
        QVERIFY(pictures >= 1);
    }
};

DLRM_TEST(TestUmap);

}  // namespace tst_umap

#include "tst_umap.moc"
