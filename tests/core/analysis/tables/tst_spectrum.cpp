// SPDX-License-Identifier: Apache-2.0
// The spectrum of matrices whose singular values are known, and of degenerate ones.
#include <QTest>

#include <cmath>

#include "core/analysis/tables/spectrum.h"
#include "tests/support/test_program.h"

namespace tst_spectrum {

using namespace dlrm;

namespace {

// Rows are sigma[i] · unit vector i.
Gram diagonal(std::vector<double> sigma) {
    Gram g;
    g.dim = static_cast<std::int64_t>(sigma.size());
    g.rows = g.dim;
    g.products.resize(sigma.size() * sigma.size());
    for (std::size_t i = 0; i < sigma.size(); ++i) g.products[i * sigma.size() + i] = sigma[i] * sigma[i];
    g.sums = std::move(sigma);
    return g;
}

constexpr double kTolerance = 1e-14;

}  // namespace

class TestSpectrum : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownValues() {
        const Spectrum s = spectrumOf(diagonal({1, 4, 2, 1}));
        QCOMPARE(s.singularValues, (std::vector<double>{4, 2, 1, 1}));
        // p = ½, ¼, ⅛, ⅛: H = 1.75 ln 2
        QVERIFY(std::abs(s.effectiveRank - std::exp(1.75 * std::log(2.0))) < kTolerance);
        QVERIFY(std::abs(s.stableRank - 22.0 / 16) < kTolerance);
        QVERIFY(std::abs(s.informationAbundance - 2) < kTolerance);
        QCOMPARE(s.rows, 4);
        QCOMPARE(s.weight, 4.0);
    }

    void allDirectionsAlike() {
        const Spectrum s = spectrumOf(diagonal(std::vector<double>(128, 0.3)));
        QVERIFY(std::abs(s.effectiveRank - 128) < 1e-10);
        QVERIFY(std::abs(s.stableRank - 128) < 1e-10);
        QVERIFY(std::abs(s.informationAbundance - 128) < 1e-10);
    }

    void roundingBelowZeroCountsAsZero() {
        Gram g = diagonal({1, 0});
        g.products[3] = -1e-12;
        const Spectrum s = spectrumOf(g);
        QCOMPARE(s.singularValues, (std::vector<double>{1, 0}));
        QCOMPARE(s.effectiveRank, 1.0);
    }

    void thereAreNoMoreValuesThanRows() {
        Gram g = diagonal({2, 1e-4, 1e-4});  // one row, and what float32 sums leave beside it
        g.rows = 1;
        const Spectrum s = spectrumOf(g);
        QCOMPARE(s.singularValues, (std::vector<double>{2, 0, 0}));
        QCOMPARE(s.effectiveRank, 1.0);
        QCOMPARE(s.stableRank, 1.0);
        QCOMPARE(s.informationAbundance, 1.0);
    }
    void nothingToSeeIsNotANumber() {
        QVERIFY(std::isnan(spectrumOf({}).effectiveRank));
        QVERIFY(std::isnan(spectrumOf(diagonal({0, 0})).stableRank));
        Gram g = diagonal({1, 1});
        g.products[0] = INFINITY;
        QVERIFY(std::isnan(spectrumOf(g).informationAbundance));
    }
};

DLRM_TEST(TestSpectrum);

}  // namespace tst_spectrum

#include "tst_spectrum.moc"
