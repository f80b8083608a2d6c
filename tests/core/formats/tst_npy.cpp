// SPDX-License-Identifier: Apache-2.0
// Every rule of the .npy reader: what it takes, what it refuses with which code at which byte.
#include <unistd.h>

#include <cmath>
#include <cstring>

#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/formats/npy.h"
#include "tests/support/effort.h"
#include "tests/support/outside_data.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_npy {

using namespace dlrm;

namespace {

// A file with this header text (its newline is added) and `dataBytes` zeros.
QByteArray npy(const QByteArray& dict, int dataBytes, int major = 1, int minor = 0) {
    const QByteArray text = dict + '\n';
    QByteArray out("\x93NUMPY");
    out += static_cast<char>(major);
    out += static_cast<char>(minor);
    for (int i = 0; i < (major == 1 ? 2 : 4); ++i) out += static_cast<char>(text.size() >> (8 * i));
    return out + text + QByteArray(dataBytes, '\0');
}

QByteArray dict(const char* descr, const char* shape, const char* fortran = "False") {
    return QByteArray("{'descr': ") + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

Result<NpyHeader> parse(const QByteArray& file) {
    return parseNpyHeader(std::as_bytes(std::span(file.constData(), static_cast<std::size_t>(file.size()))),
                          file.size(), "file.npy");
}

}  // namespace

class TestNpy : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::shared_ptr<RandomAccessFile> file(const QByteArray& content) const {
        QFile out(m_dir.filePath("test.npy"));
        if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size()) qFatal("cannot write a test file");
        out.close();
        return *RandomAccessFile::open(out.fileName().toStdString());
    }

