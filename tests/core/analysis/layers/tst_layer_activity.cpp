// SPDX-License-Identifier: Apache-2.0
// Active units of one row: the same count wherever it is shown, also where outputs are not finite.
#include <QTest>

#include <cmath>
#include <limits>
#include <vector>

#include "core/analysis/layers/activity.h"
#include "tests/support/test_program.h"

namespace tst_layer_activity {

using namespace dlrm;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();

LayerActivity activityOf(const std::vector<float>& outputs) { return layerActivity(outputs); }

}  // namespace

class LayerActivityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aUnitAboveZeroIsActive() {
        const LayerActivity a = activityOf({0, -0.0F, 1e-45F, 3, -2});
        QCOMPARE(a.active, std::int64_t{2});
        QCOMPARE(a.notFinite, std::int64_t{0});
        QCOMPARE(a.largest, 3.0F);
        QCOMPARE(a.mean, (static_cast<double>(1e-45F) + 3 - 2) / 5);
    }

    void infinityIsActiveAndNaNIsNot() {
        const LayerActivity a = activityOf({kInfinity, -kInfinity, kNaN, 0});
        QCOMPARE(a.active, std::int64_t{1});
        QCOMPARE(a.notFinite, std::int64_t{3});
        QCOMPARE(a.notNumbers, std::int64_t{1});
        QCOMPARE(a.largest, kInfinity);
        QVERIFY(std::isnan(a.mean));
        QVERIFY(std::isnan(activityOf({kNaN, kNaN}).largest));
        QCOMPARE(activityOf({kNaN, -4, kNaN}).largest, -4.0F);  // in any order
    }

    void unitsSwitchBetweenTwoRows() {
        const std::vector<float> here{1, 0, 5, kInfinity, kNaN, 0, kInfinity}, there{0, 2, 6, 0, 1, kNaN, kInfinity};
        const ActivityChange change = activityChange(here, there);
        QCOMPARE(change.switched, std::int64_t{3});  // on, off, and on by an overflow
        QCOMPARE(change.notNumbers, std::int64_t{2});
        QCOMPARE(change.differences.size(), here.size());
        QCOMPARE(change.differences[1], -2.0F);
        QVERIFY(std::isnan(change.differences[6]));  // ∞ − ∞, and yet it has not switched
    }

    void everyLayerThatHasOutputsIsNamed() {
        ModelSpec spec;
        for (const char* name : {"bottom_mlp/0", "bottom_mlp/1"}) spec.bottomMlp.emplace_back().name = name;
        spec.topMlp.emplace_back().name = "top_mlp/0";
        Intermediates row;
        row.bottomActivations = {{1, 0}, {}};
        row.topActivations = {{-3}};
        const auto layers = layerActivities(row, spec);
        QCOMPARE(layers.size(), std::size_t{2});
        QCOMPARE(layers[0].layer, std::string("bottom_mlp/0"));
        QCOMPARE(layers[0].activity.active, std::int64_t{1});
        QCOMPARE(layers[0].outputs.size(), std::size_t{2});
        QCOMPARE(layers[1].layer, std::string("top_mlp/0"));
        QCOMPARE(layers[1].activity.active, std::int64_t{0});
    }
};

DLRM_TEST(LayerActivityTest);

}  // namespace tst_layer_activity

#include "tst_layer_activity.moc"
