// SPDX-License-Identifier: Apache-2.0
// What the loader maps when a program starts: libhdf5 and what it brings along are loaded by those who write a file
// only.
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include "tests/support/test_program.h"

namespace tst_linked_libraries {

class LinkedLibrariesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void programsMapNoHdf5AndNoNetwork_data() {
        QTest::addColumn<QString>("program");
        for (const char* name : {"dlrm-cli", "dlrm-explorer"})
            QTest::newRow(name) << QStringLiteral(DLRM_BINARY_DIR "/") + QLatin1String(name);
    }
    void programsMapNoHdf5AndNoNetwork() {
        QFETCH(QString, program);
        if (!QFile::exists(program)) QSKIP("not built");
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LD_TRACE_LOADED_OBJECTS"), QStringLiteral("1"));
        process.setProcessEnvironment(environment);
        process.start(program, QStringList());
        QVERIFY(process.waitForFinished());
        const QString mapped = QString::fromUtf8(process.readAllStandardOutput());
        QVERIFY2(mapped.contains(QLatin1String("libc.so")), qPrintable(mapped));
        static const QRegularExpression unwanted(QStringLiteral("lib(hdf5|sz|aec|curl|ssl|crypto)[^ ]*\\.so[^\n]*"));
        QVERIFY2(!unwanted.match(mapped).hasMatch(), qPrintable(unwanted.match(mapped).captured()));
    }
};

DLRM_TEST(LinkedLibrariesTest);

}  // namespace tst_linked_libraries

#include "tst_linked_libraries.moc"
