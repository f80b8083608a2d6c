// SPDX-License-Identifier: Apache-2.0
// Every measure of the table: shards merge in any order, also through saved states, to the same bits as one run;
// hostile states are refused; and each against a recount row by row.
#include <QTest>

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/measure/click_rates.h"
#include "core/measure/interaction_moments.h"
#include "core/measure/long_sums.h"
#include "core/measure/pair_attributions.h"
#include "core/measure/scores.h"
#include "core/measure/traffic_counts.h"
#include "core/measure/unit_activity.h"
#include "core/measure/untrained_lookups.h"
#include "tests/core/measure/measured_world.h"
#include "tests/support/test_program.h"

namespace tst_measures {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = MeasuredWorld::kRows;

const MeasuredWorld& world() {
    static const MeasuredWorld made;
    return made;
}

const MeasureEntry& entryOf(const QString& key) {
    for (const MeasureEntry& entry : measureTable())
        if (key == QLatin1String(entry.key)) return entry;
    qFatal("no such measure");
}

std::unique_ptr<Measure> wholeRun(const MeasuredWorld& from, const MeasureEntry& entry) {
    auto measure = from.make(entry);
    from.addTo(*measure, 0, kRows);
    return measure;
}

template <class M>
std::unique_ptr<M> wholeRunOf(const MeasuredWorld& from, const char* key) {
    return std::unique_ptr<M>(&dynamic_cast<M&>(*wholeRun(from, entryOf(QLatin1String(key))).release()));
}

std::string codeOf(const Result<void>& result) { return result ? "no error" : result.error().code; }

// A state like `from`, with the array `name` replaced.
MeasureState with(const MeasureState& from, const std::string& name, StateArray values) {
    MeasureState out;
    for (const auto& [key, array] : from.arrays())
        if (key != name) out.put(key, array);
    out.put(name, std::move(values));
    return out;
}

template <class T>
std::vector<T> arrayOf(const MeasureState& state, const char* name) {
    return std::get<std::vector<T>>(state.arrays().find(name)->second);
}

bool near(double a, double b, double tolerance) { return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(b)); }

}  // namespace

#define COMPARE_CODE(result, code) QCOMPARE(codeOf(result), std::string(code))

class TestMeasures : public QObject {
    Q_OBJECT

    static void everyMeasure() {
        QTest::addColumn<QString>("key");
        for (const MeasureEntry& entry : measureTable()) QTest::newRow(entry.key) << QString::fromLatin1(entry.key);
    }

private Q_SLOTS:
    void keysAreThoseOfTheTable() {
        QStringList keys;
        for (const MeasureEntry& entry : measureTable()) {
            keys << QString::fromLatin1(entry.key);
            const auto made = world().make(entry);
            QCOMPARE(std::string(made->key()), std::string(entry.key));
            QCOMPARE(made->rows(), 0);
            QVERIFY(*entry.title != 0);
        }
        QVERIFY(keys.size() >= 6);
        QCOMPARE(keys.removeDuplicates(), 0);
    }

    void shardsInAnyOrderGiveTheBitsOfOneRun_data() { everyMeasure(); }
    void shardsInAnyOrderGiveTheBitsOfOneRun() {
        QFETCH(QString, key);
        const MeasureEntry& entry = entryOf(key);
        const MeasureState whole = wholeRun(world(), entry)->save();
        QVERIFY(!whole.arrays().empty());
        for (unsigned seed = 0; seed < 4; ++seed) {
            std::mt19937 random(seed);
            std::vector<std::int64_t> bounds{0, 1, kRows};
            while (bounds.size() < 8) bounds.push_back(static_cast<std::int64_t>(random() % kRows));
            std::sort(bounds.begin(), bounds.end());
            std::vector<std::size_t> order(bounds.size() - 1);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::shuffle(order.begin(), order.end(), random);
            auto merged = world().make(entry);
            for (const std::size_t shard : order) {
                // The batches of a shard come in any order as well.
                auto part = world().make(entry);
                std::vector<std::int64_t> firsts;
                const std::int64_t step = 1 + static_cast<std::int64_t>(random() % 900);
                for (std::int64_t first = bounds[shard]; first < bounds[shard + 1]; first += step)
                    firsts.push_back(first);
                std::shuffle(firsts.begin(), firsts.end(), random);
                for (const std::int64_t first : firsts)
                    world().addTo(*part, first, std::min(step, bounds[shard + 1] - first));
                QCOMPARE(part->rows(), bounds[shard + 1] - bounds[shard]);
                if (random() % 2 == 0) {
                    auto loaded = world().make(entry);
                    const auto ok = loaded->load(part->save());
                    QVERIFY2(ok.has_value(), ok ? "" : ok.error().text().c_str());
                    part = std::move(loaded);
                }
                const auto ok = merged->merge(std::move(*part));
                QVERIFY2(ok.has_value(), ok ? "" : ok.error().text().c_str());
            }
            QCOMPARE(merged->rows(), kRows);
            QVERIFY2(merged->save() == whole, qPrintable(QStringLiteral("seed %1").arg(seed)));
        }
    }

