// SPDX-License-Identifier: Apache-2.0
// Parquet dictionaries: Spark's own folders and pyarrow's variants against the TSV form, real files of other writers,
// damage and bombs.
#include <sys/resource.h>

#include <QDirIterator>
#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <string_view>

#include "core/dataset/dictionary/dictionary.h"
#include "core/formats/parquet.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_parquet_dictionary {

using namespace dlrm;
using test::codeOf;
using test::readFile;
using test::writeFile;

namespace {

const QString kGolden = QStringLiteral(DLRM_TEST_DATA "/golden/preprocessing/");
const QString kHostile = QStringLiteral(DLRM_TEST_DATA "/hostile/parquet/");
const QString kReal = QStringLiteral(DLRM_SOURCE_DIR "/../shared/realdata/parquet-testing/");
constexpr std::size_t kCopiedFeatures = 10;  // of Spark's dictionary, in tests/data
constexpr qint64 kMostMilliseconds = 1000;
constexpr long kMostKiB = 64 * 1024;

long peakKiB() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void copyFolder(const QString& from, const QString& to) {
    QDir().mkpath(to);
    for (const QFileInfo& file : QDir(from).entryInfoList(QDir::Files | QDir::Hidden))
        QFile::copy(file.filePath(), to + QLatin1Char('/') + file.fileName());
}

// Entry by entry equal to the TSV dictionary of the demo, which was exported from the same Spark run.
void compareWithTsv(const Dictionary& parquet, const Dictionary& tsv, std::size_t feature) {
    QCOMPARE(parquet.cardinality(feature), tsv.cardinality(feature));
    for (std::int64_t id = 0; id <= tsv.cardinality(feature); ++id) {
        QCOMPARE(parquet.hexValue(feature, id), tsv.hexValue(feature, id));
        QCOMPARE(parquet.count(feature, id), tsv.count(feature, id));
        if (const auto hex = tsv.hexValue(feature, id))
            QCOMPARE(parquet.id(feature, *hex), static_cast<std::int32_t>(id));
    }
}

// The same dictionary as tab-separated text.
std::shared_ptr<const Dictionary> textDictionary() {
    static const auto dictionary = Dictionary::open(DLRM_TEST_DATA "/golden/spark_dictionary_as_tsv");
    return dictionary ? *dictionary : nullptr;
}

}  // namespace

class TestParquetDictionary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void missingAndForeignModulesAreNamed();
    void sparkFoldersEqualTheTsv();
    void wholeSparkDictionaryIsThatOfTheText();
    void pyarrowVariantsEqualTheTsv_data();
    void pyarrowVariantsEqualTheTsv();
    void hostileFilesAreRefusedAtOnce_data();
    void hostileFilesAreRefusedAtOnce();
    void everyTruncationIsRefused();
    void everyByteChangedIsRefusedOrHarmless();
    void lostPartsAndFoldersAreNamed();
    void realFilesGiveTheirValues();
    void realDamagedFilesAreRefused_data();
    void realDamagedFilesAreRefused();
};

void TestParquetDictionary::initTestCase() {
    if (auto can = parquetAvailable(); !can) {
        QCOMPARE(can.error().code, std::string("E-PARQUET-001"));
        QSKIP("built without Parquet: no Apache Arrow was found");
    }
    QVERIFY(textDictionary());
    // Arrow's libraries are loaded once; what they take is not a file's fault.
    const auto file = RandomAccessFile::open(
        (kGolden + QStringLiteral("parquet_variants/col14_zstd_dict_v2page.parquet")).toStdString());
    QVERIFY(file);
    QCOMPARE(*parquetRows(**file), textDictionary()->cardinality(0) - 1);
}

