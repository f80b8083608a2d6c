// SPDX-License-Identifier: Apache-2.0
// Files that are missing, no files, cut short, replaced or outside their directory; mappings that lose their pages.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <thread>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/random_access_file.h"
#include "core/base/sigbus_guard.h"
#include "tests/support/test_program.h"

namespace tst_random_access_file {

using namespace dlrm;

namespace {

constexpr std::int64_t kPage = 4096;

sigjmp_buf g_jump;
volatile sig_atomic_t g_previousCalled = 0;

// Stands for a crash reporter that was there before the guard.
void previousHandler(int) {
    g_previousCalled = 1;
    siglongjmp(g_jump, 1);
}

}  // namespace

class TestRandomAccessFile : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    std::string path(const char* name) const { return m_dir.filePath(name).toStdString(); }
    std::string write(const char* name, const QByteArray& content) const {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write a test file");
        return path(name);
    }

private Q_SLOTS:
    void initTestCase() {
        // Before the first mapping: the guard must pass foreign faults on to this handler.
        struct sigaction action {};
        action.sa_handler = previousHandler;
        QCOMPARE(sigaction(SIGBUS, &action, nullptr), 0);
    }

    void readsAnyRange() {
        const auto file = RandomAccessFile::open(write("plain", "0123456789"));
        QVERIFY(file);
        QCOMPARE((*file)->size(), std::int64_t{10});
        char out[4];
        QVERIFY((*file)->read(3, std::as_writable_bytes(std::span(out))));
        QCOMPARE(QByteArray(out, 4), QByteArray("3456"));
    }