    void aStateOfAnotherKindIsRefused_data() { everyMeasure(); }
    void aStateOfAnotherKindIsRefused() {
        QFETCH(QString, key);
        const MeasureEntry& entry = entryOf(key);
        const MeasureState whole = wholeRun(world(), entry)->save();
        for (const auto& [name, array] : whole.arrays()) {
            MeasureState less;
            for (const auto& [other, values] : whole.arrays())
                if (other != name) less.put(other, values);
            COMPARE_CODE(world().make(entry)->load(std::move(less)), "E-MEASURE-001");
            COMPARE_CODE(world().make(entry)->load(with(whole, name, std::vector<double>{1, 2})), "E-MEASURE-002");
        }
        COMPARE_CODE(world().make(entry)->load(with(whole, "more", std::vector<std::int64_t>{1})), "E-MEASURE-004");
        auto shape = arrayOf<std::int64_t>(whole, "shape");
        shape.push_back(1);
        COMPARE_CODE(world().make(entry)->load(with(whole, "shape", shape)), "E-MEASURE-006");
        for (const MeasureEntry& other : measureTable())
            if (key != QLatin1String(other.key))
                COMPARE_CODE(world().make(entry)->merge(std::move(*world().make(other))), "E-MEASURE-006");
    }

    void measuresOfAnotherShapeAreNotMerged() {
        MeasuredWorld other;
        other.spec.tables[2].rows += 1;
        other.spec.bottomMlp[0].outputs += 1;
        other.spec.embeddingDim += 1;
        for (TableSpec& table : other.spec.tables) table.dim += 1;
        other.top[0].inputs += 1;
        other.top[0].kernel.resize(other.top[0].kernel.size() + MeasuredWorld::kTopUnits);
        other.untrained[1].bits[0] ^= 2;
        other.slices.pop_back();
        other.bins.pop_back();
        QStringList ofEveryModel;
        for (const MeasureEntry& entry : measureTable()) {
            auto measure = wholeRun(world(), entry);
            const MeasureState before = measure->save();
            const bool hasShape = !arrayOf<std::int64_t>(before, "shape").empty();
            if (!hasShape) ofEveryModel << QString::fromLatin1(entry.key);
            COMPARE_CODE(measure->merge(std::move(*other.make(entry))), hasShape ? "E-MEASURE-006" : "no error");
            QVERIFY(measure->save() == before);
        }
        QVERIFY(ofEveryModel.contains(QStringLiteral("scores")) && ofEveryModel.size() < std::ssize(measureTable()));
    }

