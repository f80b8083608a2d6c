// SPDX-License-Identifier: Apache-2.0
// The CUDA module, on an emulated GPU, against what the original training code computed: every golden checkpoint in
// every precision, through the loader and the adapter that the programs use.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/checkpoint/checkpoint.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/compute/module/backend.h"
#include "core/dataset/dataset.h"
#include "core/metrics/metric_set.h"
#include "tests/support/npy_values.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_cuda_golden {

using namespace dlrm;

namespace {

struct Tolerance {
    Precision precision;
    double logit, half;  // largest |Δlogit|; of float16 models, which are coarser themselves
};
// Sums in another order; inputs of every layer rounded to 11, 8 and 11 bits.
constexpr Tolerance kTolerances[] = {{Precision::Fp32, 1e-5, 2e-3},
                                     {Precision::Tf32, 5e-3, 7e-3},
                                     {Precision::Bf16, 4e-2, 4e-2},
                                     {Precision::Fp16, 4e-3, 6e-3}};
constexpr double kIntermediateTolerance = 2e-5, kHalfIntermediateTolerance = 2e-3;
// Of a precision to fp32, over the demo's 20,000 rows. Over a few hundred rows a single pair that swaps weighs more
// than that.
constexpr double kAucTolerance = 1e-4;
constexpr std::int64_t kRowsForAuc = 20'000;

struct Opened {
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<const Checkpoint> checkpoint;
    std::vector<DenseWeights> bottom, top;
    Batch batch;
};

template <class T>
T take(Result<T> result) {
    if (!result) qFatal("%s", result.error().text().c_str());
    return *std::move(result);
}

Opened open(const std::string& checkpoint, const std::string& dataset, bool tensorflowOrder, std::int64_t rows) {
    Opened o;
    o.dataset = take(openDataset(dataset, {}));
    CheckpointOptions options;
    options.interactionOrder = tensorflowOrder ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    options.cardinalities = o.dataset->schema().cardinalities;
    options.numericalFeatures = static_cast<std::int64_t>(o.dataset->schema().numericalNames.size());
    o.checkpoint = take(Checkpoint::open(checkpoint, options));
    for (std::size_t i = 0; i < o.checkpoint->spec().bottomMlp.size(); ++i)
        o.bottom.push_back(take(o.checkpoint->bottomLayer(static_cast<int>(i))));
    for (std::size_t i = 0; i < o.checkpoint->spec().topMlp.size(); ++i)
        o.top.push_back(take(o.checkpoint->topLayer(static_cast<int>(i))));
    if (auto read = o.dataset->read(0, std::min(rows, o.dataset->rows()), o.batch); !read)
        qFatal("%s", read.error().text().c_str());
    return o;
}

std::unique_ptr<Backend> emulatedBackend(Precision precision) {
    const LoadedModule module = take(loadModule({"", "dlrm_cuda.so", {DLRM_EMULATED_DIR}, 0}));
    return take(makeModuleBackend(module, {0, precision}, [] { return makeCpuBackend({1, Precision::Fp32}); }));
}

double difference(std::span<const float> ours, const std::vector<double>& theirs, std::size_t count) {
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double d = std::abs(static_cast<double>(ours[i]) - theirs[i]);
        if (!(d <= worst)) worst = d;  // NaN counts as worst
    }
    return worst;
}

double auc(std::span<const float> logits, std::span<const std::uint8_t> labels) {
    MetricSet metrics;
    if (auto added = metrics.add(logits, labels, 0); !added) qFatal("%s", added.error().text().c_str());
    return metrics.report(false).find("auc")->value.value();
}

