// SPDX-License-Identifier: Apache-2.0
// A file written atomically shows its old content or the whole new one.
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <cstring>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/atomic_file.h"

using namespace dlrm;

class TestAtomicFile : public QObject {
    Q_OBJECT

    static QByteArray read(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
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
                   file.setFileTime(QDateTime::currentDateTime().addSecs(-secondsAgo), QFileDevice::FileModificationTime);
        };
        // Old ones of this path go; a young one, one at work, and names that are not ours stay.
        for (const char* name : {"out.part-1-0", "out.part-99999-12", "out.part-7-1", "out.part-old", "out.part-1-", "other.part-1-0"}) QVERIFY(make(name, 3600));
        QVERIFY(make("out.part-5-5", 1));
        QVERIFY(QDir(dir.path()).mkdir("out.part-3-3"));
        QFile atWork(dir.filePath("out.part-7-1"));
        QVERIFY(atWork.open(QIODevice::ReadOnly));
        QCOMPARE(flock(atWork.handle(), LOCK_EX | LOCK_NB), 0);
        {
            auto file = AtomicFile::create(path.toStdString());
            QVERIFY(file && file->write(std::string_view("x")) && file->commit());
        }
        QCOMPARE(QDir(dir.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot, QDir::Name),
                 (QStringList{"other.part-1-0", "out", "out.part-1-", "out.part-3-3", "out.part-5-5", "out.part-7-1", "out.part-old"}));
    }

    void missingFolderIsAnError() {
        QTemporaryDir dir;
        const auto file = AtomicFile::create(dir.filePath("none/out").toStdString());
        QVERIFY(!file);
        QCOMPARE(file.error().code, std::string("E-FILE-010"));
        QCOMPARE(file.error().remedy, std::string("Create the folder first."));
    }

    void failedWriteIsAnErrorAndLeavesNothing() {
        QTemporaryDir dir;
        rlimit before {};
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

QTEST_APPLESS_MAIN(TestAtomicFile)
#include "tst_atomic_file.moc"
