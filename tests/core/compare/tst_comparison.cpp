// SPDX-License-Identifier: Apache-2.0
// The demo and its successor: weights against the files' own bytes, predictions against two evaluations; what cannot be
// compared is refused.
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

#include "core/compare/comparison.h"
#include "core/engine/backends.h"
#include "core/engine/workspace.h"
#include "tests/support/test_program.h"
#include "tests/support/whole_files.h"

namespace tst_comparison {

using namespace dlrm;
using namespace dlrm::test;

namespace {

const QString kDemo = QStringLiteral(DLRM_SOURCE_DIR "/resources/demo");

Workspace opened(const QString& checkpoint, const QString& dataset = {}, const DataChoices& data = {}) {
    OpenRequest request;
    request.checkpoint = checkpoint.toStdString();
    request.data = data;
    request.data.path = dataset.toStdString();
    auto out = openWorkspace(request);
    if (!out) qFatal("%s", out.error().text().c_str());
    return *std::move(out);
}

// The values of a .npy file of float32, whose header is 128 bytes.
std::vector<float> fileValues(const QString& checkpoint, const QString& name) {
    const QByteArray bytes = readAll(checkpoint + "/" + name).mid(128);
    std::vector<float> out(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(out.data(), bytes.constData(), out.size() * sizeof(float));
    return out;
}

const TensorComparison& tensorOf(const WeightComparison& weights, const char* name) {
    for (const TensorComparison& tensor : weights.tensors)
        if (tensor.name == name) return tensor;
    qFatal("no such tensor");
}

}  // namespace

class TestComparison : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSuccessorsTablesAreComparedRowByRow() {
        const Workspace a = opened(kDemo + "/checkpoint"), b = opened(kDemo + "/checkpoint_next");
        const auto weights = compareWeights(*a.engine, *b.engine, {});
        QVERIFY(weights);
        QCOMPARE(weights->tables.size(), std::size_t{26});
        std::int64_t touchedRows = 0, newly = 0;
        for (int t = 0; t < 26; ++t) {
            const TableComparison& table = weights->tables[static_cast<std::size_t>(t)];
            const QString file = QStringLiteral("feature_%1_part0.npy").arg(t);
            const auto before = fileValues(kDemo + "/checkpoint", file),
                       after = fileValues(kDemo + "/checkpoint_next", file);
            QCOMPARE(before.size(), static_cast<std::size_t>(table.rowsA) * 32);
            std::int64_t equal = 0;
            double largest = 0, changes = 0, all = 0;
            for (std::size_t i = 0; i < before.size(); ++i) {
                const double x = static_cast<double>(before[i]), d = static_cast<double>(after[i]) - x;
                largest = std::max(largest, std::fabs(d));
                changes += d * d;
                all += x * x;
                if (i % 32 == 0) equal += std::memcmp(&before[i], &after[i], 32 * sizeof(float)) == 0;
            }
            QCOMPARE(table.equal, equal);
            QCOMPARE(table.values.largest, largest);
            QVERIFY(std::abs(*table.values.relativeNorm - std::sqrt(changes / all)) < 1e-12);
            touchedRows += table.touched();
            newly += *table.newlyTrained;
        }
        QVERIFY(touchedRows > 15'000);
        QCOMPARE(newly, 1648 - 12);  // as the demo's own description has it
        QVERIFY(!weights->same());
        QCOMPARE(weights->tensors.size(), std::size_t{26 + 2 * 7});
        QVERIFY(!tensorOf(*weights, "top_mlp/0 kernel").same);
        QCOMPARE(tensorOf(*weights, "top_mlp/3 bias").shapeA, std::string("1"));
    }

