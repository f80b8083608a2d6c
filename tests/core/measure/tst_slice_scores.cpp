// SPDX-License-Identifier: Apache-2.0
// The measure "slices" against the metrics of the rows of each slice, evaluated alone.
#include <QTest>

#include <limits>

#include "core/measure/slice_scores.h"
#include "core/metrics/metric_set.h"
#include "tests/core/measure/measured_world.h"
#include "tests/support/test_program.h"

namespace tst_slice_scores {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = MeasuredWorld::kRows;

const MeasuredWorld& world() {
    static const MeasuredWorld made;
    return made;
}

std::int64_t numberOf(std::int64_t row) { return row; }

std::unique_ptr<SliceScores> wholeRun(const MeasuredWorld& from, SliceLimits limits = {}) {
    auto out = std::make_unique<SliceScores>(from.slices, limits, numberOf);
    from.addTo(*out, 0, kRows);
    return out;
}

// The metrics of those rows that `inside` is true of, as evaluate gives them.
template <class Inside>
MetricReport evaluated(const MeasuredWorld& from, const Inside& inside) {
    std::vector<float> logits;
    std::vector<std::uint8_t> labels;
    for (std::int64_t r = 0; r < kRows; ++r) {
        if (!inside(r)) continue;
        logits.push_back(from.logits[static_cast<std::size_t>(r)]);
        labels.push_back(from.batch.labels[static_cast<std::size_t>(r)]);
    }
    MetricSet metrics;
    if (auto added = metrics.add(logits, labels, 0); !added) qFatal("%s", added.error().text().c_str());
    return metrics.report(false);
}

std::string codeOf(const Result<void>& result) { return result ? "no error" : result.error().code; }

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

}  // namespace

