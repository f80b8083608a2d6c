// SPDX-License-Identifier: Apache-2.0
// Every checkpoint of a golden folder against TensorFlow: logits, intermediates, metrics. The folder is $DLRM_GOLDEN;
// absent means exit 77 (Skipped).
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/dataset/dataset.h"
#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_golden {

using namespace dlrm;
using nlohmann::json;

namespace {

// fp32 sums in another order than TensorFlow's; 2e-6 is usual.
constexpr double kLogitTolerance = 1e-5;
// float16 weights: TensorFlow itself computes in half precision, so the float64 twin is the reference.
constexpr double kHalfLogitTolerance = 2e-3;
constexpr double kIntermediateTolerance = 2e-5;
// Two scores may swap places within the logit tolerance.
constexpr double kAucTolerance = 2e-5;
constexpr double kMetricTolerance = 1e-6;
// float16 models: metrics follow logits that differ by up to kHalfLogitTolerance.
constexpr double kHalfMetricTolerance = 2e-3;

QString goldenFolder() { return qEnvironmentVariable("DLRM_GOLDEN"); }

json readJson(const QString& path) {
    std::ifstream in(path.toStdString());
    return json::parse(in);
}

// The dataset folder beside the checkpoints whose cardinalities are the manifest's.
std::shared_ptr<const Dataset> datasetFor(const json& manifest) {
    const auto wanted = manifest.at("cardinalities_in_feature_order").get<std::vector<std::int64_t>>();
    const QDir folder(goldenFolder() + QStringLiteral("/datasets"));
    for (const QString& name : folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        auto dataset = openDataset(folder.filePath(name).toStdString(), {});
        if (dataset && (*dataset)->format() == "split_binary" && (*dataset)->schema().cardinalities == wanted)
            return *dataset;  // the rows the predictions are of
    }
    return nullptr;
}

double maxDifference(std::span<const float> ours, std::span<const double> theirs) {
    double worst = 0;
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        const double d = std::abs(static_cast<double>(ours[i]) - theirs[i]);
        if (!(d <= worst)) worst = d;  // NaN counts as worst
    }
    return worst;
}

struct Opened {
    json manifest;
    QString expected;
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<Engine> engine;
    bool half = false;
};

Opened openGolden(const QString& name) {
    const QString folder = goldenFolder() + QStringLiteral("/checkpoints/") + name;
    Opened o;
    o.expected = folder + QStringLiteral("/expected/");
    o.manifest = readJson(o.expected + QStringLiteral("manifest.json"));
    o.dataset = datasetFor(o.manifest);
    if (!o.dataset) return o;
    EngineOptions options;
    options.interactionOrder =
        o.manifest.at("interaction") == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    options.dataset = o.dataset;
    options.backend = *chooseBackend({});
    auto engine = Engine::open((folder + QStringLiteral("/checkpoint")).toStdString(), options);
    if (!engine) qWarning("%s", engine.error().text().c_str());
    else o.engine = *engine;
    if (o.engine) o.half = o.engine->spec().tables.at(0).dtype == DType::Float16;
    return o;
}

}  // namespace

class GoldenTest : public QObject {
    Q_OBJECT

