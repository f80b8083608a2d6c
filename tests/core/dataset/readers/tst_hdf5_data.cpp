// SPDX-License-Identifier: Apache-2.0
// Rows and dictionaries in HDF5: value by value what the same rows and dictionaries give as split_binary, TSV and npz;
// and what is refused.
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include <QTemporaryDir>
#include <QTest>

#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/dictionary/hex_table.h"
#include "core/dataset/readers/readers.h"
#include "core/dataset/readers/reading.h"
#include "hdf5_maker.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_data {

using namespace dlrm;
using namespace dlrm::test;

namespace {

const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo";

// The values of one row after the other for the matrices, column by column for the columns.
struct Values {
    std::vector<float> numerical;
    std::vector<std::int32_t> ids;
    std::vector<std::uint8_t> labels;
    hsize_t rows = 0, numericals = 0, tables = 0;
};

Values valuesOf(const Batch& b) {
    Values v{b.numerical,
             {},
             b.labels,
             static_cast<hsize_t>(b.rows),
             static_cast<hsize_t>(b.numericals),
             static_cast<hsize_t>(b.tables)};
    for (std::int64_t r = 0; r < b.rows; ++r)
        for (std::int64_t t = 0; t < b.tables; ++t) v.ids.push_back(b.ids[static_cast<std::size_t>(t * b.rows + r)]);
    return v;
}

Batch rowsOf(const std::string& path, const DatasetOptions& options = {}) {
    const auto dataset = openDataset(path, options);
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    Batch out;
    if (const auto ok = (*dataset)->read(0, (*dataset)->rows(), out); !ok) qFatal("%s", ok.error().text().c_str());
    return out;
}

bool same(const Batch& a, const Batch& b) {
    return a.rows == b.rows && a.numerical == b.numerical && a.ids == b.ids && a.labels == b.labels;
}

std::string codeOfReading(const std::string& path, const DatasetOptions& options = {}) {
    const auto dataset = openDataset(path, options);
    Batch out;
    const auto read = dataset ? (*dataset)->read(0, (*dataset)->rows(), out) : Result<void>(fail(dataset.error()));
    if (read) return {};
    const Error& e = read.error();
    return e.file.empty() || e.expected.empty() || e.found.empty() || e.remedy.empty() ? "incomplete: " + e.text()
                                                                                       : e.code;
}

hid_t packed(std::vector<hsize_t> chunk) {
    const hid_t properties = Hdf5Maker::chunked(std::move(chunk));
    H5Pset_shuffle(properties);
    H5Pset_deflate(properties, 1);
    return properties;
}

DatasetOptions withDictionary(const std::string& path) {
    DatasetOptions options;
    options.dictionary = path;
    return options;
}

}  // namespace

class TestHdf5Data : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matricesAreSplitBinarys();
    void labelsMayBeBool();
    void columnsAreSplitBinarys();
    void rawRowsAreThoseOfTsv();
    void theFirstUnknownValueIsThatOfTheFirstRow();
    void facebooksArraysAreThoseOfNpz_data();
    void facebooksArraysAreThoseOfNpz();
    void dictionariesAreThoseOfTsv_data();
    void dictionariesAreThoseOfTsv();
    void badRows_data();
    void badRows();
    void badDictionaries_data();
    void badDictionaries();

