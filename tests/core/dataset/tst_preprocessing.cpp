// SPDX-License-Identifier: Apache-2.0
// The numerical transform and Criteo tokens against Spark's own output and against naive twins.
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

#include "core/base/float_conversions.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/preprocessing.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_preprocessing {

using namespace dlrm;
using test::codeOf;

namespace {

// Value of a finite float16, from its definition.
double halfValue(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const double mantissa = (bits & 1023) / 1024.0;
    const double magnitude = exponent == 0 ? std::ldexp(mantissa, -14) : std::ldexp(1.0 + mantissa, exponent - 15);
    return bits & 0x8000 ? -magnitude : magnitude;
}

// Nearest float16 of a finite non-negative number by bisection over all of them, ties to even; 65520 and above are
// infinity.
std::uint16_t naiveHalf(double x) {
    if (x >= 65520.0) return 0x7c00;
    int low = 0, high = 0x7bff;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        (halfValue(static_cast<std::uint16_t>(middle)) <= x ? low : high) = middle;
    }
    const double below = x - halfValue(static_cast<std::uint16_t>(low)),
                 above = halfValue(static_cast<std::uint16_t>(high)) - x;
    return static_cast<std::uint16_t>(below < above || (below == above && low % 2 == 0) ? low : high);
}

std::string criteoLine(bool labelled) {
    QByteArrayList fields;
    if (labelled) fields << "1";
    for (int k = 0; k < 13; ++k) fields << QByteArray::number(k);
    for (int t = 0; t < 26; ++t) fields << QByteArray::number(t % 16, 16).rightJustified(8, '0');
    return fields.join('\t').toStdString();
}

}  // namespace

class TestPreprocessing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyStageEqualsSpark();
    void categoriesOfTheGoldenTokensAreWhatSparkMatched();
    void integersOfTheTableEqualTheLongWay();
    void integersAreParsedAsSparkDoes_data();
    void integersAreParsedAsSparkDoes();
    void hexDigitsEqualANaiveParser();
    void linesWithAndWithoutLabelAreRead();
    void damagedLinesHaveTheirCodes_data();
    void damagedLinesHaveTheirCodes();
};

void TestPreprocessing::everyStageEqualsSpark() {
    const auto lines = test::readFile(DLRM_TEST_DATA "/golden/preprocessing/transform_edge_cases.tsv").split('\n');
    int checked = 0;
    for (int i = 1; i < lines.size(); ++i) {
        const auto fields = lines[i].split('\t');
        if (fields.size() != 13 || !fields[0].startsWith("num_")) continue;
        const std::string token = QByteArray(fields[1]).replace("<empty>", "").replace("<space>", " ").toStdString();
        const auto x = parseSparkInt(token);
        QCOMPARE(x ? QByteArray::number(*x) : QByteArray("null"), fields[2]);
        const float value = nvidiaSparkNumerical(token);
        QCOMPARE(floatToHalf(value), static_cast<std::uint16_t>(fields[10].toUInt(nullptr, 16)));
        QCOMPARE(static_cast<double>(value), fields[9].toDouble());
        ++checked;
    }
    QCOMPARE(checked, 41);
}

void TestPreprocessing::categoriesOfTheGoldenTokensAreWhatSparkMatched() {
    QCOMPARE(parseHexCategory("7b064211"), std::optional<std::uint32_t>(0x7b064211u));
    QCOMPARE(parseHexCategory("\"7b064211\""), std::optional<std::uint32_t>(0x7b064211u));
    for (const char* unknown : {"7B064211", " 7b064211", "7b064211 ", "zzzzzzzz", "", "\"\"", "7b06421", "7b0642111",
                                "\"7b064211", "7b06\"4211"})
        QVERIFY2(!parseHexCategory(unknown), unknown);
}

void TestPreprocessing::integersOfTheTableEqualTheLongWay() {
    // Both sides of the end of the table of logarithms, and the numbers where a float32 logarithm or a single rounding
    // would differ.
    std::vector<std::int32_t> numbers{10361, 15314, 66531, 93825, 704215, 767411, 1526182, 2147483644};
    for (std::int32_t x = -3; x < 40000; ++x) numbers.push_back(x);
    for (const std::int32_t x : numbers) {
        const double log = x + 3LL > 0 ? std::log(static_cast<double>(x + 3LL)) : 0.0;
        const std::uint16_t expected = naiveHalf(static_cast<double>(static_cast<float>(log)));
        if (floatToHalf(nvidiaSparkNumerical(std::to_string(x))) != expected) QFAIL(std::to_string(x).c_str());
    }
}

void TestPreprocessing::integersAreParsedAsSparkDoes_data() {
    QTest::addColumn<QString>("token");
    QTest::addColumn<qint64>("expected");  // minimum: nothing
    constexpr qint64 kNothing = std::numeric_limits<qint64>::min();
    const std::pair<const char*, qint64> rows[] = {{"0", 0},
                                                   {"-0", 0},
                                                   {"+0", 0},
                                                   {"2147483647", 2147483647},
                                                   {"-2147483648", -2147483648LL},
                                                   {"00000000000000000000012", 12},
                                                   {"2147483648", kNothing},
                                                   {"-2147483649", kNothing},
                                                   {"", kNothing},
                                                   {"+", kNothing},
                                                   {"-", kNothing},
                                                   {"--1", kNothing},
                                                   {"1 ", kNothing},
                                                   {" 1", kNothing},
                                                   {"1.0", kNothing},
                                                   {"1e3", kNothing},
                                                   {"0x1", kNothing},
                                                   {"99999999999999999999999", kNothing}};
    for (const auto& [token, expected] : rows)
        QTest::newRow(*token ? token : "empty") << QString::fromLatin1(token) << expected;
}

