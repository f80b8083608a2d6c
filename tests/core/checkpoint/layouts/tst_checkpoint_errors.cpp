// SPDX-License-Identifier: Apache-2.0
// Every way a checkpoint can be wrong has its own code, its file and a remedy.
#include <unistd.h>

#include <functional>
#include <limits>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/checkpoint_format.h"
#include "tests/core/checkpoint/checkpoint_maker.h"
#include "tests/support/test_program.h"

namespace tst_checkpoint_errors {

using namespace dlrm;

namespace {

struct Damage {
    QString directory;
    TestModel model;
    CheckpointOptions options;

    std::string path(const char* name) const { return (directory + "/" + name).toStdString(); }
    void remove(const char* name) const { QVERIFY2(QFile::remove(directory + "/" + name), name); }
    void rename(const char* from, const char* to) const {
        QVERIFY2(QFile::rename(directory + "/" + from, directory + "/" + to), from);
    }
    void array(const char* name, std::vector<std::int64_t> shape, NpyType type = {}) const {
        writeArray(path(name), std::move(shape), type);
    }
    void text(const char* name, const char* content) const {
        QFile file(directory + "/" + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
};

using Step = std::function<void(Damage&)>;

}  // namespace
class TestCheckpointErrors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void undamagedCheckpointsOpen() {
        for (const char layout : {'B', 'C'}) {
            QTemporaryDir dir;
            const TestModel model;
            (layout == 'B' ? writeLayoutB : writeLayoutC)(dir.path().toStdString(), model);
            CheckpointOptions options;
            options.cardinalities = model.cardinalities;
            options.featureNames = {"a", "b", "c", "d"};
            options.numericalFeatures = 10;
            const auto checkpoint = Checkpoint::open(dir.path().toStdString(), options);
            QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
            const ModelSpec& spec = (*checkpoint)->spec();
            QCOMPARE(spec.layout, std::string(1, layout));
            QCOMPARE(spec.bottomMlp[0].paddingInputs, std::int64_t{6});
            QCOMPARE(spec.tables[2].name, std::string("c"));
            QCOMPARE(spec.tables[2].parts, layout == 'B' ? 5 : 1);
            // Equal cardinalities (features 1 and 3) keep feature order.
            QCOMPARE(spec.interactionTableOrder,
                     layout == 'B' ? (std::vector<int>{2, 0, 1, 3}) : (std::vector<int>{0, 1, 2, 3}));
            float row[4];
            (*checkpoint)->table(TableId{2}).copyRow(299, row);
            QCOMPARE(row[3], tableValue(2, 299, 3));
        }
    }

    void partsAreSortedByNumber() {
        QTemporaryDir dir;
        TestModel model;
        model.rowsPerPart = 20;  // 15 parts: part10 comes after part9
        writeLayoutB(dir.path().toStdString(), model);
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY2(checkpoint.has_value(), checkpoint ? "" : checkpoint.error().text().c_str());
        const TableView& table = (*checkpoint)->table(TableId{2});
        for (std::int64_t r = 0; r < table.rows(); ++r) QCOMPARE(table.floatRow(r)[1], tableValue(2, r, 1));
    }

    void otherFilesAreIgnoredButNoted() {
        QTemporaryDir dir;
        Damage d{dir.path(), {}, {}};
        writeLayoutC(dir.path().toStdString(), d.model);
        d.text("README.txt", "hello");
        d.text("feature_00_part0.npy", "not a name the training code writes");
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(checkpoint);
        QCOMPARE((*checkpoint)->ignoredFiles(), (std::vector<std::string>{"README.txt", "feature_00_part0.npy"}));
    }

