// SPDX-License-Identifier: Apache-2.0
// convert: every tensor bit by bit, into HDF5 as the HDF5 library reads it and into directories; cancelling, failures,
// what is refused.
#include <hdf5.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/convert/convert.h"
#include "core/formats/hdf5_stream.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/core/checkpoint/tensor_hashes.h"
#include "tests/support/test_program.h"

namespace tst_convert {

using namespace dlrm;
using namespace dlrm::test;
using nlohmann::json;

namespace {

std::string fileOf(const QTemporaryDir& dir, const char* name) { return dir.filePath(name).toStdString(); }

// A dataset as the HDF5 library reads it, its checksums compared, in the type of the file.
std::vector<std::byte> datasetIn(hid_t file, const std::string& path) {
    const hid_t set = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
    if (set < 0) qFatal("no dataset %s", path.c_str());
    const hid_t type = H5Dget_type(set), space = H5Dget_space(set);
    std::vector<std::byte> out(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type));
    if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0) qFatal("cannot read %s", path.c_str());
    const hid_t creation = H5Dget_create_plist(set);
    if (H5Pget_layout(creation) != H5D_CHUNKED || H5Pget_nfilters(creation) != 1)
        qFatal("%s: not chunked with one filter", path.c_str());
    for (const hid_t id : {creation, space}) id == space ? H5Sclose(id) : H5Pclose(id);
    H5Tclose(type);
    H5Dclose(set);
    return out;
}

Hashes hashesIn(const std::string& path, const ModelSpec& spec) {
    Hashes out;
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) qFatal("cannot open %s", path.c_str());
    for (std::size_t t = 0; t < spec.tables.size(); ++t)
        out[fmt::format("table {}", t)] = sha256(datasetIn(file, "/tables/" + spec.tables[t].name + "/values"));
    for (const auto& [name, tensor] : layerTensorsOf(spec)) out[name] = sha256(datasetIn(file, "/" + name));
    H5Fclose(file);
    return out;
}

// A model whose large table takes `rows` rows; its file is sparse.
std::string sparseModel(const QTemporaryDir& dir, std::int64_t rows) {
    TestModel model;
    model.cardinalities = {4, 4, 4, 4};
    model.dim = 128;
    const std::string path = fileOf(dir, "model");
    QDir().mkpath(QString::fromStdString(path));
    writeLayoutC(path, model);
    const std::int64_t shape[] = {rows, model.dim};
    const std::string header = npyHeader({}, shape), table = path + "/feature_0_part0.npy";
    std::ofstream(table, std::ios::binary | std::ios::trunc) << header;
    if (truncate(table.c_str(), static_cast<off_t>(header.size()) + rows * model.dim * 4) != 0) qFatal("truncate");
    return path;
}

QStringList namesIn(const QTemporaryDir& dir) {
    return QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
}

}  // namespace

class TestConvert : public QObject {
    Q_OBJECT

