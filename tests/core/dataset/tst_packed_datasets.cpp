// SPDX-License-Identifier: Apache-2.0
// Rows packed with gzip and zstd, .npz arrays and flat records: the same values as unpacked, and every damage refused at once.
#include <sys/resource.h>

#include <QDirIterator>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

#include "core/base/float_conversions.h"
#include "core/dataset/preprocessing.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/reading.h"
#include "core/formats/zip.h"
#include "tests/core/dataset/dataset_files.h"

using namespace dlrm;
using test::codeOf;
using test::readFile;
using test::writeFile;

namespace {

const std::string kData = DLRM_TEST_DATA;
const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";
constexpr qint64 kMostMilliseconds = 1000;
constexpr long kMostKiB = 64 * 1024;

long peakKiB() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

DatasetOptions withDictionary() {
    DatasetOptions options;
    options.dictionary = kDemo + "dictionary";
    return options;
}

Batch all(const Dataset& dataset) {
    Batch batch;
    if (auto ok = dataset.read(0, dataset.rows(), batch); !ok) qFatal("%s", ok.error().text().c_str());
    return batch;
}

Batch rowsOf(const std::string& path, const DatasetOptions& options) {
    const auto dataset = openDataset(path, options);
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return all(**dataset);
}

// The first failure of opening and reading everything.
std::string codeOfUse(const std::string& path, const DatasetOptions& options, Error* error = nullptr) {
    const auto dataset = openDataset(path, options);
    if (!dataset) {
        if (error) *error = dataset.error();
        return dataset.error().code;
    }
    Batch batch;
    const auto read = (*dataset)->read(0, (*dataset)->rows(), batch);
    if (!read && error) *error = read.error();
    return codeOf(read);
}

void same(const Batch& a, const Batch& b) {
    QCOMPARE(a.rows, b.rows);
    QVERIFY(a.numerical == b.numerical);
    QVERIFY(a.ids == b.ids);
    QVERIFY(a.labels == b.labels);
}

// Records of the demo's raw rows, their numbers as float32 logarithms or as int32 raw numbers.
QByteArray recordsOfDemo(bool integers, int rows) {
    const auto dataset = openDataset(kDemo + "raw_rows.tsv", withDictionary());
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    const Batch batch = all(**dataset);
    QByteArray out;
    const auto put = [&](auto value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); };
    for (int r = 0; r < rows; ++r) {
        put(static_cast<qint32>(batch.labels[static_cast<std::size_t>(r)]));
        const auto raw = (*dataset)->rawRow(r);
        for (const std::string& token : (*raw)->numerical) {
            const auto x = parseSparkInt(token);
            if (integers) put(static_cast<qint32>(x.value_or(0)));
            else put(x && *x + 3 > 0 ? static_cast<float>(std::log(static_cast<double>(*x) + 3)) : 0.0f);
        }
        for (std::int64_t t = 0; t < batch.tables; ++t) put(static_cast<qint32>(batch.ids[static_cast<std::size_t>(t * batch.rows + r)]));
    }
    return out;
}

}  // namespace

class TestPackedDatasets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void packedRowsEqualUnpackedOnes_data();
    void packedRowsEqualUnpackedOnes();
    void everyTruncationOfPackedRowsIsRefused_data();
    void everyTruncationOfPackedRowsIsRefused();
    void hostilePackedRowsAreRefusedAtOnce_data();
    void hostilePackedRowsAreRefusedAtOnce();
    void unwritableTemporaryFolderIsNamed();
    void npzHoldsTheValuesOfItsFormula_data();
    void npzHoldsTheValuesOfItsFormula();
    void hostileNpzAreRefusedAtOnce_data();
    void hostileNpzAreRefusedAtOnce();
    void everyTruncationOfAnNpzIsRefused();
    void everyByteOfANpzDirectoryCounts();
    void realNpzFilesAreRead();
    void flatRecordsOfNvidiaEqualSplitBinary();
    void flatRecordsOfFacebookAreRawNumbers();
    void flatRecordsThatTellNothingAreAskedAbout();
    void damagedFlatRecordsAreRefused();
    void profilesAreNeverMixed();
    void facebooksNumbersFollowItsFormula();
    void hashedIdsAreTheValueModuloTheRows();
    void otherReadingsChangeNumbersAndIds();
};