    // Whatever stands in a state: it is refused, or it is what the measure then says.
    void noStateIsTakenForAnother_data() { everyMeasure(); }
    void noStateIsTakenForAnother() {
        QFETCH(QString, key);
        const MeasureEntry& entry = entryOf(key);
        const MeasureState whole = wholeRun(world(), entry)->save();
        std::mt19937_64 random(11);
        int refused = 0;
        for (int round = 0; round < 300; ++round) {
            auto at = whole.arrays().begin();
            std::advance(at, static_cast<std::ptrdiff_t>(random() % whole.arrays().size()));
            StateArray array = at->second;
            std::visit(
                [&](auto& values) {
                    using T = typename std::decay_t<decltype(values)>::value_type;
                    constexpr T kExtremes[] = {T(0), T(1), std::numeric_limits<T>::max(),
                                               std::numeric_limits<T>::lowest(), T(-1)};
                    const auto place =
                        values.empty() ? std::size_t{0} : static_cast<std::size_t>(random() % values.size());
                    switch (random() % 4) {
                        case 0:
                            values.insert(values.begin() + static_cast<std::ptrdiff_t>(place), kExtremes[random() % 5]);
                            break;
                        case 1:
                            if (!values.empty()) values.erase(values.begin() + static_cast<std::ptrdiff_t>(place));
                            break;
                        case 2:
                            if (!values.empty()) values[place] = kExtremes[random() % 5];
                            break;
                        default:
                            if (!values.empty()) values[place] = static_cast<T>(random());
                    }
                },
                array);
            const MeasureState changed = with(whole, at->first, array);
            auto measure = world().make(entry);
            if (auto loaded = measure->load(MeasureState(changed)); !loaded) {
                QVERIFY2(loaded.error().code.starts_with("E-MEASURE-00"), loaded.error().text().c_str());
                ++refused;
            } else {
                QVERIFY2(measure->save() == changed, at->first.c_str());
            }
        }
        QVERIFY(refused > 50);
    }

    void whatCannotBeIsRefused() {
        const auto whole = [](const char* key) { return wholeRun(world(), entryOf(QLatin1String(key)))->save(); };
        const auto load = [](const char* key, MeasureState state) {
            return world().make(entryOf(QLatin1String(key)))->load(std::move(state));
        };
        using Ints = std::vector<std::int64_t>;
        using Words = std::vector<std::uint32_t>;
        const MeasureState scores = whole("scores");
        for (const Words& keys : {Words{5u + 0x80000000u, 4u + 0x80000000u}, Words{0x7FFFFFFF} /* −0 */,
                                  Words{0xFF800000} /* ∞ */, Words{0}})
            COMPARE_CODE(load("scores", with(scores, "positives", keys)), "E-MEASURE-005");
        for (const char* key : {"traffic", "untrained_traffic", "click_rate", "unit_activity"})
            for (const std::int64_t rows : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()})
                COMPARE_CODE(load(key, with(whole(key), "rows", Ints{rows})), "E-MEASURE-005");
        COMPARE_CODE(load("traffic", with(whole("traffic"), "rows", Ints{kRows, 1})), "E-MEASURE-003");

        const MeasureState traffic = whole("traffic");
        auto distinct = arrayOf<std::int64_t>(traffic, "distinct");
        for (const std::int64_t n : {std::int64_t{-1}, std::int64_t{1} << 40}) {
            auto other = distinct;
            other[0] = n;
            COMPARE_CODE(load("traffic", with(traffic, "distinct", other)), "E-MEASURE-005");
        }
        --distinct[3];
        COMPARE_CODE(load("traffic", with(traffic, "distinct", distinct)),
                     "E-MEASURE-005");  // ids that are of no table
        auto ids = arrayOf<std::uint32_t>(traffic, "ids");
        std::swap(ids[1], ids[2]);
        COMPARE_CODE(load("traffic", with(traffic, "ids", ids)), "E-MEASURE-005");
        ids = arrayOf<std::uint32_t>(traffic, "ids");
        ids.back() = 70;
        COMPARE_CODE(load("traffic", with(traffic, "ids", ids)), "E-MEASURE-005");
        auto hits = arrayOf<std::uint32_t>(traffic, "hits");
        hits[0] = kRows - 1;  // of table 0, whose one id every row looks up
        COMPARE_CODE(load("traffic", with(traffic, "hits", hits)), "E-MEASURE-005");

        const MeasureState clicks = whole("click_rate");
        auto clicked = arrayOf<std::uint32_t>(clicks, "clicks");
        clicked[0] = arrayOf<std::uint32_t>(clicks, "hits")[0] + 1;
        COMPARE_CODE(load("click_rate", with(clicks, "clicks", clicked)), "E-MEASURE-005");

