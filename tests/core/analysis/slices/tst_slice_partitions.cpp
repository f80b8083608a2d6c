// SPDX-License-Identifier: Apache-2.0
// Which class every row is in, against what the sentence says of the row.
#include <QTest>

#include <functional>
#include <map>

#include "tests/core/analysis/slices/sliced_world.h"
#include "tests/support/test_program.h"

namespace tst_slice_partitions {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = SlicedWorld::kRows;

const SlicedWorld& world() {
    static const SlicedWorld made;
    return made;
}

std::shared_ptr<const SlicePartition> made(Result<std::shared_ptr<const SlicePartition>> result) {
    if (!result) qFatal("%s", result.error().text().c_str());
    return *result;
}

std::map<std::string, std::int64_t> rowsOfSlices(const std::string& group) {
    const auto partition = made(world().group(group));
    std::map<std::string, std::int64_t> out;
    for (std::size_t i = 0; i < partition->listed(); ++i) out[partition->sentence(i)] = 0;
    for (const std::uint16_t index : world().classesBy(*partition)) ++out.at(partition->sentence(index));
    return out;
}

}  // namespace

class TestSlicePartitions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreToldByTheirValues() {
        const SlicedWorld& here = world();
        const auto count = [&](std::int64_t row, std::size_t field) {
            return here.counts[field][static_cast<std::size_t>(row)];
        };
        const auto present = [&](std::int64_t row, std::size_t field) { return fedAs(count(row, field)) != 0; };
        const auto fed = [&](std::int64_t row, std::size_t field) { return fedAs(count(row, field)); };
        const auto untrained = [&](std::int64_t row) { return here.id(row, 1) >= 7; };
        using Holds = std::function<bool(std::int64_t)>;
        const std::vector<std::pair<const char*, Holds>> sentences{
            {"all", [](std::int64_t) { return true; }},
            {"num_0 = 5", [&](std::int64_t r) { return count(r, 0) == 5; }},
            {"num_0 != 5", [&](std::int64_t r) { return count(r, 0) != 5; }},
            {"num_0 < 5", [&](std::int64_t r) { return present(r, 0) && *count(r, 0) < 5; }},
            {"num_0 <= 5", [&](std::int64_t r) { return present(r, 0) && *count(r, 0) <= 5; }},
            {"num_0 > -2", [&](std::int64_t r) { return present(r, 0); }},
            {"num_0 in 5, 7", [&](std::int64_t r) { return count(r, 0) == 5 || count(r, 0) == 7; }},
            {"num_0 missing", [&](std::int64_t r) { return !present(r, 0); }},
            {"num_0 present", [&](std::int64_t r) { return present(r, 0); }},
            // Through float16 some counts are fed alike, and what is fed is compared.
            {"\"page views\" >= 1000000", [&](std::int64_t r) { return fed(r, 1) >= fedAs(1000000); }},
            {"num_1 = 7919", [&](std::int64_t r) { return fed(r, 1) == fedAs(7919); }},
            {"cat_1 id 5-20", [&](std::int64_t r) { return here.id(r, 1) >= 5 && here.id(r, 1) <= 20; }},
            {"C2 id 990-", [&](std::int64_t r) { return here.id(r, 1) >= 990; }},
            {"cat_1 decade 0", [&](std::int64_t r) { return here.id(r, 1) == 0; }},
            {"cat_1 decade 3", [&](std::int64_t r) { return here.id(r, 1) >= 100 && here.id(r, 1) <= 999; }},
            {"cat_1 missing", [&](std::int64_t r) { return here.id(r, 1) == 0; }},
            {"cat_1 = a73ee510", [&](std::int64_t r) { return here.id(r, 1) == 5; }},
            {"cat_1 != A73EE510", [&](std::int64_t r) { return here.id(r, 1) != 5; }},
            {"cat_1 in a73ee510, 00000001", [&](std::int64_t r) { return here.id(r, 1) == 5 || here.id(r, 1) == 2; }},
            {"cat_1 untrained", untrained},
            {"untrained_fields = 1", untrained},
            {"unknown_fields >= 1", [&](std::int64_t r) { return here.id(r, 0) == 0 || here.id(r, 1) == 0; }},
            {"unknown_fields = 2", [&](std::int64_t r) { return here.id(r, 0) == 0 && here.id(r, 1) == 0; }},
            {"row 600-700", [](std::int64_t r) { return r >= 100 && r <= 200; }},
            {"cat_0 id 1 and num_0 > 20 and row -999",
             [&](std::int64_t r) { return here.id(r, 0) == 1 && present(r, 0) && *count(r, 0) > 20 && r < 500; }}};
        for (const auto& [sentence, holds] : sentences) {
            const auto classes = here.classesBy(*made(here.slice(sentence)));
            std::int64_t rows = 0;
            for (std::int64_t r = 0; r < kRows; ++r) {
                QVERIFY2((classes[static_cast<std::size_t>(r)] == 0) == holds(r),
                         qPrintable(QStringLiteral("%1, row %2").arg(QLatin1String(sentence)).arg(r)));
                rows += holds(r);
            }
            QVERIFY2(rows > 0, sentence);
        }
    }

    // A key cuts all rows into its slices, each of which is a sentence that is true of just these rows.
    void everySliceOfAKeyIsItsSentence_data() {
        QTest::addColumn<QString>("group");
        for (const char* group :
             {"cat_1 decade", "cat_0 decade", "cat_1 top 3", "cat_0 top 100", "cat_1 top 40", "cat_1 missing",
              "num_0 missing", "num_0 quantiles 4", "num_1 quantiles 50", "num_0 quantiles 1", "unknown_fields",
              "untrained_fields", "row blocks 3", "row blocks 4096", "cat_1 decade, num_0 quantiles 3",
              "num_0 missing, row blocks 2", "cat_1 top 2, cat_1 decade"})
            QTest::newRow(group) << QString::fromLatin1(group);
    }
    void everySliceOfAKeyIsItsSentence() {
        QFETCH(QString, group);
        const auto partition = made(world().group(group.toStdString()));
        const auto classes = world().classesBy(*partition);
        QCOMPARE(partition->classes(), partition->listed());
        for (std::size_t i = 0; i < partition->listed(); ++i) {
            const auto alone = world().slice(partition->sentence(i));
            QVERIFY2(alone, alone ? "" : alone.error().text().c_str());
            QCOMPARE((*alone)->sentence(0), partition->sentence(i));
            if (partition->listed() > 100 && i % 97 != 0) continue;
            const auto inside = world().classesBy(**alone);
            for (std::size_t r = 0; r < classes.size(); ++r)
                QVERIFY2((classes[r] == i) == (inside[r] == 0), partition->sentence(i).c_str());
        }
    }

    void keysAreCutWhereTheyAreSaidToBe() {
        using Rows = std::map<std::string, std::int64_t>;
        const auto ids = [](std::int64_t first, std::int64_t last) {
            std::int64_t n = 0;
            for (std::int64_t r = 0; r < kRows; ++r) n += world().id(r, 1) >= first && world().id(r, 1) <= last;
            return n;
        };
        QVERIFY(rowsOfSlices("cat_1 decade") == (Rows{{"cat_1 missing", ids(0, 0)},
                                                      {"cat_1 id 1-9", ids(1, 9)},
                                                      {"cat_1 id 10-99", ids(10, 99)},
                                                      {"cat_1 id 100-999", ids(100, 999)}}));
        QVERIFY(rowsOfSlices("cat_1 top 2") == (Rows{{"cat_1 missing", ids(0, 0)},
                                                     {"cat_1 id 1", ids(1, 1)},
                                                     {"cat_1 id 2", ids(2, 2)},
                                                     {"cat_1 id 3-999", ids(3, 999)}}));
        QVERIFY(rowsOfSlices("cat_0 top 9") ==
                (Rows{{"cat_0 missing", 667}, {"cat_0 id 1", 667}, {"cat_0 id 2", 666}}));
        // 500 … 2499 are here, of 10,000.
        QVERIFY(rowsOfSlices("row blocks 4") ==
                (Rows{{"row 0-2499", 2000}, {"row 2500-4999", 0}, {"row 5000-7499", 0}, {"row 7500-9999", 0}}));
        const Rows quarters = rowsOfSlices("num_1 quantiles 4");
        QCOMPARE(quarters.size(), std::size_t{5});
        QCOMPARE(quarters.at("num_1 missing"), 400);
        constexpr std::int64_t kFedAlike = 30;  // rows at most whose counts are one number through float16
        for (const auto& [sentence, rows] : quarters) QVERIFY2(std::abs(rows - 400) <= kFedAlike, sentence.c_str());
    }

    void numbersOfAnUnknownPreprocessingAreComparedAsTheyAreStored() {
        SlicedWorld other;
        other.fields.feed = {};
        const auto above = other.classesBy(*made(other.slice("num_0 >= 2.5")));
        const auto missing = other.classesBy(*made(other.slice("num_0 missing")));
        std::int64_t rows = 0;
        for (std::size_t r = 0; r < above.size(); ++r) {
            QCOMPARE(above[r] == 0, other.batch.numerical[2 * r] >= 2.5f);
            QCOMPARE(missing[r] == 0, other.batch.numerical[2 * r] == 0);
            rows += above[r] == 0;
        }
        QVERIFY(rows > 0 && rows < kRows);
        const auto group = made(other.group("num_0 quantiles 3"));
        for (std::size_t i = 0; i < group->listed(); ++i) QVERIFY(other.slice(group->sentence(i)).has_value());
        other.fields.zeroIsMissing = false;
        QVERIFY(!other.slice("num_0 missing"));
    }

    void anotherCutIsAnotherFingerprint() {
        const std::uint64_t one = made(world().group("num_0 quantiles 4"))->fingerprint();
        QCOMPARE(made(world().group("num_0 quantiles 4"))->fingerprint(), one);
        QVERIFY(made(world().group("num_0 quantiles 5"))->fingerprint() != one);
        SlicedWorld other;
        for (auto& count : other.counts[0]) count = 5;
        QVERIFY(made(other.group("num_0 quantiles 4"))->fingerprint() != one);
        const std::uint64_t untrained = made(world().slice("cat_1 untrained"))->fingerprint();
        other.untrained[1].bits[0] ^= 4;
        QVERIFY(made(other.slice("cat_1 untrained"))->fingerprint() != untrained);
    }
};

DLRM_TEST(TestSlicePartitions);

}  // namespace tst_slice_partitions

#include "tst_slice_partitions.moc"