void TestPackedDatasets::packedRowsEqualUnpackedOnes_data() {
    QTest::addColumn<QString>("file");
    for (const char* name : {"rows.tsv.gz", "two_members.tsv.gz", "rows.tsv.zst", "two_frames.tsv.zst"}) QTest::newRow(name) << QString(QLatin1String(name));
}

void TestPackedDatasets::packedRowsEqualUnpackedOnes() {
    QFETCH(QString, file);
    const std::string path = kData + "/packed/" + file.toStdString();
    const auto dataset = openDataset(path, withDictionary());
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->path(), path);
    same(all(**dataset), rowsOf(kData + "/packed/rows.tsv", withDictionary()));
    QVERIFY((*dataset)->checkUnchanged());
}

void TestPackedDatasets::everyTruncationOfPackedRowsIsRefused_data() { packedRowsEqualUnpackedOnes_data(); }

void TestPackedDatasets::everyTruncationOfPackedRowsIsRefused() {
    QFETCH(QString, file);
    const QByteArray whole = readFile(kData + "/packed/" + file.toStdString());
    QTemporaryDir directory;
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Row0;
    int accepted = 0;
    for (qsizetype size = 4; size < whole.size(); size += 7) {
        const auto code = codeOfUse(writeFile(directory.path(), QStringLiteral("rows.tsv"), whole.left(size)), options);
        if (code.empty()) ++accepted;
        else QCOMPARE(code, std::string("E-PACK-001"));
    }
    QVERIFY(accepted <= (file.startsWith(QLatin1String("two")) ? 1 : 0));  // the cut between two members
}

void TestPackedDatasets::hostilePackedRowsAreRefusedAtOnce_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::newRow("gzip bomb") << "bomb_64_mib.tsv.gz" << "E-PACK-002";
    QTest::newRow("zstd bomb") << "bomb_512_mib.tsv.zst" << "E-PACK-002";
    QTest::newRow("window of 128 MiB") << "window_128_mib.tsv.zst" << "E-PACK-001";
    QTest::newRow("bytes after the end") << "bytes_after_the_end.tsv.gz" << "E-PACK-001";
    QTest::newRow("false CRC") << "false_crc.tsv.gz" << "E-PACK-001";
}

void TestPackedDatasets::hostilePackedRowsAreRefusedAtOnce() {
    QFETCH(QString, file);
    QFETCH(QString, code);
    const long before = peakKiB();
    QElapsedTimer timer;
    timer.start();
    Error error;
    QCOMPARE(QString::fromStdString(codeOfUse(kData + "/hostile/packed/" + file.toStdString(), withDictionary(), &error)), code);
    QVERIFY2(timer.elapsed() < kMostMilliseconds, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(peakKiB() - before < kMostKiB);
    QVERIFY(error.offset >= 0 && !error.file.empty() && !error.remedy.empty());
}

void TestPackedDatasets::unwritableTemporaryFolderIsNamed() {
    const QByteArray before = qgetenv("TMPDIR");
    qputenv("TMPDIR", "/proc/nowhere");
    Error error;
    const auto code = codeOfUse(kData + "/packed/rows.tsv.gz", withDictionary(), &error);
    before.isNull() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", before);
    QCOMPARE(code, std::string("E-PACK-004"));
    QCOMPARE(error.file, std::string("/proc/nowhere"));
}

void TestPackedDatasets::npzHoldsTheValuesOfItsFormula_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("counts");
    QTest::newRow("stored") << "stored.npz" << true;
    QTest::newRow("deflated") << "deflated.npz" << true;
    QTest::newRow("float64, Fortran order") << "fortran_float64.npz" << false;
}