private:
    std::string path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestHdf5Data::matricesAreSplitBinarys() {
    const Batch expected = rowsOf(kDemo + "/dataset");
    const Values v = valuesOf(expected);
    QVERIFY(v.rows > 4096);  // several blocks
    {
        Hdf5Maker make(path("m.h5"));
        make.dataset("/label", H5T_STD_U8LE, {v.rows}, H5T_NATIVE_UINT8, v.labels.data(), packed({1000}));
        make.dataset("/numerical", H5T_IEEE_F32LE, {v.rows, v.numericals}, H5T_NATIVE_FLOAT, v.numerical.data());
        make.dataset("/categorical", H5T_STD_I32BE, {v.rows, v.tables}, H5T_NATIVE_INT32, v.ids.data(),
                     packed({333, 5}));
    }
    QVERIFY(same(rowsOf(path("m.h5")), expected));
    const auto dataset = openDataset(path("m.h5"), {});
    QCOMPARE((*dataset)->format(), std::string("hdf5"));
    QCOMPARE((*dataset)->profile(), std::string("nvidia_spark"));
    QVERIFY((*dataset)->hasLabels() && !(*dataset)->holdsRawNumbers());
    QCOMPARE((*dataset)->schema().categoricalNames.back(), std::string("cat_25"));
    Batch part;
    QVERIFY((*dataset)->read(4090, 13, part));
    for (std::int64_t r = 0; r < 13; ++r) {
        QCOMPARE(part.labels[static_cast<std::size_t>(r)], expected.labels[static_cast<std::size_t>(4090 + r)]);
        for (std::int64_t t = 0; t < part.tables; ++t)
            QCOMPARE(part.ids[static_cast<std::size_t>(t * 13 + r)],
                     expected.ids[static_cast<std::size_t>(t * expected.rows + 4090 + r)]);
    }
    // With the dictionary, the raw tokens of a row are those of the same row in split_binary.
    const auto withRaw = openDataset(path("m.h5"), withDictionary(kDemo + "/dictionary")),
               binary = openDataset(kDemo + "/dataset", withDictionary(kDemo + "/dictionary"));
    QVERIFY(withRaw && binary);
    QCOMPARE((*withRaw)->schema().cardinalities, (*binary)->schema().cardinalities);
    for (const std::int64_t row : {0, 17, 4100}) {
        const auto a = (*withRaw)->rawRow(row), b = (*binary)->rawRow(row);
        QVERIFY(a && b && *a && *b);
        QCOMPARE((*a)->categorical, (*b)->categorical);
        QCOMPARE((*a)->numerical, (*b)->numerical);
    }
}

// As h5py writes an array of NumPy's bool.
void TestHdf5Data::labelsMayBeBool() {
    const Batch expected = rowsOf(kDemo + "/dataset");
    const Values v = valuesOf(expected);
    const auto write = [&](const char* no, const char* yes) {
        const hid_t type = H5Tenum_create(H5T_STD_I8LE);
        const std::int8_t zero = 0, one = 1;
        H5Tenum_insert(type, no, &zero);
        H5Tenum_insert(type, yes, &one);
        Hdf5Maker make(path("bool.h5"));
        make.dataset("/label", type, {v.rows}, type, v.labels.data(), packed({1000}));
        make.dataset("/numerical", H5T_IEEE_F32LE, {v.rows, v.numericals}, H5T_NATIVE_FLOAT, v.numerical.data());
        make.dataset("/categorical", H5T_STD_I32LE, {v.rows, v.tables}, H5T_NATIVE_INT32, v.ids.data());
        H5Tclose(type);
    };
    write("FALSE", "TRUE");
    QVERIFY(same(rowsOf(path("bool.h5")), expected));
    write("TRUE", "FALSE");
    QCOMPARE(codeOfReading(path("bool.h5")), std::string("E-HDF5-008"));
}

void TestHdf5Data::columnsAreSplitBinarys() {
    Batch expected = rowsOf(kDemo + "/dataset");
    expected.labels.clear();
    {
        Hdf5Maker make(path("c.h5"));
        const auto rows = static_cast<hsize_t>(expected.rows);
        for (std::int64_t k = 0; k < expected.numericals; ++k) {
            std::vector<double> column;
            for (std::int64_t r = 0; r < expected.rows; ++r)
                column.push_back(
                    static_cast<double>(expected.numerical[static_cast<std::size_t>(r * expected.numericals + k)]));
            make.dataset(("/num_" + std::to_string(k)).c_str(), H5T_IEEE_F64LE, {rows}, H5T_NATIVE_DOUBLE,
                         column.data(), k == 3 ? packed({500}) : H5P_DEFAULT);
        }
        for (std::int64_t t = 0; t < expected.tables; ++t)
            make.dataset(("/cat_" + std::to_string(t)).c_str(), t == 5 ? H5T_STD_I64LE : H5T_STD_U32LE, {rows},
                         H5T_NATIVE_INT32, expected.ids.data() + t * expected.rows);
    }
    QVERIFY(same(rowsOf(path("c.h5")), expected));
    QVERIFY(!(*openDataset(path("c.h5"), {}))->hasLabels());
}

