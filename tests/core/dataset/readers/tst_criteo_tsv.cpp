// SPDX-License-Identifier: Apache-2.0
// Raw Criteo files: unusual but readable rows, damage with row and code, hostile files, cancelling.
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>
#include <tuple>

#include <unistd.h>

#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/preprocessing.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_criteo_tsv {

using namespace dlrm;
using test::codeOf;
using test::readFile;
using test::writeFile;

namespace {

const std::string kDictionary = DLRM_SOURCE_DIR "/resources/demo/dictionary";

QByteArrayList demoLines() {
    static const QByteArrayList lines = [] {
        QByteArrayList all = readFile(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv").split('\n');
        all.removeLast();
        return all;
    }();
    return lines;
}

QByteArray withField(const QByteArray& line, int field, const QByteArray& text) {
    auto fields = line.split('\t');
    fields[field] = text;
    return fields.join('\t');
}

Result<std::shared_ptr<const Dataset>> openNamed(const QTemporaryDir& directory, const QByteArray& contents,
                                                 const std::string& dictionary) {
    DatasetOptions options;
    options.namedFields = NamedFields::Take;
    options.dictionary = dictionary;
    return openDataset(writeFile(directory.path(), QStringLiteral("named.tsv"), contents), options);
}

Result<std::shared_ptr<const Dataset>> openRows(const QTemporaryDir& directory, const QByteArray& contents,
                                                TextNumbers numbers = TextNumbers::Strict) {
    DatasetOptions options;
    options.textNumbers = numbers;
    options.dictionary = kDictionary;
    return openDataset(writeFile(directory.path(), QStringLiteral("rows.tsv"), contents), options);
}

}  // namespace

class TestCriteoTsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unusualTokensMeanWhatSparkMakesOfThem();
    void missingFinalNewlineIsFine();
    void endsOfLinesAndTheMarkOfUnicodeAreNoPartOfRows();
    void numbersThatAreNoWholeNumbersAreNamed_data();
    void numbersThatAreNoWholeNumbersAreNamed();
    void oddNumbersAreMissingOnlyWhereThatIsAskedFor();
    void oneOddNumberIsSingular();
    void oddNumbersAreCountedAsOneByOne_data();
    void oddNumbersAreCountedAsOneByOne();
    void rowsWithoutLabelAreRead();
    void rawRowsAreTheTokens();
    void rawNumbersAreTheTokens();
    void namedFieldsAreFedAsTheyStand();
    void namedRowsNeedNoDictionary();
    void damageInTheFirstRowIsFoundAtOnce_data();
    void damageInTheFirstRowIsFoundAtOnce();
    void damageInALaterRowIsFoundWhenRead_data();
    void damageInALaterRowIsFoundWhenRead();
    void endlessLinesAreRefused();
    void shapeComesFromTheModel();
    void dictionaryMustFitTheModel();
    void openingAndReadingCanBeCancelled();
    void changedFilesAreErrors();
    void randomDamageNeverCrashes();
    void progressEndsAtTheWholeFile();
};

void TestCriteoTsv::unusualTokensMeanWhatSparkMakesOfThem() {
    // The same row in plain form and with every unusual spelling; padded with plain rows so that no row is near the end
    // of the file.
    const QByteArray plain = withField(withField(withField(demoLines()[0], 1, "5"), 2, ""), 14, "527ffe3f");
    QByteArray unusual = withField(withField(withField(plain, 1, "+5"), 2, "1.5"), 14, "\"527ffe3f\"");
    unusual = withField(unusual, 0, "\"" + plain.split('\t')[0] + "\"");
    const QByteArray large = withField(withField(withField(plain, 1, "2147483644"), 2, "2147483645"), 3, "-2147483648");
    const QByteArray zeros = withField(plain, 1, "0000000000000000000005");
    QByteArray text;
    const QByteArray tenDigits = withField(withField(plain, 1, "9999999999"), 2, "-9999999999");
    for (const QByteArray& row : {plain, unusual, large, zeros, tenDigits}) text += row + '\n';
    for (int i = 0; i < 20; ++i) text += plain + '\n';
    QTemporaryDir directory;
    const auto dataset = openRows(directory, text, TextNumbers::Lenient);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, (*dataset)->rows(), batch));
    const auto numericals = [&](int row) {
        return std::vector<float>(batch.numerical.begin() + row * 13, batch.numerical.begin() + (row + 1) * 13);
    };
    QVERIFY(numericals(0) == numericals(1));
    QVERIFY(numericals(0) == numericals(3));
    QCOMPARE(batch.numerical[0], nvidiaSparkNumerical("5"));
    QCOMPARE(batch.numerical[26], nvidiaSparkNumerical("2147483644"));
    QVERIFY(batch.numerical[26] > 21.0f);
    QCOMPARE(batch.numerical[27], 0.0f);
    QCOMPARE(batch.numerical[28], 0.0f);
    QCOMPARE(batch.numerical[52], 0.0f);  // no int32: null
    QCOMPARE(batch.numerical[53], 0.0f);
    for (std::int64_t t = 0; t < 26; ++t)
        QCOMPARE(batch.ids[std::size_t(t * batch.rows)], batch.ids[std::size_t(t * batch.rows + 1)]);
    QCOMPARE(batch.ids[0], 1);
    QCOMPARE(batch.labels[0], batch.labels[1]);
}