        const MeasureState untrained = whole("untrained_traffic");
        auto found = arrayOf<std::int64_t>(untrained, "untrained");
        ++found[1];
        COMPARE_CODE(load("untrained_traffic", with(untrained, "untrained", found)), "E-MEASURE-005");
        auto byCount = arrayOf<std::int64_t>(untrained, "rows_by_count");
        byCount[2] = -byCount[2];
        COMPARE_CODE(load("untrained_traffic", with(untrained, "rows_by_count", byCount)), "E-MEASURE-005");

        const MeasureState activity = whole("unit_activity");
        auto active = arrayOf<std::int64_t>(activity, "active");
        active[0] = kRows + 1;
        COMPARE_CODE(load("unit_activity", with(activity, "active", active)), "E-MEASURE-005");
        active = arrayOf<std::int64_t>(activity, "active");
        active[8] = 0;  // of a unit with a pattern
        COMPARE_CODE(load("unit_activity", with(activity, "active", active)), "E-MEASURE-005");

        const MeasureState moments = whole("interaction_moments");
        auto rows = arrayOf<std::int64_t>(moments, "cosine_rows");
        rows[0] = kRows + 1;
        COMPARE_CODE(load("interaction_moments", with(moments, "cosine_rows", rows)), "E-MEASURE-005");
        COMPARE_CODE(load("interaction_moments", with(moments, "rows", Ints{-1, 1})), "E-MEASURE-005");
        for (const char* sums : {"sum", "sum_of_squares", "sum_of_cosines"}) {
            auto digits = arrayOf<std::uint32_t>(moments, sums);
            digits[LongSum::kDigits - 1] = 0x80000000;  // beyond every double
            COMPARE_CODE(load("interaction_moments", with(moments, sums, digits)), "E-MEASURE-005");
        }

