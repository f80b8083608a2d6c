// SPDX-License-Identifier: Apache-2.0
// dlrm-cli predict --expect: the training job's own logits against ours.
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>

#include "cli_process.h"

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
        const auto answer = cli(m_predict + QStringList{written(dir, bytes), "--atol", "1e30", "--json"});
        QCOMPARE(answer.code, 1);
        QCOMPARE(answer.json()["first"][0]["row"].get<int>(), 5);
    }
    void anotherNumberOfRowsIsRefused() {
        QTemporaryDir dir;
        const auto answer = cli(m_predict + QStringList{kLogits, "--split", "train"});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-EXPECT-001"), answer.err);
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "-1"}).err.startsWith("E-EXPECT-002"));
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "nan"}).err.startsWith("E-EXPECT-002"));
        QVERIFY(cli(m_predict + QStringList{kLogits, "--atol", "inf"}).err.startsWith("E-EXPECT-002"));  // anything would pass
    }
    void probabilitiesAreDoubted() {
        const auto answer = cli(m_predict + QStringList{QStringLiteral(DLRM_TEST_DATA "/golden/checkpoints/c_custom_cuda/expected/probabilities.npy")});
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.contains("probabilities"), answer.out);
    }
};

QTEST_GUILESS_MAIN(TestCliExpect)
#include "tst_cli_expect.moc"
