// SPDX-License-Identifier: Apache-2.0
// split_binary datasets: declared dtypes, checks of every value, missing and hostile files, every refusal with its
// code.
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/readers/reading.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_split_binary {

using namespace dlrm;
using test::bytesOf;
using test::codeOf;
using test::smallSpec;
using test::writeFile;
using test::writeSmallDataset;

namespace {

Result<std::shared_ptr<const Dataset>> openTest(const QTemporaryDir& directory, const DatasetOptions& options = {}) {
    return openDataset(directory.path().toStdString(), options);
}

void replaceSpec(const QTemporaryDir& directory, const char* from, const char* to) {
    QByteArray text = test::readFile(directory.filePath(QStringLiteral("feature_spec.yaml")).toStdString());
    if (!text.contains(from)) qFatal("no such text: %s", from);
    writeFile(directory.path(), QStringLiteral("feature_spec.yaml"), text.replace(from, to));
}

}  // namespace

class TestSplitBinary : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valuesAreThoseOfTheFiles();
    void specAndDirectoryOpenTheSame();
    void rawNumbersAreToldOnlyWhereThePreprocessingIsKnown_data();
    void rawNumbersAreToldOnlyWhereThePreprocessingIsKnown();
    void widerDtypesAreReadAsDeclared();
    void missingTrainFilesAreNamed();
    void splitsThatAreNotListedAreRefused();
    void specsWithoutDataAreRefused();
    void directoriesWithoutSpecAreRefused();
    void unknownFormatsAreRefused();
    void sizesMustAgree();
    void idsOutsideTheirTableAreErrors_data();
    void idsOutsideTheirTableAreErrors();
    void labelsOtherThan0And1AreErrors();
    void numbersThatAreNotFiniteAreErrors();
    void theFirstOfSeveralErrorsIsReported();
    void changedAndTruncatedFilesAreErrors();
    void hostilePathsAreNotOpened_data();
    void hostilePathsAreNotOpened();
    void automaticCardinalityComesFromTheModelOrTheDictionary();
    void dictionaryOfAnotherSizeIsRefused();
    void readingCanBeCancelled();
    void wrongModelsDoNotPreventOpening();
};

void TestSplitBinary::valuesAreThoseOfTheFiles() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    const auto dataset = openTest(directory);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    QCOMPARE((*dataset)->format(), std::string("split_binary"));
    QCOMPARE((*dataset)->rows(), 4);
    QVERIFY((*dataset)->hasLabels());
    QCOMPARE((*dataset)->schema().categoricalNames, (std::vector<std::string>{"c0", "c1", "c2"}));
    Batch batch;
    QVERIFY((*dataset)->read(0, 4, batch));
    QCOMPARE(batch.ids, (std::vector<std::int32_t>{0, 1, 4, 2, 299, 0, 7, 8, 69999, 0, 1, 2}));
    QCOMPARE(batch.labels, (std::vector<std::uint8_t>{0, 1, 1, 0}));
    QCOMPARE(batch.numerical, (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7}));
    QVERIFY((*dataset)->read(1, 2, batch));
    QCOMPARE(batch.ids, (std::vector<std::int32_t>{1, 4, 0, 7, 0, 1}));
    QCOMPARE(batch.numerical, (std::vector<float>{2, 3, 4, 5}));
    QVERIFY((*dataset)->checkUnchanged());
    QVERIFY((*dataset)->fileOfCategorical(1).ends_with("test/c1.bin"));
    QVERIFY((*dataset)->fileOfCategorical(3).empty());
}