void TestPackedDatasets::npzHoldsTheValuesOfItsFormula() {
    QFETCH(QString, file);
    QFETCH(bool, counts);
    const auto dataset = openDataset(kData + "/npz/" + file.toStdString(), {});
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->rows(), std::int64_t(300));
    QCOMPARE((*dataset)->profile(), std::string("facebookresearch"));
    QCOMPARE((*dataset)->schema().cardinalities.size(), std::size_t(counts ? 26 : 0));
    const Batch batch = all(**dataset);
    for (int i = 0; i < 300; ++i) {
        QCOMPARE(int(batch.labels[std::size_t(i)]), i % 3 == 0 ? 1 : 0);
        for (int j = 0; j < 13; ++j) {
            const int x = i * 13 + j - 5;
            QCOMPARE(batch.numerical[std::size_t(i * 13 + j)], std::log(static_cast<float>(std::max(x, 0)) + 1.0f));
        }
        for (int t = 0; t < 26; ++t) QCOMPARE(batch.ids[std::size_t(t * 300 + i)], (i * 7 + t) % (5 + t));
    }
    Batch part;
    QVERIFY((*dataset)->read(101, 7, part));
    QCOMPARE(part.ids[0], (101 * 7) % 5);
}

void TestPackedDatasets::hostileNpzAreRefusedAtOnce_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::newRow("no labels") << "no_labels" << "E-NPZ-001";
    QTest::newRow("unequal rows") << "unequal_rows" << "E-NPZ-001";
    QTest::newRow("half an id") << "half_an_id" << "E-NPZ-002";
    QTest::newRow("id beyond counts") << "id_beyond_counts" << "E-NPZ-002";
    QTest::newRow("pickle") << "pickle" << "E-NPY-012";
    QTest::newRow("bomb") << "bomb_64_mib" << "E-PACK-002";
    QTest::newRow("false size") << "false_size" << "E-PACK-003";
    QTest::newRow("false CRC") << "false_crc" << "E-PACK-003";
    QTest::newRow("encrypted") << "encrypted" << "E-ZIP-003";
    QTest::newRow("overlap") << "overlap" << "E-ZIP-005";
    QTest::newRow("5000 members") << "5000_members" << "E-ZIP-004";
    QTest::newRow("no entry") << "no_entry" << "E-ZIP-002";
}

void TestPackedDatasets::hostileNpzAreRefusedAtOnce() {
    QFETCH(QString, file);
    QFETCH(QString, code);
    const long before = peakKiB();
    QElapsedTimer timer;
    timer.start();
    Error error;
    QCOMPARE(QString::fromStdString(codeOfUse(kData + "/hostile/npz/" + file.toStdString() + ".npz", {}, &error)), code);
    QVERIFY(timer.elapsed() < kMostMilliseconds);
    QVERIFY(peakKiB() - before < kMostKiB);
    QVERIFY(!error.file.empty() && !error.expected.empty() && !error.found.empty() && !error.remedy.empty());
}

void TestPackedDatasets::everyTruncationOfAnNpzIsRefused() {
    const QByteArray whole = readFile(kData + "/npz/fortran_float64.npz");
    QTemporaryDir directory;
    for (qsizetype size = 0; size < whole.size(); size += size < 200 ? 1 : 13)
        QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("x.npz"), whole.left(size)), {}), std::string("E-ZIP-001"));
}

// A changed byte of the directory or a local header is refused, or changes nothing.
void TestPackedDatasets::everyByteOfANpzDirectoryCounts() {
    const QByteArray whole = readFile(kData + "/npz/fortran_float64.npz");
    const Batch expected = rowsOf(kData + "/npz/fortran_float64.npz", {});
    const qsizetype begin = whole.indexOf("PK\x01\x02");
    QTemporaryDir directory;
    int refused = 0;
    for (qsizetype at = begin; at < whole.size(); ++at) {
        QByteArray damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
        const std::string path = writeFile(directory.path(), QStringLiteral("x.npz"), damaged);
        if (!codeOfUse(path, {}).empty()) ++refused;
        else same(rowsOf(path, {}), expected);
    }
    QVERIFY(refused > (whole.size() - begin) / 2);
}

