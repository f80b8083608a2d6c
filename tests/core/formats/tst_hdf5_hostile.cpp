// SPDX-License-Identifier: Apache-2.0
// Enemies of the HDF5 reader: files that break libhdf5, a child that hangs, dies or lies. This process survives all of
// them, in time.
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "core/checkpoint/checkpoint.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/hdf5_list.h"
#include "core/formats/hdf5_protocol.h"
#include "effort.h"
#include "tests/support/outside_data.h"
#include "tests/support/sanitizer.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_hostile {

using namespace dlrm;
namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

constexpr const char* kRealData = DLRM_SOURCE_DIR "/../shared/realdata";
constexpr const char* kCrashers = DLRM_SOURCE_DIR "/../shared/realdata/_generated_hdf5_1.10.8_crashers";
// 3 s, and what starting and ending a process costs on a machine that does something else as well.
constexpr double kAnswerSeconds = 3.5;

struct Outcome {
    std::string code;  // empty: listed
    double seconds = 0;
};

// Lists the file, then reads everything that is listed.
Outcome tryFile(const std::string& path) {
    Outcome out;
    const auto begin = steady_clock::now();
    auto file = RandomAccessFile::open(path);
    auto opened = Hdf5File::open(*file);
    out.seconds = std::chrono::duration<double>(steady_clock::now() - begin).count();
    if (!opened) {
        out.code = opened.error().code;
        if (opened.error().remedy.empty() || opened.error().file.empty()) out.code += " incomplete";
        return out;
    }
    for (const Hdf5Object& o : (*opened)->objects()) {
        if (!o.isDataset || o.elements > 1 << 20) continue;
        const auto ok = o.type.kind == Hdf5Kind::Text
                            ? (*opened)->readTexts(o, [](std::string_view) -> Result<void> { return {}; })
                            : (*opened)->read(o, 0, o.shape.empty() ? 1 : o.shape[0],
                                              [](std::span<const std::byte>) -> Result<void> { return {}; });
        if (!ok && (ok.error().remedy.empty() || ok.error().file.empty())) out.code = ok.error().code + " incomplete";
    }
    // The readers of checkpoints, rows and dictionaries on the same file.
    const auto check = [&](const auto& result) {
        if (!result && (result.error().remedy.empty() || result.error().file.empty()))
            out.code = result.error().code + " incomplete";
    };
    check(Checkpoint::open(path, {}));
    check(openDataset(path, {}));
    check(Dictionary::open(path));
    return out;
}

std::string bytesOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {(std::istreambuf_iterator<char>(in)), {}};
}

std::vector<std::string> seeds() {
    std::vector<std::string> out;
    for (const char* root : {kRealData, DLRM_SOURCE_DIR "/../shared/golden/newer_layouts/x_keras"}) {
        if (!fs::exists(root)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root))
            if (entry.path().extension() == ".h5") out.push_back(entry.path().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

// An answer of the child, put together by hand.
class AnswerMaker {
public:
    AnswerMaker& byte(int v) { return m_bytes.push_back(static_cast<std::byte>(v)), *this; }
    AnswerMaker& u32(std::uint32_t v) { return raw(&v, 4); }
    AnswerMaker& u64(std::uint64_t v) { return raw(&v, 8); }
    AnswerMaker& text(const std::string& v) {
        return u32(static_cast<std::uint32_t>(v.size())), raw(v.data(), v.size());
    }
    AnswerMaker& root() { return byte(hdf5::kListBegin).byte(hdf5::kGroup).text("/").u32(0); }
    // A float32 dataset with these dimensions, up to its layout.
    AnswerMaker& dataset(const std::string& path, std::initializer_list<std::uint64_t> dims) {
        byte(hdf5::kDataset).text(path).byte(0).u32(4).byte(0).byte(static_cast<int>(dims.size()));
        for (const auto d : dims) u64(d);
        return *this;
    }
    // `count` empty texts.
    AnswerMaker& texts(const std::string& name, std::uint32_t count) {
        text(name).byte(4).byte(1).u64(count);
        for (std::uint32_t i = 0; i < count; ++i) u32(0);
        return *this;
    }
    AnswerMaker& end(std::uint64_t records) { return byte(hdf5::kEnd).u64(records); }
    std::size_t size() const { return m_bytes.size(); }
    Result<std::vector<Hdf5Object>> parsed(std::int64_t fileSize = 1000) const {
        return hdf5::parseList(m_bytes, fileSize, "x.h5");
    }

private:
    AnswerMaker& raw(const void* at, std::size_t n) {
        const auto* bytes = static_cast<const std::byte*>(at);
        m_bytes.insert(m_bytes.end(), bytes, bytes + n);
        return *this;
    }
    std::vector<std::byte> m_bytes;
};

}  // namespace

class TestHdf5Hostile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void survivesCrashers();
    void survivesMutations();
    void believesNoLie_data();
    void believesNoLie();
    void acceptsTheTruth();
    void longestListCostsWhatIsPromised();
    void badReader_data();
    void badReader();
};

