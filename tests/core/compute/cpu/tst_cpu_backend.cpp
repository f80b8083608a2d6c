// SPDX-License-Identifier: Apache-2.0
// The CPU backend against a double-precision twin, for shapes well away from FL15 as well.
#include <QtTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <thread>

#include "core/base/instruction_sets.h"
#include "core/compute/cpu/bf16_matmul.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/compute/cpu/cpu_model.h"
#include "tests/core/compute/naive_forward.h"
#include "tests/core/compute/synthetic_model.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_cpu_backend {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Of values of order 1: four layers of up to 1,024 float32 additions each drift by about sqrt(1,024) · 2^-24 a layer.
constexpr double kFloatTolerance = 1e-5;
// A cross layer of two products rounds between them, where nothing can be looked at: a sum near a border may be rounded
// the other way there (2^-8 of one of many inputs).
constexpr double kCrossBfloat16Tolerance = 4e-3;

ModelShape shapeNumber(int i) {
    ModelShape s;
    switch (i) {
        case 0:
            break;
        case 1:
            s.dim = 8;
            s.cardinalities = {5, 9};
            s.order = InteractionOrder::Tensorflow;
            s.topPadding = 0;
            s.bottomHidden = {};
            break;
        case 2:
            s.dim = 100;
            s.cardinalities.assign(26, 50);
            s.permuteTables = true;
            s.topPadding = 15;
            s.topHidden = {100, 70, 33};
            break;
        case 3:
            s.dim = 128;
            s.cardinalities.assign(39, 20);
            s.order = InteractionOrder::Tensorflow;
            s.permuteTables = true;
            s.topPadding = 7;
            s.bottomHidden = {130, 65};
            s.topHidden = {257, 64};
            break;
        case 4:
            s.dim = 7;
            s.cardinalities.assign(12, 30);
            s.numericals = 1;
            s.bottomPadding = 0;
            s.topHidden = {};
            break;
        case 5:
            s.tableType = DType::Float16;
            s.dim = 16;
            s.cardinalities = {300, 17, 4, 90, 1};
            s.rowsPerPart = 16;
            s.permuteTables = true;
            break;
        case 6:
            s.dim = 32;
            s.cardinalities = {1000, 3, 511};
            s.rowsPerPart = 256;
            s.topPadding = 2;
            break;
        case 7:
            s.dim = 128;
            s.cardinalities.assign(26, 60);
            s.bottomHidden = {512, 256};
            s.topHidden = {1024, 1024, 512, 256};
            break;
        case 8:
            s.crossLayers = 3;
            s.projection = 8;
            s.topPadding = 0;
            break;
        case 9:
            s.crossLayers = 2;
            s.cardinalities = {9, 40, 6};
            s.dim = 12;
            s.permuteTables = true;
            s.tableDims = {3, 20, 1};
            s.topPadding = 4;
            break;
        case 10:
            s.crossLayers = 1;
            s.projection = 1;
            s.tableType = DType::Float16;
            s.rowsPerPart = 16;
            s.tableDims = {5, 2, 33};
            break;
    }
    return s;
}
constexpr int kShapes = 11;

std::unique_ptr<Backend> backend(int threads, Precision precision = Precision::Fp32) {
    return std::move(makeCpuBackend({threads, precision}).value());
}

std::unique_ptr<DeviceModel> loaded(const SyntheticModel& model, int threads, Precision precision = Precision::Fp32) {
    auto result = backend(threads, precision)->load(model.weights(), {});
    if (!result) qFatal("%s", result.error().text().c_str());
    return std::move(*result);
}

std::vector<float> logitsOf(DeviceModel& model, const BatchView& rows, const Wanted& wanted = {},
                            Intermediates* out = nullptr) {
    std::vector<float> logits(static_cast<std::size_t>(rows.rows), -1e30f);
    const Result<void> result = model.forward(rows, logits, wanted, out, {});
    if (!result) qFatal("%s", result.error().text().c_str());
    return logits;
}

double largest(const std::vector<double>& values) {
    double m = 1;
    for (const double v : values) m = std::max(m, std::fabs(v));
    return m;
}

