// SPDX-License-Identifier: Apache-2.0
// Untrained rows against what TensorFlow is known to have left alone, row by row, and against the lattice's definition.
#include <QDir>
#include <QDirIterator>
#include <QTest>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/analysis/tables/kernels.h"
#include "core/analysis/tables/pass.h"
#include "core/analysis/tables/random_tables.h"
#include "core/analysis/tables/trained_check.h"
#include "core/analysis/tables/untrained_test.h"
#include "core/checkpoint/checkpoint.h"
#include "tests/core/analysis/tables/memory_table.h"
#include "tests/support/npy_values.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_untrained_rows {

using namespace dlrm;
using namespace dlrm::test;
using nlohmann::json;

namespace {

UntrainedRows untrainedOf(const TableView& view) {
    TablePass pass({TableId{0}, &view, {}}, TablePass::Content::WithoutGram);
    auto result = pass.run({});
    if (!result) qFatal("%s", result.error().text().c_str());
    return result->untrained;
}

json readJson(const QString& path) {
    std::ifstream in(path.toStdString());
    return json::parse(in);
}

// The definition, by trying the integers around: fl(fl(k/2²³ · 2a) − a) == v, with separate roundings or one.
bool onLatticeByDefinition(float v, const Lattice& lattice) {
    const double a = lattice.max;
    const auto guess = static_cast<std::int64_t>(std::floor((v + a) / (2 * a) * 0x1p23));
    for (std::int64_t k = std::max<std::int64_t>(0, guess - 4); k <= std::min<std::int64_t>((1 << 23) - 1, guess + 4);
         ++k) {
        const double exact = static_cast<double>(k) * 0x1p-23 * (2 * a);
        const auto product = static_cast<float>(exact);
        const float value =
            lattice.fused ? static_cast<float>(exact - a) : static_cast<float>(static_cast<double>(product) - a);
        if (value == v) return true;
    }
    return false;
}

}  // namespace

class TestUntrainedRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The first rows, and as many others spread over the rest: the last one is among them whatever the number of rows.
    void theLastRowIsLookedAt() {
        for (const std::int64_t rows : {3, 1024, 1500, 2524, 9973}) {
            constexpr std::int64_t kDim = 8;
            const float a = static_cast<float>(1 / std::sqrt(static_cast<double>(rows)));
            std::vector<float> values;
            for (std::int64_t i = 0; i < rows * kDim; ++i) {
                const auto k = static_cast<double>((i * 7'919'111) % (1 << 23));
                values.push_back(static_cast<float>(
                    static_cast<double>(static_cast<float>(k * 0x1p-23 * 2 * static_cast<double>(a))) -
                    static_cast<double>(a)));
            }
            const MemoryTable random(rows, kDim, values);
            for (std::int64_t c = 0; c < kDim; ++c)
                values[static_cast<std::size_t>((rows - 1) * kDim + c)] = 0.1234567f * static_cast<float>(c + 1);
            const MemoryTable trained(rows, kDim, values);
            ModelSpec spec;
            spec.tables.resize(1);
            for (const auto& [table, isRandom] : {std::pair(&random, true), std::pair(&trained, false)}) {
                const auto found = checkTrained(spec, std::span(&table->view(), 1), {});
                QVERIFY(found);
                QVERIFY2(found->random() == isRandom, qPrintable(QStringLiteral("%1 rows: %2 of %3")
                                                                     .arg(rows)
                                                                     .arg(found->tables[0].untrained)
                                                                     .arg(found->tables[0].rowsChecked)));
            }
        }
    }

    // Of several such rows and tables the first ones.
    void aRowThatIsNotFiniteIsNamedWithItsTable() {
        constexpr std::int64_t kDim = 16;
        std::vector<float> values = normalValues(300 * kDim, 0.1F, 0, 3);
        const MemoryTable whole(300, kDim, values);
        const auto put = [&](std::int64_t row, float value) {
            values[static_cast<std::size_t>(row * kDim + 3)] = value;
            return MemoryTable(300, kDim, values);
        };
        const MemoryTable last = put(299, -std::numeric_limits<float>::infinity()),
                          two = put(7, std::numeric_limits<float>::quiet_NaN());
        ModelSpec spec;
        for (const char* name : {"cat_0", "cat_1"}) spec.tables.emplace_back().name = name;
        const auto told = [&](const MemoryTable& first, const MemoryTable& second) {
            const std::vector<TableView> tables{first.view(), second.view()};
            const auto check = checkTrained(spec, tables, {});
            if (!check) qFatal("%s", check.error().text().c_str());
            return check->notFinite();
        };
        QCOMPARE(told(whole, whole), std::string());
        QCOMPARE(told(whole, last), std::string("Row 299 of table cat_1 holds a value that is not finite."));
        QCOMPARE(told(whole, two), std::string("Row 7 of table cat_1 holds a value that is not finite."));
        QCOMPARE(told(last, two), std::string("Row 299 of table cat_0 holds a value that is not finite."));
    }

    // One table of many that was never trained, or that was lost.
    void aFlawedTableIsNamed() {
        constexpr std::int64_t kDim = 16;
        const auto bound = [](std::int64_t rows) {
            return static_cast<float>(std::sqrt(1.0 / static_cast<double>(rows)));
        };
        std::vector<float> equal = normalValues(kDim, 0.1F, 0, 7);
        for (std::int64_t i = kDim; i < 300 * kDim; ++i) equal.push_back(equal[static_cast<std::size_t>(i - kDim)]);
        std::vector<float> half = normalValues(300 * kDim, 0.1F, 0, 8);
        std::fill_n(half.begin() + 5 * kDim, 295 * kDim, 0.0F);
        const MemoryTable trained(5000, kDim, normalValues(5000 * kDim, 0.1F, 0, 3)),
            zeros(3000, kDim, std::vector<float>(3000 * kDim)), same(300, kDim, equal),
            random(3000, kDim, initialValues(3000 * kDim, bound(3000), 5)),
            one(1, kDim, normalValues(kDim, 0.1F, 0, 6)), mostlyZeros(300, kDim, half),
            halfZeros(300, kDim, std::vector<float>(300 * kDim), Storage::Half),
            tiny(3, 2, initialValues(6, bound(3), 9));
        const std::vector<TableView> tables{trained.view(), zeros.view(),       same.view(),      random.view(),
                                            one.view(),     mostlyZeros.view(), halfZeros.view(), tiny.view()};
        ModelSpec spec;
        for (const char* name : {"trained", "zeros", "same", "random", "one", "mostly", "half", "tiny"})
            spec.tables.emplace_back().name = name;
        const auto check = checkTrained(spec, tables, {});
        QVERIFY(check && !check->random());
        const TableFlaw expected[] = {TableFlaw::None, TableFlaw::Zeros, TableFlaw::EqualRows, TableFlaw::Random,
                                      TableFlaw::None, TableFlaw::None,  TableFlaw::Zeros,     TableFlaw::None};
        for (std::size_t t = 0; t < tables.size(); ++t)
            QVERIFY2(check->tables[t].flaw == expected[t], spec.tables[t].name.c_str());
        const std::vector<std::string> notes{
            "Table random holds random numbers, as the initializer draws them: never trained (2048 rows looked at).",
            "Tables zeros, half hold nothing but zeros (2348 rows looked at).",
            "Table same holds the same vector in every row (300 rows looked at)."};
        QCOMPARE(check->notes("C"), notes);
        const auto quick = tableFlawNotes(spec, tables, {});
        QVERIFY(quick);
        QCOMPARE(*quick, notes);
        // Of a trained model nothing is said.
        spec.tables.resize(1);
        QVERIFY(tableFlawNotes(spec, std::span(tables).first(1), {})->empty());
        std::stop_source stop;
        stop.request_stop();
        const auto stopped = tableFlawNotes(spec, tables, stop.get_token());
        QVERIFY(!stopped && stopped.error().isCancelled());
    }

    void equalsTheDefinition_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("fused");
        for (const int rows : {3, 64, 1000, 8192, 7912889}) {
            QTest::addRow("%d", rows) << rows << false;
            QTest::addRow("%d fused", rows) << rows << true;
        }
    }
    void equalsTheDefinition() {
        QFETCH(int, rows);
        QFETCH(bool, fused);
        const Lattice lattice{static_cast<float>(std::sqrt(1.0 / rows)), fused};
        std::mt19937_64 random(17);
        std::vector<float> values;
        // Lattice values, their neighbours in float32, any values, and the ends.
        for (int i = 0; i < 20000; ++i) {
            const double exact = static_cast<double>(random() >> 41) * 0x1p-23 * (2.0 * lattice.max);
            const float on = fused ? static_cast<float>(exact - lattice.max)
                                   : static_cast<float>(static_cast<double>(static_cast<float>(exact)) - lattice.max);
            values.push_back(on);
            values.push_back(std::nextafter(on, 1.0f));
            values.push_back(std::nextafter(on, -1.0f));
            values.push_back(
                static_cast<float>((static_cast<double>(random() >> 11) * 0x1p-52 - 1) * 1.1 * lattice.max));
        }
        for (const float v : {lattice.max, -lattice.max, std::nextafter(lattice.max, 0.0f),
                              std::nextafter(-lattice.max, -1.0f), 0.0f, -0.0f, 0x1p-149f})
            values.push_back(v);
        std::int64_t on = 0;
        for (const float v : values) {
            const std::vector<float> row(16, v);  // whole vectors
            const std::int64_t found = kernels::latticeValues(row.data(), 16, lattice);
            QVERIFY(found == 0 || found == 16);
            QCOMPARE(found == 16, onLatticeByDefinition(v, lattice));
            QCOMPARE(kernels::latticeValues(row.data(), 1, lattice) == 1, found == 16);  // behind the last whole vector
            on += found == 16;
        }
        QVERIFY(on >= 20000);
        const std::vector<float> none{std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                                      -std::numeric_limits<float>::infinity()};
        QCOMPARE(kernels::latticeValues(none.data(), 3, lattice), 0);
    }

    void needs120Of128() {
        QCOMPARE(latticeValuesNeeded(128), 120);
        QCOMPARE(latticeValuesNeeded(16), 15);
        QCOMPARE(latticeValuesNeeded(32), 30);
        QCOMPARE(latticeValuesNeeded(2), 2);
        const float bound = static_cast<float>(std::sqrt(1.0 / 4096));
        auto values = initialValues(4096 * 128, bound, 3);
        for (int c = 0; c < 8; ++c) values[static_cast<std::size_t>(c)] = 1;             // row 0: 120 left
        for (int c = 0; c < 9; ++c) values[static_cast<std::size_t>(128 + 14 * c)] = 1;  // row 1: 119 left
        const MemoryTable table(4096, 128, std::move(values));
        const UntrainedRows rows = untrainedOf(table.view());
        QVERIFY(rows.contains(0) && !rows.contains(1) && rows.contains(2));
        QCOMPARE(rows.count, 4095);
        QCOMPARE(static_cast<std::int64_t>(rows.ids().size()), rows.count);
        QVERIFY(rows.method == UntrainedMethod::Lattice);
    }

    // Bounds one ulp off, a fused initializer, wider lattices: each is recognised as what it is.
    void findsTheLattice_data() {
        QTest::addColumn<int>("power");
        QTest::addColumn<int>("ulps");
        QTest::addColumn<bool>("fused");
        for (const int power : {0, 2, -1})
            for (const int ulps : {-1, 0, 1})
                for (const bool fused : {false, true})
                    QTest::addRow("2^%d %+d ulp %s", power, ulps, fused ? "fused" : "") << power << ulps << fused;
    }
    void findsTheLattice() {
        QFETCH(int, power);
        QFETCH(int, ulps);
        QFETCH(bool, fused);
        constexpr std::int64_t kRows = 3000, kDim = 128;
        const float base = std::ldexp(static_cast<float>(std::sqrt(1.0 / kRows)), power);
        const float bound = ulps == 0 ? base : std::nextafter(base, ulps > 0 ? 2 * base : 0.0f);
        auto values = initialValues(kRows * kDim, bound, 29);
        if (fused) {
            std::mt19937 random(29);
            for (float& v : values)
                v = static_cast<float>(static_cast<double>(random() >> 9) * 0x1p-23 * (2.0 * bound) - bound);
        }
        // Most rows are trained, the untrained ones stand at the end.
        const auto noise = normalValues(kRows * kDim, bound / 10, 0, 31);
        for (std::size_t i = 0; i < static_cast<std::size_t>(2900 * kDim); ++i) values[i] += noise[i];
        const MemoryTable table(kRows, kDim, std::move(values));
        const UntrainedRows rows = untrainedOf(table.view());
        QVERIFY2(rows.lattice == (Lattice{bound, fused}), rows.explanation.c_str());
        QCOMPARE(rows.count, 100);
        QVERIFY(!rows.contains(2899) && rows.contains(2900));
    }

    void trainedTablesHaveNone() {
        const MemoryTable table(2000, 128, normalValues(2000 * 128, 0.01f, 0, 41));
        const UntrainedRows rows = untrainedOf(table.view());
        QCOMPARE(rows.count, 0);
        QCOMPARE(rows.lattice.max,
                 static_cast<float>(std::sqrt(1.0 / 2000)));  // unscaled when nothing speaks for a scale
    }

    void castTablesAreNotKnown() {
        const float bound = static_cast<float>(std::sqrt(1.0 / 5000));
        auto values = initialValues(5000 * 128, bound, 43);
        for (std::size_t i = 0; i < 1000 * 128; ++i) values[i] *= 1.5f;           // out of range
        for (std::size_t i = 1000 * 128; i < 2000 * 128; ++i) values[i] *= 0.7f;  // too short
        for (const Storage storage : {Storage::Half, Storage::BFloat}) {
            const MemoryTable table(5000, 128, values, storage);
            const UntrainedRows rows = untrainedOf(table.view());
            QVERIFY(rows.method == UntrainedMethod::Unknown && !rows.known());
            QCOMPARE(rows.count, 0);
            QVERIFY(rows.ids().empty());
            QVERIFY(rows.explanation.find("not known") != std::string::npos);
            QCOMPARE(requireKnown(rows).error().code, std::string("E-ANALYSIS-005"));
        }
        // And stored as float32 again.
        auto rounded = values;
        for (float& v : rounded) v = throughHalf(v);
        const UntrainedRows again = untrainedOf(MemoryTable(5000, 128, rounded).view());
        QVERIFY(!again.known());
        QVERIFY2(again.explanation.find("float16") != std::string::npos, again.explanation.c_str());
        // A single value is enough to tell that they were not.
        rounded.back() = 0.1F;
        QVERIFY(untrainedOf(MemoryTable(5000, 128, rounded).view()).known());
        const MemoryTable whole(5000, 128, values, Storage::Double);
        QCOMPARE(untrainedOf(whole.view()).count, 3000);
    }

    // The initializer draws neither a row of zeros nor the same row twice.
    void zerosAndCopiesAreNone() {
        constexpr std::int64_t kRows = 4096, kDim = 128;
        auto values = initialValues(kRows * kDim, static_cast<float>(std::sqrt(1.0 / kRows)), 47);
        const auto row = [&](std::int64_t r) { return values.begin() + r * kDim; };
        std::fill_n(row(100), 500 * kDim, 0.0F);
        std::fill_n(row(50), 9, -0.0F);  // more zeros than rows may have
        std::fill_n(row(51), 8, 0.0F);   // as many
        for (std::int64_t r = 1000; r < 1500; ++r) std::copy_n(row(7), kDim, row(r));
        for (std::int64_t r = 2000; r < 2003; ++r) std::copy_n(row(1800), kDim, row(r));
        std::fill_n(row(2010), kDim, 0.125F);  // constant rows, trained ones
        std::fill_n(row(2011), kDim, 0.125F);
        const MemoryTable table(kRows, kDim, values);
        TablePass pass({TableId{0}, &table.view(), {}});
        const auto found = pass.run({});
        QVERIFY(found.has_value());
        QCOMPARE(found->zeroRows, 500);
        QCOMPARE(found->duplicates.rows, 504);
        QCOMPARE(found->duplicates.most, 501);
        QCOMPARE(found->duplicates.first, 7);
        QCOMPARE(found->untrained.count, kRows - 500 - 1 - 503 - 2);
        QVERIFY(found->untrained.contains(7) && !found->untrained.contains(1000) && !found->untrained.contains(1499) &&
                found->untrained.contains(1800));
        QVERIFY(!found->untrained.contains(100) && !found->untrained.contains(50) && found->untrained.contains(51));
        QCOMPARE(static_cast<std::int64_t>(found->untrained.ids().size()), found->untrained.count);
        QCOMPARE(found->trainedRows, 3);
        QCOMPARE(found->trainedGram.rows, 3);
        QCOMPARE(found->trainedNorms.rows, 3);  // row 50, two constant ones
        QCOMPARE(found->trainedNorms.p50, static_cast<float>(0.125 * std::sqrt(128.0)));
        QCOMPARE(found->trainedNorms.min, found->scan.norms[50]);
        // A table of zeros is not random: nothing drew it.
        const MemoryTable zeros(1000, 16, std::vector<float>(16000));
        ModelSpec spec;
        spec.tables.resize(1);
        QVERIFY(!checkTrained(spec, std::span(&zeros.view(), 1), {})->random());
        const UntrainedRows none = untrainedOf(zeros.view());
        QCOMPARE(none.count, 0);
        // NaN rows are no copies of each other.
        const MemoryTable bad(100, 16, std::vector<float>(1600, std::numeric_limits<float>::quiet_NaN()));
        TablePass badPass({TableId{0}, &bad.view(), {}});
        const auto badFound = badPass.run({});
        QCOMPARE(badFound->duplicates.rows + badFound->zeroRows, 0);
    }

    void emptyTablesHaveNoMethod() {
        const MemoryTable table(0, 16, {});
        const UntrainedRows rows = untrainedOf(table.view());
        QVERIFY(rows.method == UntrainedMethod::None);
        QCOMPARE(rows.share(), 0.0);
        QVERIFY(rows.ids().empty());
    }

    void equalsWhatTensorFlowLeftAlone_data() {
        QTest::addColumn<QString>("folder");
        for (const char* name : {"b_tensorflow", "c_tensorflow"})
            QTest::newRow(name) << QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/") + QLatin1String(name);
        QTest::newRow("c_fl15_arch") << QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/checkpoints/c_fl15_arch");
    }
    void equalsWhatTensorFlowLeftAlone() {
        QFETCH(QString, folder);
        DLRM_NEEDS_OUTSIDE(folder + QStringLiteral("/expected/untrained_rows.json"));
        const json expected = readJson(folder + QStringLiteral("/expected/untrained_rows.json"));
        const auto checkpoint = Checkpoint::open((folder + QStringLiteral("/checkpoint")).toStdString(), {});
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QCOMPARE((*checkpoint)->tables().size(), expected.size());
        for (std::size_t t = 0; t < expected.size(); ++t) {
            const json& table = expected.at(std::to_string(t));
            const UntrainedRows rows = untrainedOf((*checkpoint)->tables()[t]);
            QCOMPARE(rows.rows, table.at("rows").get<std::int64_t>());
            QCOMPARE(rows.ids(), table.at("ids").get<std::vector<std::int64_t>>());
        }
    }

    // Tables that were multiplied by 4 before training; read from the files directly.
    void equalsWhatNewerVersionsLeftAlone_data() {
        QTest::addColumn<QString>("folder");
        QDirIterator it(QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/newer_layouts"), {QStringLiteral("d_*")},
                        QDir::Dirs);
        bool any = false;
        while (it.hasNext()) {
            const QString folder = it.next();
            if (!QFile::exists(folder + QStringLiteral("/expected/touched_rows.json"))) continue;
            QTest::newRow(qPrintable(it.fileName())) << folder;
            any = true;
        }
        if (!any) QTest::newRow("none") << QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/d_*");
    }
    void equalsWhatNewerVersionsLeftAlone() {
        QFETCH(QString, folder);
        DLRM_NEEDS_OUTSIDE(folder);
        const json expected = readJson(folder + QStringLiteral("/expected/touched_rows.json"));
        for (const auto& [feature, table] : expected.items()) {
            const std::vector<double> values = npyValues(folder + QStringLiteral("/checkpoint/sparse/") +
                                                         QString::fromStdString(feature) + QStringLiteral(".npy"));
            const auto rows = table.at("rows").get<std::int64_t>();
            const auto size = static_cast<std::int64_t>(values.size());
            QVERIFY(size > 0 && size % rows == 0);
            const MemoryTable memory(rows, size / rows, std::vector<float>(values.begin(), values.end()));
            std::vector<bool> touched(static_cast<std::size_t>(rows));
            for (const auto& id : table.at("touched_ids")) touched[id.get<std::size_t>()] = true;
            const UntrainedRows found = untrainedOf(memory.view());
            for (std::int64_t r = 0; r < rows; ++r)
                QVERIFY2(found.contains(r) != touched[static_cast<std::size_t>(r)],
                         qPrintable(QStringLiteral("%1 row %2").arg(feature.c_str()).arg(r)));
            QCOMPARE(found.count, table.at("untouched").get<std::int64_t>());
        }
    }
};

DLRM_TEST(TestUntrainedRows);

}  // namespace tst_untrained_rows

#include "tst_untrained_rows.moc"