void TestHdf5Hostile::survivesCrashers() {
    DLRM_NEEDS_OUTSIDE(QString(kCrashers));
    int files = 0;
    std::map<std::string, int> codes;
    for (const auto& entry : fs::directory_iterator(kCrashers)) {
        const Outcome out = tryFile(entry.path().string());
        QVERIFY2(out.seconds < kAnswerSeconds,
                 qPrintable(QString::fromStdString(entry.path().filename().string()) + QString::number(out.seconds)));
        QVERIFY2(!out.code.ends_with("incomplete"), out.code.c_str());
        ++codes[out.code];
        ++files;
    }
    QCOMPARE(files, 15);
    for (const auto& [code, n] : codes) qInfo("%s: %d files", code.empty() ? "listed" : code.c_str(), n);
    QVERIFY(waitpid(-1, nullptr, WNOHANG) < 0);
}

void TestHdf5Hostile::survivesMutations() {
    const std::vector<std::string> files = seeds();
    if (files.empty()) DLRM_NEEDS_OUTSIDE(QString(kRealData));
    QVERIFY(!files.empty());
    const int wanted = qEnvironmentVariableIntValue("DLRM_HDF5_MUTATIONS") > 0
                           ? qEnvironmentVariableIntValue("DLRM_HDF5_MUTATIONS")
                           : 150;
    QTemporaryDir dir;
    const std::string path = dir.filePath(QStringLiteral("m.h5")).toStdString();
    std::mt19937_64 random(20221);
    std::map<std::string, int> codes;
    double slowest = 0;
    for (int i = 0; i < wanted; ++i) {
        std::string bytes = bytesOf(files[static_cast<std::size_t>(i) % files.size()]);
        // Most of the structure lies in the first kilobytes.
        for (std::uint64_t n = 1 + random() % 8; n > 0; --n) {
            const std::size_t span = random() % 2 ? std::min<std::size_t>(bytes.size(), 4096) : bytes.size();
            const std::size_t at = random() % span;
            if (random() % 4 == 0 && at + 8 <= bytes.size()) {
                const std::uint64_t value = random() % 2 ? ~std::uint64_t{0} >> (random() % 64) : random();
                std::memcpy(bytes.data() + at, &value, 8);
            } else {
                bytes[at] = static_cast<char>(random());
            }
        }
        if (random() % 16 == 0) bytes.resize(random() % bytes.size());
        std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        const Outcome out = tryFile(path);
        slowest = std::max(slowest, out.seconds);
        QVERIFY2(out.seconds < kAnswerSeconds && !out.code.ends_with("incomplete"), out.code.c_str());
        ++codes[out.code];
    }
    qInfo("%d files, the slowest took %.2f s", wanted, slowest);
    for (const auto& [code, n] : codes) qInfo("%s: %d files", code.empty() ? "listed" : code.c_str(), n);
    QVERIFY(waitpid(-1, nullptr, WNOHANG) < 0);
}