private Q_SLOTS:
    void numberTypesAreRead_data() {
        QTest::addColumn<QByteArray>("descr");
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("size");
        for (const auto& [descr, name, size] :
             std::initializer_list<std::tuple<const char*, const char*, int>>{{"'<f4'", "float32", 4},
                                                                              {"'<f2'", "float16", 2},
                                                                              {"'<f8'", "float64", 8},
                                                                              {"'>f4'", "float32, big-endian", 4},
                                                                              {"'>f2'", "float16, big-endian", 2},
                                                                              {"'|u1'", "uint8", 1},
                                                                              {"'|i1'", "int8", 1},
                                                                              {"'|b1'", "bool", 1},
                                                                              {"'<u1'", "uint8", 1},
                                                                              {"'<i2'", "int16", 2},
                                                                              {"'<i4'", "int32", 4},
                                                                              {"'<i8'", "int64", 8},
                                                                              {"'<u2'", "uint16", 2},
                                                                              {"'<u4'", "uint32", 4},
                                                                              {"'<u8'", "uint64", 8},
                                                                              {"\"<f4\"", "float32", 4}})
            QTest::newRow(descr) << QByteArray(descr) << name << size;
    }
    void numberTypesAreRead() {
        QFETCH(QByteArray, descr);
        QFETCH(QString, name);
        QFETCH(int, size);
        const auto header = parse(npy(dict(descr, "(3, 2)"), 6 * size));
        QVERIFY2(header.has_value(), header ? "" : header.error().text().c_str());
        QCOMPARE(QString::fromStdString(dlrm::name(header->type)), name);
        QCOMPARE(header->elements, std::int64_t{6});
        QCOMPARE(header->dataBytes, std::int64_t{6} * size);
    }

    void headersAreRead_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("shape");
        QTest::addColumn<bool>("fortran");
        QTest::newRow("version 1") << npy(dict("'<f4'", "(2, 3)"), 24) << "2 × 3" << false;
        QTest::newRow("version 2") << npy(dict("'<f4'", "(2, 3)"), 24, 2) << "2 × 3" << false;
        QTest::newRow("version 3") << npy(dict("'<f4'", "(2, 3)"), 24, 3) << "2 × 3" << false;
        QTest::newRow("Fortran order") << npy(dict("'<f4'", "(2, 3)", "True"), 24) << "2 × 3" << true;
        QTest::newRow("one dimension") << npy(dict("'<f4'", "(5,)"), 20) << "5" << false;
        QTest::newRow("scalar") << npy(dict("'<f4'", "()"), 4) << "scalar" << false;
        QTest::newRow("empty") << npy(dict("'<f4'", "(0, 128)"), 0) << "0 × 128" << false;
        QTest::newRow("trailing comma in the shape") << npy(dict("'<f4'", "(2, 3,)"), 24) << "2 × 3" << false;
        QTest::newRow("Python 2 longs") << npy(dict("'<f4'", "(2L, 3L)"), 24) << "2 × 3" << false;
        QTest::newRow("other order, no final comma, spaces")
            << npy("  {'shape' : ( 2 ,3 ),\t'fortran_order':False,'descr':'<f4' }     ", 24) << "2 × 3" << false;
        QTest::newRow("32 dimensions") << npy(dict("'<f4'",
                                                   "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "
                                                   "1, 1, 1, 1, 1, 1, 1, 1, 1, 1)"),
                                              4)
                                       << QString("1 × ").repeated(31) + "1" << false;
        QTest::newRow("header of 64 KiB")
            << npy(dict("'<f4'", "(2, 3)").leftJustified(65535), 24, 2) << "2 × 3" << false;
    }
    void headersAreRead() {
        QFETCH(QByteArray, content);
        QFETCH(QString, shape);
        QFETCH(bool, fortran);
        const auto header = readNpyHeader(*file(content));
        QVERIFY2(header.has_value(), header ? "" : header.error().text().c_str());
        QCOMPARE(QString::fromStdString(shapeText(header->shape)), shape);
        QCOMPARE(header->fortranOrder, fortran);
        QCOMPARE(header->dataOffset + header->dataBytes, static_cast<std::int64_t>(content.size()));
    }

    void everythingElseIsRefused_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("offset");
        const auto bad = [](const char* what, const QByteArray& content, const char* code, int offset) {
            QTest::newRow(what) << content << code << offset;
        };
        const QByteArray good = npy(dict("'<f4'", "(2, 3)"), 24);
        const int text = 10, descr = text + 10, shape = text + 49;  // where they stand in version 1
        bad("empty file", "", "E-NPY-001", 0);
        bad("magic only", good.left(6), "E-NPY-001", 6);
        bad("cut in the length", good.left(9), "E-NPY-001", 9);
        bad("web page", "<!DOCTYPE html><html>not found</html>", "E-NPY-002", 0);
        bad("zip", QByteArray("PK\x03\x04", 4), "E-NPY-002", 0);
        bad("version 0.0", npy(dict("'<f4'", "()"), 4, 0, 0), "E-NPY-003", 6);
        bad("version 1.1", npy(dict("'<f4'", "()"), 4, 1, 1), "E-NPY-003", 6);
        bad("version 4.0", npy(dict("'<f4'", "()"), 4, 4, 0), "E-NPY-003", 6);
        bad("12 bytes that claim a header of 4 GiB", QByteArray("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12), "E-NPY-004",
            8);
        bad("header past the end", good.left(40), "E-NPY-005", 40);
        bad("no newline", QByteArray(good).replace(good.indexOf('\n'), 1, " "), "E-NPY-006",
            static_cast<int>(good.indexOf('\n')));
        bad("empty header", QByteArray("\x93NUMPY\x01\x00\x00\x00", 10), "E-NPY-006", 10);
        bad("no dict", npy("['<f4', False, (2, 3)]", 24), "E-NPY-007", text);
        bad("open dict", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), ", 24), "E-NPY-007", text + 58);
        bad("text behind the dict", npy(dict("'<f4'", "(2, 3)") + " x", 24), "E-NPY-007", text + 60);
        bad("two commas", npy("{'descr': '<f4',, 'fortran_order': False, 'shape': (2, 3)}", 24), "E-NPY-007",
            text + 16);
        bad("escape in a string", npy(dict("'\\x3cf4'", "(2, 3)"), 24), "E-NPY-007", descr + 1);
        bad("open string", npy("{'descr", 24), "E-NPY-007", text + 7);
        bad("NUL in the header", npy(QByteArray("{\0'descr'", 9), 24), "E-NPY-007", text + 1);
        bad("unknown key", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", 24), "E-NPY-008",
            text + 58);
        bad("key twice", npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}", 24),
            "E-NPY-009", text + 17);
        bad("no descr", npy("{'fortran_order': False, 'shape': (2, 3)}", 24), "E-NPY-010", text);
        bad("no fortran_order", npy("{'descr': '<f4', 'shape': (2, 3)}", 24), "E-NPY-010", text);
        bad("no shape", npy("{'descr': '<f4', 'fortran_order': False}", 24), "E-NPY-010", text);
        bad("empty dict", npy("{}", 24), "E-NPY-010", text);
        bad("descr is a number", npy(dict("4", "(2, 3)"), 24), "E-NPY-011", descr);
        bad("descr is empty", npy(dict("''", "(2, 3)"), 24), "E-NPY-011", descr);
        bad("descr without a kind", npy(dict("'<4'", "(2, 3)"), 24), "E-NPY-011", descr);
        for (const char* object : {"'O'", "'|O'", "'|O8'", "'<O8'"})
            bad(object, npy(dict(object, "(2, 3)"), 48), "E-NPY-012", descr);
        bad("structured", npy(dict("[('a', '<f4'), ('b', '<i4')]", "(2, 3)"), 48), "E-NPY-013", descr);
        bad("subarray", npy(dict("('<f4', (2,))", "(2, 3)"), 48), "E-NPY-013", descr);
        for (const char* type : {"'|V8'", "'|S4'", "'<U4'", "'<M8[ns]'", "'<m8'", "'<c8'", "'<f16'", "'<f1'", "'<f3'",
                                 "'<i16'", "'|b2'", "'<f04'", "'f'", "'?'"})
            bad(type, npy(dict(type, "(2, 3)"), 24), "E-NPY-014", descr);
        for (const char* type : {"'|f4'", "'=f4'", "'f4'", "'|i8'"})
            bad(type, npy(dict(type, "(2, 3)"), 24), "E-NPY-015", descr);
        for (const char* word : {"false", "0", "'False'", "None", "Falsey", ""})
            bad(QByteArray("fortran_order ") + word, npy(dict("'<f4'", "(2, 3)", word), 24), "E-NPY-016", text + 34);
        bad("number in brackets", npy(dict("'<f4'", "(3)"), 12), "E-NPY-017", shape + 0 + 1);
        bad("list", npy(dict("'<f4'", "[2, 3]"), 24), "E-NPY-017", shape + 1);
        bad("number", npy(dict("'<f4'", "6"), 24), "E-NPY-017", shape + 1);
        bad("negative", npy(dict("'<f4'", "(-1,)"), 0), "E-NPY-018", shape + 2);
        bad("negative second", npy(dict("'<f4'", "(2, -3)"), 0), "E-NPY-018", shape + 5);
        for (const char* d :
             {"(True,)", "(2.0,)", "(0x10,)", "(1_000,)", "(+2,)", "(02,)", "(L,)", "(2LL,)", "(np.int64(1),)", "(,)"})
            bad(d, npy(dict("'<f4'", d), 8), "E-NPY-019", shape + 2);
        bad("long in version 3", npy(dict("'<f4'", "(2L,)"), 8, 3), "E-NPY-020", shape + 5);
        bad("dimension beyond 2^63", npy(dict("'<f4'", "(9223372036854775808,)"), 0), "E-NPY-021", shape + 2);
        bad("bytes beyond 2^63", npy(dict("'<f4'", "(9223372036854775807,)"), 0), "E-NPY-021", shape + 2);
        bad("product wraps to 0", npy(dict("'<f4'", "(4294967296, 4294967296)"), 0), "E-NPY-021", shape + 14);
        bad("product wraps behind a zero", npy(dict("'<f4'", "(0, 4294967296, 4294967296)"), 0), "E-NPY-021",
            shape + 17);
        bad("offset wraps", npy(dict("'|u1'", "(9223372036854775807,)"), 0), "E-NPY-021", shape + 2);
        bad("33 dimensions", npy(dict("'<f4'", "(" + QByteArray("1, ").repeated(33) + ")"), 4), "E-NPY-022",
            shape + 2 + 32 * 3);
        bad("data cut short", good.left(good.size() - 1), "E-NPY-023", static_cast<int>(good.size()) - 1);
        bad("no data", npy(dict("'<f4'", "(2, 3)"), 0), "E-NPY-023", static_cast<int>(good.size()) - 24);
        bad("one byte too many", good + 'x', "E-NPY-024", static_cast<int>(good.size()));
        bad("two arrays", good + good, "E-NPY-024", static_cast<int>(good.size()));
        bad("data behind an empty array", npy(dict("'<f4'", "(0, 3)"), 4), "E-NPY-024",
            static_cast<int>(good.size()) - 24);
    }
    void everythingElseIsRefused() {
        QFETCH(QByteArray, content);
        QFETCH(QString, code);
        QFETCH(int, offset);
        const dlrm::test::Effort effort;
        const auto header = parse(content);
        QVERIFY2(!header, "accepted");
        QVERIFY2(effort.isSmall(), effort.text().c_str());
        QCOMPARE(QString::fromStdString(header.error().code), code);
        QCOMPARE(static_cast<int>(header.error().offset), offset);
        QCOMPARE(header.error().file, std::string("file.npy"));
        QVERIFY(!header.error().expected.empty() && !header.error().found.empty() && !header.error().remedy.empty());
        const auto again = readNpyHeader(*file(content));
        QVERIFY(!again);
        QCOMPARE(QString::fromStdString(again.error().code), code);
    }

    void objectArraysSayThatTheyCanRunCode() {
        const auto header = parse(npy(dict("'|O'", "(2,)"), 16));
        QVERIFY(QString::fromStdString(header.error().message).contains("pickle"));
    }

    void numpyScalarsInTheShapeAreNamedAsADefect() {
        const auto header = parse(npy(dict("'<f4'", "(np.int64(1), 2)"), 8));
        QVERIFY(QString::fromStdString(header.error().found).contains("NumPy cannot read back"));
    }

    void everyPrefixIsRefused() {
        const QByteArray good = npy(dict("'<f4'", "(7, 5)"), 140);
        QVERIFY(parse(good));
        for (int n = 0; n < good.size(); ++n) {
            const auto header = parse(good.left(n));
            QVERIFY2(!header, qPrintable(QString::number(n)));
            QVERIFY(header.error().offset >= 0 && header.error().offset <= n);
        }
    }

    // A flipped byte of the header is refused, or leaves a header whose size still fits the file exactly.
    void oneIsSingular() {
        const auto cutShort = parse(npy(dict("'<f4'", "(2,)"), 1));
        QCOMPARE(cutShort.error().found, std::string("1 byte (0 elements)"));
        QVERIFY(cutShort.error().expected.starts_with("8 bytes of data "));
        const auto empty = parse(npy(dict("'|u1'", "(1,)"), 0));
        QVERIFY(empty.error().expected.starts_with("1 byte of data "));
        QCOMPARE(empty.error().found, std::string("0 bytes (0 elements)"));
        QCOMPARE(parse(QByteArray("\x93")).error().found, std::string("1 byte"));
    }

    void everyFlippedHeaderByteIsRefusedOrConsistent() {
        const QByteArray good = npy(dict("'<f4'", "(7, 5)"), 140);
        int accepted = 0;
        for (int at = 0; at < good.size() - 140; ++at)
            for (int flip = 1; flip < 256; ++flip) {
                QByteArray damaged = good;
                damaged[at] = static_cast<char>(damaged[at] ^ flip);
                const auto header = parse(damaged);
                if (!header) {
                    QVERIFY(header.error().offset >= 0 && header.error().offset <= good.size());
                    continue;
                }
                ++accepted;
                QCOMPARE(header->dataOffset + header->dataBytes, static_cast<std::int64_t>(good.size()));
                QCOMPARE(header->elements * header->type.size, header->dataBytes);
            }
        // '<' to '>', 'f' to 'i' or 'u', and spaces to tabs: nothing else keeps a valid header.
        QVERIFY2(accepted < 40, qPrintable(QString::number(accepted)));
    }

    void floatsAreReadWhateverTheirStorage_data() {
        QTest::addColumn<QByteArray>("content");
        // (2, 3): 0.5 1 -2 / 3 -4 65504, exact in every type.
        const double values[6] = {0.5, 1, -2, 3, -4, 65504};
        const std::uint16_t halves[6] = {0x3800, 0x3c00, 0xc000, 0x4200, 0xc400, 0x7bff};
        const auto bytes = [](auto value, bool big) {
            QByteArray b(reinterpret_cast<const char*>(&value), sizeof value);
            if (big) std::reverse(b.begin(), b.end());
            return b;
        };
        for (const bool fortran : {false, true})
            for (const bool big : {false, true})
                for (const int size : {2, 4, 8}) {
                    QByteArray content =
                        npy(dict(QByteArray("'") + (big ? ">f" : "<f") + QByteArray::number(size) + "'", "(2, 3)",
                                 fortran ? "True" : "False"),
                            0);
                    for (int i = 0; i < 6; ++i) {
                        const int k = fortran ? (i % 2) * 3 + i / 2 : i;
                        content += size == 2   ? bytes(halves[k], big)
                                   : size == 4 ? bytes(static_cast<float>(values[k]), big)
                                               : bytes(values[k], big);
                    }
                    QTest::addRow("f%d %s %s", size, big ? "big" : "little", fortran ? "Fortran" : "C") << content;
                }
    }
    void floatsAreReadWhateverTheirStorage() {
        QFETCH(QByteArray, content);
        const auto f = file(content);
        const auto header = readNpyHeader(*f);
        QVERIFY(header);
        const auto values = readNpyFloats(*f, *header);
        QVERIFY(values);
        QCOMPARE(*values, (std::vector<float>{0.5F, 1, -2, 3, -4, 65504}));
    }

    void integersAreNotReadAsFloats() {
        const auto f = file(npy(dict("'<i4'", "(2,)"), 8));
        const auto values = readNpyFloats(*f, *readNpyHeader(*f));
        QVERIFY(!values);
        QCOMPARE(values.error().code, std::string("E-NPY-025"));
    }

    void arraysBeyondMemoryAreAnError() {
        DLRM_NEEDS_NO_SANITIZER("allocations that succeed");
        const auto f = file(npy(dict("'<f4'", "(4611686018427387, 128)"), 0));
        NpyHeader header;
        header.elements = std::int64_t{1} << 60;
        header.dataBytes = std::int64_t{1} << 62;
        const auto values = readNpyFloats(*f, header);
        QVERIFY(!values);
        QCOMPARE(values.error().code, std::string("E-NPY-026"));
    }

    void aFileCutAfterItsHeaderWasReadIsAnError() {
        const auto f = file(npy(dict("'<f4'", "(2, 3)"), 24));
        const auto header = readNpyHeader(*f);
        QCOMPARE(::truncate(f->path().c_str(), f->size() - 8), 0);
        const auto values = readNpyFloats(*f, *header);
        QVERIFY(!values);
        QCOMPARE(values.error().code, std::string("E-FILE-004"));
    }

    // 4.3 GB that take one block on disk.
    void valuesBehind4GiBAreReadRight() {
        constexpr std::int64_t kRows = 8'400'000, kColumns = 128;
        const QByteArray head = npy(dict("'<f4'", "(8400000, 128)"), 0);
        const std::string path = m_dir.filePath("sparse.npy").toStdString();
        {
            QFile out(QString::fromStdString(path));
            QVERIFY(out.open(QIODevice::WriteOnly));
            out.write(head);
            const float last[2] = {1.25F, -7.5F};
            QVERIFY(out.seek(head.size() + kRows * kColumns * 4 - 8));
            out.write(reinterpret_cast<const char*>(last), 8);
        }
        const auto f = *RandomAccessFile::open(path);
        QVERIFY(f->size() > std::int64_t{1} << 32);
        const auto header = readNpyHeader(*f);
        QVERIFY2(header.has_value(), header ? "" : header.error().text().c_str());
        const auto mapped = f->map(Access::Random);
        QVERIFY(mapped);
        float got[2], zero = 1;
        const std::int64_t at = header->dataOffset + (kRows * kColumns - 2) * 4;
        std::memcpy(got, mapped->data() + at, 8);
        QCOMPARE(got[0], 1.25F);
        QCOMPARE(got[1], -7.5F);
        QVERIFY(f->read(at - 4, std::as_writable_bytes(std::span(&zero, 1))));
        QCOMPARE(zero, 0.0F);
    }

    void filesOfOtherProgramsAreReadOrRefusedWithACode() {
        const QString root = QStringLiteral(DLRM_SOURCE_DIR "/../shared/realdata");
        DLRM_NEEDS_OUTSIDE(root);
        int read = 0, objects = 0;
        for (QDirIterator it(root, {"*.npy"}, QDir::Files, QDirIterator::Subdirectories); it.hasNext();) {
            const auto f = RandomAccessFile::open(it.next().toStdString());
            QVERIFY(f);
            const auto header = readNpyHeader(**f);
            if (header) ++read;
            else QVERIFY2(header.error().code == "E-NPY-012", header.error().text().c_str());
            objects += !header;
        }
        QCOMPARE(objects, 3);
        QVERIFY(read >= 17);
    }
};

DLRM_TEST(TestNpy);

}  // namespace tst_npy

#include "tst_npy.moc"