    void aCopyIsTheSame() {
        const QTemporaryDir folder;
        copyTree(kDemo + "/checkpoint", folder.filePath("copy"));
        const Workspace a = opened(kDemo + "/checkpoint", kDemo + "/dataset"),
                        b = opened(folder.filePath("copy"), kDemo + "/dataset");
        ModelComparison all;
        all.weights = *compareWeights(*a.engine, *b.engine, {});
        all.scores = *compareScores({*a.engine, *a.dataset}, {*b.engine, *b.dataset}, {}, {});
        QVERIFY(all.weights->same() && all.within());
        QCOMPARE(all.weights->largest(), 0.0);
        QCOMPARE(all.scores->report.largestLogitChange, 0.0);
        // One bit of one value.
        const QString file = folder.filePath("copy/feature_3_part0.npy");
        QByteArray bytes = readAll(file);
        bytes[128 + 4 * 32 * 7] = static_cast<char>(bytes[128 + 4 * 32 * 7] ^ 1);
        writeAll(file, bytes);
        const Workspace changed = opened(folder.filePath("copy"));
        const auto weights = compareWeights(*a.engine, *changed.engine, {});
        QVERIFY(weights && !weights->same());
        QCOMPARE(weights->tables[3].touched(), 1);
        QCOMPARE(value(weights->tables[3].largest.at(0).a), 7);
        QVERIFY(weights->largest() > 0 && weights->largest() < 1e-6);
        all.weights = *weights;
        QVERIFY(!all.within());
        all.tolerance = 1e-6;
        QVERIFY(all.within());
    }

    void predictionsAreThoseOfTwoEvaluations() {
        const Workspace a = opened(kDemo + "/checkpoint", kDemo + "/dataset"),
                        b = opened(kDemo + "/checkpoint_next", kDemo + "/dataset");
        EvaluateOptions rows;
        rows.range = {1000, 8999};
        const auto scores = compareScores({*a.engine, *a.dataset}, {*b.engine, *b.dataset}, rows, 0.5);
        QVERIFY(scores);
        const PairedReport& report = scores->report;
        QCOMPARE(report.rows, 8000);
        const auto ofA = a.engine->evaluate(*a.dataset, rows), ofB = b.engine->evaluate(*b.dataset, rows);
        QVERIFY(ofA && ofB);
        for (std::size_t m = 0; m < report.metrics.size(); ++m) {
            QCOMPARE(*report.metrics[m].a, *ofA->report.metrics[m].value);
            QCOMPARE(*report.metrics[m].b, *ofB->report.metrics[m].value);
        }
        QVERIFY(*report.find("auc")->difference > 0);
        // The rows that disagree most, by their numbers in the dataset.
        const Disagreement& most = report.disagreeing.front();
        QVERIFY(most.row >= 1000 && most.row < 9000);
        const auto one = a.engine->predict(*a.dataset, {most.row, most.row}, {});
        const auto other = b.engine->predict(*b.dataset, {most.row, most.row}, {});
        QVERIFY(one && other);
        QVERIFY(std::abs(one->rows[0].logit - most.a) < 1e-5F && std::abs(other->rows[0].logit - most.b) < 1e-5F);
        QCOMPARE(*one->rows[0].label, most.label);
        QVERIFY(std::abs(std::abs(one->rows[0].probability - other->rows[0].probability) - report.largestChange) <
                1e-6);
    }

    void whatCannotBeComparedIsRefused() {
        const Workspace a = opened(kDemo + "/checkpoint", kDemo + "/dataset");
        const Workspace other = opened(QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/checkpoint"));
        const auto tables = compareWeights(*a.engine, *other.engine, {});
        QVERIFY(!tables);
        QCOMPARE(tables.error().code, std::string("E-COMPARE-001"));
        DataChoices train;
        train.split = "train";
        const Workspace fewer = opened(kDemo + "/checkpoint", kDemo + "/dataset", train);
        const auto rows = compareScores({*a.engine, *a.dataset}, {*fewer.engine, *fewer.dataset}, {}, {});
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, std::string("E-COMPARE-003"));
        QVERIFY(rows.error().expected.find("20000 rows") != std::string::npos);
        // The same rows but for one label.
        const QTemporaryDir folder;
        copyTree(kDemo + "/dataset", folder.filePath("dataset"));
        const QString labels = folder.filePath("dataset/test/label.bin");
        QByteArray bytes = readAll(labels);
        bytes[17] = bytes[17] ? 0 : 1;
        writeAll(labels, bytes);
        const Workspace relabelled = opened(kDemo + "/checkpoint", folder.filePath("dataset"));
        const auto label = compareScores({*a.engine, *a.dataset}, {*relabelled.engine, *relabelled.dataset}, {}, {});
        QVERIFY(!label);
        QCOMPARE(label.error().code, std::string("E-COMPARE-004"));
        QCOMPARE(label.error().row, 17);
    }