void TestHdf5Hostile::believesNoLie_data() {
    QTest::addColumn<QString>("expected");
    QTest::addColumn<QByteArray>("case_");
    const char* cases[] = {"nothing",
                           "other begin",
                           "no root",
                           "cut",
                           "trailing",
                           "count",
                           "twice",
                           "orphan",
                           "dot",
                           "type",
                           "size",
                           "big",
                           "rank",
                           "overflow",
                           "layout",
                           "outside",
                           "beyond",
                           "chunk zero",
                           "chunk count",
                           "chunk size",
                           "chunk outside",
                           "chunk overlap",
                           "chunk packed",
                           "filter",
                           "attribute kind",
                           "attribute values",
                           "attribute texts",
                           "long text",
                           "kind",
                           "no reason",
                           "error number"};
    for (const char* c : cases) QTest::newRow(c) << QStringLiteral("E-HDF5-006") << QByteArray(c);
}

void TestHdf5Hostile::believesNoLie() {
    QFETCH(QString, expected);
    QFETCH(QByteArray, case_);
    const std::string c = case_.toStdString();
    AnswerMaker m;
    if (c == "nothing") {
    } else if (c == "other begin") m.byte('{');
    else if (c == "no root") m.byte(hdf5::kListBegin).byte(hdf5::kGroup).text("/a").u32(0).end(1);
    else if (c == "cut") m.root().byte(hdf5::kEnd).u32(1);
    else if (c == "trailing") m.root().end(1).byte(0);
    else if (c == "count") m.root().end(2);
    else if (c == "twice") m.root().byte(hdf5::kGroup).text("/a").u32(0).byte(hdf5::kGroup).text("/a").u32(0).end(3);
    else if (c == "orphan") m.root().byte(hdf5::kGroup).text("/a/b").u32(0).end(2);
    else if (c == "dot") m.root().byte(hdf5::kGroup).text("/.").u32(0).end(2);
    else if (c == "type") m.root().byte(hdf5::kDataset).text("/x").byte(9).u32(4).byte(0).byte(0);
    else if (c == "size") m.root().byte(hdf5::kDataset).text("/x").byte(0).u32(3).byte(0).byte(0);
    else if (c == "big") m.root().byte(hdf5::kDataset).text("/x").byte(0).u32(4).byte(2).byte(0);
    else if (c == "rank") m.root().byte(hdf5::kDataset).text("/x").byte(0).u32(4).byte(0).byte(9);
    else if (c == "overflow") m.root().dataset("/x", {1ULL << 40, 1ULL << 22});
    else if (c == "layout") m.root().dataset("/x", {4}).byte(3);
    else if (c == "outside") m.root().dataset("/x", {4}).byte(1).u64(990).byte(0).u32(0).end(2);
    else if (c == "beyond") m.root().dataset("/x", {4}).byte(1).u64(~0ULL - 8).byte(0).u32(0).end(2);
    else if (c == "chunk zero") m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(0).u64(0).u64(0).u32(0).end(2);
    else if (c == "chunk count")
        m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(0).u64(2).u64(1).u64(0).u64(8).u32(0).end(2);
    else if (c == "chunk size")
        m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(0).u64(4).u64(1).u64(0).u64(20).u32(0).end(2);
    else if (c == "chunk outside")
        m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(0).u64(4).u64(1).u64(985).u64(16).u32(0).end(2);
    else if (c == "chunk overlap")
        m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(0).u64(2).u64(2).u64(100).u64(8).u64(104).u64(8).u32(0).end(
            2);
    else if (c == "chunk packed")
        m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(1).byte(1).u64(4).u64(1).u64(0).u64(16).u32(0).end(2);
    else if (c == "filter") m.root().dataset("/x", {4}).byte(2).u64(~0ULL).byte(1).byte(32).u64(4).u64(0).u32(0).end(2);
    else if (c == "attribute kind")
        m.byte(hdf5::kListBegin).byte(hdf5::kGroup).text("/").u32(1).text("a").byte(5).byte(0).end(1);
    else if (c == "attribute values")
        m.byte(hdf5::kListBegin).byte(hdf5::kGroup).text("/").u32(1).text("a").byte(4).byte(1).u64(1ULL << 60);
    else if (c == "attribute texts") {
        m.byte(hdf5::kListBegin).byte(hdf5::kGroup).text("/").u32(4);
        for (const char* name : {"a", "b", "c", "d"}) m.texts(name, hdf5::kMostTexts / 4 + 1);
        m.end(1);
    } else if (c == "long text") m.root().byte(hdf5::kGroup).u32(5000);
    else if (c == "kind") m.root().byte('?').text("/a").u32(0).end(2);
    else if (c == "no reason") m.root().byte(hdf5::kRefused).text("/a").text("").end(2);
    else if (c == "error number") m.byte(hdf5::kError).byte(77).text("").text("").text("");
    else QFAIL("an unknown case");
    const auto parsed = m.parsed();
    QVERIFY(!parsed);
    QCOMPARE(QString::fromStdString(parsed.error().code), expected);
    QCOMPARE(parsed.error().file, std::string("x.h5"));
    QVERIFY(!parsed.error().expected.empty() && !parsed.error().found.empty() && !parsed.error().remedy.empty());
}

