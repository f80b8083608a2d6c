// SPDX-License-Identifier: Apache-2.0
// A checkpoint as one HDF5 file opened again: the same tensors, the same logits, the same directory; what is damaged or
// foreign is noticed.
#include <hdf5.h>

#include <cstring>
#include <fstream>
#include <random>
#include <tuple>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/checkpoint/convert/convert.h"
#include "core/checkpoint/verify/verify.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/formats/hdf5_stream.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/core/checkpoint/tensor_hashes.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_checkpoint {

using namespace dlrm;
using namespace dlrm::test;
using CheckpointPtr = std::shared_ptr<const Checkpoint>;

namespace {

std::string fileOf(const QTemporaryDir& dir, const char* name) { return dir.filePath(name).toStdString(); }

CheckpointPtr opened(const std::string& path, const CheckpointOptions& options = {}) {
    auto checkpoint = Checkpoint::open(path, options);
    if (!checkpoint) qFatal("%s", checkpoint.error().text().c_str());
    return *checkpoint;
}

void convert(const Checkpoint& checkpoint, const std::string& out) {
    if (const auto done = convertCheckpoint(checkpoint, out); !done) qFatal("%s", done.error().text().c_str());
}

// Logits of random rows.
std::vector<float> logitsOf(const Checkpoint& checkpoint) {
    const ModelSpec& spec = checkpoint.spec();
    ModelWeights weights;
    weights.spec = &spec;
    weights.tables = checkpoint.tables();
    for (std::size_t i = 0; i < spec.bottomMlp.size(); ++i)
        weights.bottom.push_back(*checkpoint.bottomLayer(static_cast<int>(i)));
    for (std::size_t i = 0; i < spec.topMlp.size(); ++i)
        weights.top.push_back(*checkpoint.topLayer(static_cast<int>(i)));
    for (std::size_t i = 0; i < spec.crossLayers.size(); ++i)
        weights.cross.push_back(*checkpoint.crossLayer(static_cast<int>(i)));
    Batch batch;
    std::mt19937 random(3);
    batch.resize(200, spec.numericalFeatures > 0 ? spec.numericalFeatures : spec.bottomMlp[0].inputs,
                 static_cast<std::int64_t>(spec.tables.size()), false);
    for (float& x : batch.numerical) x = static_cast<float>(random() % 1000) / 100.0F;
    for (std::size_t t = 0; t < spec.tables.size(); ++t)
        for (std::size_t r = 0; r < 200; ++r)
            batch.ids[t * 200 + r] =
                static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(spec.tables[t].rows));
    auto device = (*makeCpuBackend({2, Precision::Fp32}))->load(std::move(weights), {});
    if (!device) qFatal("%s", device.error().text().c_str());
    std::vector<float> logits(200);
    if (auto done = (*device)->forward(batch.view(), logits, {}, nullptr, {}); !done)
        qFatal("%s", done.error().text().c_str());
    return logits;
}

std::string small(const QTemporaryDir& dir) {
    convert(*opened(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"), fileOf(dir, "model.h5"));
    return fileOf(dir, "model.h5");
}

void removeAttribute(const std::string& path, const char* name) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    if (H5Adelete(file, name) < 0) qFatal("no attribute %s", name);
    H5Fclose(file);
}

// A text attribute, in the place of one that is there.
void setText(const std::string& path, const char* object, const char* name, const QByteArray& text) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), at = H5Oopen(file, object, H5P_DEFAULT);
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, static_cast<std::size_t>(text.size()));
    if (H5Aexists(at, name) > 0) H5Adelete(at, name);
    const hid_t attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (H5Awrite(attribute, type, text.constData()) < 0) qFatal("%s cannot be written", name);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Oclose(at);
    H5Fclose(file);
}

// Flips one bit of the first value of a dataset.
void damage(const std::string& path, const char* dataset) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, dataset, H5P_DEFAULT);
    haddr_t at = HADDR_UNDEF;
    hsize_t bytes = 0, zero[2] = {0, 0};
    unsigned filters = 0;
    H5Dget_chunk_info_by_coord(set, zero, &filters, &at, &bytes);
    H5Dclose(set);
    H5Fclose(file);
    std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
    out.seekg(static_cast<std::streamoff>(at));
    const char value = static_cast<char>(out.get() ^ 4);
    out.seekp(static_cast<std::streamoff>(at));
    out.put(value);
}

}  // namespace

