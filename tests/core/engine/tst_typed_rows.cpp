// SPDX-License-Identifier: Apache-2.0
// Tokens that are typed or pasted: what is fed for them, with and without a dataset, a dictionary and a reading of
// their own.
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "core/dataset/preprocessing.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/engine/typed_rows.h"
#include "fakes.h"
#include "tests/core/engine/copied_rows.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_typed_rows {

using namespace dlrm;

namespace {

// Raw numbers, read as one of the profiles reads them.
class RawDataset : public test::MemoryDataset {
public:
    explicit RawDataset(const PreprocessingProfile& profile) : MemoryDataset(1, 2, 2), m_profile(profile) {}
    const PreprocessingProfile* rawProfile() const override { return &m_profile; }

private:
    const PreprocessingProfile& m_profile;
};

// Rows that hold values of categories.
class ValueDataset : public test::MemoryDataset {
public:
    ValueDataset() : MemoryDataset(1, 2, 2) {}
    bool holdsRawCategories() const override { return true; }
};

// Numbers that another preprocessing has transformed, as it is recorded.
class StoredDataset : public test::MemoryDataset {
public:
    explicit StoredDataset(std::string profile) : MemoryDataset(1, 2, 2), m_profile(std::move(profile)) {}
    std::string profile() const override { return m_profile; }

private:
    std::string m_profile;
};

std::string codeOf(const auto& result) { return result ? std::string() : result.error().code; }

}  // namespace

class TypedRowsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    ModelSpec m_spec;
    test::MemoryDataset m_stored{1, 2, 2};
    std::shared_ptr<const Dictionary> m_dictionary;
    EditableRow m_row;

    TypedRows rows(std::optional<Reading> reading = std::nullopt) const {
        return {&m_spec, &m_stored, m_dictionary.get(), reading};
    }