// Largest difference of actual[first …] to expected, relative to the largest magnitude expected where that exceeds 1.
double difference(const std::vector<float>& actual, std::size_t first, const std::vector<double>& expected) {
    double worst = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        worst = std::max(worst, std::fabs(actual[first + i] - expected[i]));
    return worst / largest(expected);
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

constexpr const char* kNoProduct = "oneDNN has no bfloat16 matrix product for a processor without AVX-512.";

// The backend asks oneDNN only where the processor has bfloat16 instructions; where it has AVX-512 alone oneDNN
// emulates them, and can be tested.
std::vector<cpu::Arithmetic> arithmeticsHere() {
    std::vector<cpu::Arithmetic> all{cpu::Arithmetic::Float32, cpu::Arithmetic::EmulatedBfloat16};
    if (cpu::hasBfloat16Product()) all.push_back(cpu::Arithmetic::OneDnnBfloat16);
    return all;
}

// In bf16 each layer is looked at alone, with the inputs that the backend had: exact but for float32 sums then.
double toleranceOf(const ModelSpec& spec, bool bf16) {
    return bf16 && spec.interaction == InteractionKind::Cross ? kCrossBfloat16Tolerance : kFloatTolerance;
}

std::unique_ptr<DeviceModel> loadedIn(cpu::Arithmetic arithmetic, const SyntheticModel& model, int threads) {
    return std::move(cpu::loadModel(model.weights(), threads, arithmetic, {}).value());
}

}  // namespace

