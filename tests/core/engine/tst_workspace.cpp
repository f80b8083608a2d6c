// SPDX-License-Identifier: Apache-2.0
// Opening a model and a dataset: every option has its effect, and what does not fit is said.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

#include "core/dataset/dictionary/dictionary.h"
#include "core/engine/open_options.h"
#include "core/engine/workspace.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/support/test_program.h"
#include "tests/support/tied_dataset.h"

namespace tst_workspace {

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

const std::string kGolden = DLRM_TEST_DATA "/golden/";
const std::string kDemo = DLRM_SOURCE_DIR "/resources/demo/";

using Options = std::vector<std::pair<const char*, std::string>>;

OpenRequest request(const std::string& checkpoint, const Options& options = {}) {
    OpenRequest out;
    out.checkpoint = checkpoint;
    out.model.backend.name = "cpu";
    for (const auto& [name, value] : options)
        if (auto applied = applyOption(out, name, value); !applied) qFatal("%s", applied.error().text().c_str());
    return out;
}

Workspace opened(const std::string& checkpoint, const Options& options = {}) {
    auto out = openWorkspace(request(checkpoint, options));
    if (!out) qFatal("%s", out.error().text().c_str());
    return *std::move(out);
}

std::string codeOf(const std::string& checkpoint, const Options& options) {
    const auto out = openWorkspace(request(checkpoint, options));
    return out ? std::string() : out.error().code;
}

std::string golden(const char* name) { return kGolden + "checkpoints/" + name + "/checkpoint"; }

const std::string kTiny = kGolden + "datasets/tiny";
const std::pair<const char*, std::string> kTinyRows{"data", kTiny};

float firstNumber(const Dataset& dataset, std::int64_t row) {
    Batch batch;
    if (auto read = dataset.read(row, 1, batch); !read) qFatal("%s", read.error().text().c_str());
    return batch.numerical[0];
}

std::int32_t firstId(const Dataset& dataset, std::int64_t row) {
    Batch batch;
    if (auto read = dataset.read(row, 1, batch); !read) qFatal("%s", read.error().text().c_str());
    return batch.ids[0];
}

}  // namespace

