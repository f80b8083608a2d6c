// SPDX-License-Identifier: Apache-2.0
// Every golden checkpoint's TensorFlow logits through MetricSet: the figures of scikit-learn and Keras come out.
#include <QtTest>

#include <cmath>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/base/random_access_file.h"
#include "core/formats/npy.h"
#include "core/metrics/metric_set.h"
#include "tests/support/test_program.h"

namespace tst_metrics_golden {

using namespace dlrm;

namespace {

// scikit-learn computed in double from float32 probabilities, whose rounding (6e-8 relative) is all that differs.
constexpr double kSklearnTolerance = 1e-6;
// Two probabilities may round to one float32 and become a tie there.
constexpr double kAucTolerance = 2e-5;
// Keras returns a float32: half an ulp below 1 is 3e-8; its sums round a few times more.
constexpr double kKerasTolerance = 1e-7;
// The float16 model's AUC was returned in float16, whose ulp at 0.457 is 2.4e-4, from float16 counters.
constexpr double kKerasHalfTolerance = 2e-3;

std::vector<std::uint8_t> readBytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

class TestMetricsGolden : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void figuresAreThoseOfSklearnAndKeras_data();
    void figuresAreThoseOfSklearnAndKeras();
};

void TestMetricsGolden::figuresAreThoseOfSklearnAndKeras_data() {
    QTest::addColumn<QString>("expected");
    QTest::addColumn<QString>("labels");
    const std::string golden = std::string(DLRM_TEST_DATA) + "/golden";
    const auto add = [](const std::string& name, const std::string& expected, const std::string& labels) {
        QTest::newRow(name.c_str()) << QString::fromStdString(expected) << QString::fromStdString(labels);
    };
    for (const auto& entry : std::filesystem::directory_iterator(golden + "/checkpoints")) {
        const std::string name = entry.path().filename().string();
        add(name, entry.path().string() + "/expected", golden + "/datasets/tiny/test/label.bin");
    }
    const std::string shared =
        std::string(DLRM_SOURCE_DIR) + "/../shared/golden";  // too large to keep here, used where present
    if (std::filesystem::exists(shared + "/checkpoints/c_fl15_arch"))
        add("c_fl15_arch", shared + "/checkpoints/c_fl15_arch/expected", shared + "/datasets/fl15_arch/test/label.bin");
    const std::string demo = std::string(DLRM_SOURCE_DIR) + "/resources/demo";
    add("demo", demo + "/expected", demo + "/dataset/test/label.bin");
}

void TestMetricsGolden::figuresAreThoseOfSklearnAndKeras() {
    QFETCH(QString, expected);
    QFETCH(QString, labels);
    const auto file = RandomAccessFile::open(expected.toStdString() + "/logits.npy");
    QVERIFY(file.has_value());
    const auto header = readNpyHeader(**file);
    QVERIFY(header.has_value());
    const auto logits = readNpyFloats(**file, *header);
    QVERIFY(logits.has_value());
    const auto label = readBytes(labels.toStdString());
    QVERIFY(label.size() >= logits->size());
    std::ifstream in(expected.toStdString() + "/metrics.json");
    const auto truth = nlohmann::json::parse(in);

    const auto reportOf = [&](std::size_t rows) {
        MetricSet set;
        if (!set.add(std::span(*logits).first(rows), std::span(label).first(rows), 0))
            QTest::qFail("add", __FILE__, __LINE__);
        return set.report(false);
    };
    const MetricReport report = reportOf(logits->size());
    const auto compare = [&](const MetricReport& r, const char* key, const char* truthKey, double tolerance) {
        const MetricValue* metric = r.find(key);
        QVERIFY2(metric && metric->value, key);
        const double difference = std::fabs(*metric->value - truth[truthKey].get<double>());
        QVERIFY2(difference <= tolerance, qPrintable(QString("%1: %2, expected %3, off by %4")
                                                         .arg(key)
                                                         .arg(*metric->value, 0, 'g', 17)
                                                         .arg(truth[truthKey].get<double>(), 0, 'g', 17)
                                                         .arg(difference)));
    };
    QCOMPARE(report.rows, truth["rows"].get<std::int64_t>());
    QCOMPARE(report.positives, truth["positives"].get<std::int64_t>());
    compare(report, "auc", "auc_exact", kAucTolerance);
    compare(report, "log_loss", "log_loss", kSklearnTolerance);
    compare(report, "normalized_entropy", "normalized_entropy", kSklearnTolerance);
    compare(report, "brier", "brier", kSklearnTolerance);
    compare(report, "pr_auc", "pr_auc", kAucTolerance);
    compare(report, "calibration", "calibration", kSklearnTolerance);
    const double keras = expected.contains("c_fp16") ? kKerasHalfTolerance : kKerasTolerance;
    compare(report, "auc_tf8000", "auc_tf8000_all_rows", keras);
    compare(reportOf(truth["rows_drop_last"].get<std::size_t>()), "auc_tf8000", "auc_tf8000_drop_last", keras);
}

DLRM_TEST(TestMetricsGolden);

}  // namespace tst_metrics_golden

#include "tst_metrics_golden.moc"