    static void addGolden() {
        QTest::addColumn<QString>("path");
        for (const char* root : {DLRM_TEST_DATA "/golden/checkpoints", DLRM_SOURCE_DIR "/../shared/golden/checkpoints"})
            for (const QString& name : QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QTest::newRow(qPrintable((QString(root).contains("shared") ? "outside: " : "") + name))
                    << QString(root) + "/" + name;
    }

private Q_SLOTS:
    void everyTensorOfLayoutsABC_data() { addGolden(); }
    void everyTensorOfLayoutsABC() {
        QFETCH(QString, path);
        const json manifest = manifestOf(path);
        const auto checkpoint = Checkpoint::open((path + "/checkpoint").toStdString(), optionsOf(manifest));
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        Hashes expected = hashesOf(**checkpoint);
        for (std::size_t t = 0; t < spec.tables.size(); ++t)
            QCOMPARE(expected[fmt::format("table {}", t)],
                     QByteArray::fromStdString(manifest["tables_sha256"][t].get<std::string>()));

        QTemporaryDir dir;
        const std::string h5 = fileOf(dir, "out.h5"), directory = fileOf(dir, "out");
        const auto file = convertCheckpoint(**checkpoint, h5);
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QCOMPARE(file->layout, std::string("H5"));
        QCOMPARE(file->bytes, spec.bytes());
        QVERIFY(hashesIn(h5, spec) == expected);

        const auto written = convertCheckpoint(**checkpoint, directory);
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        QCOMPARE(written->layout, spec.layout == "C" ? std::string("C") : std::string("B"));
        const auto again = Checkpoint::open(directory, optionsOf(manifest));
        QVERIFY2(again, again ? "" : again.error().text().c_str());
        QCOMPARE((*again)->spec().layout, written->layout);
        QCOMPARE((*again)->spec().interactionTableOrder, spec.interactionTableOrder);
        QVERIFY(hashesOf(**again) == expected);
        QVERIFY((*again)->ignoredFiles().empty());
        QCOMPARE(namesIn(dir), QStringList({"out", "out.h5"}));
    }

    void everyTensorOfLayoutsDEF_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("cross");
        for (const char* root :
             {DLRM_TEST_DATA "/golden/newer_layouts/", DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/"})
            for (const char* name : {"d_dlrm_dot_tensorflow", "d_dcnv2", "d_dcnv2_fullrank", "d_dcnv2_hetero_dims",
                                     "d_dcnv2_amp", "d_dlrm_amp", "d_dlrm_concat_embedding", "e_dlrm_fp32",
                                     "e_dcnv2_fp32", "e_mono_dlrm_cpu", "f_hps_dlrm_unfused", "f_hps_hetero_unfused"}) {
                const QString path = QString(root) + name;
                if (QDir(path).exists())
                    QTest::newRow(qPrintable((QString(root).contains("shared") ? "outside: " : "") + QString(name)))
                        << (name[0] == 'd' ? path + "/checkpoint" : path) << QString(name).contains("dcn");
            }
    }
    void everyTensorOfLayoutsDEF() {
        QFETCH(QString, path);
        QFETCH(bool, cross);
        CheckpointOptions options;
        if (path.contains("/e_")) options.cardinalities = {1000, 7, 300, 3, 50};
        const auto checkpoint = Checkpoint::open(path.toStdString(), options);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        QTemporaryDir dir;
        const auto file = convertCheckpoint(**checkpoint, fileOf(dir, "out.h5"));
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QVERIFY(hashesIn(fileOf(dir, "out.h5"), (*checkpoint)->spec()) == hashesOf(**checkpoint));
        const auto directory = convertCheckpoint(**checkpoint, fileOf(dir, "out"));
        const bool hetero = path.contains("hetero");
        QCOMPARE(directory.has_value(), !cross && !hetero);
        if (!directory) QCOMPARE(directory.error().code, std::string("E-CONVERT-002"));
        else QVERIFY(hashesOf(**Checkpoint::open(fileOf(dir, "out"), options)) == hashesOf(**checkpoint));
    }

    // The reading that was asked for is what the file records.
    void anotherReadingIsWritten() {
        const auto checkpoint = Checkpoint::open(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint", {});
        QVERIFY(checkpoint);
        ModelSpec asked = (*checkpoint)->spec();
        std::reverse(asked.interactionTableOrder.begin(), asked.interactionTableOrder.end());
        asked.interactionOrder = InteractionOrder::Tensorflow;
        asked.orderSource = OrderSource::Detected;
        QTemporaryDir dir;
        QVERIFY(convertCheckpoint(**checkpoint, asked, fileOf(dir, "out.h5")));
        const auto file = Checkpoint::open(fileOf(dir, "out.h5"), {});
        QVERIFY2(file, file ? "" : file.error().text().c_str());
        QCOMPARE((*file)->spec().interactionTableOrder, asked.interactionTableOrder);
        QVERIFY((*file)->spec().interactionOrder == InteractionOrder::Tensorflow &&
                (*file)->spec().orderSource == OrderSource::Detected);
        const auto directory = convertCheckpoint(**checkpoint, asked, fileOf(dir, "out"));
        QCOMPARE(directory ? std::string() : directory.error().code,
                 std::string("E-CONVERT-002"));  // neither layout can say this order
    }

    // Large enough for many chunks, a last one that is not full, and layout B's files of 1,048,576 rows.
    void tableOfManyChunks() {
        QTemporaryDir dir;
        TestModel model;
        model.cardinalities = {20'000, 1'100'000, 7, 8192};
        QVERIFY(QDir(dir.path()).mkdir("in"));
        writeLayoutB(fileOf(dir, "in"), model);
        const auto checkpoint = Checkpoint::open(fileOf(dir, "in"), {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const Hashes expected = hashesOf(**checkpoint);
        QVERIFY(convertCheckpoint(**checkpoint, fileOf(dir, "out.h5")));
        QVERIFY(hashesIn(fileOf(dir, "out.h5"), (*checkpoint)->spec()) == expected);
        QVERIFY(convertCheckpoint(**checkpoint, fileOf(dir, "out")));
        QVERIFY(QFile::exists(dir.filePath("out/feature_1_1100000_part1.npy")) &&
                !QFile::exists(dir.filePath("out/feature_1_1100000_part2.npy")));
        QVERIFY(hashesOf(**Checkpoint::open(fileOf(dir, "out"), {})) == expected);
    }

    void sameCheckpointGivesTheSameBytes() {
        const auto checkpoint = Checkpoint::open(DLRM_TEST_DATA "/golden/checkpoints/c_fp16/checkpoint", {});
        QVERIFY(checkpoint);
        QTemporaryDir dir;
        QByteArray files[2];
        for (int i = 0; i < 2; ++i) {
            QVERIFY(convertCheckpoint(**checkpoint, fileOf(dir, "out.h5")));  // the second replaces the first
            QFile file(dir.filePath("out.h5"));
            QVERIFY(file.open(QIODevice::ReadOnly));
            files[i] = file.readAll();
        }
        QVERIFY(files[0] == files[1]);
    }

    void stopIsAnsweredAndLeavesNothing_data() {
        QTest::addColumn<QString>("out");
        QTest::newRow("file") << "out.h5";
        QTest::newRow("directory") << "out";
    }
    void stopIsAnsweredAndLeavesNothing() {
        QFETCH(QString, out);
        QTemporaryDir dir;
        const auto checkpoint = Checkpoint::open(sparseModel(dir, 1'000'000), {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        std::stop_source stop;
        std::chrono::steady_clock::time_point asked;
        const auto converted = convertCheckpoint(**checkpoint, fileOf(dir, qPrintable(out)),
                                                 {[&](const Progress& p) {
                                                      QCOMPARE(p.total, (*checkpoint)->spec().bytes());
                                                      if (p.done < (32 << 20) || stop.stop_requested()) return;
                                                      asked = std::chrono::steady_clock::now();
                                                      stop.request_stop();
                                                  },
                                                  stop.get_token()});
        QVERIFY(!converted && converted.error().isCancelled());
        const auto waited = std::chrono::steady_clock::now() - asked;
        qInfo("answered after %lld ms",
              static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()));
        QVERIFY2(waited < std::chrono::seconds(2), "generous: the machine may be busy");
        QCOMPARE(namesIn(dir), QStringList("model"));
    }

    // What a full disk does, without one.
    void failedWriteIsAnErrorAndLeavesNothing_data() { stopIsAnsweredAndLeavesNothing_data(); }
    void failedWriteIsAnErrorAndLeavesNothing() {
        QFETCH(QString, out);
        QTemporaryDir dir;
        const auto checkpoint = Checkpoint::open(sparseModel(dir, 100'000), {});
        QVERIFY(checkpoint);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit small = before;
        small.rlim_cur = 20 << 20;
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto converted = convertCheckpoint(**checkpoint, fileOf(dir, qPrintable(out)));
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!converted);
        QCOMPARE(converted.error().code, std::string("E-FILE-011"));
        QVERIFY2(converted.error().text().find("File too large") != std::string::npos,
                 converted.error().text().c_str());
        QCOMPARE(namesIn(dir), QStringList("model"));
        QVERIFY(convertCheckpoint(**checkpoint,
                                  fileOf(dir, qPrintable(out))));  // nothing of the failure stays in the process
    }

    void whatCannotBeWrittenIsRefused() {
        QTemporaryDir dir;
        const auto layoutA = Checkpoint::open(DLRM_TEST_DATA "/golden/checkpoints/a_custom_cuda/checkpoint", {});
        QVERIFY(layoutA);
        QCOMPARE(convertCheckpoint(**layoutA, fileOf(dir, "out.h5")).error().code, std::string("E-CONVERT-001"));
        const std::string c = DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint";
        const auto checkpoint = Checkpoint::open(c, {});
        QVERIFY(checkpoint);
        QVERIFY(QFile::copy(QString::fromStdString(c) + "/feature_0_part0.npy", dir.filePath("table.npy")));
        const auto table = Checkpoint::open(fileOf(dir, "table.npy"), {});
        QVERIFY2(table, table ? "" : table.error().text().c_str());
        QCOMPARE(convertCheckpoint(**table, fileOf(dir, "table.npy")).error().code, std::string("E-CONVERT-003"));
        QCOMPARE(convertCheckpoint(**table, fileOf(dir, "out")).error().code, std::string("E-CONVERT-002"));
        QCOMPARE(convertCheckpoint(**checkpoint, dir.path().toStdString()).error().code, std::string("E-FILE-014"));
        QCOMPARE(convertCheckpoint(**checkpoint, fileOf(dir, "none/out.h5")).error().code, std::string("E-FILE-010"));
        QCOMPARE(namesIn(dir), QStringList("table.npy"));
    }

    void tableOfAPartIsConvertedToo() {
        QTemporaryDir dir;
        const auto table =
            Checkpoint::open(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint/feature_0_part0.npy", {});
        QVERIFY2(table, table ? "" : table.error().text().c_str());
        QVERIFY(convertCheckpoint(**table, fileOf(dir, "out.h5")));
        QVERIFY(hashesIn(fileOf(dir, "out.h5"), (*table)->spec()) == hashesOf(**table));
    }

    void moreTablesThanCanBeNamedAreRefused() {
        Checkpoint::Contents contents;
        contents.path = "many";
        contents.spec.tables.resize(4000);
        const Checkpoint checkpoint(std::move(contents));
        QTemporaryDir dir;
        QCOMPARE(convertCheckpoint(checkpoint, fileOf(dir, "out.h5")).error().code, std::string("E-CONVERT-005"));
    }

    // The attribute with the names would be too long for whoever opens the file.
    void longerNamesThanAreReadAreRefused() {
        Checkpoint::Contents contents;
        contents.path = "long";
        contents.spec.tables.resize(1500);
        for (std::size_t t = 0; t < contents.spec.tables.size(); ++t)
            contents.spec.tables[t].name = fmt::format("{:0190}", t);
        const Checkpoint checkpoint(std::move(contents));
        QTemporaryDir dir;
        const auto converted = convertCheckpoint(checkpoint, fileOf(dir, "out.h5"));
        QVERIFY(!converted);
        QCOMPARE(converted.error().code, std::string("E-CONVERT-005"));
        QVERIFY(converted.error().message.find("names") != std::string::npos);
        QCOMPARE(namesIn(dir), QStringList());
    }

    void namesThatAreNoLinksAreWrittenOtherwise() {
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkdir("in"));
        writeLayoutC(fileOf(dir, "in"), {});
        CheckpointOptions options;
        options.cardinalities = {50, 7, 300, 7};
        options.featureNames = {"a/b", "a_b", "..", std::string("x\n\x01")};
        const auto checkpoint = Checkpoint::open(fileOf(dir, "in"), options);
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(convertCheckpoint(**checkpoint, fileOf(dir, "out.h5")));
        const hid_t file = H5Fopen(fileOf(dir, "out.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        for (const char* group : {"/tables/a_b", "/tables/a_b_2", "/tables/table_..", "/tables/x__"})
            QVERIFY2(H5Lexists(file, group, H5P_DEFAULT) > 0, group);
        H5Fclose(file);
    }
};

DLRM_TEST(TestConvert);

}  // namespace tst_convert

#include "tst_convert.moc"
