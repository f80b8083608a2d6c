// SPDX-License-Identifier: Apache-2.0
// Category dictionaries: lookups against a naive map, and every refusal with its code.
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <random>

#include "core/dataset/dictionary/dictionary.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_dictionary {

using namespace dlrm;
using test::codeOf;
using test::writeFile;

class TestDictionary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyValueOfTheDemoIsFoundBothWays();
    void lookupsEqualANaiveMap();
    void countsBeyond32BitsAreKept();
    void orderOfLinesAndFinalNewlineDoNotMatter();
    void damageHasItsCode_data();
    void damageHasItsCode();
    void sizesAreComparedWithTheTables();
    void missingFilesAndDirectoriesAreNamed();
    void openingCanBeCancelled();
    void everyTruncationIsRefusedOrShorter();
};

void TestDictionary::everyValueOfTheDemoIsFoundBothWays() {
    const auto dictionary = Dictionary::open(DLRM_SOURCE_DIR "/resources/demo/dictionary");
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    QCOMPARE((*dictionary)->features(), std::size_t(26));
    for (std::size_t t = 0; t < 26; ++t) {
        std::int64_t entries = 0;
        for (const QByteArray& line :
             test::readFile(DLRM_SOURCE_DIR "/resources/demo/dictionary/cat_" + std::to_string(t) + ".tsv")
                 .split('\n')) {
            if (line.isEmpty()) continue;
            const auto fields = line.split('\t');
            const auto hex = fields[0].toUInt(nullptr, 16);
            QCOMPARE((*dictionary)->id(t, hex), fields[1].toInt());
            QCOMPARE((*dictionary)->hexValue(t, fields[1].toInt()), std::optional<std::uint32_t>(hex));
            QCOMPARE((*dictionary)->count(t, fields[1].toInt()), std::optional<std::int64_t>(fields[2].toLongLong()));
            ++entries;
        }
        QCOMPARE((*dictionary)->cardinality(t), entries + 1);
        QVERIFY(!(*dictionary)->hexValue(t, 0) && !(*dictionary)->hexValue(t, entries + 1) &&
                !(*dictionary)->hexValue(t, -1));
        QVERIFY(!(*dictionary)->count(t, 0));
    }
    QCOMPARE(formatHex(0x0a), std::string("0000000a"));
}

void TestDictionary::lookupsEqualANaiveMap() {
    QTemporaryDir directory;
    std::mt19937 random(3);
    std::map<std::uint32_t, std::int32_t> naive;
    QByteArray text;
    while (naive.size() < 20000) {
        // Clusters of neighbours, and values at both ends of 32 bits.
        const std::uint32_t value = random() % 3   ? random()
                                    : random() % 2 ? random() % 5000
                                                   : 0xffffffffu - random() % 5000;
        if (!naive.emplace(value, static_cast<std::int32_t>(naive.size() + 1)).second) continue;
        text += QByteArray::fromStdString(formatHex(value)) + '\t' + QByteArray::number(qlonglong(naive.size())) + '\n';
    }
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"), text);
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    for (const auto& [value, id] : naive) QCOMPARE((*dictionary)->id(0, value), id);
    for (int i = 0; i < 20000; ++i) {
        const std::uint32_t value = i < 10000 ? static_cast<std::uint32_t>(i) : random();
        const auto it = naive.find(value);
        QCOMPARE((*dictionary)->id(0, value), it == naive.end() ? 0 : it->second);
    }
    QVERIFY(!(*dictionary)->count(0, 1));
}

void TestDictionary::countsBeyond32BitsAreKept() {
    QTemporaryDir directory;
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"),
              "00000001\t1\t4294967297\n00000002\t2\t4294967295\n00000003\t3\t7\n");
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    QCOMPARE((*dictionary)->count(0, 1), std::optional<std::int64_t>(4294967297));
    QCOMPARE((*dictionary)->count(0, 2), std::optional<std::int64_t>(4294967295));
    QCOMPARE((*dictionary)->count(0, 3), std::optional<std::int64_t>(7));
    QVERIFY(!(*dictionary)->count(0, 4));
}

void TestDictionary::orderOfLinesAndFinalNewlineDoNotMatter() {
    QTemporaryDir directory;
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"), "0000000b\t2\t5\n0000000a\t1\t9");
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    QCOMPARE((*dictionary)->id(0, 0xa), 1);
    QCOMPARE((*dictionary)->id(0, 0xb), 2);
}

