// SPDX-License-Identifier: Apache-2.0
// How many numerical features the first bottom kernel speaks for: rows that were trained, rows that met padding, and
// kernels that cannot tell.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/layers/padding_rows.h"
#include "tests/support/test_program.h"

namespace tst_padding_rows {

using namespace dlrm;

namespace {

constexpr std::int64_t kRows = 16, kOutputs = 64;

// GlorotNormal, of whose first `trained` rows one value each was moved to twice what the initializer draws at most.
DenseWeights kernel(std::int64_t trained) {
    const double sd = std::sqrt(2.0 / static_cast<double>(kRows + kOutputs)) / 0.87962566103423978;
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    DenseWeights out;
    out.inputs = kRows;
    out.outputs = kOutputs;
    while (std::ssize(out.kernel) < kRows * kOutputs)
        if (const double v = normal(random); std::fabs(v) <= 2) out.kernel.push_back(static_cast<float>(sd * v));
    for (std::int64_t r = 0; r < trained; ++r)
        out.kernel[static_cast<std::size_t>(r * kOutputs + r)] = static_cast<float>(4 * sd);
    return out;
}

std::string reasonOf(const DenseWeights& weights, std::int64_t fed) {
    return weighPadding(weights, fed, "bottom_mlp/0").reason;
}

}  // namespace

class TestPaddingRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rightDataAgree() {
        const auto found = weighPadding(kernel(13), 13, "bottom_mlp/0");
        QCOMPARE(found.learned, std::int64_t{13});
        QVERIFY(!found.contradicts);
        QCOMPARE(
            found.reason,
            std::string(
                "Rows 13 … 15 of bottom_mlp/0's kernel, which meet padding only, look as the initializer drew them."));
    }
    void tooFewAreContradicted() {
        const auto found = weighPadding(kernel(13), 12, "bottom_mlp/0");
        QVERIFY(found.contradicts);
        QCOMPARE(found.reason, std::string("Row 12 of bottom_mlp/0's kernel was trained, though it would meet padding "
                                           "only: the model was trained with 13 numerical features or more, not 12."));
    }
    void tooManyAreSaid() {
        const auto found = weighPadding(kernel(13), 16, "bottom_mlp/0");
        QVERIFY(!found.contradicts);  // the last features may never have been there
        QCOMPARE(found.reason,
                 std::string("Rows 13 … 15 of bottom_mlp/0's kernel look as the initializer drew them, though the data "
                             "feeds them: the model was probably trained with 13 numerical features, not 16."));
    }
    void withoutDataTheWeightsSpeak() {
        QCOMPARE(reasonOf(kernel(13), 0),
                 std::string("Rows 13 … 15 of bottom_mlp/0's kernel look as the initializer drew them: the model was "
                             "probably trained with 13 numerical features."));
        QCOMPARE(reasonOf(kernel(16), 0), std::string());
        QCOMPARE(reasonOf(kernel(16), 16), std::string());
    }
    // Of a kernel that hardly moved, or that began otherwise, nothing is made.
    void whatCannotTellSaysNothing() {
        QCOMPARE(reasonOf(kernel(0), 0), std::string());
        QCOMPARE(reasonOf(kernel(0), 16), std::string());
        DenseWeights one = kernel(0);
        one.kernel[11 * kOutputs] = 5;
        QCOMPARE(reasonOf(one, 16), std::string());
        QVERIFY(!weighPadding(one, 13, "").contradicts && weighPadding(one, 11, "").contradicts);
        DenseWeights wide = kernel(13);
        for (float& v : wide.kernel) v *= 3;  // another initializer: every row is beyond
        QVERIFY(!weighPadding(wide, 12, "").contradicts);
        DenseWeights nan = kernel(13);
        nan.kernel[7] = std::numeric_limits<float>::quiet_NaN();
        QCOMPARE(reasonOf(nan, 12), std::string());
        DenseWeights zeros = kernel(13);
        std::fill_n(zeros.kernel.begin() + 14 * kOutputs, kOutputs, 0.0F);
        QCOMPARE(reasonOf(zeros, 12), std::string());
        QCOMPARE(reasonOf(DenseWeights{}, 0), std::string());
    }
};

DLRM_TEST(TestPaddingRows);

}  // namespace tst_padding_rows

#include "tst_padding_rows.moc"
