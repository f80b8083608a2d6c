// SPDX-License-Identifier: Apache-2.0
// Order and filters against std::stable_sort.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "core/analysis/tables/row_order.h"
#include "tests/support/test_program.h"

namespace tst_row_order {

using namespace dlrm;

namespace {

struct Table {
    explicit Table(std::int64_t rows) {
        std::mt19937 random(1);
        untrained.rows = rows;
        untrained.bits.resize(static_cast<std::size_t>((rows + 63) / 64));
        for (std::int64_t r = 0; r < rows; ++r) {
            norms.push_back(random() % 50 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                               : static_cast<float>(random() % 1000) / 7);
            cosines.push_back(random() % 50 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                                 : static_cast<float>(static_cast<int>(random() % 2001) - 1000) / 1000);
            hits.push_back(random() % 3 == 0 ? 0 : random());
            if (random() % 3 == 0) untrained.bits[static_cast<std::size_t>(r / 64)] |= std::uint64_t{1} << (r % 64);
        }
        if (rows > 3) {
            norms[0] = std::numeric_limits<float>::infinity();
            norms[1] = 0.0f;
            cosines[2] = -0.0f;
            hits[3] = std::numeric_limits<std::uint32_t>::max();
        }
    }
    RowColumns columns() const {
        RowColumns c;
        c.rows = static_cast<std::int64_t>(norms.size());
        c.norms = norms;
        c.cosines = cosines;
        c.hits = hits;
        c.untrained = &untrained;
        return c;
    }
    double key(RowKey k, std::uint32_t id) const {
        switch (k) {
            case RowKey::Id:
                return id;
            case RowKey::Norm:
                return norms[id];
            case RowKey::CosineToMean:
                return cosines[id];
            case RowKey::Trained:
                return untrained.contains(id) ? 0 : 1;
            case RowKey::Hits:
                return hits[id];
        }
        return 0;
    }
    std::vector<float> norms, cosines;
    std::vector<std::uint32_t> hits;
    UntrainedRows untrained;
};

std::vector<std::uint32_t> expected(const Table& table, const RowQuery& q) {
    std::vector<std::uint32_t> ids;
    for (std::uint32_t id = 0; id < table.norms.size(); ++id) {
        if (q.ids && (id < q.ids->first || id > q.ids->last)) continue;
        if (q.trained && table.untrained.contains(id) == *q.trained) continue;
        if (q.norm && !(table.norms[id] >= q.norm->low && table.norms[id] <= q.norm->high)) continue;
        if (q.cosine && !(table.cosines[id] >= q.cosine->low && table.cosines[id] <= q.cosine->high)) continue;
        if (q.hits && !(table.hits[id] >= q.hits->low && table.hits[id] <= q.hits->high)) continue;
        ids.push_back(id);
    }
    std::stable_sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
        const double x = table.key(q.sortBy, a), y = table.key(q.sortBy, b);
        if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
        return q.descending ? x > y : x < y;
    });
    return ids;
}

}  // namespace

class TestRowOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sortsByEveryKey_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<bool>("descending");
        for (int key = 0; key <= static_cast<int>(RowKey::Hits); ++key)
            for (const bool descending : {false, true})
                QTest::addRow("%d %s", key, descending ? "down" : "up") << key << descending;
    }
    void sortsByEveryKey() {
        QFETCH(int, key);
        QFETCH(bool, descending);
        const Table table(20000);
        RowQuery q;
        q.sortBy = static_cast<RowKey>(key);
        q.descending = descending;
        const std::vector<std::uint32_t> all = expected(table, q);
        const auto whole = orderRows(table.columns(), q);
        QVERIFY(whole.has_value());
        QVERIFY(whole->ids == all);
        QCOMPARE(whole->passing, 20000);
        for (const std::int64_t limit : {1, 100, 20000, 30000}) {
            q.limit = limit;
            const auto top = orderRows(table.columns(), q);
            QVERIFY(top.has_value());
            QCOMPARE(top->passing, 20000);
            QVERIFY(std::equal(top->ids.begin(), top->ids.end(), all.begin()));
            QCOMPARE(static_cast<std::int64_t>(top->ids.size()), std::min<std::int64_t>(limit, 20000));
        }
    }

    void filters_data() {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 7; ++i) QTest::addRow("%d", i) << i;
    }
    void filters() {
        QFETCH(int, which);
        const Table table(5000);
        RowQuery q;
        q.sortBy = RowKey::Norm;
        if (which == 0) q.ids = RowRange{100, 199};
        if (which == 1) q.ids = RowRange{4990, std::numeric_limits<std::int64_t>::max()};
        if (which == 2) q.trained = true;
        if (which == 3) q.trained = false;
        if (which == 4) q.norm = ValueRange{10, 20};
        if (which == 5) q.cosine = ValueRange{-0.1, 0.0};
        if (which == 6) {
            q.hits = ValueRange{1, 1e9};
            q.trained = true;
            q.ids = RowRange{-5, 3000};
            q.sortBy = RowKey::Id;
            q.descending = true;
        }
        const std::vector<std::uint32_t> all = expected(table, q);
        const auto found = orderRows(table.columns(), q);
        QVERIFY(found.has_value());
        QVERIFY(!found->ids.empty() && found->ids.size() < 5000);
        QVERIFY(found->ids == all);
    }

    void emptyRanges() {
        const Table table(10), none(0);
        RowQuery q;
        q.sortBy = RowKey::Norm;
        QVERIFY(orderRows(none.columns(), q)->ids.empty());
        q.ids = RowRange{7, 3};
        QVERIFY(orderRows(table.columns(), q)->ids.empty());
        q.ids = RowRange{20, 30};
        QCOMPARE(orderRows(table.columns(), q)->passing, 0);
    }

    void missingColumnsAreAnError() {
        Table table(10);
        RowColumns c;
        c.rows = 10;
        RowQuery q;
        QVERIFY(orderRows(c, q).has_value());
        for (const RowKey key : {RowKey::Norm, RowKey::CosineToMean, RowKey::Hits, RowKey::Trained}) {
            q.sortBy = key;
            const auto r = orderRows(c, q);
            QVERIFY(!r);
            QCOMPARE(r.error().code, std::string("E-ANALYSIS-002"));
        }
    }

    void tooManyRowsAreAnError() {
        RowColumns c;
        c.rows = (std::int64_t{1} << 32) + 1;
        const auto r = orderRows(c, {});
        QVERIFY(!r);
        QCOMPARE(r.error().code, std::string("E-ANALYSIS-001"));
    }

    void stops() {
        const Table table(1000);
        std::stop_source stop;
        stop.request_stop();
        RowQuery q;
        q.sortBy = RowKey::Norm;
        const auto r = orderRows(table.columns(), q, {.stop = stop.get_token()});
        QVERIFY(!r && r.error().isCancelled());
    }
};

DLRM_TEST(TestRowOrder);

}  // namespace tst_row_order

#include "tst_row_order.moc"
