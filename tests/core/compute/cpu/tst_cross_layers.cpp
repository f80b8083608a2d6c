// SPDX-License-Identifier: Apache-2.0
// What is particular to DCNv2 on the CPU backend: weights that do not fit, values that are not finite. The numbers are
// in tst_cpu_backend.
#include <QtTest>

#include <cmath>
#include <functional>
#include <limits>

#include "core/compute/cpu/cpu_backend.h"
#include "tests/core/compute/synthetic_model.h"
#include "tests/support/test_program.h"

namespace tst_cross_layers {

using namespace dlrm;
using namespace dlrm::test;

namespace {

ModelShape crossShape() {
    ModelShape s;
    s.crossLayers = 2;
    s.projection = 4;
    s.tableDims = {3, 8, 16};
    return s;
}

std::string loadError(const std::function<void(SyntheticModel&, ModelSpec&, ModelWeights&)>& spoil) {
    SyntheticModel model(crossShape(), 5);
    ModelSpec spec = model.spec();
    ModelWeights weights = model.weights();
    weights.spec = &spec;
    spoil(model, spec, weights);
    auto result = (*makeCpuBackend({1, Precision::Fp32}))->load(std::move(weights), {});
    return result ? std::string() : result.error().code;
}

}  // namespace

class TestCrossLayers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void weightsThatDoNotFitAreAnError() {
        const std::string misfit = "E-CPU-002";
        QCOMPARE(loadError([](auto&, auto&, auto&) {}), std::string());
        QCOMPARE(loadError([](auto&, auto&, ModelWeights& w) { w.cross.pop_back(); }), misfit);
        QCOMPARE(loadError([](auto&, auto&, ModelWeights& w) { w.cross[1].u.pop_back(); }), misfit);
        QCOMPARE(loadError([](auto&, auto&, ModelWeights& w) { w.cross[0].v.clear(); }), misfit);
        QCOMPARE(loadError([](auto&, auto&, ModelWeights& w) { w.cross[0].bias.push_back(0); }), misfit);
        QCOMPARE(loadError([](auto&, auto&, ModelWeights& w) { w.cross[0].projection = 0; }), misfit);
        QCOMPARE(loadError([](auto&, ModelSpec& s, auto&) { s.crossLayers[0].width = 17; }), misfit);
        QCOMPARE(loadError([](auto&, ModelSpec& s, auto&) { s.tables[1].dim = 16; }), misfit);
        QCOMPARE(loadError([](auto&, ModelSpec& s, ModelWeights& w) {
                     s.crossLayers.clear();
                     w.cross.clear();
                 }),
                 misfit);
        QCOMPARE(loadError([](auto&, ModelSpec& s, auto&) { s.interaction = InteractionKind::Dot; }), misfit);
    }

    void weightsThatAreNotFiniteReachTheLogit() {
        for (const Precision precision : {Precision::Fp32, Precision::Bf16}) {
            SyntheticModel model(crossShape(), 5);
            model.cross[0].u[3] = std::numeric_limits<float>::quiet_NaN();
            auto device = (*makeCpuBackend({2, precision}))->load(model.weights(), {});
            QVERIFY(device);
            for (const std::int64_t rows : {1, 5, 300}) {
                const Batch batch = model.rows(rows, 3);
                std::vector<float> logits(static_cast<std::size_t>(rows));
                QVERIFY((*device)->forward(batch.view(), logits, {}, nullptr, {}));
                for (const float z : logits) QVERIFY(std::isnan(z));
            }
        }
    }
};

DLRM_TEST(TestCrossLayers);

}  // namespace tst_cross_layers

#include "tst_cross_layers.moc"
