// SPDX-License-Identifier: Apache-2.0
// Sweeps as they are told while they run, averages over rows, pairs of fields, and the smallest changes that cross a
// threshold: each against predictions of the edited rows.
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/analysis/sweep/quantiles.h"
#include "tests/core/engine/edited_rows.h"
#include "tests/support/larger_demo.h"
#include "tests/support/test_program.h"

namespace tst_what_if {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr double kSumRounding = 1e-12;  // a thousand doubles up to 1 are added in another order

double probability(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

std::vector<std::int64_t> allIds(std::int64_t count) {
    std::vector<std::int64_t> out(static_cast<std::size_t>(count));
    std::iota(out.begin(), out.end(), std::int64_t{0});
    return out;
}

// The change of a field by trying all its values, in the order in which they are preferred.
struct Tried {
    std::vector<std::int64_t> ids;
    std::vector<float> values, logits;
};

void compareChange(const FieldChange& change, const Tried& tried, bool clicked, double threshold) {
    std::optional<std::size_t> first, nearest;
    for (std::size_t i = 0; i < tried.logits.size(); ++i) {
        if (!first && (probability(tried.logits[i]) >= threshold) != clicked) first = i;
        if (!nearest || (clicked ? tried.logits[i] < tried.logits[*nearest] : tried.logits[i] > tried.logits[*nearest]))
            nearest = i;
    }
    QCOMPARE(change.crosses, first.has_value());
    QCOMPARE(change.any, nearest.has_value());
    QCOMPARE(change.others, std::ssize(tried.logits));
    QCOMPARE(change.tried, static_cast<std::int64_t>(first ? *first + 1 : tried.logits.size()));
    if (!nearest) return;
    const std::size_t expected = first ? *first : *nearest;
    QCOMPARE(change.logit, tried.logits[expected]);
    if (change.numerical) QCOMPARE(change.fed, tried.values[expected]);
    else QCOMPARE(change.id, tried.ids[expected]);
}

}  // namespace

class TestWhatIf : public QObject {
    Q_OBJECT
    QTemporaryDir m_home;

    static std::shared_ptr<Engine> demo(const std::shared_ptr<const Dataset>& data,
                                        Precision precision = Precision::Fp32) {
        return openEngine(kDemoFiles + "checkpoint", data, InteractionOrder::CustomCuda, 2, precision);
    }

private Q_SLOTS:
    void initTestCase() { writeLargerDemo(m_home.path()); }

    void whatIsToldOfASweepIsItsBeginning_data() {
        QTest::addColumn<bool>("bf16");
        QTest::newRow("fp32") << false;
        QTest::newRow("bf16") << true;
    }
    void whatIsToldOfASweepIsItsBeginning() {
        QFETCH(bool, bf16);
        const auto data = dataset((m_home.path() + "/dataset").toStdString());
        const auto engine = openEngine((m_home.path() + "/checkpoint").toStdString(), data,
                                       InteractionOrder::CustomCuda, 2, bf16 ? Precision::Bf16 : Precision::Fp32);
        InputRow row = inputOf(*engine, *data, 9);
        row.ids[kLargerTable] = 20'000;
        const TableId table{kLargerTable};
        const auto whole = engine->sweep(row, table);
        QVERIFY(whole);
        QCOMPARE(whole->done, std::int64_t{kLargerRows});
        std::vector<std::int64_t> told;
        const auto partial = [&](const Sweep& soFar) {
            told.push_back(soFar.done);
            QCOMPARE(std::ssize(soFar.known()), soFar.done);
            QVERIFY(std::equal(soFar.known().begin(), soFar.known().end(), whole->logits.begin()));
            QVERIFY(std::abs(soFar.current - whole->current) <= 1e-2F);  // bf16: of one row, not of a batch
            if (!bf16) QCOMPARE(soFar.current, whole->current);
            QCOMPARE(soFar.backend.name, std::string("cpu"));
        };
        const auto inParts = engine->sweep(row, table, partial);
        QVERIFY(inParts);
        QCOMPARE(inParts->logits, whole->logits);
        QCOMPARE(inParts->current, whole->current);
        QVERIFY(!told.empty() && told.front() == kFirstSwept);
        QVERIFY(std::is_sorted(told.begin(), told.end()) && told.back() < kLargerRows);
        QVERIFY(std::set<std::int64_t>(told.begin(), told.end()).size() == told.size());
    }

