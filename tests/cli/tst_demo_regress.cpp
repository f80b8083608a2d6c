// SPDX-License-Identifier: Apache-2.0
// The demo's regress.py: makes a copy with rows in other places, and refuses ids that would leave an equal one.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "cli_process.h"
#include "tests/support/test_program.h"

namespace tst_demo_regress {

using namespace dlrm::test;

namespace {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestDemoRegress : public QObject {
    Q_OBJECT

    CliAnswer regress(const QString& out, const QStringList& options) {
        QProcess process;
        process.start(QStringLiteral(DLRM_PYTHON),
                      QStringList{kDemo + "/regress.py", kDemo + "/checkpoint", out} + options);
        return finish(process);
    }

private Q_SLOTS:
    void aTableChanges() {
        const QTemporaryDir dir;
        const QString out = dir.filePath("copy");
        const CliAnswer done = regress(out, {});
        QVERIFY2(done.code == 0 && done.out.startsWith("feature_20_part0.npy: 485 of "), done.out + done.err);
        for (const QString& name : QDir(kDemo + "/checkpoint").entryList(QDir::Files))
            QVERIFY2((bytesOf(out + "/" + name) == bytesOf(kDemo + "/checkpoint/" + name)) ==
                         (name != "feature_20_part0.npy"),
                     qPrintable(name));
    }
    void idsOutsideTheTableAreRefused_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("last")
            << QStringList{"--table", "12", "--first", "1", "--last", "500"}
            << QByteArray("--last: table 12 (feature_12_part0.npy) has no id 500; its 5 rows are ids 0 to 4");
        QTest::newRow("first") << QStringList{"--table", "12", "--first", "-1", "--last", "3"}
                               << QByteArray("--first: table 12 (feature_12_part0.npy) has no id -1; its 5 rows");
        QTest::newRow("both") << QStringList{"--first", "5000000", "--last", "6000000"}
                              << QByteArray("table 20 (feature_20_part0.npy) has no id 5000000");
        QTest::newRow("one id") << QStringList{"--first", "9", "--last", "9"} << QByteArray("no row can change places");
        QTest::newRow("no such table") << QStringList{"--table", "40"} << QByteArray("has no feature_40_part0.npy");
    }
    void idsOutsideTheTableAreRefused() {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, said);
        const QTemporaryDir dir;
        const CliAnswer refused = regress(dir.filePath("copy"), options);
        QCOMPARE(refused.code, 2);
        QVERIFY2(refused.err.contains(said), refused.err);
        QVERIFY(!QDir(dir.filePath("copy")).exists());
    }
};

DLRM_TEST(TestDemoRegress);

}  // namespace tst_demo_regress

#include "tst_demo_regress.moc"
