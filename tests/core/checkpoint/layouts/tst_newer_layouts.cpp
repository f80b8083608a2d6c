// SPDX-License-Identifier: Apache-2.0
// Layouts D, E and F against TensorFlow's predictions and manifests; what is refused, and that opening reads no table.
#include <QtTest>

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bundle_writer.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/convert/convert.h"
#include "core/compute/cpu/cpu_backend.h"
#include "core/engine/engine.h"
#include "core/formats/npy.h"
#include "core/formats/tensor_bundle.h"
#include "npy_values.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_newer_layouts {

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

// Largest difference of float32 logits to TensorFlow's: both round every sum.
constexpr double kLogitTolerance = 1e-5;
// Models trained and predicted under mixed_float16: TensorFlow's own distance to float64, measured when they were made
// (2.5e-3 and 6.3e-3).
constexpr double kAmpTolerance = 7e-3;

const std::string kGolden = DLRM_TEST_DATA "/golden/newer_layouts/";
const std::string kOutside = DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/";

struct Case {
    const char* name;
    const char* path;  // of the checkpoint, below the golden directory
    const char* layout;
    const char* source;                       // whose inputs and tables these are
    std::vector<std::int64_t> cardinalities;  // given by the user
    double tolerance = kLogitTolerance;
};

const std::vector<std::int64_t> kCards{1000, 7, 300, 3, 50};

std::vector<Case> cases() {
    return {
        {"d_dlrm_dot_tensorflow", "checkpoint", "D", "d_dlrm_dot_tensorflow", {}},
        {"d_dlrm_dot_custom_cuda", "checkpoint", "D", "d_dlrm_dot_custom_cuda", {}},
        {"d_dlrm_pad6", "checkpoint", "D", "d_dlrm_pad6", {}},
        {"d_dcnv2", "checkpoint", "D", "d_dcnv2", {}},
        {"d_dcnv2_fullrank", "checkpoint", "D", "d_dcnv2_fullrank", {}},
        {"d_dcnv2_hetero_dims", "checkpoint", "D", "d_dcnv2_hetero_dims", {}},
        {"d_dlrm_amp", "checkpoint", "D", "d_dlrm_amp", {}, kAmpTolerance},
        {"d_dcnv2_amp", "checkpoint", "D", "d_dcnv2_amp", {}, kAmpTolerance},
        {"d_dlrm_concat_embedding", "checkpoint", "D", "d_dlrm_concat_embedding", {}},
        {"d_dlrm_concat_offload", "checkpoint", "D", "d_dlrm_concat_offload", {}},
        {"e_dlrm_fp32", "", "E", "d_dlrm_dot_tensorflow", kCards},
        {"e_dlrm_cuda_fp32_cputables", "", "E", "d_dlrm_dot_custom_cuda", {}},
        {"e_dcnv2_fp32", "", "E", "d_dcnv2", kCards},
        {"e_mono_dlrm_cpu", "", "E", "d_dlrm_dot_tensorflow", {}},
        {"e_mono_dlrm_fused", "dlrm", "E", "d_dlrm_dot_tensorflow", kCards},
        {"e_mono_dcnv2_cpu", "dlrm/1/model.savedmodel", "E", "d_dcnv2", {}},
        {"e_mono_original_random_tables", "", "E", "d_dlrm_dot_tensorflow", {}},
        {"f_hps_dlrm_unfused", "", "F", "d_dlrm_dot_tensorflow", {}},
    };
}

std::string rootOf(const std::string& name) { return fs::exists(kGolden + name) ? kGolden : kOutside; }

std::vector<std::int64_t> npyIds(const std::string& path, std::size_t& columns) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const auto opened = RandomAccessFile::open(path);
    const auto header = readNpyHeader(**opened);
    columns = static_cast<std::size_t>(header->shape[1]);
    file.seek(header->dataOffset);
    const QByteArray bytes = file.readAll();
    std::vector<std::int64_t> out(static_cast<std::size_t>(bytes.size()) / 8);
    std::memcpy(out.data(), bytes.constData(), out.size() * 8);
    return out;
}