// What the lies above are made from is accepted when it is no lie.
void TestHdf5Hostile::acceptsTheTruth() {
    AnswerMaker m;
    m.root().dataset("/x", {4}).byte(1).u64(984).byte(0).u32(0);
    m.dataset("/y", {4})
        .byte(2)
        .u64(~0ULL)
        .byte(0)
        .u64(2)
        .u64(2)
        .u64(100)
        .u64(8)
        .u64(108)
        .u64(8)
        .u32(1)
        .text("a")
        .byte(2)
        .byte(0)
        .u64(7);
    m.byte(hdf5::kRefused).text("/z").text("a soft link").end(4);
    const auto parsed = m.parsed();
    QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
    QCOMPARE(parsed->size(), std::size_t{4});
    QCOMPARE((*parsed)[1].offset, 984);
    QCOMPARE((*parsed)[2].chunks.size(), std::size_t{2});
    QCOMPARE((*parsed)[2].attribute("a")->integers, std::vector<std::int64_t>{7});
    QCOMPARE((*parsed)[3].refused, std::string("a soft link"));
}

// As many objects, attributes and texts as are read at all.
void TestHdf5Hostile::longestListCostsWhatIsPromised() {
    DLRM_NEEDS_NO_SANITIZER("the memory that this test counts");
    AnswerMaker m;
    m.byte(hdf5::kListBegin);
    for (std::int64_t i = 0; i < hdf5::kMostObjects; ++i) {
        m.byte(hdf5::kGroup).text(std::string("/").append(i == 0 ? "" : std::to_string(i))).u32(2);
        m.texts("a", 2).texts("b", i % 2 == 0 ? 0 : 1);
    }
    m.end(static_cast<std::uint64_t>(hdf5::kMostObjects));
    QVERIFY(m.size() < static_cast<std::size_t>(hdf5::kLongestList));
    const test::Effort effort;
    const auto parsed = m.parsed();
    qInfo("an answer of %zu MiB: %s", m.size() >> 20, effort.text().c_str());
    QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
    QVERIFY2(effort.mebibytes() < 128, "the answer itself, 16 MiB at most, grows by doubling and comes to it");
}

