// SPDX-License-Identifier: Apache-2.0
// Parts of a model, single .npy arrays, .npz archives, and a dense part or tables alone: listed and browsed, stored
// members where they lie; predictions say what is missing.
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <span>

#include <QTemporaryDir>
#include <QTest>

#include "core/base/float_conversions.h"
#include "core/checkpoint/checkpoint.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/engine/engine.h"
#include "core/formats/npy_writer.h"
#include "tests/support/test_program.h"

namespace tst_partial_arrays {

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

const std::string kGolden = DLRM_TEST_DATA "/golden/newer_layouts/";

std::string le(std::uint64_t v, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(v >> 8 * i);
    return out;
}

std::string deflated(const std::string& text) {
    std::string out(compressBound(text.size()), '\0');
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) qFatal("deflate");
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

struct Member {
    std::string name, content;
    bool packed = false;
};

// A ZIP archive by the book, not by the product's own code.
std::string archive(const std::vector<Member>& members) {
    std::string out, directory;
    for (const Member& m : members) {
        const std::string data = m.packed ? deflated(m.content) : m.content;
        const auto sum =
            crc32(0, reinterpret_cast<const Bytef*>(m.content.data()), static_cast<uInt>(m.content.size()));
        const std::string common = le(m.packed ? 8 : 0, 2) + le(0, 4) + le(sum, 4) + le(data.size(), 4) +
                                   le(m.content.size(), 4) + le(m.name.size(), 2) + le(0, 2);
        directory += "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) +
                     le(0, 4) + le(out.size(), 4) + m.name;
        out += "PK\x03\x04" + le(20, 2) + le(0, 2) + common + m.name + data;
    }
    const std::size_t at = out.size();
    return out + directory + "PK\x05\x06" + le(0, 4) + le(members.size(), 2) + le(members.size(), 2) +
           le(directory.size(), 4) + le(at, 4) + le(0, 2);
}

template <class T>
std::string npy(NpyType type, const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
    return npyHeader(type, shape) +
           std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

void writeFile(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

const std::vector<float> kTable{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

std::vector<float> rowOf(const Checkpoint& checkpoint, int table, std::int64_t row) {
    std::vector<float> out(static_cast<std::size_t>(checkpoint.table(static_cast<TableId>(table)).dim()));
    checkpoint.table(static_cast<TableId>(table)).copyRow(row, out);
    return out;
}

}  // namespace

class TestPartialArrays : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void arrayOfTwoDimensionsIsATable() {
        QTemporaryDir dir;
        const std::string path = dir.filePath("users.npy").toStdString();
        writeFile(path, npy({}, {4, 3}, kTable));
        const auto checkpoint = Checkpoint::open(path, {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        QCOMPARE(spec.layout, std::string("NPY"));
        QCOMPARE(spec.tables.size(), std::size_t{1});
        QCOMPARE(spec.tables[0].name, std::string("users"));
        QCOMPARE(spec.tables[0].rows, std::int64_t{4});
        QCOMPARE(rowOf(**checkpoint, 0, 2), (std::vector<float>{7, 8, 9}));
        QVERIFY(!spec.missing.empty() && spec.bottomMlp.empty() && spec.topMlp.empty());
    }

    void membersOfAnArchiveAreTables() {
        QTemporaryDir dir;
        const std::string path = dir.filePath("emb.NPZ").toStdString();
        const std::vector<std::uint16_t> halves{floatToHalf(0.5F), floatToHalf(-2), floatToHalf(3), floatToHalf(65504)};
        writeFile(path, archive({{"users.npy", npy({}, {4, 3}, kTable)},
                                 {"items.npy", npy({NpyKind::Float, 2, false}, {2, 2}, halves), true},
                                 {"ids.npy", npy({NpyKind::Int, 8, false}, {2}, std::vector<std::int64_t>{1, 2})},
                                 {"bias.npy", npy({}, {3}, std::vector<float>{1, 2, 3})},
                                 {"notes.txt", "no array"}}));
        const auto checkpoint = Checkpoint::open(path, {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        QCOMPARE(spec.layout, std::string("NPZ"));
        QCOMPARE(spec.tables.size(), std::size_t{2});
        QCOMPARE(spec.tables[1].name, std::string("items"));
        QCOMPARE(rowOf(**checkpoint, 0, 3), (std::vector<float>{10, 11, 12}));
        QCOMPARE(rowOf(**checkpoint, 1, 1), (std::vector<float>{3, 65504}));
        QCOMPARE((*checkpoint)->files().size(), std::size_t{4});
        QCOMPARE((*checkpoint)->files()[2].tensor, std::string("ids"));
    }

    void predictionSaysWhatIsMissing() {
        QTemporaryDir dir;
        const std::string path = dir.filePath("users.npy").toStdString();
        writeFile(path, npy({}, {4, 3}, kTable));
        EngineOptions options;
        options.backend.create = [] { return makeCpuBackend({1, Precision::Fp32}); };
        const auto engine = Engine::open(path, options);
        QVERIFY(engine);
        const auto explained = (*engine)->explain(InputRow{});
        QVERIFY(!explained);
        QCOMPARE(explained.error().code, std::string("E-ENGINE-014"));
        QVERIFY(explained.error().found.find("bottom MLP") != std::string::npos);
        QVERIFY((*engine)->tableStatistics(TableId{0}));
        const auto layers = (*engine)->layers();
        QVERIFY2(layers, layers ? "" : layers.error().text().c_str());
        const auto placement = (*engine)->placement();
        QVERIFY(!placement);
        QCOMPARE(placement.error().code, std::string("E-ENGINE-014"));
    }

    void aPartOfAModelPredictsNothing() {
        EngineOptions options;
        options.backend.create = [] { return makeCpuBackend({1, Precision::Fp32}); };
        const auto engine = Engine::open(kGolden + "d_dcnv2/checkpoint/dense", options);
        QVERIFY(engine);
        QVERIFY((*engine)->info().notes.at(0).find("bottom MLP") != std::string::npos);
        const auto explained = (*engine)->explain(InputRow{});
        QCOMPARE(explained ? std::string() : explained.error().code, std::string("E-ENGINE-014"));
        const auto parity = (*engine)->parity({}, {}, nullptr);
        QCOMPARE(parity ? std::string() : parity.error().code, std::string("E-ENGINE-014"));
        const auto rows = (*engine)->rows(TableId{0}, std::vector{RowId{0}});
        QVERIFY(rows && !rows->values.empty());
    }

    void tablesWithoutADensePartAreAPartialModel() {
        QTemporaryDir dir;
        const std::string path = dir.filePath("c").toStdString();
        fs::copy(kGolden + "f_hps_dlrm_unfused", path, fs::copy_options::recursive);
        fs::remove_all(path + "/dense");
        const auto checkpoint = Checkpoint::open(path, {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        QCOMPARE((*checkpoint)->spec().missing.size(), std::size_t{2});
        QCOMPARE((*checkpoint)->tables().size(), std::size_t{5});
    }

    void orderOfTablesIsRefused() {
        QTemporaryDir dir;
        const std::string array = dir.filePath("x.npy").toStdString(), whole = dir.filePath("x.npz").toStdString();
        writeFile(array, npy({}, {4, 3}, kTable));
        writeFile(whole, archive({{"x.npy", npy({}, {4, 3}, kTable)}}));
        CheckpointOptions options;
        options.tableOrder = {0};
        for (const std::string& path : {array, whole}) {
            QVERIFY(Checkpoint::open(path, {}));
            const auto opened = Checkpoint::open(path, options);
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, std::string("E-CKPT-022"));
        }
    }

    void whatIsNoTableIsRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("code");
        const auto add = [](const char* what, const char* name, const std::string& content, const char* code) {
            QTest::newRow(what) << QString(name) << QByteArray::fromStdString(content) << QString(code);
        };
        add("integers", "x.npy", npy({NpyKind::Int, 4, false}, {2, 2}, std::vector<std::int32_t>{1, 2, 3, 4}),
            "E-PART-001");
        add("one dimension", "x.npy", npy({}, {3}, std::vector<float>{1, 2, 3}), "E-PART-001");
        add("no rows", "x.npy", npy({}, {0, 3}, std::vector<float>{}), "E-PART-001");
        add("too wide", "x.npy", npy({}, {1, 70'000}, std::vector<float>(70'000)), "E-CKPT-027");
        add("cut short", "x.npy", npy({}, {4, 3}, kTable).substr(0, 150), "E-NPY-023");
        add("an archive without arrays", "x.npz", archive({{"a.txt", "x"}}), "E-PART-001");
        add("no archive", "x.npz", "PK, but no", "E-ZIP-001");
        add("a member that is no array", "x.npz", archive({{"a.npy", "x"}}), "E-NPY-002");
        add("a member cut short", "x.npz", archive({{"a.npy", npy({}, {4, 3}, kTable).substr(0, 150)}}), "E-NPY-023");
        add("a bomb", "x.npz",
            archive({{"a.npy", npy({}, {1 << 20, 16}, std::vector<float>(std::size_t{1} << 24)), true}}), "E-PACK-002");
    }
    void whatIsNoTableIsRefused() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, code);
        QTemporaryDir dir;
        const std::string path = dir.filePath(name).toStdString();
        writeFile(path, content.toStdString());
        const auto checkpoint = Checkpoint::open(path, {});
        QVERIFY(!checkpoint);
        QCOMPARE(QString::fromStdString(checkpoint.error().code), code);
        QVERIFY(!checkpoint.error().file.empty());
    }
};

DLRM_TEST(TestPartialArrays);

}  // namespace tst_partial_arrays

#include "tst_partial_arrays.moc"
