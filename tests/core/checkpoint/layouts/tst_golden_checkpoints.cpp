// SPDX-License-Identifier: Apache-2.0
// Every tensor of the checkpoints that the original training code saved, by SHA-256, and what their manifests say of
// the model.
#include <fstream>

#include <QCryptographicHash>
#include <QDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include "core/base/float_conversions.h"
#include "core/checkpoint/checkpoint.h"
#include "core/formats/npy.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_golden_checkpoints {

using namespace dlrm;
using nlohmann::json;

namespace {

json manifestOf(const QString& checkpoint) {
    std::ifstream in((checkpoint + "/expected/manifest.json").toStdString());
    return json::parse(in);
}

CheckpointOptions optionsOf(const json& manifest) {
    CheckpointOptions options;
    options.cardinalities = manifest["cardinalities_in_feature_order"].get<std::vector<std::int64_t>>();
    options.numericalFeatures = manifest["numerical_features"].get<std::int64_t>();
    options.interactionOrder =
        manifest["interaction"] == "tensorflow" ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    return options;
}

// The values in the type they are stored in.
void addValues(QCryptographicHash& hash, const std::vector<float>& values, DType dtype) {
    std::vector<std::uint16_t> halves;
    if (dtype == DType::Float16)
        for (const float v : values) halves.push_back(floatToHalf(v));
    const auto bytes = dtype == DType::Float16 ? std::as_bytes(std::span(halves)) : std::as_bytes(std::span(values));
    hash.addData(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
}

std::vector<std::vector<std::int64_t>> shapesOf(const std::vector<LayerSpec>& layers) {
    std::vector<std::vector<std::int64_t>> shapes;
    for (const LayerSpec& l : layers) shapes.push_back({l.inputs, l.outputs});
    return shapes;
}

}  // namespace

class TestGoldenCheckpoints : public QObject {
    Q_OBJECT