    // Rows of the dataset, each with each value.
    void averagesAreThoseOfPredictions() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = demo(data);
        const InputRow row = inputOf(*engine, *data, 3);
        constexpr std::size_t kNumerical = 9;
        std::int64_t withoutAverage = 0;
        const auto partial = [&](const Sweep& soFar) {
            withoutAverage += !soFar.average;
            QVERIFY(!soFar.values.empty() && soFar.values.size() == soFar.logits.size());
        };
        const auto plain = engine->sweepNumerical(row, kNumerical, *data);
        const auto sweep = engine->sweepNumerical(row, kNumerical, *data, {.rows = 40, .seed = 5}, partial);
        QVERIFY(plain && sweep && !plain->average && sweep->average);
        QCOMPARE(withoutAverage, std::int64_t{1});
        QCOMPARE(sweep->logits, plain->logits);
        QCOMPARE(sweep->average->rows, std::int64_t{40});
        QCOMPARE(sweep->average->allRows, std::int64_t{40});
        const std::vector<std::int64_t> rows = chosenRows(data->rows(), 40, 5);
        QCOMPARE(std::set<std::int64_t>(rows.begin(), rows.end()).size(), std::size_t{40});
        std::vector<std::vector<double>> columns(sweep->values.size());
        for (const std::int64_t other : rows) {
            const auto logits =
                logitsOf(*engine, *data, withValues(inputOf(*engine, *data, other), kNumerical, sweep->values));
            for (std::size_t v = 0; v < logits.size(); ++v) columns[v].push_back(probability(logits[v]));
        }
        for (std::size_t v = 0; v < columns.size(); ++v) {
            std::sort(columns[v].begin(), columns[v].end());
            const double mean = std::accumulate(columns[v].begin(), columns[v].end(), 0.0) / 40;
            QVERIFY(std::abs(sweep->average->mean[v] - mean) <= kSumRounding);
            // 39 gaps: the quartiles lie at 9.75 and 29.25.
            QVERIFY(std::abs(sweep->average->lowerQuartile[v] - (0.25 * columns[v][9] + 0.75 * columns[v][10])) <=
                    kSumRounding);
            QVERIFY(std::abs(sweep->average->upperQuartile[v] - (0.75 * columns[v][29] + 0.25 * columns[v][30])) <=
                    kSumRounding);
        }
    }

    void everyPairIsItsPrediction_data() {
        QTest::addColumn<bool>("firstNumerical");
        QTest::addColumn<int>("first");
        QTest::addColumn<bool>("secondNumerical");
        QTest::addColumn<int>("second");
        QTest::newRow("two numericals") << true << 3 << true << 5;
        QTest::newRow("two tables") << false << 9 << false << 2;
        QTest::newRow("few ids") << false << 5 << false << 19;
        QTest::newRow("one of each") << false << 19 << true << 12;
    }
    void everyPairIsItsPrediction() {
        QFETCH(bool, firstNumerical);
        QFETCH(int, first);
        QFETCH(bool, secondNumerical);
        QFETCH(int, second);
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = demo(data);
        const InputRow row = inputOf(*engine, *data, 21);
        const auto sweep = engine->sweepPair(row, {firstNumerical, static_cast<std::size_t>(first)},
                                             {secondNumerical, static_cast<std::size_t>(second)}, *data);
        QVERIFY2(sweep, sweep ? "" : sweep.error().text().c_str());
        const auto compareAxis = [&](const SweptAxis& axis) {
            if (axis.field.numerical) {
                QCOMPARE(axis.values, numericalQuantiles(*data, axis.field.index, kPairValues, {})->values);
                QVERIFY(axis.values.size() > 5);
            } else {
                QCOMPARE(axis.ids, allIds(std::min(kPairValues, engine->spec().tables[axis.field.index].rows)));
            }
        };
        compareAxis(sweep->a);
        compareAxis(sweep->b);
        std::vector<InputRow> edited;
        for (std::size_t i = 0; i < sweep->a.size(); ++i)
            for (std::size_t j = 0; j < sweep->b.size(); ++j) {
                InputRow one = row;
                for (const auto& [axis, place] : {std::pair(&sweep->a, i), std::pair(&sweep->b, j)}) {
                    if (axis->field.numerical) one.numerical[axis->field.index] = axis->values[place];
                    else one.ids[axis->field.index] = static_cast<std::int32_t>(axis->ids[place]);
                }
                edited.push_back(one);
            }
        QCOMPARE(sweep->logits, logitsOf(*engine, *data, edited));
        QVERIFY(std::set<float>(sweep->logits.begin(), sweep->logits.end()).size() > edited.size() / 3);
        QCOMPARE(sweep->current, engine->explain(row)->logit);
        QCOMPARE(sweep->rowsLooked, firstNumerical || secondNumerical ? data->rows() : 0);
    }

