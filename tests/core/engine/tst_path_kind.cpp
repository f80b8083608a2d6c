// SPDX-License-Identifier: Apache-2.0
// What a path is, told by the names of files and, where those do not tell, by what stands in them.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

#include "core/engine/path_kind.h"
#include "tests/support/hdf5_maker.h"
#include "tests/support/test_program.h"

namespace tst_path_kind {

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";
const std::string kData = DLRM_TEST_DATA "/";

void write(const std::string& path, const std::string& text = {}) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

class PathKindTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;

    std::string in(const std::string& name) const { return m_folder.path().toStdString() + "/" + name; }
    static PathKind kindOf(const std::string& path) { return whatIs(path).kind; }

private Q_SLOTS:
    void whatTheProjectHoldsIsToldApart() {
        QCOMPARE(kindOf(kDemo + "checkpoint"), PathKind::Checkpoint);
        QCOMPARE(kindOf(kDemo + "dataset"), PathKind::Dataset);
        QCOMPARE(kindOf(kDemo + "dataset/feature_spec.yaml"), PathKind::Dataset);
        QCOMPARE(kindOf(kDemo + "dictionary"), PathKind::Dictionary);
        QCOMPARE(kindOf(kDemo + "raw_rows.tsv"), PathKind::Dataset);
        QCOMPARE(kindOf(kDemo + "demo.dlrmx"), PathKind::Workspace);
        QCOMPARE(kindOf(kData + "golden/datasets/multihot_tfrecords"), PathKind::Dataset);
        QCOMPARE(kindOf(kData + "npz/stored.npz"), PathKind::Dataset);
        QCOMPARE(kindOf(kData + "npz/deflated.npz"), PathKind::Dataset);
        QCOMPARE(kindOf(kData + "packed/rows.tsv.gz"), PathKind::Dataset);
        QCOMPARE(kindOf(kData + "packed/rows.tsv.zst"), PathKind::Dataset);
        QCOMPARE(kindOf(kData + "golden/newer_layouts/x_keras/tf_keras_2_21/both.keras"), PathKind::Checkpoint);
        QVERIFY(!kindOfFolder(DLRM_SOURCE_DIR));
        QCOMPARE(kindOf(DLRM_SOURCE_DIR), PathKind::Checkpoint);
        QCOMPARE(kindOf(in("nothing")), PathKind::Checkpoint);
    }

    void anHdf5FileIsToldByWhatStandsInIt() {
        const std::vector<float> numbers(8);
        const std::vector<std::int32_t> ids(8);
        {
            Hdf5Maker make(in("matrices.h5"));
            make.dataset("numerical", H5T_NATIVE_FLOAT, {4, 2}, H5T_NATIVE_FLOAT, numbers.data());
            make.dataset("categorical", H5T_NATIVE_INT, {4, 2}, H5T_NATIVE_INT, ids.data());
        }
        {
            Hdf5Maker make(in("columns.H5"));
            make.dataset("num_0", H5T_NATIVE_FLOAT, {4}, H5T_NATIVE_FLOAT, numbers.data());
            make.dataset("cat_0", H5T_NATIVE_INT, {4}, H5T_NATIVE_INT, ids.data());
        }
        {
            Hdf5Maker make(in("facebook.hdf5"));
            make.dataset("X_int", H5T_NATIVE_FLOAT, {4, 2}, H5T_NATIVE_FLOAT, numbers.data());
            make.dataset("X_cat", H5T_NATIVE_INT, {4, 2}, H5T_NATIVE_INT, ids.data());
        }
        {
            Hdf5Maker make(in("dictionary.h5"));
            make.dataset("cat_0", H5T_NATIVE_INT, {4}, H5T_NATIVE_INT, ids.data());
            make.dataset("cat_1", H5T_NATIVE_INT, {4}, H5T_NATIVE_INT, ids.data());
        }
        { Hdf5Maker make(in("another.h5")); }
        write(in("damaged.h5"), "no HDF5 file");
        for (const char* data : {"matrices.h5", "columns.H5", "facebook.hdf5"})
            QVERIFY2(kindOf(in(data)) == PathKind::Dataset, data);
        QCOMPARE(kindOf(in("dictionary.h5")), PathKind::Dictionary);
        QCOMPARE(kindOf(in("another.h5")), PathKind::Checkpoint);
        QCOMPARE(kindOf(in("damaged.h5")), PathKind::Checkpoint);
    }

    void aFileIsToldByItsNameOrItsFirstLine() {
        write(in("day_0"), "0\t1\t\t3\ta73ee510\n");
        write(in("weights"), std::string("\t\0\t", 3));
        write(in("readme"), "nothing between tabs\n");
        write(in("rows.bin"));
        write(in("arrays.npz"), "no archive");
        write(in("array.npy"));
        QCOMPARE(kindOf(in("day_0")), PathKind::Dataset);
        QCOMPARE(kindOf(in("rows.bin")), PathKind::Dataset);
        for (const char* name : {"weights", "readme", "arrays.npz", "array.npy"})
            QVERIFY2(kindOf(in(name)) == PathKind::Checkpoint, name);
    }

    void aFileOfACheckpointMeansTheCheckpoint() {
        for (const char* name : {"c/feature_3_part0.npy", "c/top_mlp_layer_0_bias_part0.npy",
                                 "c/model.data-00000-of-00001", "c/saved_model.pb", "c/model_rank_0_kernel_0.npy"}) {
            write(in(name));
            const ToldPath told = whatIs(in(name));
            QVERIFY2(told.kind == PathKind::Checkpoint && told.path == in("c"), told.path.c_str());
        }
        for (const char* name : {"c/a.h5", "c/b.npz", "c/users.npy", "c/model.index", "c/model.weights.h5"}) {
            write(in(name));
            QCOMPARE(whatIs(in(name)).path, in(name));
        }
    }

    void aFolderIsToldByTheNamesOfItsFiles() {
        write(in("all/feature_spec.yaml"));
        write(in("all/test/numerical.bin"));
        write(in("all/dictionary/cat_0.tsv"));
        write(in("all/spark/14.parquet"));
        fs::copy(kDemo + "checkpoint", in("all/model"), fs::copy_options::recursive);
        QCOMPARE(kindOf(in("all")), PathKind::Dataset);
        QCOMPARE(kindOf(in("all/test")), PathKind::Dataset);
        QCOMPARE(kindOf(in("all/dictionary")), PathKind::Dictionary);
        QCOMPARE(kindOf(in("all/spark")), PathKind::Dictionary);
        QCOMPARE(kindOf(in("all/model")), PathKind::Checkpoint);
        QVERIFY(kindOfFolder(in("all/model")) == PathKind::Checkpoint);
        QVERIFY(!kindOfFolder(in("all/test")));  // no folder to offer, as any other beside a specification
    }
};

DLRM_TEST(PathKindTest);

}  // namespace tst_path_kind

#include "tst_path_kind.moc"