void TestDictionary::damageHasItsCode_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<qint64>("row");
    QTest::newRow("no hexadecimal") << QByteArray("0000000g\t1\t2\n") << QByteArray("E-DICT-005") << qint64(0);
    QTest::newRow("short lines") << QByteArray("0000000a\t1\na\nb\nc\n") << QByteArray("E-DICT-005") << qint64(1);
    QTest::newRow("carriage return") << QByteArray("0000000a\t1\t2\r\n") << QByteArray("E-DICT-005") << qint64(0);
    QTest::newRow("empty line") << QByteArray("0000000a\t1\t2\n\n") << QByteArray("E-DICT-005") << qint64(1);
    QTest::newRow("negative count") << QByteArray("0000000a\t1\t-2\n") << QByteArray("E-DICT-005") << qint64(0);
    QTest::newRow("fourth column") << QByteArray("0000000a\t1\t2\t3\n") << QByteArray("E-DICT-005") << qint64(0);
    QTest::newRow("long line") << "0000000a\t" + QByteArray(200, '0') + "1\n" << QByteArray("E-DICT-005") << qint64(0);
    QTest::newRow("no line feed") << QByteArray("0000000a\t1\n") + QByteArray(100'000, '0') << QByteArray("E-DICT-005")
                                  << qint64(1);
    QTest::newRow("count in one line only")
        << QByteArray("0000000a\t1\t2\n0000000b\t2\n") << QByteArray("E-DICT-005") << qint64(1);
    QTest::newRow("id 0") << QByteArray("0000000a\t0\t2\n") << QByteArray("E-DICT-007") << qint64(0);
    QTest::newRow("id beyond n") << QByteArray("0000000a\t1\t2\n0000000b\t3\t2\n") << QByteArray("E-DICT-007")
                                 << qint64(1);
    QTest::newRow("huge id") << QByteArray("0000000a\t9223372036854775807\t2\n") << QByteArray("E-DICT-007")
                             << qint64(0);
    QTest::newRow("id twice") << QByteArray("0000000a\t1\t2\n0000000b\t1\t2\n") << QByteArray("E-DICT-008")
                              << qint64(1);
    QTest::newRow("value twice") << QByteArray("0000000a\t1\t2\n0000000a\t2\t2\n") << QByteArray("E-DICT-009")
                                 << qint64(-1);
    QTest::newRow("counts increase") << QByteArray("0000000a\t1\t2\n0000000b\t2\t3\n") << QByteArray("E-DICT-010")
                                     << qint64(-1);
}

void TestDictionary::damageHasItsCode() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    QFETCH(qint64, row);
    QTemporaryDir directory;
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"), "0000000a\t1\t2\n");
    writeFile(directory.path(), QStringLiteral("cat_1.tsv"), text);
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY(!dictionary);
    QCOMPARE(dictionary.error().code, code.toStdString());
    QCOMPARE(dictionary.error().row, row);
    QVERIFY(dictionary.error().file.ends_with("cat_1.tsv"));
    QCOMPARE(dictionary.error().field, std::string("cat_1"));
    QVERIFY(!dictionary.error().expected.empty() && !dictionary.error().found.empty() &&
            !dictionary.error().remedy.empty());
}

void TestDictionary::sizesAreComparedWithTheTables() {
    QTemporaryDir directory;
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"), "0000000a\t1\t2\n0000000b\t2\t2\n");
    const std::string path = directory.path().toStdString();
    QVERIFY(Dictionary::open(path, std::vector<std::int64_t>{3}));
    QCOMPARE(codeOf(Dictionary::open(path, std::vector<std::int64_t>{4})), std::string("E-DICT-006"));
    QCOMPARE(codeOf(Dictionary::open(path, std::vector<std::int64_t>{3, 3})), std::string("E-DICT-006"));
}

void TestDictionary::missingFilesAndDirectoriesAreNamed() {
    QTemporaryDir directory;
    const std::string path = directory.path().toStdString();
    QCOMPARE(codeOf(Dictionary::open(path)), std::string("E-DICT-013"));
    QCOMPARE(codeOf(Dictionary::open(path + "/none")), std::string("E-DICT-002"));
    writeFile(directory.path(), QStringLiteral("cat_0.tsv"), "0000000a\t1\n");
    writeFile(directory.path(), QStringLiteral("cat_2.tsv"), "0000000a\t1\n");
    const auto gap = Dictionary::open(path);
    QCOMPARE(codeOf(gap), std::string("E-DICT-003"));
    QCOMPARE(gap.error().expected, std::string("cat_1.tsv"));
    QCOMPARE(codeOf(Dictionary::open(writeFile(directory.path(), QStringLiteral("file"), "x"))),
             std::string("E-DICT-002"));
}

void TestDictionary::openingCanBeCancelled() {
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(codeOf(Dictionary::open(DLRM_SOURCE_DIR "/resources/demo/dictionary", {}, {.stop = stop.get_token()})),
             std::string("E-CANCELLED"));
}

void TestDictionary::everyTruncationIsRefusedOrShorter() {
    const QByteArray whole = "0000000a\t1\t22\n0000000b\t2\t21\n0000000c\t3\t10\n";
    for (int n = 0; n < whole.size(); ++n) {
        QTemporaryDir directory;
        writeFile(directory.path(), QStringLiteral("cat_0.tsv"), whole.left(n));
        const auto dictionary = Dictionary::open(directory.path().toStdString());
        if (dictionary) QVERIFY((*dictionary)->cardinality(0) <= 4);
        else QVERIFY(QByteArray::fromStdString(dictionary.error().code).startsWith("E-DICT-"));
        // With the table's rows known, only the loss of the last line feed or of a count's last digit goes unnoticed.
        const auto checked = Dictionary::open(directory.path().toStdString(), std::vector<std::int64_t>{4});
        QCOMPARE(bool(checked), n >= whole.size() - 2);
    }
}

DLRM_TEST(TestDictionary);

}  // namespace tst_dictionary

#include "tst_dictionary.moc"
