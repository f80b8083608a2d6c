// SPDX-License-Identifier: Apache-2.0
// Some rows of a dataset read as those rows do, in any order, of one id per feature or of many; samples are the same
// for a seed.
#include <QTest>

#include <set>

#include "core/dataset/readers/selected_rows.h"
#include "tests/support/test_program.h"

namespace tst_selected_rows {

using namespace dlrm;

namespace {

std::shared_ptr<const Dataset> open(const char* name) {
    auto dataset = openDataset(std::string(DLRM_TEST_DATA "/golden/datasets/") + name, {});
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return *std::move(dataset);
}

Batch read(const Dataset& dataset, std::int64_t first, std::int64_t count) {
    Batch out;
    if (auto done = dataset.read(first, count, out); !done) qFatal("%s", done.error().text().c_str());
    return out;
}

// Row i of a batch as numbers.
std::vector<double> row(const Batch& batch, std::int64_t i) {
    std::vector<double> out;
    const BatchView view = batch.view();
    for (std::int64_t n = 0; n < view.numericals; ++n)
        out.push_back(view.numerical[static_cast<std::size_t>(i * view.numericals + n)]);
    for (std::int64_t t = 0; t < view.tables; ++t) {
        if (view.multiHot())
            for (const std::int32_t id : view.bag(static_cast<std::size_t>(t), i)) out.push_back(id);
        else out.push_back(view.ids[static_cast<std::size_t>(t * view.idStride + i)]);
        out.push_back(-1);
    }
    if (!view.labels.empty()) out.push_back(view.labels[static_cast<std::size_t>(i)]);
    return out;
}

}  // namespace

class TestSelectedRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreThoseOfTheDataset_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("one id") << QByteArray("tiny");
        QTest::newRow("many ids") << QByteArray("multihot_tfrecords");
    }
    void rowsAreThoseOfTheDataset() {
        QFETCH(QByteArray, name);
        const auto whole = open(name.constData());
        const auto some = selectRows(whole, {{10, 12}, {3, 3}, {20, 30}}, "a few");
        const std::vector<std::int64_t> ids{10, 11, 12, 3, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30};
        QCOMPARE(some->rows(), std::ssize(ids));
        QCOMPARE(some->notes().back(), std::string("Only a part of the rows was looked at: a few."));
        for (std::size_t i = 0; i < ids.size(); ++i) QCOMPARE(some->numberOf(static_cast<std::int64_t>(i)), ids[i]);
        const auto ofThose = selectRows(some, {{3, 4}}, "two of them");
        QCOMPARE(ofThose->numberOf(0), 3);
        QCOMPARE(ofThose->numberOf(1), 20);
        QCOMPARE(whole->numberOf(20), 20);
        const Batch all = read(*whole, 0, 31);
        for (std::int64_t first = 0; first < some->rows(); ++first)
            for (const std::int64_t count : {std::int64_t{1}, some->rows() - first}) {
                const Batch part = read(*some, first, count);
                QCOMPARE(part.rows, count);
                QCOMPARE(part.firstRow, first);
                for (std::int64_t i = 0; i < count; ++i)
                    QVERIFY(row(part, i) == row(all, ids[static_cast<std::size_t>(first + i)]));
            }
    }
    void samplesAreSetsOfRows() {
        const auto rowsOf = [](const std::vector<RowRange>& ranges) {
            std::set<std::int64_t> out;
            for (const RowRange& r : ranges)
                for (std::int64_t i = r.first; i <= r.last; ++i)
                    if (!out.insert(i).second) qFatal("a row twice");
            return out;
        };
        const auto one = rowsOf(sampledRows(1000, 100, 1)), two = rowsOf(sampledRows(1000, 100, 2));
        QCOMPARE(one.size(), std::size_t{100});
        QVERIFY(*one.begin() >= 0 && *one.rbegin() < 1000);
        QVERIFY(one == rowsOf(sampledRows(1000, 100, 1)) && one != two);
        QCOMPARE(sampledRows(10, 10, 1), (std::vector<RowRange>{{0, 9}}));
        QCOMPARE(sampledRows(10, 99, 1), (std::vector<RowRange>{{0, 9}}));
        // Every row comes as often as any other: 10 of 100, 2,000 times.
        std::vector<int> times(100);
        for (std::uint64_t seed = 0; seed < 2000; ++seed)
            for (const std::int64_t r : rowsOf(sampledRows(100, 10, seed))) ++times[static_cast<std::size_t>(r)];
        for (const int n : times) QVERIFY(n > 200 - 80 && n < 200 + 80);  // six standard deviations of 13.4
    }
};

DLRM_TEST(TestSelectedRows);

}  // namespace tst_selected_rows

#include "tst_selected_rows.moc"