Batch inputsOf(const std::string& expected) {
    Batch batch;
    std::size_t tables = 0;
    const std::vector<std::int64_t> ids = npyIds(expected + "categorical.npy", tables);
    const std::vector<double> numerical = test::npyValues(QString::fromStdString(expected + "numerical.npy"));
    const std::size_t rows = ids.size() / tables;
    batch.resize(static_cast<std::int64_t>(rows), static_cast<std::int64_t>(numerical.size() / rows),
                 static_cast<std::int64_t>(tables), false);
    for (std::size_t i = 0; i < numerical.size(); ++i) batch.numerical[i] = static_cast<float>(numerical[i]);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t t = 0; t < tables; ++t)
            batch.ids[t * rows + r] = static_cast<std::int32_t>(ids[r * tables + t]);
    return batch;
}

std::vector<float> logitsOf(const Checkpoint& checkpoint, const Batch& batch) {
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
    auto device = (*makeCpuBackend({2, Precision::Fp32}))->load(std::move(weights), {});
    if (!device) qFatal("%s", device.error().text().c_str());
    std::vector<float> logits(static_cast<std::size_t>(batch.rows));
    if (auto done = (*device)->forward(batch.view(), logits, {}, nullptr, {}); !done)
        qFatal("%s", done.error().text().c_str());
    return logits;
}

CheckpointOptions withCardinalities(const std::vector<std::int64_t>& cardinalities) {
    CheckpointOptions options;
    options.cardinalities = cardinalities;
    return options;
}

// A copy of a golden checkpoint that may be spoiled.
struct Copy {
    QTemporaryDir temporary;
    std::string path = temporary.path().toStdString() + "/c";
    explicit Copy(const std::string& golden) { fs::copy(kGolden + golden, path, fs::copy_options::recursive); }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(path + "/" + file, std::ios::binary) << text;
    }
    std::string read(const std::string& file) const {
        std::ifstream in(path + "/" + file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void replace(const std::string& file, const std::string& what, const std::string& by) const {
        std::string text = read(file);
        const auto at = text.find(what);
        if (at == std::string::npos) qFatal("%s does not hold %s", file.c_str(), what.c_str());
        write(file, text.replace(at, what.size(), by));
    }
    std::string code(const CheckpointOptions& options = {}) const {
        const auto opened = Checkpoint::open(path, options);
        if (opened) return {};
        const Error& e = opened.error();
        return e.file.empty() || e.expected.empty() || e.found.empty() || e.remedy.empty() ? "incomplete: " + e.text()
                                                                                           : e.code;
    }
};

}  // namespace

