// SPDX-License-Identifier: Apache-2.0
// The pass that measures share: what is read and predicted, how often, and how it ends.
#include <QTest>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "core/measure/dataset_fingerprint.h"
#include "core/measure/row_pass.h"
#include "core/measure/scores.h"
#include "core/measure/traffic_counts.h"
#include "tests/core/engine/fakes.h"
#include "tests/core/measure/memory_checkpoint.h"
#include "tests/support/test_program.h"

namespace tst_row_pass {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::size_t kTables = 3;

// Rows that somebody chose: the data numbers them from 1,000 on.
struct ChosenRows : MemoryDataset {
    using MemoryDataset::MemoryDataset;
    std::int64_t numberOf(std::int64_t row) const override { return row + 1000; }
};

struct FakePredictor : RowPredictor {
    std::int64_t batch = 16, calls = 0, loaded = 0, largest = 0;
    float logit = 0.5F;
    std::int64_t waitMilliseconds = 0;
    Result<std::int64_t> preferredBatch(const Job&) override {
        ++loaded;
        return batch;
    }
    Result<void> forward(const BatchView& rows, const RowNumberFn&, std::span<float> logits, const Wanted& wanted,
                         Intermediates* intermediates, const std::stop_token&) override {
        ++calls;
        largest = std::max(largest, rows.rows);
        std::fill(logits.begin(), logits.end(), logit);
        if (wanted.activations) intermediates->topActivations = {{1, 2}};
        std::this_thread::sleep_for(std::chrono::milliseconds(waitMilliseconds));
        return {};
    }
    BackendInfo backendInfo() const override { return {"fake", "fake device", "for a test", Precision::Fp32}; }
};

// Notes what it is shown.
struct Witness : Measure {
    MeasureWants wanted;
    std::vector<std::int64_t> firsts;
    std::int64_t seen = 0, finished = 0;
    bool intermediates = false, logits = false;

    std::string_view key() const override { return "witness"; }
    MeasureWants wants() const override { return wanted; }
    std::int64_t rows() const override { return seen; }
    Result<void> add(const MeasuredRows& rows) override {
        firsts.push_back(rows.firstRow);
        seen += rows.rows.rows;
        intermediates = rows.intermediates != nullptr;
        logits = !rows.logits.empty();
        return {};
    }
    Result<void> finish(const std::stop_token&) override {
        ++finished;
        return {};
    }
    std::vector<std::int64_t> shape() const override { return {}; }
    Result<void> mergeSame(Measure&) override { return {}; }
    void saveInto(MeasureState&) override {}
    Result<void> loadFrom(MeasureState&) override { return {}; }
};

struct Pass {
    MemoryCheckpoint checkpoint{{10, 10, 10}};
    FakePredictor predictor;
    RowRange range{0, -1};
    std::int64_t dropLast = 0;

    Result<Provenance> run(const Dataset& dataset, std::vector<Measure*> measures, const Job& job = {},
                           const InterimFn& interim = {}) {
        return runRowPass(
            {dataset, checkpoint.get(), checkpoint.get().spec(), &predictor, range, dropLast, "measuring", {}},
            measures, job, interim);
    }
};

template <class T>
std::string codeOf(const Result<T>& result) {
    return result ? "no error" : result.error().code;
}

Result<void> changed() { return fail(Error("E-FILE-005", "changed")); }

}  // namespace

#define COMPARE_CODE(result, code) QCOMPARE(codeOf(result), std::string(code))