    // Those in the repository, and the larger ones where they are at hand.
    static void addCheckpoints() {
        QTest::addColumn<QString>("path");
        for (const char* root : {DLRM_TEST_DATA "/golden/checkpoints", DLRM_SOURCE_DIR "/../shared/golden/checkpoints"})
            for (const QString& name : QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QTest::newRow(qPrintable((root[0] && QString(root).contains("shared") ? "outside: " : "") + name))
                    << QString(root) + "/" + name;
    }

private Q_SLOTS:
    void theRepositoryHasEveryLayout() {
        QCOMPARE(QDir(DLRM_TEST_DATA "/golden/checkpoints").entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 8);
        DLRM_NEEDS_OUTSIDE(QStringLiteral(DLRM_SOURCE_DIR "/../shared/golden/checkpoints"));
    }

    void everyTensorIsReadRight_data() { addCheckpoints(); }
    void everyTensorIsReadRight() {
        QFETCH(QString, path);
        const json manifest = manifestOf(path);
        const auto checkpoint = Checkpoint::open((path + "/checkpoint").toStdString(), optionsOf(manifest));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        QCOMPARE(spec.layout, manifest["layout"].get<std::string>());
        QCOMPARE(spec.embeddingDim, manifest["embedding_dim"].get<std::int64_t>());
        QCOMPARE(spec.interactionTableOrder, manifest["interaction_table_order"].get<std::vector<int>>());
        QCOMPARE(shapesOf(spec.bottomMlp), manifest["bottom_mlp"].get<std::vector<std::vector<std::int64_t>>>());
        QCOMPARE(shapesOf(spec.topMlp), manifest["top_mlp"].get<std::vector<std::vector<std::int64_t>>>());
        QCOMPARE(spec.bottomMlp[0].paddingInputs, spec.bottomMlp[0].inputs - spec.numericalFeatures);
        QCOMPARE(spec.topMlp[0].paddingInputs, spec.topMlp[0].inputs - spec.interactionWidth());
        QVERIFY(spec.tableOrderKnown);
        QVERIFY(!spec.topMlp.back().relu && spec.topMlp[0].relu && spec.bottomMlp.back().relu);

        const auto tables = manifest["tables_sha256"].get<std::vector<std::string>>();
        QCOMPARE(spec.tables.size(), tables.size());
        for (std::size_t t = 0; t < tables.size(); ++t) {
            const TableView& table = (*checkpoint)->table(static_cast<TableId>(t));
            QCOMPARE(table.rows(), manifest["cardinalities_in_feature_order"][t].get<std::int64_t>());
            QCryptographicHash hash(QCryptographicHash::Sha256);
            std::vector<float> row(static_cast<std::size_t>(table.dim()));
            for (std::int64_t r = 0; r < table.rows(); ++r) {
                table.copyRow(r, row);
                addValues(hash, row, table.dtype());
            }
            QCOMPARE(hash.result().toHex(), QByteArray::fromStdString(tables[t]));
        }

        // Every file once, with the manifest's shape and type; layers through bottomLayer() and topLayer(), table parts
        // from the mapping.
        std::map<std::string, const CheckpointFile*> files;
        for (const CheckpointFile& f : (*checkpoint)->files()) files[f.name] = &f;
        QCOMPARE(files.size(), manifest["files"].size());
        for (const json& f : manifest["files"]) {
            const auto it = files.find(f["file"].get<std::string>());
            QVERIFY2(it != files.end(), f["file"].get<std::string>().c_str());
            QCOMPARE(it->second->shape, shapeText(f["shape"].get<std::vector<std::int64_t>>()));
            QCOMPARE(it->second->dtype, f["dtype"].get<std::string>());
            QCryptographicHash hash(QCryptographicHash::Sha256);
            const QString tensor = QString::fromStdString(it->second->tensor);
            if (tensor.startsWith("table")) {
                const auto file = *RandomAccessFile::open((path + "/checkpoint/").toStdString() + it->first);
                const auto header = *readNpyHeader(*file);
                const auto mapped =
                    (*file->map(Access::Sequential)).subspan(static_cast<std::size_t>(header.dataOffset));
                hash.addData(QByteArrayView(mapped.data(), static_cast<qsizetype>(mapped.size())));
            } else {
                const bool top = tensor.startsWith("top");
                const int index = tensor.section('/', 1).section(' ', 0, 0).toInt();
                const auto layer = top ? (*checkpoint)->topLayer(index) : (*checkpoint)->bottomLayer(index);
                QVERIFY(layer);
                const DType dtype = (top ? spec.topMlp : spec.bottomMlp)[static_cast<std::size_t>(index)].dtype;
                addValues(hash, tensor.endsWith("kernel") ? layer->kernel : layer->bias, dtype);
            }
            QCOMPARE(hash.result().toHex(), QByteArray::fromStdString(f["sha256"]));
        }
        QVERIFY((*checkpoint)->checkUnchanged());
        QVERIFY((*checkpoint)->ignoredFiles().empty());
    }

    void openedWithoutADataset_data() { addCheckpoints(); }
    void openedWithoutADataset() {
        QFETCH(QString, path);
        const json manifest = manifestOf(path);
        const auto checkpoint = Checkpoint::open((path + "/checkpoint").toStdString(), {});
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        const ModelSpec& spec = (*checkpoint)->spec();
        QCOMPARE(spec.tableOrderKnown, spec.layout != "A");
        QCOMPARE(spec.orderSource, OrderSource::Default);
        QCOMPARE(spec.numericalFeatures, std::int64_t{0});
        QCOMPARE(spec.bottomMlp[0].paddingInputs, std::int64_t{0});
        if (spec.layout != "A")
            QCOMPARE(spec.interactionTableOrder, manifest["interaction_table_order"].get<std::vector<int>>());
    }

    void layoutAOpensByItsPrefix() {
        const QString path = DLRM_TEST_DATA "/golden/checkpoints/a_split_embedding";
        const auto checkpoint =
            Checkpoint::open((path + "/checkpoint/ckpt").toStdString(), optionsOf(manifestOf(path)));
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        QVERIFY(QString::fromStdString((*checkpoint)->spec().tableOrderNote).contains("descending cardinality"));
    }

    // Nothing to compare with but survival: the hint must accept any row of any layout.
    void rowsCanBePrefetchedInEveryLayout_data() { addCheckpoints(); }
    void rowsCanBePrefetchedInEveryLayout() {
        QFETCH(QString, path);
        const auto checkpoint = Checkpoint::open((path + "/checkpoint").toStdString(), {});
        QVERIFY(checkpoint);
        for (std::size_t t = 0; t < (*checkpoint)->tables().size(); ++t) {
            const RowId rows[] = {RowId{0}, RowId{(*checkpoint)->tables()[t].rows() - 1}};
            (*checkpoint)->prefetchRows(static_cast<TableId>(t), rows);
        }
        QVERIFY((*checkpoint)->checkUnchanged());
    }
};

DLRM_TEST(TestGoldenCheckpoints);

}  // namespace tst_golden_checkpoints

#include "tst_golden_checkpoints.moc"