        const MeasureState attributions = whole("pair_attributions");
        COMPARE_CODE(load("pair_attributions", with(attributions, "rows", Ints{-1})), "E-MEASURE-005");
        COMPARE_CODE(load("pair_attributions", with(attributions, "rows", Ints{0})), "E-MEASURE-005");
        auto smaller = arrayOf<std::uint32_t>(attributions, "sum_of_sizes");
        std::fill_n(smaller.begin(), LongSum::kDigits, 0);
        COMPARE_CODE(load("pair_attributions", with(attributions, "sum_of_sizes", smaller)), "E-MEASURE-005");
    }

    void rowsWithoutLabelsAreNotClicked() {
        const MeasuredWorld here;
        const auto made = [&] { return *InteractionMoments::make(here.spec, false); };
        const auto moments = made();
        QVERIFY(!moments->wants().labels);
        here.addTo(*moments, 0, kRows);
        QCOMPARE(moments->rowsOf(0), kRows);
        const auto sums = moments->sums();
        QVERIFY(!sums.labelled);
        const auto matrices = interactionMatrices(sums, nullptr, std::vector<std::string>(MeasuredWorld::kVectors));
        QVERIFY(std::isfinite(matrices.mean[1]) && std::isnan(matrices.clicked[1]) &&
                std::isnan(matrices.effectSize[1]));
        MeasureState state = moments->save();
        COMPARE_CODE(made()->load(with(state, "rows", std::vector<std::int64_t>{kRows - 1, 1})), "E-MEASURE-005");
        const auto labelled = *InteractionMoments::make(here.spec, true);
        COMPARE_CODE(labelled->load(std::move(state)), "E-MEASURE-006");
    }

    void bitsOfAPatternBeyondTheSampleAreRefused() {
        const UnitActivity of130(world().spec, {0, 129});
        UnitActivity saved(world().spec, {0, 129});
        const MeasureState empty = saved.save();
        auto patterns = arrayOf<std::int64_t>(empty, "patterns");
        QCOMPARE(patterns.size(), std::size_t{(9 + 3 + 5 + 4) * 3});
        patterns[2] = 4;  // row 130
        UnitActivity loaded(world().spec, {0, 129});
        COMPARE_CODE(loaded.load(with(empty, "patterns", patterns)), "E-MEASURE-005");
    }

    void scoresGiveTheSameReportInAnyOrder() {
        const auto whole = wholeRunOf<Scores>(world(), "scores");
        Scores merged;
        for (const std::int64_t first : {std::int64_t{3000}, std::int64_t{0}}) {
            Scores part, loaded;
            world().addTo(part, first, first == 0 ? 3000 : kRows - 3000);
            QVERIFY(loaded.load(part.save()).has_value());
            QVERIFY(merged.merge(std::move(loaded)).has_value());
        }
        const MetricReport one = whole->report(false), other = merged.report(false);
        QCOMPARE(other.rows, kRows);
        QCOMPARE(other.positives, one.positives);
        for (std::size_t m = 0; m < one.metrics.size(); ++m) {
            QVERIFY(one.metrics[m].value.has_value());
            QVERIFY2(one.metrics[m].value == other.metrics[m].value && one.metrics[m].low == other.metrics[m].low &&
                         one.metrics[m].high == other.metrics[m].high,
                     one.metrics[m].key.c_str());
        }
        double loss = 0;
        for (std::int64_t r = 0; r < kRows; ++r) {
            const double z = static_cast<double>(world().logits[static_cast<std::size_t>(r)]);
            loss += std::max(z, 0.0) - (world().clicked(r) ? z : 0) + std::log1p(std::exp(-std::fabs(z)));
        }
        QVERIFY(near(*one.find("log_loss")->value, loss / static_cast<double>(kRows), 1e-12));
    }

    void trafficIsThatOfARecount() {
        const auto counts = wholeRunOf<TrafficCounts>(world(), "traffic");
        const auto hits = counts->takeHits();
        for (std::size_t t = 0; t < MeasuredWorld::kTables; ++t) {
            std::vector<std::uint32_t> expected(static_cast<std::size_t>(world().spec.tables[t].rows));
            for (std::int64_t r = 0; r < kRows; ++r) ++expected[static_cast<std::size_t>(world().id(r, t))];
            QVERIFY(hits[t] == expected);
        }
    }

    void clickRatesAreThoseOfARecount() {
        const ClickCounts counts = wholeRunOf<ClickRates>(world(), "click_rate")->takeCounts();
        std::vector<std::uint32_t> hits(1000), clicks(1000);
        for (std::int64_t r = 0; r < kRows; ++r) {
            ++hits[static_cast<std::size_t>(world().id(r, 2))];
            clicks[static_cast<std::size_t>(world().id(r, 2))] += world().clicked(r) ? 1 : 0;
        }
        QVERIFY(counts.hits == hits);
        QVERIFY(counts.clicks == clicks);
    }

    void untrainedLookupsAreThoseOfARecount() {
        const UntrainedTraffic traffic = wholeRunOf<UntrainedLookups>(world(), "untrained_traffic")->traffic();
        std::vector<std::int64_t> untrained(MeasuredWorld::kTables), byCount(MeasuredWorld::kTables + 1);
        for (std::int64_t r = 0; r < kRows; ++r) {
            std::size_t n = 0;
            for (std::size_t t = 0; t < MeasuredWorld::kTables; ++t) {
                const bool hit = world().untrained[t].contains(world().id(r, t));
                untrained[t] += hit;
                n += hit;
            }
            ++byCount[n];
        }
        QVERIFY(untrained[1] > 0 && untrained[2] > 0);
        for (std::size_t t = 0; t < MeasuredWorld::kTables; ++t) {
            QCOMPARE(traffic.tables[t].untrained, untrained[t]);
            QCOMPARE(traffic.tables[t].lookups, kRows);
            QCOMPARE(traffic.tables[t].known, t != 3);
        }
        QVERIFY(traffic.rowsByCount == byCount);
        QCOMPARE(traffic.rowsAffected, kRows - byCount[0]);
    }

    void unitActivityIsThatOfARecount() {
        const auto activity = wholeRunOf<UnitActivity>(world(), "unit_activity");
        const UnitCounts& counts = activity->counts();
        QCOMPARE(counts.layers.size(), std::size_t{4});
        QCOMPARE(counts.sample, std::int64_t{4096});
        for (std::size_t l = 0; l < 4; ++l) {
            const auto& outputs = l < 2 ? world().all.bottomActivations[l] : world().all.topActivations[l - 2];
            const std::size_t units = counts.layers[l].active.size();
            for (std::size_t u = 0; u < units; ++u) {
                std::int64_t active = 0;
                for (std::int64_t r = 0; r < kRows; ++r) active += outputs[static_cast<std::size_t>(r) * units + u] > 0;
                QCOMPARE(counts.layers[l].active[u], active);
                for (std::int64_t k = 0; k < counts.sample; ++k) {
                    const std::int64_t row = k * kRows / counts.sample;
                    const bool on =
                        counts.patterns[l][u * counts.words + static_cast<std::size_t>(k / 64)] >> (k % 64) & 1u;
                    QCOMPARE(on, outputs[static_cast<std::size_t>(row) * units + u] > 0);
                }
            }
        }
    }

    void interactionMomentsAreThoseOfARecount_data() {
        QTest::addColumn<bool>("cross");
        QTest::newRow("products of the model") << false;
        QTest::newRow("vectors") << true;
    }
    void interactionMomentsAreThoseOfARecount() {
        QFETCH(bool, cross);
        const MeasuredWorld here(cross);
        const auto moments = wholeRunOf<InteractionMoments>(here, "interaction_moments");
        const std::size_t vectors = MeasuredWorld::kVectors, dim = MeasuredWorld::kDim;
        QCOMPARE(moments->vectors(), vectors);
        QCOMPARE(moments->pairs(), vectors * (vectors + 1) / 2);
        const auto product = [&](std::int64_t row, std::size_t i, std::size_t j) {
            if (!cross)
                return static_cast<double>(
                    here.all.interaction[(static_cast<std::size_t>(row) * vectors + i) * vectors + j]);
            double sum = 0;
            for (std::size_t d = 0; d < dim; ++d)
                sum += static_cast<double>(here.all.vectors[(static_cast<std::size_t>(row) * vectors + i) * dim + d]) *
                       static_cast<double>(here.all.vectors[(static_cast<std::size_t>(row) * vectors + j) * dim + d]);
            return sum;
        };
        std::size_t expectedPair = 0;
        for (std::size_t i = 0; i < vectors; ++i)
            for (std::size_t j = i; j < vectors; ++j, ++expectedPair)
                for (const int label : {0, 1}) {
                    double sum = 0, size = 0, squares = 0, cosines = 0;
                    std::int64_t rows = 0, withCosine = 0;
                    for (std::int64_t r = 0; r < kRows; ++r) {
                        if (here.clicked(r) != (label == 1)) continue;
                        const double x = product(r, i, j), lengths = product(r, i, i) * product(r, j, j);
                        ++rows;
                        sum += x;
                        size += std::fabs(x);
                        squares += x * x;
                        if (lengths > 0) cosines += x / std::sqrt(lengths), ++withCosine;
                    }
                    const std::size_t pair = moments->pair(i, j);
                    QCOMPARE(pair, expectedPair);
                    QCOMPARE(moments->rowsOf(label), rows);
                    QCOMPARE(moments->cosineRows(label, pair), withCosine);
                    QVERIFY(std::fabs(moments->sum(label, pair) - sum) <= 1e-12 * size);
                    QVERIFY(near(moments->sumOfSquares(label, pair), squares, 1e-12));
                    QVERIFY(near(moments->sumOfCosines(label, pair), cosines, 1e-12 * static_cast<double>(rows)));
                    QCOMPARE(withCosine < rows, i == 2 || j == 2);
                }
    }

    void productsThatAreNotFiniteNameTheirRow() {
        MeasuredWorld other;
        other.all.interaction[(1234 * MeasuredWorld::kVectors + 1) * MeasuredWorld::kVectors + 3] =
            std::numeric_limits<float>::infinity();
        const auto measure = other.make(entryOf(QStringLiteral("interaction_moments")));
        MeasuredRows rows;
        rows.rows = other.batch.view();
        rows.firstRow = 200;
        rows.logits = other.logits;
        rows.intermediates = &other.all;
        const auto added = measure->add(rows);
        COMPARE_CODE(added, "E-MEASURE-008");
        QCOMPARE(added.error().row, 200 + 1234);
    }

    void attributionsAreThoseOfARecount() {
        const MeasuredWorld& here = world();
        const auto measure = wholeRunOf<PairAttributions>(here, "pair_attributions");
        const PairAttributionSums sums = measure->sums();
        QCOMPARE(sums.rows, kRows);
        QCOMPARE(std::ssize(sums.sizes), MeasuredWorld::kPairs);
        const auto isActive = [&](std::size_t layer, std::int64_t units, std::int64_t row, std::int64_t unit) {
            return here.all.topActivations[layer][static_cast<std::size_t>(row * units + unit)] > 0;
        };
        const auto kernel = [&](std::size_t layer, std::int64_t i, std::int64_t o) {
            const DenseWeights& l = here.top[layer];
            return static_cast<double>(l.kernel[static_cast<std::size_t>(i * l.outputs + o)]);
        };
        std::int64_t p = 0;
        for (std::size_t i = 1; i < MeasuredWorld::kVectors; ++i)
            for (std::size_t j = 0; j < i; ++j, ++p) {
                double sum = 0, size = 0;
                for (std::int64_t r = 0; r < kRows; ++r) {
                    double gradient = 0;
                    for (std::int64_t a = 0; a < MeasuredWorld::kTopUnits; ++a)
                        for (std::int64_t b = 0; b < MeasuredWorld::kMiddleUnits; ++b)
                            if (isActive(0, MeasuredWorld::kTopUnits, r, a) &&
                                isActive(1, MeasuredWorld::kMiddleUnits, r, b))
                                gradient += kernel(0, MeasuredWorld::kDim + p, a) * kernel(1, a, b) * kernel(2, b, 0);
                    const double term =
                        gradient *
                        static_cast<double>(
                            here.all.interaction[(static_cast<std::size_t>(r) * MeasuredWorld::kVectors + i) *
                                                     MeasuredWorld::kVectors +
                                                 j]);
                    sum += term;
                    size += std::fabs(term);
                }
                constexpr double kGradientsInFloat32 = 1e-6;
                const auto at = static_cast<std::size_t>(p);
                QVERIFY(std::fabs(sums.signedSums[at] - sum) <= kGradientsInFloat32 * size);
                QVERIFY(std::fabs(sums.sizes[at] - size) <= kGradientsInFloat32 * size);
            }
    }

    void attributionsThatAreNotFiniteNameTheirRow() {
        MeasuredWorld other;
        other.top[0].kernel[5 * MeasuredWorld::kTopUnits] = std::numeric_limits<float>::quiet_NaN();
        const auto measure = other.make(entryOf(QStringLiteral("pair_attributions")));
        MeasuredRows rows;
        rows.rows = other.batch.view();
        rows.firstRow = 200;
        rows.intermediates = &other.all;
        const auto added = measure->add(rows);
        COMPARE_CODE(added, "E-MEASURE-008");
        QCOMPARE(added.error().row, 200);
    }

    void modelsWithCrossLayersHaveNoAttributedPairs() {
        const MeasuredWorld cross(true);
        const auto made = entryOf(QStringLiteral("pair_attributions")).make(cross.input());
        QVERIFY(!made);
        QCOMPARE(made.error().code, std::string("E-MEASURE-009"));
    }

    // n·Σx² and (Σx)² agree in all digits of a double: plain sums would leave nothing of what they differ by.
    void deviationsKeepTheirDigitsBesideALargeMean() {
        LongSum sum, squares;
        double expected = 0;
        constexpr std::int64_t kTerms = 1000;
        for (std::int64_t i = 0; i < kTerms; ++i) {
            const double x = 1e7 + static_cast<double>(i % 2);
            sum.add(x);
            squares.add(x * x);
            expected += 0.25;
        }
        QCOMPARE(deviationsOf(sum, squares, kTerms), expected);
        QCOMPARE(deviationsOf(LongSum(), LongSum(), 0), 0.0);
    }

    void vectorsOfDifferentWidthsHaveNoProducts() {
        MeasuredWorld other;
        other.spec.tables[1].dim = 8;
        const auto made = InteractionMoments::make(other.spec, true);
        QVERIFY(!made);
        QCOMPARE(made.error().code, std::string("E-MEASURE-007"));
    }
};

DLRM_TEST(TestMeasures);

}  // namespace tst_measures

#include "tst_measures.moc"
