// SPDX-License-Identifier: Apache-2.0
// Multi-hot rows: TFRecords written by the training code, predicted by the engine, against what TensorFlow computed
// with a combiner; and what takes one id per feature refuses them.
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/compute/cpu/cpu_backend.h"
#include "core/dataset/readers/reading.h"
#include "core/engine/backends.h"
#include "core/engine/engine.h"
#include "tests/support/npy_values.h"
#include "tests/support/test_program.h"

namespace tst_multihot {

using namespace dlrm;
namespace fs = std::filesystem;

namespace {

// float32 sums in another order than TensorFlow's, as for rows of one id.
constexpr double kLogitTolerance = 1e-5;

const std::string kGolden = DLRM_TEST_DATA "/golden/";
const std::string kModels = kGolden + "newer_layouts/";

std::shared_ptr<const Dataset> data(const std::string& name = "multihot_tfrecords") {
    auto dataset = openDataset(kGolden + "datasets/" + name, {});
    if (!dataset) qFatal("%s", dataset.error().text().c_str());
    return *dataset;
}

std::shared_ptr<Engine> model(const std::string& path, std::optional<Combiner> combiner,
                              std::shared_ptr<const Dataset> dataset) {
    EngineOptions options;
    options.dataset = std::move(dataset);
    options.combiner = combiner;
    options.backend = *chooseBackend({"cpu", Precision::Fp32, 2});
    auto engine = Engine::open(path, options);
    if (!engine) qFatal("%s", engine.error().text().c_str());
    return *engine;
}

template <class T>
std::string codeOf(const Result<T>& result) {
    return result ? std::string() : result.error().code;
}

}  // namespace

class TestMultiHot : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void logitsAreTensorflows_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("mean");
        for (const char* name : {"d_dlrm_dot_tensorflow", "d_dcnv2", "d_dcnv2_hetero_dims"})
            for (const bool mean : {false, true}) QTest::addRow("%s %s", name, mean ? "mean" : "sum") << name << mean;
    }
    void logitsAreTensorflows() {
        QFETCH(QString, name);
        QFETCH(bool, mean);
        const auto dataset = data();
        const auto engine =
            model(kModels + name.toStdString() + "/checkpoint", mean ? Combiner::Mean : Combiner::Sum, dataset);
        const auto prediction = engine->predict(*dataset, {0, 255}, {});
        QVERIFY2(prediction, prediction ? "" : prediction.error().text().c_str());
        const auto truth = test::npyValues(QString::fromStdString(kModels) + name +
                                           QStringLiteral("/expected/multihot_%1_logits.npy")
                                               .arg(mean ? QStringLiteral("mean") : QStringLiteral("sum")));
        QCOMPARE(prediction->rows.size(), truth.size());
        double worst = 0;
        for (std::size_t i = 0; i < truth.size(); ++i)
            worst = std::max(worst, std::fabs(prediction->rows[i].logit - truth[i]));
        qInfo("largest difference of %zu logits: %.2g", truth.size(), worst);
        QVERIFY(worst <= kLogitTolerance);
        QCOMPARE(prediction->profile, std::string("unknown, ids combined by ") + (mean ? "mean" : "sum"));
        // A row has the same bits in any batch.
        for (const RowRange range : {RowRange{3, 3}, RowRange{60, 200}}) {
            const auto part = engine->predict(*dataset, range, {});
            QVERIFY(part);
            for (const PredictedRow& row : part->rows)
                QCOMPARE(row.logit, prediction->rows[static_cast<std::size_t>(row.row)].logit);
        }
        const auto evaluation = engine->evaluate(*dataset, {});
        QVERIFY(evaluation);
        QCOMPARE(evaluation->report.rows, std::int64_t{256});
        QCOMPARE(evaluation->report.positives, std::int64_t{101});
        QCOMPARE(evaluation->profile, prediction->profile);
    }

    // Bags of different sizes, against sums in double.
    void everyVectorIsTheCombinationOfItsRows() {
        const auto checkpoint = Checkpoint::open(kModels + "d_dlrm_dot_tensorflow/checkpoint", {});
        QVERIFY(checkpoint);
        Batch batch;
        QVERIFY(data("ragged_tfrecords")->read(0, 64, batch));
        for (const Combiner combiner : {Combiner::Sum, Combiner::Mean}) {
            ModelSpec spec = (*checkpoint)->spec();
            spec.combiner = combiner;
            ModelWeights weights;
            weights.spec = &spec;
            weights.tables = (*checkpoint)->tables();
            for (std::size_t i = 0; i < spec.bottomMlp.size(); ++i)
                weights.bottom.push_back(*(*checkpoint)->bottomLayer(static_cast<int>(i)));
            for (std::size_t i = 0; i < spec.topMlp.size(); ++i)
                weights.top.push_back(*(*checkpoint)->topLayer(static_cast<int>(i)));
            const auto device = (*makeCpuBackend({2, Precision::Fp32}))->load(std::move(weights), {});
            QVERIFY(device);
            std::vector<float> logits(64);
            Intermediates values;
            QVERIFY((*device)->forward(batch.view(), logits, {true, false, false}, &values, {}));
            std::vector<float> row(16);
            for (std::size_t t = 0; t < 5; ++t)
                for (std::int64_t r = 0; r < 64; ++r) {
                    const auto bag = batch.view().bag(t, r);
                    std::vector<double> sum(16);
                    for (const std::int32_t id : bag) {
                        (*checkpoint)->tables()[t].copyRow(id, row);
                        for (std::size_t c = 0; c < 16; ++c) sum[c] += row[c];
                    }
                    for (std::size_t c = 0; c < 16; ++c)
                        QCOMPARE(values.vectors[(static_cast<std::size_t>(r) * 6 + 1 + t) * 16 + c],
                                 static_cast<float>(
                                     combiner == Combiner::Mean ? sum[c] / static_cast<double>(bag.size()) : sum[c]));
                }
            // Without a combiner, or with bags that end too early, nothing is computed.
            Batch shorter = batch;
            shorter.bags[2].starts.pop_back();
            QCOMPARE(codeOf((*device)->forward(shorter.view(), logits, {}, nullptr, {})), std::string("E-CPU-003"));
            spec.combiner.reset();
            QCOMPARE(codeOf((*device)->forward(batch.view(), logits, {}, nullptr, {})), std::string("E-CPU-003"));
        }
    }

    void withoutACombinerNothingIsGuessed() {
        const auto dataset = data();
        const auto engine = model(kModels + "d_dcnv2/checkpoint", std::nullopt, dataset);
        QCOMPARE(codeOf(engine->predict(*dataset, {0, 3}, {})), std::string("E-ENGINE-018"));
        QCOMPARE(codeOf(engine->evaluate(*dataset, {})), std::string("E-ENGINE-018"));
        QCOMPARE(codeOf(engine->unitAtlas(*dataset, {0, 9})), std::string("E-ENGINE-018"));
        // Both programs can follow the advice.
        const std::string remedy = engine->evaluate(*dataset, {}).error().remedy;
        for (const char* words : {"dlrm-explorer", "dlrm-cli", "--combiner sum", "--combiner mean"})
            QVERIFY2(remedy.find(words) != std::string::npos, words);
    }

    // The first version of the training code wrote no data_parallel_input, and its mde embeddings sum.
    void theFirstVersionsTablesSum() {
        QTemporaryDir temporary;
        const std::string path = temporary.path().toStdString() + "/c";
        fs::copy(kModels + "d_dlrm_dot_tensorflow/checkpoint", path, fs::copy_options::recursive);
        QVERIFY(!model(path, std::nullopt, nullptr)->spec().combiner);
        std::ifstream in(path + "/sparse/config.json");
        std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto at = text.find("\"data_parallel_input\"");
        QVERIFY(at != std::string::npos);
        std::ofstream(path + "/sparse/config.json") << text.replace(at, 21, "\"another_setting\"");
        QVERIFY(model(path, std::nullopt, nullptr)->spec().combiner == Combiner::Sum);
        QVERIFY(model(path, Combiner::Mean, nullptr)->spec().combiner == Combiner::Mean);
    }

    void whatTakesOneIdRefusesBags() {
        const auto dataset = data();
        const auto engine = model(kModels + "d_dcnv2/checkpoint", Combiner::Sum, dataset);
        const std::string refused = "E-ENGINE-017";
        QCOMPARE(codeOf(engine->predict(*dataset, {0, 3}, {.inputs = true})), refused);
        QCOMPARE(codeOf(engine->doctor(dataset.get(), {})), refused);
        QCOMPARE(codeOf(engine->parity({}, {}, dataset.get())), refused);
        QCOMPARE(codeOf(engine->untrainedTraffic(*dataset)), refused);
        const std::string remedy = engine->predict(*dataset, {0, 0}, {.inputs = true}).error().remedy;
        for (const char* words : {"Evaluate page", "dlrm-cli evaluate", "dlrm-cli predict"})
            QVERIFY2(remedy.find(words) != std::string::npos, words);
    }

    void everyIdOfABagIsAHit() {
        const auto dataset = data();
        const auto traffic = model(kModels + "d_dcnv2/checkpoint", std::nullopt, dataset)->traffic(*dataset);
        QVERIFY(traffic);
        const std::int64_t hotness[] = {3, 1, 4, 2, 1};
        for (std::size_t t = 0; t < 5; ++t) QCOMPARE((*traffic)->tables[t].lookups, 256 * hotness[t]);
    }

    void anIdOutsideItsTableNamesItsRow() {
        const auto shifted = readAs(data(), {NumericalReading::AlreadyLogged, 1});
        const auto result =
            model(kModels + "d_dcnv2/checkpoint", Combiner::Sum, shifted)->predict(*shifted, {0, 255}, {});
        QCOMPARE(codeOf(result), std::string("E-ENGINE-004"));
        Batch batch;
        QVERIFY(shifted->read(0, 256, batch));
        const auto& names = shifted->schema().categoricalNames;
        const auto table =
            static_cast<std::size_t>(std::find(names.begin(), names.end(), result.error().field) - names.begin());
        const auto bag = batch.view().bag(table, result.error().row);
        QVERIFY(std::find(bag.begin(), bag.end(), static_cast<std::int32_t>(shifted->schema().cardinalities[table])) !=
                bag.end());
    }
};

DLRM_TEST(TestMultiHot);

}  // namespace tst_multihot

#include "tst_multihot.moc"
