// SPDX-License-Identifier: Apache-2.0
// CSV by feature_spec: the values of the tiny golden dataset written as text, several files a chunk, and every refusal
// with its code.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include <unistd.h>

#include "core/base/float_conversions.h"
#include "core/dataset/dataset.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_csv {

using namespace dlrm;
using test::codeOf;
using test::writeFile;

namespace {

// 2 numericals and 2 categories: numbers and label in one chunk of two files, categories in another.
constexpr const char* kSpec = R"(channel_spec: {categorical: [a, b], numerical: [x, y], label: [click]}
feature_spec: {a: {cardinality: 4}, b: {cardinality: auto}, x: {}, y: null, click: {dtype: torch.int8}}
metadata: {}
source_spec:
  test:
  - {type: csv, features: [y, click, x], files: [part0.csv, part1.csv]}
  - {type: csv, features: [b, a], files: [categories.csv]}
  train:
  - {type: csv, features: [a, b, x, y, click], files: [missing.csv]}
)";

void writeCsv(const QTemporaryDir& directory) {
    writeFile(directory.path(), QStringLiteral("feature_spec.yaml"), kSpec);
    writeFile(directory.path(), QStringLiteral("part0.csv"), "0.5,1,1\n1e1,0,-2\n");
    writeFile(directory.path(), QStringLiteral("part1.csv"), "3,0,0.1");
    writeFile(directory.path(), QStringLiteral("categories.csv"), "7,0\n2147483647,3\n0,2\n");
}

}  // namespace

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filesOfAChunkContinueEachOther();
    void zeroIsANumberWhereThePreprocessingSaysSo();
    void numbersRoundOnceToFloat16();
    void numbersMayHaveAFractionOrAnExponent();
    void csvEqualsSplitBinary();
    void damageHasItsCode_data();
    void damageHasItsCode();
    void chunksOfDifferentLengthAreRefused();
    void missingFilesAreNamed();
    void changedFilesAreErrors();
};

void TestCsv::filesOfAChunkContinueEachOther() {
    QTemporaryDir directory;
    writeCsv(directory);
    const auto dataset = openDataset(directory.path().toStdString(), {});
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    QCOMPARE((*dataset)->format(), std::string("csv"));
    QCOMPARE((*dataset)->rows(), 3);
    Batch batch;
    QVERIFY((*dataset)->read(0, 3, batch));
    QCOMPARE(batch.numerical, (std::vector<float>{1, 0.5f, -2, 10, throughHalf(0.1f), 3}));
    QCOMPARE(batch.ids, (std::vector<std::int32_t>{0, 3, 2, 7, 2147483647, 0}));
    QCOMPARE(batch.labels, (std::vector<std::uint8_t>{1, 0, 0}));
    QVERIFY((*dataset)->read(2, 1, batch));
    QCOMPARE(batch.ids, (std::vector<std::int32_t>{2, 0}));
    QVERIFY((*dataset)->schema().cardinalities.empty());
    QVERIFY((*dataset)->fileOfCategorical(1).ends_with("categories.csv"));
    const auto raw = (*dataset)->rawRow(0);
    QVERIFY(raw && *raw);
    QCOMPARE((*raw)->numerical, (std::vector<std::string>{"", ""}));  // logarithms of no whole number
    QVERIFY((*raw)->categorical.empty());                             // no dictionary
}

// ln(0 + 1) is 0, which the other preprocessing feeds for a missing number only.
void TestCsv::zeroIsANumberWhereThePreprocessingSaysSo() {
    QTemporaryDir directory;
    writeCsv(directory);
    writeFile(directory.path(), QStringLiteral("part0.csv"), "0,1,1.0986328125\n1e1,0,-2\n");
    DatasetOptions options;
    const std::vector<std::pair<std::string, std::vector<std::string>>> tokens{
        {"facebookresearch", {"", "0"}}, {"nvidia_spark", {"0", ""}}, {"torchrec", {"", ""}}};
    for (const auto& [profile, expected] : tokens) {
        options.profile = profile;
        const auto dataset = openDataset(directory.path().toStdString(), options);
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        const auto raw = (*dataset)->rawRow(0);
        QVERIFY(raw && *raw);
        QCOMPARE((*raw)->numerical, expected);
    }
}

