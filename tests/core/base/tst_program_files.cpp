// SPDX-License-Identifier: Apache-2.0
// Modules are found wherever the systems we know install libraries, and the program's own folder comes first.
#include <QCoreApplication>
#include <QDir>
#include <QTest>

#include "core/base/program_files.h"
#include "tests/support/test_program.h"

namespace tst_program_files {

class TestProgramFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyPlaceOfLibrariesIsLookedInto() {
        const QDir own(QCoreApplication::applicationDirPath());
        QStringList places;
        for (const std::string& place : dlrm::programDirectories())
            places << QDir::cleanPath(QString::fromStdString(place));
        QVERIFY(!places.isEmpty());
        QCOMPARE(places.first(), QDir::cleanPath(own.canonicalPath()));
        for (const char* below : {"../lib/dlrm-explorer", "../lib64/dlrm-explorer", "../libexec/dlrm-explorer"})
            QVERIFY2(places.contains(QDir::cleanPath(QDir(own.canonicalPath()).filePath(QString::fromLatin1(below)))),
                     below);
    }
};

DLRM_TEST(TestProgramFiles);

}  // namespace tst_program_files

#include "tst_program_files.moc"
