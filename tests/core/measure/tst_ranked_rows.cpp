// SPDX-License-Identifier: Apache-2.0
// GAUC by the value of a field, and the scores of a slice only, against recounts row by row.
#include <QTest>

#include <limits>
#include <map>

#include "core/measure/grouped_scores.h"
#include "core/measure/scores.h"
#include "tests/core/measure/measured_world.h"
#include "tests/support/test_program.h"

namespace tst_ranked_rows {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = MeasuredWorld::kRows;
// Each group's AUC is rounded once, in the recount once for each pair.
constexpr double kRounding = 1e-12;

struct Pairs {
    std::vector<float> clicked, others;
};

// By its definition: every pair of a clicked and another row of a group, ties ½.
GroupedAuc recount(const MeasuredWorld& of, std::size_t table) {
    std::map<std::int32_t, Pairs> groups;
    for (std::int64_t r = 0; r < kRows; ++r) {
        Pairs& group = groups[of.id(r, table)];
        (of.clicked(r) ? group.clicked : group.others).push_back(of.logits[static_cast<std::size_t>(r)]);
    }
    GroupedAuc out;
    double weighted = 0, rows = 0;
    for (const auto& [id, group] : groups) {
        const auto n = std::ssize(group.clicked) + std::ssize(group.others);
        out.rows += n;
        ++out.groups;
        if (group.clicked.empty() || group.others.empty()) {
            ++out.skippedGroups;
            out.skippedRows += n;
            continue;
        }
        double inOrder = 0;
        for (const float a : group.clicked)
            for (const float b : group.others) inOrder += a > b ? 1 : a == b ? 0.5 : 0;
        weighted += static_cast<double>(n) * inOrder / static_cast<double>(group.clicked.size()) /
                    static_cast<double>(group.others.size());
        rows += static_cast<double>(n);
    }
    if (rows > 0) out.value = weighted / rows;
    return out;
}

std::string codeOf(const Result<void>& result) { return result ? "no error" : result.error().code; }

}  // namespace

class TestRankedRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gaucIsThatOfARecount_data() {
        QTest::addColumn<bool>("tied");
        QTest::newRow("scores as they are") << false;
        QTest::newRow("few scores, many of them equal") << true;
    }
    void gaucIsThatOfARecount() {
        QFETCH(bool, tied);
        MeasuredWorld here;
        if (tied)
            for (std::size_t r = 0; r < here.logits.size(); ++r) here.logits[r] = static_cast<float>(r % 5) - 2.0F;
        if (tied) here.logits[7] = -0.0F;  // the score of the rows with +0
        for (std::size_t table = 0; table < MeasuredWorld::kTables; ++table) {
            GroupedScores scores(TableId{static_cast<int>(table)}, here.spec.tables[table].rows);
            here.addTo(scores, 3000, kRows - 3000);
            here.addTo(scores, 0, 3000);
            QVERIFY(scores.finish({}).has_value());
            const GroupedAuc found = scores.result(), expected = recount(here, table);
            QCOMPARE(found.rows, kRows);
            QCOMPARE(found.groups, expected.groups);
            QCOMPARE(found.skippedGroups, expected.skippedGroups);
            QCOMPARE(found.skippedRows, expected.skippedRows);
            QVERIFY(found.value && std::fabs(*found.value - *expected.value) <= kRounding);
            if (table == 2) QVERIFY(found.skippedGroups > 0);  // of 1,000 ids some have one class only
        }
    }

    void withoutBothClassesThereIsNoGauc() {
        MeasuredWorld here;
        GroupedScores none(TableId{2}, 1000);
        QVERIFY(!none.result().value && none.result().groups == 0);
        std::fill(here.batch.labels.begin(), here.batch.labels.end(), std::uint8_t{1});
        GroupedScores clicked(TableId{2}, 1000);
        here.addTo(clicked, 0, kRows);
        const GroupedAuc found = clicked.result();
        QVERIFY(!found.value && found.skippedGroups == found.groups && found.skippedRows == kRows);
    }

    // Whoever does not wait for the end of the sorting finds the same rows.
    void sortingIsCancelled() {
        const MeasuredWorld here;
        GroupedScores scores(TableId{2}, 1000);
        here.addTo(scores, 0, kRows);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(codeOf(scores.finish(stop.get_token())), std::string("E-CANCELLED"));
        QVERIFY(std::fabs(*scores.result().value - *recount(here, 2).value) <= kRounding);
    }

    void statesThatCannotBeAreRefused() {
        const MeasuredWorld here;
        GroupedScores scores(TableId{2}, 1000);
        here.addTo(scores, 0, kRows);
        const MeasureState whole = scores.save();
        const auto rows = std::get<std::vector<std::int64_t>>(whole.arrays().find("grouped_rows")->second);
        const auto load = [&](const std::vector<std::int64_t>& changed) {
            MeasureState state;
            for (const auto& [key, array] : whole.arrays())
                if (key != "grouped_rows") state.put(key, array);
            state.put("grouped_rows", changed);
            GroupedScores loaded(TableId{2}, 1000);
            return codeOf(loaded.load(std::move(state)));
        };
        QCOMPARE(load(rows), std::string("no error"));
        auto changed = rows;
        std::swap(changed.front(), changed.back());
        QCOMPARE(load(changed), std::string("E-MEASURE-005"));
        const auto one = [](std::int32_t id, ScoreKey key) {
            return std::vector<std::int64_t>{static_cast<std::int64_t>(groupedRow(id, key, 1))};
        };
        QCOMPARE(load(one(999, keyOf(1.5F))), std::string("no error"));
        QCOMPARE(load(one(1000, keyOf(1.5F))), std::string("E-MEASURE-005"));  // no such id
        QCOMPARE(load(one(std::numeric_limits<std::int32_t>::max(), keyOf(1.5F))), std::string("E-MEASURE-005"));
        QCOMPARE(load(one(5, 0x7FFFFFFF)), std::string("E-MEASURE-005"));  // −0
        QCOMPARE(load(one(5, keyOf(std::numeric_limits<float>::infinity()))), std::string("E-MEASURE-005"));
    }

    // As if only those rows had been there.
    void scoresOfASliceAreThoseOfItsRows() {
        const MeasuredWorld here;
        // Row numbers are the data's: the pass begins at another one.
        const auto numberOf = [](std::int64_t row) { return row + 100; };
        const auto where = std::make_shared<SlicePartition>(
            std::string("num_0 > 3 and row 700-"),
            std::vector<SliceTest>{NumberTest{0, SliceComparison::Greater, {3}, 0.0F}, RowTest{{700, 1 << 30}}});
        Scores some(where, numberOf), expected;
        here.addTo(some, 1000, kRows - 1000);
        here.addTo(some, 0, 1000);
        std::vector<float> logits;
        std::vector<std::uint8_t> labels;
        for (std::int64_t r = 0; r < kRows; ++r) {
            if (r % 7 <= 3 || MeasuredWorld::kFirstRow + r + 100 < 700) continue;
            logits.push_back(here.logits[static_cast<std::size_t>(r)]);
            labels.push_back(here.batch.labels[static_cast<std::size_t>(r)]);
        }
        MeasuredRows rows;
        rows.rows.rows = std::ssize(labels);
        rows.rows.labels = labels;
        rows.logits = logits;
        QVERIFY(expected.add(rows).has_value());
        QVERIFY(some.rows() > 1000 && some.rows() < kRows / 2);
        QVERIFY(some.save() == expected.save());
    }

    void aBadRowOfASliceIsNamed() {
        MeasuredWorld here;
        here.logits[1234] = std::numeric_limits<float>::quiet_NaN();  // 1234 % 7 is 2
        const auto of = [&](float least) {
            Scores scores(std::make_shared<SlicePartition>(
                              std::string("num_0 >= x"),
                              std::vector<SliceTest>{NumberTest{0, SliceComparison::GreaterEqual, {least}, {}}}),
                          [](std::int64_t row) { return row; });
            MeasuredRows rows;
            rows.rows = here.batch.view();
            rows.firstRow = MeasuredWorld::kFirstRow;
            rows.logits = here.logits;
            return scores.add(rows);
        };
        const auto added = of(2);
        QCOMPARE(codeOf(added), std::string("E-METRIC-001"));
        QCOMPARE(added.error().row, MeasuredWorld::kFirstRow + 1234);
        QCOMPARE(codeOf(of(3)), std::string("no error"));  // it is none of its rows
    }
};

DLRM_TEST(TestRankedRows);

}  // namespace tst_ranked_rows

#include "tst_ranked_rows.moc"
