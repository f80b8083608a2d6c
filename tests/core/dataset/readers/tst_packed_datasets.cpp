// SPDX-License-Identifier: Apache-2.0
// Rows packed with gzip and zstd, and .npz arrays: the same values as unpacked, and every damage refused at once.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "core/base/float_conversions.h"
#include "core/dataset/preprocessing.h"
#include "core/dataset/readers/reading.h"
#include "core/dataset/readers/selected_rows.h"
#include "core/formats/zip.h"
#include "tests/core/dataset/dataset_use.h"
#include "tests/support/effort.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_packed_datasets {

using namespace dlrm;
using namespace dlrm::test;

namespace {

// Opening and reading fails with `code`, within a second of work and 64 MiB of memory, and says everything.
void refusedAtOnce(const std::string& path, const DatasetOptions& options, const QString& code) {
    const test::Effort effort;
    Error error;
    QCOMPARE(QString::fromStdString(codeOfUse(path, options, &error)), code);
    QVERIFY2(effort.isSmall(), effort.text().c_str());
    QVERIFY(!error.file.empty() && !error.remedy.empty());
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
    void zerosAfterTheLastGzipMemberArePadding();
    void unwritableTemporaryFolderIsNamed();
    void npzHoldsTheValuesOfItsFormula_data();
    void npzHoldsTheValuesOfItsFormula();
    void readingsAreOfTheRawNumbersThemselves();
    void hostileNpzAreRefusedAtOnce_data();
    void hostileNpzAreRefusedAtOnce();
    void everyTruncationOfAnNpzIsRefused();
    void everyByteOfANpzDirectoryCounts();
    void realNpzFilesAreRead();
};

void TestPackedDatasets::packedRowsEqualUnpackedOnes_data() {
    QTest::addColumn<QString>("file");
    for (const char* name : {"rows.tsv.gz", "two_members.tsv.gz", "rows.tsv.zst", "two_frames.tsv.zst"})
        QTest::newRow(name) << QString(QLatin1String(name));
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
    QTest::newRow("gzip bomb") << "bomb_64_mib.tsv.gz"
                               << "E-PACK-002";
    QTest::newRow("zstd bomb") << "bomb_512_mib.tsv.zst"
                               << "E-PACK-002";
    QTest::newRow("window of 128 MiB") << "window_128_mib.tsv.zst"
                                       << "E-PACK-001";
    QTest::newRow("bytes after the end") << "bytes_after_the_end.tsv.gz"
                                         << "E-PACK-001";
    QTest::newRow("false CRC") << "false_crc.tsv.gz"
                               << "E-PACK-001";
}

void TestPackedDatasets::hostilePackedRowsAreRefusedAtOnce() {
    QFETCH(QString, file);
    QFETCH(QString, code);
    refusedAtOnce(kData + "/hostile/packed/" + file.toStdString(), withDictionary(), code);
}

// As tapes and block devices leave them; gzip itself takes them so.
void TestPackedDatasets::zerosAfterTheLastGzipMemberArePadding() {
    QTemporaryDir directory;
    const auto expected = rowsOf(kData + "/packed/rows.tsv", withDictionary());
    for (const char* name : {"rows.tsv.gz", "two_members.tsv.gz"}) {
        const QByteArray packed = readFile(kData + "/packed/" + name);
        for (const int zeros : {1, 512, 200'000}) {
            const auto dataset = openDataset(
                writeFile(directory.path(), QStringLiteral("rows.tsv.gz"), packed + QByteArray(zeros, '\0')),
                withDictionary());
            QVERIFY2(dataset, codeOf(dataset).c_str());
            same(all(**dataset), expected);
        }
        refusedAtOnce(writeFile(directory.path(), QStringLiteral("rows.tsv.gz"), packed + QByteArray(512, '\0') + "x"),
                      withDictionary(), QStringLiteral("E-PACK-001"));
    }
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

// Of the numbers in the file, never of what the dataset's own preprocessing makes of them.
void TestPackedDatasets::readingsAreOfTheRawNumbersThemselves() {
    const auto npz = openDataset(kData + "/npz/stored.npz", {});
    QVERIFY2(npz, codeOf(npz).c_str());
    QVERIFY((*npz)->holdsRawNumbers());
    QVERIFY(ownReading(**npz) == (Reading{NumericalReading::LnPlus1, 0}));
    QCOMPARE(readAs(*npz, {NumericalReading::LnPlus1, 0}), *npz);
    QCOMPARE(codeOf(checkReading(**npz, {NumericalReading::AlreadyLogged, 0})), std::string("E-DATA-017"));
    const Batch raw = all(*readAs(*npz, {NumericalReading::Raw, 0}));
    const Batch ln3 = all(*readAs(*npz, {NumericalReading::LnPlus3, 0})),
                ln2 = all(*readAs(*npz, {NumericalReading::LnPlus2, 0}));
    for (int i = 0; i < 300 * 13; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const int x = i - 5;  // as the file was written
        QCOMPARE(raw.numerical[at], static_cast<float>(x));
        QCOMPARE(ln3.numerical[at], x + 3 > 0 ? static_cast<float>(std::log(x + 3.0)) : 0.0f);
        QCOMPARE(ln2.numerical[at], x + 2 > 0 ? static_cast<float>(std::log(x + 2.0)) : 0.0f);
    }
    // Chosen rows of it, in two ranges.
    const Batch some = all(*selectRows(readAs(*npz, {NumericalReading::Raw, 0}), {{3, 4}, {10, 10}}, "some"));
    QCOMPARE(some.numerical[13], 4 * 13 - 5.0f);
    QCOMPARE(some.numerical[26], 10 * 13 - 5.0f);
    const Batch read = all(*readAs(selectRows(*npz, {{3, 4}, {10, 10}}, "some"), {NumericalReading::Raw, 0}));
    QVERIFY(read.numerical == some.numerical);

    // Text: float16 does not stand between the token and what is fed.
    const auto tsv = openDataset(kDemo + "raw_rows.tsv", withDictionary());
    QVERIFY2(tsv, codeOf(tsv).c_str());
    const Batch tokens = all(*readAs(*tsv, {NumericalReading::Raw, 0}));
    const Batch logs = all(*readAs(*tsv, {NumericalReading::LnPlus2, 0})),
                ln1 = all(*readAs(*tsv, {NumericalReading::LnPlus1, 0}));
    int large = 0;
    for (std::int64_t r = 0; r < tokens.rows; ++r) {
        const auto row = (*tsv)->rawRow(r);
        QVERIFY(row && *row);
        for (int k = 0; k < 13; ++k) {
            const auto x = parseSparkInt((*row)->numerical[static_cast<std::size_t>(k)]);
            const auto at = static_cast<std::size_t>(r * 13 + k);
            QCOMPARE(tokens.numerical[at], x ? static_cast<float>(*x) : 0.0f);
            QCOMPARE(logs.numerical[at], x && *x > -2 ? throughHalf(static_cast<float>(std::log(*x + 2.0))) : 0.0f);
            QCOMPARE(ln1.numerical[at], x && *x > 0 ? throughHalf(static_cast<float>(std::log(*x + 1.0))) : 0.0f);
            large += x && *x > 4096;  // more than float16 logarithms tell apart
        }
    }
    QVERIFY(large > 0);
}

void TestPackedDatasets::hostileNpzAreRefusedAtOnce_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("code");
    QTest::newRow("no labels") << "no_labels"
                               << "E-NPZ-001";
    QTest::newRow("unequal rows") << "unequal_rows"
                                  << "E-NPZ-001";
    QTest::newRow("half an id") << "half_an_id"
                                << "E-NPZ-002";
    QTest::newRow("id beyond counts") << "id_beyond_counts"
                                      << "E-NPZ-003";
    QTest::newRow("pickle") << "pickle"
                            << "E-NPY-012";
    QTest::newRow("bomb") << "bomb_64_mib"
                          << "E-PACK-002";
    QTest::newRow("false size") << "false_size"
                                << "E-PACK-003";
    QTest::newRow("false CRC") << "false_crc"
                               << "E-PACK-003";
    QTest::newRow("encrypted") << "encrypted"
                               << "E-ZIP-003";
    QTest::newRow("overlap") << "overlap"
                             << "E-ZIP-005";
    QTest::newRow("5000 members") << "5000_members"
                                  << "E-ZIP-004";
    QTest::newRow("no entry") << "no_entry"
                              << "E-ZIP-002";
}

void TestPackedDatasets::hostileNpzAreRefusedAtOnce() {
    QFETCH(QString, file);
    QFETCH(QString, code);
    refusedAtOnce(kData + "/hostile/npz/" + file.toStdString() + ".npz", {}, code);
}

void TestPackedDatasets::everyTruncationOfAnNpzIsRefused() {
    const QByteArray whole = readFile(kData + "/npz/fortran_float64.npz");
    QTemporaryDir directory;
    for (qsizetype size = 0; size < whole.size(); size += size < 200 ? 1 : 13)
        QCOMPARE(codeOfUse(writeFile(directory.path(), QStringLiteral("x.npz"), whole.left(size)), {}),
                 std::string("E-ZIP-001"));
}

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
    DLRM_NEEDS_OUTSIDE(real);
    int members = 0;
    for (const char* name :
         {"fuxictr/data/tiny_npz/train.npz", "fuxictr/data/tiny_npz/test.npz",
          "fuxictr/data/tiny_csv/userid_emb_dim8.npz", "numpy/numpy/lib/tests/data/py3-objarr.npz"}) {
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

DLRM_TEST(TestPackedDatasets);

}  // namespace tst_packed_datasets

#include "tst_packed_datasets.moc"