void TestHdf5Data::rawRowsAreThoseOfTsv() {
    // Raw numbers in HDF5 are never missing: missing ones of the demo's raw rows become -1 here, in both files.
    std::ifstream in(kDemo + "/raw_rows.tsv");
    std::vector<std::int32_t> numbers;
    std::vector<std::string> hex;
    std::vector<std::uint8_t> labels;
    QByteArray tsv;
    for (std::string line; std::getline(in, line);) {
        QStringList fields = QString::fromStdString(line).split(QLatin1Char('\t'));
        QCOMPARE(fields.size(), 40);
        labels.push_back(static_cast<std::uint8_t>(fields[0].toInt()));
        for (int k = 1; k <= 13; ++k) {
            if (fields[k].isEmpty()) fields[k] = QStringLiteral("-1");
            numbers.push_back(fields[k].toInt());
        }
        for (int k = 14; k < 40; ++k) hex.push_back(fields[k].toStdString());
        tsv += fields.join(QLatin1Char('\t')).toUtf8() + '\n';
    }
    const auto rows = static_cast<hsize_t>(labels.size());
    QVERIFY(rows > 10);
    {
        Hdf5Maker make(path("raw.h5"));
        make.dataset("/label", H5T_STD_U8LE, {rows}, H5T_NATIVE_UINT8, labels.data());
        make.dataset("/numerical", H5T_STD_I32LE, {rows, 13}, H5T_NATIVE_INT32, numbers.data());
        std::vector<const char*> pointers;
        for (const std::string& h : hex) pointers.push_back(h.c_str());
        const hid_t text = Hdf5Maker::textType(0);
        make.dataset("/categorical", text, {rows, 26}, text, pointers.data(), packed({7, 26}));
    }
    const std::string tsvPath = writeFile(m_dir.path(), QStringLiteral("raw.tsv"), tsv);
    const DatasetOptions options = withDictionary(kDemo + "/dictionary");
    QVERIFY(same(rowsOf(path("raw.h5"), options), rowsOf(tsvPath, options)));
    const auto dataset = openDataset(path("raw.h5"), options);
    QVERIFY((*dataset)->holdsRawNumbers());
    // Values that the dictionary does not hold are counted as in text.
    const auto texts = openDataset(tsvPath, options);
    const auto here = (*dataset)->unknownValues(), there = (*texts)->unknownValues();
    QVERIFY(here && there && here->values > 0 && here->rows == there->rows && here->values == there->values);
    QVERIFY(here->unknown == there->unknown && here->first == there->first && here->sentence() == there->sentence());
    QCOMPARE(codeOfReading(path("raw.h5")), std::string("E-HDATA-003"));
    // The same numbers as facebookresearch transforms them.
    DatasetOptions facebook = options;
    facebook.profile = "facebookresearch";
    const Batch other = rowsOf(path("raw.h5"), facebook);
    QCOMPARE(other.numerical[0], std::log(static_cast<float>(std::max(numbers[0], 0)) + 1.0f));
    // A reading is of the integers in the file, whatever the profile makes of them.
    for (const DatasetOptions& opened : {options, facebook}) {
        const auto stored = openDataset(path("raw.h5"), opened);
        Batch raw;
        QVERIFY(stored && readAs(*stored, {NumericalReading::Raw, 0})->read(0, (*stored)->rows(), raw));
        for (std::size_t i = 0; i < numbers.size(); ++i) QCOMPARE(raw.numerical[i], static_cast<float>(numbers[i]));
        // So are the tokens of a row: a float16 logarithm does not tell 5000 from 4989.
        for (std::size_t r = 0; r < labels.size(); ++r) {
            const auto tokens = (*stored)->rawRow(static_cast<std::int64_t>(r));
            QVERIFY(tokens && *tokens);
            QCOMPARE((*tokens)->numerical.size(), std::size_t(13));
            for (std::size_t k = 0; k < 13; ++k) QCOMPARE((*tokens)->numerical[k], std::to_string(numbers[r * 13 + k]));
        }
    }
}