// No file says what transformed the numbers: they do, or whoever opens them.
void TestSplitBinary::rawNumbersAreToldOnlyWhereThePreprocessingIsKnown_data() {
    QTest::addColumn<QByteArray>("numbers");
    QTest::addColumn<QString>("asked");
    QTest::addColumn<QString>("profile");
    QTest::addColumn<QStringList>("tokens");  // of row 0
    // ln(403), which is 6 as well; 0; ln(4), ln(1000), ln(5), ln(15), ln(3), ln(2).
    const QByteArray logarithms = bytesOf<quint16>({0x4600, 0x0000, 0x3d8c, 0x46e8, 0x3e70, 0x416b, 0x3c65, 0x398c});
    const QByteArray small = bytesOf<quint16>({0x4600, 0x0000, 0x4200, 0x46e8, 0x3e70, 0x416b, 0x3c65, 0x398c});
    const QByteArray large = bytesOf<quint16>({0x4600, 0x4600, 0x4600, 0x4600, 0x4600, 0x4600, 0x4600, 0x4600});
    const QByteArray bad = bytesOf<quint16>({0x4600, 0x0000, 0x4200, 0x46e8, 0x3e70, 0x416b, 0x3c65, 0x7c00});
    const QString none, nvidia = QStringLiteral("nvidia_spark"), unknown = QStringLiteral("unknown");
    const QStringList known{QStringLiteral("400"), QString()}, nothing{QString(), QString()};
    QTest::newRow("logarithms") << logarithms << none << nvidia << known;
    QTest::newRow("a 3 among them") << small << none << unknown << nothing;
    QTest::newRow("a 3 among them, asked for") << small << nvidia << nvidia << known;
    QTest::newRow("none that tells") << large << none << unknown << nothing;
    QTest::newRow("no number at all") << bytesOf<quint64>({0, 0}) << none << nvidia << nothing;
    QTest::newRow("a 3 before a row that cannot be read") << bad << none << unknown << nothing;
}

void TestSplitBinary::rawNumbersAreToldOnlyWhereThePreprocessingIsKnown() {
    QFETCH(QByteArray, numbers);
    QFETCH(QString, asked);
    QFETCH(QString, profile);
    QFETCH(QStringList, tokens);
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/numerical.bin"), numbers);
    DatasetOptions options;
    options.profile = asked.toStdString();
    const auto dataset = openTest(directory, options);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    QCOMPARE(QString::fromStdString((*dataset)->profile()), profile);
    const auto raw = (*dataset)->rawRow(0);
    QVERIFY(raw && *raw);
    QStringList found;
    for (const std::string& token : (*raw)->numerical) found << QString::fromStdString(token);
    QCOMPARE(found, tokens);
    const auto told = [](const Dataset& data) {
        const auto notes = data.notes();
        return std::count_if(notes.begin(), notes.end(),
                             [](const std::string& n) { return n.ends_with("so raw numbers are not known."); });
    };
    const std::ptrdiff_t unknown = profile == QLatin1String("unknown") ? 1 : 0;
    QCOMPARE(told(**dataset), unknown);
    // They are fed as they are stored, and where they are read otherwise they are not.
    QCOMPARE(told(*readAs(*dataset, {NumericalReading::AlreadyLogged, 1})), unknown);
    QCOMPARE(told(*readAs(*dataset, {NumericalReading::LnPlus3, 0})), 0);
}

void TestSplitBinary::specAndDirectoryOpenTheSame() {
    QTemporaryDir directory;
    const std::string spec = writeSmallDataset(directory.path());
    const auto a = openDataset(spec, {}), b = openTest(directory);
    QVERIFY(a && b);
    QCOMPARE((*a)->path(), (*b)->path());
    QCOMPARE((*a)->path(), spec);
}

void TestSplitBinary::widerDtypesAreReadAsDeclared() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    replaceSpec(directory, "dtype: int8", "dtype: <i4");
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-011"));
    writeFile(directory.path(), QStringLiteral("test/c0.bin"), bytesOf<qint32>({0, 1, 4, 2}));
    const auto dataset = openTest(directory);
    QVERIFY2(dataset, dataset ? "" : dataset.error().text().c_str());
    Batch batch;
    QVERIFY((*dataset)->read(0, 4, batch));
    QCOMPARE(batch.ids[2], 4);
}