void TestCriteoTsv::missingFinalNewlineIsFine() {
    const QByteArray text = demoLines().mid(0, 10).join('\n');
    QTemporaryDir directory;
    const auto with = openRows(directory, text + '\n');
    Batch a, b;
    QVERIFY(with && (*with)->rows() == 10 && (*with)->read(0, 10, a));
    const auto without = openRows(directory, text);
    QVERIFY(without && (*without)->rows() == 10 && (*without)->read(0, 10, b));
    QVERIFY(a.ids == b.ids && a.numerical == b.numerical && a.labels == b.labels);
}

void TestCriteoTsv::endsOfLinesAndTheMarkOfUnicodeAreNoPartOfRows() {
    const QByteArrayList lines = demoLines().mid(0, 1500);
    QTemporaryDir directory;
    Batch expected;
    QVERIFY((*openRows(directory, lines.join('\n')))->read(0, 1500, expected));
    const QByteArray mark = "\xef\xbb\xbf";
    for (const QByteArray& text :
         {lines.join("\r\n") + "\r\n", mark + lines.join('\n') + '\n', mark + lines.join("\r\n"),
          lines.join('\n') + "\n\n", lines.join("\r\n") + "\r\n\r\n\n"}) {
        const auto dataset = openRows(directory, text);
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        QCOMPARE((*dataset)->rows(), 1500);
        Batch batch;
        QVERIFY((*dataset)->read(0, 1500, batch));
        QVERIFY(batch.ids == expected.ids && batch.numerical == expected.numerical && batch.labels == expected.labels);
        QVERIFY((*dataset)->read(1499, 1, batch));
    }
}

// A table that went through floats: every number would be missing, and nobody would know.
void TestCriteoTsv::numbersThatAreNoWholeNumbersAreNamed_data() {
    QTest::addColumn<QByteArray>("token");
    for (const char* token :
         {"47.0", "1.5", "1e3", " 5", "5 ", "nan", "NaN", "inf", "-inf", "\\N", "0x1f", "2147483648", "+"})
        QTest::newRow(token) << QByteArray(token);
}

void TestCriteoTsv::numbersThatAreNoWholeNumbersAreNamed() {
    QFETCH(QByteArray, token);
    QByteArrayList lines = demoLines().mid(0, 20);
    lines[5] = withField(lines[5], 4, token);
    const QByteArray text = lines.join('\n') + '\n';
    QTemporaryDir directory;
    const auto strict = openRows(directory, text);
    QVERIFY2(strict, strict ? "" : strict.error().text().c_str());
    Batch batch;
    QVERIFY((*strict)->read(0, 5, batch));  // the rows before it
    const auto read = (*strict)->read(0, 20, batch);
    QCOMPARE(codeOf(read), std::string("E-TSV-011"));
    QCOMPARE(read.error().row, 5);
    QCOMPARE(read.error().field, std::string("num_3"));
    const auto lenient = openRows(directory, text, TextNumbers::Lenient);
    QVERIFY(lenient && (*lenient)->read(0, 20, batch));
    QCOMPARE(batch.numerical[5 * 13 + 3], 0.0f);
    const auto notes = (*lenient)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
        return note.starts_with("1 of 260 numbers") && note.find("row 5, num_3") != std::string::npos;
    }));
}

