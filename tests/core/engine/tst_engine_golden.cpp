// SPDX-License-Identifier: Apache-2.0
// Whole predictions and evaluations on the small golden checkpoints, against what TensorFlow and scikit-learn computed.
#include <QDir>
#include <QTest>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_engine_golden {

using namespace dlrm;
using dlrm::test::npyValues;

namespace {

// float32 sums in another order than TensorFlow's: 2e-6 is usual, 1e-5 the promise. float16 files were computed by
// TensorFlow in float16: compared with float64.
constexpr double kLogitTolerance = 1e-5, kHalfLogitTolerance = 2e-3;
constexpr double kMetricTolerance = 1e-6;
constexpr double kAucTolerance = 2e-5;  // one pair of nearly equal logits may swap

const std::string kCheckpoints = DLRM_TEST_DATA "/golden/checkpoints/";

nlohmann::json readJson(const std::string& path) {
    std::ifstream file(path);
    return nlohmann::json::parse(file);
}

struct Opened {
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<Engine> engine;
};

Opened openGolden(const std::string& name, const nlohmann::json& manifest) {
    auto dataset = openDataset(DLRM_TEST_DATA "/golden/datasets/tiny", {});
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    EngineOptions options;
    options.dataset = *dataset;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    options.interactionOrder =
        manifest["interaction"] == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    auto engine = Engine::open(kCheckpoints + name + "/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return {*dataset, *engine};
}

}  // namespace

class TestEngineGolden : public QObject {
    Q_OBJECT