class TestRowPass : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyMeasureSeesEveryRowOnceAndInOrder() {
        Pass pass;
        pass.range = {5, 104};
        Witness one, other;
        one.wanted.logits = other.wanted.logits = true;
        QVERIFY(pass.run(MemoryDataset(200, 1, kTables), {&one, &other}).has_value());
        QVERIFY((one.firsts == std::vector<std::int64_t>{5, 21, 37, 53, 69, 85, 101}));
        QVERIFY(other.firsts == one.firsts);
        QCOMPARE(one.seen, 100);
        QCOMPARE(one.finished, 1);
        QVERIFY(one.logits && !one.intermediates);
        QCOMPARE(pass.predictor.calls, 7);  // once for both
    }

    void nothingIsPredictedWhereOnlyIdsAreWanted() {
        Pass pass;
        TrafficCounts traffic(pass.checkpoint.get().spec().tables);
        MemoryDataset data(70'000, 1, kTables);
        data.m_labels = false;
        const auto origin = pass.run(data, {&traffic});
        QVERIFY2(origin.has_value(), origin ? "" : origin.error().text().c_str());
        QCOMPARE(pass.predictor.loaded, 0);
        QCOMPARE(pass.predictor.calls, 0);
        QCOMPARE(traffic.rows(), 70'000);
        QVERIFY(!origin->backend.has_value());
        QVERIFY(origin->fingerprint.empty());
        QVERIFY(pass.run(MemoryDataset(0, 1, kTables), {&traffic}).has_value());
        QVERIFY(
            runRowPass({data, pass.checkpoint.get(), pass.checkpoint.get().spec(), nullptr, {0, 9}, 0, "measuring", {}},
                       std::vector<Measure*>{&traffic}, {})
                .has_value());
    }

    void intermediatesComeInSmallBatches() {
        Pass pass;
        pass.predictor.batch = 5000;
        Witness plain, deep;
        deep.wanted.intermediates.activations = true;
        QVERIFY(pass.run(MemoryDataset(6000, 1, kTables), {&plain, &deep}).has_value());
        QCOMPARE(pass.predictor.largest, 1152);
        QVERIFY(deep.intermediates && deep.logits);
        pass.predictor.largest = 0;
        plain.wanted.logits = true;
        QVERIFY(pass.run(MemoryDataset(6000, 1, kTables), {&plain}).has_value());
        QCOMPARE(pass.predictor.largest, 5000);
    }

    void provenanceSaysWhatWasMeasured() {
        Pass pass;
        pass.range = {10, 59};
        pass.dropLast = 16;
        Scores scores;
        const MemoryDataset data(100, 1, kTables);
        const auto origin = pass.run(data, {&scores});
        QVERIFY(origin.has_value());
        QCOMPARE(origin->checkpoint, std::string("memory"));
        QCOMPARE(origin->layout, std::string("B"));
        QVERIFY(origin->fingerprint.starts_with("xxh3:"));
        QCOMPARE(origin->interactionOrder, std::string("custom_cuda"));
        QCOMPARE(origin->interactionSource, std::string("default"));
        QCOMPARE(origin->dataset, std::string("memory"));
        QCOMPARE(origin->split, std::string("test"));
        QCOMPARE(origin->profile, std::string("nvidia_spark"));
        QCOMPARE(origin->datasetFingerprint, datasetFingerprintOf(data));
        QVERIFY((origin->rows == std::vector<RowRange>{{10, 57}}));
        QCOMPARE(origin->measuredRows(), 48);
        QCOMPARE(origin->totalRows, 100);
        QVERIFY((origin->notes == std::vector<std::string>{"2 rows of the last partial batch of 16 were left out"}));
        QCOMPARE(origin->backend->name, std::string("fake"));
        QVERIFY(origin->seconds > 0 && origin->rowsPerSecond > 0);
        QCOMPARE(scores.rows(), 48);
    }

    void aStopEndsIt() {
        Pass pass;
        pass.predictor.waitMilliseconds = 60;  // so that progress is told
        std::stop_source stop;
        Witness witness;
        witness.wanted.logits = true;
        const auto stopped = pass.run(MemoryDataset(200, 1, kTables), {&witness},
                                      {[&](const Progress& p) {
                                           QCOMPARE(std::string(p.stage), std::string("measuring"));
                                           stop.request_stop();
                                       },
                                       stop.get_token()});
        QVERIFY(!stopped && stopped.error().isCancelled());
        QVERIFY(witness.seen < 200);
        QCOMPARE(witness.finished, 0);
    }

    void interimComesBeforeTheEndWithTheRowsSoFar() {
        Pass pass;
        pass.predictor.waitMilliseconds = 60;
        Witness witness;
        witness.wanted.logits = true;
        std::int64_t last = 0;
        int told = 0;
        const auto origin =
            pass.run(MemoryDataset(200, 1, kTables), {&witness}, {}, [&](const Provenance& soFar, std::int64_t total) {
                ++told;
                QCOMPARE(total, 200);
                QCOMPARE(soFar.measuredRows(), witness.seen);
                QVERIFY(witness.seen > last && witness.seen < 200);
                last = witness.seen;
            });
        QVERIFY(origin.has_value());
        QVERIFY(told > 0);
    }

    void aFileThatChangesIsAnErrorAtTheEndAndBeforeInterimFigures() {
        Pass pass;
        MemoryDataset data(200, 1, kTables);
        data.m_unchanged = changed;
        Witness witness;
        COMPARE_CODE(pass.run(data, {&witness}), "E-FILE-005");
        QCOMPARE(witness.finished, 0);
        pass.predictor.waitMilliseconds = 60;
        witness.wanted.logits = true;
        bool shown = false;
        COMPARE_CODE(pass.run(data, {&witness}, {}, [&](const Provenance&, std::int64_t) { shown = true; }),
                     "E-FILE-005");
        QVERIFY(!shown);
    }

    void errorsNameTheRowAsTheDataDoes() {
        Pass pass;
        ChosenRows data(50, 1, kTables);
        data.m_id = [](std::int64_t row, std::size_t) { return row == 23 ? 10 : 0; };
        TrafficCounts traffic(pass.checkpoint.get().spec().tables);
        const auto outside = pass.run(data, {&traffic});
        COMPARE_CODE(outside, "E-ENGINE-004");
        QCOMPARE(outside.error().row, 1023);
        data.m_id = [](std::int64_t, std::size_t) { return 0; };
        pass.range = {20, 49};
        pass.predictor.logit = std::numeric_limits<float>::quiet_NaN();
        Scores scores;
        const auto notFinite = pass.run(data, {&scores});
        COMPARE_CODE(notFinite, "E-METRIC-001");
        QCOMPARE(notFinite.error().row, 1020);
    }

    void whatCannotBeMeasuredIsRefused() {
        Pass pass;
        Scores scores;
        MemoryDataset data(50, 1, kTables);
        pass.range = {40, 50};
        COMPARE_CODE(pass.run(data, {&scores}), "E-ENGINE-003");
        pass.range = {0, 9};
        pass.dropLast = 11;
        COMPARE_CODE(pass.run(data, {&scores}), "E-ENGINE-009");
        data.m_labels = false;
        COMPARE_CODE(pass.run(data, {&scores}), "E-ENGINE-006");
        QCOMPARE(pass.predictor.loaded, 0);
    }

    void aDatasetsFingerprintIsThatOfItsValues() {
        MemoryDataset data(1000, 1, kTables), same(1000, 1, kTables), longer(1001, 1, kTables), other(1000, 1, kTables),
            unlabelled(1000, 1, kTables);
        other.m_id = [](std::int64_t row, std::size_t feature) { return row == 999 && feature == 1 ? 3 : 0; };
        unlabelled.m_labels = false;
        const std::string fingerprint = datasetFingerprintOf(data);
        QCOMPARE(fingerprint.size(), std::string("xxh3:0123456789abcdef").size());
        QCOMPARE(datasetFingerprintOf(same), fingerprint);
        for (const MemoryDataset* one : {&longer, &other, &unlabelled})
            QVERIFY(datasetFingerprintOf(*one) != fingerprint);
        QVERIFY(datasetFingerprintOf(MemoryDataset(0, 1, kTables)).starts_with("xxh3:"));
        struct Unreadable : MemoryDataset {
            using MemoryDataset::MemoryDataset;
            Result<void> read(std::int64_t, std::int64_t, Batch&, std::stop_token) const override { return changed(); }
        };
        QCOMPARE(datasetFingerprintOf(Unreadable(5, 1, kTables)), std::string("xxh3:----------------"));
    }
};

DLRM_TEST(TestRowPass);

}  // namespace tst_row_pass

#include "tst_row_pass.moc"
