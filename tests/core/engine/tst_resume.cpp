// SPDX-License-Identifier: Apache-2.0
// Evaluations that were stopped and gone on with: the measures hold the bits of one run.
#include <QTest>

#include <cmath>

#include "core/analysis/slices/partition.h"
#include "core/engine/evaluation.h"
#include "tests/core/engine/fakes.h"
#include "tests/support/test_program.h"

namespace tst_resume {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = 333;
constexpr std::size_t kNumericals = 13, kTables = 5;  // of the tiny golden checkpoints

std::shared_ptr<Engine> openEngine(const std::shared_ptr<FakeDevice>& device) {
    EngineOptions options;
    options.backend = fakeBackend(device);
    auto engine = Engine::open(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint", options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

// One slice, and one field's bins.
std::shared_ptr<const SlicePlan> plan() {
    auto out = std::make_shared<SlicePlan>();
    out->partitions = {std::make_shared<SlicePartition>("row 50-200", std::vector<SliceTest>{RowTest{{50, 200}}})};
    out->bins = {
        std::make_shared<SlicePartition>("cat_0 bins", std::vector<RowClass>{IdEdges{0, {1}}},
                                         std::vector<std::vector<std::string>>{{"cat_0 id 0", "cat_0 id 1-"}})};
    out->choice.weakest = 3;
    return out;
}

MemoryDataset rowsOf(const Engine& engine) {
    MemoryDataset out(kRows, kNumericals, kTables);
    out.m_id = [tableRows = engine.spec().tables.front().rows](std::int64_t row, std::size_t feature) {
        return feature == 0 ? static_cast<std::int32_t>(row * row % tableRows) : 0;
    };
    return out;
}

void predict(const BatchView& batch, std::span<float> logits) {
    for (std::size_t i = 0; i < logits.size(); ++i) logits[i] = std::sin(static_cast<float>(batch.ids[i])) * 3;
}

}  // namespace

class TestResume : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRunStoppedAtAnyBatchGivesTheBitsOfOneRun_data() {
        QTest::addColumn<bool>("fails");
        QTest::addColumn<int>("dropLast");
        QTest::newRow("cancelled") << false << 0;
        QTest::newRow("failed") << true << 0;
        QTest::newRow("without the last partial batch") << false << 50;
    }
    void aRunStoppedAtAnyBatchGivesTheBitsOfOneRun() {
        QFETCH(bool, fails);
        QFETCH(int, dropLast);
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        const MemoryDataset data = rowsOf(*engine);
        EvaluateOptions options;
        options.slices = plan();
        options.dropLast = dropLast;
        int until = -1;  // batches that are predicted before it stops
        std::stop_source stop;
        device->forward = [&](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            if (until == 0) {
                if (fails) return fail(Error("E-TEST-001", "A batch fails."));
                stop.request_stop();
                return cancelled();
            }
            --until;
            predict(batch, logits);
            return {};
        };
        auto whole = engine->measureEvaluation(data, options);
        QVERIFY(whole.has_value());
        const auto expected = statesOf(*whole);
        const std::int64_t asked = dropLast > 0 ? kRows - kRows % dropLast : kRows;
        QCOMPARE(whole->scores.rows(), asked);
        for (const int batches : {0, 1, 3, 7}) {
            auto measures = newEvaluation(data, engine->spec(), options);
            QVERIFY(measures.has_value());
            int stops = 0;
            while (true) {
                until = batches == 0 && stops > 0 ? 5 : batches;
                stop = std::stop_source();
                const auto passed = engine->continueEvaluation(data, options, *measures, {}, {{}, stop.get_token()});
                if (passed) break;
                QCOMPARE(passed.error().isCancelled(), !fails);
                // Whole batches, and no more than were predicted; their origin is known.
                QCOMPARE(measures->scores.rows(), measures->provenance.measuredRows());
                QCOMPARE(measures->slices->rows(), measures->scores.rows());
                QVERIFY(measures->scores.rows() < asked);
                if (measures->scores.rows() > 0) QVERIFY(!measures->provenance.datasetFingerprint.empty());
                QVERIFY(++stops < 100);
            }
            QVERIFY(stops > 0);
            QCOMPARE(measures->scores.rows(), asked);
            QVERIFY((measures->provenance.rows == std::vector<RowRange>{{0, asked - 1}}));
            QCOMPARE(measures->provenance.fingerprint, whole->provenance.fingerprint);
            QCOMPARE(measures->provenance.notes.size(), whole->provenance.notes.size());
            const auto found = statesOf(*measures);
            QCOMPARE(found.size(), expected.size());
            for (const auto& [key, state] : expected) QVERIFY2(found.find(key)->second == state, key.c_str());
            const Evaluation shown = evaluationOf(*measures, asked, true), once = evaluationOf(*whole, asked, true);
            QCOMPARE(shown.report.find("auc")->value.value(), once.report.find("auc")->value.value());
            QVERIFY(shown.range == once.range);
            // Nothing is left: it ends at once.
            until = 0;
            QVERIFY(engine->continueEvaluation(data, options, *measures).has_value());
            QCOMPARE(measures->scores.rows(), asked);
        }
    }

    // What others saw of the rows is of no use then.
    void aMeasureThatFailedSpoilsThePass() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        const MemoryDataset data = rowsOf(*engine);
        device->forward = [](const BatchView& rows, std::span<float> logits, std::stop_token) -> Result<void> {
            predict(rows, logits);
            return {};
        };
        class Failing : public Measure {
        public:
            std::string_view key() const override { return "failing"; }
            MeasureWants wants() const override { return {true, true, {}}; }
            std::int64_t rows() const override { return 0; }
            Result<void> add(const MeasuredRows& rows) override {
                if (rows.firstRow == 0) return {};
                return fail(Error("E-TEST-002", "A measure fails.").atRow(rows.firstRow));
            }

        protected:
            std::vector<std::int64_t> shape() const override { return {}; }
            Result<void> mergeSame(Measure&) override { return {}; }
            void saveInto(MeasureState&) override {}
            Result<void> loadFrom(MeasureState&) override { return {}; }
        };
        Failing failing;
        Measure* const measures[] = {&failing};
        PassProgress progress;
        const auto passed = engine->measure(data, {}, measures, "failing", {}, {}, &progress);
        QVERIFY(!passed && progress.spoiled && progress.done.rows.empty());
        QVERIFY((progress.asked == RowRange{0, kRows - 1}));
    }

    // Rows of files that changed meanwhile are not kept.
    void rowsOfChangedFilesAreNotKept() {
        const auto device = std::make_shared<FakeDevice>();
        const auto engine = openEngine(device);
        MemoryDataset data = rowsOf(*engine);
        int batches = 0;
        device->forward = [&](const BatchView& batch, std::span<float> logits, std::stop_token) -> Result<void> {
            if (++batches == 4) {
                data.m_unchanged = [] { return Result<void>(fail(Error("E-FILE-005", "The file was changed."))); };
                return cancelled();
            }
            predict(batch, logits);
            return {};
        };
        auto measures = newEvaluation(data, engine->spec(), {});
        QVERIFY(!engine->continueEvaluation(data, {}, *measures).has_value());
        QVERIFY(measures->provenance.rows.empty());
        QCOMPARE(measures->scores.rows(), 0);
    }
};

DLRM_TEST(TestResume);

}  // namespace tst_resume

#include "tst_resume.moc"
