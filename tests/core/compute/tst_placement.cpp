// SPDX-License-Identifier: Apache-2.0
// The placement planner: prefixes, budgets, order, against planners that look at every row or at every choice.
#include <QTest>

#include <algorithm>
#include <functional>
#include <random>

#include "core/compute/placement.h"
#include "tests/support/test_program.h"

namespace tst_placement {

using namespace dlrm;

namespace {

constexpr std::int64_t kGib = std::int64_t{1} << 30;
// Cardinalities of the model of 15.6 GiB.
const std::vector<std::int64_t> kFl15{7912889, 33823,   17139,   7339,    20046,  4,     7105, 1382, 63,
                                      5554114, 582469,  245828,  11,      2209,   10667, 104,  4,    968,
                                      15,      8165896, 2675940, 7156453, 302516, 12022, 97,   35};

std::vector<PlacementTable> fl15(std::int64_t rowBytes) {
    std::vector<PlacementTable> tables;
    for (const std::int64_t rows : kFl15) tables.push_back({rows, rowBytes});
    return tables;
}

std::int64_t allBytes(const std::vector<PlacementTable>& tables) {
    std::int64_t bytes = 0;
    for (const PlacementTable& t : tables) bytes += t.rows * t.rowBytes;
    return bytes;
}

double expectedLookups(const PlacementTable& table, std::int64_t row) {
    double prior = 0, seen = 0;
    for (std::int64_t r = 0; r < table.rows; ++r) prior += 1.0 / static_cast<double>(r + 1);
    for (const double n : table.traffic) seen += n;
    const double counted =
        row < static_cast<std::int64_t>(table.traffic.size()) ? table.traffic[static_cast<std::size_t>(row)] : 0;
    return (counted + 1.0 / static_cast<double>(row + 1) / prior) / (seen + 1);
}

// Row by row, the one with most lookups per byte next, until one does not fit.
std::vector<std::int64_t> naiveGreedy(const std::vector<PlacementTable>& tables, std::int64_t budget) {
    std::vector<std::int64_t> rows(tables.size());
    while (true) {
        std::size_t best = tables.size();
        double bestGain = -1;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            if (rows[t] == tables[t].rows) continue;
            const double gain = expectedLookups(tables[t], rows[t]) / static_cast<double>(tables[t].rowBytes);
            if (gain > bestGain * (1 + 1e-12)) {
                best = t;
                bestGain = gain;
            }
        }
        if (best == tables.size() || tables[best].rowBytes > budget) return rows;
        budget -= tables[best].rowBytes;
        ++rows[best];
    }
}

double lookupsOf(const std::vector<PlacementTable>& tables, const std::vector<std::int64_t>& prefixes) {
    double sum = 0;
    for (std::size_t t = 0; t < tables.size(); ++t)
        for (std::int64_t r = 0; r < prefixes[t]; ++r) sum += expectedLookups(tables[t], r);
    return sum;
}

// The most lookups any choice of prefixes within the budget gets.
double bestOfAll(const std::vector<PlacementTable>& tables, std::int64_t budget) {
    double best = 0;
    std::vector<std::int64_t> rows(tables.size());
    const std::function<void(std::size_t, std::int64_t)> choose = [&](std::size_t t, std::int64_t left) {
        if (t == tables.size()) {
            best = std::max(best, lookupsOf(tables, rows));
            return;
        }
        for (rows[t] = 0; rows[t] <= tables[t].rows && rows[t] * tables[t].rowBytes <= left; ++rows[t])
            choose(t + 1, left - rows[t] * tables[t].rowBytes);
        rows[t] = 0;
    };
    choose(0, budget);
    return best;
}

std::vector<std::int64_t> gpuRows(const std::vector<TablePlacement>& places) {
    std::vector<std::int64_t> rows;
    for (const TablePlacement& p : places) rows.push_back(p.gpuRowsPlanned);
    return rows;
}

}  // namespace

class PlacementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyBudgetIsKeptAndMoreNeverPlacesLess_data() {
        QTest::addColumn<int>("pinnedPercent");
        for (int percent = 0; percent <= 100; percent += 5) QTest::addRow("pinned %d %%", percent) << percent;
    }
    void everyBudgetIsKeptAndMoreNeverPlacesLess() {
        QFETCH(int, pinnedPercent);
        const auto tables = fl15(512);
        const std::int64_t all = allBytes(tables);
        QCOMPARE(all, std::int64_t{16'747'078'656});
        const std::int64_t pinned = all / 100 * pinnedPercent;
        std::vector<TablePlacement> before(tables.size());
        for (int percent = 0; percent <= 100; percent += 5) {
            const std::int64_t gpu = percent == 100 ? all : all / 100 * percent;
            const auto places = planPlacement(tables, {gpu, pinned});
            QCOMPARE(places.size(), tables.size());
            std::int64_t gpuBytes = 0, pinnedBytes = 0;
            for (std::size_t t = 0; t < tables.size(); ++t) {
                const TablePlacement& p = places[t];
                QVERIFY(p.gpuRowsPlanned >= 0 && p.pinnedRowsPlanned >= 0 && p.fileRows >= 0);
                QCOMPARE(p.gpuRowsPlanned + p.pinnedRowsPlanned + p.fileRows, tables[t].rows);
                QVERIFY(p.gpuRowsPlanned >= before[t].gpuRowsPlanned);
                QVERIFY(p.gpuRowsPlanned + p.pinnedRowsPlanned >=
                        before[t].gpuRowsPlanned + before[t].pinnedRowsPlanned);
                QCOMPARE(p.gpuRows + p.pinnedRows + p.gpuBytes + p.pinnedBytes, std::int64_t{0});
                gpuBytes += p.gpuRowsPlanned * tables[t].rowBytes;
                pinnedBytes += p.pinnedRowsPlanned * tables[t].rowBytes;
            }
            QVERIFY(gpuBytes <= gpu && pinnedBytes <= pinned);
            // Equal rows: nothing that fits is left out.
            QVERIFY(gpu - gpuBytes < 512 || gpuBytes == all);
            QVERIFY(pinned - pinnedBytes < 512 || gpuBytes + pinnedBytes == all);
            before = places;
        }
    }

    // 16 GiB of tables beside a GPU of 4 GiB: a fifth of the bytes answers most lookups, by the prior.
    void hotRowsOfEveryTableComeFirst() {
        const auto tables = fl15(512);
        const auto places = planPlacement(tables, {3 * kGib, 0});
        double lookups = 0;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            if (tables[t].rows <= 40'000) QCOMPARE(places[t].gpuRowsPlanned, tables[t].rows);
            QVERIFY(places[t].gpuRowsPlanned > 40'000 || places[t].fileRows == 0);
            lookups += std::log(static_cast<double>(places[t].gpuRowsPlanned) + 1) /
                       std::log(static_cast<double>(tables[t].rows) + 1);
        }
        QVERIFY2(lookups / static_cast<double>(tables.size()) > 0.95, qPrintable(QString::number(lookups)));
    }

    void equalsThePlannerThatLooksAtEveryRow() {
        std::mt19937_64 random(7);
        const auto upTo = [&](std::int64_t n) {
            return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
        };
        for (int round = 0; round < 300; ++round) {
            std::vector<PlacementTable> tables;
            for (std::int64_t t = 0, n = 1 + upTo(5); t < n; ++t) tables.push_back({1 + upTo(250), 4 * (1 + upTo(40))});
            const std::int64_t budget = upTo(allBytes(tables) + 2);
            const auto places = planPlacement(tables, {budget, 0});
            const auto twin = naiveGreedy(tables, budget);
            QCOMPARE(gpuRows(places), twin);
            // Pinned memory changes nothing on the GPU, and takes the rest where it is large enough.
            const auto both = planPlacement(tables, {budget, 1 << 20});
            QCOMPARE(gpuRows(both), twin);
            for (const TablePlacement& p : both) QCOMPARE(p.fileRows, std::int64_t{0});
        }
    }

    // With rows of one size, hottest first is the best choice there is.
    void noOtherChoiceGetsMoreLookups() {
        std::mt19937_64 random(8);
        for (int round = 0; round < 40; ++round) {
            std::vector<std::vector<double>> counts;
            std::vector<PlacementTable> tables;
            for (std::size_t t = 0; t < 3; ++t) {
                const auto rows = static_cast<std::int64_t>(1 + random() % 9);
                counts.emplace_back();
                // Counts that fall with the rank, as ids of the training data do.
                double count = static_cast<double>(random() % 100);
                for (std::int64_t r = 0; r < rows; ++r) {
                    counts.back().push_back(count);
                    count *= static_cast<double>(random() % 100) / 100.0;
                }
                tables.push_back({rows, 64});
            }
            if (round % 2)
                for (std::size_t t = 0; t < 3; ++t) tables[t].traffic = counts[t];
            const auto budget = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(allBytes(tables) + 64));
            const auto places = planPlacement(tables, {budget, 0});
            const double got = lookupsOf(tables, gpuRows(places)), best = bestOfAll(tables, budget);
            QVERIFY2(got >= best - 1e-12,
                     qPrintable(QStringLiteral("round %1: %2 of %3").arg(round).arg(got).arg(best)));
        }
    }

    // Lookups seen in data win over the prior, also where a sample has a later row ahead of an earlier one.
    void trafficOfADatasetDecides() {
        const std::vector<double> hot{100, 100, 100, 100}, cold{1, 0, 0, 0}, uneven{0, 0, 30, 30};
        const std::vector<PlacementTable> tables{{4, 8, cold}, {4, 8, hot}, {4, 8, uneven}};
        const auto first = planPlacement(tables, {32, 0});
        QCOMPARE(first[0].gpuRowsPlanned, std::int64_t{1});  // half of its lookups, by the one seen and the prior
        const auto most = planPlacement(tables, {9 * 8, 0});
        QCOMPARE(most[0].gpuRowsPlanned, std::int64_t{1});
        QCOMPARE(most[1].gpuRowsPlanned, std::int64_t{4});
        QCOMPARE(most[2].gpuRowsPlanned, std::int64_t{4});
    }

    void smallerRowsOfAnotherStorageFitMore() {
        std::int64_t before = 0;
        for (const std::int64_t rowBytes : {512, 256, 132}) {  // float32, float16, int8 with its scale
            std::int64_t rows = 0;
            for (const TablePlacement& p : planPlacement(fl15(rowBytes), {2 * kGib, 0})) rows += p.gpuRowsPlanned;
            QVERIFY(rows > before);
            before = rows;
        }
    }

    void nothingFitsNowhere() {
        for (const PlacementBudget budget : {PlacementBudget{0, 0}, PlacementBudget{-5, -1}, PlacementBudget{511, 511}})
            for (const TablePlacement& p : planPlacement(fl15(512), budget))
                QCOMPARE(p.gpuRowsPlanned + p.pinnedRowsPlanned, std::int64_t{0});
        QVERIFY(planPlacement({}, {100, 100}).empty());
        const std::vector<PlacementTable> none{{0, 512}};
        QCOMPARE(planPlacement(none, {100, 100})[0].fileRows, std::int64_t{0});
    }

    void planningIsQuick() {
        const auto tables = fl15(512);
        QBENCHMARK { planPlacement(tables, {4 * kGib, kGib}); }
    }
};

DLRM_TEST(PlacementTest);

}  // namespace tst_placement

#include "tst_placement.moc"