    // Every id of every table and every quantile of every numerical, tried one after the other.
    void noSmallerChangeCrosses_data() {
        QTest::addColumn<int>("number");
        QTest::addColumn<double>("threshold");  // 0: the share of clicks
        QTest::addColumn<bool>("bf16");
        QTest::newRow("up") << 5 << 0.3 << false;
        QTest::newRow("by clicks") << 5 << 0.0 << false;
        QTest::newRow("down") << 8 << 0.0 << false;
        QTest::newRow("none crosses") << 5 << 0.9999 << false;
        QTest::newRow("bf16") << 5 << 0.3 << true;
    }
    void noSmallerChangeCrosses() {
        QFETCH(int, number);
        QFETCH(double, threshold);
        QFETCH(bool, bf16);
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = demo(data, bf16 ? Precision::Bf16 : Precision::Fp32);
        const InputRow row = inputOf(*engine, *data, number);
        CounterfactualOptions options;
        if (threshold > 0) options.threshold = threshold;
        std::size_t told = 0;
        bool grows = true;
        const auto partial = [&](const Counterfactual& soFar) {
            grows = grows && soFar.changes.size() == told + 1 && !soFar.final();
            told = soFar.changes.size();
        };
        const auto found = engine->counterfactual(row, *data, options, partial);
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QVERIFY(grows && told == 38 && found->final());
        Batch all;
        QVERIFY(data->read(0, data->rows(), all, {}));
        const std::int64_t clicks = std::accumulate(all.labels.begin(), all.labels.end(), std::int64_t{0});
        QCOMPARE(found->clicks, clicks);
        QCOMPARE(found->byClicks, threshold == 0);
        QCOMPARE(found->threshold,
                 threshold > 0 ? threshold : static_cast<double>(clicks) / static_cast<double>(data->rows()));
        QCOMPARE(found->current, engine->explain(row)->logit);
        QCOMPARE(found->clicked, probability(found->current) >= found->threshold);
        QCOMPARE(found->clicked, number == 8);
        std::set<std::pair<bool, std::size_t>> fields;
        std::int64_t crossing = 0, tried = 0;
        for (const FieldChange& change : found->changes) {
            fields.insert({change.numerical, change.index});
            Tried values;
            if (change.numerical) {
                values.values = numericalQuantiles(*data, change.index, kSweptValues, {})->values;
                const float own = row.numerical[change.index];
                std::erase(values.values, own);
                std::stable_sort(values.values.begin(), values.values.end(), [&](float a, float b) {
                    return std::abs(static_cast<double>(a) - static_cast<double>(own)) <
                           std::abs(static_cast<double>(b) - static_cast<double>(own));
                });
                values.logits = logitsOf(*engine, *data, withValues(row, change.index, values.values));
            } else {
                values.ids = allIds(engine->spec().tables[change.index].rows);
                std::erase(values.ids, row.ids[change.index]);
                values.logits = logitsOf(*engine, *data, withIds(row, change.index, values.ids));
            }
            compareChange(change, values, found->clicked, found->threshold);
            crossing += change.crosses;
            tried += change.tried;
        }
        QCOMPARE(fields.size(), std::size_t{39});
        QCOMPARE(found->predictions, tried);
        QVERIFY(threshold > 0.99 ? crossing == 0 : crossing > 2 && crossing < 39);
        const auto change = [&](const FieldChange& c) {
            return std::abs(probability(c.logit) - probability(found->current));
        };
        for (std::size_t i = 1; i < found->changes.size(); ++i) {
            const FieldChange &a = found->changes[i - 1], &b = found->changes[i];
            QVERIFY(a.crosses || !b.crosses);
            if (b.crosses) QVERIFY(change(a) <= change(b));
            if (!a.crosses) QVERIFY(found->clicked ? a.logit <= b.logit : a.logit >= b.logit);
        }
    }

    void theyCanBeStopped() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = demo(data);
        const InputRow row = inputOf(*engine, *data, 2);
        const auto stoppedAt = [](const char* stage, std::stop_source& stop) {
            return Job{[stage, &stop](const Progress& p) {
                           if (p.stage == stage) stop.request_stop();
                       },
                       stop.get_token()};
        };
        for (const char* stage : {"looking at values", "searching ids"}) {
            std::stop_source stop;
            const auto found = engine->counterfactual(row, *data, {.threshold = 0.9999}, {}, stoppedAt(stage, stop));
            QVERIFY(!found && found.error().isCancelled());
        }
        std::stop_source stop;
        const auto average =
            engine->sweepNumerical(row, 3, *data, {.rows = 100}, {}, stoppedAt("averaging over rows", stop));
        QVERIFY(!average && average.error().isCancelled());
    }

    void badInputIsRefused() {
        const auto data = dataset(kDemoFiles + "dataset");
        const auto engine = demo(data);
        InputRow row = inputOf(*engine, *data, 2);
        QCOMPARE(engine->sweepPair(row, {true, 1}, {false, 26}, *data).error().code, std::string("E-ENGINE-001"));
        MemoryDataset unlabelled(10, 13, 26);
        unlabelled.m_labels = false;
        QCOMPARE(engine->counterfactual(row, unlabelled, {}).error().code, std::string("E-ENGINE-006"));
        QVERIFY(engine->counterfactual(row, unlabelled, {.threshold = 0.5}));
        row.ids[3] = -1;
        QCOMPARE(engine->counterfactual(row, *data, {.threshold = 0.5}).error().code, std::string("E-ENGINE-004"));
        QCOMPARE(engine->sweepPair(row, {true, 1}, {true, 2}, *data).error().code, std::string("E-ENGINE-004"));
    }
};

DLRM_TEST(TestWhatIf);

}  // namespace tst_what_if

#include "tst_what_if.moc"