void TestCriteoTsv::oddNumbersAreMissingOnlyWhereThatIsAskedFor() {
    QByteArrayList lines = demoLines().mid(0, 100);
    lines[7] = withField(lines[7], 3, "47.0");
    lines[90] = withField(lines[90], 3, "1e3");
    QTemporaryDir directory;
    const std::string path = writeFile(directory.path(), QStringLiteral("rows.tsv"), lines.join('\n') + '\n');
    DatasetOptions options;
    options.dictionary = kDictionary;
    const auto strict = openDataset(path, options);
    Batch batch;
    QCOMPARE(codeOf((*strict)->read(0, 100, batch)), std::string("E-TSV-011"));
    options.textNumbers = TextNumbers::Lenient;
    const auto lenient = openDataset(path, options);
    QVERIFY((*lenient)->read(0, 100, batch));
    QCOMPARE(batch.numerical[7 * 13 + 2], 0.0f);
    const auto notes = (*lenient)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
        return note.starts_with("2 of 1300 numbers") && note.find("\"47.0\", row 7, num_2") != std::string::npos;
    }));
}

void TestCriteoTsv::oneOddNumberIsSingular() {
    QByteArrayList lines = demoLines().mid(0, 20);
    lines[7] = withField(lines[7], 3, "47.0");
    QTemporaryDir directory;
    const auto dataset = openRows(directory, lines.join('\n') + '\n', TextNumbers::Lenient);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    const auto notes = (*dataset)->notes();
    const std::string expected =
        "1 of 260 numbers is no whole number of 32 bits and counts as missing; "
        "the first is \"47.0\", row 7, num_2.";
    QVERIFY2(std::find(notes.begin(), notes.end(), expected) != notes.end(), notes.back().c_str());
}

void TestCriteoTsv::oddNumbersAreCountedAsOneByOne_data() {
    QTest::addColumn<QByteArray>("lineEnd");
    QTest::newRow("line feeds") << QByteArray("\n");
    QTest::newRow("carriage returns too") << QByteArray("\r\n");
}
void TestCriteoTsv::oddNumbersAreCountedAsOneByOne() {
    QFETCH(QByteArray, lineEnd);
    const QByteArrayList odd{"47.0", "1e3", "nan", "99999999999", " 7", "\\N", "-0.5"};
    std::mt19937 random(3);
    QByteArrayList lines;
    for (int r = 0; r < 6000; ++r) {
        QByteArray line = demoLines()[r % demoLines().size()];
        const auto kind = random() % 8;
        if (r > 900 && kind == 0)
            line = withField(line, 1 + static_cast<int>(random() % 13),
                             odd[static_cast<qsizetype>(random()) % odd.size()]);
        if (r > 900 && kind < 2)
            line = withField(line, 1 + static_cast<int>(random() % 13),
                             odd[static_cast<qsizetype>(random()) % odd.size()]);
        if (r > 900 && kind == 2) line = withField(line, 4, "+5");            // whole, but not in the usual form
        if (r > 900 && kind == 3) line = withField(line, 20, "no category");  // damaged, as is the next
        if (r > 900 && kind == 4) line = line.left(line.lastIndexOf('\t'));
        if (kind == 5) line = withField(line, 39, "");
        lines << line;
    }
    // One row after the other, as the original takes them.
    std::int64_t oddOnes = 0, numbers = 0;
    std::string first;
    for (qsizetype r = 0; r < lines.size(); ++r) {
        const auto line =
            parseCriteoLine(std::string_view(lines[r].constData(), static_cast<std::size_t>(lines[r].size())), 13, 26,
                            r, TextNumbers::Lenient);
        if (!line || !line->label) continue;
        for (std::size_t k = 0; k < 13; ++k) {
            ++numbers;
            const std::string& text = line->raw.numerical[k];
            if (text.empty() || parseSparkInt(text)) continue;
            if (oddOnes++ == 0)
                first = "; the first is \"" + text + "\", row " + std::to_string(r) + ", num_" + std::to_string(k);
        }
    }
    QVERIFY(oddOnes > 500 && numbers < 13 * 5500);
    const std::string expected = std::to_string(oddOnes) + " of " + std::to_string(numbers) +
                                 " numbers are no whole numbers of 32 bits and count as missing" + first + ".";
    QTemporaryDir directory;
    for (int run = 0; run < 3; ++run) {
        const auto dataset = openRows(directory, lines.join(lineEnd) + lineEnd, TextNumbers::Lenient);
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        const auto notes = (*dataset)->notes();
        QVERIFY2(std::find(notes.begin(), notes.end(), expected) != notes.end(), notes.back().c_str());
    }
}

