// SPDX-License-Identifier: Apache-2.0
// A directory appears with all its files or not at all.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/atomic_directory.h"
#include "core/base/atomic_file.h"
#include "tests/support/test_program.h"

namespace tst_atomic_directory {

using namespace dlrm;

class TestAtomicDirectory : public QObject {
    Q_OBJECT

    static bool writeInto(const AtomicDirectory& directory) {
        auto file = AtomicFile::create(directory.temporaryPath() + "/a");
        return file && file->write(std::string_view("x")) && file->commit();
    }

private Q_SLOTS:
    void appearsOnceCommitted_data() {
        QTest::addColumn<bool>("exists");
        QTest::newRow("nothing is there") << false;
        QTest::newRow("an empty directory is there") << true;
    }
    void appearsOnceCommitted() {
        QFETCH(bool, exists);
        QTemporaryDir dir;
        if (exists) QVERIFY(QDir(dir.path()).mkdir("out"));
        auto directory = AtomicDirectory::create(dir.filePath("out/").toStdString());
        QVERIFY(directory && writeInto(*directory));
        QVERIFY(!QFile::exists(dir.filePath("out/a")));
        QVERIFY(directory->commit());
        QVERIFY(QFile::exists(dir.filePath("out/a")));
        QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList("out"));
    }
    void whatAKilledProcessLeftIsSwept() {
        QTemporaryDir dir;
        std::array<char, 65> host{};
        QCOMPARE(gethostname(host.data(), host.size() - 1), 0);
        const pid_t ended = fork();
        if (ended == 0) _exit(0);
        waitpid(ended, nullptr, 0);
        const QString left = QStringLiteral("out.part-%1-%2-").arg(QString::fromLocal8Bit(host.data())).arg(ended);
        const std::array<timespec, 2> anHourAgo{timespec{time(nullptr) - 3600, 0}, timespec{time(nullptr) - 3600, 0}};
        for (const char* n : {"0", "1"}) {
            QVERIFY(QDir(dir.path()).mkpath(left + n + "/inner"));
            QCOMPARE(utimensat(AT_FDCWD, dir.filePath(left + n).toLocal8Bit().constData(), anHourAgo.data(), 0), 0);
        }
        const int atWork = open(dir.filePath(left + "1").toLocal8Bit().constData(), O_RDONLY | O_DIRECTORY);
        QCOMPARE(flock(atWork, LOCK_EX | LOCK_NB), 0);
        auto directory = AtomicDirectory::create(dir.filePath("out").toStdString());
        QVERIFY(directory && writeInto(*directory) && directory->commit());
        ::close(atWork);
        QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot, QDir::Name),
                 QStringList({"out", left + "1"}));
    }
    void dotIsTheDirectoryItself_data() {
        QTest::addColumn<QString>("path");
        QTest::newRow("where the program is") << ".";
        QTest::newRow("with a slash") << "./";
        QTest::newRow("from one inside") << "inner/..";
        QTest::newRow("a new one") << "new/.";
    }
    void dotIsTheDirectoryItself() {
        QFETCH(QString, path);
        QTemporaryDir dir;
        const QString before = QDir::currentPath();
        const bool fresh = path.startsWith("new");
        QVERIFY(QDir(dir.path()).mkdir("out") && QDir::setCurrent(dir.filePath("out")));
        if (path.startsWith("inner")) QVERIFY(QDir(".").mkdir("inner"));
        const auto outcome = [&]() -> Result<void> {
            DLRM_TRY(auto directory, AtomicDirectory::create(path.toStdString()));
            if (!writeInto(directory)) qFatal("cannot be written to");
            return directory.commit();
        }();
        QDir::setCurrent(before);
        if (path.startsWith("inner")) {
            QCOMPARE(outcome.error().code, std::string("E-FILE-014"));  // not empty
            return;
        }
        QVERIFY2(outcome, outcome ? "" : outcome.error().text().c_str());
        QVERIFY(QFile::exists(dir.filePath(fresh ? "out/new/a" : "out/a")));
        QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList("out"));
    }
    void abandonedLeavesNothing() {
        QTemporaryDir dir;
        {
            auto directory = AtomicDirectory::create(dir.filePath("out").toStdString());
            QVERIFY(directory && writeInto(*directory));
        }
        QVERIFY(QDir(dir.path()).isEmpty());
    }
    void whatIsThereIsNotReplaced() {
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath("full/sub"));
        QFile file(dir.filePath("file"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (const char* name : {"full", "file"}) {
            const auto directory = AtomicDirectory::create(dir.filePath(name).toStdString());
            QVERIFY(!directory);
            QCOMPARE(directory.error().code, std::string("E-FILE-014"));
        }
    }
    void missingFolderIsAnError() {
        QTemporaryDir dir;
        const auto directory = AtomicDirectory::create(dir.filePath("none/out").toStdString());
        QVERIFY(!directory);
        QCOMPARE(directory.error().code, std::string("E-FILE-015"));
    }
    void nameTakenMeanwhileIsAnErrorAndLeavesNothing() {
        QTemporaryDir dir;
        {
            auto directory = AtomicDirectory::create(dir.filePath("out").toStdString());
            QVERIFY(directory && writeInto(*directory));
            QVERIFY(QDir(dir.path()).mkpath("out/other"));
            const auto committed = directory->commit();
            QVERIFY(!committed);
            QCOMPARE(committed.error().code, std::string("E-FILE-016"));
        }
        QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList("out"));
        QVERIFY(QFile::exists(dir.filePath("out/other")));
    }
};

DLRM_TEST(TestAtomicDirectory);

}  // namespace tst_atomic_directory

#include "tst_atomic_directory.moc"