class TestWorkspace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aModelAloneHasNoDataset() {
        const Workspace w = opened(golden("c_custom_cuda"));
        QVERIFY(w.engine && !w.dataset && !w.stored && !w.dictionary);
        QVERIFY(w.reading == Reading());
        QCOMPARE(w.engine->info().backend.name, std::string("cpu"));
    }

    void aDatasetAloneHasNoModel() {
        const Workspace w = opened({}, {kTinyRows});
        QVERIFY(!w.engine && w.dataset);
        QCOMPARE(w.dataset, w.stored);
        QCOMPARE(w.dataset->rows(), std::int64_t{1000});
        QCOMPARE(w.dataset->split(), std::string("test"));
    }

    void bothFitAndPredict() {
        const Workspace w = opened(golden("c_custom_cuda"), {kTinyRows});
        QVERIFY(w.engine && w.dataset);
        QCOMPARE(w.engine->spec().numericalFeatures, std::int64_t{13});  // the dataset says it
        QVERIFY(w.engine->predict(*w.dataset, {0, 9}, {}));
    }

    void whatDoesNotFitIsTheDataset() {
        const auto refused = openWorkspace(request(golden("c_custom_cuda"), {{"data", kDemo + "dataset"}}));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-ENGINE-011"));
        QVERIFY2(refused.error().file.find("/demo/dataset") != std::string::npos, refused.error().file.c_str());
    }

    void theSplitIsChosen() {
        const Workspace w = opened({}, {kTinyRows, {"split", "train"}});
        QCOMPARE(w.dataset->split(), std::string("train"));
    }

    void rawRowsFollowTheirDictionaryOrTheChoiceWithoutOne() {
        const std::pair<const char*, std::string> rows{"data", kDemo + "raw_rows.tsv"};
        QCOMPARE(codeOf(kDemo + "checkpoint", {rows}), std::string("E-DICT-001"));
        const Workspace known = opened(kDemo + "checkpoint", {rows, {"dictionary", kDemo + "dictionary"}});
        QVERIFY(known.dictionary && known.dictionary == known.dataset->dictionary());
        const Workspace missing = opened(kDemo + "checkpoint", {rows, {"missing-dictionary", "row0"}});
        QVERIFY(!missing.dictionary);
        const Workspace hashed = opened(kDemo + "checkpoint", {rows, {"missing-dictionary", "hash"}});
        bool differs = false;
        for (int row = 0; row < 20; ++row) {
            QCOMPARE(firstId(*missing.dataset, row), 0);
            differs = differs || firstId(*hashed.dataset, row) != 0;
        }
        QVERIFY(differs);
        QCOMPARE(codeOf({}, {rows, {"missing-dictionary", "hash"}}), std::string("E-DICT-016"));  // of which table?
    }

    void oddNumbersCountAsMissingOnlyOnRequest() {
        const QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("odd.tsv"));
        QFile rows(path);
        QVERIFY(rows.open(QIODevice::WriteOnly));
        rows.write("0\t47.0" + QByteArray(38, '\t') + "\n");
        rows.close();
        const Options strict{{"data", path.toStdString()}, {"missing-dictionary", "row0"}};
        const auto read = [](const Workspace& w) {
            Batch batch;
            return w.dataset->read(0, 1, batch);
        };
        auto refused = openWorkspace(request({}, strict));
        const std::string code = !refused         ? refused.error().code
                                 : read(*refused) ? std::string()
                                                  : read(*refused).error().code;
        QCOMPARE(code, std::string("E-TSV-011"));
        Options lenient = strict;
        lenient.emplace_back("lenient", "");
        const Workspace w = opened({}, lenient);
        QVERIFY(read(w));
        QCOMPARE(firstNumber(*w.dataset, 0), 0.0F);
    }

    void theProfileIsChosen() {
        const QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("zeros.bin"));
        QFile records(path);
        QVERIFY(records.open(QIODevice::WriteOnly) && records.write(QByteArray(160 * 5, '\0')) > 0);
        records.close();
        const std::pair<const char*, std::string> data{"data", path.toStdString()};
        QCOMPARE(codeOf({}, {data}), std::string("E-RECORD-002"));
        QCOMPARE(opened({}, {data, {"profile", "facebookresearch"}}).dataset->profile(),
                 std::string("facebookresearch"));
        QCOMPARE(opened({}, {data, {"profile", "nvidia_spark"}}).dataset->profile(), std::string("nvidia_spark"));
    }

    void aReadingIsInForceAndTheDatasetAsStoredStandsBeside() {
        const Workspace own = opened({}, {kTinyRows});
        const Workspace w = opened({}, {kTinyRows, {"numerical", "raw"}, {"id-shift", "1"}});
        QVERIFY(w.dataset != w.stored);
        QVERIFY((w.reading == Reading{NumericalReading::Raw, 1}));
        QCOMPARE(firstId(*w.dataset, 3), firstId(*own.dataset, 3) + 1);
        QCOMPARE(firstId(*w.stored, 3), firstId(*own.dataset, 3));
        bool differs = false;
        for (int row = 0; row < 20; ++row) {
            QCOMPARE(firstNumber(*w.stored, row), firstNumber(*own.dataset, row));
            differs = differs || firstNumber(*w.dataset, row) != firstNumber(*own.dataset, row);
        }
        QVERIFY(differs);
        const Options raw{
            {"data", kDemo + "raw_rows.tsv"}, {"missing-dictionary", "row0"}, {"numerical", "already_logged"}};
        QCOMPARE(codeOf({}, raw), std::string("E-DATA-017"));
    }

    void linksOutOfTheDirectoryAreFollowedOnRequest() {
        const QTemporaryDir directory;
        const fs::path links = directory.filePath(QStringLiteral("links")).toStdString();
        fs::create_directory(links);
        for (const auto& entry : fs::directory_iterator(golden("c_custom_cuda")))
            fs::create_symlink(entry.path(), links / entry.path().filename());
        QVERIFY(!codeOf(links.string(), {}).empty());
        QCOMPARE(codeOf(links.string(), {{"follow-links", ""}}), std::string());
    }

    void theTableOrderSettlesLayoutA() {
        QVERIFY(!opened(golden("a_tensorflow")).engine->spec().tableOrderKnown);
        const Workspace w = opened(golden("a_tensorflow"), {{"table-order", "0,2,4,1,3"}});
        QVERIFY(w.engine->spec().tableOrderKnown);
        QCOMPARE(w.engine->spec().tables[1].rows, std::int64_t{7});
        QCOMPARE(codeOf(golden("a_tensorflow"), {{"table-order", "0,2,4,1,1"}}), std::string("E-CKPT-022"));
        QCOMPARE(codeOf(golden("c_custom_cuda"), {{"table-order", "0,1,2,3,4"}}), std::string("E-CKPT-022"));
    }

    // Two features of 7 values, in an order that the training code never writes.
    void tiedCardinalitiesNeedTheTableOrder() {
        const QTemporaryDir directory;
        const TestModel model;
        writeLayoutA(directory.filePath(QStringLiteral("ckpt")).toStdString(), model, {{1, 2, 3, 0}});
        const QString rows = directory.filePath(QStringLiteral("data"));
        writeZeros(rows, model.cardinalities);
        const std::string path = directory.path().toStdString();
        const Options data{{"data", rows.toStdString()}};
        QCOMPARE(codeOf(path, data), std::string("E-CKPT-021"));
        Options ordered = data;
        ordered.emplace_back("table-order", "1,2,3,0");
        const Workspace w = opened(path, ordered);
        QCOMPARE(w.engine->spec().tables[2].rows, std::int64_t{300});
    }

    void cardinalitiesDivideTablesThatWereSavedAsOne() {
        const std::string fused = kGolden + "newer_layouts/e_mono_dlrm_fused";
        QCOMPARE(codeOf(fused, {}), std::string("E-FUSED-001"));
        const Workspace w = opened(fused, {{"cardinalities", "1000,7,300,3,50"}});
        QCOMPARE(w.engine->spec().tables.size(), std::size_t{5});
        QCOMPARE(w.engine->spec().tables[2].rows, std::int64_t{300});
        // The dataset says them as well.
        QCOMPARE(opened(fused, {kTinyRows}).engine->spec().tables.size(), std::size_t{5});
    }

    void theNumberOfNumericalsIsSaidAndHeld() {
        QCOMPARE(opened(golden("c_custom_cuda")).engine->spec().numericalFeatures, std::int64_t{0});
        QCOMPARE(opened(golden("c_custom_cuda"), {{"numericals", "13"}}).engine->spec().numericalFeatures,
                 std::int64_t{13});
        QCOMPARE(codeOf(golden("c_custom_cuda"), {{"numericals", "12"}, kTinyRows}), std::string("E-ENGINE-012"));
        const std::string told = kGolden + "newer_layouts/d_dcnv2/checkpoint";
        const Workspace w = opened(told);
        QVERIFY(w.engine->spec().numericalFeatures > 0);
        QCOMPARE(codeOf(told, {{"numericals", std::to_string(w.engine->spec().numericalFeatures - 1)}}),
                 std::string("E-CLI-012"));
    }

    void interactionAndItsTablesAreChosen() {
        QCOMPARE(opened(golden("c_custom_cuda")).engine->spec().orderSource, OrderSource::Default);
        const Workspace w =
            opened(golden("c_custom_cuda"), {{"interaction", "tensorflow"}, {"interaction-tables", "by_cardinality"}});
        QCOMPARE(w.engine->spec().interactionOrder, InteractionOrder::Tensorflow);
        QCOMPARE(w.engine->spec().orderSource, OrderSource::User);
        QCOMPARE(w.engine->spec().interactionTableOrder, (std::vector<int>{0, 2, 4, 1, 3}));
        OpenRequest detected = request(golden("c_custom_cuda"), {{"interaction", "tensorflow"}});
        detected.model.orderDetected = true;
        QCOMPARE(openWorkspace(detected)->engine->spec().orderSource, OrderSource::Detected);
    }

    void theCombinerIsChosen() {
        const Options rows{{"data", kGolden + "datasets/multihot_tfrecords"}};
        const std::string model = kGolden + "newer_layouts/d_dcnv2/checkpoint";
        const Workspace without = opened(model, rows);
        const auto refused = without.engine->predict(*without.dataset, {0, 3}, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-ENGINE-018"));
        Options with = rows;
        with.emplace_back("combiner", "mean");
        const Workspace w = opened(model, with);
        QVERIFY(w.engine->spec().combiner == Combiner::Mean);
        QVERIFY(w.engine->predict(*w.dataset, {0, 3}, {}));
    }

    void theBackendIsChosenWithItsArithmetic() {
        const Workspace w = opened(golden("c_custom_cuda"), {{"precision", "bf16"}, {"threads", "4096"}});
        QCOMPARE(w.engine->info().backend.precision, Precision::Bf16);
        QCOMPARE(codeOf(golden("c_custom_cuda"), {{"precision", "fp16"}}), std::string("E-CPU-001"));
        OpenRequest unknown = request(golden("c_custom_cuda"));
        unknown.model.backend.name = "tpu";
        const auto refused = openWorkspace(unknown);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-BACKEND-002"));
    }

    void whatIsOpenIsNotOpenedAgain() {
        const OpenRequest both = request(golden("c_custom_cuda"), {kTinyRows, {"id-shift", "1"}});
        const Workspace first = opened({}, {kTinyRows});
        const auto again = openWorkspace(both, {nullptr, first.stored, nullptr});
        QVERIFY(again);
        QCOMPARE(again->stored, first.stored);
        QCOMPARE(again->reading.idShift, 1);
        QVERIFY(again->engine->predict(*first.stored, {0, 3}, {}));
    }

    void aStopEndsIt() {
        std::stop_source stop;
        stop.request_stop();
        const auto ended = openWorkspace(request(golden("c_custom_cuda"), {kTinyRows}), {}, {.stop = stop.get_token()});
        QVERIFY(!ended && ended.error().isCancelled());
    }
};

DLRM_TEST(TestWorkspace);

}  // namespace tst_workspace

#include "tst_workspace.moc"