    static void addCheckpoints() {
        QTest::addColumn<QString>("checkpoint");
        for (const QString& n :
             QDir(goldenFolder() + QStringLiteral("/checkpoints")).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
            QTest::newRow(qPrintable(n)) << n;
    }

private Q_SLOTS:
    void specIsTheManifests_data() { addCheckpoints(); }
    void specIsTheManifests() {
        QFETCH(QString, checkpoint);
        const Opened o = openGolden(checkpoint);
        QVERIFY(o.engine);
        const ModelSpec& s = o.engine->spec();
        QCOMPARE(QString::fromStdString(s.layout), QString::fromStdString(o.manifest.at("layout").get<std::string>()));
        std::vector<std::int64_t> rows;
        for (const TableSpec& t : s.tables) rows.push_back(t.rows);
        QCOMPARE(rows, o.manifest.at("cardinalities_in_feature_order").get<std::vector<std::int64_t>>());
        QCOMPARE(s.interactionTableOrder, o.manifest.at("interaction_table_order").get<std::vector<int>>());
        QCOMPARE(s.numericalFeatures, o.manifest.at("numerical_features").get<std::int64_t>());
        std::vector<std::vector<std::int64_t>> bottom, top;
        for (const LayerSpec& l : s.bottomMlp) bottom.push_back({l.inputs, l.outputs});
        for (const LayerSpec& l : s.topMlp) top.push_back({l.inputs, l.outputs});
        QCOMPARE(bottom, o.manifest.at("bottom_mlp").get<decltype(bottom)>());
        QCOMPARE(top, o.manifest.at("top_mlp").get<decltype(top)>());
    }

    void logitsAreTensorFlows_data() { addCheckpoints(); }
    void logitsAreTensorFlows() {
        QFETCH(QString, checkpoint);
        const Opened o = openGolden(checkpoint);
        QVERIFY(o.engine);
        auto p = o.engine->predict(*o.dataset, {0, o.dataset->rows() - 1}, {});
        QVERIFY2(p.has_value(), p ? "" : p.error().text().c_str());
        std::vector<float> logits;
        for (const PredictedRow& r : p->rows) logits.push_back(r.logit);
        const auto file = o.half ? "logits_float64.npy" : "logits.npy";
        const auto expected = test::npyValues(o.expected + QLatin1String(file));
        QCOMPARE(logits.size(), expected.size());
        const double worst = maxDifference(logits, expected);
        qInfo("max |Δlogit| %.2e", worst);
        QVERIFY2(worst <= (o.half ? kHalfLogitTolerance : kLogitTolerance), qPrintable(QString::number(worst)));
    }

    void intermediatesAreTensorFlows_data() { addCheckpoints(); }
    void intermediatesAreTensorFlows() {
        QFETCH(QString, checkpoint);
        const Opened o = openGolden(checkpoint);
        QVERIFY(o.engine);
        const ModelSpec& s = o.engine->spec();
        const auto bottom = test::npyValues(o.expected + QStringLiteral("bottom_mlp_output.npy"));
        const auto topInput = test::npyValues(o.expected + QStringLiteral("top_mlp_input.npy"));
        const auto matrix = test::npyValues(o.expected + QStringLiteral("interaction_matrix.npy"));
        const double tolerance = o.half ? kHalfLogitTolerance : kIntermediateTolerance;
        const auto at = [](const std::vector<double>& v, std::size_t row, std::size_t width) {
            return std::span<const double>(v).subspan(row * width, width);
        };
        const auto v = static_cast<std::size_t>(s.vectors());
        const auto dim = static_cast<std::size_t>(s.embeddingDim);
        const auto width = static_cast<std::size_t>(s.topMlp.at(0).inputs);
        QVERIFY(!bottom.empty() && bottom.size() % dim == 0);
        QVERIFY(!topInput.empty() && topInput.size() % width == 0);
        QVERIFY(!matrix.empty() && matrix.size() % (v * v) == 0);
        const auto predicted =
            o.engine->predict(*o.dataset, {0, static_cast<std::int64_t>(bottom.size() / dim) - 1}, {.inputs = true});
        QVERIFY(predicted.has_value());
        for (std::size_t row = 0; row < bottom.size() / dim; ++row) {
            auto e = o.engine->explain(predicted->rows[row].input);
            QVERIFY(e.has_value());
            const Intermediates& m = e->intermediates;
            QVERIFY(maxDifference(m.bottomActivations.back(), at(bottom, row, dim)) <= tolerance);
            if (row < topInput.size() / width)
                QVERIFY(maxDifference(m.topInput, at(topInput, row, width)) <= tolerance);
            if (row < matrix.size() / (v * v))
                QVERIFY(maxDifference(m.interaction, at(matrix, row, v * v)) <= tolerance);
        }
    }

    void metricsAreTensorFlowsAndScikitLearns_data() { addCheckpoints(); }
    void metricsAreTensorFlowsAndScikitLearns() {
        QFETCH(QString, checkpoint);
        const Opened o = openGolden(checkpoint);
        QVERIFY(o.engine);
        const json m = readJson(o.expected + QStringLiteral("metrics.json"));
        auto all = o.engine->evaluate(*o.dataset, {});
        QVERIFY2(all.has_value(), all ? "" : all.error().text().c_str());
        QVERIFY(all->final);
        QCOMPARE(all->report.rows, m.at("rows").get<std::int64_t>());
        QCOMPARE(all->report.positives, m.at("positives").get<std::int64_t>());
        EvaluateOptions drop;
        drop.dropLast = m.at("batch").get<std::int64_t>();
        auto dropped = o.engine->evaluate(*o.dataset, drop);
        QVERIFY(dropped.has_value());
        QCOMPARE(dropped->report.rows, m.at("rows_drop_last").get<std::int64_t>());

        const auto check = [&](const MetricReport& r, const char* ours, const char* theirs, double tolerance) {
            const MetricValue* value = r.find(ours);
            QVERIFY2(value && value->value, ours);
            const double d = std::abs(*value->value - m.at(theirs).get<double>());
            QVERIFY2(d <= tolerance, qPrintable(QStringLiteral("%1 differs by %2").arg(QLatin1String(theirs)).arg(d)));
        };
        const double tolerance = o.half ? kHalfMetricTolerance : kMetricTolerance;
        const double aucTolerance = o.half ? kHalfMetricTolerance : kAucTolerance;
        check(all->report, "auc", "auc_exact", aucTolerance);
        check(all->report, "auc_tf8000", "auc_tf8000_all_rows", aucTolerance);
        check(dropped->report, "auc_tf8000", "auc_tf8000_drop_last", aucTolerance);
        check(all->report, "log_loss", "log_loss", tolerance);
        check(all->report, "normalized_entropy", "normalized_entropy", tolerance);
        check(all->report, "brier", "brier", tolerance);
        check(all->report, "pr_auc", "pr_auc", aucTolerance);
        check(all->report, "calibration", "calibration", tolerance * 10);
    }
};

int mainOverFolders(int argc, char** argv) {
    if (goldenFolder().isEmpty()) qputenv("DLRM_GOLDEN", DLRM_TEST_DATA "/golden");
    if (!QFileInfo(goldenFolder() + QStringLiteral("/checkpoints")).isDir()) {
        qInfo("skipped: data outside the repository: %s/checkpoints", qPrintable(goldenFolder()));
        return 77;
    }
    return dlrm::test::runTest<GoldenTest>(argc, argv);
}
DLRM_TEST_MAIN(mainOverFolders);

}  // namespace tst_golden

#include "tst_golden.moc"