// Runs a copy of this program in a folder of its own, with and without something called dlrm_parquet.so beside it.
void TestParquetDictionary::missingAndForeignModulesAreNamed() {
    QTemporaryDir directory;
    const QString copy = directory.filePath(QStringLiteral("probe"));
    QVERIFY(QFile::copy(QCoreApplication::applicationFilePath(), copy));
    const auto refusalOfCopy = [&] {
        QProcess process;
        process.start(copy, {QStringLiteral("tst_parquet_dictionary"), QStringLiteral("--probe")});
        return process.waitForFinished() ? process.readAllStandardOutput() : QByteArray();
    };
    // A module that is lost is no program without Parquet.
    const QByteArray lost = refusalOfCopy();
    QVERIFY2(lost.startsWith("E-PARQUET-001: The module that reads Parquet is not there.") &&
                 lost.contains("dlrm_parquet.so beside the program"),
             lost);
    writeFile(directory.path(), QStringLiteral("dlrm_parquet.so"), "no library");
    QVERIFY(refusalOfCopy().startsWith("E-PARQUET-002"));
}

void TestParquetDictionary::sparkFoldersEqualTheTsv() {
    const auto dictionary = Dictionary::open((kGolden + QStringLiteral("spark_dictionary")).toStdString());
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    QCOMPARE((*dictionary)->features(), kCopiedFeatures);
    for (std::size_t t = 0; t < kCopiedFeatures; ++t) compareWithTsv(**dictionary, *textDictionary(), t);
}

void TestParquetDictionary::wholeSparkDictionaryIsThatOfTheText() {
    const QString folder = QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/preprocessing/spark_dictionary");
    DLRM_NEEDS_OUTSIDE(folder);
    std::vector<std::int64_t> rows;
    for (std::size_t t = 0; t < textDictionary()->features(); ++t) rows.push_back(textDictionary()->cardinality(t));
    const auto dictionary = Dictionary::open(folder.toStdString(), rows);
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    QCOMPARE((*dictionary)->features(), std::size_t(26));
    for (std::size_t t = 0; t < 26; ++t) compareWithTsv(**dictionary, *textDictionary(), t);
    rows[7] += 1;
    QCOMPARE(codeOf(Dictionary::open(folder.toStdString(), rows)), std::string("E-DICT-006"));
}

void TestParquetDictionary::pyarrowVariantsEqualTheTsv_data() {
    QTest::addColumn<QString>("file");
    for (const QFileInfo& file :
         QDir(kGolden + QStringLiteral("parquet_variants")).entryInfoList({QStringLiteral("*.parquet")}))
        QTest::newRow(qPrintable(file.fileName())) << file.filePath();
}

void TestParquetDictionary::pyarrowVariantsEqualTheTsv() {
    QFETCH(QString, file);
    QTemporaryDir directory;
    QVERIFY(QFile::copy(file, directory.filePath(QStringLiteral("14.parquet"))));
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY2(dictionary, codeOf(dictionary).c_str());
    compareWithTsv(**dictionary, *textDictionary(), 0);
}

void TestParquetDictionary::hostileFilesAreRefusedAtOnce_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("field");
    QTest::newRow("page of 300 MiB") << "page_of_300_mib"
                                     << "E-PARQUET-003"
                                     << "";
    QTest::newRow("5 million equal rows") << "5_million_equal_rows"
                                          << "E-PARQUET-004"
                                          << "";
    QTest::newRow("null") << "null_value"
                          << "E-PARQUET-003"
                          << "data";
    QTest::newRow("not hexadecimal") << "not_hexadecimal"
                                     << "E-DICT-015"
                                     << "data";
    QTest::newRow("nested") << "nested"
                            << "E-PARQUET-003"
                            << "data";
    QTest::newRow("ids are doubles") << "ids_are_doubles"
                                     << "E-PARQUET-003"
                                     << "id";
    QTest::newRow("no ids") << "no_ids"
                            << "E-PARQUET-003"
                            << "id";
}