void TestCriteoTsv::rowsWithoutLabelAreRead() {
    QByteArray labelled, unlabelled;
    for (const QByteArray& line : demoLines().mid(0, 300)) {
        labelled += line + '\n';
        unlabelled += line.mid(2) + '\n';
    }
    QTemporaryDir directory;
    Batch a, b;
    const auto with = openRows(directory, labelled);
    QVERIFY(with && (*with)->hasLabels() && (*with)->read(0, 300, a));
    const auto without = openRows(directory, unlabelled);
    QVERIFY2(without, without ? "" : without.error().text().c_str());
    QVERIFY(!(*without)->hasLabels());
    QVERIFY((*without)->read(0, 300, b));
    QVERIFY(b.labels.empty());
    QVERIFY(a.ids == b.ids && a.numerical == b.numerical);
}

void TestCriteoTsv::rawRowsAreTheTokens() {
    DatasetOptions options;
    options.dictionary = kDictionary;
    const auto dataset = openDataset(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv", options);
    QVERIFY(dataset);
    for (const int row : {0, 1, 1023, 1024, 1999}) {
        const auto raw = (*dataset)->rawRow(row);
        QVERIFY(raw && *raw);
        const auto fields = demoLines()[row].split('\t');
        for (int k = 0; k < 13; ++k) QCOMPARE((*raw)->numerical[std::size_t(k)], fields[1 + k].toStdString());
        for (int t = 0; t < 26; ++t) QCOMPARE((*raw)->categorical[std::size_t(t)], fields[14 + t].toStdString());
    }
}

void TestCriteoTsv::namedFieldsAreFedAsTheyStand() {
    const QByteArray plain = demoLines()[0],
                     named = withField(withField(withField(plain, 3, "fed:1.5"), 14, "id:9"), 39, "id:1,234");
    constexpr std::int64_t kRows = 600, kNamed[] = {0, 150, 599};  // in several groups that are looked up together
    QByteArray text;
    for (std::int64_t row = 0; row < kRows; ++row)
        text += (std::find(std::begin(kNamed), std::end(kNamed), row) != std::end(kNamed) ? named : plain) + '\n';
    QTemporaryDir directory;
    const auto dataset = openNamed(directory, text, kDictionary);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, kRows, batch));
    const auto number = [&](std::int64_t row, std::int64_t k) { return batch.numerical[std::size_t(row * 13 + k)]; };
    const auto id = [&](std::int64_t row, std::int64_t t) { return batch.ids[std::size_t(t * kRows + row)]; };
    for (const std::int64_t row : kNamed) {
        for (std::int64_t k = 0; k < 13; ++k) QCOMPARE(number(row, k), k == 2 ? 1.5f : number(1, k));
        for (std::int64_t t = 0; t < 26; ++t) QCOMPARE(id(row, t), t == 0 ? 9 : t == 25 ? 1234 : id(1, t));
    }
    QVERIFY(number(1, 2) != 1.5f && id(1, 0) != 9);
    const auto raw = (*dataset)->rawRow(150);
    QVERIFY(raw && *raw && (*raw)->numerical[2].empty() && (*raw)->categorical[0].empty());
    // Where nobody asks for them they are damage.
    QCOMPARE(codeOf(openRows(directory, text)), std::string("E-TSV-011"));
    QCOMPARE(codeOf(openRows(directory, withField(plain, 14, "id:7") + '\n')), std::string("E-TSV-009"));
    for (const auto& [field, token, name] :
         {std::tuple(3, "fed:x", "num_2"), std::tuple(14, "id:", "cat_0"), std::tuple(14, "id:-1", "cat_0"),
          std::tuple(15, "id:99999999999", "cat_1")}) {
        const auto damaged = openNamed(directory, plain + '\n' + withField(plain, field, token) + '\n', kDictionary);
        QVERIFY(damaged);
        const auto read = (*damaged)->read(0, 2, batch);
        QVERIFY2(!read && read.error().code == "E-TSV-012" && read.error().row == 1 && read.error().field == name,
                 token);
    }
}

