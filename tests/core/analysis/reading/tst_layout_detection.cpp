// SPDX-License-Identifier: Apache-2.0
// Interaction order from weights: kernels made with a known truth, both orders alike, and no verdict where there is
// nothing to see.
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

#include "core/analysis/reading/layout_detection.h"
#include "tests/support/test_program.h"

namespace tst_layout_detection {

using namespace dlrm;

namespace {

constexpr std::size_t kBottom = 32, kPairs = 120, kOutputs = 128;

// A kernel at its start, plus what training adds: `strength` times the scale of each row's input along one direction.
struct Made {
    DenseWeights kernel;
    std::vector<float> bottom, dots;
};

Made make(unsigned seed, InteractionOrder order, double strength) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    Made out;
    for (std::size_t i = 0; i < kBottom; ++i)
        out.bottom.push_back(i % 8 == 0 ? 0.0f : static_cast<float>(std::exp(normal(random))));
    for (std::size_t i = 0; i < kPairs; ++i) out.dots.push_back(static_cast<float>(0.3 * std::exp(normal(random))));
    std::vector<float> scale = order == InteractionOrder::CustomCuda ? out.bottom : out.dots;
    const auto& rest = order == InteractionOrder::CustomCuda ? out.dots : out.bottom;
    scale.insert(scale.end(), rest.begin(), rest.end());
    out.kernel.inputs = static_cast<std::int64_t>(kBottom + kPairs + 1);
    out.kernel.outputs = static_cast<std::int64_t>(kOutputs);
    std::vector<double> direction(kOutputs);
    for (double& d : direction) d = normal(random) / std::sqrt(static_cast<double>(kOutputs));
    const double sigma = std::sqrt(2.0 / static_cast<double>(kBottom + kPairs + 1 + kOutputs));
    for (std::size_t i = 0; i < kBottom + kPairs + 1; ++i) {
        const double step = i < scale.size() ? strength * scale[i] * (1 + 0.3 * normal(random)) : 0;
        for (std::size_t c = 0; c < kOutputs; ++c)
            out.kernel.kernel.push_back(static_cast<float>(sigma * normal(random) + step * direction[c]));
    }
    return out;
}

}  // namespace

class TestLayoutDetection : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothOrdersAreFoundInTrainedKernels() {
        for (unsigned seed = 0; seed < 10; ++seed)
            for (const auto order : {InteractionOrder::CustomCuda, InteractionOrder::Tensorflow}) {
                const Made made = make(seed, order, 1.0);
                const auto evidence = detectInteractionOrder(made.kernel, made.bottom, made.dots);
                QVERIFY2(evidence.verdict, evidence.reason.c_str());
                QCOMPARE(*evidence.verdict, order);
                QCOMPARE(evidence.likelihoodRatio() > 1, order == InteractionOrder::CustomCuda);
                QVERIFY(evidence.learnedDirections >= 1);
            }
    }
    void untrainedAndWeaklyTrainedKernelsNeverGetAWrongVerdict() {
        int untrained = 0;
        for (unsigned seed = 0; seed < 60; ++seed)
            for (const double strength : {0.0, 0.1, 0.2, 0.4}) {
                const auto order = seed % 2 ? InteractionOrder::CustomCuda : InteractionOrder::Tensorflow;
                const Made made = make(seed, order, strength);
                const auto evidence = detectInteractionOrder(made.kernel, made.bottom, made.dots);
                QVERIFY(!evidence.reason.empty());
                if (strength == 0.0) {
                    QVERIFY(!evidence.verdict);
                    untrained += evidence.learnedDirections == 0;
                } else if (evidence.verdict) {
                    QCOMPARE(*evidence.verdict, order);
                }
            }
        QCOMPARE(untrained, 60);
    }
    // NaN has no rank and -0 is 0: neither may keep the ranking from its end.
    void oddValuesEndWithoutAVerdictOrWithTheRightOne() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();
        for (const float odd : {kNan, kInf, -kInf})
            for (const bool inDots : {false, true}) {
                Made made = make(1, InteractionOrder::CustomCuda, 1.0);
                (inDots ? made.dots : made.bottom)[3] = odd;
                const auto evidence = detectInteractionOrder(made.kernel, made.bottom, made.dots);
                QVERIFY(!evidence.verdict);
                QVERIFY2(evidence.reason.find("not finite") != std::string::npos, evidence.reason.c_str());
            }
        for (const float small : {-0.0f, std::numeric_limits<float>::denorm_min()}) {
            Made made = make(1, InteractionOrder::CustomCuda, 1.0);
            for (std::size_t i = 0; i < made.bottom.size(); i += 8) made.bottom[i] = small;
            QCOMPARE(detectInteractionOrder(made.kernel, made.bottom, made.dots).verdict,
                     std::optional(InteractionOrder::CustomCuda));
        }
    }
    void aStopRequestEndsItWithoutAVerdict() {
        std::stop_source stop;
        stop.request_stop();
        const Made made = make(1, InteractionOrder::CustomCuda, 1.0);
        QVERIFY(!detectInteractionOrder(made.kernel, made.bottom, made.dots, stop.get_token()).verdict);
    }
    void aChangedPaddingRowForbidsAVerdict() {
        Made made = make(1, InteractionOrder::CustomCuda, 1.0);
        for (std::size_t c = 0; c < kOutputs; ++c) made.kernel.kernel[(kBottom + kPairs) * kOutputs + c] *= 3;
        const auto evidence = detectInteractionOrder(made.kernel, made.bottom, made.dots);
        QVERIFY(!evidence.verdict);
        QVERIFY(evidence.reason.find("only meets zeros") != std::string::npos);
    }
    void valuesThatAreNotFiniteForbidAVerdict() {
        Made made = make(1, InteractionOrder::CustomCuda, 1.0);
        made.kernel.kernel[5] = std::nanf("");
        QVERIFY(!detectInteractionOrder(made.kernel, made.bottom, made.dots).verdict);
        QVERIFY(!detectInteractionOrder(DenseWeights{}, {}, {}).verdict);
    }
};

DLRM_TEST(TestLayoutDetection);

}  // namespace tst_layout_detection

#include "tst_layout_detection.moc"
