// SPDX-License-Identifier: Apache-2.0
// States joined: the same in any order, and refused by name where they do not belong together.
#include <algorithm>
#include <functional>
#include <random>

#include <QTest>

#include "core/engine/evaluation.h"
#include "core/measure/state_merge.h"
#include "tests/support/test_program.h"

namespace tst_state_merge {

using namespace dlrm;

namespace {

constexpr std::int64_t kRows = 1000;

float logitOfRow(std::int64_t row) { return static_cast<float>((row * 7919) % 1009) / 100.0F - 5.0F; }
std::uint8_t labelOfRow(std::int64_t row) { return row * 31 % 7 < 2; }

SavedMeasures stateOf(std::vector<RowRange> ranges) {
    SavedMeasures out;
    Scores scores;
    for (const RowRange& range : ranges)
        for (std::int64_t row = range.first; row <= range.last; ++row) {
            const float logit = logitOfRow(row);
            const std::uint8_t label = labelOfRow(row);
            MeasuredRows one;
            one.rows.rows = 1;
            one.rows.labels = {&label, 1};
            one.logits = {&logit, 1};
            one.firstRow = row;
            if (const auto added = scores.add(one); !added) qFatal("%s", added.error().text().c_str());
        }
    out.states.emplace("scores", scores.save());
    Provenance& p = out.provenance;
    p.program = "dlrm-cli";
    p.version = "0.1.0";
    p.commit = "5009da6c1f20";
    p.fingerprint = "xxh3:0123456789abcdef";
    p.datasetFingerprint = "xxh3:fedcba9876543210";
    p.dataset = "/data/" + std::to_string(ranges.front().first);
    p.split = "test";
    p.backend = BackendInfo{"cpu", "a processor", "", Precision::Fp32};
    p.seconds = 0.25;
    p.totalRows = kRows;
    p.notes = {"Of all.", "Of the rows from " + std::to_string(ranges.front().first) + "."};
    p.rows = std::move(ranges);
    return out;
}

Result<std::unique_ptr<Measure>> made(std::string_view key, const MeasureState& state) {
    return evaluationMeasureFor(key, state);
}

StateMerge newMerge() { return {"0.1.0", "5009da6c1f20", made}; }

const std::vector<std::vector<RowRange>>& shards() {
    static const std::vector<std::vector<RowRange>> all{
        {{0, 0}}, {{1, 9}, {500, 700}}, {{10, 499}}, {{701, 701}, {703, 999}}, {{702, 702}}};
    return all;
}

}  // namespace

class TestStateMerge : public QObject {
    Q_OBJECT

    // `second` after `first`, which is added.
    void isRefused(SavedMeasures first, SavedMeasures second, const char* code, const std::vector<const char*>& words) {
        StateMerge merge = newMerge();
        QVERIFY(merge.add("first.h5", std::move(first)));
        const auto added = merge.add("second.h5", std::move(second));
        QVERIFY(!added);
        const std::string text = added.error().text();
        QVERIFY2(added.error().code == code && added.error().file == "second.h5", text.c_str());
        for (const char* word : words) QVERIFY2(text.find(word) != std::string::npos, text.c_str());
    }

private Q_SLOTS:
    void anyOrderIsOnePass() {
        const SavedMeasures whole = stateOf({{0, kRows - 1}});
        std::vector<std::size_t> order{0, 1, 2, 3, 4};
        std::mt19937 random(5);
        std::vector<std::string> notes;
        for (int round = 0; round < 10; ++round) {
            std::shuffle(order.begin(), order.end(), random);
            StateMerge merge = newMerge();
            for (const std::size_t i : order) QVERIFY(merge.add("shard" + std::to_string(i), stateOf(shards()[i])));
            QVERIFY(merge.requireAllRows());
            const SavedMeasures all = merge.save();
            QVERIFY(all.states == whole.states);
            QCOMPARE(all.provenance.rows, (std::vector<RowRange>{{0, kRows - 1}}));
            QCOMPARE(all.provenance.seconds, 1.25);
            QCOMPARE(all.provenance.rowsPerSecond, 800.0);
            QCOMPARE(all.provenance.dataset, std::string("/data/0"));
            QCOMPARE(all.provenance.backend->device, std::string("a processor"));
            if (round == 0) notes = all.provenance.notes;
            QCOMPARE(all.provenance.notes, notes);
        }
        QCOMPARE(notes.size(), std::size_t{6});
        QCOMPARE(notes[2], std::string("Of the rows from 1."));
    }

    void whatWasMergedIsMergedAgain() {
        StateMerge some = newMerge(), others = newMerge(), all = newMerge();
        for (const std::size_t i : {3, 1}) QVERIFY(some.add("s", stateOf(shards()[i])));
        for (const std::size_t i : {0, 4, 2}) QVERIFY(others.add("o", stateOf(shards()[i])));
        QCOMPARE(some.provenance().rows, (std::vector<RowRange>{{1, 9}, {500, 701}, {703, 999}}));
        QVERIFY(all.add("some", some.save()));
        QVERIFY(all.add("others", others.save()));
        QVERIFY(all.requireAllRows());
        QVERIFY(all.save().states == stateOf({{0, kRows - 1}}).states);
    }

