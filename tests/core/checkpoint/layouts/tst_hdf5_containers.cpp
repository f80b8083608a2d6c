// SPDX-License-Identifier: Apache-2.0
// HDF5 checkpoints that were packed, cut down or made up: what they may cost, which attributes they need, and that the
// file that was given is watched.
#include <cstring>
#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

#include "core/checkpoint/convert/convert.h"
#include "core/checkpoint/verify/verify.h"
#include "effort.h"
#include "hdf5_maker.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_containers {

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

// A checkpoint as convert writes it, but of tables alone, not chunked: "a" and what else is named, each of `rows` rows
// of 128 columns that were never written unless they are few, then they are packed.
struct Tables {
    std::vector<std::string> names{"a", "b"}, order{"a", "b"};
    hsize_t rows = 4;

    void write(Hdf5Maker& make) const {
        make.text("/", "format", "dlrm-checkpoint");
        const std::int64_t version = 1;
        make.attribute("/", "format_version", H5T_NATIVE_INT64, {}, &version);
        make.group("/tables");
        std::vector<std::int64_t> numbers;
        for (const std::string& name : names) {
            const std::string group = "/tables/" + name;
            make.group(group.c_str());
            make.text(group.c_str(), "name", name);
            std::vector<float> values(rows <= 4 ? rows * 128 : 0, 0.25F);
            hid_t properties = H5P_DEFAULT;
            if (!values.empty()) H5Pset_deflate(properties = Hdf5Maker::chunked({rows, 128}), 1);
            make.dataset((group + "/values").c_str(), H5T_IEEE_F32LE, {rows, 128}, H5T_NATIVE_FLOAT,
                         values.empty() ? nullptr : values.data(), properties);
        }
        for (std::size_t i = 0; i < order.size(); ++i) numbers.push_back(static_cast<std::int64_t>(i));
        make.attribute("/", "interaction_table_order", H5T_NATIVE_INT64, {numbers.size()}, numbers.data());
        if (!order.empty()) make.texts("/", "table_order", order);
    }
};

// A ZIP archive of one deflated member.
std::string archiveOf(const std::string& name, const std::string& content) {
    std::string packed(compressBound(content.size()) + 64, '\0');
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    z.avail_in = static_cast<uInt>(content.size());
    z.next_out = reinterpret_cast<Bytef*>(packed.data());
    z.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) qFatal("deflate");
    packed.resize(z.total_out);
    deflateEnd(&z);
    std::string out;
    const auto number = [&](std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    };
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const auto common = [&] {  // version … length of the extra field
        for (const auto& [value, bytes] : {std::pair<std::uint64_t, int>{20, 2},
                                           {0, 2},
                                           {8, 2},
                                           {0, 4},
                                           {crc, 4},
                                           {packed.size(), 4},
                                           {content.size(), 4},
                                           {name.size(), 2},
                                           {0, 2}})
            number(value, bytes);
    };
    out += "PK\x03\x04";
    common();
    out += name + packed;
    const std::size_t directory = out.size();
    out += "PK\x01\x02";
    number(20, 2);
    common();
    for (const int bytes : {2, 2, 2, 4, 4}) number(0, bytes);
    out += name;
    const std::size_t end = out.size();
    out += "PK\x05\x06";
    for (const auto& [value, bytes] :
         {std::pair<std::uint64_t, int>{0, 4}, {1, 2}, {1, 2}, {end - directory, 4}, {directory, 4}, {0, 2}})
        number(value, bytes);
    return out;
}

}  // namespace