    void eachCheckpoint() {
        QTest::addColumn<QString>("name");
        for (const QString& name :
             QDir(QString::fromStdString(kCheckpoints)).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QTest::newRow(qPrintable(name)) << name;
    }

private Q_SLOTS:
    void logitsMatchTensorFlow_data() { eachCheckpoint(); }
    void logitsMatchTensorFlow() {
        QFETCH(QString, name);
        const std::string expected = kCheckpoints + name.toStdString() + "/expected/";
        const auto manifest = readJson(expected + "manifest.json");
        const Opened opened = openGolden(name.toStdString(), manifest);
        const bool half = opened.engine->spec().tables.front().dtype == DType::Float16;
        const std::vector<double> logits =
            npyValues(QString::fromStdString(expected + (half ? "logits_float64.npy" : "logits.npy")));
        const auto prediction = opened.engine->predict(*opened.dataset, {0, opened.dataset->rows() - 1}, {});
        QVERIFY2(prediction.has_value(), prediction ? "" : prediction.error().text().c_str());
        QCOMPARE(prediction->rows.size(), logits.size());
        double worst = 0;
        for (std::size_t i = 0; i < logits.size(); ++i)
            worst = std::max(worst, std::abs(prediction->rows[i].logit - logits[i]));
        QVERIFY2(worst <= (half ? kHalfLogitTolerance : kLogitTolerance), qPrintable(QString::number(worst)));
    }

    void metricsMatchScikitLearnAndKeras_data() { eachCheckpoint(); }
    void metricsMatchScikitLearnAndKeras() {
        QFETCH(QString, name);
        const std::string expected = kCheckpoints + name.toStdString() + "/expected/";
        const auto manifest = readJson(expected + "manifest.json");
        const auto metrics = readJson(expected + "metrics.json");
        const Opened opened = openGolden(name.toStdString(), manifest);
        const bool half = opened.engine->spec().tables.front().dtype == DType::Float16;
        const auto evaluation = opened.engine->evaluate(*opened.dataset, {});
        QVERIFY2(evaluation.has_value(), evaluation ? "" : evaluation.error().text().c_str());
        QCOMPARE(evaluation->report.rows, metrics["rows"].get<std::int64_t>());
        QCOMPARE(evaluation->report.positives, metrics["positives"].get<std::int64_t>());
        const auto check = [&](const MetricReport& report, const char* key, const nlohmann::json& value,
                               double tolerance) {
            const MetricValue* metric = report.find(key);
            QVERIFY2(metric && metric->value, key);
            const double difference = std::abs(*metric->value - value.get<double>());
            QVERIFY2(difference <= (half ? kHalfLogitTolerance : tolerance),
                     qPrintable(QString("%1: off by %2").arg(key).arg(difference)));
        };
        check(evaluation->report, "auc", metrics["auc_exact"], kAucTolerance);
        check(evaluation->report, "auc_tf8000", metrics["auc_tf8000_all_rows"], kAucTolerance);
        check(evaluation->report, "log_loss", metrics["log_loss"], kMetricTolerance);
        check(evaluation->report, "normalized_entropy", metrics["normalized_entropy"], 10 * kMetricTolerance);
        check(evaluation->report, "brier", metrics["brier"], kMetricTolerance);
        check(evaluation->report, "pr_auc", metrics["pr_auc"], kAucTolerance * 10);
        check(evaluation->report, "calibration", metrics["calibration"], 10 * kMetricTolerance);

        const auto dropped =
            opened.engine->evaluate(*opened.dataset, {.dropLast = metrics["batch"].get<std::int64_t>(), .range = {}});
        QVERIFY(dropped.has_value());
        QCOMPARE(dropped->report.rows, metrics["rows_drop_last"].get<std::int64_t>());
        check(dropped->report, "auc_tf8000", metrics["auc_tf8000_drop_last"], kAucTolerance);
    }

    void explanationHasTheInteractionMatrixAndAgreesWithThePrediction_data() { eachCheckpoint(); }
    void explanationHasTheInteractionMatrixAndAgreesWithThePrediction() {
        QFETCH(QString, name);
        const std::string expected = kCheckpoints + name.toStdString() + "/expected/";
        const auto manifest = readJson(expected + "manifest.json");
        const Opened opened = openGolden(name.toStdString(), manifest);
        const bool half = opened.engine->spec().tables.front().dtype == DType::Float16;
        const double tolerance = half ? kHalfLogitTolerance : kLogitTolerance;
        const std::vector<double> matrices = npyValues(QString::fromStdString(expected + "interaction_matrix.npy"));
        const auto vectors = static_cast<std::size_t>(opened.engine->spec().vectors());
        for (std::int64_t row = 0; row < 16; ++row) {
            const auto prediction = opened.engine->predict(*opened.dataset, {row, row}, {.inputs = true, .raw = false});
            QVERIFY(prediction.has_value());
            const auto explanation = opened.engine->explain(prediction->rows[0].input);
            QVERIFY2(explanation.has_value(), explanation ? "" : explanation.error().text().c_str());
            QVERIFY(std::abs(explanation->logit - prediction->rows[0].logit) <= kLogitTolerance);
            QVERIFY(prediction->rows[0].input.ids == explanation->input.ids);
            QCOMPARE(explanation->vectorNames.size(), vectors);
            QCOMPARE(explanation->intermediates.interaction.size(), vectors * vectors);
            for (std::size_t i = 0; i < vectors * vectors; ++i) {
                const double difference = std::abs(explanation->intermediates.interaction[i] -
                                                   matrices[static_cast<std::size_t>(row) * vectors * vectors + i]);
                QVERIFY2(difference <= tolerance, qPrintable(QString::number(difference)));
            }
            // The looked-up rows' norms, in feature order, are the roots of the diagonal in interaction order.
            for (std::size_t k = 1; k < vectors; ++k) {
                const auto table = static_cast<std::size_t>(opened.engine->spec().interactionTableOrder[k - 1]);
                QVERIFY(
                    std::abs(
                        explanation->rowNorms[table] -
                        std::sqrt(matrices[static_cast<std::size_t>(row) * vectors * vectors + k * (vectors + 1)])) <=
                    1e-3);
            }
        }
    }
};

DLRM_TEST(TestEngineGolden);

}  // namespace tst_engine_golden

#include "tst_engine_golden.moc"