void TestHdf5Hostile::badReader_data() {
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("code");
    QTest::newRow("none") << QByteArray() << QStringLiteral("E-HDF5-001");
    QTest::newRow("no program") << QByteArray("not executable") << QStringLiteral("E-HDF5-002");
    QTest::newRow("hangs") << QByteArray("exec sleep 60\n") << QStringLiteral("E-HDF5-003");
    QTest::newRow("crashes") << QByteArray("kill -SEGV $$\n") << QStringLiteral("E-HDF5-004");
    QTest::newRow("exits") << QByteArray("exit 1\n") << QStringLiteral("E-HDF5-004");
    QTest::newRow("says nothing") << QByteArray("exit 0\n") << QStringLiteral("E-HDF5-006");
    QTest::newRow("babbles") << QByteArray("cat /dev/zero\n") << QStringLiteral("E-HDF5-007");
    QTest::newRow("crashes when reading")
        << QByteArray("[ $1 = list ] && exec \"REAL\" list\nkill -SEGV $$\n") << QStringLiteral("E-HDF5-004");
    QTest::newRow("stops when reading") << QByteArray("[ $1 = list ] && exec \"REAL\" list\nexec sleep 60\n")
                                        << QStringLiteral("E-HDF5-010");
    QTest::newRow("lies when reading")
        << QByteArray("[ $1 = list ] && exec \"REAL\" list\nprintf 'Z\\0\\0\\0\\0\\0\\0\\0\\0'\n")
        << QStringLiteral("E-HDF5-006");
    QTest::newRow("reads too much") << QByteArray("[ $1 = list ] && exec \"REAL\" list\ncat /dev/zero\n")
                                    << QStringLiteral("E-HDF5-006");
}

// This program, copied beside a reader of ours, opens a file and tells the error's code.
void TestHdf5Hostile::badReader() {
    QFETCH(QByteArray, script);
    QFETCH(QString, code);
    QTemporaryDir dir;
    const QString program = dir.filePath(QStringLiteral("program")),
                  reader = dir.filePath(QStringLiteral("dlrm-hdf5-reader"));
    QVERIFY(QFile::copy(QStringLiteral("/proc/self/exe"), program) ||
            QFile::copy(QCoreApplication::applicationFilePath(), program));
    QVERIFY(QFile::setPermissions(program, QFile::ReadOwner | QFile::ExeOwner));
    if (!script.isEmpty()) {
        QFile file(reader);
        QVERIFY(file.open(QIODevice::WriteOnly));
        script.replace("REAL", DLRM_BINARY_DIR "/dlrm-hdf5-reader");
        file.write("#!/bin/sh\n" + script);
        file.close();
        QVERIFY(
            file.setPermissions(script == "not executable" ? QFile::ReadOwner : QFile::ReadOwner | QFile::ExeOwner));
    }
    QProcess process;
    const auto begin = steady_clock::now();
    process.start(program, {QStringLiteral("tst_hdf5_hostile"), QStringLiteral("--open"),
                            QStringLiteral(DLRM_TEST_DATA "/hdf5/packed.h5")});
    QVERIFY(process.waitForFinished(30'000));
    QCOMPARE(QString::fromLatin1(process.readAllStandardOutput()), code);
    QVERIFY(std::chrono::duration<double>(steady_clock::now() - begin).count() < 15);
}

namespace {

int openAndTell(const char* path) {
    auto file = RandomAccessFile::open(path);
    if (!file) return 1;
    const auto opened = Hdf5File::open(*file);
    const auto tell = [](const Error& error) {
        std::cout << error.code;
        return error.remedy.empty() || error.expected.empty() || error.found.empty() ? 1 : 0;
    };
    if (!opened) return tell(opened.error());
    for (const Hdf5Object& o : (*opened)->objects())
        if (o.isDataset)
            if (const auto ok =
                    (*opened)->read(o, 0, o.shape[0], [](std::span<const std::byte>) -> Result<void> { return {}; });
                !ok)
                return tell(ok.error());
    return 0;
}

}  // namespace

int mainOrOpening(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--open") == 0) return openAndTell(argv[2]);
    return dlrm::test::runTest<TestHdf5Hostile>(argc, argv);
}
DLRM_TEST_MAIN(mainOrOpening);

}  // namespace tst_hdf5_hostile

#include "tst_hdf5_hostile.moc"