class TestHdf5Containers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void madeUpTablesAreRefused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("field");
        QTest::newRow("as it should be") << ""
                                         << ""
                                         << "";
        QTest::newRow("a table twice") << "twice"
                                       << "E-HCKPT-001"
                                       << "table_order";
        QTest::newRow("a table thousands of times") << "thousands"
                                                    << "E-HCKPT-001"
                                                    << "table_order";
        QTest::newRow("names of too many bytes") << "long"
                                                 << "E-HCKPT-001"
                                                 << "table_order";
        QTest::newRow("numbers for names") << "numbers"
                                           << "E-HCKPT-001"
                                           << "table_order";
        QTest::newRow("tables never written, too large together") << "unwritten"
                                                                  << "E-HCKPT-003"
                                                                  << "/tables/b/values";
    }
    void madeUpTablesAreRefused() {
        QFETCH(QString, what);
        QFETCH(QString, code);
        QFETCH(QString, field);
        {
            Hdf5Maker make(path("made.h5"));
            Tables tables;
            if (what == "twice") tables.order = {"a", "b", "a"};
            if (what == "thousands") tables.order = std::vector<std::string>(3000, "a");
            if (what == "long") tables.order = std::vector<std::string>(3000, std::string(100, 'x'));
            if (what == "numbers") tables.order = {};
            if (what == "unwritten") tables.rows = (40 << 20) / 512;
            tables.write(make);
            const std::int64_t numbers[] = {0, 1};
            if (what == "numbers") make.attribute("/", "table_order", H5T_NATIVE_INT64, {2}, numbers);
        }
        const Effort effort;
        const auto opened = Checkpoint::open(path("made.h5"), {});
        QVERIFY2(effort.isSmall(), effort.text().c_str());
        QCOMPARE(QString::fromStdString(opened ? "" : opened.error().code), code);
        if (opened) {
            QCOMPARE((*opened)->table(TableId{1}).floatRow(3)[127], 0.25F);
            return;
        }
        QCOMPARE(QString::fromStdString(opened.error().field), field);
        QVERIFY(!opened.error().expected.empty() && !opened.error().found.empty() && !opened.error().remedy.empty());
    }

    // A kernel that was never written is a gigabyte of zeros in a file of a few KB.
    void layersThatWereNeverWrittenAreRefused_data() {
        QTest::addColumn<QString>("kind");
        QTest::newRow("Keras") << "keras";
        QTest::newRow("Keras, in an archive") << "archive";
        QTest::newRow("ours") << "ours";
    }
    void layersThatWereNeverWrittenAreRefused() {
        QFETCH(QString, kind);
        std::string file = path("empty.h5");
        {
            Hdf5Maker make(file);
            const std::string layer = kind == "ours" ? "/top_mlp/0" : "/layers/dense/vars";
            if (kind == "ours") {
                Tables().write(make);
                for (const char* g : {"/top_mlp", "/top_mlp/0"}) make.group(g);
            } else {
                for (const char* g : {"/layers", "/layers/dense", "/layers/dense/vars"}) make.group(g);
            }
            make.dataset((layer + (kind == "ours" ? "/kernel" : "/0")).c_str(), H5T_IEEE_F32LE, {16384, 16384},
                         H5T_NATIVE_FLOAT, nullptr);
            make.dataset((layer + (kind == "ours" ? "/bias" : "/1")).c_str(), H5T_IEEE_F32LE, {16384}, H5T_NATIVE_FLOAT,
                         nullptr);
        }
        if (kind == "archive") {
            const std::string content = bytesOf(file);
            std::ofstream(file = path("empty.keras"), std::ios::binary) << archiveOf("model.weights.h5", content);
        }
        const Effort effort;
        const auto opened = Checkpoint::open(file, {});
        QVERIFY2(effort.isSmall(), effort.text().c_str());
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, std::string("E-HCKPT-003"));
        QCOMPARE(opened.error().file, file);
    }

    void containerIsWatched_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("packed tables") << "packed.h5";
        QTest::newRow("packed archive") << "packed.keras";
    }
    void containerIsWatched() {
        QFETCH(QString, file);
        QTemporaryDir dir;
        const std::string model = dir.filePath(file).toStdString();
        if (file.endsWith("h5")) {
            Hdf5Maker make(model);
            Tables().write(make);
        } else {
            Hdf5Maker make(path("inner.h5"));
            const std::vector<float> values(12, 1.5F);
            for (const char* g : {"/layers", "/layers/dense", "/layers/dense/vars"}) make.group(g);
            make.dataset("/layers/dense/vars/0", H5T_IEEE_F32LE, {4, 3}, H5T_NATIVE_FLOAT, values.data());
            make.dataset("/layers/dense/vars/1", H5T_IEEE_F32LE, {3}, H5T_NATIVE_FLOAT, values.data());
            H5Fflush(make.file, H5F_SCOPE_GLOBAL);
            std::ofstream(model, std::ios::binary) << archiveOf("model.weights.h5", bytesOf(path("inner.h5")));
        }
        const auto opened = Checkpoint::open(model, {});
        QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
        if (file.endsWith("keras")) QCOMPARE((*opened)->bottomLayer(0)->kernel, std::vector<float>(12, 1.5F));
        const std::string before = bytesOf(model);
        QCOMPARE(convertCheckpoint(**opened, model).error().code, std::string("E-CONVERT-003"));
        QCOMPARE(bytesOf(model), before);

        const auto verified = verifyCheckpoint(**opened, {}, {});
        QVERIFY2(verified, verified ? "" : verified.error().text().c_str());
        const std::string hashes = bytesOf(verified->sidecar);
        QVERIFY2(hashes.find('"' + file.toStdString() + '"') != std::string::npos, hashes.c_str());

        QVERIFY((*opened)->checkUnchanged());
        std::ofstream(model, std::ios::binary | std::ios::app) << 'x';
        const auto changed = (*opened)->checkUnchanged();
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, std::string("E-FILE-005"));
    }

private:
    std::string path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    static std::string bytesOf(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {(std::istreambuf_iterator<char>(in)), {}};
    }
    QTemporaryDir m_dir;
};

DLRM_TEST(TestHdf5Containers);

}  // namespace tst_hdf5_containers

#include "tst_hdf5_containers.moc"