    // Tables of the same names and rows, but of other widths, and layers that only one model has.
    void whatHasAnotherShapeIsNamed() {
        const QString golden = QStringLiteral(DLRM_TEST_DATA "/golden/");
        const Workspace a = opened(golden + "checkpoints/c_custom_cuda/checkpoint"),
                        b = opened(golden + "newer_layouts/d_dcnv2_hetero_dims/checkpoint");
        const auto weights = compareWeights(*a.engine, *b.engine, {});
        QVERIFY2(weights, weights ? "" : weights.error().text().c_str());
        QVERIFY(!weights->same() && std::isinf(weights->largest()));
        const TableComparison& narrow = weights->tables[1];
        QCOMPARE(narrow.notCompared, std::string("rows of 16 values cannot be compared with rows of 4"));
        QVERIFY(!narrow.same() && narrow.matched == 0);
        QVERIFY(!tensorOf(*weights, "cross/0").same);
        QCOMPARE(tensorOf(*weights, "cross/0").notCompared, std::string("only one of the two has it"));
    }

    // A successor whose preprocessing numbered the values anew: rows are found by their values.
    void rowsAreJoinedByTheDictionaries() {
        const QTemporaryDir folder;
        copyTree(kDemo + "/checkpoint", folder.filePath("b"));
        copyTree(kDemo + "/dictionary", folder.filePath("dictionary"));
        // cat_3 turned over behind row 0, one value less: the last one is unknown to B.
        const QString table = folder.filePath("b/feature_3_part0.npy"), list = folder.filePath("dictionary/cat_3.tsv");
        const QByteArray before = readAll(table);
        const auto rows = (before.size() - 128) / 128;
        QByteArray after = before.first(128 + 128);
        QByteArray lines;
        const auto values = readAll(list).trimmed().split('\n');
        QCOMPARE(values.size(), rows - 1);
        for (qsizetype id = rows - 2; id >= 1; --id) {
            after += before.mid(128 + id * 128, 128);
            lines += values[id - 1].split('\t')[0] + '\t' + QByteArray::number(rows - 1 - id) + '\n';
        }
        const QByteArray shape = "(" + QByteArray::number(rows) + ", 32)",
                         fewer = "(" + QByteArray::number(rows - 1) + ", 32)";
        QVERIFY(after.contains(shape) && shape.size() == fewer.size());
        writeAll(table, after.replace(shape, fewer));
        writeAll(list, lines);
        const Workspace a = opened(kDemo + "/checkpoint"), b = opened(folder.filePath("b"));
        const auto refused = compareWeights(*a.engine, *b.engine, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("E-COMPARE-002"));
        QCOMPARE(refused.error().field, std::string("cat_3"));
        IdSpace ids;
        ids.sameIds = true;
        const auto byId = compareWeights(*a.engine, *b.engine, ids);
        QVERIFY(byId && byId->idsTaken);
        QVERIFY(byId->tables[3].touched() > rows / 2);
        ids = {*Dictionary::open((kDemo + "/dictionary").toStdString()),
               *Dictionary::open(folder.filePath("dictionary").toStdString()), false};
        const auto joined = compareWeights(*a.engine, *b.engine, ids);
        QVERIFY2(joined, joined ? "" : joined.error().text().c_str());
        QVERIFY(joined->joinedByValue && !joined->idsTaken && !joined->same());
        QCOMPARE(joined->tables[3].matched, static_cast<std::int64_t>(rows - 1));
        QCOMPARE(joined->tables[3].touched(), 0);
        QVERIFY(joined->tables[4].same());
        QVERIFY(std::isinf(joined->largest()));  // a value that B does not know is beyond any distance
    }
};

DLRM_TEST(TestComparison);

}  // namespace tst_comparison

#include "tst_comparison.moc"