void TestSplitBinary::missingTrainFilesAreNamed() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    QVERIFY(openTest(directory));
    DatasetOptions options;
    options.split = "train";
    const auto train = openTest(directory, options);
    QCOMPARE(codeOf(train), std::string("E-FILE-001"));
    QVERIFY2(train.error().file.ends_with("train/label.bin"), train.error().file.c_str());
    QVERIFY(!train.error().field.empty() && !train.error().remedy.empty());
}

void TestSplitBinary::splitsThatAreNotListedAreRefused() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    DatasetOptions options;
    options.split = "validation";
    const auto validation = openTest(directory, options);
    QCOMPARE(codeOf(validation), std::string("E-DATA-004"));
    QCOMPARE(validation.error().expected, std::string("test or train"));
}

void TestSplitBinary::specsWithoutDataAreRefused() {
    QTemporaryDir directory;
    QByteArray spec = smallSpec();
    spec.truncate(spec.indexOf("source_spec:"));
    writeFile(directory.path(), QStringLiteral("feature_spec.yaml"),
              spec.replace("&id001", "") + "source_spec: null\n");
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-003"));
}

void TestSplitBinary::directoriesWithoutSpecAreRefused() {
    QTemporaryDir directory;
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-002"));
    // A link that leads to itself: the directory's content cannot be told.
    QVERIFY(::symlink("feature_spec.yaml",
                      directory.filePath(QStringLiteral("feature_spec.yaml")).toUtf8().constData()) == 0);
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-001"));
    QCOMPARE(codeOf(openDataset(directory.path().toStdString() + "/none", {})), std::string("E-FILE-001"));
    QCOMPARE(codeOf(openDataset("/dev/zero", {})), std::string("E-FILE-002"));
}

void TestSplitBinary::unknownFormatsAreRefused() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    replaceSpec(directory, "split_binary", "split_parquet");
    const auto dataset = openTest(directory);
    QCOMPARE(codeOf(dataset), std::string("E-DATA-005"));
    QCOMPARE(dataset.error().found, std::string("split_parquet"));
    // A name that is among those expected says nothing: what makes it one is missing.
    replaceSpec(directory, "split_parquet", "split_tfrecords");
    const auto records = openTest(directory);
    QCOMPARE(codeOf(records), std::string("E-DATA-005"));
    QCOMPARE(records.error().found, std::string("no test/length.json"));
}

void TestSplitBinary::sizesMustAgree() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/c1.bin"), bytesOf<qint16>({1, 2, 3}));
    const auto fewer = openTest(directory);
    QCOMPARE(codeOf(fewer), std::string("E-DATA-011"));
    QVERIFY(fewer.error().file.ends_with("c1.bin"));
    QCOMPARE(fewer.error().expected, std::string("4 rows, as 4 of the 5 files have"));
    QCOMPARE(fewer.error().found, std::string("3 rows in c1.bin (6 bytes); 4 rows in label.bin (4 bytes), "
                                              "numerical.bin (16 bytes), c0.bin (4 bytes), c2.bin (16 bytes)"));
    // The labels are no better than the others.
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/label.bin"), QByteArray(2, '\0'));
    const auto cut = openTest(directory);
    QCOMPARE(codeOf(cut), std::string("E-DATA-011"));
    QVERIFY2(cut.error().file.ends_with("label.bin"), cut.error().file.c_str());
    QVERIFY2(cut.error().found.starts_with("2 rows in label.bin (2 bytes); 4 rows in numerical.bin (16 bytes), "),
             cut.error().found.c_str());
    writeFile(directory.path(), QStringLiteral("test/c1.bin"), QByteArray(7, '\0'));
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-010"));
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/numerical.bin"), QByteArray(12, '\0'));
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-011"));
    for (const char* name : {"numerical", "label", "c0", "c1", "c2"})
        writeFile(directory.path(), QStringLiteral("test/%1.bin").arg(QLatin1String(name)), {});
    QCOMPARE(codeOf(openTest(directory)), std::string("E-DATA-012"));
}