void TestParquetDictionary::hostileFilesAreRefusedAtOnce() {
    QFETCH(QString, file);
    QFETCH(QString, code);
    QFETCH(QString, field);
    QTemporaryDir directory;
    const QString path = directory.filePath(QStringLiteral("14.parquet"));
    QVERIFY(QFile::copy(kHostile + file + QStringLiteral(".parquet"), path));
    const long before = peakKiB();
    QElapsedTimer timer;
    timer.start();
    const auto dictionary = Dictionary::open(directory.path().toStdString());
    QVERIFY(timer.elapsed() < kMostMilliseconds);
    QVERIFY2(peakKiB() - before < kMostKiB, qPrintable(QString::number(peakKiB() - before)));
    QVERIFY(!dictionary);
    QCOMPARE(QString::fromStdString(dictionary.error().code), code);
    QCOMPARE(QString::fromStdString(dictionary.error().file), path);
    if (!field.isEmpty())
        QVERIFY2(dictionary.error().field.starts_with(field.toStdString()) || dictionary.error().field == "cat_0",
                 dictionary.error().field.c_str());
    QVERIFY(!dictionary.error().found.empty() && !dictionary.error().remedy.empty());
}

void TestParquetDictionary::everyTruncationIsRefused() {
    const QByteArray whole =
        readFile((kGolden + QStringLiteral("spark_dictionary/19.parquet/")).toStdString() +
                 QDir(kGolden + QStringLiteral("spark_dictionary/19.parquet"))
                     .entryList({QStringLiteral("part-*1-*.parquet"), QStringLiteral("part-*.parquet")}, QDir::Files)
                     .last()
                     .toStdString());
    QVERIFY(whole.size() > 500);
    QTemporaryDir directory;
    for (qsizetype size = 0; size < whole.size(); ++size) {
        writeFile(directory.path(), QStringLiteral("14.parquet"), whole.left(size));
        QCOMPARE(codeOf(Dictionary::open(directory.path().toStdString())), std::string("E-PARQUET-003"));
    }
}

// Spark's old writer puts no checksums into pages: a changed value may pass, but never one that breaks the rules of a
// dictionary.
void TestParquetDictionary::everyByteChangedIsRefusedOrHarmless() {
    const QString folder = kGolden + QStringLiteral("spark_dictionary/19.parquet/");
    const QString part = QDir(folder).entryList({QStringLiteral("part-*.parquet")}, QDir::Files).last();
    const QByteArray whole = readFile((folder + part).toStdString());
    QTemporaryDir directory;
    int refused = 0;
    for (qsizetype at = 0; at < whole.size(); ++at) {
        QByteArray damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
        writeFile(directory.path(), QStringLiteral("14.parquet"), damaged);
        const auto dictionary = Dictionary::open(directory.path().toStdString());
        if (!dictionary) ++refused;
        else QCOMPARE((*dictionary)->cardinality(0), textDictionary()->cardinality(5));
    }
    QVERIFY2(refused > whole.size() / 10, qPrintable(QString::number(refused)));
}

void TestParquetDictionary::lostPartsAndFoldersAreNamed() {
    QTemporaryDir directory;
    copyFolder(kGolden + QStringLiteral("spark_dictionary/23.parquet"),
               directory.filePath(QStringLiteral("14.parquet")));
    QVERIFY(Dictionary::open(directory.path().toStdString()));
    const auto parts =
        QDir(directory.filePath(QStringLiteral("14.parquet"))).entryList({QStringLiteral("part-00001*")}, QDir::Files);
    QVERIFY(QFile::remove(directory.filePath(QStringLiteral("14.parquet/") + parts.first())));
    const auto halved = Dictionary::open(directory.path().toStdString());
    QCOMPARE(codeOf(halved), std::string("E-DICT-007"));
    QVERIFY(halved.error().row >= 0);
    QDir().mkpath(directory.filePath(QStringLiteral("15.parquet")));
    QCOMPARE(codeOf(Dictionary::open(directory.path().toStdString())), std::string("E-DICT-014"));
    QVERIFY(QDir().rename(directory.filePath(QStringLiteral("15.parquet")),
                          directory.filePath(QStringLiteral("16.parquet"))));
    const auto gap = Dictionary::open(directory.path().toStdString());
    QCOMPARE(codeOf(gap), std::string("E-DICT-003"));
    QCOMPARE(gap.error().expected, std::string("15.parquet"));
}

