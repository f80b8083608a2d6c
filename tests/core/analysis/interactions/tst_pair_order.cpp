// SPDX-License-Identifier: Apache-2.0
// What says how strong a pair is, where figures are there and where they are not defined.
#include <QTest>

#include <cmath>
#include <limits>

#include "core/analysis/interactions/interactions.h"
#include "tests/support/test_program.h"

namespace tst_pair_order {

using namespace dlrm;

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Of three vectors, each figure with another pair as its largest: mean (1, 0), effect (2, 0), share (2, 1).
InteractionMatrices matrices(bool effects, bool attributions) {
    InteractionMatrices out;
    out.rows = 10;
    out.labelled = true;
    out.positives = effects ? 5 : 0;
    out.names = {"a", "b", "c"};
    const auto of = [](double first, double second, double third) {
        return std::vector<double>{0, first, second, first, 0, third, second, third, 0};
    };
    out.mean = of(-9, 2, 3);
    out.std = of(1, 1, 1);
    out.effectSize = effects ? of(1, -4, 2) : of(kNone, kNone, kNone);
    if (!effects) out.effectSize[0] = out.effectSize[4] = out.effectSize[8] = kNone;
    if (attributions) out.attribution = out.attributionAbs = of(0.1, 0.2, 0.5);
    return out;
}

}  // namespace

class PairOrderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theStrongestIsThatOfTheOrder() {
        const auto is = [](const InteractionMatrices& m, PairOrder order, std::size_t first, std::size_t second) {
            const std::vector<InteractionPair> pairs = interactionPairs(m);
            return pairOrder(m) == order && pairs[0].first == first && pairs[0].second == second;
        };
        QVERIFY(is(matrices(true, true), PairOrder::Share, 2, 1));
        QVERIFY(is(matrices(true, false), PairOrder::Effect, 2, 0));
        // Labels of one class: there is no effect, whatever is labelled.
        QVERIFY(is(matrices(false, false), PairOrder::Mean, 1, 0));
        InteractionMatrices nothing = matrices(true, true);
        nothing.attribution.assign(9, 0);
        nothing.attributionAbs.assign(9, 0);
        QVERIFY(is(nothing, PairOrder::Effect, 2, 0));
    }
};

DLRM_TEST(PairOrderTest);

}  // namespace tst_pair_order
#include "tst_pair_order.moc"
