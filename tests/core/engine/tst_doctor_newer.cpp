// SPDX-License-Identifier: Apache-2.0
// The doctor on layouts D, E and F. The golden rows have no labels: they are drawn from TensorFlow's own probabilities,
// so the model that made those is the truth. Whatever is read wrongly, the truth wins or nothing does.
#include <QTest>

#include <cmath>
#include <filesystem>
#include <random>

#include "core/checkpoint/checkpoint.h"
#include "tests/core/engine/newer_layouts.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_doctor_newer {

using namespace dlrm;
using test::openModel, test::rootOf, test::rowsFor, test::kHere, test::kShared;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kDraws =
    240;  // labels per golden row: 256 of them tell little, and an intercept takes some of that

}  // namespace

class TestDoctorNewer : public QObject {
    Q_OBJECT

    void eachCase() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < std::size(test::kNewerLayouts); ++i)
            QTest::newRow(test::kNewerLayouts[i].name) << static_cast<int>(i);
    }

private Q_SLOTS:
    void theTruthWinsOrNothing_data() { eachCase(); }
    void theTruthWinsOrNothing() {
        QFETCH(int, index);
        const test::NewerLayout& c = test::kNewerLayouts[index];
        DLRM_NEEDS_OUTSIDE(rootOf(c.name) + c.name);
        const auto stored = rowsFor(c, kDraws);
        if (!stored) DLRM_NEEDS_OUTSIDE(rootOf(c.source) + c.source + "/expected/logits.npy");
        int decided = 0;
        // As it is, with the tables in the other order, with numbers as if they were raw, and with shifted ids.
        struct Wrong {
            const char* name;
            std::optional<TableOrder> tables;
            Reading reading;
        };
        for (const Wrong& wrong :
             {Wrong{"rightly", std::nullopt, {}}, Wrong{"other tables", TableOrder::ByCardinality, {}},
              Wrong{"raw numbers", std::nullopt, {NumericalReading::Raw, 0}},
              Wrong{"shifted ids", std::nullopt, {NumericalReading::AlreadyLogged, 1}}}) {
            const auto dataset = readAs(stored, wrong.reading);
            const auto engine = openModel(c, dataset, wrong.tables);
            const auto report = engine->doctor(dataset.get(), {dataset->rows()});
            QVERIFY2(report, report ? "" : report.error().text().c_str());
            QVERIFY(!report->evidence.verdict);  // the layout fixes the order
            QCOMPARE(report->tables.random(), c.random);
            QCOMPARE(std::count_if(report->ranking.hypotheses.begin(), report->ranking.hypotheses.end(),
                                   [](const Hypothesis& h) { return h.asOpened; }),
                     std::ptrdiff_t{1});
            const Hypothesis* winner = report->winner();
            qInfo("%s: %s, normalized entropy %.4f", wrong.name, winner ? "decided" : "undecided",
                  report->ranking.normalizedEntropy.value_or(0));
            if (!winner) {
                QVERIFY(!report->ranking.reason.empty());
                continue;
            }
            ++decided;
            QVERIFY2(!c.random, "tables that were never loaded cannot win");
            QCOMPARE(winner->tableOrder, TableOrder::AsIs);
            QCOMPARE(winner->interaction, InteractionOrder::CustomCuda);
            QCOMPARE(winner->reading.idShift, -wrong.reading.idShift);
            if (wrong.reading.numerical == NumericalReading::AlreadyLogged)
                QCOMPARE(winner->reading.numerical, NumericalReading::AlreadyLogged);
            else QVERIFY(winner->reading.numerical == NumericalReading::LnPlus3);
            QCOMPARE(winner->asOpened, wrong.tables == std::nullopt && wrong.reading == Reading());
        }
        // Most of these models were trained for 12 steps only; what can be decided is.
        if (QByteArray(c.name) == "d_dlrm_concat_offload" || QByteArray(c.name) == "d_dlrm_dot_custom_cuda")
            QVERIFY(decided >= 3);
    }

    // The lattice test for untrained rows: the original's monolithic deployment, and no other checkpoint.
    void randomTablesAreNoticed_data() { eachCase(); }
    void randomTablesAreNoticed() {
        QFETCH(int, index);
        const test::NewerLayout& c = test::kNewerLayouts[index];
        DLRM_NEEDS_OUTSIDE(rootOf(c.name) + c.name);
        const auto rows = rowsFor(c, kDraws);
        if (c.cardinalities && !rows) DLRM_NEEDS_OUTSIDE(rootOf(c.source) + c.source + "/expected/logits.npy");
        const auto check = openModel(c, rows)->checkTables();
        QVERIFY(check);
        QCOMPARE(check->random(), c.random);
        QCOMPARE(check->note("E").empty(), !c.random);
        if (c.random) QVERIFY(check->note("E").find("deploy again") != std::string::npos);
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = openModel(c, rows)->checkTables({.stop = stop.get_token()});
        QVERIFY(!cancelled && cancelled.error().isCancelled());
    }

    void noOlderCheckpointIsAFalseAlarm() {
        int looked = 0;
        for (const std::string& folder : {std::string(DLRM_TEST_DATA "/golden/checkpoints"),
                                          std::string(DLRM_SOURCE_DIR "/../shared/golden/checkpoints")}) {
            if (!fs::exists(folder)) continue;
            for (const auto& entry : fs::directory_iterator(folder)) {
                EngineOptions options;
                options.backend = *chooseBackend({"cpu", Precision::Fp32, 1});
                const auto engine = Engine::open(entry.path().string() + "/checkpoint", options);
                QVERIFY(engine);
                const auto check = (*engine)->checkTables();
                QVERIFY(check);
                QVERIFY2(!check->random(), entry.path().c_str());
                ++looked;
            }
        }
        QVERIFY(looked >= 8);
    }

    // The order a person asks for is used, said, and recorded; asking for the one that is there changes nothing.
    void askedTableOrderIsRecorded() {
        const test::NewerLayout& c = test::kNewerLayouts[0];
        const auto dataset = rowsFor(c, kDraws);
        const auto plain = openModel(c, dataset), sorted = openModel(c, dataset, TableOrder::ByCardinality),
                   same = openModel(c, dataset, TableOrder::AsIs);
        QCOMPARE(sorted->spec().interactionTableOrder, (std::vector<int>{0, 2, 4, 1, 3}));
        QCOMPARE(sorted->info().notes.size(), plain->info().notes.size() + 1);
        QCOMPARE(same->info().notes, plain->info().notes);
        const auto a = plain->predict(*dataset, {0, 9}, {}), b = sorted->predict(*dataset, {0, 9}, {}),
                   d = same->predict(*dataset, {0, 9}, {});
        QVERIFY(a && b && d);
        QVERIFY(a->rows[5].logit != b->rows[5].logit);
        QCOMPARE(a->rows[5].logit, d->rows[5].logit);
        QCOMPARE(b->profile, a->profile + ", tables by_cardinality");
        QCOMPARE(d->profile, a->profile);
    }
};

DLRM_TEST(TestDoctorNewer);

}  // namespace tst_doctor_newer

#include "tst_doctor_newer.moc"
