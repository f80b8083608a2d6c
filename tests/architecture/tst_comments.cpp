// SPDX-License-Identifier: Apache-2.0
// The sources speak of themselves alone: numbers of features, goals and requirements, and documents, mean nothing to
// who has only the repository.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include "tests/support/test_program.h"

namespace tst_comments {

namespace {

// Features F…, performance goals P… and reliability requirements R…. Keys (F1, F5) and the element types F16 and F32
// are none.
const QString kNumbered = QStringLiteral("\\b(?!F1\\b|F5\\b|F16\\b|F32\\b)[FPR][0-9]{1,2}\\b");
// Documents, but for those that stand in the repository.
const QString kDocument = QStringLiteral("\\b(?!README\\b|HACKING\\b|CHANGELOG\\b)[A-Za-z_-]+\\.md\\b");

QStringList foreignNames(const QString& text) {
    static const QRegularExpression pattern(kNumbered + QLatin1Char('|') + kDocument);
    QStringList found;
    for (auto it = pattern.globalMatch(text); it.hasNext();) found << it.next().captured();
    return found;
}

}  // namespace

class CommentsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void numbersAndDocumentsAreToldFromKeysTypesAndReadmes() {
        QCOMPARE(foreignNames(QStringLiteral("map (F3): cut short (reliability.md R11), P13 of the plan, F15")),
                 QStringList({QStringLiteral("F3"), QStringLiteral("reliability.md"), QStringLiteral("R11"),
                              QStringLiteral("P13"), QStringLiteral("F15")}));
        QCOMPARE(foreignNames(QStringLiteral("F1 explains, F5 runs; Element::F16, F32; README.md, HACKING.md and "
                                             "CHANGELOG.md; p99, DLRM_FP16, AFF3")),
                 QStringList());
    }

    void noSourceNamesADocumentOutsideTheRepository() {
        const QDir root(QStringLiteral(DLRM_SOURCE_DIR));
        const QStringList kinds = {QStringLiteral("*.h"),  QStringLiteral("*.cpp"),         QStringLiteral("*.cu"),
                                   QStringLiteral("*.c"),  QStringLiteral("*.py"),          QStringLiteral("*.sh"),
                                   QStringLiteral("*.md"), QStringLiteral("CMakeLists.txt")};
        QStringList files = {root.filePath(QStringLiteral("README.md")), root.filePath(QStringLiteral("HACKING.md")),
                             root.filePath(QStringLiteral("CMakeLists.txt"))};
        for (const char* folder : {"app", "core", "gpu", "packaging", "resources", "tests", "ui"})
            for (QDirIterator it(root.filePath(QLatin1String(folder)), kinds, QDir::Files,
                                 QDirIterator::Subdirectories);
                 it.hasNext();)
                files << it.next();
        QVERIFY(files.size() > 800);
        QStringList offenders;
        for (const QString& path : files) {
            if (path.endsWith(QLatin1String("tst_comments.cpp"))) continue;
            QFile file(path);
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
            for (int line = 1; !file.atEnd(); ++line)
                for (const QString& name : foreignNames(QString::fromUtf8(file.readLine())))
                    offenders << QStringLiteral("%1:%2 names %3").arg(root.relativeFilePath(path)).arg(line).arg(name);
        }
        QVERIFY2(offenders.isEmpty(), qPrintable(offenders.join(QLatin1Char('\n'))));
    }
};

DLRM_TEST(CommentsTest);

}  // namespace tst_comments

#include "tst_comments.moc"