void TestSplitBinary::idsOutsideTheirTableAreErrors_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("row");
    QTest::addColumn<QByteArray>("found");
    QTest::newRow("int8 too large") << "c0" << bytesOf<qint8>({0, 1, 5, 2}) << 2 << QByteArray("5");
    QTest::newRow("int8 negative") << "c0" << bytesOf<qint8>({0, -1, 4, 2}) << 1 << QByteArray("-1");
    QTest::newRow("int8 -128") << "c0" << bytesOf<qint8>({0, 1, 4, -128}) << 3 << QByteArray("-128");
    QTest::newRow("int16 too large") << "c1" << bytesOf<qint16>({300, 0, 0, 0}) << 0 << QByteArray("300");
    QTest::newRow("int16 negative") << "c1" << bytesOf<qint16>({1, 1, 1, -32768}) << 3 << QByteArray("-32768");
    QTest::newRow("int32 too large") << "c2" << bytesOf<qint32>({1, 70000, 0, 70001}) << 1 << QByteArray("70000");
    QTest::newRow("int32 negative") << "c2" << bytesOf<qint32>({1, 1, std::numeric_limits<qint32>::min(), 0}) << 2
                                    << QByteArray("-2147483648");
}

void TestSplitBinary::idsOutsideTheirTableAreErrors() {
    QFETCH(QString, file);
    QFETCH(QByteArray, bytes);
    QFETCH(int, row);
    QFETCH(QByteArray, found);
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/%1.bin").arg(file), bytes);
    const auto dataset = openTest(directory);
    QVERIFY(dataset);
    Batch batch;
    const auto read = (*dataset)->read(0, 4, batch);
    QCOMPARE(codeOf(read), std::string("E-DATA-013"));
    QCOMPARE(read.error().row, row);
    QCOMPARE(read.error().found, found.toStdString());
    QVERIFY(read.error().field.starts_with(file.toStdString()));
    QVERIFY(read.error().file.ends_with(file.toStdString() + ".bin"));
    // Rows before the damaged one are fine.
    QVERIFY((*dataset)->read(0, row, batch));
}

void TestSplitBinary::labelsOtherThan0And1AreErrors() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    writeFile(directory.path(), QStringLiteral("test/label.bin"), bytesOf<quint8>({0, 1, 0, 255}));
    const auto dataset = openTest(directory);
    QVERIFY(dataset);
    Batch batch;
    const auto read = (*dataset)->read(1, 3, batch);
    QCOMPARE(codeOf(read), std::string("E-DATA-014"));
    QCOMPARE(read.error().row, 3);
    QCOMPARE(read.error().offset, 3);
    QVERIFY((*dataset)->read(0, 3, batch));
}

void TestSplitBinary::numbersThatAreNotFiniteAreErrors() {
    for (const auto& [odd, found] : {std::pair(quint16{0x7e00}, "NaN"), std::pair(quint16{0x7c00}, "infinity"),
                                     std::pair(quint16{0xfc00}, "-infinity")}) {
        QTemporaryDir directory;
        writeSmallDataset(directory.path());
        writeFile(directory.path(), QStringLiteral("test/numerical.bin"),
                  bytesOf<quint16>({0x0000, 0x3c00, 0x4000, 0x4200, 0x4400, odd, 0x4600, 0x4700}));
        const auto dataset = openTest(directory);
        QVERIFY(dataset);
        Batch batch;
        QVERIFY((*dataset)->read(0, 2, batch));
        const auto read = (*dataset)->read(1, 3, batch);
        QCOMPARE(codeOf(read), std::string("E-DATA-018"));
        QCOMPARE(read.error().found, std::string(found));
        QCOMPARE(read.error().row, 2);
        QCOMPARE(read.error().field, std::string("n1"));
        QVERIFY(read.error().file.ends_with("numerical.bin"));
    }
}