class TestHdf5Checkpoint : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyLayoutThroughTheFileAndBack_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("manifest");
        for (const char* root : {DLRM_TEST_DATA "/golden/", DLRM_SOURCE_DIR "/../shared/golden/"}) {
            const QString where = QString(root).contains("shared") ? "outside: " : "";
            for (const QString& name : QDir(QString(root) + "checkpoints").entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QTest::newRow(qPrintable(where + name)) << QString(root) + "checkpoints/" + name << true;
            for (const char* name :
                 {"d_dlrm_dot_tensorflow", "d_dcnv2", "d_dcnv2_fullrank", "d_dcnv2_hetero_dims", "d_dlrm_amp",
                  "d_dlrm_concat_embedding", "e_dlrm_fp32", "e_mono_dlrm_cpu", "f_hps_dlrm_unfused"})
                if (const QString path = QString(root) + "newer_layouts/" + name; QDir(path).exists())
                    QTest::newRow(qPrintable(where + name)) << path << false;
        }
    }
    void everyLayoutThroughTheFileAndBack() {
        QFETCH(QString, path);
        QFETCH(bool, manifest);
        CheckpointOptions options;
        if (manifest) options = optionsOf(manifestOf(path));
        else if (path.contains("/e_")) options.cardinalities = {1000, 7, 300, 3, 50};
        const QString inside = path + "/checkpoint";
        const CheckpointPtr source = opened((QDir(inside).exists() ? inside : path).toStdString(), options);
        QTemporaryDir dir;
        convert(*source, fileOf(dir, "model.h5"));
        const CheckpointPtr file = opened(fileOf(dir, "model.h5"));
        const ModelSpec &a = source->spec(), &b = file->spec();
        QCOMPARE(b.layout, std::string("H5"));
        QCOMPARE(b.interactionTableOrder, a.interactionTableOrder);
        QCOMPARE(b.interactionOrder, a.interactionOrder);
        QCOMPARE(b.orderSource, a.orderSource);
        QCOMPARE(b.interaction, a.interaction);
        QCOMPARE(b.numericalFeatures, a.numericalFeatures);
        QCOMPARE(b.embeddingDim, a.embeddingDim);
        QCOMPARE(b.combiner, a.combiner);
        QCOMPARE(b.bytes(), a.bytes());
        QCOMPARE(b.tables.size(), a.tables.size());
        for (std::size_t t = 0; t < a.tables.size(); ++t) {
            QCOMPARE(b.tables[t].name, a.tables[t].name);
            QCOMPARE(b.tables[t].dtype, a.tables[t].dtype);
            QCOMPARE(b.tables[t].parts, 1);
        }
        for (std::size_t i = 0; i < a.topMlp.size(); ++i)
            QCOMPARE(b.topMlp[i].paddingInputs, a.topMlp[i].paddingInputs);
        const Hashes expected = hashesOf(*source);
        QVERIFY(hashesOf(*file) == expected);
        const std::vector<float> logits = logitsOf(*source);
        QVERIFY(std::memcmp(logitsOf(*file).data(), logits.data(), logits.size() * sizeof(float)) == 0);
        QVERIFY(file->checkUnchanged());

        const auto directory = convertCheckpoint(*file, fileOf(dir, "back"));
        if (!directory) {
            QCOMPARE(directory.error().code, std::string("E-CONVERT-002"));
            QVERIFY(a.interaction == InteractionKind::Cross);
            return;
        }
        options.interactionOrder = a.interactionOrder;
        options.numericalFeatures = a.numericalFeatures;
        const CheckpointPtr back = opened(fileOf(dir, "back"), options);
        QVERIFY(hashesOf(*back) == expected);
        QVERIFY(std::memcmp(logitsOf(*back).data(), logits.data(), logits.size() * sizeof(float)) == 0);
    }

    void tableOfManyChunks() {
        QTemporaryDir dir;
        TestModel model;
        model.cardinalities = {20'000, 100'000, 7, 8192};
        QVERIFY(QDir(dir.path()).mkdir("in"));
        writeLayoutC(fileOf(dir, "in"), model);
        const CheckpointPtr source = opened(fileOf(dir, "in"));
        convert(*source, fileOf(dir, "model.h5"));
        const CheckpointPtr file = opened(fileOf(dir, "model.h5"));
        QCOMPARE(file->table(TableId{1}).parts().size(), std::size_t{13});
        QVERIFY(hashesOf(*file) == hashesOf(*source));
        for (const std::int64_t row : {0, 8191, 8192, 99'999}) {
            const float* at = file->table(TableId{1}).floatRow(row);
            QVERIFY2(at, "read where it lies");
            QCOMPARE(at[3], tableValue(1, row, 3));
        }
        const RowId rows[] = {RowId{99'999}, RowId{0}, RowId{8192}};
        file->prefetchRows(TableId{1}, rows);
        file->prefetchTable(TableId{1}, {});
        QVERIFY(file->coldRows(TableId{1}, rows) >= 0);
        QVERIFY(file->tableIdentity(TableId{1}) != file->tableIdentity(TableId{3}));
    }

    void namesAndOrderOfTheUserGoBefore() {
        QTemporaryDir dir;
        const std::string path = small(dir);
        CheckpointOptions options;
        options.featureNames = {"a", "b", "c", "d", "e"};
        options.cardinalities = {1000, 7, 300, 3, 50};
        options.numericalFeatures = 13;
        options.interactionOrder = InteractionOrder::Tensorflow;
        const CheckpointPtr file = opened(path, options);
        QCOMPARE(file->spec().tables[2].name, std::string("c"));
        QCOMPARE(file->spec().interactionOrder, InteractionOrder::Tensorflow);
        QCOMPARE(file->spec().orderSource, OrderSource::User);
        options.cardinalities[0] = 999;
        QCOMPARE(Checkpoint::open(path, options).error().code, std::string("E-CKPT-020"));
        options.cardinalities.pop_back();
        QCOMPARE(Checkpoint::open(path, options).error().code, std::string("E-CKPT-029"));
        CheckpointOptions ordered;
        ordered.tableOrder = {4, 3, 2, 1, 0};
        QCOMPARE(Checkpoint::open(path, ordered).error().code, std::string("E-CKPT-022"));
    }

    void combinerGoesAlong_data() {
        QTest::addColumn<QString>("combiner");
        for (const char* combiner : {"sum", "mean", "median"}) QTest::newRow(combiner) << combiner;
    }
    void combinerGoesAlong() {
        QFETCH(QString, combiner);
        QTemporaryDir dir;
        const std::string path = small(dir);
        QVERIFY(!opened(path)->spec().combiner);
        setText(path, "/", "combiner", combiner.toLatin1());
        removeAttribute(path, "attributes_sha256");  // who changes attributes on purpose drops their checksum
        CheckpointOptions options;
        options.featureNames = {"a", "b", "c", "d", "e"};
        options.cardinalities = {1000, 7, 300, 3, 50};
        options.numericalFeatures = 13;
        const auto found = Checkpoint::open(path, options);
        if (combiner == "median") {
            QVERIFY(!found);
            QCOMPARE(found.error().code, std::string("E-HCKPT-001"));
            QCOMPARE(found.error().field, std::string("combiner"));
            return;
        }
        QVERIFY2(found && (*found)->spec().combiner, found ? "no combiner" : found.error().text().c_str());
        convert(**found, fileOf(dir, "again.h5"));
        const auto again = opened(fileOf(dir, "again.h5"))->spec().combiner;
        QVERIFY(again);
        QCOMPARE(QString::fromStdString(std::string(name(*again))), combiner);

        // A directory records neither that, nor the names, nor what is padding: it is said.
        const auto directory = convertCheckpoint(**found, fileOf(dir, "out"));
        QVERIFY2(directory, directory ? "" : directory.error().text().c_str());
        std::string notes;
        for (const std::string& note : directory->notes) notes += note + "\n";
        for (const std::string& said :
             {"--combiner " + combiner.toStdString(), std::string("features' names"), std::string("13 of the")})
            QVERIFY2(notes.find(said) != std::string::npos, notes.c_str());
        const auto plain = convertCheckpoint(*opened(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"),
                                             fileOf(dir, "plain"));
        QVERIFY(plain);
        QCOMPARE(plain->notes.size(), std::size_t{1});
    }

    void damagedTableIsFoundByVerify() {
        QTemporaryDir dir;
        const std::string path = small(dir);
        QCOMPARE(verifyCheckpoint(*opened(path), {}, {})->outcome, Verification::Outcome::Recorded);
        QCOMPARE(verifyCheckpoint(*opened(path), {}, {})->outcome, Verification::Outcome::Unchanged);
        damage(path, "/tables/cat_2/values");
        const CheckpointPtr file = opened(path);  // opening reads no table
        VerifyOptions elsewhere;
        elsewhere.sidecar = fileOf(dir, "new.json");
        const auto found = verifyCheckpoint(*file, elsewhere, {});
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->outcome, Verification::Outcome::Damaged);
        QCOMPARE(found->findings.size(), std::size_t{1});
        QCOMPARE(found->findings[0].problem, VerifyFinding::Problem::ChecksumDiffers);
        QCOMPARE(found->findings[0].tensors, std::string("/tables/cat_2/values"));
        QVERIFY2(!QFile::exists(dir.filePath("new.json")), "what is damaged is not recorded as right");
        QCOMPARE(verifyCheckpoint(*file, {}, {})->findings.size(),
                 std::size_t{2});  // the block, and the checksum in it
    }

    void damagedLayerIsNoticedWhenItIsRead() {
        QTemporaryDir dir;
        const std::string path = small(dir);
        damage(path, "/bottom_mlp/1/kernel");
        const CheckpointPtr file = opened(path);
        QVERIFY(file->bottomLayer(0));
        const auto layer = file->bottomLayer(1);
        QVERIFY(!layer);
        QCOMPARE(layer.error().code, std::string("E-HCKPT-002"));
        QCOMPARE(layer.error().field, std::string("/bottom_mlp/1/kernel"));
        QVERIFY(layer.error().offset > 0);
        QCOMPARE(convertCheckpoint(*file, fileOf(dir, "out")).error().code, std::string("E-HCKPT-002"));
        QVERIFY(!QFile::exists(dir.filePath("out")));
    }

    // What decides the meaning stands in attributes: opening does not compare them, whoever vouches for a file does.
    void attributesAreCoveredByAChecksum_data() {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("attribute");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("damaged");
        QTest::newRow("interaction order") << "/"
                                           << "interaction_order" << QByteArray("tensorflow") << true;
        QTest::newRow("where it comes from") << "/"
                                             << "interaction_order_source" << QByteArray("user") << true;
        QTest::newRow("a combiner is new") << "/"
                                           << "combiner" << QByteArray("mean") << true;
        QTest::newRow("a table's name") << "/tables/cat_1"
                                        << "name" << QByteArray("cat_7") << true;
        QTest::newRow("the checksum") << "/"
                                      << "attributes_sha256" << QByteArray("0123") << true;
        QTest::newRow("a title") << "/"
                                 << "title" << QByteArray("My model") << false;
    }
    void attributesAreCoveredByAChecksum() {
        QFETCH(QString, object);
        QFETCH(QString, attribute);
        QFETCH(QByteArray, text);
        QFETCH(bool, damaged);
        QTemporaryDir dir;
        const std::string path = small(dir);
        QVERIFY(requireVerified(*opened(path), {}));
        setText(path, qPrintable(object), qPrintable(attribute), text);
        const CheckpointPtr file = opened(path);
        const auto verified = verifyCheckpoint(*file, {fileOf(dir, "record.json"), {}}, {});
        QVERIFY2(verified, verified ? "" : verified.error().text().c_str());
        QCOMPARE(verified->outcome, damaged ? Verification::Outcome::Damaged : Verification::Outcome::Recorded);
        QVERIFY(verified->attributesUnchecked.empty());
        const auto required = requireVerified(*file, {});
        const auto converted = convertCheckpoint(*file, fileOf(dir, "out.h5"));
        if (!damaged) {
            QVERIFY(required && converted);
            return;
        }
        QCOMPARE(verified->findings.size(), std::size_t{1});
        const VerifyFinding& f = verified->findings.front();
        QVERIFY(f.problem == VerifyFinding::Problem::ChecksumDiffers);
        QCOMPARE(f.file, std::string("model.h5"));
        QCOMPARE(f.tensors, std::string("attributes"));
        QVERIFY2(f.expected.starts_with("SHA-256 ") && f.found.size() == 64, f.expected.c_str());
        QCOMPARE(required ? std::string() : required.error().code, std::string("E-VERIFY-007"));
        QCOMPARE(converted ? std::string() : converted.error().code, std::string("E-CONVERT-006"));
        QCOMPARE(converted.error().field, std::string("attributes"));
    }
    void filesWithoutThatChecksumStillOpen() {
        QTemporaryDir dir;
        const std::string path = small(dir);
        removeAttribute(path, "attributes_sha256");
        const CheckpointPtr file = opened(path);
        const auto required = requireVerified(*file, {});
        QVERIFY2(required && required->ends_with("model.h5 holds none of its attributes."),
                 required ? required->c_str() : required.error().text().c_str());
        const auto verified = verifyCheckpoint(*file, {}, {});
        QVERIFY(verified && verified->outcome == Verification::Outcome::Recorded);
        QCOMPARE(verified->attributesUnchecked, std::vector<std::string>{"model.h5"});
        QVERIFY(convertCheckpoint(*file, fileOf(dir, "out.h5")));
    }

    // A word that nobody writes is refused at once.
    void wordsThatNobodyWritesAreRefused() {
        QTemporaryDir dir;
        const QString path = QString::fromStdString(small(dir));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        file.close();
        for (const auto& [word, other, attribute] : {std::tuple("custom_cuda", "bustom_cuda", "interaction_order"),
                                                     std::tuple("default", "defaulT", "interaction_order_source")}) {
            QByteArray damaged = whole;
            damaged.replace(word, other);
            QVERIFY(damaged != whole);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(damaged) == damaged.size());
            file.close();
            const auto checkpoint = Checkpoint::open(path.toStdString(), {});
            QVERIFY2(!checkpoint, attribute);
            QCOMPARE(checkpoint.error().code, std::string("E-HCKPT-001"));
            QVERIFY2(checkpoint.error().field.find(attribute) != std::string::npos, checkpoint.error().text().c_str());
        }
    }

    // Of cross layers the order was once written as custom_cuda; dot products have no order "cross".
    void crossIsTheOrderOfCrossLayersOnly() {
        QTemporaryDir dir;
        const CheckpointPtr source = opened(DLRM_TEST_DATA "/golden/newer_layouts/d_dcnv2/checkpoint");
        convert(*source, fileOf(dir, "cross.h5"));
        setText(fileOf(dir, "cross.h5"), "/", "interaction_order", "custom_cuda");
        const CheckpointPtr former = opened(fileOf(dir, "cross.h5"));
        QCOMPARE(former->spec().interactionOrder, InteractionOrder::Cross);
        QCOMPARE(former->spec().orderSource, OrderSource::Format);

        const std::string dots = small(dir);
        setText(dots, "/", "interaction_order", "cross");
        const auto refused = Checkpoint::open(dots, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-HCKPT-001"));
    }

    void changedFilesAreRefused_data() {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("attribute");  // removed; empty: the object is
        QTest::addColumn<QString>("code");
        QTest::newRow("version") << "/"
                                 << "format_version"
                                 << "E-HCKPT-001";
        QTest::newRow("interaction order of the tables") << "/"
                                                         << "interaction_table_order"
                                                         << "E-HCKPT-001";
        QTest::newRow("values of a table") << "/tables/cat_1/values"
                                           << ""
                                           << "E-HCKPT-001";
        QTest::newRow("a table") << "/tables/cat_1"
                                 << ""
                                 << "E-HCKPT-001";
        QTest::newRow("kernel") << "/top_mlp/1/kernel"
                                << ""
                                << "E-HCKPT-001";
        QTest::newRow("last layer") << "/top_mlp/2"
                                    << ""
                                    << "E-CKPT-024";
        QTest::newRow("a layer between") << "/bottom_mlp/0"
                                         << ""
                                         << "E-HCKPT-001";
        QTest::newRow("an MLP") << "/bottom_mlp"
                                << ""
                                << "";
    }
    void changedFilesAreRefused() {
        QFETCH(QString, object);
        QFETCH(QString, attribute);
        QFETCH(QString, code);
        QTemporaryDir dir;
        const std::string path = small(dir);
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        if (attribute.isEmpty()) QVERIFY(H5Ldelete(file, qPrintable(object), H5P_DEFAULT) >= 0);
        else QVERIFY(H5Adelete_by_name(file, qPrintable(object), qPrintable(attribute), H5P_DEFAULT) >= 0);
        H5Fclose(file);
        const auto checkpoint = Checkpoint::open(path, {});
        if (code.isEmpty()) {  // opens as a part of a model
            QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
            QCOMPARE((*checkpoint)->spec().missing, std::vector<std::string>{"bottom MLP"});
            return;
        }
        QVERIFY(!checkpoint);
        QCOMPARE(QString::fromStdString(checkpoint.error().code), code);
    }
};

DLRM_TEST(TestHdf5Checkpoint);

}  // namespace tst_hdf5_checkpoint

#include "tst_hdf5_checkpoint.moc"
