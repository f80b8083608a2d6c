// SPDX-License-Identifier: Apache-2.0
// Keras weights files: those of Keras 2.12, 3 and tf_keras against the manifests written with them, and files that are
// refused.
#include <QtTest>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include <QCryptographicHash>

#include <nlohmann/json.hpp>

#include "core/checkpoint/checkpoint.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/dataset/dataset.h"
#include "core/engine/engine.h"
#include "hdf5_maker.h"
#include "tests/support/test_program.h"

namespace tst_keras {

using namespace dlrm;
using dlrm::test::Hdf5Maker;
namespace fs = std::filesystem;

namespace {

// A part of the golden files is among the tests' own data.
const std::string kOutside = DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/x_keras/";
const std::string kKeras = fs::exists(kOutside) ? kOutside : DLRM_TEST_DATA "/golden/newer_layouts/x_keras/";
const std::string kNested =
    DLRM_SOURCE_DIR "/../shared/realdata/keras/keras/src/saving/test_data/pre_pr22362_nested_container.keras";

std::string sha256(std::span<const float> values) {
    const QByteArrayView bytes(reinterpret_cast<const char*>(values.data()),
                               static_cast<qsizetype>(values.size_bytes()));
    return QCryptographicHash::hash(bytes.toByteArray(), QCryptographicHash::Sha256).toHex().toStdString();
}

// sha256 of every tensor of the checkpoint's layers, in the order of the model.
std::vector<std::string> hashesOf(const Checkpoint& c) {
    std::vector<std::string> out;
    const auto add = [&](const Result<DenseWeights>& w) {
        if (!w) qFatal("%s", w.error().text().c_str());
        out.push_back(sha256(w->kernel));
        out.push_back(sha256(w->bias));
    };
    for (int i = 0; i < static_cast<int>(c.spec().bottomMlp.size()); ++i) add(c.bottomLayer(i));
    for (int i = 0; i < static_cast<int>(c.spec().topMlp.size()); ++i) add(c.topLayer(i));
    return out;
}

// The same from the manifest: its order of paths, and of kernels before biases, is the model's for two Dense stacks of
// fewer than ten layers.
std::vector<std::string> expectedHashes(const nlohmann::json& datasets) {
    std::map<std::string, std::string> byLayer;  // "…/0", or "…/~" for a bias: sorted as the model is
    for (const auto& [path, entry] : datasets.items()) {
        if (path.find("optimizer") != std::string::npos) continue;
        std::string key = path;
        for (const auto& [from, to] : {std::pair<std::string, std::string>{"/bias", "/1"}, {"/kernel", "/0"}})
            if (const auto at = key.rfind(from); at != std::string::npos) key = key.substr(0, at) + to;
        byLayer[key] = entry.at("sha256").get<std::string>();
    }
    std::vector<std::string> out;
    for (const auto& [key, hash] : byLayer) out.push_back(hash);
    return out;
}

std::string codeOf(const std::string& path) {
    const auto opened = Checkpoint::open(path, {});
    if (opened) return {};
    const Error& e = opened.error();
    return e.file.empty() || e.expected.empty() || e.found.empty() || e.remedy.empty() ? "incomplete: " + e.text()
                                                                                       : e.code;
}

}  // namespace

class TestKeras : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenFiles_data();
    void goldenFiles();
    void lostCrossLayersAreRefused();
    void aPartIsNoPrediction();
    void otherModelsAreRefused();
    void splitNamesAndPackedWeights();
    void halfPrecisions();
    void spoiledFiles_data();
    void spoiledFiles();
    void linksAreRefused();

private:
    std::string path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestKeras::goldenFiles_data() {
    QTest::addColumn<QString>("file");
    for (const auto& entry : fs::recursive_directory_iterator(kKeras)) {
        const std::string name = fs::relative(entry.path(), kKeras).string();
        const bool weights = name.ends_with(".h5") || name.ends_with(".keras");
        if (weights && name.find("dcnv2") == std::string::npos)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TestKeras::goldenFiles() {
    QFETCH(QString, file);
    const std::string name = file.toStdString();
    std::ifstream in(kKeras + name.substr(0, name.find('/')) + "/manifest.json");
    const nlohmann::json manifest = nlohmann::json::parse(in);
    const nlohmann::json& entry = manifest.at(name.substr(name.find('/') + 1));
    const nlohmann::json& datasets =
        entry.contains("weights") ? entry.at("weights").at("datasets") : entry.at("datasets");

    const auto opened = Checkpoint::open(kKeras + name, {});
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    const ModelSpec& spec = (*opened)->spec();
    QCOMPARE(spec.layout, std::string("Keras"));
    QVERIFY(!spec.missing.empty());
    const bool bottom = name.find("/top") == std::string::npos, top = name.find("/bottom") == std::string::npos;
    QCOMPARE(spec.bottomMlp.size(), std::size_t{bottom ? 2u : 0u});
    QCOMPARE(spec.topMlp.size(), std::size_t{top ? 3u : 0u});
    QCOMPARE(hashesOf(**opened), expectedHashes(datasets));
    QVERIFY((*opened)->checkUnchanged());
    if (top) QVERIFY(!spec.topMlp.back().relu && spec.topMlp.back().outputs == 1);
    // What convert takes: the stored bytes.
    const auto stored = (*opened)->storedTensor(
        {bottom ? LayerTensor::Stack::Bottom : LayerTensor::Stack::Top, 0, LayerTensor::Part::Kernel});
    QVERIFY(stored);
    QCOMPARE(sha256({reinterpret_cast<const float*>(stored->values.data()), stored->values.size() / 4}),
             hashesOf(**opened)[0]);
}

void TestKeras::lostCrossLayersAreRefused() {
    for (const char* file :
         {"keras_2_12/nvidia_densemodel_d_dcnv2.weights.h5", "keras_2_12/nvidia_densemodel_d_dcnv2_legacy.h5"})
        if (fs::exists(kKeras + file)) QCOMPARE(codeOf(kKeras + file), std::string("E-KERAS-005"));
}

void TestKeras::aPartIsNoPrediction() {
    EngineOptions options;
    options.backend.create = [] { return makeCpuBackend({1, Precision::Fp32}); };
    const auto engine = Engine::open(kKeras + "tf_keras_2_21/both.keras", options);
    QVERIFY2(engine, engine ? "" : engine.error().text().c_str());
    QVERIFY((*engine)->spec().layoutDescription.find("Keras saved (.keras);") != std::string::npos);
    const auto& notes = (*engine)->info().notes;
    QVERIFY(std::any_of(notes.begin(), notes.end(),
                        [](const std::string& n) { return n.find("no embedding tables") != std::string::npos; }));
    const auto explained = (*engine)->explain({});
    QVERIFY(!explained);
    QCOMPARE(explained.error().code, std::string("E-ENGINE-014"));
    QCOMPARE(explained.error().found, std::string("no embedding tables"));
    // Its layers are shown; what the top MLP reads has no names without tables.
    const auto layers = (*engine)->layers();
    QVERIFY2(layers, layers ? "" : layers.error().text().c_str());
    QCOMPARE(layers->layers.size(), std::size_t{5});
    QCOMPARE(layers->layers[2].inputNames[3], std::string("value 3"));
    QVERIFY(!layers->importance);
    // A dataset may be open beside it, and a prediction says what is missing.
    const auto dataset = openDataset(DLRM_SOURCE_DIR "/resources/demo/dataset", {});
    QVERIFY(dataset);
    QVERIFY((*engine)->checkFits(**dataset));
    const auto predicted = (*engine)->predict(**dataset, {0, 3}, {});
    QCOMPARE(predicted ? std::string() : predicted.error().code, std::string("E-ENGINE-014"));
    const auto atlas = (*engine)->unitAtlas(**dataset, {0, 3});
    QCOMPARE(atlas ? std::string() : atlas.error().code, std::string("E-ENGINE-014"));
}

void TestKeras::otherModelsAreRefused() {
    { Hdf5Maker make(path("data.h5")); }
    QCOMPARE(codeOf(path("data.h5")), std::string("E-KERAS-002"));
    if (fs::exists(kNested)) QCOMPARE(codeOf(kNested), std::string("E-KERAS-003"));  // layers without bias
    std::ofstream(path("text.h5")) << "no HDF5";
    QCOMPARE(codeOf(path("text.h5")), std::string("E-HDF5-005"));
    std::ofstream(path("text.keras")) << "PK no archive";
    QCOMPARE(codeOf(path("text.keras")), std::string("E-ZIP-001"));
    fs::copy_file(DLRM_TEST_DATA "/npz/stored.npz", path("other.keras"));
    QCOMPARE(codeOf(path("other.keras")), std::string("E-KERAS-006"));
}

namespace {

// A legacy file of a bottom MLP 4-3-2 and a top MLP 5-1, the names as `names` writes them.
struct Legacy {
    std::vector<std::string> layers{"bottom_mlp", "top_mlp"};
    std::vector<std::string> bottomNames{"d/kernel:0", "d/bias:0", "e/kernel:0", "e/bias:0"};
    std::vector<std::string> topNames{"f/kernel:0", "f/bias:0"};
    hid_t type = H5T_IEEE_F32LE;
    bool packed = false;
    hsize_t biasLength = 3;
    bool attributes = true;

    void write(Hdf5Maker& make) const {
        for (const char* g : {"/bottom_mlp", "/top_mlp", "/bottom_mlp/d", "/bottom_mlp/e", "/top_mlp/f"}) make.group(g);
        if (attributes) make.texts("/bottom_mlp", "weight_names", bottomNames, 12);
        if (attributes) make.texts("/top_mlp", "weight_names", topNames, 12);
        const std::vector<float> v{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        const auto add = [&](const char* path, std::vector<hsize_t> dims) {
            hid_t properties = H5P_DEFAULT;
            if (packed) H5Pset_deflate(properties = Hdf5Maker::chunked(dims), 1);
            make.dataset(path, type, dims, H5T_NATIVE_FLOAT, v.data(), properties);
        };
        add("/bottom_mlp/d/kernel:0", {4, 3});
        add("/bottom_mlp/d/bias:0", {biasLength});
        add("/bottom_mlp/e/kernel:0", {3, 2});
        add("/bottom_mlp/e/bias:0", {2});
        add("/top_mlp/f/kernel:0", {5, 1});
        add("/top_mlp/f/bias:0", {1});
    }
};

}  // namespace

void TestKeras::splitNamesAndPackedWeights() {
    {
        Hdf5Maker make(path("split.h5"));
        Legacy legacy;
        legacy.type = H5T_IEEE_F64BE;
        legacy.packed = true;
        legacy.write(make);
        make.texts("/", "layer_names0", {"bottom_mlp"});
        make.texts("/", "layer_names1", {"top_mlp"});
    }
    const auto opened = Checkpoint::open(path("split.h5"), {});
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    QCOMPARE((*opened)->spec().bottomMlp.size(), std::size_t{2});
    QCOMPARE((*opened)->spec().topMlp[0].inputs, 5);
    QCOMPARE((*opened)->bottomLayer(1)->kernel, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    QCOMPARE((*opened)->spec().bottomMlp[0].dtype, DType::Float64);
}

void TestKeras::halfPrecisions() {
    {
        Hdf5Maker make(path("half.weights.h5"));
        for (const char* g : {"/layers", "/layers/dense", "/layers/dense/vars", "/layers/dense_10",
                              "/layers/dense_10/vars", "/layers/dense_9", "/layers/dense_9/vars", "/vars"})
            make.group(g);
        const hid_t brain = H5Tcreate(H5T_OPAQUE, 2);
        const std::uint16_t bits[] = {0x3f80, 0x4000, 0xc040, 0};  // 1, 2, -3, 0
        const auto opaque = [&](const char* path, std::vector<hsize_t> dims) {
            make.dataset(path, brain, std::move(dims), brain, bits);
            make.text(path, "dtype", "bfloat16");
        };
        opaque("/layers/dense/vars/0", {2, 2});
        opaque("/layers/dense/vars/1", {2});
        const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
        H5Tset_fields(half, 15, 10, 5, 0, 10);
        H5Tset_size(half, 2);
        H5Tset_ebias(half, 15);
        const float values[] = {1.5f, -2, 65504, 6.103515625e-05f};
        make.dataset("/layers/dense_9/vars/0", half, {2, 2}, H5T_NATIVE_FLOAT, values);
        make.dataset("/layers/dense_9/vars/1", half, {2}, H5T_NATIVE_FLOAT, values);
        make.dataset("/layers/dense_10/vars/0", H5T_IEEE_F32LE, {2, 1}, H5T_NATIVE_FLOAT, values);
        make.dataset("/layers/dense_10/vars/1", H5T_IEEE_F32LE, {1}, H5T_NATIVE_FLOAT, values);
    }
    const auto opened = Checkpoint::open(path("half.weights.h5"), {});
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    QCOMPARE((*opened)->spec().topMlp.size(), std::size_t{3});
    QCOMPARE((*opened)->spec().topMlp[0].dtype, DType::BFloat16);
    QCOMPARE((*opened)->topLayer(0)->kernel, (std::vector<float>{1, 2, -3, 0}));
    QCOMPARE((*opened)->spec().topMlp[1].dtype, DType::Float16);
    QCOMPARE((*opened)->topLayer(1)->kernel, (std::vector<float>{1.5f, -2, 65504, 6.103515625e-05f}));
    QVERIFY((*opened)->spec().layoutDescription.find("No name says") != std::string::npos);
}

void TestKeras::spoiledFiles_data() {
    QTest::addColumn<QString>("spoiled");
    QTest::addColumn<QString>("code");
    const std::pair<const char*, const char*> cases[] = {{"nothing", ""},
                                                         {"layer that is not there", "E-KERAS-001"},
                                                         {"weights that are not there", "E-KERAS-001"},
                                                         {"no weight names", "E-KERAS-001"},
                                                         {"no kernels", "E-KERAS-002"},
                                                         {"no bias", "E-KERAS-003"},
                                                         {"bias of another length", "E-KERAS-003"},
                                                         {"integers", "E-KERAS-003"},
                                                         {"MLP twice", "E-KERAS-004"},
                                                         {"layers do not chain", "E-CKPT-016"},
                                                         {"no layer names", "E-KERAS-007"},
                                                         {"no attributes", "E-KERAS-007"}};
    for (const auto& [what, code] : cases)
        QTest::newRow(what) << QString::fromLatin1(what) << QString::fromLatin1(code);
}

void TestKeras::spoiledFiles() {
    QFETCH(QString, spoiled);
    QFETCH(QString, code);
    Legacy legacy;
    if (spoiled == QLatin1String("layer that is not there")) legacy.layers.push_back("more");
    if (spoiled == QLatin1String("no weight names")) legacy.layers.push_back("bottom_mlp/d");
    if (spoiled == QLatin1String("weights that are not there")) legacy.topNames.push_back("g/kernel:0");
    if (spoiled == QLatin1String("no kernels")) legacy.bottomNames = legacy.topNames = {};
    if (spoiled == QLatin1String("no bias")) legacy.topNames.pop_back();
    if (spoiled == QLatin1String("bias of another length")) legacy.biasLength = 2;
    if (spoiled == QLatin1String("integers")) legacy.type = H5T_STD_I32LE;
    if (spoiled == QLatin1String("MLP twice")) legacy.layers.push_back("bottom_mlp");
    if (spoiled == QLatin1String("no attributes")) legacy.attributes = false;
    if (spoiled == QLatin1String("layers do not chain"))
        std::rotate(legacy.bottomNames.begin(), legacy.bottomNames.begin() + 2, legacy.bottomNames.end());
    {
        Hdf5Maker make(path("spoiled.h5"));
        legacy.write(make);
        if (legacy.attributes && spoiled != QLatin1String("no layer names"))
            make.texts("/", "layer_names", legacy.layers, 14);
    }
    const auto opened = Checkpoint::open(path("spoiled.h5"), {});
    QCOMPARE(opened ? QString() : QString::fromStdString(opened.error().code), code);
    if (code != QLatin1String("E-KERAS-007")) return;
    QCOMPARE(opened.error().found, std::string("attribute layer_names is missing"));
    QVERIFY2(opened.error().text().find("found: attribute layer_names is missing") != std::string::npos,
             opened.error().text().c_str());
}

void TestKeras::linksAreRefused() {
    {
        Hdf5Maker make(path("links.h5"));
        Legacy().write(make);
        make.texts("/", "layer_names", {"bottom_mlp", "top_mlp"});
        H5Lcreate_external("/etc/passwd", "/x", make.file, "/secret", H5P_DEFAULT, H5P_DEFAULT);
    }
    QCOMPARE(codeOf(path("links.h5")), std::string("E-HDF5-008"));
}

DLRM_TEST(TestKeras);

}  // namespace tst_keras

#include "tst_keras.moc"
