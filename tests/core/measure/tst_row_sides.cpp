// SPDX-License-Identifier: Apache-2.0
// Measures of interactions over the rows of one slice and of two: against a recount row by row, and merged in any
// order.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/measure/interaction_extremes.h"
#include "core/measure/interaction_moments.h"
#include "core/measure/pair_attributions.h"
#include "tests/core/measure/measured_world.h"
#include "tests/support/test_program.h"

namespace tst_row_sides {

using namespace dlrm;
using namespace dlrm::test;

namespace {

constexpr std::int64_t kRows = MeasuredWorld::kRows;
constexpr std::size_t kVectors = MeasuredWorld::kVectors;

const MeasuredWorld& world() {
    static const MeasuredWorld made;
    return made;
}

// Every second row has a number of its own, so that numbers are not those of the pass.
std::int64_t numberOf(std::int64_t row) { return 3 * row + 1; }

std::shared_ptr<const SlicePartition> slice() {
    return std::make_shared<SlicePartition>("num_0 > 3",
                                            std::vector<SliceTest>{NumberTest{0, SliceComparison::Greater, {3}, 0.0F}});
}
std::shared_ptr<const SlicePartition> other() {
    return std::make_shared<SlicePartition>("row 0-9000", std::vector<SliceTest>{RowTest{{0, 9000}}});
}
bool inSlice(std::int64_t row) { return row % 7 > 3; }
bool inOther(std::int64_t row) { return numberOf(row + MeasuredWorld::kFirstRow) <= 9000; }
bool inSide(SliceSide side, std::int64_t row) {
    return side == SliceSide::Slice     ? inSlice(row)
           : side == SliceSide::Against ? inOther(row)
                                        : inSlice(row) && inOther(row);
}

RowSides sides() { return {slice(), other(), numberOf}; }

std::vector<std::unique_ptr<Measure>> madeOf(const MeasuredWorld& from, const RowSides& apart) {
    std::vector<std::unique_ptr<Measure>> out;
    out.push_back(*InteractionMoments::make(from.spec, true, apart));
    out.push_back(*PairAttributions::make(from.spec, from.top, apart));
    out.push_back(*InteractionExtremes::make(from.spec, true, apart, numberOf));
    return out;
}

double product(const MeasuredWorld& from, std::int64_t row, std::size_t i, std::size_t j) {
    return static_cast<double>(from.all.interaction[(static_cast<std::size_t>(row) * kVectors + i) * kVectors + j]);
}

}  // namespace

class TestRowSides : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sumsAreThoseOfTheRowsOfEachSide() {
        const MeasuredWorld& here = world();
        const auto moments = *InteractionMoments::make(here.spec, true, sides());
        here.addTo(*moments, 0, kRows);
        QCOMPARE(moments->rows(), kRows);
        for (const SliceSide side : {SliceSide::Slice, SliceSide::Against, SliceSide::Shared}) {
            const InteractionSums sums = moments->sums(side);
            std::size_t p = 0;
            for (std::size_t i = 0; i < kVectors; ++i)
                for (std::size_t j = i; j < kVectors; ++j, ++p) {
                    double all = 0, size = 0, deviations = 0;
                    std::int64_t rows = 0;
                    for (const int label : {0, 1}) {
                        double sum = 0;
                        std::int64_t n = 0;
                        for (std::int64_t r = 0; r < kRows; ++r) {
                            if (!inSide(side, r) || here.clicked(r) != (label == 1)) continue;
                            sum += product(here, r, i, j);
                            size += std::fabs(product(here, r, i, j));
                            ++n;
                        }
                        const auto at = static_cast<std::size_t>(label);
                        QCOMPARE(sums.rows[at], n);
                        constexpr double kSumInDouble = 1e-12;  // of the recount: some thousand roundings
                        QVERIFY(std::fabs(sums.x[at * sums.pairs() + p] - sum) <= kSumInDouble * size);
                        all += sum;
                        rows += n;
                    }
                    QVERIFY(rows > 100);
                    const double mean = all / static_cast<double>(rows);
                    for (std::int64_t r = 0; r < kRows; ++r)
                        if (inSide(side, r)) deviations += std::pow(product(here, r, i, j) - mean, 2);
                    QVERIFY(std::fabs(sums.deviations[2 * sums.pairs() + p] - deviations) <= 1e-11 * deviations);
                }
        }
    }

    void attributionsOfTheSidesAddUpToThoseOfAllRows() {
        const MeasuredWorld& here = world();
        const auto whole = *PairAttributions::make(here.spec, here.top);
        here.addTo(*whole, 0, kRows);
        // What is in one slice and what is not are all rows.
        const auto rest = std::make_shared<SlicePartition>(
            "num_0 <= 3", std::vector<SliceTest>{NumberTest{0, SliceComparison::LessEqual, {3}, {}}});
        const auto apart = *PairAttributions::make(here.spec, here.top, RowSides(slice(), rest));
        here.addTo(*apart, 0, kRows);
        const PairAttributionSums a = apart->sums(SliceSide::Slice), b = apart->sums(SliceSide::Against),
                                  all = whole->sums();
        QCOMPARE(apart->sums(SliceSide::Shared).rows, 0);
        QCOMPARE(a.rows + b.rows, all.rows);
        QVERIFY(a.rows > 1000 && b.rows > 1000);
        for (std::size_t p = 0; p < all.sizes.size(); ++p) {
            constexpr double kTwoRoundings = 1e-15;
            QVERIFY(std::fabs(a.signedSums[p] + b.signedSums[p] - all.signedSums[p]) <= kTwoRoundings * all.sizes[p]);
            QVERIFY(std::fabs(a.sizes[p] + b.sizes[p] - all.sizes[p]) <= kTwoRoundings * all.sizes[p]);
        }
    }

