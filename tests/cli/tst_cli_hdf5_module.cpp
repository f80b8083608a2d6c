// SPDX-License-Identifier: Apache-2.0
// dlrm-cli in a folder of its own, without dlrm_hdf5.so beside it, or with something else of that name: an error at
// once, and nothing is written.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/cli/cli_process.h"
#include "tests/support/test_program.h"

namespace tst_cli_hdf5_module {

using namespace dlrm::test;

class TestCliHdf5Module : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    QString module() const { return m_dir.filePath("dlrm_hdf5.so"); }
    CliAnswer run(const QStringList& arguments) const {
        QProcess process;
        process.start(m_dir.filePath("dlrm-cli"), arguments);
        return finish(process);
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(QFile::copy(kCli, m_dir.filePath("dlrm-cli"))); }
    void init() { QFile::remove(module()); }

    void everyVerbThatWritesHdf5SaysIt_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("convert") << QStringList{"convert", kCheckpoint};
        QTest::newRow("predict") << QStringList{"predict", kCheckpoint, "--data", kDataset, "--rows", "0-3", "--out"};
        QTest::newRow("evaluate") << QStringList{"evaluate", kCheckpoint, "--data", kDataset, "--out"};
        QTest::newRow("evaluate's state") << QStringList{"evaluate", kCheckpoint, "--data", kDataset, "--state"};
        QTest::newRow("tables") << QStringList{"tables", kCheckpoint, "--out"};
        QTest::newRow("parity") << QStringList{"parity", kCheckpoint, "--out"};
    }
    void everyVerbThatWritesHdf5SaysIt() {
        QFETCH(QStringList, arguments);
        QTemporaryDir out;
        arguments << out.filePath("out.h5");
        const auto missing = run(arguments);
        QCOMPARE(missing.code, 2);
        QVERIFY2(missing.err.startsWith("E-EXPORT-009"), missing.err);
        for (const QString& words : {module(), QStringLiteral("expected: dlrm_hdf5.so beside the program"),
                                     QStringLiteral("found: none"), QStringLiteral("what to do: ")})
            QVERIFY2(missing.err.contains(words.toUtf8()), missing.err);
        QVERIFY(QDir(out.path()).isEmpty());
        // The same program beside the module it was built with.
        QVERIFY(QFile::link(QStringLiteral(DLRM_BINARY_DIR "/dlrm_hdf5.so"), module()));
        const auto written = run(arguments);
        QVERIFY2(written.code == 0, written.err);
        QVERIFY(QFile::exists(out.filePath("out.h5")));
    }

    void whatIsNoModuleIsNamed_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("found");
        QFile library(QStringLiteral(DLRM_IO_FAULTS)), whole(QStringLiteral(DLRM_BINARY_DIR "/dlrm_hdf5.so"));
        QVERIFY(library.open(QIODevice::ReadOnly) && whole.open(QIODevice::ReadOnly));
        QTest::newRow("no library") << QByteArray("no library") << QByteArray("dlrm_hdf5.so");
        QTest::newRow("cut off") << whole.read(100) << QByteArray("dlrm_hdf5.so");
        QTest::newRow("another library") << library.readAll() << QByteArray("another version");
    }
    void whatIsNoModuleIsNamed() {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, found);
        QFile file(module());
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        file.close();
        QTemporaryDir out;
        const auto answer = run({"convert", kCheckpoint, out.filePath("out.h5")});
        QCOMPARE(answer.code, 2);
        QVERIFY2(answer.err.startsWith("E-EXPORT-010"), answer.err);
        const QByteArray line = answer.err.mid(answer.err.indexOf("found: "));
        QVERIFY2(line.left(line.indexOf('\n')).contains(found), answer.err);
        QVERIFY2(answer.err.contains(module().toUtf8()) && answer.err.contains("what to do: "), answer.err);
        QVERIFY(QDir(out.path()).isEmpty());
    }

    void otherFormatsNeedNone() {
        QTemporaryDir out;
        QCOMPARE(run({"convert", kCheckpoint, out.filePath("directory")}).code, 0);
        QCOMPARE(run({"evaluate", kCheckpoint, "--data", kDataset, "--out", out.filePath("e.json")}).code, 0);
    }
};

DLRM_TEST(TestCliHdf5Module);

}  // namespace tst_cli_hdf5_module

#include "tst_cli_hdf5_module.moc"
