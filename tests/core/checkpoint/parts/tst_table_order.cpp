// SPDX-License-Identifier: Apache-2.0
// Which table of a layout A checkpoint is which feature: matched when certain, refused when not.
#include <QTest>

#include "core/checkpoint/parts/table_order.h"
#include "tests/support/test_program.h"

namespace tst_table_order {

using namespace dlrm;

namespace {

// FL15, feature order.
const std::vector<std::int64_t> kFl15{7912889, 33823,   17139,   7339,    20046,  4,     7105, 1382, 63,
                                      5554114, 582469,  245828,  11,      2209,   10667, 104,  4,    968,
                                      15,      8165896, 2675940, 7156453, 302516, 12022, 97,   35};

std::vector<std::vector<std::int64_t>> rowsOf(const std::vector<std::vector<int>>& features,
                                              const std::vector<std::int64_t>& cardinalities) {
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto& rank : features) {
        auto& r = rows.emplace_back();
        for (const int f : rank) r.push_back(cardinalities[static_cast<std::size_t>(f)]);
    }
    return rows;
}

CheckpointOptions withCardinalities(std::vector<std::int64_t> cardinalities) {
    CheckpointOptions options;
    options.cardinalities = std::move(cardinalities);
    return options;
}

}  // namespace

class TestTableOrder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void oneBucketIsDescendingCardinality() {
        const auto buckets = distributeToBuckets(kFl15, 1);
        QCOMPARE(buckets.size(), std::size_t{1});
        QCOMPARE(buckets[0], (std::vector<int>{19, 0, 21, 9, 20, 10, 22, 11, 1,  4,  2,  23, 14,
                                               3,  6, 13, 7, 17, 15, 24, 8,  25, 18, 12, 5,  16}));
    }

    // Worked out by hand from the rule: 10 → [0], 9 → [1], then 5 → the smaller bucket [1] (9 < 10), which is full with
    // two tables of ceil(4 / 2).
    void bucketsFillFromTheLargestTable() {
        QCOMPARE(distributeToBuckets(std::vector<std::int64_t>{5, 10, 3, 9}, 2),
                 (std::vector<std::vector<int>>{{3, 0}, {1, 2}}));
        QCOMPARE(distributeToBuckets(std::vector<std::int64_t>{5, 10}, 3),
                 (std::vector<std::vector<int>>{{1}, {0}, {}}));
    }

    void trainingOrderIsFoundForAnyNumberOfRanks() {
        for (const int ranks : {1, 2, 4, 8, 16}) {
            std::vector<std::vector<int>> features = distributeToBuckets(kFl15, ranks > 4 ? ranks - 1 : ranks);
            if (ranks > 4) features.insert(features.begin(), std::vector<int>{});
            const auto order = findTableOrder(rowsOf(features, kFl15), false, withCardinalities(kFl15), "x");
            QVERIFY2(order.has_value(), order ? "" : order.error().text().c_str());
            std::vector<int> flat;
            for (const auto& rank : features) flat.insert(flat.end(), rank.begin(), rank.end());
            QCOMPARE(order->featureOfTable, flat);
            QVERIFY(order->known);
            QVERIFY(QString::fromStdString(order->note).contains("cat_5 = cat_16 (4 rows)"));
        }
    }

    void withoutADatasetTheOrderIsNotKnown() {
        const auto order = findTableOrder({{9, 5, 3}}, false, {}, "x");
        QVERIFY(order && !order->known);
        QCOMPARE(order->featureOfTable, (std::vector<int>{0, 1, 2}));
        QVERIFY(QString::fromStdString(order->note).contains("--table-order"));
    }

    void tablesInFeatureOrderAreRecognised() {
        const auto order = findTableOrder({{5, 9, 5, 3}}, true, withCardinalities({5, 9, 5, 3}), "x");
        QVERIFY(order && order->known);
        QCOMPARE(order->featureOfTable, (std::vector<int>{0, 1, 2, 3}));
    }

    void anotherOrderIsFoundWhenAllSizesDiffer() {
        const auto order = findTableOrder({{3, 9}, {5}}, false, withCardinalities({5, 9, 3}), "x");
        QVERIFY(order && order->known);
        QCOMPARE(order->featureOfTable, (std::vector<int>{2, 1, 0}));
    }

    void anotherOrderWithEqualSizesIsRefused() {
        const auto order = findTableOrder({{3, 9, 5, 5}}, false, withCardinalities({5, 9, 3, 5}), "x");
        QVERIFY(!order);
        QCOMPARE(order.error().code, std::string("E-CKPT-021"));
        QVERIFY(QString::fromStdString(order.error().found).contains("cat_0 = cat_3 (5 rows)"));
        QVERIFY(QString::fromStdString(order.error().remedy).contains("--table-order"));
    }

    void aFeatureWithoutATableIsNamed() {
        CheckpointOptions options = withCardinalities({5, 9, 3});
        options.featureNames = {"colour", "shape", "size"};
        const auto order = findTableOrder({{9, 5, 4}}, false, options, "x");
        QVERIFY(!order);
        QCOMPARE(order.error().code, std::string("E-CKPT-020"));
        QCOMPARE(order.error().field, std::string("size"));
    }

    void anotherNumberOfTablesIsAnError() {
        const auto order = findTableOrder({{9, 5}}, false, withCardinalities({5, 9, 3}), "x");
        QVERIFY(!order);
        QCOMPARE(order.error().code, std::string("E-CKPT-029"));
    }

    void aGivenOrderIsTaken() {
        CheckpointOptions options = withCardinalities({5, 5, 9});
        options.tableOrder = {2, 1, 0};
        const auto order = findTableOrder({{9, 5, 5}}, false, options, "x");
        QVERIFY(order && order->known);
        QCOMPARE(order->featureOfTable, options.tableOrder);
    }

    void aGivenOrderMustBeAPermutation() {
        for (const std::vector<int>& wrong : {std::vector<int>{0, 1}, {0, 1, 1}, {0, 1, 3}, {-1, 0, 1}}) {
            CheckpointOptions options;
            options.tableOrder = wrong;
            const auto order = findTableOrder({{9, 5, 3}}, false, options, "x");
            QVERIFY(!order);
            QCOMPARE(order.error().code, std::string("E-CKPT-022"));
        }
    }
};

DLRM_TEST(TestTableOrder);

}  // namespace tst_table_order

#include "tst_table_order.moc"