class TestCpuBackend : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingMatchesTheDoublePrecisionTwin_data() {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("precision");
        for (int i = 0; i < kShapes; ++i)
            for (const Precision p : {Precision::Fp32, Precision::Bf16})
                QTest::addRow("shape %d, %s", i, name(p).data()) << i << static_cast<int>(p);
    }
    void everythingMatchesTheDoublePrecisionTwin() {
        QFETCH(int, shape);
        QFETCH(int, precision);
        const bool bf16 = static_cast<Precision>(precision) == Precision::Bf16;
        const SyntheticModel model(shapeNumber(shape), 100 + static_cast<std::uint64_t>(shape));
        const ModelSpec& spec = model.spec();
        const double tolerance = toleranceOf(spec, bf16);
        const auto device = loaded(model, 2, static_cast<Precision>(precision));
        const Batch batch = model.rows(37, 7);
        Intermediates out;
        const std::vector<float> logits = logitsOf(*device, batch.view(), {true, true, true}, &out);
        const bool cross = spec.interaction == InteractionKind::Cross;
        const auto count = static_cast<std::size_t>(cross ? 0 : spec.vectors());
        const auto values =
            static_cast<std::size_t>(cross ? spec.interactionWidth() : spec.vectors() * spec.embeddingDim);
        QCOMPARE(out.vectors.size(), 37 * values);
        QCOMPARE(out.interaction.size(), 37 * count * count);
        QCOMPARE(out.crossActivations.size(), spec.crossLayers.size());
        QCOMPARE(out.topInput.size(), 37 * static_cast<std::size_t>(spec.topMlp[0].inputs));
        QCOMPARE(out.bottomActivations.size(), spec.bottomMlp.size());
        QCOMPARE(out.topActivations.size(), spec.topMlp.size());
        for (std::size_t r = 0; r < 37; ++r) {
            const NaiveRow expected =
                naiveForward(model, batch, static_cast<std::int64_t>(r), bf16, bf16 ? &out : nullptr);
            const double scale = std::max(1.0, std::fabs(expected.logit));
            QVERIFY2(std::fabs(logits[r] - expected.logit) <= tolerance * scale,
                     qPrintable(QString("row %1: %2, expected %3").arg(r).arg(logits[r]).arg(expected.logit)));
            QVERIFY(difference(out.vectors, r * values, expected.vectors) <= tolerance);
            QVERIFY(difference(out.interaction, r * count * count, expected.interaction) <= tolerance);
            QVERIFY(difference(out.topInput, r * expected.topInput.size(), expected.topInput) <= tolerance);
            for (std::size_t i = 0; i < expected.bottomActivations.size(); ++i)
                QVERIFY(difference(out.bottomActivations[i], r * expected.bottomActivations[i].size(),
                                   expected.bottomActivations[i]) <= tolerance);
            for (std::size_t i = 0; i < expected.crossActivations.size(); ++i)
                QVERIFY(difference(out.crossActivations[i], r * values, expected.crossActivations[i]) <= tolerance);
            for (std::size_t i = 0; i < expected.topActivations.size(); ++i)
                QVERIFY(difference(out.topActivations[i], r * expected.topActivations[i].size(),
                                   expected.topActivations[i]) <= tolerance);
            QCOMPARE(out.topActivations.back()[r], logits[r]);
        }
    }

    void aRowsLogitDoesNotDependOnItsBatch_data() {
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("arithmetic");
        for (int i = 0; i < kShapes; ++i) {
            QTest::addRow("shape %d, fp32", i) << i << static_cast<int>(cpu::Arithmetic::Float32);
            QTest::addRow("shape %d, bf16 emulated", i) << i << static_cast<int>(cpu::Arithmetic::EmulatedBfloat16);
            QTest::addRow("shape %d, bf16 by oneDNN", i) << i << static_cast<int>(cpu::Arithmetic::OneDnnBfloat16);
        }
    }
    void aRowsLogitDoesNotDependOnItsBatch() {
        QFETCH(int, shape);
        QFETCH(int, arithmetic);
        const auto kind = static_cast<cpu::Arithmetic>(arithmetic);
        if (kind == cpu::Arithmetic::OneDnnBfloat16 && !cpu::hasBfloat16Product()) QSKIP(kNoProduct);
        const SyntheticModel model(shapeNumber(shape), 5);
        const auto device = loadedIn(kind, model, 2), single = loadedIn(kind, model, 1);
        const std::int64_t rows =
            shape == 7 ? 163 : 523;  // the real size takes its time; more than a chunk in any case
        const Batch batch = model.rows(rows, 8);
        const std::vector<float> whole = logitsOf(*device, batch.view());
        QVERIFY(sameBits(whole, logitsOf(*single, batch.view())));
        for (const std::int64_t size : {1, 2, 3, 7, 9, 16, 17, 64, 250}) {
            for (std::int64_t first = 0; first < rows; first += size) {
                const std::int64_t count = std::min(size, rows - first);
                const std::vector<float> part = logitsOf(*device, batch.view().slice(first, count));
                QVERIFY2(std::memcmp(part.data(), whole.data() + first,
                                     static_cast<std::size_t>(count) * sizeof(float)) == 0,
                         qPrintable(QString("batches of %1, at row %2").arg(size).arg(first)));
            }
        }
    }

    void aRowThatIsNotFiniteChangesNoOtherRowOfItsBatch() {
        for (const cpu::Arithmetic arithmetic : arithmeticsHere()) {
            const SyntheticModel model(shapeNumber(0), 5);
            const auto device = loadedIn(arithmetic, model, 2);
            Batch batch = model.rows(300, 3);
            const std::vector<float> before = logitsOf(*device, batch.view());
            for (const std::int64_t row : {0, 17, 150, 299})
                batch.numerical[static_cast<std::size_t>(row * batch.numericals)] =
                    std::numeric_limits<float>::infinity();
            const std::vector<float> after = logitsOf(*device, batch.view());
            for (std::size_t r = 0; r < 300; ++r) {
                if (r == 0 || r == 17 || r == 150 || r == 299) QVERIFY(after[r] != before[r]);
                else QCOMPARE(after[r], before[r]);
            }
        }
    }

    // One unit of a hidden layer meets ∞ and −∞, since its weights round to them in bfloat16: the others look good, the
    // logit must not.
    void aHiddenUnitThatIsNoNumberReachesTheLogit() {
        SyntheticModel model(shapeNumber(0), 5);
        DenseWeights& w = model.top[0];
        for (std::int64_t i = 0; i < w.inputs; ++i)
            w.kernel[static_cast<std::size_t>(i * w.outputs)] = i % 2 ? 3.4e38f : -3.4e38f;
        for (const cpu::Arithmetic arithmetic : arithmeticsHere()) {
            if (arithmetic == cpu::Arithmetic::Float32) continue;
            for (const float logit : logitsOf(*loadedIn(arithmetic, model, 2), model.rows(40, 3).view()))
                QVERIFY(!std::isfinite(logit));
        }
    }

    // A sum beyond the largest float is infinite, and 0 · ∞ after it is NaN: never a number that looks good.
    void aHiddenLayerThatOverflowsReachesTheLogit() {
        SyntheticModel model(shapeNumber(0), 5);
        for (float& v : model.bottom[0].kernel) v *= 1e30f;
        for (float& v : model.top[0].kernel) v *= 1e30f;
        for (const cpu::Arithmetic arithmetic : arithmeticsHere()) {
            const auto device = loadedIn(arithmetic, model, 2);
            for (const float logit : logitsOf(*device, model.rows(40, 3).view())) QVERIFY(!std::isfinite(logit));
        }
    }

    // Where the processor has no bfloat16 arithmetic, oneDNN emulates it: slow, but the same path.
    void bfloat16ByOneDnnMatchesTheDoublePrecisionTwin_data() {
        QTest::addColumn<int>("shape");
        for (int i = 0; i < kShapes; ++i) QTest::addRow("shape %d", i) << i;
    }
    void bfloat16ByOneDnnMatchesTheDoublePrecisionTwin() {
        if (!cpu::hasBfloat16Product()) QSKIP(kNoProduct);
        QFETCH(int, shape);
        const SyntheticModel model(shapeNumber(shape), 300 + static_cast<std::uint64_t>(shape));
        const double tolerance = toleranceOf(model.spec(), true);
        const auto device = loadedIn(cpu::Arithmetic::OneDnnBfloat16, model, 2);
        for (const std::int64_t rows : {1, 5, 150}) {
            const Batch batch = model.rows(rows, 7);
            const std::vector<float> plain = logitsOf(*device, batch.view());
            Intermediates out;
            QVERIFY(sameBits(plain, logitsOf(*device, batch.view(), {true, true, true}, &out)));
            QVERIFY(sameBits(plain, logitsOf(*device, batch.view())));
            for (std::int64_t r = 0; r < rows; r += 1 + rows / 20) {
                const auto at = static_cast<std::size_t>(r);
                const NaiveRow expected = naiveForward(model, batch, r, true, &out);
                QVERIFY(std::fabs(plain[at] - expected.logit) <= tolerance * std::max(1.0, std::fabs(expected.logit)));
                for (std::size_t i = 0; i < expected.topActivations.size(); ++i)
                    QVERIFY(difference(out.topActivations[i], at * expected.topActivations[i].size(),
                                       expected.topActivations[i]) <= tolerance);
                for (std::size_t i = 0; i < expected.bottomActivations.size(); ++i)
                    QVERIFY(difference(out.bottomActivations[i], at * expected.bottomActivations[i].size(),
                                       expected.bottomActivations[i]) <= tolerance);
            }
        }
    }

    void askingForIntermediatesDoesNotChangeTheLogits() {
        const SyntheticModel model(shapeNumber(2), 5);
        const auto device = loaded(model, 2);
        const Batch batch = model.rows(300, 9);
        const std::vector<float> plain = logitsOf(*device, batch.view());
        for (const Wanted wanted : {Wanted{true, false, false}, Wanted{false, true, false}, Wanted{false, false, true},
                                    Wanted{true, true, true}}) {
            Intermediates out;
            QVERIFY(sameBits(plain, logitsOf(*device, batch.view(), wanted, &out)));
            QCOMPARE(out.vectors.empty(), !wanted.vectors);
            QCOMPARE(out.interaction.empty(), !wanted.interaction);
            QCOMPARE(out.topInput.empty(), !wanted.activations);
            QCOMPARE(out.bottomActivations.empty(), !wanted.activations);
        }
    }

    void runsAreBitIdentical() {
        const SyntheticModel model(shapeNumber(7), 6);
        const Batch batch = model.rows(2000, 10);
        for (const Precision p : {Precision::Fp32, Precision::Bf16}) {
            const auto device = loaded(model, 2, p);
            const std::vector<float> once = logitsOf(*device, batch.view());
            QVERIFY(sameBits(once, logitsOf(*device, batch.view())));
            QVERIFY(sameBits(once, logitsOf(*loaded(model, 2, p), batch.view())));
        }
    }

    void anEmptyBatchGivesNothing() {
        const SyntheticModel model(shapeNumber(0), 5);
        const Batch batch = model.rows(0, 1);
        Intermediates out;
        QVERIFY(logitsOf(*loaded(model, 2), batch.view(), {true, true, true}, &out).empty());
        QVERIFY(out.vectors.empty());
    }

    void threadsBeyondTheProcessorsMakeNoLargerBatches() {
        const SyntheticModel model(shapeNumber(0), 5);
        QCOMPARE(loaded(model, 4096)->preferredBatch(), loaded(model, 0)->preferredBatch());
    }

    void aStopRequestCancels() {
        const SyntheticModel model(shapeNumber(0), 5);
        const auto device = loaded(model, 2);
        std::stop_source stop;
        stop.request_stop();
        for (const std::int64_t rows : {1, 1000}) {
            const Batch batch = model.rows(rows, 1);
            std::vector<float> logits(static_cast<std::size_t>(rows));
            const Result<void> result = device->forward(batch.view(), logits, {}, nullptr, stop.get_token());
            QVERIFY(!result);
            QVERIFY(result.error().isCancelled());
        }
        auto load = backend(2)->load(model.weights(), {.stop = stop.get_token()});
        QVERIFY(!load);
        QVERIFY(load.error().isCancelled());
    }

    void aStopRequestDuringALongBatchCancels() {
        const SyntheticModel model(shapeNumber(7), 5);
        const auto device = loaded(model, 2);
        const Batch batch = model.rows(50'000, 1);
        std::vector<float> logits(50'000);
        std::stop_source stop;
        std::jthread later([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            stop.request_stop();
        });
        const Result<void> result = device->forward(batch.view(), logits, {}, nullptr, stop.get_token());
        QVERIFY(!result);
        QVERIFY(result.error().isCancelled());
    }

    void fewRowsBesideALongBatchHaveTheBitsTheyHaveAlone_data() {
        QTest::addColumn<bool>("bf16");
        QTest::newRow("fp32") << false;
        QTest::newRow("bf16") << true;
    }
    void fewRowsBesideALongBatchHaveTheBitsTheyHaveAlone() {
        QFETCH(bool, bf16);
        const SyntheticModel model(shapeNumber(7), 5);
        const auto device = loaded(model, 2, bf16 ? Precision::Bf16 : Precision::Fp32);
        const std::int64_t few = device->rowsBeside();
        QVERIFY(few >= 1);
        const Batch longBatch = model.rows(3'000, 1), oneRow = model.rows(1, 2), fewRows = model.rows(few, 3);
        const auto longAlone = logitsOf(*device, longBatch.view()), oneAlone = logitsOf(*device, oneRow.view()),
                   fewAlone = logitsOf(*device, fewRows.view());
        for (int repeat = 0; repeat < 2; ++repeat) {
            std::atomic<bool> done = false;
            std::vector<float> longBeside;
            std::jthread worker([&] {
                longBeside = logitsOf(*device, longBatch.view());
                done = true;
            });
            do {
                QVERIFY(logitsOf(*device, oneRow.view()) == oneAlone);
                QVERIFY(logitsOf(*device, fewRows.view()) == fewAlone);
            } while (!done);
            worker.join();
            QVERIFY(longBeside == longAlone);
        }
    }

    void weightsThatAreNotFiniteReachTheLogit_data() {
        QTest::addColumn<int>("layer");  // of the top MLP; -1: bottom layer 0
        QTest::addColumn<int>("kernelRow");
        QTest::addColumn<bool>("infinite");
        for (const bool infinite : {false, true}) {
            QTest::addRow("bottom, inf %d", infinite) << -1 << 0 << infinite;
            QTest::addRow("top 0, inf %d", infinite) << 0 << 3 << infinite;
            QTest::addRow("top 1, inf %d", infinite) << 1 << 0 << infinite;
            QTest::addRow("padding row of top 0, inf %d", infinite) << 0 << -1 << infinite;
        }
    }
    void weightsThatAreNotFiniteReachTheLogit() {
        QFETCH(int, layer);
        QFETCH(int, kernelRow);
        QFETCH(bool, infinite);
        SyntheticModel model(shapeNumber(0), 5);
        DenseWeights& w = layer < 0 ? model.bottom[0] : model.top[static_cast<std::size_t>(layer)];
        const std::int64_t row = kernelRow < 0 ? w.inputs - 1 : kernelRow;
        for (std::int64_t j = 0; j < w.outputs; ++j)
            w.kernel[static_cast<std::size_t>(row * w.outputs + j)] =
                infinite ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
        for (const cpu::Arithmetic arithmetic : arithmeticsHere()) {
            const auto device = loadedIn(arithmetic, model, 2);
            for (const std::int64_t rows : {1, 5, 600}) {
                const Batch batch = model.rows(rows, 3);
                const std::vector<float> logits = logitsOf(*device, batch.view());
                for (std::int64_t r = 0; r < rows; ++r) {
                    const double expected = naiveForward(model, batch, r, arithmetic != cpu::Arithmetic::Float32).logit;
                    if (!infinite || kernelRow < 0) QVERIFY(std::isnan(logits[static_cast<std::size_t>(r)]));
                    else QCOMPARE(std::isfinite(logits[static_cast<std::size_t>(r)]), std::isfinite(expected));
                }
            }
        }
    }

    void inputsThatAreNotFiniteReachTheLogit() {
        const SyntheticModel model(shapeNumber(0), 5);
        for (const cpu::Arithmetic arithmetic : arithmeticsHere()) {
            const auto device = loadedIn(arithmetic, model, 2);
            for (const std::int64_t rows : {1, 300}) {
                Batch batch = model.rows(rows, 3);
                batch.numerical[5] = std::numeric_limits<float>::quiet_NaN();
                const std::vector<float> logits = logitsOf(*device, batch.view());
                QVERIFY(std::isnan(logits[0]));
                QVERIFY(std::all_of(logits.begin() + 1, logits.end(), [](float v) { return std::isfinite(v); }));
            }
        }
    }

    void theLimitOfInstructionSetsIsKept() {
        const QByteArray limit = qgetenv(kInstructionSetLimit);
        const std::string device = backend(1, Precision::Bf16)->info().device;
        if (limit == "baseline" || limit == "avx2")
            QVERIFY(device.find("AVX-512") == std::string::npos && !cpu::hasBfloat16Product());
        if (limit == "baseline") QVERIFY(device.find("AVX2") == std::string::npos);
        if (limit == "avx2") QVERIFY(device.find("AVX2") != std::string::npos);
        if (limit.startsWith("avx512") || limit == "amx")
            QVERIFY(device.find("AVX-512") != std::string::npos && cpu::hasBfloat16Product());
        if (limit == "avx512") QVERIFY(!cpu::hasBfloat16Arithmetic());
        if (limit == "avx512_bf16" || limit == "amx") QVERIFY(cpu::hasBfloat16Arithmetic());
        if (limit == "avx512_bf16") QCOMPARE(cpu::bfloat16Instructions(), "AVX512-BF16");
        if (limit == "amx") QCOMPARE(cpu::bfloat16Instructions(), "AMX");
        if (limit.isEmpty())
            QCOMPARE(device.find("AVX2") == std::string::npos && device.find("AVX-512") == std::string::npos,
                     processorInstructionSet() == InstructionSet::Baseline);
    }

    void aLimitThatIsNoInstructionSetIsAnError() {
        const QByteArray before = qgetenv(kInstructionSetLimit);
        qputenv(kInstructionSetLimit, "sse9");
        const auto result = makeCpuBackend({1, Precision::Fp32});
        before.isEmpty() ? qunsetenv(kInstructionSetLimit) : qputenv(kInstructionSetLimit, before);
        QVERIFY(!result);
        QCOMPARE(result.error().code, std::string("E-CPU-005"));
        QCOMPARE(result.error().found, std::string("sse9"));
    }

    void otherPrecisionsAreRefused() {
        for (const Precision p : {Precision::Tf32, Precision::Fp16, Precision::Int8}) {
            const auto result = makeCpuBackend({1, p});
            QVERIFY(!result);
            QCOMPARE(result.error().code, std::string("E-CPU-001"));
            QVERIFY(!result.error().remedy.empty());
        }
    }

    void weightsThatDoNotFitTheSpecAreAnError() {
        const auto codeOf = [](const std::function<void(SyntheticModel&, ModelSpec&, ModelWeights&)>& spoil) {
            SyntheticModel model(shapeNumber(0), 5);
            ModelSpec spec = model.spec();
            ModelWeights weights = model.weights();
            weights.spec = &spec;
            spoil(model, spec, weights);
            auto result = backend(1)->load(std::move(weights), {});
            return result ? std::string() : result.error().code;
        };
        const std::string misfit = "E-CPU-002";
        QCOMPARE(codeOf([](auto&, auto&, auto&) {}), std::string());
        QCOMPARE(codeOf([](auto&, auto&, ModelWeights& w) { w.spec = nullptr; }), misfit);
        QCOMPARE(codeOf([](auto&, auto&, ModelWeights& w) { w.top[0].kernel.pop_back(); }), misfit);
        QCOMPARE(codeOf([](auto&, auto&, ModelWeights& w) { w.bottom[1].bias.clear(); }), misfit);
        QCOMPARE(codeOf([](auto&, auto&, ModelWeights& w) { w.top.pop_back(); }), misfit);
        QCOMPARE(codeOf([](auto&, ModelSpec& s, auto&) { s.interactionTableOrder[0] = s.interactionTableOrder[1]; }),
                 misfit);
        QCOMPARE(codeOf([](auto&, ModelSpec& s, auto&) { s.embeddingDim = 15; }), misfit);
        QCOMPARE(codeOf([](auto&, auto&, ModelWeights& w) { w.tables = w.tables.first(2); }), misfit);
        QCOMPARE(codeOf([](SyntheticModel& m, ModelSpec& s, ModelWeights& w) {
                     s.topMlp[0].inputs = w.top[0].inputs = m.spec().interactionWidth() - 1;
                     w.top[0].kernel.resize(static_cast<std::size_t>(w.top[0].inputs * w.top[0].outputs));
                 }),
                 misfit);
    }

    void rowsOfAnotherShapeAreAnError() {
        const SyntheticModel model(shapeNumber(0), 5);
        const auto device = loaded(model, 1);
        const Batch batch = model.rows(4, 3);
        const auto codeOf = [&](const std::function<void(BatchView&, std::size_t&)>& spoil) {
            BatchView view = batch.view();
            std::size_t logits = 4;
            spoil(view, logits);
            std::vector<float> out(logits);
            const Result<void> result = device->forward(view, out, {}, nullptr, {});
            return result ? std::string() : result.error().code;
        };
        QCOMPARE(codeOf([](auto&, auto&) {}), std::string());
        QCOMPARE(codeOf([](BatchView& v, auto&) { v.tables = 2; }), std::string("E-CPU-003"));
        QCOMPARE(codeOf([](BatchView& v, auto&) { v.numericals = 17; }), std::string("E-CPU-003"));
        QCOMPARE(codeOf([](auto&, std::size_t& logits) { logits = 3; }), std::string("E-CPU-003"));
        QCOMPARE(codeOf([](BatchView& v, auto&) { v.ids = v.ids.first(11); }), std::string("E-CPU-003"));
    }

    void intermediatesLargerThanMemoryAreAnError() {
        DLRM_NEEDS_NO_SANITIZER("allocations that succeed");
        const SyntheticModel model(shapeNumber(0), 5);
        const auto device = loaded(model, 1);
        const Batch one = model.rows(1, 3);
        float logit = 0;
        // Nothing is read or written before the intermediates are there.
        constexpr std::int64_t kRows = std::int64_t{1} << 40;
        BatchView view = one.view();
        view.rows = view.idStride = kRows;
        view.numerical = {one.numerical.data(), static_cast<std::size_t>(kRows * view.numericals)};
        view.ids = {one.ids.data(), static_cast<std::size_t>(kRows * view.tables)};
        Intermediates out;
        const Result<void> result =
            device->forward(view, {&logit, static_cast<std::size_t>(kRows)}, {true, false, false}, &out, {});
        QCOMPARE(result ? std::string() : result.error().code, std::string("E-CPU-004"));
    }

    void infoNamesTheProcessorThreadsAndPrecision() {
        const BackendInfo info = backend(2, Precision::Bf16)->info();
        QCOMPARE(info.name, std::string("cpu"));
        QVERIFY(info.device.find("2 threads") != std::string::npos);
        QCOMPARE(info.precision, Precision::Bf16);
        QCOMPARE(describeCpu({1, Precision::Fp32}).device.find("threads"), std::string::npos);
    }

    void precisionNamesGoBothWays() {
        for (const Precision p : {Precision::Fp32, Precision::Tf32, Precision::Bf16, Precision::Fp16, Precision::Int8})
            QCOMPARE(precisionFromName(name(p)), std::optional<Precision>(p));
        QVERIFY(!precisionFromName("float"));
    }
};

DLRM_TEST(TestCpuBackend);

}  // namespace tst_cpu_backend

#include "tst_cpu_backend.moc"