// Also where each column is a dataset, which are looked at one after the other.
void TestHdf5Data::theFirstUnknownValueIsThatOfTheFirstRow() {
    {
        Hdf5Maker make(path("unknown.h5"));
        const std::vector<std::int32_t> numbers(3);
        for (int k = 0; k < 13; ++k)
            make.dataset(("/num_" + std::to_string(k)).c_str(), H5T_STD_I32LE, {3}, H5T_NATIVE_INT32, numbers.data());
        const hid_t text = Hdf5Maker::textType(0);
        for (int t = 0; t < 26; ++t) {
            const char* const values[] = {"", t == 25 ? "fedcba02" : "", t == 0 ? "fedcba01" : ""};
            make.dataset(("/cat_" + std::to_string(t)).c_str(), text, {3}, text, values);
        }
        H5Tclose(text);
    }
    const auto dataset = openDataset(path("unknown.h5"), withDictionary(kDemo + "/dictionary"));
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    const auto unknown = (*dataset)->unknownValues();
    QVERIFY(unknown && unknown->rows == 3 && unknown->values == 2 && unknown->unknown == 2);
    QCOMPARE(unknown->first, std::string("\"fedcba02\", row 1, cat_25"));
    QCOMPARE(
        unknown->sentence(),
        std::string("The dictionary does not fit the rows: 2 of 2 category values (100 %) in 3 rows are not in the "
                    "dictionary and read as row 0; the first is \"fedcba02\", row 1, cat_25."));
}