class TestSliceScores : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresAreThoseOfTheRowsAlone() {
        const MeasuredWorld& here = world();
        const auto slices = wholeRun(here)->results();
        QCOMPARE(slices.size(), std::size_t{5});
        std::int64_t judged = 0;
        for (std::size_t i = 0; i < slices.size(); ++i) {
            const SliceResult& slice = slices[i];
            const auto inside = [&](std::int64_t r) {
                if (i == 0) return r % 7 > 3 && r + MeasuredWorld::kFirstRow >= 700;
                const std::int32_t id = here.id(r, 2), low[] = {0, 1, 10, 100, 1000};
                return id >= low[i - 1] && id < low[i];
            };
            const MetricReport alone = evaluated(here, inside);
            const MetricReport rest = evaluated(here, [&](std::int64_t r) { return !inside(r); });
            QCOMPARE(slice.rows, alone.rows);
            QCOMPARE(slice.positives, alone.positives);
            QCOMPARE(slice.share, static_cast<double>(alone.rows) / static_cast<double>(kRows));
            judged += slice.judged;
            QCOMPARE(slice.figures.size(), std::size_t{6});
            for (const SliceFigure& figure : slice.figures) {
                const double expected = *alone.find(figure.key)->value, others = *rest.find(figure.key)->value;
                // The scores of a bucket count as tied: within what the interval is wider by, far below this here.
                constexpr double kTiedScores = 2e-3;
                constexpr double kSameSums = 1e-14;  // exact, of terms that are the same but for the compiler's whim
                const double tolerance = figure.key == "auc" ? kTiedScores : kSameSums;
                QVERIFY2(std::fabs(*figure.value - expected) <= tolerance, figure.key.c_str());
                QVERIFY2(std::fabs(*figure.difference - (expected - others)) <= 2 * tolerance, figure.key.c_str());
                QVERIFY(*figure.low < expected && expected < *figure.high);
                QVERIFY(*figure.differenceLow < expected - others && expected - others < *figure.differenceHigh);
            }
            // An interval that evaluate has as well is the same, but for what the buckets leave open.
            const MetricValue& calibration = *alone.find("calibration");
            QVERIFY(std::fabs(*slice.find("calibration")->high - *calibration.high) <= 1e-12);
            QVERIFY(*slice.find("auc")->high - *slice.find("auc")->low >=
                    *alone.find("auc")->high - *alone.find("auc")->low - 1e-4);
        }
        QVERIFY(judged >= 1);
    }

    void bucketsOfOneScoreGiveTheAucExactly() {
        MeasuredWorld here;
        for (std::int64_t r = 0; r < kRows; ++r)
            here.logits[static_cast<std::size_t>(r)] = static_cast<float>(r % 5) - 2;
        const auto slices = wholeRun(here)->results();
        const MetricReport alone = evaluated(here, [&](std::int64_t r) { return here.id(r, 2) >= 100; });
        const SliceFigure& auc = *slices.back().find("auc");
        QCOMPARE(*auc.value, *alone.find("auc")->value);
        QVERIFY(*auc.low<*alone.find("auc")->low&& * auc.high> * alone.find("auc")->high);  // ties may hide an order
    }

    void fewRowsOrOneClassAreNotJudged() {
        MeasuredWorld here;
        for (std::int64_t r = 0; r < kRows; ++r) {
            std::uint8_t& label = here.batch.labels[static_cast<std::size_t>(r)];
            if (here.id(r, 2) == 0) label = 0;
            else if (here.id(r, 2) < 10) label = 1;
        }
        here.slices.push_back(std::make_shared<SlicePartition>("row 0-9", std::vector<SliceTest>{RowTest{{0, 9}}}));
        const auto slices = wholeRun(here, {100, 20})->results();
        QVERIFY(slices[0].judged && slices[4].judged);
        QCOMPARE(slices[1].notJudged, std::string("fewer than 20 positive"));
        QVERIFY(!slices[1].find("auc")->value && slices[1].find("log_loss")->value &&
                !slices[1].find("calibration")->value);
        QVERIFY(!slices[1].find("auc")->difference && slices[1].find("log_loss")->difference);
        QCOMPARE(slices[2].notJudged, std::string("all positive"));
        QVERIFY(!slices[2].find("auc")->value && !slices[2].find("normalized_entropy")->value);
        QVERIFY(slices[2].find("calibration")->value.has_value());
        const SliceResult& nobody = slices[5];
        QCOMPARE(nobody.rows, 0);
        QCOMPARE(nobody.notJudged, std::string("no rows"));
        for (const SliceFigure& figure : nobody.figures)
            QVERIFY(!figure.value && !figure.low && !figure.difference && !figure.note.empty());
        const auto all = wholeRun(here, {0, 0})->results();
        QCOMPARE(all[1].notJudged, std::string("none positive"));
        QCOMPARE(wholeRun(here, {kRows, 0})->results()[4].notJudged, std::string("fewer than 5,003 rows"));
    }

    void allRowsHaveNothingToBeComparedWith() {
        MeasuredWorld here;
        here.slices = {std::make_shared<SlicePartition>("all", std::vector<SliceTest>{})};
        const auto slices = wholeRun(here)->results();
        const MetricReport all = evaluated(here, [](std::int64_t) { return true; });
        for (const SliceFigure& figure : slices.front().figures) {
            QVERIFY(figure.value && figure.low && !figure.difference && !figure.differenceLow);
            if (figure.key != "auc") QVERIFY(std::fabs(*figure.value - *all.find(figure.key)->value) <= 1e-14);
        }
    }

    void termsOfAnySizeAreSummedExactly() {
        MeasuredWorld here;
        for (std::int64_t r = 0; r < kRows; ++r)
            here.logits[static_cast<std::size_t>(r)] = r % 2 ? 1e30F : -1e-30F * static_cast<float>(r);
        const auto whole = wholeRun(here);
        const MetricReport alone = evaluated(here, [&](std::int64_t r) { return here.id(r, 2) >= 100; });
        const auto slices = whole->results();
        for (const char* key : {"log_loss", "bias", "brier"})
            QCOMPARE(*slices.back().find(key)->value, *alone.find(key)->value);
    }

    void whatCannotBeIsRefused() {
        const MeasureState whole = wholeRun(world())->save();
        const auto load = [](const MeasureState& state) {
            return codeOf(SliceScores(world().slices, {}, numberOf).load(MeasureState(state)));
        };
        QCOMPARE(load(whole), std::string("no error"));
        const auto refuse = [&](const char* name, auto values, auto change) {
            change(values);
            return load(with(whole, name, values));
        };
        const std::string impossible("E-MEASURE-005");
        for (const char* name : {"rows", "positives", "buckets"}) {
            const auto values = arrayOf<std::int64_t>(whole, name);
            for (const std::int64_t n : {std::int64_t{-1}, values[1] + 1, std::numeric_limits<std::int64_t>::max()})
                QCOMPARE(refuse(name, values, [n](auto& v) { v[1] = n; }), impossible);
        }
        for (const char* name : {"bucket", "negatives_in", "positives_in"})
            QCOMPARE(refuse(name, arrayOf<std::uint32_t>(whole, name), [](auto& v) { v[3] = 70'000; }), impossible);
        const auto digits = arrayOf<std::uint32_t>(whole, "sums");
        for (std::size_t term = 0; term < kSliceTerms; ++term)
            QCOMPARE(refuse("sums", digits, [term](auto& v) { v[(term + 1) * LongSum::kDigits - 1] = 0x80000000; }),
                     impossible);
        for (const SliceTermKind term : {kTermSquaredError, kTermProbability, kTermPositive, kTermFourthPower})
            QCOMPARE(refuse("sums", digits, [term](auto& v) { v[term * LongSum::kDigits + 50] = 1; }), impossible);
        SliceScores other(world().slices, {}, numberOf);
        const auto left = other.save();
        QCOMPARE(load(with(left, "sums", digits)), impossible);  // of no rows
    }

    void moreRowsThanACountHoldsAreRefused() {
        constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
        MeasuredWorld here;
        here.slices = {std::make_shared<SlicePartition>("all", std::vector<SliceTest>{})};
        SliceScores many(here.slices, {}, numberOf);
        MeasureState state = many.save();
        state.put("rows", std::vector<std::int64_t>{kMost, 0});
        state.put("buckets", std::vector<std::int64_t>{1, 0});
        state.put("bucket", std::vector<std::uint32_t>{0x8000});
        state.put("negatives_in", std::vector<std::uint32_t>{static_cast<std::uint32_t>(kMost)});
        state.put("positives_in", std::vector<std::uint32_t>{0});
        QCOMPARE(codeOf(many.load(MeasureState(state))), std::string("no error"));
        QCOMPARE(codeOf(many.merge(std::move(*wholeRun(here)))), std::string("E-ANALYSIS-003"));
        MeasuredRows rows;
        rows.rows = here.batch.view();
        rows.logits = here.logits;
        QCOMPARE(codeOf(many.add(rows)), std::string("E-ANALYSIS-003"));
    }
};

DLRM_TEST(TestSliceScores);

}  // namespace tst_slice_scores

#include "tst_slice_scores.moc"