void TestCsv::numbersRoundOnceToFloat16() {
    // ln(10364): 9.24609354… is just below the middle of 9.2421875 and 9.25; a float32 on the way would end on the
    // middle and go to even.
    QTemporaryDir directory;
    writeCsv(directory);
    writeFile(directory.path(), QStringLiteral("part1.csv"), "9.246093541682,0,65519");
    const auto dataset = openDataset(directory.path().toStdString(), {});
    QVERIFY(dataset);
    Batch batch;
    QVERIFY((*dataset)->read(2, 1, batch));
    QCOMPARE(batch.numerical[1], 9.2421875f);
    QCOMPARE(batch.numerical[0], 65504.0f);
}

// Numbers that were transformed are no whole ones: these are values like others.
void TestCsv::numbersMayHaveAFractionOrAnExponent() {
    for (const auto& [text, value] :
         {std::pair("47.0", 47.0F), std::pair("1e3", 1000.0F), std::pair("-1.5", -1.5F), std::pair("2.5E-1", 0.25F)}) {
        QTemporaryDir directory;
        writeCsv(directory);
        writeFile(directory.path(), QStringLiteral("part1.csv"), QByteArray(text) + ",0,1");
        const auto dataset = openDataset(directory.path().toStdString(), {});
        QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
        Batch batch;
        const auto read = (*dataset)->read(2, 1, batch);
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE(batch.numerical[1], value);
    }
}

void TestCsv::csvEqualsSplitBinary() {
    const auto tiny = openDataset(DLRM_TEST_DATA "/golden/datasets/tiny", {});
    QVERIFY(tiny);
    Batch expected, batch;
    QVERIFY((*tiny)->read(0, 1000, expected));
    QTemporaryDir directory;
    QByteArray spec = test::readFile(DLRM_TEST_DATA "/golden/datasets/tiny/feature_spec.yaml");
    writeFile(directory.path(), QStringLiteral("feature_spec.yaml"), spec.replace("split_binary", "csv"));
    QByteArray numerical, label;
    for (std::size_t r = 0; r < 1000; ++r) {
        for (std::size_t k = 0; k < 13; ++k)
            numerical += QByteArray::number(double(expected.numerical[r * 13 + k]), 'g', 17) + (k < 12 ? ',' : '\n');
        label += QByteArray::number(expected.labels[r]) + '\n';
    }
    writeFile(directory.path(), QStringLiteral("test/numerical.bin"), numerical);
    writeFile(directory.path(), QStringLiteral("test/label.bin"), label);
    for (std::size_t t = 0; t < 5; ++t) {
        QByteArray ids;
        for (std::size_t r = 0; r < 1000; ++r) ids += QByteArray::number(expected.ids[t * 1000 + r]) + '\n';
        writeFile(directory.path(), QStringLiteral("test/cat_%1.bin").arg(t), ids);
    }
    const auto csv = openDataset(directory.path().toStdString(), {});
    QVERIFY2(csv, csv ? "" : csv.error().text().c_str());
    QVERIFY((*csv)->read(0, 1000, batch));
    QVERIFY(batch.ids == expected.ids && batch.numerical == expected.numerical && batch.labels == expected.labels);
}