void TestCriteoTsv::namedRowsNeedNoDictionary() {
    QByteArray named = demoLines()[0];
    for (int t = 0; t < 26; ++t) named = withField(named, 14 + t, "id:" + QByteArray::number(t));
    QTemporaryDir directory;
    const auto dataset = openNamed(directory, named + '\n' + demoLines()[0] + '\n', {});
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, 1, batch));
    for (int t = 0; t < 26; ++t) QCOMPARE(batch.ids[std::size_t(t)], t);
    const auto value = (*dataset)->read(1, 1, batch);
    QVERIFY(!value && value.error().code == "E-DICT-001" && value.error().row == 1);
    QCOMPARE(codeOf(openNamed(directory, demoLines()[0] + '\n', {})), std::string("E-DICT-001"));
}

// Of plain rows, unusual ones, and the last ones of the file, which are read one by one; in any part of the file.
void TestCriteoTsv::rawNumbersAreTheTokens() {
    QByteArrayList lines = demoLines();
    lines[1] = withField(withField(withField(lines[1], 1, "-3"), 2, ""), 3, "007");
    lines[2] = withField(withField(lines[2], 1, "-2147483648"), 2, "2147483647");
    lines[3] = withField(withField(lines[3], 1, "999999999"), 14, "\"527ffe3f\"");
    for (const bool labelled : {true, false}) {
        QByteArrayList rows = lines;
        if (!labelled)
            for (QByteArray& row : rows) row.remove(0, 2);
        QTemporaryDir directory;
        const auto dataset = openRows(directory, rows.join('\n'));
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        QCOMPARE((*dataset)->rows(), qint64(rows.size()));
        for (const qint64 first : {0, 2, 1023, 1999}) {
            std::vector<double> numbers;
            QVERIFY((*dataset)->readRawNumbers(first, rows.size() - first, numbers, {}));
            QCOMPARE(qint64(numbers.size()), (rows.size() - first) * 13);
            for (qint64 row = first; row < rows.size(); ++row) {
                const QByteArrayList fields = lines[row].split('\t');
                for (int k = 0; k < 13; ++k) {
                    const double x = numbers[std::size_t((row - first) * 13 + k)];
                    const QByteArray& token = fields[1 + k];
                    QVERIFY2(token.isEmpty() ? std::isnan(x) : x == token.toDouble(), token);
                }
            }
        }
    }
    // Damage is told here as well.
    lines[1500] = withField(lines[1500], 15, "aad271bg");
    QTemporaryDir directory;
    const auto damaged = openRows(directory, lines.join('\n') + '\n');
    QVERIFY(damaged);
    std::vector<double> numbers;
    const auto read = (*damaged)->readRawNumbers(0, 2000, numbers, {});
    QVERIFY(!read);
    QCOMPARE(read.error().code, std::string("E-TSV-009"));
    QCOMPARE(read.error().row, 1500);
}

void TestCriteoTsv::damageInTheFirstRowIsFoundAtOnce_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    const QByteArray good = demoLines()[0];
    QTest::newRow("empty file") << QByteArray() << QByteArray("E-TSV-010");
    QTest::newRow("38 fields") << good.mid(2, good.lastIndexOf('\t') - 2) + '\n' << QByteArray("E-TSV-001");
    QTest::newRow("41 fields") << good + "\t1\n" << QByteArray("E-TSV-001");
    QTest::newRow("blank line") << "\n" + good + '\n' << QByteArray("E-TSV-001");
    QTest::newRow("quotes") << withField(good, 20, "\"abc") + '\n' << QByteArray("E-TSV-005");
    QTest::newRow("a binary file") << QByteArray("\x93NUMPY\1\0v\0{'descr'", 18) << QByteArray("E-TSV-007");
    QTest::newRow("comma-separated") << QByteArray(good).replace('\t', ',') + '\n' << QByteArray("E-TSV-001");
    QTest::newRow("label") << withField(good, 0, "-1") + '\n' << QByteArray("E-TSV-008");
    QTest::newRow("hexadecimal") << withField(good, 14, "2760B538") + '\n' << QByteArray("E-TSV-009");
}

