// SPDX-License-Identifier: Apache-2.0
// Principal components and the projection against NumPy's figures and a Jacobi eigensolver in double written here.
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/analysis/maps/pca.h"
#include "core/analysis/maps/projection.h"
#include "tests/core/analysis/table_maker.h"
#include "tests/support/test_program.h"

namespace tst_pca {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// As projectRows() states it.
constexpr double projectionError(std::int64_t dim) { return static_cast<double>(dim + 24) * 0x1p-24; }

// Eigenvalues and vectors of a symmetric matrix in double: relative errors of a few times the number of columns.
constexpr double kEigenTolerance = 1e-10;

Gram gramOf(const MadeTable& table) {
    Gram gram;
    gram.dim = table.dim;
    gram.rows = table.rows;
    gram.products.resize(static_cast<std::size_t>(table.dim * table.dim));
    gram.sums.resize(static_cast<std::size_t>(table.dim));
    for (std::int64_t r = 0; r < table.rows; ++r)
        for (std::size_t i = 0; i < gram.sums.size(); ++i) {
            gram.sums[i] += table.row(r)[i];
            for (std::size_t j = 0; j < gram.sums.size(); ++j)
                gram.products[i * gram.sums.size() + j] += double(table.row(r)[i]) * table.row(r)[j];
        }
    return gram;
}

struct Eigen2 {
    std::vector<double> values;
    std::vector<std::vector<double>> vectors;
};

// Cyclic Jacobi rotations, largest eigenvalue first.
Eigen2 jacobi(std::vector<std::vector<double>> a) {
    const std::size_t n = a.size();
    std::vector<std::vector<double>> v(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) v[i][i] = 1;
    for (int sweep = 0; sweep < 60; ++sweep)
        for (std::size_t p = 0; p < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                if (a[p][q] == 0) continue;
                const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                const double c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[k][p], y = a[k][q];
                    a[k][p] = c * x - s * y;
                    a[k][q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[p][k], y = a[q][k];
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                    const double e = v[k][p], f = v[k][q];
                    v[k][p] = c * e - s * f;
                    v[k][q] = s * e + c * f;
                }
            }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return a[x][x] > a[y][y]; });
    Eigen2 out;
    for (const std::size_t i : order) {
        out.values.push_back(a[i][i]);
        std::vector<double> axis(n);
        for (std::size_t k = 0; k < n; ++k) axis[k] = v[k][i];
        const auto largest =
            *std::max_element(axis.begin(), axis.end(), [](double x, double y) { return std::abs(x) < std::abs(y); });
        if (largest < 0)
            for (double& x : axis) x = -x;
        out.vectors.push_back(axis);
    }
    return out;
}

// Two passes: the mean first, then products of the differences.
std::vector<std::vector<double>> covarianceOf(const MadeTable& table) {
    const auto n = static_cast<std::size_t>(table.dim);
    std::vector<double> mean(n);
    for (std::int64_t r = 0; r < table.rows; ++r)
        for (std::size_t c = 0; c < n; ++c) mean[c] += table.row(r)[c] / static_cast<double>(table.rows);
    std::vector<std::vector<double>> out(n, std::vector<double>(n));
    for (std::int64_t r = 0; r < table.rows; ++r)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                out[i][j] +=
                    (table.row(r)[i] - mean[i]) * (table.row(r)[j] - mean[j]) / static_cast<double>(table.rows - 1);
    return out;
}

// Columns with spreads 1, ½, ⅓ …: components that are far apart.
MadeTable spreadTable(std::int64_t rows, std::int64_t dim, DType dtype = DType::Float32, Cut cut = Cut::Whole,
                      float mean = 0.3F) {
    std::vector<float> values = normalValues(static_cast<std::size_t>(rows * dim), 41, 1);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = values[i] / static_cast<float>(1 + i % static_cast<std::size_t>(dim)) + mean;
    return makeTable(std::move(values), dim, dtype, cut);
}

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

}  // namespace