void TestPackedDatasets::realNpzFilesAreRead() {
    const std::string real = DLRM_SOURCE_DIR "/../shared/realdata/";
    if (!QFile::exists(QString::fromStdString(real))) QSKIP("the real files are not there");
    int members = 0;
    for (const char* name : {"fuxictr/data/tiny_npz/train.npz", "fuxictr/data/tiny_npz/test.npz", "fuxictr/data/tiny_csv/userid_emb_dim8.npz", "numpy/numpy/lib/tests/data/py3-objarr.npz"}) {
        const auto file = RandomAccessFile::open(real + name);
        QVERIFY2(file, name);
        const auto directory = readZipDirectory(**file);
        QVERIFY2(directory, name);
        for (const PackedRange& member : *directory) {
            const auto unpacked = unpack(**file, member);
            QVERIFY2(unpacked, codeOf(unpacked).c_str());
            QCOMPARE((*unpacked)->size(), *member.unpackedBytes);
            ++members;
        }
        QCOMPARE(codeOfUse(real + name, {}), std::string("E-NPZ-001"));  // no facebookresearch arrays
    }
    QVERIFY(members > 10);
}

void TestPackedDatasets::flatRecordsOfNvidiaEqualSplitBinary() {
    QTemporaryDir directory;
    const std::string path = writeFile(directory.path(), QStringLiteral("train_data.bin"), recordsOfDemo(false, 2000));
    const auto dataset = openDataset(path, {});
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->profile(), std::string("nvidia_spark"));
    QCOMPARE((*dataset)->rows(), std::int64_t(2000));
    Batch split;
    const auto original = openDataset(kDemo + "dataset", {});  // its first test rows are those of raw_rows.tsv
    QVERIFY(original && (*original)->read(0, 2000, split));
    same(all(**dataset), split);
}

void TestPackedDatasets::flatRecordsOfFacebookAreRawNumbers() {
    QTemporaryDir directory;
    const QByteArray records = recordsOfDemo(true, 500);
    const auto dataset = openDataset(writeFile(directory.path(), QStringLiteral("day.bin"), records), {});
    QVERIFY2(dataset, codeOf(dataset).c_str());
    QCOMPARE((*dataset)->profile(), std::string("facebookresearch"));
    const Batch batch = all(**dataset);
    for (int r = 0; r < 500; ++r)
        for (int k = 0; k < 13; ++k) {
            qint32 x;
            std::memcpy(&x, records.constData() + r * 160 + 4 + k * 4, 4);
            QCOMPARE(batch.numerical[std::size_t(r * 13 + k)], std::log(static_cast<float>(std::max(x, 0)) + 1.0f));
        }
    // Read as the other kind because the user says so: tiny numbers that are no logarithms, but at the user's word.
    DatasetOptions forced;
    forced.profile = "nvidia_spark";
    QCOMPARE((*openDataset(directory.filePath(QStringLiteral("day.bin")).toStdString(), forced))->profile(), std::string("nvidia_spark"));
}

void TestPackedDatasets::flatRecordsThatTellNothingAreAskedAbout() {
    QTemporaryDir directory;
    const std::string path = writeFile(directory.path(), QStringLiteral("zeros.bin"), QByteArray(160 * 5, '\0'));
    QCOMPARE(codeOfUse(path, {}), std::string("E-RECORD-002"));
    DatasetOptions options;
    options.profile = "facebookresearch";
    QCOMPARE(codeOfUse(path, options), std::string());
}

void TestPackedDatasets::damagedFlatRecordsAreRefused() {
    QTemporaryDir directory;
    QByteArray records = recordsOfDemo(false, 20);
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), records.left(records.size() - 1)), {}), std::string("E-RECORD-001"));
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), {}), {}), std::string("E-RECORD-001"));
    QByteArray label = records;
    label[7 * 160] = 2;
    Error error;
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), label), {}, &error), std::string("E-RECORD-003"));
    QCOMPARE(error.row, std::int64_t(7));
    QCOMPARE(error.offset, std::int64_t(7 * 160));
    QByteArray id = records;
    id[9 * 160 + 14 * 4 + 3] = '\x80';
    QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("a.bin"), id), {}, &error), std::string("E-RECORD-003"));
    QCOMPARE(error.field, std::string("cat_0"));
}