void TestCsv::damageHasItsCode_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<QByteArray>("field");
    const auto part = [](const char* name, const QByteArray& row, const char* code, const char* field) {
        QTest::newRow(name) << QStringLiteral("part1.csv") << row << QByteArray(code) << QByteArray(field);
    };
    part("too few fields", "3,0", "E-CSV-003", "");
    part("too many fields", "3,0,1,2", "E-CSV-003", "");
    part("blank line", " ", "E-CSV-003", "");
    part("header", "y,click,x", "E-CSV-004", "y");
    part("empty number", ",0,1", "E-CSV-004", "y");
    part("quoted number", "\"3\",0,1", "E-CSV-004", "y");
    part("text after a number", "3,0,1x", "E-CSV-004", "x");
    part("label 2", "3,2,1", "E-CSV-004", "click");
    part("NUL", QByteArray("3,0,1\0", 6), "E-CSV-004", "x");
    for (const char* number : {"nan", "inf", "-inf", "1e999", "65520", " 5", "5 ", "\\N", "0x1f", "+"})
        part(number, QByteArray(number) + ",0,1", "E-CSV-004", "y");
    const auto category = [](const char* name, const QByteArray& row, const char* field) {
        QTest::newRow(name) << QStringLiteral("categories.csv") << "7,0\n1,3\n" + row << QByteArray("E-CSV-004")
                            << QByteArray(field);
    };
    category("id outside", "0,4", "a");
    category("negative id", "-1,0", "b");
    category("fraction", "1.0,0", "b");
    category("id beyond int32", "2147483648,0", "b");
}

void TestCsv::damageHasItsCode() {
    QFETCH(QString, file);
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, code);
    QFETCH(QByteArray, field);
    QTemporaryDir directory;
    writeCsv(directory);
    writeFile(directory.path(), file, text);
    const auto dataset = openDataset(directory.path().toStdString(), {});
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    const auto read = (*dataset)->read(0, 3, batch);
    QCOMPARE(codeOf(read), code.toStdString());
    QCOMPARE(read.error().row, 2);
    QCOMPARE(read.error().field, field.toStdString());
    QVERIFY(read.error().file.ends_with(file.toStdString()));
    QVERIFY((*dataset)->read(0, 2, batch));
}

void TestCsv::chunksOfDifferentLengthAreRefused() {
    QTemporaryDir directory;
    writeCsv(directory);
    writeFile(directory.path(), QStringLiteral("part1.csv"), "3,0,1\n3,0,1\n");
    const auto dataset = openDataset(directory.path().toStdString(), {});
    QCOMPARE(codeOf(dataset), std::string("E-CSV-002"));
    QVERIFY(dataset.error().expected.starts_with("4 rows") && dataset.error().found == "3 rows");
    for (const char* name : {"part0.csv", "part1.csv", "categories.csv"})
        writeFile(directory.path(), QLatin1String(name), {});
    QCOMPARE(codeOf(openDataset(directory.path().toStdString(), {})), std::string("E-DATA-012"));
    writeFile(directory.path(), QStringLiteral("part0.csv"), QByteArray(70000, '1'));
    QCOMPARE(codeOf(openDataset(directory.path().toStdString(), {})), std::string("E-CSV-001"));
}

void TestCsv::missingFilesAreNamed() {
    QTemporaryDir directory;
    writeCsv(directory);
    DatasetOptions options;
    options.split = "train";
    const auto train = openDataset(directory.path().toStdString(), options);
    QCOMPARE(codeOf(train), std::string("E-FILE-001"));
    QVERIFY(train.error().file.ends_with("missing.csv"));
}

void TestCsv::changedFilesAreErrors() {
    QTemporaryDir directory;
    writeCsv(directory);
    const auto dataset = openDataset(directory.path().toStdString(), {});
    QVERIFY(dataset);
    QVERIFY(::truncate(directory.filePath(QStringLiteral("part0.csv")).toUtf8().constData(), 3) == 0);
    Batch batch;
    QCOMPARE(codeOf((*dataset)->read(0, 3, batch)), std::string("E-FILE-005"));
}

DLRM_TEST(TestCsv);

}  // namespace tst_csv

#include "tst_csv.moc"
