// SPDX-License-Identifier: Apache-2.0
// Synthetic numbers: functions of their position, on the initializer's lattice, distributed as promised.
#include <QFile>
#include <QTest>

#include <cmath>
#include <cstring>
#include <map>
#include <vector>

#include "core/base/float_conversions.h"
#include "core/synthetic/demo_shape.h"
#include "core/synthetic/demo_writer.h"
#include "core/synthetic/synthetic_values.h"
#include "tests/support/test_program.h"

namespace tst_synthetic_values {

using namespace dlrm;

namespace {

// Whether `value` is fl(fl(k/2^23 · (max − min)) + min) for an integer k: by trying the k that fits best and its
// neighbours, each operation rounded to float32.
bool onLattice(float value, std::int64_t cardinality) {
    const auto high = static_cast<float>(std::sqrt(1.0 / static_cast<double>(cardinality)));
    const float low = -high;
    const volatile float width = high - low;
    const double guess = (static_cast<double>(value) - low) / width * 8388608.0;
    for (int d = -2; d <= 2; ++d) {
        const double k = std::round(guess) + d;
        if (k < 0 || k >= 8388608) continue;
        const volatile float u = static_cast<float>(k / 8388608.0);
        const volatile float scaled = u * width;
        const volatile float moved = scaled + low;
        if (moved == value) return true;
    }
    return false;
}

}  // namespace

class TestSyntheticValues : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anyRowIsTheSameHoweverItIsReached() {
        constexpr std::int64_t kDim = 128, kCardinality = 5000;
        std::vector<float> all(1000 * kDim), one(kDim);
        fillTableRows(7, 3, kCardinality, kDim, 4000, all);
        for (const std::int64_t row : {4000, 4001, 4567, 4999}) {
            fillTableRows(7, 3, kCardinality, kDim, row, one);
            QVERIFY(std::memcmp(one.data(), all.data() + (row - 4000) * kDim, kDim * sizeof(float)) == 0);
        }
    }
    void seedTableRowAndColumnAllMatter() {
        std::vector<float> base(16), other(16);
        fillTableRows(1, 0, 5000, 16, 100, base);
        fillTableRows(2, 0, 5000, 16, 100, other);
        QVERIFY(base != other);
        fillTableRows(1, 1, 5000, 16, 100, other);
        QVERIFY(base != other);
        fillTableRows(1, 0, 5000, 16, 101, other);
        QVERIFY(base != other);
        for (std::size_t c = 1; c < base.size(); ++c) QVERIFY(base[c] != base[0]);
    }
    void untrainedRowsStandOnTheInitializersLattice_data() {
        QTest::addColumn<qint64>("cardinality");
        QTest::addColumn<qint64>("dim");
        QTest::newRow("largest of FL15") << qint64(8165896) << qint64(128);
        QTest::newRow("odd width") << qint64(12345) << qint64(7);
    }
    void untrainedRowsStandOnTheInitializersLattice() {
        QFETCH(qint64, cardinality);
        QFETCH(qint64, dim);
        std::vector<float> row(static_cast<std::size_t>(dim));
        int untrained = 0, trained = 0, trainedOnLattice = 0, trainedValues = 0;
        for (std::int64_t r = 900; r < 12000 && untrained < 200; ++r) {
            fillTableRows(1, 5, cardinality, dim, r, row);
            if (isTrainedRow(1, 5, r)) {
                ++trained;
                for (const float v : row) trainedOnLattice += onLattice(v, cardinality);
                trainedValues += static_cast<int>(dim);
                continue;
            }
            ++untrained;
            for (const float v : row)
                QVERIFY2(onLattice(v, cardinality),
                         qPrintable(QString("row %1: %2").arg(r).arg(static_cast<double>(v), 0, 'g', 9)));
        }
        QCOMPARE(untrained, 200);
        QVERIFY(trained >= 100);
        QVERIFY(trainedOnLattice < trainedValues / 3);  // random values hit it about every fifth time
    }
    void frequentRowsAreTrainedAndRareOnesSeldom() {
        int early = 0, late = 0;
        for (std::int64_t r = 0; r < 1000; ++r) {
            early += isTrainedRow(1, 0, r);
            late += isTrainedRow(1, 0, 1'000'000 + r);
        }
        QCOMPARE(early, 1000);
        QVERIFY(late > 0 && late < 50);
    }
    void idsFillTheirTableAndFavourLowOnes() {
        for (const std::int64_t cardinality : {1, 2, 4, 1000}) {
            std::map<std::int32_t, int> seen;
            for (std::int64_t row = 0; row < 20'000; ++row) {
                const std::int32_t id = syntheticId(1, 0, row, 2, cardinality);
                QVERIFY(id >= 0 && id < cardinality);
                ++seen[id];
            }
            if (cardinality < 1000) QCOMPARE(static_cast<std::int64_t>(seen.size()), cardinality);
            if (cardinality == 1000) QVERIFY(seen[1] > 10 * seen[50] && seen[50] > 0 && seen[0] > 20'000 / 25);
        }
    }
    void numericalsAreLogarithmsOfCountsOrMissing() {
        int missing = 0;
        for (std::int64_t row = 0; row < 5000; ++row) {
            const float value = halfToFloat(syntheticNumerical(1, 0, row, 4));
            missing += value == 0.0F;
            if (value != 0.0F) {
                const double count = std::round(std::exp(static_cast<double>(value)) - 3.0);
                // Half a unit in the last place of float16, relative 2^-11, moves the count's logarithm by less than
                // 0.005.
                QVERIFY(std::abs(std::log(std::max(0.0, count) + 3.0) - static_cast<double>(value)) < 0.005);
            }
        }
        QVERIFY(missing > 300 && missing < 1200);
    }
    void specIsWrittenAsPyYamlDoes() {
        DemoShape tiny;
        tiny.cardinalities = {1000, 7, 300, 3, 50};
        QFile golden(DLRM_TEST_DATA "/golden/datasets/tiny/feature_spec.yaml");
        QVERIFY(golden.open(QIODevice::ReadOnly));
        QCOMPARE(QByteArray::fromStdString(featureSpecYaml(tiny)), golden.readAll());
    }
    void idTypeFollowsTheOriginalsRule() {
        QCOMPARE(idBytes(126), 1);
        QCOMPARE(idBytes(127), 2);
        QCOMPARE(idBytes(32766), 2);
        QCOMPARE(idBytes(32767), 4);
    }
    void fl15HasTheOriginalsFilesAndSize() {
        const DemoShape shape = DemoShape::fl15();
        QCOMPARE(demoTensors(shape).size(), 42U);
        std::int64_t values = 0;
        for (const DemoTensor& tensor : demoTensors(shape)) values += tensor.values();
        QCOMPARE(4 * values, 16'756'564'484);  // the published size of the checkpoint
        QCOMPARE(rowBytes(shape), 89);
        QVERIFY(demoBytes({.likeFl15 = true, .rows = 1000, .seed = 1}) > 4 * values + 1000 * 89);
    }
};

DLRM_TEST(TestSyntheticValues);

}  // namespace tst_synthetic_values

#include "tst_synthetic_values.moc"