void TestSplitBinary::theFirstOfSeveralErrorsIsReported() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    constexpr int kRows = 100000;
    QByteArray label(kRows, '\0');
    for (const int row : {33333, 50000, 99999}) label[row] = 2;
    writeFile(directory.path(), QStringLiteral("test/label.bin"), label);
    writeFile(directory.path(), QStringLiteral("test/numerical.bin"), QByteArray(kRows * 4, '\0'));
    writeFile(directory.path(), QStringLiteral("test/c0.bin"), QByteArray(kRows, '\0'));
    writeFile(directory.path(), QStringLiteral("test/c1.bin"), QByteArray(kRows * 2, '\0'));
    writeFile(directory.path(), QStringLiteral("test/c2.bin"), QByteArray(kRows * 4, '\0'));
    const auto dataset = openTest(directory);
    QVERIFY(dataset);
    Batch batch;
    for (int i = 0; i < 20; ++i) QCOMPARE((*dataset)->read(0, kRows, batch).error().row, 33333);
    QVERIFY((*dataset)->read(0, 33333, batch));
}

void TestSplitBinary::changedAndTruncatedFilesAreErrors() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    const auto dataset = openTest(directory);
    QVERIFY(dataset);
    QVERIFY(::truncate(directory.filePath(QStringLiteral("test/c2.bin")).toUtf8().constData(), 9) == 0);
    QCOMPARE(codeOf((*dataset)->checkUnchanged()), std::string("E-FILE-005"));
    Batch batch;
    QCOMPARE(codeOf((*dataset)->read(0, 4, batch)), std::string("E-FILE-004"));
}

void TestSplitBinary::hostilePathsAreNotOpened_data() {
    QTest::addColumn<QByteArray>("path");
    for (const char* path : {"/dev/zero",
                             "/etc/hostname",
                             "../outside.bin",
                             "test/../../outside.bin",
                             "test/..",
                             "link_to_file",
                             "link_to_directory/outside.bin",
                             "fifo",
                             "test",
                             ".",
                             "missing",
                             "link_to_zero",
                             "/proc/self/exe",
                             "link_to_proc/exe",
                             "~/x",
                             "test/c0.bin/",
                             "a//b/../../../x",
                             "\"\\0\"",
                             "\"test/c0.bin\\0\"",
                             "\xef\xbc\x8e\xef\xbc\x8e/x"})
        QTest::newRow(path) << QByteArray(path);
    QTest::newRow("long") << QByteArray(300, 'a');
    QTest::newRow("deep") << QByteArray("a/").repeated(2000) + "x";
}

void TestSplitBinary::hostilePathsAreNotOpened() {
    QFETCH(QByteArray, path);
    QTemporaryDir outer;
    const QString inner = outer.path() + QStringLiteral("/dataset");
    writeSmallDataset(inner);
    writeFile(outer.path(), QStringLiteral("outside.bin"),
              bytesOf<qint8>({0, 1, 4, 2}));  // would be accepted if it were opened
    const auto link = [&](const char* target, const char* name) {
        QVERIFY(::symlink(target, (inner + QLatin1Char('/') + QLatin1String(name)).toUtf8().constData()) == 0);
    };
    link("../outside.bin", "link_to_file");
    link("..", "link_to_directory");
    link("/dev/zero", "link_to_zero");
    link("/proc/self", "link_to_proc");
    QVERIFY(::mkfifo((inner + QStringLiteral("/fifo")).toUtf8().constData(), 0600) == 0);
    writeFile(inner, QStringLiteral("feature_spec.yaml"), smallSpec().replace("test/c0.bin", path));
    QElapsedTimer timer;
    timer.start();
    const auto dataset = openDataset(inner.toStdString(), {});
    QVERIFY(!dataset);
    const QByteArray code = QByteArray::fromStdString(dataset.error().code);
    QVERIFY2(code.startsWith("E-FILE-") || code == "E-SPEC-028", code.constData());
    // A FIFO or an endless device must not hang; generous for a busy machine.
    constexpr qint64 kHangMilliseconds = 10000;
    QVERIFY(timer.elapsed() < kHangMilliseconds);
}