// rows: as many of the dataset's first.
void compareWithTensorflow(const std::string& directory, const std::string& dataset, std::int64_t rows,
                           bool tensorflowOrder) {
    const bool half = directory.ends_with("fp16");
    const Opened o = open(directory + "/checkpoint", dataset, tensorflowOrder, rows);
    const QString expected = QString::fromStdString(directory) + QStringLiteral("/expected/");
    const std::vector<double> truth =
        test::npyValues(expected + (half ? QStringLiteral("logits_float64.npy") : QStringLiteral("logits.npy")));
    const auto count = static_cast<std::size_t>(o.batch.rows);
    QVERIFY(truth.size() >= count && count > 0);
    double exactAuc = 0;
    for (const Tolerance& t : kTolerances) {
        const auto backend = emulatedBackend(t.precision);
        const auto model =
            take(backend->load({&o.checkpoint->spec(), o.checkpoint->tables(), o.bottom, o.top, {}}, {}));
        std::vector<float> logits(count);
        Intermediates out;
        const auto done = model->forward(o.batch.view(), logits, {}, nullptr, {});
        QVERIFY2(done, done ? "" : done.error().text().c_str());
        QCOMPARE(backend->info().name, std::string("cuda"));  // and not the CPU instead
        const double worst = difference(logits, truth, count);
        qInfo("%s: max |Δlogit| %.2g", std::string(name(t.precision)).c_str(), worst);
        QVERIFY2(worst <= (half ? t.half : t.logit), qPrintable(QString::number(worst)));
        if (o.batch.rows >= kRowsForAuc) {
            const double here = auc(logits, o.batch.labels);
            if (t.precision == Precision::Fp32) exactAuc = here;
            QVERIFY2(std::abs(here - exactAuc) <= kAucTolerance,
                     qPrintable(QStringLiteral("AUC %1, %2 in fp32").arg(here, 0, 'g', 9).arg(exactAuc, 0, 'g', 9)));
        }
        if (t.precision != Precision::Fp32) continue;
        const std::size_t few = std::min<std::size_t>(count, 64);  // as many as TensorFlow's intermediates were kept of
        std::vector<float> tapped(few);
        QVERIFY(model->forward(o.batch.view().slice(0, static_cast<std::int64_t>(few)), tapped, {true, true, true},
                               &out, {}));
        QVERIFY(difference(tapped, truth, few) <= (half ? t.half : t.logit));
        const double tolerance = half ? kHalfIntermediateTolerance : kIntermediateTolerance;
        const auto compare = [&](const std::vector<float>& ours, const char* file) {
            const std::vector<double> theirs = test::npyValues(expected + QLatin1String(file));
            double largest = 1;
            for (const double v : theirs) largest = std::max(largest, std::abs(v));
            QVERIFY2(difference(ours, theirs, std::min(theirs.size(), ours.size())) <= tolerance * largest, file);
        };
        compare(out.interaction, "interaction_matrix.npy");
        compare(out.topInput, "top_mlp_input.npy");
        compare(out.bottomActivations.back(), "bottom_mlp_output.npy");
    }
}

}  // namespace

class CudaGoldenTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void smallModelsMatchTensorflow_data() {
        QTest::addColumn<QString>("directory");
        for (const char* checkpoint : {"a_tensorflow", "a_custom_cuda", "a_split_embedding", "b_tensorflow",
                                       "b_custom_cuda", "c_tensorflow", "c_custom_cuda", "c_fp16"})
            QTest::newRow(checkpoint) << QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/") +
                                             QLatin1String(checkpoint);
    }
    void smallModelsMatchTensorflow() {
        QFETCH(QString, directory);
        compareWithTensorflow(directory.toStdString(), DLRM_TEST_DATA "/golden/datasets/tiny", 1000,
                              !directory.endsWith(QLatin1String("custom_cuda")));
    }

    void theDemoKeepsItsAucInEveryPrecision() {
        compareWithTensorflow(DLRM_SOURCE_DIR "/resources/demo/", DLRM_SOURCE_DIR "/resources/demo/dataset",
                              kRowsForAuc, false);
    }

    // A part of its rows: the emulated GPU is slow.
    void theModelOfRealWidthsMatchesTensorflow() {
        const std::string golden = DLRM_SOURCE_DIR "/../shared/golden";
        DLRM_NEEDS_OUTSIDE(golden + "/checkpoints/c_fl15_arch");
        compareWithTensorflow(golden + "/checkpoints/c_fl15_arch", golden + "/datasets/fl15_arch", 300, false);
    }
};

DLRM_TEST(CudaGoldenTest);

}  // namespace tst_cuda_golden

#include "tst_cuda_golden.moc"