void TestPackedDatasets::profilesAreNeverMixed() {
    DatasetOptions options = withDictionary();
    options.profile = "facebookresearch";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-002"));  // the dictionary is Spark's
    options.profile = "torchrec";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-003"));
    options.profile = "somebody";
    QCOMPARE(codeOfUse(kDemo + "raw_rows.tsv", options), std::string("E-PROFILE-001"));
    options = {};
    options.profile = "nvidia_spark";
    QCOMPARE(codeOfUse(kData + "/npz/stored.npz", options), std::string("E-PROFILE-002"));
    // Stored as fed: recorded, and said.
    options.profile = "torchrec";
    const auto dataset = openDataset(kDemo + "dataset", options);
    QVERIFY(dataset);
    QCOMPARE((*dataset)->profile(), std::string("torchrec"));
    const auto notes = (*dataset)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) { return note.find("torchrec") != std::string::npos; }));
    QVERIFY(preprocessingProfiles().size() == 4);
}

void TestPackedDatasets::facebooksNumbersFollowItsFormula() {
    const PreprocessingProfile& facebook = **findProfile("facebookresearch");
    QCOMPARE(transformed(facebook, std::nullopt), 0.0f);
    QCOMPARE(transformed(facebook, -7), 0.0f);
    QCOMPARE(transformed(facebook, 0), 0.0f);
    QCOMPARE(transformed(facebook, 99), std::log(100.0f));
    for (const std::int32_t x : {-2147483647 - 1, -4, -3, -2, -1, 0, 5, 10361, 704215, 2147483644, 2147483645, 2147483647})
        QCOMPARE(transformed(nvidiaSparkProfile(), x), nvidiaSparkNumerical(std::to_string(x)));
    QCOMPARE(transformed(nvidiaSparkProfile(), std::nullopt), 0.0f);
}

void TestPackedDatasets::hashedIdsAreTheValueModuloTheRows() {
    DatasetOptions options;
    options.missingDictionary = MissingDictionary::Hash;
    QCOMPARE(codeOfUse(kData + "/packed/rows.tsv", options), std::string("E-DICT-016"));
    options.numericals = 13;
    for (int t = 0; t < 26; ++t) options.tableRows.push_back(100 + t);
    const auto dataset = openDataset(kData + "/packed/rows.tsv", options);
    QVERIFY2(dataset, codeOf(dataset).c_str());
    const Batch batch = all(**dataset);
    for (std::int64_t r = 0; r < batch.rows; ++r) {
        const auto raw = (*dataset)->rawRow(r);
        for (int t = 0; t < 26; ++t) {
            const auto hex = parseHexCategory((*raw)->categorical[std::size_t(t)]);
            QCOMPARE(std::int64_t(batch.ids[std::size_t(t * batch.rows + r)]), hex ? std::int64_t(*hex) % (100 + t) : 0);
        }
    }
    const auto notes = (*dataset)->notes();
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) { return note.find("modulo") != std::string::npos; }));
}

void TestPackedDatasets::otherReadingsChangeNumbersAndIds() {
    QTemporaryDir directory;
    const auto stored = openDataset(test::writeSmallDataset(directory.path()), {});  // numbers 0 1 2 3 4 5 6 7, ids c0 = 0 1 4 2
    QVERIFY(stored);
    QCOMPARE(readAs(*stored, ownReading(**stored)), *stored);
    const auto logged = readAs(*stored, {NumericalReading::LnPlus3, 1});
    const Batch batch = all(*logged);
    QCOMPARE(batch.numerical[0], throughHalf(static_cast<float>(std::log(3.0))));
    QCOMPARE(batch.numerical[7], throughHalf(static_cast<float>(std::log(10.0))));
    QCOMPARE(batch.ids[2], 5);
    QVERIFY(logged->profile().find("ln(x+3)") != std::string::npos && logged->profile().find("+1") != std::string::npos);
    const Batch raw = all(*readAs(*stored, {NumericalReading::Raw, 0}));
    QCOMPARE(raw.numerical[0], 0.0f);  // missing
    QCOMPARE(raw.numerical[3], static_cast<float>(std::round(std::exp(3.0) - 3)));
    Batch below;
    const auto read = readAs(*stored, {NumericalReading::AlreadyLogged, -1})->read(0, 4, below);
    QCOMPARE(codeOf(read), std::string("E-DATA-016"));
    QCOMPARE(read.error().row, std::int64_t(0));
    QCOMPARE(read.error().field, std::string("c0"));
}

QTEST_GUILESS_MAIN(TestPackedDatasets)
#include "tst_packed_datasets.moc"