void TestSplitBinary::automaticCardinalityComesFromTheModelOrTheDictionary() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    replaceSpec(directory, "cardinality: 5", "cardinality: auto");
    const auto unknown = openTest(directory);
    QVERIFY(unknown);
    QVERIFY((*unknown)->schema().cardinalities.empty());
    QVERIFY(!(*unknown)->notes().empty());
    Batch batch;
    QVERIFY((*unknown)->read(0, 4, batch));
    DatasetOptions options;
    options.numericals = 2;
    options.tableRows = {4, 300, 70000};
    const auto known = openTest(directory, options);
    QVERIFY(known);
    QCOMPARE((*known)->schema().cardinalities, (std::vector<std::int64_t>{4, 300, 70000}));
    QCOMPARE(codeOf((*known)->read(0, 4, batch)), std::string("E-DATA-013"));
    // Negative ids are refused even when no cardinality is known.
    writeFile(directory.path(), QStringLiteral("test/c0.bin"), bytesOf<qint8>({0, 1, -4, 2}));
    const auto negative = openTest(directory);
    QVERIFY(negative);
    QCOMPARE(codeOf((*negative)->read(0, 4, batch)), std::string("E-DATA-013"));
}

void TestSplitBinary::dictionaryOfAnotherSizeIsRefused() {
    QTemporaryDir directory, dictionary;
    writeSmallDataset(directory.path());
    writeFile(dictionary.path(), QStringLiteral("cat_0.tsv"), "0000000a\t1\n0000000b\t2\n0000000c\t3\n0000000d\t4\n");
    DatasetOptions options;
    options.dictionary = dictionary.path().toStdString();
    QCOMPARE(codeOf(openTest(directory, options)), std::string("E-DICT-006"));
    const auto fill = [&](const char* name, int entries) {
        QByteArray text;
        for (int id = 1; id <= entries; ++id)
            text += QByteArray::number(id, 16).rightJustified(8, '0') + '\t' + QByteArray::number(id) + '\n';
        writeFile(dictionary.path(), QLatin1String(name), text);
    };
    fill("cat_1.tsv", 299);
    fill("cat_2.tsv", 69998);
    const auto tooSmall = openTest(directory, options);
    QCOMPARE(codeOf(tooSmall), std::string("E-DICT-006"));
    QCOMPARE(tooSmall.error().field, std::string("c2"));
    fill("cat_2.tsv", 69999);
    const auto fits = openTest(directory, options);
    QVERIFY2(fits, fits ? "" : fits.error().text().c_str());
    QVERIFY((*fits)->dictionary());
    const auto raw = (*fits)->rawRow(2);
    QVERIFY(raw && *raw);
    QCOMPARE((*raw)->categorical, (std::vector<std::string>{"0000000d", "00000007", "00000001"}));
    // float16 4.0 and 5.0 = ln(x + 3): no integer gives 4.0 exactly (51.6), 145 gives 4.996.
    QCOMPARE((*raw)->numerical, (std::vector<std::string>{"", ""}));
}

void TestSplitBinary::readingCanBeCancelled() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    const auto dataset = openTest(directory);
    QVERIFY(dataset);
    std::stop_source stop;
    stop.request_stop();
    Batch batch;
    QCOMPARE(codeOf((*dataset)->read(0, 4, batch, stop.get_token())), std::string("E-CANCELLED"));
}

void TestSplitBinary::wrongModelsDoNotPreventOpening() {
    QTemporaryDir directory;
    writeSmallDataset(directory.path());
    DatasetOptions options;
    options.numericals = 13;
    options.tableRows = {1, 2};
    const auto dataset = openTest(directory, options);
    QVERIFY(dataset);
    QCOMPARE((*dataset)->schema().cardinalities, (std::vector<std::int64_t>{5, 300, 70000}));
}

DLRM_TEST(TestSplitBinary);

}  // namespace tst_split_binary

#include "tst_split_binary.moc"