    void damagedCheckpointsAreRefused_data() {
        QTest::addColumn<QString>("layout");
        QTest::addColumn<Step>("damage");
        QTest::addColumn<QString>("code");
        const auto bad = [](const char* name, const char* layout, const char* code, Step step) {
            QTest::newRow(name) << layout << step << code;
        };
        bad("path not there", "C", "E-CKPT-001", [](Damage& d) { d.directory += "/none"; });
        bad("directory of a prefix not there", "C", "E-CKPT-001", [](Damage& d) { d.directory += "/none/ckpt"; });
        bad("empty path", "C", "E-CKPT-001", [](Damage& d) { d.directory = ""; });
        bad("path too long", "C", "E-CKPT-002", [](Damage& d) { d.directory += "/" + QString(300, 'x'); });
        bad("path is a file", "C", "E-CKPT-003", [](Damage& d) {
            d.text("notes.txt", "x");
            d.directory += "/notes.txt";
        });
        bad("empty directory", "-", "E-CKPT-004", [](Damage&) {});
        bad("nothing known", "-", "E-CKPT-005", [](Damage& d) { d.text("notes.txt", "x"); });
        bad("B and C mixed", "C", "E-CKPT-006", [](Damage& d) { d.array("feature_0_50_part0.npy", {50, 4}); });
        bad("A and C mixed", "C", "E-CKPT-006",
            [](Damage& d) { d.array("ckpt_rank_0_top_model_dense_bias_0_0.npy", {1}); });
        bad("C: table missing", "C", "E-CKPT-010", [](Damage& d) { d.remove("feature_1_part0.npy"); });
        bad("C: first table missing", "C", "E-CKPT-010", [](Damage& d) { d.remove("feature_0_part0.npy"); });
        bad("C: table renamed", "C", "E-CKPT-010", [](Damage& d) { d.rename("feature_1_part0.npy", "feature_1.npy"); });
        bad("C: MLP only", "C", "E-CKPT-010", [](Damage& d) {
            for (int i = 0; i < 4; ++i) d.remove(qPrintable(QString("feature_%1_part0.npy").arg(i)));
        });
        bad("C: last table missing", "C", "E-CKPT-029", [](Damage& d) {
            d.remove("feature_3_part0.npy");
            d.options.cardinalities = d.model.cardinalities;
        });
        bad("B: table missing", "B", "E-CKPT-010", [](Damage& d) { d.remove("feature_1_7_part0.npy"); });
        bad("B: part missing", "B", "E-CKPT-011", [](Damage& d) { d.remove("feature_2_300_part1.npy"); });
        bad("B: first part missing", "B", "E-CKPT-011", [](Damage& d) { d.remove("feature_2_300_part0.npy"); });
        bad("B: last part missing", "B", "E-CKPT-014", [](Damage& d) { d.remove("feature_2_300_part4.npy"); });
        bad("B: more rows than the name", "B", "E-CKPT-014",
            [](Damage& d) { d.rename("feature_1_7_part0.npy", "feature_1_6_part0.npy"); });
        bad("B: table twice", "B", "E-CKPT-031", [](Damage& d) { d.array("feature_1_8_part0.npy", {8, 4}); });
        bad("C: second part", "C", "E-CKPT-032", [](Damage& d) { d.array("feature_1_part1.npy", {8, 4}); });
        bad("layer missing", "C", "E-CKPT-012", [](Damage& d) {
            d.remove("top_mlp_layer_0_kernel_part0.npy");
            d.remove("top_mlp_layer_0_bias_part0.npy");
        });
        bad("kernel missing", "C", "E-CKPT-012", [](Damage& d) { d.remove("bottom_mlp_layer_1_kernel_part0.npy"); });
        bad("bias missing", "C", "E-CKPT-012", [](Damage& d) { d.remove("bottom_mlp_layer_1_bias_part0.npy"); });
        bad("no top MLP", "C", "E-CKPT-012", [](Damage& d) {
            for (const char* f : {"top_mlp_layer_0_kernel_part0.npy", "top_mlp_layer_0_bias_part0.npy",
                                  "top_mlp_layer_1_kernel_part0.npy", "top_mlp_layer_1_bias_part0.npy"})
                d.remove(f);
        });
        bad("parts of other columns", "B", "E-CKPT-013", [](Damage& d) {
            d.array("feature_2_300_part1.npy", {64, 5});
        });
        bad("short part in the middle", "B", "E-CKPT-013", [](Damage& d) {
            d.array("feature_2_300_part1.npy", {63, 4});
        });
        bad("last part longer", "B", "E-CKPT-013", [](Damage& d) { d.array("feature_2_300_part4.npy", {65, 4}); });
        bad("table with one dimension", "C", "E-CKPT-015", [](Damage& d) { d.array("feature_1_part0.npy", {28}); });
        bad("table without rows", "C", "E-CKPT-035", [](Damage& d) { d.array("feature_1_part0.npy", {0, 4}); });
        bad("layer without inputs", "C", "E-CKPT-035", [](Damage& d) {
            d.array("bottom_mlp_layer_0_kernel_part0.npy", {0, 8});
        });
        bad("layer without outputs", "C", "E-CKPT-015", [](Damage& d) {
            d.array("bottom_mlp_layer_0_kernel_part0.npy", {16, 0});
        });
        bad("HugeCTR's dump", "-", "E-CKPT-036", [](Damage& d) {
            d.text("dlrm_dense_2000.model", "x");
            QVERIFY(QDir(d.directory).mkdir("dlrm0_sparse_2000.model"));
        });
        bad("one table of HugeCTR", "-", "E-CKPT-036", [](Damage& d) {
            d.text("key", "x");
            d.text("emb_vector", "x");
        });
        bad("circle of links", "-", "E-CKPT-002", [](Damage& d) {
            QCOMPARE(::symlink("circle", d.path("circle").c_str()), 0);
            d.directory += "/circle";
        });
        bad("kernel with three dimensions", "C", "E-CKPT-015", [](Damage& d) {
            d.array("top_mlp_layer_0_kernel_part0.npy", {16, 8, 1});
        });
        bad("bias with two dimensions", "C", "E-CKPT-015", [](Damage& d) {
            d.array("top_mlp_layer_0_bias_part0.npy", {1, 8});
        });
        bad("layers do not chain", "C", "E-CKPT-016", [](Damage& d) {
            d.array("top_mlp_layer_1_kernel_part0.npy", {9, 1});
        });
        bad("kernel transposed", "C", "E-CKPT-017", [](Damage& d) {
            d.array("bottom_mlp_layer_0_kernel_part0.npy", {8, 16});
        });
        bad("bias too long", "C", "E-CKPT-017", [](Damage& d) { d.array("top_mlp_layer_0_bias_part0.npy", {9}); });
        bad("table of another width", "C", "E-CKPT-018", [](Damage& d) { d.array("feature_3_part0.npy", {7, 5}); });
        bad("last bottom layer missing", "C", "E-CKPT-018", [](Damage& d) {
            d.remove("bottom_mlp_layer_1_kernel_part0.npy");
            d.remove("bottom_mlp_layer_1_bias_part0.npy");
        });
        bad("16 columns of padding", "C", "E-CKPT-019", [](Damage& d) {
            d.array("top_mlp_layer_0_kernel_part0.npy", {30, 8});
        });
        bad("top MLP too narrow", "C", "E-CKPT-019", [](Damage& d) {
            d.array("top_mlp_layer_0_kernel_part0.npy", {13, 8});
        });
        bad("other cardinality", "C", "E-CKPT-020", [](Damage& d) { d.options.cardinalities = {50, 7, 301, 7}; });
        bad("B: other cardinality", "B", "E-CKPT-020", [](Damage& d) { d.options.cardinalities = {50, 8, 300, 7}; });
        bad("table order where files say it", "C", "E-CKPT-022", [](Damage& d) {
            d.options.tableOrder = {0, 1, 2, 3};
        });
        bad("B: table order where files say it", "B", "E-CKPT-022", [](Damage& d) {
            d.options.tableOrder = {0, 1, 2, 3};
        });
        bad("more numericals than inputs", "C", "E-CKPT-023", [](Damage& d) { d.options.numericalFeatures = 17; });
        bad("16 columns of padded numericals", "C", "E-CKPT-023", [](Damage& d) {
            d.array("bottom_mlp_layer_0_kernel_part0.npy", {17, 8});
            d.options.numericalFeatures = 1;
        });
        bad("last top layer missing", "C", "E-CKPT-024", [](Damage& d) {
            d.remove("top_mlp_layer_1_kernel_part0.npy");
            d.remove("top_mlp_layer_1_bias_part0.npy");
        });
        bad("integers", "C", "E-CKPT-025", [](Damage& d) {
            d.array("feature_1_part0.npy", {7, 4}, {NpyKind::Int, 4, false});
        });
        bad("parts of two types", "B", "E-CKPT-026", [](Damage& d) {
            d.array("feature_2_300_part1.npy", {64, 4}, {NpyKind::Float, 2, false});
        });
        bad("kernel and bias of two types", "C", "E-CKPT-026", [](Damage& d) {
            d.array("top_mlp_layer_0_bias_part0.npy", {8}, {NpyKind::Float, 2, false});
        });
        bad("table beyond 2^31 rows", "C", "E-CKPT-027", [](Damage& d) {
            const std::int64_t shape[] = {std::int64_t{1} << 31, 4};
            QFile file(d.directory + "/feature_1_part0.npy");
            QVERIFY(file.open(QIODevice::WriteOnly));
            const std::string head = npyHeader({}, shape);
            file.write(head.data(), static_cast<qint64>(head.size()));
            QVERIFY(file.resize(static_cast<qint64>(head.size()) + (qint64{1} << 35)));
        });
        bad("layer too wide", "C", "E-CKPT-027", [](Damage& d) {
            d.array("top_mlp_layer_1_kernel_part0.npy", {8, (1 << 20) + 1}, {NpyKind::Float, 2, false});
        });
        bad("fewer features", "C", "E-CKPT-029", [](Damage& d) { d.options.cardinalities = {50, 7, 300}; });
        bad("truncated file", "C", "E-NPY-023",
            [](Damage& d) { QVERIFY(QFile::resize(d.directory + "/feature_2_part0.npy", 1000)); });
        bad("file cut to nothing", "C", "E-NPY-001",
            [](Damage& d) { QVERIFY(QFile::resize(d.directory + "/feature_2_part0.npy", 0)); });
        bad("web page as a table", "C", "E-NPY-002", [](Damage& d) { d.text("feature_2_part0.npy", "<html>"); });
        bad("directory as a table", "C", "E-FILE-002", [](Damage& d) {
            d.remove("feature_2_part0.npy");
            QVERIFY(QDir(d.directory).mkdir("feature_2_part0.npy"));
        });
        bad("dangling link as a table", "C", "E-FILE-001", [](Damage& d) {
            d.remove("feature_2_part0.npy");
            QCOMPARE(::symlink("gone", d.path("feature_2_part0.npy").c_str()), 0);
        });
    }
    void damagedCheckpointsAreRefused() {
        QFETCH(QString, layout);
        QFETCH(Step, damage);
        QFETCH(QString, code);
        QTemporaryDir dir;
        Damage d{dir.path(), {}, {}};
        if (layout == "B") writeLayoutB(dir.path().toStdString(), d.model);
        if (layout == "C") writeLayoutC(dir.path().toStdString(), d.model);
        damage(d);
        const auto checkpoint = Checkpoint::open(d.directory.toStdString(), d.options);
        QVERIFY2(!checkpoint, "opened");
        const Error& e = checkpoint.error();
        QVERIFY2(QString::fromStdString(e.code) == code, e.text().c_str());
        QVERIFY2((!e.file.empty() || d.directory.isEmpty()) && !e.message.empty() && !e.expected.empty() &&
                     !e.found.empty() && !e.remedy.empty(),
                 e.text().c_str());
    }