void TestPreprocessing::integersAreParsedAsSparkDoes() {
    QFETCH(QString, token);
    QFETCH(qint64, expected);
    const auto x = parseSparkInt(token.toStdString());
    QCOMPARE(x ? qint64(*x) : std::numeric_limits<qint64>::min(), expected);
}

void TestPreprocessing::hexDigitsEqualANaiveParser() {
    std::mt19937 random(11);
    for (int i = 0; i < 20000; ++i) {
        std::string token = formatHex(random());
        if (i % 2) token[random() % 8] = static_cast<char>(random());
        const bool valid = token.find_first_not_of("0123456789abcdef") == std::string::npos;
        const auto parsed = parseHexCategory(token);
        if (parsed.has_value() != valid || (valid && *parsed != std::stoul(token, nullptr, 16)))
            QFAIL(QByteArray::fromStdString(token).toHex().constData());
    }
    // Every byte in every place.
    for (int place = 0; place < 8; ++place)
        for (int byte = 0; byte < 256; ++byte) {
            std::string token = "00000000";
            token[std::size_t(place)] = static_cast<char>(byte);
            QCOMPARE(parseHexCategory(token).has_value(),
                     std::string("0123456789abcdef").find(static_cast<char>(byte)) != std::string::npos);
        }
}

void TestPreprocessing::linesWithAndWithoutLabelAreRead() {
    const auto labelled = parseCriteoLine(criteoLine(true) + "\n", 13, 26, 0);
    QVERIFY(labelled);
    QCOMPARE(labelled->label, std::optional<int>(1));
    QCOMPARE(labelled->raw.numerical[12], std::string("12"));
    QCOMPARE(labelled->raw.categorical[25], std::string("00000009"));
    const auto unlabelled = parseCriteoLine(criteoLine(false), 13, 26, 0);
    QVERIFY(unlabelled);
    QVERIFY(!unlabelled->label);
    const auto empty = parseCriteoLine(std::string(39, '\t'), 13, 26, 0);
    QCOMPARE(codeOf(empty), std::string("E-TSV-008"));
    const auto allMissing = parseCriteoLine("0" + std::string(39, '\t'), 13, 26, 0);
    QVERIFY(allMissing);
    QVERIFY(allMissing->raw.categorical[25].empty());
    // Text that Spark reads as missing is no damage where that is asked for.
    const auto odd = parseCriteoLine("0\t1.5\tabc\t 5" + std::string(36, '\t'), 13, 26, 0, TextNumbers::Lenient);
    QVERIFY(odd);
    QVERIFY(parseCriteoLine(criteoLine(true) + "\r\n", 13, 26, 0));
    QCOMPARE(nvidiaSparkNumerical(odd->raw.numerical[1]), 0.0f);
}

void TestPreprocessing::damagedLinesHaveTheirCodes_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("field");
    const QByteArray good = QByteArray::fromStdString(criteoLine(true));
    const auto with = [&](int field, const QByteArray& text) {
        auto fields = good.split('\t');
        fields[field] = text;
        return fields.join('\t');
    };
    QTest::newRow("38 fields") << good.left(good.lastIndexOf('\t')).mid(2) << QByteArray("E-TSV-001") << QByteArray();
    QTest::newRow("41 fields") << good + "\t1" << QByteArray("E-TSV-001") << QByteArray();
    QTest::newRow("empty line") << QByteArray() << QByteArray("E-TSV-001") << QByteArray();
    for (const char* odd : {"47.0", "1e3", "1.5", "nan", "inf", "\\N", " 5", "5 ", "2147483648", "abc"})
        QTest::newRow(odd) << with(3, odd) << QByteArray("E-TSV-011") << QByteArray("num_2");
    QTest::newRow("carriage return inside") << with(3, "1\r") << QByteArray("E-TSV-003") << QByteArray();
    QTest::newRow("BOM") << "\xef\xbb\xbf" + good << QByteArray("E-TSV-004") << QByteArray();
    QTest::newRow("stray quote") << with(14, "\"00000000") << QByteArray("E-TSV-005") << QByteArray("cat_0");
    QTest::newRow("quote in a number") << with(1, "1\"2") << QByteArray("E-TSV-005") << QByteArray("num_0");
    QTest::newRow("long line") << QByteArray(70000, 'a') << QByteArray("E-TSV-006") << QByteArray();
    QTest::newRow("long field") << with(3, QByteArray(5000, '0')) << QByteArray("E-TSV-006") << QByteArray("num_2");
    QTest::newRow("NUL") << with(3, QByteArray("1\0", 2)) << QByteArray("E-TSV-007") << QByteArray();
    QTest::newRow("label 2") << with(0, "2") << QByteArray("E-TSV-008") << QByteArray("label");
    QTest::newRow("not hexadecimal") << with(39, "zzzzzzzz") << QByteArray("E-TSV-009") << QByteArray("cat_25");
    QTest::newRow("upper case") << with(14, "7B064211") << QByteArray("E-TSV-009") << QByteArray("cat_0");
    QTest::newRow("7 digits") << with(15, "7b06421") << QByteArray("E-TSV-009") << QByteArray("cat_1");
}

void TestPreprocessing::damagedLinesHaveTheirCodes() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, field);
    const auto parsed = parseCriteoLine(line.toStdString(), 13, 26, 41);
    QVERIFY(!parsed);
    const Error& error = parsed.error();
    QCOMPARE(error.code, code.toStdString());
    QCOMPARE(error.field, field.toStdString());
    QCOMPARE(error.row, 41);
    QVERIFY(!error.expected.empty() && !error.found.empty() && !error.remedy.empty());
}

DLRM_TEST(TestPreprocessing);

}  // namespace tst_preprocessing

#include "tst_preprocessing.moc"
