// SPDX-License-Identifier: Apache-2.0
// Arrays are written byte for byte as NumPy does, whole or not at all.
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/formats/npy_writer.h"
#include "tests/support/test_program.h"

namespace tst_npy_writer {

using namespace dlrm;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestNpyWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenFilesAreWrittenByteForByte() {
        QTemporaryDir dir;
        int files = 0;
        for (QDirIterator it(DLRM_TEST_DATA "/golden/checkpoints", {"*.npy"}, QDir::Files,
                             QDirIterator::Subdirectories);
             it.hasNext();) {
            const QString original = it.next();
            const auto file = RandomAccessFile::open(original.toStdString());
            QVERIFY(file);
            const auto header = readNpyHeader(**file);
            QVERIFY(header);
            const auto mapped = (*file)->map(Access::Sequential);
            QVERIFY(mapped);
            const QString copy = dir.filePath("copy.npy");
            QVERIFY(writeNpy(copy.toStdString(), header->type, header->shape,
                             mapped->subspan(static_cast<std::size_t>(header->dataOffset))));
            QCOMPARE(read(copy), read(original));
            ++files;
        }
        QVERIFY(files > 100);
    }

    void headersOfAllShapesAreReadBack_data() {
        QTest::addColumn<QVector<qint64>>("shape");
        QTest::newRow("scalar") << QVector<qint64>{};
        QTest::newRow("one") << QVector<qint64>{5};
        QTest::newRow("two") << QVector<qint64>{3, 4};
        QTest::newRow("empty") << QVector<qint64>{0, 4};
        QTest::newRow("many") << QVector<qint64>(32, 1);
    }
    void headersOfAllShapesAreReadBack() {
        QFETCH(QVector<qint64>, shape);
        const std::vector<std::int64_t> wanted(shape.begin(), shape.end());
        std::int64_t elements = 1;
        for (const std::int64_t d : wanted) elements *= d;
        for (const NpyType type : {NpyType{}, NpyType{NpyKind::Float, 2, true}, NpyType{NpyKind::Bool, 1, false},
                                   NpyType{NpyKind::Int, 8, false}}) {
            const std::string head = npyHeader(type, wanted);
            QCOMPARE(head.size() % 64, std::size_t{0});
            const auto header = parseNpyHeader(std::as_bytes(std::span(head)),
                                               static_cast<std::int64_t>(head.size()) + elements * type.size, "x");
            QVERIFY2(header.has_value(), header ? "" : header.error().text().c_str());
            QCOMPARE(header->shape, wanted);
            QVERIFY(header->type == type);
        }
    }

    void tooFewOrTooManyBytesAreAnErrorAndLeaveNothing() {
        QTemporaryDir dir;
        for (const std::size_t bytes : {15U, 17U}) {
            const std::vector<std::byte> values(bytes);
            const auto written =
                writeNpy(dir.filePath("x.npy").toStdString(), NpyType{}, std::vector<std::int64_t>{4}, values);
            QVERIFY(!written);
            QCOMPARE(written.error().code, std::string("E-NPY-030"));
            QVERIFY(QDir(dir.path()).isEmpty());
        }
    }

    void aFolderThatIsNotThereIsAnError() {
        QTemporaryDir dir;
        const auto written =
            writeNpy(dir.filePath("none/x.npy").toStdString(), NpyType{}, std::vector<std::int64_t>{0}, {});
        QVERIFY(!written);
        QCOMPARE(written.error().code, std::string("E-FILE-010"));
    }
};

DLRM_TEST(TestNpyWriter);

}  // namespace tst_npy_writer

#include "tst_npy_writer.moc"
