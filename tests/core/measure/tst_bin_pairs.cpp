// SPDX-License-Identifier: Apache-2.0
// The measure "bin_pairs" against a recount row by row, and the slices that are found in what was planted.
#include <QTest>

#include <limits>
#include <random>

#include "core/measure/bin_pairs.h"
#include "core/metrics/probability.h"
#include "tests/core/measure/measured_world.h"
#include "tests/support/test_program.h"

namespace tst_bin_pairs {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = MeasuredWorld::kRows;

double chance(const MeasuredWorld& of, std::int64_t row) {
    return sigmoid(static_cast<double>(of.logits[static_cast<std::size_t>(row)]));
}

// Labels as the predictions say, but for rows of the pair (id 100 … of cat_2, number 5 or 6), which are clicked more.
MeasuredWorld planted(unsigned seed, double more) {
    MeasuredWorld out;
    std::mt19937 random(seed);
    for (std::int64_t r = 0; r < kRows; ++r) {
        const bool there = out.id(r, 2) >= 100 && r % 7 >= 4;
        const double p = chance(out, r), clicked = there ? p + more * (1 - p) : p;
        out.batch.labels[static_cast<std::size_t>(r)] = static_cast<double>(random()) / 4294967296.0 < clicked;
    }
    return out;
}

std::vector<WeakSlice> weakestOf(const MeasuredWorld& world, std::int64_t most = 100) {
    BinPairs pairs(world.bins, most);
    world.addTo(pairs, 0, kRows);
    return pairs.weakest().slices;
}

std::string codeOf(const Result<void>& result) { return result ? "no error" : result.error().code; }

}  // namespace