    void machinesOfOneKindAreAllNamed() {
        SavedMeasures other = stateOf({{10, 19}});
        other.provenance.backend->device = "another processor";
        StateMerge merge = newMerge();
        QVERIFY(merge.add("b", std::move(other)));
        QVERIFY(merge.add("a", stateOf({{0, 9}})));
        QCOMPARE(merge.provenance().backend->device, std::string("a processor; another processor"));
    }

    void rowsInCommonAreNamed() {
        isRefused(stateOf({{0, 99}, {200, 299}}), stateOf({{90, 210}, {250, 250}}), "E-MERGE-001",
                  {"rows 90-99,200-210,250", "first.h5"});
        isRefused(stateOf({{50, 59}}), stateOf({{0, 99}}), "E-MERGE-001", {"rows 50-59"});
        isRefused(stateOf({{0, 99}}), stateOf({{99, 100}}), "E-MERGE-001", {"rows 99"});
    }

    void missingRowsAreNamed() {
        StateMerge merge = newMerge();
        QVERIFY(merge.add("a", stateOf({{5, 9}, {11, 499}, {600, 998}})));
        const auto all = merge.requireAllRows();
        QVERIFY(!all);
        QCOMPARE(all.error().code, std::string("E-MERGE-002"));
        QCOMPARE(all.error().found, std::string("no rows 0-4,10,500-599,999"));
        QCOMPARE(all.error().expected, std::string("all rows, 0-999"));
    }

    void whatDiffersIsNamed_data() {
        using Change = std::function<void(Provenance&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char* what, Change change) {
            QTest::newRow(what) << change << "The states differ in the " + QByteArray(what) + ".";
        };
        row("checkpoint", [](Provenance& p) { p.fingerprint = "xxh3:0000000000000000"; });
        row("interaction order", [](Provenance& p) { p.interactionOrder = "tensorflow"; });
        row("order of the tables in the interaction", [](Provenance& p) { p.interactionTables = "by_cardinality"; });
        row("combiner of several ids", [](Provenance& p) { p.combiner = "mean"; });
        row("split", [](Provenance& p) { p.split = "train"; });
        row("preprocessing profile", [](Provenance& p) { p.profile = "other"; });
        row("numerical reading", [](Provenance& p) { p.numerical = "ln3"; });
        row("id shift", [](Provenance& p) { p.idShift = 1; });
        row("reading of odd numbers", [](Provenance& p) { p.lenient = true; });
        row("reading of values without a dictionary", [](Provenance& p) { p.missingDictionary = "hash"; });
        row("number of rows", [](Provenance& p) { ++p.totalRows; });
        row("dataset", [](Provenance& p) { p.datasetFingerprint = "xxh3:0000000000000000"; });
        row("backend", [](Provenance& p) { p.backend->name = "cuda"; });
        row("precision", [](Provenance& p) { p.backend->precision = Precision::Bf16; });
        row("precision of the tables", [](Provenance& p) { p.tablePrecision = "int8"; });
    }
    void whatDiffersIsNamed() {
        QFETCH(std::function<void(Provenance&)>, change);
        QFETCH(QByteArray, sentence);
        SavedMeasures other = stateOf({{10, 19}});
        change(other.provenance);
        isRefused(stateOf({{0, 9}}), std::move(other), "E-MERGE-003", {sentence.constData(), "as in first.h5"});
    }

    void anotherVersionIsRefused() {
        for (const bool commit : {false, true}) {
            SavedMeasures other = stateOf({{10, 19}});
            (commit ? other.provenance.commit : other.provenance.version) = "9";
            isRefused(stateOf({{0, 9}}), std::move(other), "E-MERGE-004",
                      {commit ? "0.1.0, commit 9" : "9, commit 5009da6c1f20"});
        }
    }

    void otherMeasuresAreRefused() {
        SavedMeasures more = stateOf({{10, 19}}), unknown = stateOf({{0, 9}}), none = stateOf({{0, 9}});
        more.states["traffic"];
        isRefused(stateOf({{0, 9}}), std::move(more), "E-MERGE-005", {"scores, as in first.h5", "scores, traffic"});
        unknown.states["traffic"];
        none.states.clear();
        for (SavedMeasures* state : {&unknown, &none}) {
            StateMerge merge = newMerge();
            QCOMPARE(merge.add("alone", std::move(*state)).error().code, std::string("E-MERGE-005"));
        }
    }

    void aStateOfOtherRowsThanItSaysIsRefused() {
        SavedMeasures other = stateOf({{10, 19}});
        other.provenance.rows = {{10, 20}};
        isRefused(stateOf({{0, 9}}), std::move(other), "E-MEASURE-005", {"second.h5", "11", "10"});
    }

    void aDamagedMeasureIsRefused() {
        SavedMeasures other = stateOf({{10, 19}});
        other.states["scores"].put("more", std::vector<double>{1});
        isRefused(stateOf({{0, 9}}), std::move(other), "E-MEASURE-004", {"second.h5"});
    }
};

DLRM_TEST(TestStateMerge);

}  // namespace tst_state_merge

#include "tst_state_merge.moc"