void TestParquetDictionary::realFilesGiveTheirValues() {
    DLRM_NEEDS_OUTSIDE(kReal);
    const auto integersOf = [](const QString& file, const char* column) {
        QList<qlonglong> values;
        const auto opened = RandomAccessFile::open((kReal + file).toStdString());
        const ParquetColumn columns[] = {{column, ParquetKind::Integer, true}};
        const auto read = readParquet(
            **opened, columns, [&](std::int64_t, std::int64_t, std::span<const ParquetValues> v) -> Result<void> {
                for (const std::int64_t i : v[0].integers) values << i;
                return {};
            });
        if (!read) qWarning("%s", read.error().text().c_str());
        return values;
    };
    const QList<qlonglong> all{4, 5, 6, 7, 2, 3, 0, 1};
    QCOMPARE(integersOf(QStringLiteral("data/alltypes_plain.parquet"), "id"), all);
    QCOMPARE(integersOf(QStringLiteral("data/alltypes_plain.snappy.parquet"), "id"), (QList<qlonglong>{6, 7}));
    QCOMPARE(integersOf(QStringLiteral("data/alltypes_dictionary.parquet"), "id"), (QList<qlonglong>{0, 1}));
    QVERIFY(!integersOf(QStringLiteral("data/datapage_v1-snappy-compressed-checksum.parquet"), "a").isEmpty());
    QVERIFY(!integersOf(QStringLiteral("data/rle-dict-snappy-checksum.parquet"), "long_field").isEmpty());
}

void TestParquetDictionary::realDamagedFilesAreRefused_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("column");
    QTest::addColumn<bool>("mustFail");
    QTest::newRow("v1 checksum") << "data/datapage_v1-corrupt-checksum.parquet"
                                 << "a" << true;
    QTest::newRow("dictionary checksum") << "data/rle-dict-uncompressed-corrupt-checksum.parquet"
                                         << "long_field" << true;
    QTest::newRow("nested lists") << "data/nested_lists.snappy.parquet"
                                  << "b" << false;
    for (const QFileInfo& file : QDir(kReal + QStringLiteral("bad_data")).entryInfoList({QStringLiteral("*.parquet")}))
        for (const char* column : {"a", "id", "bool", "data", "value", "x", "c0", "col", "int_field"})
            QTest::newRow(qPrintable(file.fileName() + QLatin1Char(' ') + QLatin1String(column)))
                << QStringLiteral("bad_data/") + file.fileName() << QString(QLatin1String(column)) << false;
}

void TestParquetDictionary::realDamagedFilesAreRefused() {
    DLRM_NEEDS_OUTSIDE(kReal);
    QFETCH(QString, file);
    QFETCH(QString, column);
    QFETCH(bool, mustFail);
    const auto opened = RandomAccessFile::open((kReal + file).toStdString());
    QVERIFY(opened);
    const std::string name = column.toStdString();
    const long before = peakKiB();
    QElapsedTimer timer;
    timer.start();
    for (const ParquetKind kind : {ParquetKind::Text, ParquetKind::Integer}) {
        const ParquetColumn columns[] = {{name.c_str(), kind, true}};
        const auto read =
            readParquet(**opened, columns,
                        [](std::int64_t, std::int64_t, std::span<const ParquetValues>) -> Result<void> { return {}; });
        if (mustFail) QCOMPARE(codeOf(read), std::string("E-PARQUET-003"));
    }
    QVERIFY(timer.elapsed() < 2 * kMostMilliseconds);
    QVERIFY(peakKiB() - before < kMostKiB);
}

int mainOrProbe(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "--probe") {
        const auto available = parquetAvailable();
        std::fputs(available ? "" : available.error().text().c_str(), stdout);
        return 0;
    }
    return dlrm::test::runTest<TestParquetDictionary>(argc, argv);
}
DLRM_TEST_MAIN(mainOrProbe);
}  // namespace tst_parquet_dictionary

#include "tst_parquet_dictionary.moc"