class TestPca : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // numpy.cov(X, rowvar=False) and numpy.linalg.eigh in float64 of the same 200 × 5 values.
    void sameAsNumPy() {
        std::vector<float> values;
        for (int r = 0; r < 200; ++r)
            for (int c = 0; c < 5; ++c)
                values.push_back(static_cast<float>((r * 7919 + c * 104729 + r * c * 31) % 1009 - 504) *
                                 static_cast<float>(c + 1) / 512.0F);
        const MadeTable table = makeTable(std::move(values), 5);
        const auto found = pca(gramOf(table), 3);
        QVERIFY(found.has_value());
        const std::array variances{8.621262769809253, 4.973564298910678, 2.9180205529493035};
        const std::array shares{0.4757036708154082, 0.27443111957027366, 0.16101041409082387};
        const std::array<std::array<double, 5>, 3> axes{
            {{-0.0027818422284654385, 0.005330976483897659, 0.015225081031336837, 0.2845429598754149,
              0.958523522369937},
             {-0.008691737230564033, 0.06310700570599498, 0.05089292172341628, 0.9551362452196336,
              -0.28472201025022975},
             {0.02703319096121118, 0.009627629587204312, 0.9981524957583662, -0.05355469980684208,
              6.8373464456227e-05}}};
        const std::array row123{0.36837536482998645, -3.5058237052886847, 0.13262549919950983};
        const auto points = projectRows(table.view, *found, {});
        QVERIFY(points.has_value());
        for (std::size_t k = 0; k < 3; ++k) {
            QVERIFY(near(found->variances[k], variances[k], kEigenTolerance));
            QVERIFY(near(found->explained[k], shares[k], kEigenTolerance));
            for (std::size_t c = 0; c < 5; ++c) QVERIFY(near(found->axes[k * 5 + c], axes[k][c], kEigenTolerance));
            QVERIFY(std::abs((*points)[123 * 3 + k] - row123[k]) <=
                    projectionError(5) * 2 * 8);  // |x| and |mean| together stay under 16
        }
    }

    void sameAsJacobi_data() {
        QTest::addColumn<int>("dim");
        for (const int dim : {2, 3, 16, 32, 40}) QTest::addRow("dim %d", dim) << dim;
    }
    void sameAsJacobi() {
        QFETCH(int, dim);
        const MadeTable table = spreadTable(400, dim);
        const int components = std::min(3, dim);
        const auto found = pca(gramOf(table), components);
        QVERIFY(found.has_value());
        const Eigen2 expected = jacobi(covarianceOf(table));
        const double total = std::accumulate(expected.values.begin(), expected.values.end(), 0.0);
        for (std::size_t k = 0; k < static_cast<std::size_t>(components); ++k) {
            QVERIFY(near(found->variances[k], expected.values[k], kEigenTolerance));
            QVERIFY(near(found->explained[k], expected.values[k] / total, kEigenTolerance));
            // Vectors turn by the matrix's error over the gap between eigenvalues, 1e-15 / 1e-2 at most here.
            for (std::size_t c = 0; c < static_cast<std::size_t>(dim); ++c)
                QVERIFY(
                    near(found->axes[k * static_cast<std::size_t>(dim) + c], expected.vectors[k][c], kEigenTolerance));
        }
    }

    void projectsEveryLayout_data() {
        QTest::addColumn<int>("dim");
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("cut");
        QTest::addColumn<int>("components");
        for (const int dim : {2, 3, 16, 33, 128, 200})
            for (const int components : {2, 3})
                if (components <= dim)
                    QTest::addRow("dim %d to %d", dim, components)
                        << dim << int(DType::Float32) << int(Cut::Whole) << components;
        QTest::newRow("rows cut") << 24 << int(DType::Float32) << int(Cut::Rows) << 2;
        QTest::newRow("columns cut") << 24 << int(DType::Float32) << int(Cut::Columns) << 3;
        QTest::newRow("Fortran order") << 24 << int(DType::Float32) << int(Cut::Fortran) << 2;
        QTest::newRow("float16") << 24 << int(DType::Float16) << int(Cut::Whole) << 3;
    }
    void projectsEveryLayout() {
        QFETCH(int, dim);
        QFETCH(int, dtype);
        QFETCH(int, cut);
        QFETCH(int, components);
        const MadeTable table = spreadTable(3000, dim, DType(dtype), Cut(cut), 5);
        const auto found = pca(gramOf(table), components);
        QVERIFY(found.has_value());
        const auto all = projectRows(table.view, *found, {});
        const std::vector<RowId> some{RowId{0}, RowId{7}, RowId{1999}, RowId{2999}};
        const auto few = projectRows(table.view, *found, some);
        QVERIFY(all.has_value() && few.has_value());
        QCOMPARE(all->size(), static_cast<std::size_t>(3000 * components));
        double meanLength = 0;
        for (const double m : found->mean) meanLength += m * m;
        meanLength = std::sqrt(meanLength);
        for (std::int64_t r = 0; r < 3000; ++r)
            for (int k = 0; k < components; ++k) {
                double sum = 0, length = 0;
                for (std::int64_t c = 0; c < dim; ++c) {
                    const double x =
                        table.row(r)[static_cast<std::size_t>(c)] - found->mean[static_cast<std::size_t>(c)];
                    sum += x * found->axes[static_cast<std::size_t>(k * dim + c)];
                    length += x * x;
                }
                QVERIFY(std::abs((*all)[static_cast<std::size_t>(r * components + k)] - sum) <=
                        projectionError(dim) * (std::sqrt(length) + meanLength));
            }
        for (std::size_t i = 0; i < some.size(); ++i)
            for (int k = 0; k < components; ++k)
                QCOMPARE((*few)[i * static_cast<std::size_t>(components) + static_cast<std::size_t>(k)],
                         (*all)[static_cast<std::size_t>(value(some[i]) * components + k)]);
    }

    void rowsThatAreNotFiniteHaveNoPlace() {
        std::vector<float> values = normalValues(100 * 8, 43);
        values[8 * 3] = std::nanf("");
        values[8 * 5 + 7] = INFINITY;
        const MadeTable table = makeTable(values, 8);
        Pca axes;
        axes.dim = 8;
        axes.components = 2;
        axes.mean.resize(8);
        axes.axes.assign(16, 0.25);
        const auto points = projectRows(table.view, axes, {});
        for (std::size_t r = 0; r < 100; ++r) {
            QCOMPARE(std::isnan((*points)[2 * r]), r == 3 || r == 5);
            QCOMPARE(std::isnan((*points)[2 * r + 1]), r == 3 || r == 5);
        }
    }

    void equalRowsHaveNoVariance() {
        const auto found = pca(gramOf(makeTable(std::vector<float>(50 * 4, 0.5F), 4)), 2);
        QVERIFY(found.has_value());
        QCOMPARE(found->variances[0], 0.0);
        QCOMPARE(found->explained[0], 0.0);
    }

    void errors() {
        QCOMPARE(pca(gramOf(makeTable({1, 2, 3}, 3)), 2).error().code, std::string("E-MAP-001"));
        QCOMPARE(pca(Gram(), 2).error().code, std::string("E-MAP-008"));
        Gram huge;
        huge.dim = 1;
        huge.rows = 3;
        huge.products = {std::numeric_limits<double>::infinity()};
        huge.sums = {1};
        QCOMPARE(pca(huge, 1).error().code, std::string("E-MAP-002"));
    }

    void projectionStops() {
        const MadeTable table = spreadTable(3000, 4);
        const auto found = pca(gramOf(table), 2);
        std::stop_source source;
        source.request_stop();
        QCOMPARE(projectRows(table.view, *found, {}, {.stop = source.get_token()}).error().code,
                 std::string("E-CANCELLED"));
    }
};

DLRM_TEST(TestPca);

}  // namespace tst_pca

#include "tst_pca.moc"