void TestCriteoTsv::damageInTheFirstRowIsFoundAtOnce() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    QTemporaryDir directory;
    const auto dataset = openRows(directory, text);
    QVERIFY(!dataset);
    QCOMPARE(dataset.error().code, code.toStdString());
    QVERIFY(dataset.error().file.ends_with("rows.tsv"));
    QVERIFY(!dataset.error().expected.empty() && !dataset.error().found.empty() && !dataset.error().remedy.empty());
}

void TestCriteoTsv::damageInALaterRowIsFoundWhenRead_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("field");
    const QByteArray good = demoLines()[1500];
    QTest::newRow("39 among 40") << good.mid(2) << QByteArray("E-TSV-002") << QByteArray();
    QTest::newRow("39 among 40, the last one is missing")
        << good.left(good.lastIndexOf('\t')) << QByteArray("E-TSV-002") << QByteArray();
    QTest::newRow("38 fields") << good.mid(2, good.lastIndexOf('\t') - 2) << QByteArray("E-TSV-001") << QByteArray();
    QTest::newRow("41 fields") << good + "\t" << QByteArray("E-TSV-001") << QByteArray();
    QTest::newRow("blank line") << QByteArray() << QByteArray("E-TSV-001") << QByteArray();
    QTest::newRow("a carriage return inside") << withField(good, 4, "1\r") << QByteArray("E-TSV-003") << QByteArray();
    for (const char* number : {"47.0", "1e3", " 5", "nan", "inf", "\\N"})
        QTest::newRow(number) << withField(good, 2, number) << QByteArray("E-TSV-011") << QByteArray("num_1");
    QTest::newRow("quote") << withField(good, 39, "\"") << QByteArray("E-TSV-005") << QByteArray("cat_25");
    QTest::newRow("NUL") << withField(good, 5, QByteArray("1\0", 2)) << QByteArray("E-TSV-007") << QByteArray();
    QTest::newRow("label") << withField(good, 0, "") << QByteArray("E-TSV-008") << QByteArray("label");
    QTest::newRow("hexadecimal") << withField(good, 15, "aad271bg") << QByteArray("E-TSV-009") << QByteArray("cat_1");
    QTest::newRow("long hexadecimal") << withField(good, 39, "aad271b00") << QByteArray("E-TSV-009")
                                      << QByteArray("cat_25");
    QTest::newRow("long field") << withField(good, 1, QByteArray(5000, '1')) << QByteArray("E-TSV-006")
                                << QByteArray("num_0");
}

void TestCriteoTsv::damageInALaterRowIsFoundWhenRead() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, field);
    QByteArrayList lines = demoLines();
    lines[1500] = line;
    lines[1800] = "damaged as well";
    QTemporaryDir directory;
    const auto dataset = openRows(directory, lines.join('\n') + '\n');
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, 1500, batch));
    for (const std::int64_t first : {0, 700, 1500}) {
        const auto read = (*dataset)->read(first, 2000 - first, batch);
        QVERIFY(!read);
        QCOMPARE(read.error().code, code.toStdString());
        QCOMPARE(read.error().row, 1500);
        QCOMPARE(read.error().field, field.toStdString());
        QCOMPARE(read.error().offset, lines.mid(0, 1500).join('\n').size() + 1);
        QVERIFY(read.error().file.ends_with("rows.tsv"));
    }
    QVERIFY((*dataset)->read(1501, 299, batch));
    const auto raw = (*dataset)->rawRow(1500);
    QCOMPARE(codeOf(raw), code.toStdString());
}

void TestCriteoTsv::endlessLinesAreRefused() {
    QTemporaryDir directory;
    QCOMPARE(codeOf(openRows(directory, QByteArray(70000, '1'))), std::string("E-TSV-006"));
    const auto later = openRows(directory, demoLines()[0] + '\n' + QByteArray(70000, '1') + '\n');
    QCOMPARE(codeOf(later), std::string("E-TSV-006"));
    QCOMPARE(later.error().row, 1);
}