    void extremesAreThoseOfASort_data() {
        QTest::addColumn<bool>("cross");
        QTest::newRow("products of the model") << false;
        QTest::newRow("vectors") << true;
    }
    void extremesAreThoseOfASort() {
        QFETCH(bool, cross);
        MeasuredWorld here(cross);
        // Many rows tie: of those the lower numbers are kept.
        for (std::int64_t r = 0; r < kRows; ++r)
            for (std::size_t j = 0; j < 3; ++j)
                here.all.interaction[(static_cast<std::size_t>(r) * kVectors + 4) * kVectors + j] =
                    static_cast<float>(r % 5);
        const auto measure =
            *InteractionExtremes::make(here.spec, true, RowSides(slice(), nullptr, numberOf), numberOf);
        here.addTo(*measure, 2000, kRows - 2000);  // not in the order of the rows
        here.addTo(*measure, 0, 2000);
        const std::vector<PairExtremes> found = measure->extremes();
        QCOMPARE(found.size(), kVectors * (kVectors - 1) / 2);
        const auto valueOf = [&](std::int64_t r, std::size_t i, std::size_t j) {
            if (!cross) return static_cast<float>(product(here, r, i, j));
            double sum = 0;
            for (std::size_t d = 0; d < MeasuredWorld::kDim; ++d) {
                const auto of = [&](std::size_t v) {
                    return static_cast<double>(
                        here.all.vectors[(static_cast<std::size_t>(r) * kVectors + v) * MeasuredWorld::kDim + d]);
                };
                sum += of(i) * of(j);
            }
            return static_cast<float>(sum);
        };
        for (const PairExtremes& pair : found) {
            std::vector<std::pair<float, std::int64_t>> rows;
            for (std::int64_t r = 0; r < kRows; ++r)
                if (inSlice(r)) rows.emplace_back(valueOf(r, pair.first, pair.second), r);
            for (const bool highest : {false, true}) {
                std::stable_sort(rows.begin(), rows.end(), [highest](const auto& a, const auto& b) {
                    if (a.first != b.first) return highest ? a.first > b.first : a.first < b.first;
                    return a.second < b.second;
                });
                const auto& kept = highest ? pair.highest : pair.lowest;
                QCOMPARE(kept.size(), InteractionExtremes::kKept);
                for (std::size_t k = 0; k < kept.size(); ++k) {
                    QCOMPARE(kept[k].value, rows[k].first);
                    QCOMPARE(kept[k].row, numberOf(rows[k].second + MeasuredWorld::kFirstRow));
                    QCOMPARE(kept[k].label.value_or(-1), here.clicked(rows[k].second) ? 1 : 0);
                }
            }
        }
    }

    void shardsInAnyOrderGiveTheBitsOfOneRun() {
        const MeasuredWorld& here = world();
        auto whole = madeOf(here, sides());
        for (const auto& measure : whole) here.addTo(*measure, 0, kRows);
        for (unsigned seed = 0; seed < 4; ++seed) {
            std::mt19937 random(seed);
            std::vector<std::int64_t> bounds{0, 3, kRows};
            while (bounds.size() < 8) bounds.push_back(static_cast<std::int64_t>(random() % kRows));
            std::sort(bounds.begin(), bounds.end());
            std::vector<std::size_t> order(bounds.size() - 1);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::shuffle(order.begin(), order.end(), random);
            auto merged = madeOf(here, sides());
            for (const std::size_t shard : order) {
                auto part = madeOf(here, sides());
                for (std::size_t m = 0; m < part.size(); ++m) {
                    here.addTo(*part[m], bounds[shard], bounds[shard + 1] - bounds[shard]);
                    auto loaded = std::move(madeOf(here, sides())[m]);
                    const auto ok = loaded->load(part[m]->save());
                    QVERIFY2(ok.has_value(), ok ? "" : ok.error().text().c_str());
                    const auto joined = merged[m]->merge(std::move(*loaded));
                    QVERIFY2(joined.has_value(), joined ? "" : joined.error().text().c_str());
                }
            }
            for (std::size_t m = 0; m < merged.size(); ++m) QVERIFY(merged[m]->save() == whole[m]->save());
        }
    }

    void otherSlicesAreNotMerged() {
        const MeasuredWorld& here = world();
        for (const RowSides& apart : {RowSides(), RowSides(slice(), nullptr), RowSides(other(), slice(), numberOf)}) {
            auto mine = madeOf(here, sides()), its = madeOf(here, apart);
            for (std::size_t m = 0; m < mine.size(); ++m) {
                const auto merged = mine[m]->merge(std::move(*its[m]));
                QCOMPARE(merged ? std::string() : merged.error().code, std::string("E-MEASURE-006"));
            }
        }
    }

    void productsThatAreNotFiniteNameTheirRow() {
        MeasuredWorld here;
        here.all.interaction[(1235 * kVectors + 3) * kVectors + 1] = std::numeric_limits<float>::infinity();
        MeasuredRows rows;
        rows.rows = here.batch.view();
        rows.firstRow = MeasuredWorld::kFirstRow;
        rows.intermediates = &here.all;
        const auto measure = *InteractionExtremes::make(here.spec, true);
        const auto added = measure->add(rows);
        QCOMPARE(added ? std::string() : added.error().code, std::string("E-MEASURE-008"));
        QCOMPARE(added.error().row, MeasuredWorld::kFirstRow + 1235);
        // A row in no slice is not looked at: 1235 % 7 is 3.
        const auto sifted = *InteractionExtremes::make(here.spec, true, RowSides(slice(), nullptr));
        QVERIFY(sifted->add(rows).has_value());
    }
};

DLRM_TEST(TestRowSides);

}  // namespace tst_row_sides

#include "tst_row_sides.moc"