    // What the remedy of a refusal must say, and must not.
    void refusalsSayWhatIsMeant() {
        const auto refusal = [](char layout, const std::function<void(Damage&)>& damage) {
            QTemporaryDir dir;
            Damage d{dir.path(), {}, {}};
            (layout == 'B' ? writeLayoutB : writeLayoutC)(dir.path().toStdString(), d.model);
            damage(d);
            const auto checkpoint = Checkpoint::open(d.directory.toStdString(), d.options);
            return checkpoint ? Error("none", "opened") : checkpoint.error();
        };
        const auto says = [](const Error& e, const char* text) { return e.text().find(text) != std::string::npos; };

        Error e = refusal('C', [](Damage& d) { d.array("feature_1_part0.npy", {0, 4}); });
        QVERIFY2(says(e, "not supported") && !says(e, "again"), e.text().c_str());
        e = refusal('C', [](Damage& d) { d.array("bottom_mlp_layer_0_kernel_part0.npy", {0, 8}); });
        QVERIFY2(says(e, "not supported") && says(e, "without numerical features") && !says(e, "again"),
                 e.text().c_str());
        e = refusal('C', [](Damage& d) {
            for (const QString& name : QDir(d.directory).entryList({"bottom_mlp*"})) d.remove(qPrintable(name));
        });
        QCOMPARE(e.code, std::string("E-CKPT-012"));
        QVERIFY2(says(e, "without numerical features") && says(e, "not supported"), e.text().c_str());

        for (const char layout : {'B', 'C'}) {
            e = refusal(layout, [](Damage& d) { d.options.cardinalities = {7, 50, 300, 7}; });
            QCOMPARE(e.code, std::string("E-CKPT-020"));
            QVERIFY2(says(e, "the same tables in another order") && !says(e, "dataset"), e.text().c_str());
        }
        e = refusal('C', [](Damage& d) { d.options.cardinalities = {50, 8, 300, 7}; });
        QVERIFY2(!says(e, "another order"), e.text().c_str());
        e = refusal('C', [](Damage& d) { d.options.cardinalities = {50, 7}; });
        QVERIFY2(e.code == "E-CKPT-029" && !says(e, "dataset"), e.text().c_str());
        e = refusal('C', [](Damage& d) {
            d.options.cardinalities = {50, 7};
            d.options.featureNames = {"a", "b"};
        });
        QVERIFY2(e.code == "E-CKPT-029" && says(e, "dataset"), e.text().c_str());

        e = refusal('C', [](Damage& d) {
            QVERIFY(QDir(d.directory).mkdir("circle"));
            QVERIFY(QDir().rmdir(d.directory + "/circle"));
            QCOMPARE(::symlink("circle", d.path("circle").c_str()), 0);
            d.directory += "/circle";
        });
        QVERIFY2(says(e, "link") && !says(e, "right"), e.text().c_str());
        QTemporaryDir above;
        QVERIFY(QDir(above.path()).mkdir("checkpoint"));
        writeLayoutC(above.filePath("checkpoint").toStdString(), TestModel());
        const auto opened = Checkpoint::open(above.path().toStdString(), {});
        QVERIFY(!opened && opened.error().code == "E-CKPT-005");
        QVERIFY2(says(opened.error(), ("Did you mean " + above.filePath("checkpoint").toStdString() + "?").c_str()),
                 opened.error().text().c_str());
    }

