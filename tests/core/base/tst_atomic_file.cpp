// SPDX-License-Identifier: Apache-2.0
// A file written atomically shows its old content or the whole new one.
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/atomic_file.h"
#include "tests/support/test_program.h"

namespace tst_atomic_file {

using namespace dlrm;

class TestAtomicFile : public QObject {
    Q_OBJECT

    static QByteArray read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }

    static bool setAge(QFile& file, qint64 seconds) {
        return file.setFileTime(QDateTime::currentDateTime().addSecs(-seconds), QFileDevice::FileModificationTime);
    }
    static QString host() {
        std::array<char, 65> name{};
        return gethostname(name.data(), name.size() - 1) == 0 ? QString::fromLocal8Bit(name.data()) : QString();
    }
    static pid_t endedProcess() {
        const pid_t child = fork();
        if (child == 0) _exit(0);
        waitpid(child, nullptr, 0);
        return child;
    }

private Q_SLOTS:
    void oldContentStaysUntilCommit() {
        QTemporaryDir dir;
        const QString path = dir.filePath("out");
        for (const char* content : {"old", "new and longer"}) {
            const QByteArray before = read(path);
            auto file = AtomicFile::create(path.toStdString());
            QVERIFY(file);
            QVERIFY(file->write(std::string_view(content)));
            QCOMPARE(read(path), before);
            QVERIFY(file->commit());
            QCOMPARE(read(path), QByteArray(content));
        }
        QCOMPARE(QDir(dir.path()).entryList(QDir::Files), QStringList("out"));
    }

    void abandonedFileLeavesNothing() {
        QTemporaryDir dir;
        {
            auto file = AtomicFile::create(dir.filePath("out").toStdString());
            QVERIFY(file && file->write(std::string_view("half")));
            QCOMPARE(QDir(dir.path()).entryList(QDir::Files).size(), 1);
        }
        QVERIFY(QDir(dir.path()).isEmpty());
    }

    void whatAKilledProcessLeftIsSwept() {
        QTemporaryDir dir;
        const QString path = dir.filePath("out");
        const auto make = [&](const QString& name, qint64 secondsAgo) {
            QFile file(dir.filePath(name));
            return file.open(QIODevice::ReadWrite) && file.write("half") == 4 && file.flush() &&
                   setAge(file, secondsAgo);
        };
        // What ended processes of this host left goes.
        const QString ended = QStringLiteral("out.part-%1-%2-").arg(host()).arg(endedProcess());
        QVERIFY(make(ended + "0", 3600) && make(ended + "12", 3600));
        // A young one, one at work, one of a living process or of another host, and names that are not ours stay.
        const QString atWork = ended + "7", alive = QStringLiteral("out.part-%1-%2-0").arg(host()).arg(getppid());
        QStringList stay{ended + "5",
                         atWork,
                         alive,
                         ended,
                         ended + "x",
                         "out.part-1-3",
                         "out.part-00-10",
                         "out.part-elsewhere-1-0",
                         "other.part-1-0"};
        QVERIFY(make(stay[0], 1));
        for (const QString& name : stay.mid(1)) QVERIFY(make(name, 3600));
        QFile locked(dir.filePath(atWork));
        QVERIFY(locked.open(QIODevice::ReadOnly));
        QCOMPARE(flock(locked.handle(), LOCK_EX | LOCK_NB), 0);
        // A link goes nowhere, whatever it points to.
        const QString link = ended + "9";
        QVERIFY(make("elsewhere", 3600) && QFile::link(dir.filePath("elsewhere"), dir.filePath(link)));
        stay << "elsewhere" << link << "out";
        {
            auto file = AtomicFile::create(path.toStdString());
            QVERIFY(file && file->write(std::string_view("x")) && file->commit());
        }
        stay.sort();
        QStringList left = QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
        left.sort();
        QCOMPARE(left, stay);
        // What was too young then is looked at once more.
        QFile young(dir.filePath(ended + "5"));
        QVERIFY(young.open(QIODevice::ReadWrite) && setAge(young, 3600));
        young.close();
        QVERIFY(AtomicFile::create(path.toStdString()));
        QVERIFY(!QFile::exists(dir.filePath(ended + "5")));
    }
    // Age and the number of the process do not matter to a file somebody is at work on.
    void whatIsBeingWrittenIsNotSwept() {
        QTemporaryDir dir;
        auto first = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY(first && first->write(std::string_view("first")));
        QFile temporary(dir.filePath(QDir(dir.path()).entryList(QDir::Files).value(0)));
        QVERIFY(temporary.open(QIODevice::ReadWrite) && setAge(temporary, 3600));
        auto second = AtomicFile::create(dir.filePath("./out").toStdString());  // another spelling, so it looks again
        QVERIFY(second && second->write(std::string_view("second")) && second->commit());
        QCOMPARE(read(dir.filePath("out")), QByteArray("second"));
        QVERIFY(first->commit());
        QCOMPARE(read(dir.filePath("out")), QByteArray("first"));
    }
    // Numbers of processes come back where a container starts anew.
    void aNameThatIsTakenIsNoError() {
        QTemporaryDir dir;
        {
            const auto file = AtomicFile::create(dir.filePath("out").toStdString());
            QVERIFY(file);
            const QString name = QDir(dir.path()).entryList(QDir::Files).value(0);
            const qint64 count = name.section(QLatin1Char('-'), -1).toLongLong();
            for (qint64 n = count + 1; n < count + 4; ++n) {
                QFile taken(dir.filePath(name.section(QLatin1Char('-'), 0, -2) + QStringLiteral("-%1").arg(n)));
                QVERIFY(taken.open(QIODevice::WriteOnly));
            }
        }
        auto next = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY2(next, next ? "" : next.error().text().c_str());
    }

