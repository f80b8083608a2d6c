// SPDX-License-Identifier: Apache-2.0
// Two tables row by row, against a recount in double that looks at one row after the other.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <tbb/global_control.h>

#include "core/compare/table_comparison.h"
#include "tests/core/analysis/tables/memory_table.h"
#include "tests/support/test_program.h"

namespace tst_table_comparison {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = 70'000, kDim = 19;  // of several groups; no multiple of what is added up side by side
constexpr double kRounding = 1e-12;                // of sums in double in another order

struct Values {
    std::vector<float> a, b;
};

// A table that was initialized, some rows of which were trained in A already, and more in B.
Values someValues() {
    Values out;
    out.a = initialValues(kRows * kDim, static_cast<float>(std::sqrt(1.0 / static_cast<double>(kRows))), 5);
    const std::vector<float> trained = normalValues(kRows * kDim, 0.1F, 0, 6);
    const auto train = [&](std::vector<float>& values, std::int64_t row, float scale) {
        for (std::int64_t c = row * kDim; c < (row + 1) * kDim; ++c)
            values[static_cast<std::size_t>(c)] = scale * trained[static_cast<std::size_t>(c)];
    };
    for (std::int64_t row = 0; row < kRows; row += 7) train(out.a, row, 1);
    out.b = out.a;
    for (std::int64_t row = 0; row < kRows; row += 14) train(out.b, row, 1.01F);
    for (std::int64_t row = 3; row < kRows; row += 21) train(out.b, row, 1);
    return out;
}

struct Recount {
    std::int64_t matched = 0, equal = 0;
    double largest = 0, dd = 0, aa = 0, bb = 0, ab = 0;
    std::vector<ChangedRow> changed;
};

Recount recount(const std::vector<float>& a, const std::vector<float>& b, const RowMatch& match) {
    Recount out;
    for (std::size_t row = 0; row < match.size(); ++row) {
        if (match[row] < 0) continue;
        ++out.matched;
        const float* const x = a.data() + row * kDim;
        const float* const y = b.data() + static_cast<std::size_t>(match[row]) * kDim;
        const bool same = std::equal(x, x + kDim, y);
        out.equal += same;
        double squares = 0;
        for (std::int64_t c = 0; c < kDim; ++c) {
            const double u = static_cast<double>(x[c]), v = static_cast<double>(y[c]);
            out.largest = std::max(out.largest, std::fabs(v - u));
            squares += (v - u) * (v - u);
            out.aa += u * u, out.bb += v * v, out.ab += u * v;
        }
        out.dd += squares;
        if (!same)
            out.changed.push_back({RowId{static_cast<std::int64_t>(row)}, RowId{match[row]}, std::sqrt(squares)});
    }
    std::stable_sort(out.changed.begin(), out.changed.end(),
                     [](const ChangedRow& x, const ChangedRow& y) { return x.norm > y.norm; });
    return out;
}

RowMatch sameIds(std::int64_t rows) {
    RowMatch out;
    for (std::int64_t id = 0; id < rows; ++id) out.push_back(static_cast<std::int32_t>(id));
    return out;
}

bool near(double x, double y) { return std::abs(x - y) <= kRounding * std::max(1.0, std::abs(y)); }

TableComparison compared(const MemoryTable& a, const MemoryTable& b, const RowMatch* match = nullptr) {
    auto out = compareTables({TableId{0}, &a.view()}, {TableId{0}, &b.view()}, match);
    if (!out) qFatal("%s", out.error().text().c_str());
    return *std::move(out);
}

void compareWith(const TableComparison& found, const Recount& expected) {
    QCOMPARE(found.matched, expected.matched);
    QCOMPARE(found.equal, expected.equal);
    QCOMPARE(found.touched(), expected.matched - expected.equal);
    QCOMPARE(found.values.largest, expected.largest);
    QVERIFY(near(*found.values.relativeNorm, std::sqrt(expected.dd / expected.aa)));
    QVERIFY(near(*found.values.cosine, expected.ab / std::sqrt(expected.aa * expected.bb)));
    QCOMPARE(found.largest.size(), std::min(kMostChangedRows, expected.changed.size()));
    for (std::size_t i = 0; i < found.largest.size(); ++i) {
        QVERIFY(near(found.largest[i].norm, expected.changed[i].norm));
        QVERIFY(found.largest[i].a == expected.changed[i].a && found.largest[i].b == expected.changed[i].b);
    }
}

}  // namespace