private Q_SLOTS:
    // Tables of 4 and 1,500 rows; the dictionary knows three values of each but those of id 4 and above.
    void initTestCase() {
        m_spec.numericalFeatures = 2;
        for (const std::int64_t tableRows : {4, 1500}) {
            TableSpec& table = m_spec.tables.emplace_back();
            table.name = "cat_" + std::to_string(m_spec.tables.size() - 1);
            table.rows = tableRows;
        }
        for (const char* file : {"cat_0.tsv", "cat_1.tsv"})
            test::writeAll(m_directory.filePath(QLatin1String(file)),
                           "a73ee510\t1\t30\n0000000b\t2\t20\ncccccccc\t3\t10\n");
        auto opened = Dictionary::open(m_directory.path().toStdString());
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        m_dictionary = *opened;
        m_row.input.numerical = {0, 0};
        m_row.input.ids = {0, 0};
        m_row.raw.numerical.resize(2);
        m_row.raw.categorical.resize(2);
        m_row.unknown.resize(2);
    }

    void numbersAreFedAsTheDatasetPreparesThem() {
        QCOMPARE(rows().fed("5"), nvidiaSparkNumerical("5"));
        QCOMPARE(rows().fed(""), 0.0F);
        const RawDataset facebook(**findProfile("facebookresearch"));
        QCOMPARE(TypedRows(&m_spec, &facebook, nullptr, {}).fed("5"), std::log(6.0F));
        QCOMPARE(TypedRows(&m_spec, &facebook, nullptr, {}).fed("-3"), 0.0F);
        QCOMPARE(TypedRows(&m_spec, nullptr, nullptr, {}).fed("5"),
                 nvidiaSparkNumerical("5"));  // nothing open: as NVIDIA's preprocessing
    }

    void numbersAreFedAsTheReadingInForceSays() {
        QCOMPARE(rows(Reading{NumericalReading::AlreadyLogged, 0}).fed("5"),
                 nvidiaSparkNumerical("5"));  // the dataset's own
        QCOMPARE(rows(Reading{NumericalReading::Raw, 0}).fed("5"), 5.0F);
        float logged = 5;
        reread(NumericalReading::LnPlus2, {&logged, 1}, {&logged, 1});
        QCOMPARE(rows(Reading{NumericalReading::LnPlus2, 0}).fed("5"), logged);
        QCOMPARE(rows(Reading{NumericalReading::LnPlus2, 0}).fed(""), 0.0F);
    }

    // Numbers that are stored as another preprocessing made them: what is typed goes the same way, or nowhere.
    void numbersAreFedAsTheStoredOnesWereMade() {
        for (const char* profile : {"facebookresearch", "facebookresearch, ids +1"}) {
            const StoredDataset facebook(profile);
            const TypedRows typed(&m_spec, &facebook, nullptr, {});
            QCOMPARE(typed.withNumerical(m_row, 0, "5")->input.numerical[0], std::log(6.0F));
            QCOMPARE(typed.taken().first, 0);
            QVERIFY(typed.takesRawNumbers());
            QCOMPARE(typed.tokenOf(std::log(6.0F)), std::string("5"));
        }
        const StoredDataset torchrec("torchrec");
        const TypedRows typed(&m_spec, &torchrec, m_dictionary.get(), {});
        QVERIFY(!typed.takesRawNumbers());
        QCOMPARE(typed.tokenOf(std::log(6.0F)), std::string());
        QCOMPARE(codeOf(typed.withNumerical(m_row, 1, "5")), std::string("E-SESSION-012"));
        QCOMPARE(typed.withNumerical(m_row, 1, "5").error().field, std::string("num_1"));
        QVERIFY(typed.withNumerical(m_row, 1, ""));
        const auto pasted = typed.parseLines("\t\ta73ee510\t\n\t5\ta73ee510\t\n");
        QCOMPARE(codeOf(pasted), std::string("E-SESSION-012"));
        QCOMPARE(pasted.error().row, std::optional<std::int64_t>(1));
        // Somebody said how its numbers are to be taken.
        QVERIFY(TypedRows(&m_spec, &torchrec, nullptr, Reading{NumericalReading::Raw, 0}).takesRawNumbers());
        QCOMPARE(TypedRows(&m_spec, &torchrec, nullptr, Reading{NumericalReading::Raw, 0})
                     .withNumerical(m_row, 1, "5")
                     ->input.numerical[1],
                 5.0F);
    }

    // 6 is ln(403) as well.
    void numbersOfAnUnknownPreprocessingHaveNoRawOnes() {
        const StoredDataset stored("unknown");
        PredictedRow row;
        row.input.numerical = {6, 400};
        row.input.ids = {0, 0};
        for (const bool told : {false, true}) {
            if (told) row.raw = RawRow{{"", ""}, {}};
            const TypedRows typed(&m_spec, &stored, m_dictionary.get(), {});
            QCOMPARE(typed.editable(row).raw.numerical, (std::vector<std::string>{"", ""}));
            QCOMPARE(typed.lineOf(typed.editable(row)), std::string("fed:6\tfed:400\t\t"));
        }
        const auto typed = TypedRows(&m_spec, &stored, nullptr, {}).withNumerical(m_row, 1, "5");
        QCOMPARE(codeOf(typed), std::string("E-SESSION-012"));
        QCOMPARE(typed.error().expected, std::string("data that say their preprocessing"));
        // Fed as raw numbers they are those.
        QCOMPARE(TypedRows(&m_spec, &stored, nullptr, Reading{NumericalReading::Raw, 0}).editable(row).raw.numerical,
                 (std::vector<std::string>{"6", "400"}));
    }

    // A number is taken where the formula gives one: those beside the ends are fed as a missing one is, and known as
    // such.
    void numbersThatAreFedAsAMissingOneAreKnown_data() {
        QTest::addColumn<QString>("profile");  // empty: numbers are stored as they are fed
        QTest::addColumn<int>("reading");      // -1: the dataset's own
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("last");
        constexpr int kLeast = std::numeric_limits<std::int32_t>::min(),
                      kMost = std::numeric_limits<std::int32_t>::max();
        const auto of = [](NumericalReading reading) { return static_cast<int>(reading); };
        QTest::newRow("stored") << QString() << -1 << -2 << kMost - 3;
        QTest::newRow("stored, ln(x+3)") << QString() << of(NumericalReading::LnPlus3) << -2 << kMost;
        QTest::newRow("stored, ln(x+2)") << QString() << of(NumericalReading::LnPlus2) << -1 << kMost;
        QTest::newRow("stored, raw") << QString() << of(NumericalReading::Raw) << kLeast << kMost;
        QTest::newRow("NVIDIA") << QStringLiteral("nvidia_spark") << -1 << -2 << kMost - 3;
        QTest::newRow("facebookresearch") << QStringLiteral("facebookresearch") << -1 << 0 << kMost;
        QTest::newRow("NVIDIA, ln(x+2)") << QStringLiteral("nvidia_spark") << of(NumericalReading::LnPlus2) << -1
                                         << kMost;
        QTest::newRow("facebookresearch, ln(x+3)")
            << QStringLiteral("facebookresearch") << of(NumericalReading::LnPlus3) << -2 << kMost;
        QTest::newRow("facebookresearch, raw")
            << QStringLiteral("facebookresearch") << of(NumericalReading::Raw) << kLeast << kMost;
    }
    void numbersThatAreFedAsAMissingOneAreKnown() {
        QFETCH(QString, profile);
        QFETCH(int, reading);
        QFETCH(int, first);
        QFETCH(int, last);
        std::unique_ptr<RawDataset> raw;
        if (!profile.isEmpty()) raw = std::make_unique<RawDataset>(**findProfile(profile.toStdString()));
        const Dataset* data = raw ? static_cast<const Dataset*>(raw.get()) : &m_stored;
        std::optional<Reading> asked;
        if (reading >= 0) asked = Reading{static_cast<NumericalReading>(reading), 0};
        const TypedRows typed(&m_spec, data, m_dictionary.get(), asked);
        QCOMPARE(typed.taken().first, first);
        QCOMPARE(typed.taken().last, last);
        for (const std::int64_t number : {std::int64_t{first}, std::int64_t{last}, std::int64_t{7}}) {
            const auto row = typed.withNumerical(m_row, 1, std::to_string(number));
            QVERIFY(row && !row->asMissing[1]);
        }
        QVERIFY(typed.fed(std::to_string(last)) > 0);
        for (const std::int64_t number : {std::int64_t{first} - 1, std::int64_t{last} + 1}) {
            const std::string token = std::to_string(number);
            if (number != static_cast<std::int32_t>(number)) {
                QCOMPARE(codeOf(typed.withNumerical(m_row, 1, token)), std::string("E-SESSION-007"));
                continue;
            }
            const auto row = typed.withNumerical(m_row, 1, token);
            QVERIFY(row && row->asMissing[1] && !row->asMissing[0]);
            QCOMPARE(row->input.numerical[1], typed.fed(""));
            const auto pasted = typed.parseLines(token + "\t\ta73ee510\t\n");
            QVERIFY(pasted && pasted->front().asMissing == (std::vector<bool>{true, false}));
        }
    }

    // 0 is a number, also where it is fed as 0 and where no dictionary tells the categories.
    void aNumberThatIsZeroIsNotAMissingOne() {
        const RawDataset facebook(**findProfile("facebookresearch"));
        PredictedRow predicted;
        predicted.input.numerical = {0, 0};
        predicted.input.ids = {3, 0};
        predicted.raw = RawRow{{"0", ""}, {}};
        const std::vector<std::string> tokens{"0", ""};
        QCOMPARE(TypedRows(&m_spec, &facebook, nullptr, {}).editable(predicted).raw.numerical, tokens);
        const EditableRow asStored = rows(Reading{NumericalReading::Raw, 0}).editable(predicted);
        QCOMPARE(asStored.raw.numerical, tokens);
        QCOMPARE(asStored.raw.categorical, (std::vector<std::string>{"cccccccc", ""}));
    }

    void oneFieldChangesAndNoOther() {
        const auto number = rows().withNumerical(m_row, 1, "12");
        QVERIFY(number);
        QCOMPARE(number->raw.numerical, (std::vector<std::string>{"", "12"}));
        QCOMPARE(number->input.numerical[0], 0.0F);
        QCOMPARE(number->input.numerical[1], nvidiaSparkNumerical("12"));
        const auto category = rows().withCategorical(m_row, 1, "cccccccc");
        QVERIFY(category);
        QCOMPARE(category->input.ids, (std::vector<std::int32_t>{0, 3}));
        QCOMPARE(category->raw.categorical, (std::vector<std::string>{"", "cccccccc"}));
        QVERIFY(!category->unknown[1]);
        const auto unknown = rows().withCategorical(m_row, 1, "ffffffff");
        QVERIFY(unknown && unknown->input.ids[1] == 0 && unknown->unknown[1]);
    }

    void aRowOfATableIsNamedByItsNumber_data() {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<int>("id");  // -1: refused
        QTest::newRow("plain") << QByteArray("id:1499") << 1499;
        QTest::newRow("grouped") << QByteArray("id:1,499") << 1499;
        QTest::newRow("with spaces") << QByteArray("id: 12 ") << 12;
        QTest::newRow("first") << QByteArray("id:0") << 0;
        QTest::newRow("beyond") << QByteArray("id:1500") << -1;
        QTest::newRow("negative") << QByteArray("id:-1") << -1;
        QTest::newRow("nothing") << QByteArray("id:") << -1;
        QTest::newRow("spaces") << QByteArray("id:  ") << -1;
        QTest::newRow("words") << QByteArray("id:two") << -1;
        QTest::newRow("beyond 64 bits") << QByteArray("id:99999999999999999999") << -1;
        QTest::newRow("groups of two") << QByteArray("id:1,49") << -1;
        QTest::newRow("a first group of four") << QByteArray("id:1499,000") << -1;
        QTest::newRow("a group that begins with 0") << QByteArray("id:0,499") << -1;
        QTest::newRow("comma at the end") << QByteArray("id:1,") << -1;
        QTest::newRow("decimals") << QByteArray("id:1.0") << -1;
    }
    void aRowOfATableIsNamedByItsNumber() {
        QFETCH(QByteArray, token);
        QFETCH(int, id);
        const auto changed = rows().withCategorical(m_row, 1, token.toStdString());
        QCOMPARE(codeOf(changed), std::string(id < 0 ? "E-SESSION-004" : ""));
        if (!changed) return;
        QCOMPARE(changed->input.ids[1], id);
        QCOMPARE(changed->raw.categorical[1], rows().hexOf(1, id));
    }

    void idsAreShiftedAsTheReadingInForceSays() {
        const ValueDataset values;
        const Reading plusOne{NumericalReading::AlreadyLogged, 1};
        const TypedRows shifted(&m_spec, &values, m_dictionary.get(), plusOne);
        QCOMPARE(shifted.withCategorical(m_row, 1, "cccccccc")->input.ids[1], 4);
        QCOMPARE(shifted.withCategorical(m_row, 1, "id:2")->input.ids[1], 2);  // a row of the table
        QCOMPARE(shifted.hexOf(1, 4), std::string("cccccccc"));
        QCOMPARE(shifted.rowOfValue(1, "cccccccc"), std::optional<std::int64_t>(4));
        QCOMPARE(codeOf(shifted.withCategorical(m_row, 0, "cccccccc")),
                 std::string("E-SESSION-011"));  // a table of 4 rows
        QCOMPARE(shifted.rowOfValue(0, "cccccccc"), std::optional<std::int64_t>());
        // Where the data hold ids, it is these that are shifted to the dictionary's.
        const TypedRows ids = rows(plusOne);
        QCOMPARE(ids.withCategorical(m_row, 1, "cccccccc")->input.ids[1], 3);
        QCOMPARE(ids.withCategorical(m_row, 1, "")->input.ids[1], 0);
        QCOMPARE(ids.hexOf(1, 3), std::string("cccccccc"));
        QCOMPARE(ids.rowOfValue(0, "cccccccc"), std::optional<std::int64_t>(3));
        QCOMPARE(ids.dictionaryShift(), 0);
    }

    void whatCannotBeLookedUpIsRefused() {
        const TypedRows alone(&m_spec, &m_stored, nullptr, {});
        QCOMPARE(codeOf(alone.withCategorical(m_row, 0, "a73ee510")), std::string("E-SESSION-003"));
        QCOMPARE(alone.withCategorical(m_row, 0, "")->input.ids[0], 0);
        QCOMPARE(codeOf(rows().withCategorical(m_row, 0, "A73EE510")), std::string("E-SESSION-005"));
        QCOMPARE(codeOf(rows().withCategorical(m_row, 2, "id:0")), std::string("E-SESSION-008"));
        QCOMPARE(codeOf(rows().withNumerical(m_row, -1, "1")), std::string("E-SESSION-008"));
        QCOMPARE(codeOf(rows().withNumerical(m_row, 0, "1.5")), std::string("E-SESSION-007"));
        QCOMPARE(rows().withNumerical(m_row, 0, "1.5").error().field, std::string("num_0"));
        QCOMPARE(codeOf(TypedRows(nullptr, nullptr, nullptr, {}).withCategorical(m_row, 0, "id:0")),
                 std::string("E-SESSION-008"));
    }

    void theDictionaryHoldsMoreThanTheTable() {
        ModelSpec small = m_spec;
        small.tables[0].rows = 3;
        QCOMPARE(codeOf(TypedRows(&small, &m_stored, m_dictionary.get(), {}).withCategorical(m_row, 0, "cccccccc")),
                 std::string("E-SESSION-006"));
    }

    // What was edited stays what it was typed as, and what was not is as it is read now.
    void editsAreCarriedOverToAnotherDictionary() {
        const TypedRows with = rows(), without(&m_spec, &m_stored, nullptr, {});
        EditableRow read = m_row, again = m_row;
        read.input.ids = {1, 2};
        again.input.ids = {3, 2};
        again.raw.categorical[0] = "cccccccc";
        const EditableRow number = *without.withNumerical(read, 1, "5");
        const EditableRow carried = with.carriedOver(number, read, again);
        QCOMPARE(carried.input.numerical[1], number.input.numerical[1]);
        QCOMPARE(carried.raw.numerical[1], std::string("5"));
        QCOMPARE(carried.input.ids, again.input.ids);
        QCOMPARE(carried.raw.categorical[0], std::string("cccccccc"));
        // A row of a table is that row, and has a value here.
        const EditableRow row = with.carriedOver(*without.withCategorical(read, 0, "id:2"), read, again);
        QCOMPARE(row.input.ids[0], std::int32_t{2});
        QCOMPARE(row.raw.categorical[0], std::string("0000000b"));
        // However it was named: data that hold ids keep the row, data that hold values the value, looked up anew.
        EditableRow value = *with.withCategorical(read, 0, "0000000b");
        value.input.ids[0] = 1;  // as the dictionary before numbered it
        const EditableRow kept = with.carriedOver(value, read, again);
        QCOMPARE(kept.input.ids[0], std::int32_t{1});
        QCOMPARE(kept.raw.categorical[0], std::string("a73ee510"));
        const ValueDataset values;
        QCOMPARE(TypedRows(&m_spec, &values, m_dictionary.get(), {}).carriedOver(value, read, again).input.ids[0],
                 std::int32_t{2});
        const EditableRow closed = without.carriedOver(value, read, again);
        QCOMPARE(closed.input.ids[0], std::int32_t{1});
        QCOMPARE(closed.raw.categorical[0], std::string());
        const EditableRow unknown = with.carriedOver(*with.withCategorical(read, 1, "deadbeef"), read, again);
        QVERIFY(unknown.unknown[1] && unknown.input.ids[1] == 0 && unknown.raw.categorical[1] == "deadbeef");
    }

    void idsAreRetoldByTheDictionary() {
        EditableRow row = m_row;
        row.input.ids = {1, 0};
        row.raw.categorical = {"deadbeef", "deadbeef"};
        const EditableRow told = rows().retold(row);
        QCOMPARE(told.raw.categorical, (std::vector<std::string>{"a73ee510", ""}));
        QCOMPARE(told.onlyId0, (std::vector<bool>{false, true}));
        QVERIFY(told.input.ids == row.input.ids);
    }

    void categoriesAndRowsStandForEachOther() {
        QCOMPARE(rows().hexOf(0, 1), std::string("a73ee510"));
        QCOMPARE(rows().hexOf(0, 0), std::string());
        QCOMPARE(rows().hexOf(7, 1), std::string());
        QCOMPARE(rows().rowOfValue(0, "0000000B"), std::optional<std::int64_t>(2));
        for (const char* none : {"", "b", "0000000bb", "0x00000b", "-000000b", "ffffffff"})
            QCOMPARE(rows().rowOfValue(0, none), std::optional<std::int64_t>());
        QCOMPARE(rows().rowOfValue(9, "0000000b"), std::optional<std::int64_t>());
    }

    void pastedLinesBecomeRows() {
        const auto parsed = rows().parseLines(
            "\xef\xbb\xbf"
            "1\t5\t\ta73ee510\tid:1,000\r\n\n0\t\t7\tffffffff\t\n");
        QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
        QCOMPARE(parsed->size(), std::size_t{2});
        const EditableRow &first = (*parsed)[0], &second = (*parsed)[1];
        QCOMPARE(first.row, std::int64_t{-1});
        QCOMPARE(first.label, std::optional<int>(1));
        QCOMPARE(first.input.ids, (std::vector<std::int32_t>{1, 1000}));
        QCOMPARE(first.raw.categorical, (std::vector<std::string>{"a73ee510", ""}));  // no value is known of row 1,000
        QCOMPARE(first.input.numerical, (std::vector<float>{nvidiaSparkNumerical("5"), 0}));
        QCOMPARE(second.label, std::optional<int>(0));
        QCOMPARE(second.unknown, (std::vector<bool>{true, false}));
    }

    void aLineThatIsNoneIsNamed() {
        const std::string good = "5\t\ta73ee510\t\n";
        QVERIFY(rows().parseLines(good));
        const auto missing = rows().parseLines(good + "\n" + "5\ta73ee510\n");
        QVERIFY(!missing && missing.error().code.starts_with("E-TSV-"));
        const auto beyond = rows().parseLines(good + good + "5\t\tid:4\t\n");
        QCOMPARE(codeOf(beyond), std::string("E-SESSION-004"));
        QCOMPARE(beyond.error().row, std::optional<std::int64_t>(2));
        QCOMPARE(codeOf(rows().parseLines("\n\r\n")), std::string("E-SESSION-010"));
        std::string many;
        for (int i = 0; i <= 100'000; ++i) many += "\t\t\t\n";
        QCOMPARE(codeOf(rows().parseLines(many)), std::string("E-SESSION-009"));
    }

    void aNumberThatIsNoWholeOneIsNamed() {
        for (const char* token :
             {"47.0", "1.5", "1e3", " 5", "5 ", "nan", "NaN", "inf", "-inf", "\\N", "0x1f", "2147483648", "+"}) {
            const auto parsed = rows().parseLines("5\t47\ta73ee510\t\n5\t" + std::string(token) + "\ta73ee510\t\n");
            QVERIFY2(!parsed, token);
            QCOMPARE(parsed.error().code, std::string("E-TSV-011"));
            QCOMPARE(parsed.error().row, std::optional<std::int64_t>(1));
            QCOMPARE(parsed.error().field, std::string("num_1"));
            QVERIFY2(parsed.error().found.find(token) != std::string::npos, parsed.error().found.c_str());
        }
    }

    void whatIsFedIsNamedInAnyReading_data() {
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<float>("value");
        QTest::addColumn<bool>("taken");
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        QTest::newRow("decimals") << QByteArray("fed:1.5") << 1.5F << true;
        QTest::newRow("whole") << QByteArray("fed:4") << 4.0F << true;
        QTest::newRow("negative") << QByteArray("fed:-0.25") << -0.25F << true;
        QTest::newRow("negative zero") << QByteArray("fed:-0") << -0.0F << true;
        QTest::newRow("exponent") << QByteArray("fed:1e-45") << std::numeric_limits<float>::denorm_min() << true;
        QTest::newRow("with spaces") << QByteArray("fed: 2 ") << 2.0F << true;
        QTest::newRow("infinite") << QByteArray("fed:inf") << kInfinity << true;
        QTest::newRow("nothing") << QByteArray("fed:") << 0.0F << false;
        QTest::newRow("words") << QByteArray("fed:two") << 0.0F << false;
        QTest::newRow("two numbers") << QByteArray("fed:1 2") << 0.0F << false;
        QTest::newRow("beyond a float") << QByteArray("fed:1e300") << 0.0F << false;
    }
    void whatIsFedIsNamedInAnyReading() {
        QFETCH(QByteArray, token);
        QFETCH(float, value);
        QFETCH(bool, taken);
        const StoredDataset torchrec("torchrec");
        for (const TypedRows& typed :
             {rows(), rows(Reading{NumericalReading::Raw, 0}), rows(Reading{NumericalReading::LnPlus3, 1}),
              TypedRows(&m_spec, &torchrec, nullptr, {})}) {
            const auto typedIn = typed.withNumerical(m_row, 1, token.toStdString());
            const auto pasted = typed.parseLines("1\t\t" + token.toStdString() + "\t\tid:1");
            if (!taken) {
                QCOMPARE(codeOf(typedIn), std::string("E-SESSION-007"));
                QCOMPARE(codeOf(pasted), std::string("E-SESSION-007"));
                QCOMPARE(pasted.error().row, std::optional<std::int64_t>(0));
                QCOMPARE(pasted.error().field, std::string("num_1"));
                continue;
            }
            QVERIFY(typedIn && pasted);
            QCOMPARE(test::bitsOf(typedIn->input.numerical[1]), test::bitsOf(value));
            QCOMPARE(test::bitsOf(pasted->front().input.numerical[1]), test::bitsOf(value));
            QCOMPARE(pasted->front().label, std::optional<int>(1));
            QCOMPARE(pasted->front().input.ids[1], 1);
            QVERIFY(!typedIn->asMissing[1] && !pasted->front().asMissing[1]);
        }
    }

    // 4.0 that is stored as it is fed was copied as 4, which is fed as ln 7.
    void aCopiedLineNamesWhatIsFedWhereNoTokenStandsForIt() {
        EditableRow row = m_row;
        row.label = 1;
        row.input.numerical = {4.0F, nvidiaSparkNumerical("12")};
        row.input.ids = {3, 1000};
        row.raw.numerical = {"", "12"};
        row.raw.categorical = {"cccccccc", ""};
        QCOMPARE(rows().lineOf(row), std::string("1\tfed:4\t12\tcccccccc\tid:1000"));
        QCOMPARE(lineOfTokens(row), std::string("1\tfed:4\t12\tcccccccc\tid:1000"));
        // In another reading the tokens mean something else, and as they stand they are read so.
        const ValueDataset values;
        QCOMPARE(TypedRows(&m_spec, &values, m_dictionary.get(), Reading{NumericalReading::Raw, 1}).lineOf(row),
                 "1\tfed:4\t" + fedToken(nvidiaSparkNumerical("12")) + "\tid:3\tid:1000");
        // Without a dictionary a value cannot be looked up when it is pasted.
        QCOMPARE(TypedRows(&m_spec, &m_stored, nullptr, {}).lineOf(row), std::string("1\tfed:4\t12\tid:3\tid:1000"));
        // A number that counted as missing when it was read would be refused.
        row.raw.numerical[0] = "47.0";
        row.input.numerical[0] = 0;
        QCOMPARE(rows().lineOf(row), std::string("1\tfed:0\t12\tcccccccc\tid:1000"));
        row.raw.numerical[0] = "";
        QCOMPARE(rows().lineOf(row), std::string("1\t\t12\tcccccccc\tid:1000"));
        // A missing category is row 1 where ids are shifted by one.
        row.input.ids[0] = 0;
        row.raw.categorical[0] = "";
        QVERIFY(TypedRows(&m_spec, &values, m_dictionary.get(), Reading{NumericalReading::AlreadyLogged, 1})
                    .lineOf(row)
                    .ends_with("\tid:0\tid:1000"));
    }

    // Any float and any id, in every reading of data of every preprocessing.
    void aCopiedRowIsPastedToTheBit() {
        std::mt19937 random(20261130);
        const auto anyFloat = [&random]() -> float {
            switch (random() % 4) {
                case 0:
                    return std::bit_cast<float>(static_cast<std::uint32_t>(random()));
                case 1:
                    return static_cast<float>(static_cast<int>(random() % 2000) - 1000);
                case 2:
                    return nvidiaSparkNumerical(std::to_string(random() % 100'000));
                default:
                    return std::log(static_cast<float>(random() % 100'000) + 1);
            }
        };
        std::vector<std::unique_ptr<Dataset>> sets;
        for (const PreprocessingProfile& profile : preprocessingProfiles()) {
            sets.push_back(std::make_unique<StoredDataset>(std::string(profile.name)));
            if (!profile.needsStatistics) sets.push_back(std::make_unique<RawDataset>(profile));
        }
        int copied = 0;
        for (const auto& set : sets)
            for (const NumericalReading numbers : numericalReadings(*set))
                for (const bool dictionary : {false, true})
                    for (int n = 0; n < 400; ++n) {
                        const TypedRows typed(&m_spec, set.get(), dictionary ? m_dictionary.get() : nullptr,
                                              Reading{numbers, n % 3});
                        PredictedRow predicted;
                        if (n % 2 == 0) predicted.label = n % 4 / 2;
                        for (int i = 0; i < 2; ++i) {
                            // Which of the many NaN it was is nothing that a model tells.
                            const float value = anyFloat();
                            predicted.input.numerical.push_back(
                                std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value);
                        }
                        predicted.input.ids = {static_cast<std::int32_t>(random() % 4),
                                               static_cast<std::int32_t>(random() % 1500)};
                        const std::string lost = test::lostByCopying(typed, typed.editable(predicted));
                        QVERIFY2(lost.empty(),
                                 (set->profile() + " " + std::string(name(numbers)) + " " + lost).c_str());
                        ++copied;
                    }
        QVERIFY(copied > 10'000);
    }

    void theFieldsOfALineAreThoseOfTheModel() {
        QCOMPARE(rows().parseLines("").error().expected, std::string("lines of 4 or 5 tab-separated fields"));
    }

    void tokensAreToldFromWhatIsFed() {
        PredictedRow predicted;
        predicted.row = 4;
        predicted.label = 1;
        predicted.input.numerical = {nvidiaSparkNumerical("12"), 0.123F};
        predicted.input.ids = {3, 0};
        const EditableRow row = rows().editable(predicted);
        QCOMPARE(row.row, std::int64_t{4});
        QCOMPARE(row.raw.numerical, (std::vector<std::string>{"12", ""}));  // 0.123 is no logarithm of a whole number
        QCOMPARE(row.raw.categorical, (std::vector<std::string>{"cccccccc", ""}));
        // In another reading of transformed numbers a token cannot be told from what is fed.
        QCOMPARE(rows(Reading{NumericalReading::LnPlus2, 0}).editable(predicted).raw.numerical,
                 (std::vector<std::string>{"", ""}));
        predicted.raw = RawRow{{"12", "7"}, {"cccccccc", "ffffffff"}};
        const EditableRow known = rows().editable(predicted);
        QCOMPARE(known.raw.numerical, (std::vector<std::string>{"12", "7"}));
        QCOMPARE(known.unknown, (std::vector<bool>{false, true}));
    }

    // Id 0 stands for missing, rare and unknown values; which it was only the raw value says.
    void anId0IsCalledMissingOnlyWhereItsValueIsKnown() {
        PredictedRow predicted;
        predicted.input.numerical = {0, 0};
        predicted.input.ids = {0, 3};
        QCOMPARE(rows().editable(predicted).onlyId0, (std::vector<bool>{true, false}));
        predicted.raw = RawRow{{"", ""}, {"", "cccccccc"}};  // as a dictionary tells ids
        QCOMPARE(rows().editable(predicted).onlyId0, (std::vector<bool>{true, false}));
        predicted.raw->valuesAsRead = true;
        QCOMPARE(rows().editable(predicted).onlyId0, (std::vector<bool>{false, false}));
        const auto typed = rows().withCategorical(m_row, 1, "id:0"), emptied = rows().withCategorical(*typed, 1, "");
        QVERIFY(typed && typed->onlyId0[1] && emptied && !emptied->onlyId0[1]);
        const auto pasted = rows().parseLines("\t\tid:0\t");
        QVERIFY(pasted);
        QCOMPARE(pasted->front().onlyId0, (std::vector<bool>{true, false}));
    }
};

DLRM_TEST(TypedRowsTest);

}  // namespace tst_typed_rows

#include "tst_typed_rows.moc"
