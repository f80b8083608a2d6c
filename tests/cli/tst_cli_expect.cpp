// SPDX-License-Identifier: Apache-2.0
// dlrm-cli predict --expect: the training job's own logits against ours.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <limits>

#include "cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_expect {

using namespace dlrm::test;

namespace {

const QString kLogits = QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/expected/logits.npy");

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("cannot be read: %s", qPrintable(path));
    return file.readAll();
}

}  // namespace

class TestCliExpect : public QObject {
    Q_OBJECT

    const QStringList m_predict{"predict", kCheckpoint, "--data", kDataset, "--expect"};

    QString written(const QTemporaryDir& dir, const QByteArray& bytes) {
        QFile file(dir.filePath("expected.npy"));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot be written");
        return file.fileName();
    }

private Q_SLOTS:
    void tensorFlowsOwnLogitsPass() {
        const auto answer = cli(m_predict + QStringList{kLogits, "--json"});
        QCOMPARE(answer.code, 0);
        const auto json = answer.json();
        QCOMPARE(json["beyond"].get<int>(), 0);
        QVERIFY(json["rows"].get<int>() > 500);
        QVERIFY(json["max_abs_delta_logit"].get<double>() < 1e-5);
        QVERIFY(json["passed"].get<bool>());
    }
    void partOfTheRowsIsFoundInTheWholeFile() {
        const auto json = cli(m_predict + QStringList{kLogits, "--rows", "100-199", "--json"}).json();
        QCOMPARE(json["rows"].get<int>(), 100);
        QCOMPARE(json["beyond"].get<int>(), 0);
    }
    // Not a number on one side in every row: there is no mean.
    void withoutANumberThereIsNoMean() {
        QTemporaryDir dir;
        QByteArray bytes = bytesOf(kLogits);
        const float none = std::numeric_limits<float>::quiet_NaN();
        for (qsizetype at = 128; at + 4 <= bytes.size(); at += 4) std::memcpy(bytes.data() + at, &none, 4);
        const auto answer = cli(m_predict + QStringList{written(dir, bytes)});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.contains("largest |Δlogit| NaN in row 0, a number in no row\n") &&
                     !answer.out.contains(", mean"),
                 answer.out);
    }
    void rowsThatDifferAreNamedAndFail() {
        QTemporaryDir dir;
        QByteArray bytes = bytesOf(kLogits);
        const qsizetype data = 128;  // where this file's values begin
        const float other = 3.5f;
        for (const int row : {7, 300}) std::memcpy(bytes.data() + data + row * 4, &other, 4);
        const QString path = written(dir, bytes);
        const auto answer = cli(m_predict + QStringList{path, "--json"});
        QCOMPARE(answer.code, 1);
        const auto json = answer.json();
        QCOMPARE(json["beyond"].get<int>(), 2);
        QCOMPARE(json["first"][0]["row"].get<int>(), 7);
        QCOMPARE(json["first"][1]["row"].get<int>(), 300);
        QCOMPARE(json["first"][1]["expected"].get<float>(), other);
        const auto text = cli(m_predict + QStringList{path});
        QCOMPARE(text.code, 1);
        QVERIFY2(text.out.startsWith("2 of "), text.out);
        QCOMPARE(cli(m_predict + QStringList{path, "--atol", "100"}).code, 0);
    }
    void notANumberDiffers() {
        QTemporaryDir dir;
        QByteArray bytes = bytesOf(kLogits);
        std::memset(bytes.data() + 128 + 4 * 5, 0xff, 4);
        const QString path = written(dir, bytes);
        const auto answer = cli(m_predict + QStringList{path, "--atol", "1e30", "--json"});
        QCOMPARE(answer.code, 1);
        const auto json = answer.json();
        QCOMPARE(json["first"][0]["row"].get<int>(), 5);
        QCOMPARE(json["beyond"].get<int>(), 1);
        QCOMPARE(json["not_finite"].get<int>(), 1);
        QCOMPARE(json["nan_in_both"].get<int>(), 0);
        QVERIFY(json["max_abs_delta_logit"].is_null());
        QCOMPARE(json["max_at_row"].get<int>(), 5);
        QVERIFY(json["mean_abs_delta_logit"].get<double>() < 1e-5);
        const auto text = cli(m_predict + QStringList{path});
        QCOMPARE(text.code, 1);
        QVERIFY2(
            text.out.contains("NaN in row 5, mean") && text.out.contains("on one side only in 1 row, which differ"),
            text.out);
    }
    // Where some are NaN on both sides the others pass, and it is said how many those are.
    void rowsThatAreNoNumbersAreNotCounted() {
        QTemporaryDir dir;
        for (const QString& name : QDir(kCheckpoint).entryList(QDir::Files))
            QVERIFY(QFile::copy(kCheckpoint + "/" + name, dir.filePath(name)));
        QFile table(dir.filePath("feature_1_part0.npy"));
        QVERIFY(table.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && table.open(QIODevice::ReadWrite) &&
                table.seek(128));
        QCOMPARE(table.write(QByteArray(64, '\xff')), qint64{64});  // row 0
        table.close();
        const QByteArray ids = bytesOf(kDataset + "/test/cat_1.bin");  // one byte each
        QByteArray bytes = bytesOf(kLogits);
        QCOMPARE((bytes.size() - 128) / 4, ids.size());
        for (qsizetype row = 0; row < ids.size(); ++row)
            if (ids[row] == 0) std::memset(bytes.data() + 128 + 4 * row, 0xff, 4);
        const auto rows = ids.size(), nan = ids.count('\0');
        QVERIFY(nan > 0 && nan < rows);
        const QStringList predict{"predict", dir.path(), "--data", kDataset, "--expect", written(dir, bytes)};
        const auto text = cli(predict);
        QVERIFY2(
            text.code == 0 && text.out.contains(" logits were compared and lie within 1e-05 of the expected ones.\n"),
            text.out + text.err);
        QVERIFY2(!text.out.contains("All ") && text.out.contains("NaN on both sides in "), text.out);
        const auto json = cli(predict + QStringList{"--json"}).json();
        QCOMPARE(json["compared"].get<qsizetype>(), rows - nan);
        QCOMPARE(json["nan_in_both"].get<qsizetype>(), nan);
        QVERIFY(json["passed"].get<bool>());
    }
    // Ours is NaN as well: every logit of a model whose last bias is NaN. Nothing was compared then.
    void notANumberOnBothSidesIsNoPass() {
        QTemporaryDir dir;
        for (const QString& name : QDir(kCheckpoint).entryList(QDir::Files))
            QVERIFY(QFile::copy(kCheckpoint + "/" + name, dir.filePath(name)));
        QFile bias(dir.filePath("top_mlp_layer_2_bias_part0.npy"));
        QVERIFY(bias.setPermissions(QFile::ReadOwner | QFile::WriteOwner) && bias.open(QIODevice::ReadWrite) &&
                bias.seek(bias.size() - 4));
        QCOMPARE(bias.write(QByteArray(4, '\xff')), qint64{4});
        bias.close();
        QByteArray bytes = bytesOf(kLogits);
        const auto rows = (bytes.size() - 128) / 4;
        std::memset(bytes.data() + 128, 0xff, static_cast<std::size_t>(4 * rows));
        const QStringList predict{"predict", dir.path(), "--data", kDataset, "--expect", written(dir, bytes)};
        const auto equal = cli(predict);
        QVERIFY2(equal.code == 1 && equal.out.startsWith("Nothing was compared: ") &&
                     equal.out.contains("NaN on both sides in "),
                 equal.out + equal.err);
        const auto json = cli(predict + QStringList{"--json"}).json();
        QCOMPARE(json["nan_in_both"].get<qsizetype>(), rows);
        QVERIFY(!json["passed"].get<bool>() && json["compared"] == 0 && json["max_at_row"].is_null() &&
                json["mean_abs_delta_logit"].is_null());
        std::memset(bytes.data() + 128 + 4 * 9, 0, 4);  // one that is a number there
        const auto one = cli({"predict", dir.path(), "--data", kDataset, "--expect", written(dir, bytes), "--json"});
        QCOMPARE(one.code, 1);
        QCOMPARE(one.json()["max_at_row"].get<int>(), 9);
        QCOMPARE(one.json()["nan_in_both"].get<qsizetype>(), rows - 1);
    }
    void anotherNumberOfRowsIsRefused() {
        QTemporaryDir dir;
        const auto answer = cli(m_predict + QStringList{kLogits, "--split", "train"});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-EXPECT-001"), answer.err);
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "-1"}).err.startsWith("E-EXPECT-002"));
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "nan"}).err.startsWith("E-EXPECT-002"));
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "inf"})
                    .err.startsWith("E-EXPECT-002"));  // anything would pass
    }
    void probabilitiesAreDoubted() {
        const auto answer = cli(
            m_predict +
            QStringList{QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/expected/probabilities.npy")});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.contains("probabilities"), answer.out);
    }
};

DLRM_TEST(TestCliExpect);

}  // namespace tst_cli_expect

#include "tst_cli_expect.moc"