    // 16 tables and more leave no room for another in the padding; with fewer a missing last one may hide there.
    void aMissingLastTableIsNoted() {
        QTemporaryDir dir;
        TestModel model;
        model.topPadding = 6;  // 20 inputs, 14 fed; five tables would feed 19
        writeLayoutC(dir.path().toStdString(), model);
        auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY2(checkpoint, checkpoint ? "" : checkpoint.error().text().c_str());
        const std::string note = (*checkpoint)->spec().tableOrderNote;
        QVERIFY2(note.find("6 of 20 inputs of the top MLP are fed by nothing") != std::string::npos, note.c_str());
        CheckpointOptions options;
        options.cardinalities = model.cardinalities;
        checkpoint = Checkpoint::open(dir.path().toStdString(), options);
        QVERIFY(checkpoint && (*checkpoint)->spec().tableOrderNote.empty());
    }

    void directoriesWithoutRightsAreAnError() {
        QTemporaryDir dir;
        const TestModel model;
        QVERIFY(QDir(dir.path()).mkdir("closed"));
        writeLayoutC(dir.filePath("closed").toStdString(), model);
        QVERIFY(QFile::setPermissions(
            dir.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
        QVERIFY(QFile::setPermissions(dir.filePath("closed"), {}));
        const bool wasRoot = ::geteuid() == 0;  // root may read everything
        if (wasRoot) QCOMPARE(::seteuid(65534), 0);
        const auto checkpoint = Checkpoint::open(dir.filePath("closed").toStdString(), {});
        if (wasRoot) QCOMPARE(::seteuid(0), 0);
        QVERIFY(QFile::setPermissions(dir.filePath("closed"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().code, std::string("E-CKPT-002"));
    }

    void cardinalityErrorsNameTheFeature() {
        QTemporaryDir dir;
        writeLayoutC(dir.path().toStdString(), {});
        CheckpointOptions options;
        options.cardinalities = {50, 7, 301, 7};
        options.featureNames = {"a", "b", "city", "d"};
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), options);
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().field, std::string("city"));
        QCOMPARE(checkpoint.error().expected, std::string("301 rows, as the dataset says"));
        QCOMPARE(checkpoint.error().found, std::string("300 rows"));
    }

    void aMissingLastTableIsGuessedFromTheKernel() {
        QTemporaryDir dir;
        writeLayoutC(dir.path().toStdString(), {});
        QVERIFY(QFile::remove(dir.filePath("feature_3_part0.npy")));
        writeArray(dir.filePath("top_mlp_layer_0_kernel_part0.npy").toStdString(), {30, 8});
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(!checkpoint);
        QCOMPARE(checkpoint.error().code, std::string("E-CKPT-019"));
        QVERIFY(QString::fromStdString(checkpoint.error().found).contains("the kernel fits"));
    }

    // 4 tables take 14 of 16 inputs, 3 take 10: within the padding that is allowed.
    void aMissingLastTableThatTheKernelHidesIsNoted() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutC(dir.path().toStdString(), model);
        QCOMPARE((*Checkpoint::open(dir.path().toStdString(), {}))->spec().tableOrderNote, std::string());
        QVERIFY(QFile::remove(dir.filePath("feature_3_part0.npy")));
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(checkpoint);
        QVERIFY(QString::fromStdString((*checkpoint)->spec().tableOrderNote).contains("would also fit 4 tables"));
    }