class TestNewerLayouts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void logitsAreTensorflows_data() {
        QTest::addColumn<int>("index");
        const auto all = cases();
        for (std::size_t i = 0; i < all.size(); ++i) QTest::newRow(all[i].name) << static_cast<int>(i);
    }
    void logitsAreTensorflows() {
        QFETCH(int, index);
        const Case c = cases()[static_cast<std::size_t>(index)];
        const std::string root = rootOf(c.name);
        DLRM_NEEDS_OUTSIDE(root + c.name);
        const auto checkpoint = Checkpoint::open(root + c.name + "/" + c.path, withCardinalities(c.cardinalities));
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        QCOMPARE(spec.layout, std::string(c.layout));
        QVERIFY(spec.missing.empty());
        QVERIFY(spec.orderSource == OrderSource::Format);
        QVERIFY(spec.interactionOrder ==
                (spec.interaction == InteractionKind::Cross ? InteractionOrder::Cross : InteractionOrder::CustomCuda));
        const std::vector<float> logits = logitsOf(**checkpoint, inputsOf(rootOf(c.source) + c.source + "/expected/"));
        const std::vector<double> truth =
            test::npyValues(QString::fromStdString(root + c.name + "/expected/logits.npy"));
        QCOMPARE(logits.size(), truth.size());
        double worst = 0;
        for (std::size_t i = 0; i < truth.size(); ++i) worst = std::max(worst, std::fabs(logits[i] - truth[i]));
        qInfo("largest difference of %zu logits: %.2g", truth.size(), worst);
        QVERIFY(worst <= c.tolerance);
        QVERIFY((*checkpoint)->checkUnchanged());
    }

    void tablesOfEveryLayoutAreThoseOfLayoutD() {
        const auto original = Checkpoint::open(kGolden + "d_dlrm_dot_tensorflow/checkpoint", {});
        QVERIFY(original);
        for (const auto& [path, cardinalities] :
             {std::pair(kGolden + "e_mono_dlrm_fused", kCards),
              std::pair(kGolden + "f_hps_dlrm_unfused", std::vector<std::int64_t>{}),
              std::pair(kGolden + "f_hps_dlrm_unfused", kCards), std::pair(kOutside + "f_hps_dlrm_fused", kCards)}) {
            if (!fs::exists(path)) continue;
            const auto other = Checkpoint::open(path, withCardinalities(cardinalities));
            QVERIFY2(other, other ? "" : other.error().text().c_str());
            QCOMPARE((*other)->tables().size(), kCards.size());
            for (std::size_t t = 0; t < kCards.size(); ++t) {
                const TableView &a = (*original)->tables()[t], &b = (*other)->tables()[t];
                QCOMPARE(b.rows(), kCards[t]);
                std::vector<float> x(16), y(16);
                for (std::int64_t r = 0; r < a.rows(); ++r) {
                    a.copyRow(r, x);
                    b.copyRow(r, y);
                    QVERIFY(x == y);
                }
            }
        }
    }

    void anyBundleIsListed() {
        for (const char* path : {"x_bundles/a_dtypes", "x_bundles/a_dtypes/ckpt-1.index", "x_bundles/a_dtypes/ckpt-1",
                                 "x_bundles/b_sliced_tensor", "d_dcnv2/checkpoint/dense"}) {
            const auto checkpoint = Checkpoint::open(kGolden + path, {});
            QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
            QCOMPARE((*checkpoint)->spec().layout, std::string("TensorBundle"));
            QVERIFY(!(*checkpoint)->spec().missing.empty());
            QVERIFY((*checkpoint)->files().size() >= 2);
        }
        const auto checkpoint = Checkpoint::open(kGolden + "x_bundles/a_dtypes", {});
        QCOMPARE((*checkpoint)->files().size(), std::size_t{22} - 1);
        QVERIFY(std::any_of((*checkpoint)->files().begin(), (*checkpoint)->files().end(), [](const CheckpointFile& f) {
            return f.dtype == "bfloat16" && f.shape == "3 × 5" && f.bytes == 30;
        }));
        Copy two("x_bundles/a_dtypes");
        fs::copy_file(two.path + "/ckpt-1.index", two.path + "/ckpt-2.index");
        fs::copy_file(two.path + "/ckpt-1.data-00000-of-00001", two.path + "/ckpt-2.data-00000-of-00001");
        QCOMPARE(two.code(), std::string());  // "checkpoint" names ckpt-1
        fs::remove(two.path + "/checkpoint");
        QCOMPARE(two.code(), std::string("E-TFB-016"));
    }

    // Partitioned variables, as TensorFlow saves them: put together from their pieces, or named as left out.
    void tablesInPiecesArePutTogether() {
        const auto checkpoint = Checkpoint::open(kGolden + "x_bundles/b_sliced_tensor", {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        QCOMPARE((*checkpoint)->tables().size(), std::size_t{1});
        const TableView& table = (*checkpoint)->tables()[0];
        QCOMPARE(table.rows(), 10);
        QCOMPARE(table.dim(), 6);
        QCOMPARE(table.parts().size(), std::size_t{2});
        QCOMPARE((*checkpoint)->spec().tables[0].name, std::string("emb/table"));
        QVERIFY((*checkpoint)->spec().tableOrderNote.empty());
        QByteArray bytes;
        std::vector<float> row(6);
        for (std::int64_t r = 0; r < 10; ++r) {
            table.copyRow(r, row);
            bytes.append(reinterpret_cast<const char*>(row.data()), 24);
        }
        std::ifstream in(kGolden + "x_bundles/b_sliced_tensor/manifest.json");
        const auto hash = nlohmann::json::parse(in)["tensors"][1]["sha256"].get<std::string>();
        QCOMPARE(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString(), hash);
    }

    void piecesThatMakeNoTableAreNamed() {
        using namespace dlrm::test;
        const auto slice = [](std::int64_t first, std::int64_t rows) {
            return BundleSlice{{first, 0}, {rows, -1}, 0};
        };  // all columns
        const auto extents = [](std::int64_t first, std::int64_t rows) {
            return field(7, field(1, (first ? field(1, static_cast<std::uint64_t>(first)) : std::string()) +
                                         field(2, static_cast<std::uint64_t>(rows))) +
                                field(1, std::string()));
        };
        // Rows of tables of two columns, as they are cut; and whether a table comes of it.
        const std::pair<std::vector<std::int64_t>, bool> cuts[] = {
            {{70, 70, 10}, true}, {{4, 3, 3}, false}, {{3, 4}, false}};
        for (const auto& [rows, whole] : cuts) {
            QTemporaryDir temporary;
            const std::string directory = temporary.path().toStdString();
            Entries entries{{"", header()}};
            std::string data, slices;
            std::int64_t all = 0;
            for (const std::int64_t n : rows) {
                std::vector<float> values;
                for (std::int64_t i = 0; i < 2 * n; ++i) values.push_back(static_cast<float>(2 * all + i));
                const std::string bytes(reinterpret_cast<const char*>(values.data()), values.size() * 4);
                entries.emplace_back(pieceKey("emb", slice(all, n)), entry(1, {n, 2}, data.size(), bytes));
                data += bytes;
                slices += extents(all, n);
                all += n;
            }
            entries.emplace_back("emb", entry(1, {all, 2}, 0, "") + slices);
            std::ofstream(directory + "/t.index", std::ios::binary) << sstable(entries);
            std::ofstream(directory + "/t.data-00000-of-00001", std::ios::binary) << data;
            const auto checkpoint = Checkpoint::open(directory, {});
            QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
            QCOMPARE((*checkpoint)->tables().size(), whole ? std::size_t{1} : std::size_t{0});
            const std::string note = (*checkpoint)->spec().tableOrderNote;
            QCOMPARE(note.empty(), whole);
            const auto converted = convertCheckpoint(**checkpoint, directory + "/out.h5");
            QCOMPARE(converted ? std::string() : converted.error().code,
                     whole ? std::string() : std::string("E-CONVERT-007"));
            if (!whole)
                QVERIFY2(note.find("emb (") != std::string::npos && note.find("in pieces") != std::string::npos,
                         note.c_str());
            for (std::int64_t r = 0; whole && r < all; ++r) {
                float row[2];
                (*checkpoint)->tables()[0].copyRow(r, row);
                QCOMPARE(row[1], static_cast<float>(2 * r + 1));
            }
        }
    }

    void aLayoutDThatDoesNotFitIsRefused() {
        const auto code = [](const std::function<void(const Copy&)>& spoil, const char* golden = "d_dcnv2/checkpoint") {
            Copy c(golden);
            spoil(c);
            return c.code();
        };
        QCOMPARE(code([](const Copy&) {}), std::string());
        QCOMPARE(code([](const Copy& c) { fs::remove(c.path + "/dense/config.json"); }), std::string("E-FILE-001"));
        QCOMPARE(code([](const Copy& c) { c.write("dense/config.json", std::string(2 << 20, ' ')); }),
                 std::string("E-CONF-001"));
        QCOMPARE(code([](const Copy& c) { c.write("dense/config.json", "[" + std::string(500000, '[')); }),
                 std::string("E-CONF-002"));
        QCOMPARE(code([](const Copy& c) { c.write("sparse/config.json", "[]"); }), std::string("E-CONF-002"));
        QCOMPARE(code([](const Copy& c) { c.replace("dense/config.json", "\"cross\"", "\"other\""); }),
                 std::string("E-CONF-003"));
        QCOMPARE(code([](const Copy& c) { c.replace("sparse/config.json", "\"concat_embedding\"", "\"concat\""); }),
                 std::string("E-CONF-003"));
        QCOMPARE(code([](const Copy& c) { c.replace("sparse/config.json", "1000,", "-1000,"); }),
                 std::string("E-CONF-003"));
        QCOMPARE(code([](const Copy& c) { c.replace("sparse/config.json", "1000,", "1e30,"); }),
                 std::string("E-CONF-003"));
        QCOMPARE(code([](const Copy& c) {
                     c.replace("dense/config.json", "\"num_cross_layers\": 3", "\"num_cross_layers\": 2");
                 }),
                 std::string("E-LAYD-004"));
        QCOMPARE(code([](const Copy& c) {
                     c.replace("dense/config.json", "\"cross_layer_projection_dim\": 8",
                               "\"cross_layer_projection_dim\": null");
                 }),
                 std::string("E-LAYD-004"));
        QCOMPARE(code([](const Copy& c) { c.replace("dense/config.json", "300,", "301,"); }),
                 std::string("E-LAYD-004"));
        QCOMPARE(code([](const Copy& c) { fs::remove(c.path + "/dense/dense.index"); }), std::string("E-LAYD-001"));
        QCOMPARE(code([](const Copy& c) { fs::copy(c.path + "/dense/dense.index", c.path + "/dense/other.index"); }),
                 std::string("E-LAYD-001"));
        QCOMPARE(code([](const Copy& c) { fs::remove(c.path + "/sparse/feature_2.npy"); }), std::string("E-LAYD-002"));
        QCOMPARE(
            code([](const Copy& c) { fs::copy(c.path + "/sparse/feature_2.npy", c.path + "/sparse/feature_5.npy"); }),
            std::string("E-LAYD-002"));
        QCOMPARE(code([](const Copy& c) {
                     fs::copy(c.path + "/sparse/feature_2.npy", c.path + "/sparse/feature_1.npy",
                              fs::copy_options::overwrite_existing);
                 }),
                 std::string("E-LAYD-003"));
        // Weights of another model beside these tables and configurations.
        QCOMPARE(code([](const Copy& c) {
                     fs::copy(kGolden + "d_dlrm_dot_tensorflow/checkpoint/dense", c.path + "/dense",
                              fs::copy_options::overwrite_existing | fs::copy_options::recursive);
                     c.replace("dense/config.json", "\"dot_tensorflow\"", "\"cross\"");
                 }),
                 std::string("E-LAYD-004"));
        QCOMPARE(code([](const Copy& c) {
                     for (const char* file : {"/dense", "/sparse"})
                         fs::copy(kGolden + "d_dcnv2_hetero_dims/checkpoint" + file, c.path + file,
                                  fs::copy_options::overwrite_existing | fs::copy_options::recursive);
                     fs::copy(kGolden + "d_dcnv2/checkpoint/dense/dense.index", c.path + "/dense/dense.index",
                              fs::copy_options::overwrite_existing);
                     fs::copy(kGolden + "d_dcnv2/checkpoint/dense/dense.data-00000-of-00001",
                              c.path + "/dense/dense.data-00000-of-00001", fs::copy_options::overwrite_existing);
                 }),
                 std::string("E-CROSS-001"));
    }

    void concatenatedTablesThatCannotBeToldApartAreRefused() {
        Copy c("d_dlrm_concat_offload/checkpoint");
        QCOMPARE(c.code(), std::string());
        for (const char* config : {"dense/config.json", "sparse/config.json"}) c.replace(config, "300,", "1000,");
        QCOMPARE(c.code(), std::string("E-FUSED-003"));
        Copy other("d_dlrm_concat_offload/checkpoint");
        for (const char* config : {"dense/config.json", "sparse/config.json"}) other.replace(config, "300,", "299,");
        QCOMPARE(other.code(), std::string("E-FUSED-002"));
    }

    void fusedTablesNeedTheCardinalities() {
        Copy c("e_mono_dlrm_fused");
        QCOMPARE(c.code(), std::string("E-FUSED-001"));
        QCOMPARE(c.code(withCardinalities({1000, 7, 300, 3, 51})), std::string("E-FUSED-002"));
        QCOMPARE(c.code(withCardinalities(kCards)), std::string());
        fs::copy_file(kGolden + "d_dlrm_dot_tensorflow/checkpoint/sparse/config.json", c.path + "/config.json");
        QCOMPARE(c.code(), std::string());
    }

    void severalOrDamagedDeployedModelsAreRefused() {
        Copy c("e_mono_dlrm_fused");
        fs::copy(c.path + "/dlrm", c.path + "/second", fs::copy_options::recursive);
        QCOMPARE(c.code(withCardinalities(kCards)), std::string("E-LAYE-001"));
        const auto hps = [](const std::function<void(const Copy&)>& spoil) {
            Copy copy("f_hps_dlrm_unfused");
            spoil(copy);
            return copy.code();
        };
        QCOMPARE(hps([](const Copy&) {}), std::string());
        QCOMPARE(hps([](const Copy& f) { fs::remove(f.path + "/sparse/sparse.json"); }), std::string("E-LAYF-001"));
        QCOMPARE(hps([](const Copy& f) { f.write("sparse/sparse.json", "{\"models\": [1, 2]}"); }),
                 std::string("E-CONF-003"));
        QCOMPARE(hps([](const Copy& f) {
                     f.write("sparse/sparse.json",
                             "{\"models\": [{\"embedding_vecsize_per_table\": [16, 16, 16, 16, 0]}]}");
                 }),
                 std::string("E-CONF-003"));
        QCOMPARE(hps([](const Copy& f) { fs::resize_file(f.path + "/sparse/1/2/emb_vector", 19196); }),
                 std::string("E-LAYF-002"));
        QCOMPARE(hps([](const Copy& f) { fs::resize_file(f.path + "/sparse/1/2/key", 0); }), std::string("E-LAYF-002"));
        QCOMPARE(hps([](const Copy& f) {  // the keys as int32
                     const std::string keys = f.read("sparse/1/2/key");
                     std::string half;
                     for (std::size_t i = 0; i < keys.size(); i += 8) half += keys.substr(i, 4);
                     f.write("sparse/1/2/key", half);
                 }),
                 std::string("E-LAYF-004"));
        QCOMPARE(hps([](const Copy& f) {
                     f.replace("sparse/1/2/key", std::string("\x05\0\0\0\0\0\0\0", 8),
                               std::string("\x06\0\0\0\0\0\0\0", 8));
                 }),
                 std::string("E-LAYF-003"));
        QCOMPARE(hps([](const Copy& f) {
                     fs::rename(f.path + "/sparse/1/0/emb_vector", f.path + "/elsewhere");
                     fs::create_symlink(f.path + "/elsewhere", f.path + "/sparse/1/0/emb_vector");
                 }),
                 std::string("E-FILE-003"));
    }

    // Opening looks at the first and the last page of the keys; whoever reads a row must not get the vector of another
    // key.
    void keysOutOfOrderInTheMiddleOfATableAreFoundBeforeAnythingIsShown() {
        Copy c("f_hps_dlrm_unfused");
        std::vector<std::int64_t> keys(2000);
        std::iota(keys.begin(), keys.end(), std::int64_t{0});
        const auto outcome = [&] {
            std::ofstream(c.path + "/sparse/1/0/key", std::ios::binary)
                .write(reinterpret_cast<const char*>(keys.data()), static_cast<std::streamsize>(8 * keys.size()));
            fs::resize_file(c.path + "/sparse/1/0/emb_vector", 2000 * 16 * 4);
            const auto checkpoint = Checkpoint::open(c.path, {});
            if (!checkpoint) qFatal("%s", checkpoint.error().text().c_str());
            static_cast<void>((*checkpoint)->checkUnchanged());
            return (*checkpoint)->checkUnchanged();  // remembered
        };
        QVERIFY(outcome());
        std::swap(keys[800], keys[1200]);
        const auto found = outcome();
        QVERIFY(!found);
        QCOMPARE(found.error().code, std::string("E-LAYF-003"));
        QCOMPARE(found.error().row, std::int64_t{800});
        QCOMPARE(found.error().found, std::string("1200"));
    }

    // Keys are looked at side by side: the first wrong one is named in every run, progress is told, and a stop is
    // answered within 100 ms and leaves nothing behind.
    void keysAreComparedWithProgressAndStop() {
        constexpr std::int64_t kKeys = 4'000'000;
        Copy c("f_hps_dlrm_unfused");
        std::vector<std::int64_t> keys(static_cast<std::size_t>(kKeys));
        std::iota(keys.begin(), keys.end(), std::int64_t{0});
        const auto opened = [&] {
            std::ofstream(c.path + "/sparse/1/1/key", std::ios::binary)
                .write(reinterpret_cast<const char*>(keys.data()), static_cast<std::streamsize>(8 * keys.size()));
            fs::resize_file(c.path + "/sparse/1/1/emb_vector", static_cast<std::uintmax_t>(kKeys) * 16 * 4);  // zeros
            auto checkpoint = Checkpoint::open(c.path, {});
            if (!checkpoint) qFatal("%s", checkpoint.error().text().c_str());
            return *std::move(checkpoint);
        };
        const auto checkpoint = opened();
        std::int64_t bytes = 0;
        for (int table = 0; table < 5; ++table)
            bytes += static_cast<std::int64_t>(fs::file_size(fmt::format("{}/sparse/1/{}/key", c.path, table)));

        std::stop_source before;
        before.request_stop();
        const auto never = checkpoint->checkUnchanged({.stop = before.get_token()});
        QVERIFY(!never && never.error().isCancelled());
        std::stop_source during;
        std::chrono::steady_clock::time_point asked;
        const auto stopped = checkpoint->checkUnchanged({[&](const Progress&) {
                                                             if (during.request_stop())
                                                                 asked = std::chrono::steady_clock::now();
                                                         },
                                                         during.get_token()});
        QVERIFY(!stopped && stopped.error().isCancelled());
        QVERIFY(std::chrono::steady_clock::now() - asked < std::chrono::milliseconds(100));

        std::int64_t last = 0, calls = 0;
        bool ascending = true, rightTotal = true;
        const auto whole = checkpoint->checkUnchanged({[&](const Progress& p) {
            ascending = ascending && p.done > last && p.done <= p.total;
            rightTotal = rightTotal && p.total == bytes && p.unit == "bytes";
            last = p.done;
            ++calls;
        }});
        QVERIFY2(whole, whole ? "" : whole.error().text().c_str());
        QVERIFY(calls > 0 && ascending && rightTotal);
        const std::int64_t once = calls;
        QVERIFY(checkpoint->checkUnchanged({[&](const Progress&) { ++calls; }}));
        QCOMPARE(calls, once);  // its outcome is remembered

        std::swap(keys[1'500'000], keys[3'999'000]);
        std::swap(keys[2'500'000], keys[2'500'001]);
        for (int run = 0; run < 5; ++run) {
            const auto found = opened()->checkUnchanged();
            QVERIFY(!found);
            QCOMPARE(found.error().code, std::string("E-LAYF-003"));
            QCOMPARE(found.error().row, std::int64_t{1'500'000});
            QCOMPARE(found.error().found, std::string("3999000"));
        }
    }

    // The paths in the JSON are those of the machine that served the model: a file there is never touched.
    void pathsInTheConfigurationAreNotFollowed() {
        Copy c("f_hps_dlrm_unfused");
        QCOMPARE(mkfifo((c.path + "/trap").c_str(), 0600), 0);  // opening it would be refused, or wait for ever
        c.replace("sparse/sparse.json", "/models/f_hps_dlrm_unfused/sparse/1/0", c.path + "/trap");
        c.replace("sparse/sparse.json", "/models/f_hps_dlrm_unfused/sparse/1/1", "../../../../../../etc/passwd");
        QCOMPARE(c.code(), std::string());
    }

    void aLayerThatIsNotCompleteIsNamed() {
        using namespace dlrm::test;
        const std::string kernel(16 * 32 * 4, 'k');
        for (const auto& [type, code] : {std::pair(1, "E-DENSE-001"), std::pair(3, "E-DENSE-002")}) {
            Copy c("d_dcnv2/checkpoint");
            Entries entries{
                {"", header()},
                {"bottom_mlp_layers/0/kernel/.ATTRIBUTES/VARIABLE_VALUE", entry(type, {16, 32}, 0, kernel)}};
            if (type == 3)
                entries.insert(entries.begin() + 1,
                               {"bottom_mlp_layers/0/bias/.ATTRIBUTES/VARIABLE_VALUE", entry(type, {0}, 0, "")});
            c.write("dense/dense.index", sstable(entries));
            c.write("dense/dense.data-00000-of-00001", kernel);
            QCOMPARE(c.code(), std::string(code));
        }
    }

    void dcnv2IsExplained() {
        EngineOptions options;
        options.backend.create = [] { return makeCpuBackend({1, Precision::Fp32}); };
        const auto engine = Engine::open(kGolden + "d_dcnv2_hetero_dims/checkpoint", options);
        QVERIFY(engine);
        const Batch batch = inputsOf(kGolden + "d_dcnv2_hetero_dims/expected/");
        InputRow row;
        row.numerical.assign(batch.numerical.begin(), batch.numerical.begin() + batch.numericals);
        for (std::int64_t t = 0; t < batch.tables; ++t)
            row.ids.push_back(batch.ids[static_cast<std::size_t>(t * batch.rows)]);
        const auto explained = (*engine)->explain(row);
        QVERIFY2(explained, explained ? "" : explained.error().text().c_str());
        QVERIFY(explained->intermediates.interaction.empty());
        QCOMPARE(explained->intermediates.vectors.size(), std::size_t{52});
        QCOMPARE(explained->intermediates.crossActivations.size(), std::size_t{3});
    }

    // A file of the real size that holds nothing but holes.
    void aTableOfTwoGigabytesOpens() {
        Copy d("d_dlrm_concat_offload/checkpoint");
        constexpr std::int64_t kRows = 32'000'000;
        for (const char* config : {"dense/config.json", "sparse/config.json"})
            d.replace(config, "1000,", fmt::format("{},", kRows));
        const std::string table = d.read("sparse/feature_1.npy");
        std::string head = table.substr(0, 128);
        const auto at = head.find("(1000, 16)");
        QVERIFY(at != std::string::npos);
        const std::string shape = fmt::format("({}, 16)", kRows);
        const std::size_t longer = shape.size() - 10;
        head = head.substr(0, at) + shape + head.substr(at + 10);
        head.erase(head.find('\n') - longer, longer);  // as many of the padding spaces
        QCOMPARE(head.size(), std::size_t{128});
        d.write("sparse/feature_1.npy", head);
        QCOMPARE(truncate((d.path + "/sparse/feature_1.npy").c_str(), 128 + kRows * 64), 0);
        const auto checkpoint = Checkpoint::open(d.path, {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        QCOMPARE((*checkpoint)->tables()[0].rows(), kRows);
    }
};

DLRM_TEST(TestNewerLayouts);

}  // namespace tst_newer_layouts

#include "tst_newer_layouts.moc"