void TestHdf5Data::facebooksArraysAreThoseOfNpz_data() {
    QTest::addColumn<QString>("file");
    for (const char* name : {"stored.npz", "deflated.npz", "fortran_float64.npz"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestHdf5Data::facebooksArraysAreThoseOfNpz() {
    QFETCH(QString, file);
    const std::string npz = DLRM_TEST_DATA "/npz/" + file.toStdString();
    const auto expected = openDataset(npz, {});
    QVERIFY(expected);
    const Batch batch = rowsOf(npz);
    const Values v = valuesOf(batch);
    // ln(x + 1) in float32 back to the raw integers: exact for small ones, and checked by the comparison.
    std::vector<double> numbers;
    for (const float x : v.numerical) numbers.push_back(std::round(std::exp(static_cast<double>(x)) - 1));
    {
        Hdf5Maker make(path("fb.h5"));
        make.dataset("/y", H5T_STD_I32LE, {v.rows}, H5T_NATIVE_UINT8, v.labels.data());
        make.dataset("/X_int", H5T_IEEE_F64LE, {v.rows, v.numericals}, H5T_NATIVE_DOUBLE, numbers.data());
        make.dataset("/X_cat", H5T_IEEE_F64LE, {v.rows, v.tables}, H5T_NATIVE_INT32, v.ids.data());
        const auto& counts = (*expected)->schema().cardinalities;
        if (!counts.empty()) make.dataset("/counts", H5T_STD_I32LE, {counts.size()}, H5T_NATIVE_INT64, counts.data());
    }
    QVERIFY(same(rowsOf(path("fb.h5")), batch));
    const auto dataset = openDataset(path("fb.h5"), {});
    QCOMPARE((*dataset)->profile(), std::string("facebookresearch"));
    QCOMPARE((*dataset)->schema().cardinalities, (*expected)->schema().cardinalities);
}

void TestHdf5Data::dictionariesAreThoseOfTsv_data() {
    QTest::addColumn<bool>("groups");
    QTest::addColumn<bool>("texts");
    QTest::newRow("texts in order") << false << true;
    QTest::newRow("integers in order") << false << false;
    QTest::newRow("groups of texts") << true << true;
    QTest::newRow("groups of integers") << true << false;
}

void TestHdf5Data::dictionariesAreThoseOfTsv() {
    QFETCH(bool, groups);
    QFETCH(bool, texts);
    const auto expected = Dictionary::open(kDemo + "/dictionary");
    QVERIFY(expected);
    {
        Hdf5Maker make(path("d.h5"));
        const hid_t eight = Hdf5Maker::textType(8);
        for (std::size_t t = 0; t < (*expected)->features(); ++t) {
            const std::string name = "/cat_" + std::to_string(t);
            std::string text;
            std::vector<std::uint32_t> values;
            std::vector<std::int32_t> ids;
            std::vector<std::int64_t> counts;
            const std::int64_t entries = (*expected)->cardinality(t) - 1;
            for (std::int64_t i = 0; i < entries; ++i) {
                const std::int64_t id = groups ? entries - i : i + 1;  // groups: any order
                values.push_back(*(*expected)->hexValue(t, id));
                text += formatHex(values.back());
                ids.push_back(static_cast<std::int32_t>(id));
                counts.push_back((*expected)->count(t, id).value_or(-1));
            }
            const auto n = static_cast<hsize_t>(entries);
            if (groups) make.group(name.c_str());
            const std::string data = groups ? name + "/data" : name;
            if (texts) make.dataset(data.c_str(), eight, {n}, eight, text.data());
            else
                make.dataset(data.c_str(), H5T_STD_U32LE, {n}, H5T_NATIVE_UINT32, values.data(),
                             packed({std::min<hsize_t>(64, n)}));
            if (!groups) continue;
            make.dataset((name + "/id").c_str(), H5T_STD_I32LE, {n}, H5T_NATIVE_INT32, ids.data());
            if (counts[0] >= 0)
                make.dataset((name + "/model_count").c_str(), H5T_STD_I64LE, {n}, H5T_NATIVE_INT64, counts.data());
        }
        H5Tclose(eight);
    }
    const auto found = Dictionary::open(path("d.h5"));
    QVERIFY2(found, found ? "" : found.error().text().c_str());
    QCOMPARE((*found)->features(), (*expected)->features());
    for (std::size_t t = 0; t < (*expected)->features(); ++t) {
        QCOMPARE((*found)->cardinality(t), (*expected)->cardinality(t));
        for (std::int64_t id = 0; id <= (*expected)->cardinality(t); ++id) {
            QCOMPARE((*found)->hexValue(t, id), (*expected)->hexValue(t, id));
            if (groups) QCOMPARE((*found)->count(t, id), (*expected)->count(t, id));
            if (const auto hex = (*expected)->hexValue(t, id))
                QCOMPARE((*found)->id(t, *hex), static_cast<std::int32_t>(id));
        }
    }
    // It serves raw rows as the TSV does.
    QVERIFY(same(rowsOf(kDemo + "/raw_rows.tsv", withDictionary(path("d.h5"))),
                 rowsOf(kDemo + "/raw_rows.tsv", withDictionary(kDemo + "/dictionary"))));
}

void TestHdf5Data::badRows_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("code");
    const std::pair<const char*, const char*> cases[] = {{"good", ""},
                                                         {"no ids", "E-HDATA-005"},
                                                         {"no numbers", "E-HDATA-005"},
                                                         {"fewer numbers", "E-HDATA-005"},
                                                         {"fewer labels", "E-HDATA-005"},
                                                         {"no rows", "E-DATA-012"},
                                                         {"ids in one dimension", ""},
                                                         {"ids in three dimensions", "E-HDATA-001"},
                                                         {"columns of other rows", "E-HDATA-001"},
                                                         {"numbers are a group", "E-HDATA-001"},
                                                         {"id below 0", "E-HDATA-007"},
                                                         {"id is a fraction", "E-HDATA-006"},
                                                         {"label 2", "E-HDATA-006"},
                                                         {"raw number over 32 bits", "E-HDATA-006"},
                                                         {"text that is none", "E-HDATA-002"},
                                                         {"texts that are not there", "E-HDATA-001"},
                                                         {"ids in another file", "E-HDF5-008"},
                                                         {"number that is none", "E-DATA-018"},
                                                         {"infinite number", "E-DATA-018"},
                                                         {"no HDF5", "E-HDF5-005"},
                                                         {"profile that needs statistics", "E-PROFILE-003"},
                                                         {"nowhere to unpack", "E-HDATA-004"}};
    for (const auto& [what, code] : cases)
        QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(code);
}

void TestHdf5Data::badRows() {
    QFETCH(QString, what);
    QFETCH(QString, code);
    const auto is = [&](const char* name) { return what == QLatin1String(name); };
    DatasetOptions options;
    {
        Hdf5Maker make(path("bad.h5"));
        std::vector<float> numbers{0, 1, 2, 3, 4, 5, 6, 7};
        if (is("number that is none")) numbers[5] = std::numeric_limits<float>::quiet_NaN();
        if (is("infinite number")) numbers[5] = -std::numeric_limits<float>::infinity();
        std::vector<double> ids{0, 1, 2, 3, 4, 5, 6, 7};
        std::vector<std::uint8_t> labels{0, 1, 1, 0};
        if (is("id below 0")) ids[5] = -1;
        if (is("label 2")) labels[2] = 2;
        if (is("id is a fraction")) ids[5] = 0.5;
        const hsize_t rows = is("no rows") ? 0 : 4;
        make.dataset("/label", H5T_STD_U8LE, {is("fewer labels") ? 3 : rows}, H5T_NATIVE_UINT8,
                     rows ? labels.data() : nullptr);
        if (is("numbers are a group")) make.group("/numerical");
        else if (is("raw number over 32 bits") || is("profile that needs statistics")) {
            const std::int64_t raw[] = {0, 1, std::int64_t{1} << 31, 3, 0, 0, 0, 0};
            make.dataset("/numerical", H5T_STD_I64LE, {rows, 2}, H5T_NATIVE_INT64, raw);
        } else if (!is("no numbers"))
            make.dataset("/numerical", H5T_IEEE_F32LE, {is("fewer numbers") ? 3 : rows, 2}, H5T_NATIVE_FLOAT,
                         rows ? numbers.data() : nullptr);
        if (is("text that is none") || is("nowhere to unpack")) {
            const hid_t text = Hdf5Maker::textType(8);
            make.dataset("/categorical", text, {4, 2}, text,
                         is("nowhere to unpack") ? std::string(64, 'a').data() : std::string(64, 'x').data());
            options = withDictionary(kDemo + "/dictionary");
        } else if (is("texts that are not there")) {
            const hid_t text = Hdf5Maker::textType(8);
            make.dataset("/categorical", text, {1 << 20, 2}, text, nullptr);
            options = withDictionary(kDemo + "/dictionary");
        } else if (is("ids in another file")) {
            const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
            H5Pset_external(properties, "/etc/passwd", 0, 64);
            make.dataset("/categorical", H5T_STD_I64LE, {4, 2}, H5T_NATIVE_INT64, nullptr, properties);
        } else if (is("columns of other rows")) {
            make.dataset("/cat_0", H5T_IEEE_F64LE, {4}, H5T_NATIVE_DOUBLE, ids.data());
            make.dataset("/cat_1", H5T_IEEE_F64LE, {3}, H5T_NATIVE_DOUBLE, ids.data());
        } else if (is("ids in one dimension")) {
            make.dataset("/categorical", H5T_IEEE_F64LE, {4}, H5T_NATIVE_DOUBLE, ids.data());
        } else if (is("ids in three dimensions")) {
            make.dataset("/categorical", H5T_IEEE_F64LE, {4, 2, 1}, H5T_NATIVE_DOUBLE, ids.data());
        } else if (!is("no ids")) {
            make.dataset("/categorical", H5T_IEEE_F64LE, {rows, 2}, H5T_NATIVE_DOUBLE, rows ? ids.data() : nullptr);
        }
    }
    if (is("no HDF5")) writeFile(m_dir.path(), QStringLiteral("bad.h5"), "label,num_0");
    if (is("profile that needs statistics")) options.profile = "nvtabular";
    if (is("nowhere to unpack")) qputenv("TMPDIR", "/nowhere");
    const std::string found = codeOfReading(path("bad.h5"), options);
    qunsetenv("TMPDIR");
    QCOMPARE(QString::fromStdString(found), code);
}

void TestHdf5Data::badDictionaries_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("code");
    const std::pair<const char*, const char*> cases[] = {{"good", ""},
                                                         {"none", "E-DICT-017"},
                                                         {"no ids", "E-DICT-017"},
                                                         {"fewer counts", "E-DICT-017"},
                                                         {"floats", "E-DICT-017"},
                                                         {"more than there can be", "E-DICT-017"},
                                                         {"text that is none", "E-DICT-018"},
                                                         {"over 32 bits", "E-DICT-018"},
                                                         {"count below 0", "E-DICT-018"},
                                                         {"id twice", "E-DICT-008"},
                                                         {"id too large", "E-DICT-007"},
                                                         {"value twice", "E-DICT-009"},
                                                         {"counts increase", "E-DICT-010"},
                                                         {"soft link", "E-HDF5-008"}};
    for (const auto& [what, code] : cases)
        QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(code);
}

void TestHdf5Data::badDictionaries() {
    QFETCH(QString, what);
    QFETCH(QString, code);
    const auto is = [&](const char* name) { return what == QLatin1String(name); };
    {
        Hdf5Maker make(path("bad_dictionary.h5"));
        std::vector<std::int64_t> data{10, 20, 30}, ids{1, 2, 3}, counts{5, 4, 4};
        if (is("over 32 bits")) data[1] = std::int64_t{1} << 32;
        if (is("value twice")) data[1] = 10;
        if (is("id twice")) ids[1] = 3;
        if (is("id too large")) ids[1] = 4;
        if (is("count below 0")) counts[2] = -1;
        if (is("counts increase")) counts[2] = 6;
        if (!is("none")) make.group("/cat_0");
        if (is("none")) {
        } else if (is("text that is none")) {
            const hid_t text = Hdf5Maker::textType(8);
            make.dataset("/cat_0/data", text, {3}, text,
                         "00000001"
                         "0000000G"
                         "00000003");
        } else if (is("floats")) {
            make.dataset("/cat_0/data", H5T_IEEE_F64LE, {3}, H5T_NATIVE_INT64, data.data());
        } else if (is("more than there can be")) {
            make.dataset("/cat_0/data", H5T_STD_U32LE, {hsize_t{1} << 29}, H5T_NATIVE_INT64, nullptr,
                         Hdf5Maker::chunked({1024}));
            make.dataset("/cat_0/id", H5T_STD_U32LE, {hsize_t{1} << 29}, H5T_NATIVE_INT64, nullptr,
                         Hdf5Maker::chunked({1024}));
        } else if (is("soft link")) {
            H5Lcreate_soft("/elsewhere", make.file, "/cat_0/data", H5P_DEFAULT, H5P_DEFAULT);
        } else {
            make.dataset("/cat_0/data", H5T_STD_I64LE, {3}, H5T_NATIVE_INT64, data.data());
        }
        if (!is("none") && !is("no ids") && !is("more than there can be"))
            make.dataset("/cat_0/id", H5T_STD_I32LE, {3}, H5T_NATIVE_INT64, ids.data());
        if (!is("none") && !is("more than there can be"))
            make.dataset("/cat_0/model_count", H5T_STD_I64LE, {is("fewer counts") ? hsize_t{2} : 3}, H5T_NATIVE_INT64,
                         counts.data());
    }
    const auto opened = Dictionary::open(path("bad_dictionary.h5"));
    QCOMPARE(QString::fromStdString(codeOf(opened)), code);
    if (!opened)
        QVERIFY(!opened.error().file.empty() && !opened.error().expected.empty() && !opened.error().found.empty() &&
                !opened.error().remedy.empty());
}

DLRM_TEST(TestHdf5Data);

}  // namespace tst_hdf5_data

#include "tst_hdf5_data.moc"