    void notFiniteWeightsAreNoError() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutC(dir.path().toStdString(), model);
        const std::vector<float> values(8, std::numeric_limits<float>::quiet_NaN());
        QVERIFY(writeNpy(dir.filePath("bottom_mlp_layer_0_bias_part0.npy").toStdString(), {},
                         std::vector<std::int64_t>{8}, std::as_bytes(std::span(values))));
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(checkpoint);
        const auto layer = (*checkpoint)->bottomLayer(0);
        QVERIFY(layer);
        QVERIFY(layer->bias[0] != layer->bias[0]);
    }

    void changesAfterOpenAreNoticedAndNeverCrash() {
        QTemporaryDir dir;
        const TestModel model;
        writeLayoutC(dir.path().toStdString(), model);
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {});
        QVERIFY(checkpoint && (*checkpoint)->checkUnchanged());
        QVERIFY(QFile::resize(dir.filePath("feature_2_part0.npy"), 0));
        float row[4] = {1, 1, 1, 1};
        (*checkpoint)->table(TableId{2}).copyRow(299, row);
        QCOMPARE(row[3], 0.0F);
        const auto changed = (*checkpoint)->checkUnchanged();
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, std::string("E-FILE-005"));
        QCOMPARE(changed.error().file, dir.filePath("feature_2_part0.npy").toStdString());
        QVERIFY(QFile::resize(dir.filePath("top_mlp_layer_0_kernel_part0.npy"), 200));
        QCOMPARE((*checkpoint)->topLayer(0).error().code, std::string("E-FILE-004"));
    }

    void openingCanBeCancelled() {
        QTemporaryDir dir;
        writeLayoutC(dir.path().toStdString(), {});
        std::stop_source source;
        int files = 0;
        const auto checkpoint = Checkpoint::open(dir.path().toStdString(), {},
                                                 {[&](const Progress& p) {
                                                      files = static_cast<int>(p.total);
                                                      if (p.done == 3) source.request_stop();
                                                  },
                                                  source.get_token()});
        QVERIFY(!checkpoint && checkpoint.error().isCancelled());
        QCOMPARE(files, 12);
    }

    void theTableOfFormatsHasEachLayoutOnce() {
        QStringList layouts;
        for (const CheckpointFormat& f : checkpointFormats())
            layouts << QString::fromUtf8(f.layout.data(), static_cast<int>(f.layout.size()));
        layouts.sort();
        QCOMPARE(layouts, (QStringList{"A", "B", "C", "D", "E", "F", "HDF5", "NPY", "NPZ", "TensorBundle"}));
    }
};

DLRM_TEST(TestCheckpointErrors);

}  // namespace tst_checkpoint_errors

#include "tst_checkpoint_errors.moc"