    void whatCannotBeOpenedIsAnError_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("code");
        QTest::newRow("missing") << "none"
                                 << "E-FILE-001";
        QTest::newRow("missing directory") << "none/none"
                                           << "E-FILE-001";
        QTest::newRow("directory") << "."
                                   << "E-FILE-002";
        QTest::newRow("pipe without a writer") << "pipe"
                                               << "E-FILE-002";
        QTest::newRow("device") << "zero"
                                << "E-FILE-002";
    }
    void whatCannotBeOpenedIsAnError() {
        QFETCH(QString, name);
        QFETCH(QString, code);
        ::mkfifo(path("pipe").c_str(), 0600);
        if (::symlink("/dev/zero", path("zero").c_str()) != 0) QVERIFY(errno == EEXIST);
        const auto file = RandomAccessFile::open(path(name.toUtf8().constData()));
        QVERIFY(!file);
        QCOMPARE(QString::fromStdString(file.error().code), code);
        QVERIFY(!file.error().file.empty() && !file.error().found.empty() && !file.error().remedy.empty());
    }

    // What git leaves where a large file was not fetched is named before any format reads it as damage.
    void gitLfsPointersAreNamed() {
        const QByteArray pointer =
            "version https://git-lfs.github.com/spec/v1\noid "
            "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 3112345\n";
        for (const char* name : {"feature_0_part0.npy", "t.npz", "rows.gz", "model.h5", "feature_spec.yaml"}) {
            const std::string p = write(name, pointer);
            for (const auto& file : {RandomAccessFile::open(p), RandomAccessFile::openBeneath(path(""), name)}) {
                QVERIFY(!file);
                QCOMPARE(file.error().code, std::string("E-FILE-018"));
                QCOMPARE(file.error().file, file.error().file.ends_with(name) ? file.error().file : std::string());
                QCOMPARE(file.error().expected, std::string("a file of 3112345 bytes"));
                QCOMPARE(file.error().found, std::string("a Git LFS pointer"));
                QVERIFY(file.error().remedy.find("git lfs pull") != std::string::npos);
            }
        }
        QVERIFY(RandomAccessFile::open(write("words", "version https://git-lfs.github.com/")));
        QVERIFY(RandomAccessFile::open(write("long", pointer + QByteArray(1024, 'x'))));
        QVERIFY(!RandomAccessFile::open(write("without a size", pointer.left(60))));
    }

    void readingPastTheEndIsAnError() {
        const auto file = RandomAccessFile::open(write("short", "0123456789"));
        char out[4];
        const auto result = (*file)->read(8, std::as_writable_bytes(std::span(out)));
        QVERIFY(!result);
        QCOMPARE(result.error().code, std::string("E-FILE-004"));
        QCOMPARE(result.error().offset, std::int64_t{10});
    }

    void truncationUnderAMappingReadsZerosAndIsNoticed() {
        const std::string p = write("mapped", QByteArray(4 * kPage, 'x'));
        const auto file = RandomAccessFile::open(p);
        const auto mapped = (*file)->map(Access::Random);
        QVERIFY(mapped);
        QCOMPARE(static_cast<char>((*mapped)[3 * kPage]), 'x');
        QVERIFY((*file)->checkUnchanged());
        QCOMPARE(::truncate(p.c_str(), kPage), 0);
        QCOMPARE(static_cast<char>((*mapped)[0]), 'x');
        for (const std::int64_t at : {kPage, 2 * kPage + 17, 4 * kPage - 1})
            QCOMPARE(static_cast<char>((*mapped)[static_cast<std::size_t>(at)]), '\0');
        const auto changed = (*file)->checkUnchanged();
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, std::string("E-FILE-005"));
        QCOMPARE(changed.error().found, std::string("4096 bytes"));
        QCOMPARE(g_previousCalled, 0);
    }

    void aPageThatCouldNotBeReadMarksItsMapping() {
        const std::string p = write("damaged", QByteArray(2 * kPage, 'x'));
        const int fd = ::open(p.c_str(), O_RDWR);
        void* address = ::mmap(nullptr, 2 * kPage, PROT_READ, MAP_SHARED, fd, 0);
        const auto* bytes = static_cast<const volatile char*>(address);
        GuardedMapping* guard = guardMapping(static_cast<const std::byte*>(address), 2 * kPage);
        QVERIFY(!isDamaged(guard));
        QCOMPARE(::ftruncate(fd, 0), 0);
        const char lost = bytes[kPage];
        QCOMPARE(lost, '\0');
        QVERIFY(isDamaged(guard));
        releaseMapping(guard);
        ::munmap(address, 2 * kPage);
        ::close(fd);
    }

    void manyThreadsSurviveATruncation() {
        const std::string p = write("threads", QByteArray(256 * kPage, 'x'));
        const auto file = RandomAccessFile::open(p);
        const auto mapped = *(*file)->map(Access::Random);
        QCOMPARE(::truncate(p.c_str(), 0), 0);
        std::vector<std::thread> threads;
        std::atomic<int> wrong{0};
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (std::size_t page = 0; page < 256; ++page)
                    if (mapped[page * kPage] != std::byte{0}) ++wrong;
            });
        for (auto& t : threads) t.join();
        QCOMPARE(wrong.load(), 0);
    }

    // The system allows a process some 65,000 mappings; a page each would end it while a long evaluation reads a
    // truncated table.
    void scatteredReadsOfATruncatedFileTakeNoMappingEach() {
        constexpr std::size_t kPages = 4000;
        const auto mappings = [] {
            QFile maps(QStringLiteral("/proc/self/maps"));
            return maps.open(QIODevice::ReadOnly) ? maps.readAll().count('\n') : -1;
        };
        const std::string p = write("scattered", "x");
        QCOMPARE(::truncate(p.c_str(), kPages * kPage), 0);
        const auto file = RandomAccessFile::open(p);
        const auto mapped = *(*file)->map(Access::Random);
        QCOMPARE(::truncate(p.c_str(), kPage), 0);
        const auto before = mappings();
        QVERIFY(before > 0);
        for (std::size_t i = 0; i < kPages; ++i)
            QCOMPARE(static_cast<char>(mapped[(i * 1999 % kPages) * kPage + 7]), '\0');
        QVERIFY2(mappings() - before < 50, qPrintable(QStringLiteral("%1 more").arg(mappings() - before)));
    }

    void faultsElsewhereGoToThePreviousHandler() {
        const std::string p = write("foreign", QByteArray(kPage, 'x'));
        QVERIFY((*RandomAccessFile::open(write("own", "x")))->map(Access::Random));  // the guard is installed
        const int fd = ::open(p.c_str(), O_RDWR);
        const auto* bytes = static_cast<const volatile char*>(::mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fd, 0));
        QCOMPARE(::ftruncate(fd, 0), 0);
        g_previousCalled = 0;
        if (sigsetjmp(g_jump, 1) == 0) {
            const char c = bytes[0];
            Q_UNUSED(c);
        }
        QCOMPARE(g_previousCalled, 1);
        ::munmap(const_cast<char*>(bytes), kPage);
        ::close(fd);
    }

    void changesSinceOpenAreNoticed_data() {
        QTest::addColumn<int>("change");
        QTest::newRow("rewritten with the same size") << 0;
        QTest::newRow("replaced by another file") << 1;
        QTest::newRow("removed") << 2;
        QTest::newRow("grown") << 3;
    }
    void changesSinceOpenAreNoticed() {
        QFETCH(int, change);
        const std::string p = write("changing", "0123456789");
        const auto file = RandomAccessFile::open(p);
        QVERIFY((*file)->checkUnchanged());
        QTest::qSleep(20);  // file systems stamp with the clock of the last tick
        if (change == 0) write("changing", "9876543210");
        else if (change == 1) QCOMPARE(::rename(write("other", "0123456789").c_str(), p.c_str()), 0);
        else if (change == 2) QCOMPARE(::unlink(p.c_str()), 0);
        else QCOMPARE(::truncate(p.c_str(), 11), 0);
        const auto changed = (*file)->checkUnchanged();
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, std::string("E-FILE-005"));
        QVERIFY2(changed.error().message.starts_with(change == 2 ? "The file is gone" : "The file was changed"),
                 changed.error().message.c_str());
    }

    // The kernel's own time tells of a change whose time was set back; it cannot tell that from a change of rights, and
    // says so.
    void aChangeOfStatusIsNamedAsOne() {
        const std::string p = write("rights", "bytes");
        const auto file = RandomAccessFile::open(p);
        QVERIFY((*file)->checkUnchanged());
        QTest::qSleep(50);  // longer than a step of the kernel's clock
        QCOMPARE(::chmod(p.c_str(), 0600), 0);
        const auto changed = (*file)->checkUnchanged();
        QVERIFY(!changed);
        QCOMPARE(changed.error().code, std::string("E-FILE-005"));
        QVERIFY2(changed.error().found.find("rights, owner or links") != std::string::npos,
                 changed.error().found.c_str());
    }

    void emptyFileMapsToAnEmptySpan() {
        const auto file = RandomAccessFile::open(write("empty", {}));
        const auto mapped = (*file)->map(Access::Sequential);
        QVERIFY(mapped && mapped->empty());
    }

    void mappingBeyondTheAddressSpaceIsAnError() {
        const std::string p = write("huge", "x");
        QCOMPARE(::truncate(p.c_str(), std::int64_t{1} << 40), 0);
        const auto file = RandomAccessFile::open(p);
        rlimit before{};
        QCOMPARE(getrlimit(RLIMIT_AS, &before), 0);
        rlimit small = before;
        small.rlim_cur = rlim_t{1} << 39;
        QCOMPARE(setrlimit(RLIMIT_AS, &small), 0);
        const auto mapped = (*file)->map(Access::Random);
        QCOMPARE(setrlimit(RLIMIT_AS, &before), 0);
        QVERIFY(!mapped);
        QCOMPARE(mapped.error().code, std::string("E-FILE-006"));
    }

    void pathsThatLeaveTheDirectoryAreRefused_data() {
        QTest::addColumn<QByteArray>("relative");
        QTest::addColumn<QString>("code");  // empty: opens
        QTest::newRow("file") << QByteArray("in") << "";
        QTest::newRow("file below") << QByteArray("sub/in") << "";
        QTest::newRow("link to a file inside") << QByteArray("link-in") << "";
        QTest::newRow("missing") << QByteArray("none") << "E-FILE-001";
        QTest::newRow("empty") << QByteArray("") << "E-FILE-003";
        QTest::newRow("parent") << QByteArray("../out") << "E-FILE-003";
        QTest::newRow("parent in the middle") << QByteArray("sub/../../out") << "E-FILE-003";
        QTest::newRow("parent that comes back") << QByteArray("sub/../in") << "E-FILE-003";
        QTest::newRow("absolute") << QByteArray("/etc/hostname") << "E-FILE-003";
        QTest::newRow("absolute with slashes") << QByteArray("//etc/hostname") << "E-FILE-003";
        QTest::newRow("link outside") << QByteArray("link-out") << "E-FILE-003";
        QTest::newRow("absolute link") << QByteArray("link-absolute") << "E-FILE-003";
        QTest::newRow("directory link outside") << QByteArray("dir-out/out") << "E-FILE-003";
        QTest::newRow("link to itself") << QByteArray("link-loop") << "E-FILE-003";
        QTest::newRow("NUL") << QByteArray("in\0/../../out", 13) << "E-FILE-003";
        QTest::newRow("pipe") << QByteArray("pipe") << "E-FILE-002";
    }
    void pathsThatLeaveTheDirectoryAreRefused() {
        QFETCH(QByteArray, relative);
        QFETCH(QString, code);
        QDir(m_dir.path()).mkpath("box/sub");
        write("out", "secret");
        write("box/in", "x");
        write("box/sub/in", "x");
        ::symlink("sub/in", path("box/link-in").c_str());
        ::symlink("../out", path("box/link-out").c_str());
        ::symlink(path("out").c_str(), path("box/link-absolute").c_str());
        ::symlink("..", path("box/dir-out").c_str());
        ::symlink("link-loop", path("box/link-loop").c_str());
        ::mkfifo(path("box/pipe").c_str(), 0600);
        const auto file = RandomAccessFile::openBeneath(path("box"), relative.toStdString());
        if (code.isEmpty()) QVERIFY2(file.has_value(), file ? "" : file.error().text().c_str());
        else {
            QVERIFY(!file);
            QCOMPARE(QString::fromStdString(file.error().code), code);
        }
    }

    // Only when the user says so, and last of all tests: it holds for the whole process.
    void linksAreFollowedWhenAsked() {
        QVERIFY(QDir().mkpath(QString::fromStdString(path("followed"))));
        write("elsewhere", "0123");
        ::symlink("../elsewhere", path("followed/link").c_str());
        ::symlink("/proc/self/fd/0", path("followed/magic").c_str());
        ::symlink("circle", path("followed/circle").c_str());
        const auto code = [&](const char* name) {
            const auto file = RandomAccessFile::openBeneath(path("followed"), name);
            return file ? std::string() : file.error().code;
        };
        const auto refused = RandomAccessFile::openBeneath(path("followed"), "link");
        QVERIFY(!refused && refused.error().code == "E-FILE-003");
        QVERIFY2(refused.error().remedy.find("--follow-links") != std::string::npos, refused.error().text().c_str());
        RandomAccessFile::followLinks();
        QCOMPARE(code("link"), std::string());
        QCOMPARE(code("../elsewhere"), std::string("E-FILE-003"));
        QCOMPARE(code(path("elsewhere").c_str()), std::string("E-FILE-003"));
        QCOMPARE(code("magic"), std::string("E-FILE-001"));
        QCOMPARE(code("circle"), std::string("E-FILE-001"));
    }
};

DLRM_TEST(TestRandomAccessFile);

}  // namespace tst_random_access_file

#include "tst_random_access_file.moc"