void TestCriteoTsv::shapeComesFromTheModel() {
    QTemporaryDir directory;
    const std::string path =
        writeFile(directory.path(), QStringLiteral("rows.tsv"), "1\t5\t\t0000000a\t\t0000000b\n0\t\t7\t\t\t\n");
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    QCOMPARE(codeOf(openDataset(path, options)), std::string("E-TSV-001"));
    options.numericals = 2;
    options.tableRows = {10, 10, 10};
    const auto dataset = openDataset(path, options);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, 2, batch));
    QCOMPARE(batch.tables, 3);
    QCOMPARE(batch.numerical, (std::vector<float>{nvidiaSparkNumerical("5"), 0, 0, nvidiaSparkNumerical("7")}));
}

void TestCriteoTsv::dictionaryMustFitTheModel() {
    DatasetOptions options;
    options.dictionary = kDictionary;
    options.numericals = 13;
    options.tableRows.assign(26, 100);
    QCOMPARE(codeOf(openDataset(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv", options)), std::string("E-DICT-006"));
}

void TestCriteoTsv::openingAndReadingCanBeCancelled() {
    std::stop_source stop;
    stop.request_stop();
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    const std::string path = DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv";
    QCOMPARE(codeOf(openDataset(path, options, {.stop = stop.get_token()})), std::string("E-CANCELLED"));
    const auto dataset = openDataset(path, options);
    QVERIFY(dataset);
    Batch batch;
    QCOMPARE(codeOf((*dataset)->read(0, 2000, batch, stop.get_token())), std::string("E-CANCELLED"));
}

void TestCriteoTsv::changedFilesAreErrors() {
    QTemporaryDir directory;
    const auto dataset = openRows(directory, demoLines().join('\n') + '\n');
    QVERIFY(dataset);
    QVERIFY(::truncate(directory.filePath(QStringLiteral("rows.tsv")).toUtf8().constData(), 1000) == 0);
    Batch batch;
    QCOMPARE(codeOf((*dataset)->read(0, 2000, batch)), std::string("E-FILE-005"));
    QCOMPARE(codeOf((*dataset)->rawRow(1999)), std::string("E-FILE-005"));
}

void TestCriteoTsv::randomDamageNeverCrashes() {
    const QByteArray good = demoLines().mid(0, 8).join('\n') + '\n';
    std::mt19937 random(5);
    QTemporaryDir directory;
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    int refused = 0;
    for (int i = 0; i < 600; ++i) {
        QByteArray text = good;
        for (int k = 0; k < 3; ++k) {
            const auto at = qsizetype(random() % std::size_t(text.size()));
            if (random() % 2) text[at] = "\t\n\r\0\"09afz-\x80"[random() % 12];
            else text.remove(at, qsizetype(random() % 20));
        }
        if (i % 10 == 0) text.truncate(qsizetype(random() % std::size_t(text.size() + 1)));
        const auto dataset = openDataset(writeFile(directory.path(), QStringLiteral("rows.tsv"), text), options);
        Batch batch;
        const Result<void> read =
            dataset ? (*dataset)->read(0, (*dataset)->rows(), batch) : Result<void>(fail(dataset.error()));
        if (read) continue;
        ++refused;
        QVERIFY2(QByteArray::fromStdString(read.error().code).startsWith("E-TSV-"), read.error().text().c_str());
        QVERIFY(read.error().row >= 0 || read.error().code == "E-TSV-010");
    }
    QVERIFY(refused > 150);
}

void TestCriteoTsv::progressEndsAtTheWholeFile() {
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    std::int64_t done = -1, total = 0;
    const std::string path = DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv";
    QVERIFY(openDataset(path, options, {[&](const Progress& p) {
                            QVERIFY(p.done >= done);
                            done = p.done;
                            total = p.total;
                        }}));
    QCOMPARE(done, QFileInfo(QString::fromStdString(path)).size());
    QCOMPARE(total, done);
}

DLRM_TEST(TestCriteoTsv);

}  // namespace tst_criteo_tsv

#include "tst_criteo_tsv.moc"
