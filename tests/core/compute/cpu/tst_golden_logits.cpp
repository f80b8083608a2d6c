// SPDX-License-Identifier: Apache-2.0
// The CPU backend against what the original training code computed under TensorFlow with the same files.
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/checkpoint/checkpoint.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/dataset/dataset.h"
#include "core/formats/npy.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_golden_logits {

using namespace dlrm;

namespace {

// Largest difference of float32 logits to TensorFlow's: both round every sum.
constexpr double kLogitTolerance = 1e-5;
// Float16 models were saved with values TensorFlow held in float32, so the saved model itself is coarser.
constexpr double kHalfModelTolerance = 2e-3;
// Intermediates, relative to the largest magnitude in the array: sums of up to 128 float32 products in another order.
constexpr double kIntermediateTolerance = 1e-5;
// Logits of order 1 whose inputs and weights keep 8 bits in each of six layers.
constexpr double kBfloat16LogitTolerance = 0.05;

std::vector<float> array(const std::string& path, std::vector<std::int64_t>* shape = nullptr) {
    const auto file = RandomAccessFile::open(path);
    if (!file) qFatal("%s", file.error().text().c_str());
    const auto header = readNpyHeader(**file);
    if (!header) qFatal("%s", header.error().text().c_str());
    auto values = readNpyFloats(**file, *header);
    if (!values) qFatal("%s", values.error().text().c_str());
    if (shape) *shape = header->shape;
    return std::move(*values);
}

double difference(std::span<const float> actual, std::span<const float> expected) {
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        worst = std::max(worst, std::fabs(double(actual[i]) - double(expected[i])));
    return worst;
}

double largest(std::span<const float> values) {
    double m = 0;
    for (const float v : values) m = std::max(m, std::fabs(double(v)));
    return m;
}

struct Opened {
    std::shared_ptr<const Dataset> dataset;
    std::shared_ptr<const Checkpoint> checkpoint;
    std::vector<DenseWeights> bottom, top;
    Batch batch;
};

Opened open(const std::string& checkpoint, const std::string& dataset, bool tensorflowOrder) {
    Opened o;
    auto data = openDataset(dataset, {});
    if (!data) qFatal("%s", data.error().text().c_str());
    o.dataset = *data;
    CheckpointOptions options;
    options.interactionOrder = tensorflowOrder ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    options.cardinalities = o.dataset->schema().cardinalities;
    options.numericalFeatures = static_cast<std::int64_t>(o.dataset->schema().numericalNames.size());
    auto model = Checkpoint::open(checkpoint, options);
    if (!model) qFatal("%s", model.error().text().c_str());
    o.checkpoint = *model;
    const auto layer = [](Result<DenseWeights> w) {
        if (!w) qFatal("%s", w.error().text().c_str());
        return std::move(*w);
    };
    for (std::size_t i = 0; i < o.checkpoint->spec().bottomMlp.size(); ++i)
        o.bottom.push_back(layer(o.checkpoint->bottomLayer(static_cast<int>(i))));
    for (std::size_t i = 0; i < o.checkpoint->spec().topMlp.size(); ++i)
        o.top.push_back(layer(o.checkpoint->topLayer(static_cast<int>(i))));
    if (auto read = o.dataset->read(0, o.dataset->rows(), o.batch); !read) qFatal("%s", read.error().text().c_str());
    return o;
}

std::vector<float> logitsOf(const Opened& o, Precision precision, const Wanted& wanted = {},
                            Intermediates* out = nullptr) {
    auto backend = makeCpuBackend({2, precision});
    auto device = (*backend)->load({&o.checkpoint->spec(), o.checkpoint->tables(), o.bottom, o.top, {}}, {});
    if (!device) qFatal("%s", device.error().text().c_str());
    std::vector<float> logits(static_cast<std::size_t>(o.batch.rows));
    if (auto done = (*device)->forward(o.batch.view(), logits, wanted, out, {}); !done)
        qFatal("%s", done.error().text().c_str());
    return logits;
}

void compareWithTensorflow(const std::string& directory, const std::string& dataset) {
    const bool tensorflowOrder = !directory.ends_with("custom_cuda") && !directory.ends_with("fl15_arch");
    const bool half = directory.ends_with("fp16");
    const Opened o = open(directory + "/checkpoint", dataset, tensorflowOrder);
    const std::string expected = directory + "/expected/";
    const std::vector<float> truth = array(expected + (half ? "logits_float64.npy" : "logits.npy"));
    Intermediates out;
    const std::vector<float> logits = logitsOf(o, Precision::Fp32, {true, true, true}, &out);
    QCOMPARE(logits.size(), truth.size());
    const double worst = difference(logits, truth);
    qInfo("largest difference of %zu logits: %.2g", logits.size(), worst);
    QVERIFY2(worst <= (half ? kHalfModelTolerance : kLogitTolerance), qPrintable(QString::number(worst)));
    const double worstBfloat16 = difference(logitsOf(o, Precision::Bf16), truth);
    qInfo("in bf16 precision: %.2g", worstBfloat16);
    QVERIFY2(worstBfloat16 <= kBfloat16LogitTolerance, qPrintable(QString::number(worstBfloat16)));

    const double tolerance = half ? kHalfModelTolerance : kIntermediateTolerance;
    std::vector<std::int64_t> shape;
    const std::vector<float> matrix = array(expected + "interaction_matrix.npy", &shape);
    QCOMPARE(shape.back(), o.checkpoint->spec().vectors());
    QVERIFY(difference(out.interaction, matrix) <= tolerance * largest(matrix));
    const std::vector<float> topInput = array(expected + "top_mlp_input.npy", &shape);
    QCOMPARE(shape.back(), o.checkpoint->spec().topMlp[0].inputs);
    QVERIFY(difference(out.topInput, topInput) <= tolerance * largest(topInput));
    const std::vector<float> bottom = array(expected + "bottom_mlp_output.npy");
    QVERIFY(difference(out.bottomActivations.back(), bottom) <= tolerance * largest(bottom));
    const auto dim = static_cast<std::size_t>(o.checkpoint->spec().embeddingDim);
    const auto stride = dim * static_cast<std::size_t>(o.checkpoint->spec().vectors());
    for (std::size_t r = 0; r < bottom.size() / dim; ++r)
        QCOMPARE(difference(std::span(out.vectors).subspan(r * stride, dim),
                            std::span(out.bottomActivations.back()).subspan(r * dim, dim)),
                 0.0);
}

}  // namespace

class TestGoldenLogits : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void smallModelsMatchTensorflow_data() {
        QTest::addColumn<QString>("directory");
        for (const char* name : {"a_tensorflow", "a_custom_cuda", "a_split_embedding", "b_tensorflow", "b_custom_cuda",
                                 "c_tensorflow", "c_custom_cuda", "c_fp16"})
            QTest::newRow(name) << QString(DLRM_TEST_DATA "/golden/checkpoints/") + name;
    }
    void smallModelsMatchTensorflow() {
        QFETCH(QString, directory);
        compareWithTensorflow(directory.toStdString(), DLRM_TEST_DATA "/golden/datasets/tiny");
    }

    void theModelOfRealWidthsMatchesTensorflow() {
        const std::string golden = DLRM_SOURCE_DIR "/../shared/golden";
        DLRM_NEEDS_OUTSIDE(golden + "/checkpoints/c_fl15_arch");
        compareWithTensorflow(golden + "/checkpoints/c_fl15_arch", golden + "/datasets/fl15_arch");
    }
};

DLRM_TEST(TestGoldenLogits);

}  // namespace tst_golden_logits

#include "tst_golden_logits.moc"