class TestTableComparison : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void changedRowsAreThoseOfARecount() {
        const Values values = someValues();
        const Recount expected = recount(values.a, values.b, sameIds(kRows));
        for (const Storage storage : {Storage::Plain, Storage::ColumnParts, Storage::BigEndian}) {
            const MemoryTable a(kRows, kDim, values.a), b(kRows, kDim, values.b, storage);
            const TableComparison found = compared(a, b);
            compareWith(found, expected);
            // Every row 21k + 3 that was not trained before: one in seven was.
            std::int64_t newly = 0;
            for (std::int64_t row = 3; row < kRows; row += 21) newly += row % 7 != 0;
            QVERIFY(found.newlyTrained.has_value());
            QCOMPARE(*found.newlyTrained, newly);
            QVERIFY(!found.same() && !found.values.equal);
        }
    }

    void aTableIsItself() {
        const Values values = someValues();
        const MemoryTable a(kRows, kDim, values.a), b(kRows, kDim, values.a, Storage::RowParts);
        const TableComparison found = compared(a, b);
        QVERIFY(found.same() && found.values.equal);
        QCOMPARE(found.values.largest, 0.0);
        QCOMPARE(*found.values.relativeNorm, 0.0);
        QCOMPARE(*found.values.cosine, 1.0);
        QCOMPARE(*found.newlyTrained, 0);
        QVERIFY(found.largest.empty());
    }

    // B's ids in another order, and some values that only one of them has.
    void rowsAreMatchedAsTheyAreToldToBe() {
        const Values values = someValues();
        RowMatch match;
        for (std::int64_t id = 0; id < kRows; ++id)
            match.push_back(id % 5 == 4 ? -1 : static_cast<std::int32_t>(id * 31 % (kRows - 1)));
        const MemoryTable a(kRows, kDim, values.a), b(kRows, kDim, values.b, Storage::Unaligned);
        compareWith(compared(a, b, &match), recount(values.a, values.b, match));
    }

    void aShorterTableIsComparedUpToItsEnd() {
        const Values values = someValues();
        constexpr std::int64_t kFewer = 40'001;
        const MemoryTable whole(kRows, kDim, values.a),
            part(kFewer, kDim, std::vector<float>(values.b.begin(), values.b.begin() + kFewer * kDim));
        RowMatch match = sameIds(kRows);
        std::fill(match.begin() + kFewer, match.end(), -1);
        const TableComparison found = compared(whole, part);
        QVERIFY(!found.same());
        QCOMPARE(found.matched, kFewer);
        QCOMPARE(found.equal, recount(values.a, values.b, match).equal);
        QCOMPARE(compared(part, whole).matched, kFewer);
    }

    void valuesThatAreNotFiniteAreCountedAndLeftOut() {
        Values values = someValues();
        const Recount expected = recount(values.a, values.b, sameIds(kRows));
        values.a[5 * kDim] = values.b[5 * kDim] = std::numeric_limits<float>::quiet_NaN();
        values.b[14 * kDim + 3] = std::numeric_limits<float>::infinity();
        const MemoryTable a(kRows, kDim, values.a), b(kRows, kDim, values.b);
        const TableComparison found = compared(a, b);
        QCOMPARE(found.values.notFinite, 2);
        QCOMPARE(found.values.otherNotFinite, 1);  // row 5 is the same in both
        QCOMPARE(found.equal, expected.equal);     // row 5 has the same bits, row 14 was touched anyway
        QVERIFY(std::isfinite(found.values.largest) && std::isfinite(*found.values.relativeNorm));
        std::vector<float> x{1, 2, std::numeric_limits<float>::quiet_NaN(), 4}, y{1, 2.5F, 3, 4};
        const ValueDifference kernel = compareValues(x, y);
        QVERIFY(!kernel.equal);
        QCOMPARE(kernel.notFinite, 1);
        QCOMPARE(kernel.largest, 0.5);
        QVERIFY(near(*kernel.relativeNorm, 0.5 / std::sqrt(21.0)));
    }

    void whatCannotBeToldIsNot() {
        const std::vector<float> zeros(100 * kDim), values = normalValues(100 * kDim, 0.1F, 0, 9);
        const TableComparison fromZero = compared(MemoryTable(100, kDim, zeros), MemoryTable(100, kDim, values));
        QVERIFY(!fromZero.values.relativeNorm && !fromZero.values.cosine);
        QVERIFY(fromZero.values.largest > 0);
        QVERIFY(!compared(MemoryTable(100, kDim, values, Storage::Half), MemoryTable(100, kDim, values)).newlyTrained);
        const TableComparison none = compared(MemoryTable(0, kDim, {}), MemoryTable(0, kDim, {}));
        QVERIFY(none.same() && none.matched == 0 && !none.values.cosine);
        // The sign of a zero is a bit like any other.
        const TableComparison sign =
            compared(MemoryTable(100, kDim, zeros), MemoryTable(100, kDim, std::vector<float>(100 * kDim, -0.0F)));
        QCOMPARE(sign.touched(), 100);
        QCOMPARE(sign.values.largest, 0.0);
    }

    void theSameBitsForAnyNumberOfThreadsAndAStop() {
        const Values values = someValues();
        const MemoryTable a(kRows, kDim, values.a), b(kRows, kDim, values.b);
        std::vector<TableComparison> found;
        for (const std::size_t threads : {std::size_t{1}, std::size_t{4}}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            found.push_back(compared(a, b));
        }
        QVERIFY(found[0].values.relativeNorm == found[1].values.relativeNorm &&
                found[0].values.cosine == found[1].values.cosine);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped =
            compareTables({TableId{0}, &a.view()}, {TableId{0}, &b.view()}, nullptr, {{}, stop.get_token()});
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, std::string("E-CANCELLED"));
    }
};

DLRM_TEST(TestTableComparison);

}  // namespace tst_table_comparison

#include "tst_table_comparison.moc"
