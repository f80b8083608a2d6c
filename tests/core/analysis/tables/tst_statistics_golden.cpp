// SPDX-License-Identifier: Apache-2.0
// Statistics of the golden tables against NumPy in double (tests/data/statistics/make_expected.py).
#include <QTest>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/test_program.h"

namespace tst_statistics_golden {

using namespace dlrm;
using nlohmann::json;

namespace {

// Sums in another order, in double.
constexpr double kSumTolerance = 1e-12;
// Norms are rounded to float32 before their mean is taken, here and there; a sum of squares in another order may round
// one to its neighbour.
constexpr double kNormTolerance = 1e-7;
// Figures of the spectrum are smooth in the singular values, whose squares are off by at most kGramError · Σσ²; 1e-7 is
// usual.
constexpr double kSpectrumTolerance = 1e-5;

bool near(double ours, double theirs, double tolerance) {
    return std::abs(ours - theirs) <= tolerance * std::max(1e-3, std::abs(theirs));
}

}  // namespace

class TestStatisticsGolden : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        std::ifstream in(DLRM_TEST_DATA "/statistics/expected.json");
        m_expected = json::parse(in);
    }

    void equalsNumPy_data() {
        QTest::addColumn<QString>("checkpoint");
        for (const auto& [name, tables] : m_expected.items())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        QCOMPARE(m_expected.size(), std::size_t{4});
    }
    void equalsNumPy() {
        QFETCH(QString, checkpoint);
        const json& expected = m_expected.at(checkpoint.toStdString());
        EngineOptions options;
        options.backend = *chooseBackend({});
        const auto engine = Engine::open(
            (QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/") + checkpoint + QStringLiteral("/checkpoint"))
                .toStdString(),
            options);
        QVERIFY2(engine.has_value(), engine ? "" : engine.error().text().c_str());
        QCOMPARE((*engine)->spec().tables.size(), expected.size());
        for (std::size_t t = 0; t < expected.size(); ++t) {
            const json& e = expected[t];
            const auto number = [&](const char* key) { return e.at(key).get<double>(); };
            const auto result = (*engine)->tableStatistics(static_cast<TableId>(t));
            QVERIFY2(result.has_value(), result ? "" : result.error().text().c_str());
            const TableStatistics& s = **result;
            QCOMPARE(s.scan.rows, e.at("rows").get<std::int64_t>());
            QCOMPARE(s.scan.dim, e.at("dim").get<std::int64_t>());
            QVERIFY(near(s.mean, number("mean"), kSumTolerance));
            QVERIFY(near(s.standardDeviation, number("std"), kSumTolerance));
            QCOMPARE(static_cast<double>(s.scan.min), number("min"));
            QCOMPARE(static_cast<double>(s.scan.max), number("max"));
            QVERIFY(near(s.norms.mean, number("norm_mean"), kNormTolerance));
            QVERIFY(near(s.norms.standardDeviation, number("norm_std"), kNormTolerance));
            QVERIFY(near(s.norms.min, number("norm_min"), kNormTolerance));
            QVERIFY(near(s.norms.max, number("norm_max"), kNormTolerance));
            QVERIFY(near(s.norms.p01, number("norm_p01"), kNormTolerance));
            QVERIFY(near(s.norms.p05, number("norm_p05"), kNormTolerance));
            QVERIFY(near(s.norms.p50, number("norm_p50"), kNormTolerance));
            QVERIFY(near(s.norms.p95, number("norm_p95"), kNormTolerance));
            QVERIFY(near(s.norms.p99, number("norm_p99"), kNormTolerance));
            const auto sigma = e.at("singular_values").get<std::vector<double>>();
            double total = 0;
            for (const double v : sigma) total += v * v;
            QCOMPARE(s.spectrum.singularValues.size(), sigma.size());
            for (std::size_t i = 0; i < sigma.size(); ++i)
                QVERIFY(std::abs(s.spectrum.singularValues[i] * s.spectrum.singularValues[i] - sigma[i] * sigma[i]) <=
                        kGramError * total);
            if (s.scan.rows >= s.scan.dim) {
                QVERIFY(near(s.spectrum.effectiveRank, number("effective_rank"), kSpectrumTolerance));
                QVERIFY(near(s.spectrum.stableRank, number("stable_rank"), kSpectrumTolerance));
                QVERIFY(near(s.spectrum.informationAbundance, number("information_abundance"), kSpectrumTolerance));
            }
            const auto mean = e.at("mean_vector").get<std::vector<double>>();
            const std::vector<double> ours = s.meanVector();
            QCOMPARE(ours.size(), mean.size());
            for (std::size_t i = 0; i < mean.size(); ++i) QVERIFY(near(ours[i], mean[i], kSumTolerance));
            const auto cosines = (*engine)->cosinesToMean(static_cast<TableId>(t));
            QVERIFY(cosines.has_value());
            const auto expectedCosines = e.at("cosine_to_mean").get<std::vector<double>>();
            for (std::size_t i = 0; i < expectedCosines.size(); ++i)
                QVERIFY(std::abs((**cosines)[i] - expectedCosines[i]) <= kNormTolerance);
        }
    }

private:
    json m_expected;
};

DLRM_TEST(TestStatisticsGolden);

}  // namespace tst_statistics_golden

#include "tst_statistics_golden.moc"
