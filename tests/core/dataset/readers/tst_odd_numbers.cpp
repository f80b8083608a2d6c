// SPDX-License-Identifier: Apache-2.0
// Numbers of raw rows that are no whole ones, as a table that went through floats has them: named in every container of
// such rows, never missing in silence.
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

#include <zlib.h>
#include <zstd.h>

#include "core/dataset/dataset.h"
#include "tests/core/dataset/dataset_files.h"
#include "tests/support/test_program.h"

namespace tst_odd_numbers {

using namespace dlrm;
using test::readFile;
using test::writeFile;

namespace {

constexpr int kRows = 20, kOddRow = 5, kNumericals = 13;

QByteArray gzipped(const QTemporaryDir& directory, const QByteArray& text) {
    const QByteArray path = directory.filePath(QStringLiteral("packed")).toLocal8Bit();
    const gzFile file = gzopen(path.constData(), "wb");
    if (!file || gzwrite(file, text.constData(), static_cast<unsigned>(text.size())) != text.size() ||
        gzclose(file) != Z_OK)
        qFatal("gzip");
    return readFile(path.toStdString());
}

QByteArray zstandard(const QByteArray& text) {
    QByteArray out(static_cast<qsizetype>(ZSTD_compressBound(static_cast<std::size_t>(text.size()))), '\0');
    const std::size_t size = ZSTD_compress(out.data(), static_cast<std::size_t>(out.size()), text.constData(),
                                           static_cast<std::size_t>(text.size()), 1);
    if (ZSTD_isError(size)) qFatal("zstd");
    return out.left(static_cast<qsizetype>(size));
}

// The first rows of the demo, one of them with this token as num_3.
QByteArray rowsWith(const QByteArray& token) {
    QByteArrayList lines = readFile(DLRM_SOURCE_DIR "/resources/demo/raw_rows.tsv").split('\n').mid(0, kRows);
    auto fields = lines[kOddRow].split('\t');
    fields[4] = token;
    lines[kOddRow] = fields.join('\t');
    return lines.join('\n') + '\n';
}

Result<std::shared_ptr<const Dataset>> opened(const std::string& path, TextNumbers numbers) {
    DatasetOptions options;
    options.dictionary = DLRM_SOURCE_DIR "/resources/demo/dictionary";
    options.textNumbers = numbers;
    return openDataset(path, options);
}

}  // namespace

class TestOddNumbers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyContainerNamesThem_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"rows.tsv", "rows.tsv.gz", "rows.tsv.zst"})
            QTest::newRow(file) << QString::fromLatin1(file);
    }
    void everyContainerNamesThem() {
        QFETCH(QString, file);
        QTemporaryDir directory;
        const auto written = [&](const QByteArray& text) {
            return writeFile(directory.path(), file,
                             file.endsWith(QStringLiteral(".gz"))    ? gzipped(directory, text)
                             : file.endsWith(QStringLiteral(".zst")) ? zstandard(text)
                                                                     : text);
        };
        Batch batch;
        const auto whole = opened(written(rowsWith("47")), TextNumbers::Strict);
        QVERIFY2(whole, whole ? "" : whole.error().text().c_str());
        QVERIFY((*whole)->read(0, kRows, batch));
        const float fed = batch.numerical[kOddRow * kNumericals + 3];
        QVERIFY(fed > 3.8F && fed < 4);  // the logarithm of about 50

        for (const char* token :
             {"47.0", "1.5", "1e3", " 5", "5 ", "nan", "NaN", "inf", "-inf", "\\N", "0x1f", "2147483648", "+"}) {
            const std::string path = written(rowsWith(token));
            const auto strict = opened(path, TextNumbers::Strict);
            QVERIFY2(strict, strict ? "" : strict.error().text().c_str());
            QVERIFY((*strict)->read(0, kOddRow, batch));  // the rows before it
            const auto read = (*strict)->read(0, kRows, batch);
            QVERIFY2(!read, token);
            QCOMPARE(read.error().code, std::string("E-TSV-011"));
            QCOMPARE(read.error().file, path);
            QCOMPARE(read.error().row, std::optional<std::int64_t>(kOddRow));
            QCOMPARE(read.error().field, std::string("num_3"));
            QVERIFY2(read.error().found.find(token) != std::string::npos, read.error().found.c_str());

            const auto lenient = opened(path, TextNumbers::Lenient);
            QVERIFY2(lenient, lenient ? "" : lenient.error().text().c_str());
            QVERIFY((*lenient)->read(0, kRows, batch));
            QCOMPARE(batch.numerical[kOddRow * kNumericals + 3], 0.0F);
            const auto notes = (*lenient)->notes();
            QVERIFY2(std::any_of(notes.begin(), notes.end(),
                                 [](const std::string& note) {
                                     return note.starts_with("1 of 260 numbers") &&
                                            note.find("row 5, num_3") != std::string::npos;
                                 }),
                     token);
        }
    }
};

DLRM_TEST(TestOddNumbers);

}  // namespace tst_odd_numbers

#include "tst_odd_numbers.moc"