class TestBinPairs : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void figuresAreThoseOfARecount() {
        const MeasuredWorld here;  // its clicks have nothing to do with the predictions: almost all is off
        const auto found = weakestOf(here);
        QVERIFY(found.size() > 3);
        const auto inBin = [&](const std::string& bin, std::int64_t r) {
            const std::int32_t cat2 = here.id(r, 2), cat3 = here.id(r, 3);
            const std::int64_t number = r % 7;
            if (bin == "cat_2 missing") return cat2 == 0;
            if (bin == "cat_2 id 1-9") return cat2 >= 1 && cat2 <= 9;
            if (bin == "cat_2 id 10-99") return cat2 >= 10 && cat2 <= 99;
            if (bin == "cat_2 id 100-999") return cat2 >= 100;
            if (bin == "num_0 missing") return number == 0;
            if (bin == "num_0 < 2") return number == 1;
            if (bin == "num_0 >= 2 and num_0 < 4") return number == 2 || number == 3;
            if (bin == "num_0 >= 4") return number >= 4;
            if (bin == "cat_3 missing") return cat3 == 0;
            if (bin == "cat_3 id 1-19") return cat3 >= 1 && cat3 <= 19;
            if (bin == "cat_3 id 20-69") return cat3 >= 20;
            qFatal("no such bin: %s", bin.c_str());
        };
        double before = std::numeric_limits<double>::infinity();
        for (const WeakSlice& slice : found) {
            std::vector<std::string> bins{slice.slice};
            for (std::size_t field = 0; field < 3 && bins.size() == 1; ++field)  // of a pair the first one begins it
                for (std::size_t i = 0; i < here.bins[field]->listed(); ++i) {
                    const std::string& first = here.bins[field]->sentence(i);
                    if (slice.slice.starts_with(first + " and ") && first != "num_0 >= 2")
                        bins = {first, slice.slice.substr(first.size() + 5)};
                }
            if (slice.slice == "num_0 >= 2 and num_0 < 4") bins = {slice.slice};
            std::int64_t rows = 0, positives = 0;
            double p = 0, variance = 0;
            for (std::int64_t r = 0; r < kRows; ++r) {
                if (!std::all_of(bins.begin(), bins.end(), [&](const std::string& bin) { return inBin(bin, r); }))
                    continue;
                ++rows;
                positives += here.clicked(r);
                p += chance(here, r);
                variance += chance(here, r) * (1 - chance(here, r));
            }
            constexpr double kRounded = 1e-5;  // of terms to 2⁻³⁰, of at most 5,003 rows
            QCOMPARE(slice.rows, rows);
            QCOMPARE(slice.positives, positives);
            const double excess = static_cast<double>(positives) - p;
            QVERIFY(std::fabs(slice.excessClicks - excess) <= kRounded);
            QVERIFY(std::fabs(slice.t - excess / std::sqrt(variance)) <= kRounded);
            QVERIFY(std::fabs(*slice.calibration - p / static_cast<double>(positives)) <= kRounded);
            const auto clicks = static_cast<double>(positives);
            const double spread = std::sqrt(clicks * (1 - clicks / static_cast<double>(rows)));
            QVERIFY(std::fabs(*slice.low - p / (clicks + 1.959963984540054 * spread)) <= kRounded);
            QVERIFY(variance >= kLeastVariance && slice.pAdjusted < 0.05 && std::fabs(slice.t) <= before);
            before = std::fabs(slice.t);
        }
    }

    void whatWasPlantedIsFoundFirst() {
        for (unsigned seed = 0; seed < 5; ++seed) {
            const auto found = weakestOf(planted(seed, 0.25));
            QVERIFY(!found.empty());
            // The order of the fields is that of the bins.
            QCOMPARE(found.front().slice, std::string("cat_2 id 100-999 and num_0 >= 4"));
            QVERIFY(found.front().t > 6 && found.front().excessClicks > 0 && *found.front().calibration < 1);
            // Neither bin makes a slice with something else more than what it is by itself.
            for (const WeakSlice& slice : found)
                QVERIFY2(slice.slice.find(" and cat_3") == std::string::npos, slice.slice.c_str());
        }
    }

    // Holm's level is that of anything at all being listed: in 5 % of 200 simulations, and by chance in three standard
    // errors more.
    void whatIsRightIsRarelyListed() {
        int listed = 0;
        for (unsigned seed = 0; seed < 200; ++seed) listed += !weakestOf(planted(seed, 0)).empty();
        QVERIFY2(listed <= 19, qPrintable(QString::number(listed)));
    }

    void noMoreThanWereAskedForAreListed() {
        const MeasuredWorld here;
        const auto all = weakestOf(here), three = weakestOf(here, 3);
        QCOMPARE(three.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) QCOMPARE(three[i].slice, all[i].slice);
    }

    void aSliceWithoutClicksHasNoCalibration() {
        MeasuredWorld here;
        std::fill(here.batch.labels.begin(), here.batch.labels.end(), std::uint8_t{0});
        const auto found = weakestOf(here);
        QVERIFY(!found.empty());
        for (const WeakSlice& slice : found) QVERIFY(!slice.calibration && !slice.low && slice.t < 0);
    }

    // A sentence and all other rows are no bins of a field: the others have no words that could be listed.
    void aSentenceIsNoFieldOfBins() {
        const SlicePartitions sentence{
            std::make_shared<const SlicePartition>("", std::vector<std::string>{"num_3 > 5"}, 2, 7)};
        const auto made = BinPairs::madeFor(BinPairs(sentence).save());
        QVERIFY(!made);
        QCOMPARE(made.error().code, std::string("E-MEASURE-005"));
        const MeasuredWorld here;
        QVERIFY(BinPairs::madeFor(BinPairs(here.bins).save()).has_value());
    }

    void whatCannotBeIsRefused() {
        const MeasuredWorld here;
        BinPairs pairs(here.bins);
        here.addTo(pairs, 0, kRows);
        const MeasureState whole = pairs.save();
        const auto refused = [&](const char* name, auto change) {
            MeasureState state;
            for (auto [key, array] : whole.arrays()) {
                if (key == name) std::visit([&](auto& values) { change(values); }, array);
                state.put(key, array);
            }
            return codeOf(BinPairs(here.bins).load(std::move(state)));
        };
        const std::string impossible("E-MEASURE-005");
        QCOMPARE(refused("rows", [](auto&) {}), std::string("no error"));
        QCOMPARE(refused("rows", [](auto& values) { values[0] += 1; }), impossible);
        QCOMPARE(refused("rows", [](auto& values) { values.back() += 1; }), impossible);
        QCOMPARE(refused("positives",
                         [](auto& values) {
                             values[1] = static_cast<typename std::decay_t<decltype(values)>::value_type>(kRows);
                         }),
                 impossible);
        for (const char* name : {"probability", "variance"})
            for (const std::int64_t n : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()})
                QCOMPARE(refused(name,
                                 [n](auto& values) {
                                     values[2] = static_cast<typename std::decay_t<decltype(values)>::value_type>(n);
                                 }),
                         impossible);
    }
};

DLRM_TEST(TestBinPairs);

}  // namespace tst_bin_pairs

#include "tst_bin_pairs.moc"