    void missingFolderIsAnError() {
        QTemporaryDir dir;
        const auto file = AtomicFile::create(dir.filePath("none/out").toStdString());
        QVERIFY(!file);
        QCOMPARE(file.error().code, std::string("E-FILE-010"));
        QCOMPARE(file.error().remedy, std::string("Create the folder first."));
    }

    // What would not help is not advised.
    void whereNobodyCreatesAFolderAnotherOneIsAdvised() {
        for (const char* path : {"/proc/out.csv", "/proc/none/deeper/out.csv"}) {
            const auto file = AtomicFile::create(path);
            QVERIFY2(!file, path);
            QCOMPARE(file.error().code, std::string("E-FILE-010"));
            QCOMPARE(file.error().remedy,
                     std::string("Choose a folder on a disk: only the kernel creates files in this one."));
        }
        QTemporaryDir dir;
        QFile inTheWay(dir.filePath("file"));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        const auto file = AtomicFile::create(dir.filePath("file/out").toStdString());
        QVERIFY(!file);
        QCOMPARE(file.error().remedy, std::string("Choose another folder: a part of this path is a file."));
    }

    void failedWriteIsAnErrorAndLeavesNothing() {
        QTemporaryDir dir;
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, SIG_IGN);
        {
            auto file = AtomicFile::create(dir.filePath("out").toStdString());
            QVERIFY(file);
            rlimit small = before;
            small.rlim_cur = 4096;
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
            const auto written = file->write(std::string(8192, 'x'));
            QCOMPARE(setrlimit(RLIMIT_FSIZE, &before), 0);
            QVERIFY(!written);
            QCOMPARE(written.error().code, std::string("E-FILE-011"));
            QVERIFY2(written.error().remedy.find("ulimit -f") != std::string::npos, written.error().remedy.c_str());
        }
        QVERIFY(QDir(dir.path()).isEmpty());
    }

    void spaceThatCannotBeReservedIsAnError() {
        QTemporaryDir dir;
        auto file = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY(file && file->reserve(1 << 20));
        const auto reserved = file->reserve(std::int64_t{1} << 62);
        if (reserved) QSKIP("this file system does not reserve space");
        QCOMPARE(reserved.error().code, std::string("E-FILE-013"));
        QVERIFY(file->write(std::string_view("x")) && file->commit());
        struct stat status {};
        QCOMPARE(stat(dir.filePath("out").toStdString().c_str(), &status), 0);
        QCOMPARE(status.st_size, off_t{1});
        QVERIFY2(status.st_blocks * 512 < (1 << 20), "what was reserved and not written goes back");
    }

    void largeFileHoldsWhatWasWritten() {
        QTemporaryDir dir;
        auto file = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY(file);
        std::string block(std::size_t{5} << 20, ' ');
        QByteArray expected;
        for (int i = 0; i < 24; ++i) {
            block.assign(block.size(), static_cast<char>('a' + i));
            QVERIFY(file->write(std::string_view(block)));
            expected += QByteArray::fromStdString(block);
        }
        QVERIFY(file->commit());
        QVERIFY(read(dir.filePath("out")) == expected);
    }

    void bytesGoToAnyPlace() {
        QTemporaryDir dir;
        auto file = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY(file);
        const auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text)); };
        QVERIFY(file->writeAt(4, bytes("efgh")) && file->writeAt(0, bytes("abcd")));
        QCOMPARE(file->written(), std::int64_t{8});
        std::array<std::byte, 4> read{};
        QVERIFY(file->readAt(2, read));
        QVERIFY(std::memcmp(read.data(), "cdef", 4) == 0);
        const auto beyond = file->readAt(6, read);
        QVERIFY(!beyond);
        QCOMPARE(beyond.error().code, std::string("E-FILE-017"));
        QVERIFY(file->commit());
        QCOMPARE(this->read(dir.filePath("out")), QByteArray("abcdefgh"));
    }

    void failedRenameIsAnError() {
        QTemporaryDir dir;
        auto file = AtomicFile::create(dir.filePath("out").toStdString());
        QVERIFY(file && file->write(std::string_view("x")));
        QVERIFY(QDir(dir.path()).mkdir("out"));
        const auto committed = file->commit();
        QVERIFY(!committed);
        QCOMPARE(committed.error().code, std::string("E-FILE-012"));
    }
};

DLRM_TEST(TestAtomicFile);

}  // namespace tst_atomic_file

#include "tst_atomic_file.moc"
