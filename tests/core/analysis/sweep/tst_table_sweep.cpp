// SPDX-License-Identifier: Apache-2.0
// Every id of a table swept is the prediction of the edited row: bit by bit the CPU backend's, and within float32's
// rounding its definition's in double; for every place of the table in the interaction.
#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/analysis/sweep/table_sweep.h"
#include "core/compute/cpu/cpu_backend.h"
#include "tests/core/compute/naive_forward.h"
#include "tests/core/compute/synthetic_model.h"
#include "tests/support/test_program.h"

namespace tst_table_sweep {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Of logits of order 1: four layers of up to 1,024 float32 additions each drift by about sqrt(1,024) · 2^-24 a layer.
constexpr double kFloatTolerance = 1e-5;

struct Case {
    const char* name;
    ModelShape shape;
};

std::vector<Case> cases() {
    std::vector<Case> out{{"as it is", {}}, {"tensorflow", {}},       {"wide", {}},     {"one layer", {}},
                          {"odd", {}},      {"float16 in parts", {}}, {"one table", {}}};
    out[1].shape.order = InteractionOrder::Tensorflow;
    out[1].shape.permuteTables = true;
    out[2].shape.dim = 128;
    out[2].shape.cardinalities.assign(26, 20);
    out[2].shape.permuteTables = true;
    out[2].shape.topHidden = {1024, 512};
    out[3].shape.topHidden = {};
    out[4].shape.dim = 7;
    out[4].shape.cardinalities.assign(12, 30);
    out[4].shape.topPadding = 5;
    out[4].shape.order = InteractionOrder::Tensorflow;
    out[5].shape.tableType = DType::Float16;
    out[5].shape.cardinalities = {300, 17, 4, 90, 1};
    out[5].shape.rowsPerPart = 16;
    out[5].shape.permuteTables = true;
    out[6].shape.cardinalities = {1000};
    return out;
}

// One row with each id of a table.
Batch editedRows(const Batch& row, std::size_t table, std::int64_t ids) {
    Batch out;
    out.resize(ids, row.numericals, row.tables, false);
    for (std::int64_t r = 0; r < ids; ++r) {
        std::copy(row.numerical.begin(), row.numerical.end(), out.numerical.begin() + r * row.numericals);
        for (std::int64_t t = 0; t < row.tables; ++t)
            out.ids[static_cast<std::size_t>(t * ids + r)] = static_cast<std::size_t>(t) == table
                                                                 ? static_cast<std::int32_t>(r)
                                                                 : row.ids[static_cast<std::size_t>(t)];
    }
    return out;
}

std::vector<float> predicted(DeviceModel& model, const Batch& rows, Intermediates* left = nullptr) {
    std::vector<float> logits(static_cast<std::size_t>(rows.rows));
    const auto done = model.forward(rows.view(), logits, {left != nullptr, left != nullptr, left != nullptr}, left, {});
    if (!done) qFatal("%s", done.error().text().c_str());
    return logits;
}

// In one go, and in pieces.
Result<std::vector<float>> sweptIds(const ModelWeights& weights, TableId table, const Intermediates& row, int threads,
                                    const Job& job = {}, const ReleaseRows& release = {}, std::int64_t piece = 0) {
    const TableSweep sweep(weights, table, row, threads);
    std::vector<float> logits(static_cast<std::size_t>(weights.tables[static_cast<std::size_t>(value(table))].rows()));
    const std::int64_t all = std::ssize(logits), size = piece > 0 ? piece : all;
    for (std::int64_t first = 0; first < all; first += size)
        DLRM_TRY(sweep.run(first,
                           std::span(logits).subspan(static_cast<std::size_t>(first),
                                                     static_cast<std::size_t>(std::min(size, all - first))),
                           job, release));
    return logits;
}

// Bits, but that all NaN are one.
bool isSame(float a, float b) {
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

class TestTableSweep : public QObject {
    Q_OBJECT

    // Compares all ids of all tables. Returns how many are finite.
    static std::int64_t compare(const SyntheticModel& model, bool withDefinition) {
        const ModelWeights weights = model.weights();
        const auto device = std::move(*makeCpuBackend({2, Precision::Fp32}).value()->load(model.weights(), {}));
        const Batch row = model.rows(1, 5);
        Intermediates left;
        predicted(*device, row, &left);
        std::int64_t finite = 0;
        for (std::size_t t = 0; t < weights.tables.size(); ++t) {
            const std::int64_t ids = weights.tables[t].rows();
            const Batch rows = editedRows(row, t, ids);
            const std::vector<float> expected = predicted(*device, rows);
            std::vector<std::vector<float>> swept;
            for (const int threads : {1, 2, 3, 0}) {
                for (const std::int64_t piece : {0, 7}) {
                    auto logits =
                        sweptIds(weights, TableId{static_cast<std::int32_t>(t)}, left, threads, {}, {}, piece);
                    if (!logits) qFatal("%s", logits.error().text().c_str());
                    swept.push_back(*std::move(logits));
                }
            }
            for (std::int64_t id = 0; id < ids; ++id) {
                const auto i = static_cast<std::size_t>(id);
                for (const std::vector<float>& logits : swept)
                    if (!isSame(logits[i], expected[i]))
                        qFatal("table %zu, id %zu: %.9g for %.9g", t, i, static_cast<double>(logits[i]),
                               static_cast<double>(expected[i]));
                finite += std::isfinite(expected[i]);
                if (!withDefinition || id % 31 != 0) continue;  // slow
                const double definition = naiveForward(model, rows, id, false).logit;
                if (!(std::abs(static_cast<double>(swept[0][i]) - definition) <= kFloatTolerance))
                    qFatal("table %zu, id %zu: %.9g for %.9g", t, i, static_cast<double>(swept[0][i]), definition);
            }
        }
        return finite;
    }

private Q_SLOTS:
    void everyIdIsTheEditedRowsPrediction_data() {
        QTest::addColumn<int>("number");
        int number = 0;
        for (const Case& c : cases()) QTest::newRow(c.name) << number++;
    }
    void everyIdIsTheEditedRowsPrediction() {
        QFETCH(int, number);
        const Case c = cases()[static_cast<std::size_t>(number)];
        const SyntheticModel model(c.shape, static_cast<std::uint64_t>(number) + 1);
        std::int64_t all = 0;
        for (const std::int64_t rows : c.shape.cardinalities) all += rows;
        QCOMPARE(compare(model, true), all);
    }

    // A weight that is not finite, before and after the first product that changes, and one that meets padding only.
    void weightsThatAreNotFiniteComeThrough() {
        constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
        for (const std::size_t input : {std::size_t{0}, std::size_t{17}, std::size_t{21}, std::size_t{22}}) {
            SyntheticModel model({}, 9);
            QCOMPARE(model.spec().interactionWidth(), std::int64_t{22});  // 16 + 6 products; input 22 is padding
            model.top[0].kernel[input * static_cast<std::size_t>(model.top[0].outputs)] = kNan;
            compare(model, false);
        }
        SyntheticModel infinite({}, 9);
        infinite.top[1].kernel[3] = std::numeric_limits<float>::infinity();
        compare(infinite, false);
    }

    void itCanBeStoppedAndTellsHowFarItIs() {
        ModelShape shape;
        shape.cardinalities = {40, 5000};
        const SyntheticModel model(shape, 3);
        const auto device = std::move(*makeCpuBackend({1, Precision::Fp32}).value()->load(model.weights(), {}));
        Intermediates left;
        predicted(*device, model.rows(1, 5), &left);
        std::stop_source stop;
        std::int64_t told = 0, before = -1;
        bool ascends = true;
        const auto half = [&](const Progress& p) {
            told = p.done;
            ascends = ascends && p.done > before && p.total == 5000;
            before = p.done;
            if (p.done >= 2000) stop.request_stop();
        };
        const auto stopped = sweptIds(model.weights(), TableId{1}, left, 1, Job{half, stop.get_token()});
        QVERIFY(!stopped && stopped.error().isCancelled());
        QVERIFY2(ascends && told >= 2000 && told < 2200, qPrintable(QString::number(told)));
        for (const std::int64_t piece : {0, 1234}) {
            std::vector<int> released(5000);
            std::int64_t last = 0;
            const auto all = sweptIds(
                model.weights(), TableId{1}, left, 1,
                Job{[&](const Progress& p) { last = p.total == 5000 && p.done >= last ? p.done : -1; }, {}},
                [&](std::int64_t first, std::int64_t count) {
                    for (std::int64_t i = first; i < first + count; ++i) ++released[static_cast<std::size_t>(i)];
                },
                piece);
            QVERIFY(all);
            QCOMPARE(last, std::int64_t{5000});
            QVERIFY(std::all_of(released.begin(), released.end(), [](int times) { return times == 1; }));
        }
    }
};

DLRM_TEST(TestTableSweep);

}  // namespace tst_table_sweep

#include "tst_table_sweep.moc"
