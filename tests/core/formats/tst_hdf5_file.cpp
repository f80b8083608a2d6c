// SPDX-License-Identifier: Apache-2.0
// HDF5 files through the child process: what is listed and what is read. Files are written here by libhdf5.
#include <dirent.h>
#include <sys/wait.h>

#include <cstring>
#include <thread>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "hdf5_maker.h"
#include "hdf5_reading.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_file {

using namespace dlrm;
using namespace dlrm::test;

namespace {

int openDescriptors() {
    int n = 0;
    DIR* dir = opendir("/proc/self/fd");
    while (readdir(dir)) ++n;
    closedir(dir);
    return n;
}

bool hasChildren() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

}  // namespace

class TestHdf5File : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsGroupsAndAttributes();
    void readsEveryType_data();
    void readsEveryType();
    void readsWhereValuesLie();
    void readsPackedRows();
    void readsTexts();
    void readsNothingOfWhatIsEmpty();
    void unpacksToATemporaryFile();
    void tellsChunks();
    void answersAStop();
    void leavesNothingBehind();

private:
    std::string path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestHdf5File::listsGroupsAndAttributes() {
    {
        Hdf5Maker make(path("a.h5"));
        make.group("/b");
        make.group("/b/a");
        make.group("/a");
        make.text("/", "backend", "tensorflow");
        make.texts("/b", "fixed", {"dense", "dense_1"}, 9);
        make.texts("/b", "free", {"x", "", "größer"});
        make.attribute("/b", "empty", H5T_NATIVE_DOUBLE, {0}, nullptr);
        const std::int16_t numbers[] = {-3, 7};
        make.attribute("/b", "numbers", H5T_NATIVE_INT16, {2}, numbers);
        const float real = 0.25f;
        make.attribute("/b", "real", H5T_NATIVE_FLOAT, {}, &real);
        const std::uint64_t huge = ~std::uint64_t{0};
        make.attribute("/b", "huge", H5T_NATIVE_UINT64, {}, &huge);
        make.text("/b", "long", std::string(300 * 1024, 'x'));
        make.text("/b", "kept", std::string(200 * 1024, 'x'));
    }
    const auto file = openFile(path("a.h5"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    std::string paths;
    for (const Hdf5Object& o : (*file)->objects()) paths += o.path + " ";
    QCOMPARE(paths, std::string("/ /a /b /b/a "));
    QCOMPARE((*file)->find("/")->text("backend"), std::string_view("tensorflow"));
    const Hdf5Object& b = *(*file)->find("/b");
    QCOMPARE(b.attribute("fixed")->texts, (std::vector<std::string>{"dense", "dense_1"}));
    QCOMPARE(b.attribute("free")->texts, (std::vector<std::string>{"x", "", "größer"}));
    QCOMPARE(b.attribute("empty")->shape, std::vector<std::int64_t>{0});
    QCOMPARE(b.attribute("empty")->kind, Hdf5Kind::Float);
    QCOMPARE(b.attribute("numbers")->integers, (std::vector<std::int64_t>{-3, 7}));
    QCOMPARE(b.attribute("real")->reals, std::vector<double>{0.25});
    QVERIFY(b.attribute("huge")->omitted);
    QVERIFY(b.attribute("long")->omitted);
    QCOMPARE(b.text("kept").size(), std::size_t{200 * 1024});
    QVERIFY(!b.attribute("none"));
    QVERIFY(!(*file)->find("/c"));
}

void TestHdf5File::readsEveryType_data() {
    QTest::addColumn<qint64>("type");
    QTest::addColumn<QString>("shown");
    const std::pair<hid_t, const char*> types[] = {{H5T_IEEE_F32LE, "float32"},
                                                   {H5T_IEEE_F32BE, "float32, big-endian"},
                                                   {H5T_IEEE_F64LE, "float64"},
                                                   {H5T_IEEE_F64BE, "float64, big-endian"},
                                                   {H5T_STD_I8LE, "int8"},
                                                   {H5T_STD_U8LE, "uint8"},
                                                   {H5T_STD_I16BE, "int16, big-endian"},
                                                   {H5T_STD_U16LE, "uint16"},
                                                   {H5T_STD_I32LE, "int32"},
                                                   {H5T_STD_U32BE, "uint32, big-endian"},
                                                   {H5T_STD_I64LE, "int64"},
                                                   {H5T_STD_U64LE, "uint64"}};
    for (const auto& [type, shown] : types)
        QTest::newRow(shown) << static_cast<qint64>(type) << QString::fromLatin1(shown);
}

void TestHdf5File::readsEveryType() {
    QFETCH(qint64, type);
    QFETCH(QString, shown);
    const double values[] = {0, 1, 2, 100};
    {
        Hdf5Maker make(path("t.h5"));
        make.dataset("/x", type, {2, 2}, H5T_NATIVE_DOUBLE, values);
        make.dataset("/packed", type, {2, 2}, H5T_NATIVE_DOUBLE, values, Hdf5Maker::chunked({1, 2}));
    }
    const auto file = openFile(path("t.h5"));
    QVERIFY(file);
    for (const char* name : {"/x", "/packed"}) {
        const Hdf5Object& x = *(*file)->find(name);
        QCOMPARE(QString::fromStdString(dlrm::name(x.type)), shown);
        QCOMPARE(x.elements, 4);
        const auto bytes = readAll<std::byte>(**file, x);
        QCOMPARE(std::ssize(bytes), 4 * x.type.size);
        for (std::size_t i = 0; i < 4; ++i) {
            const std::byte* at = bytes.data() + i * static_cast<std::size_t>(x.type.size);
            double found = -1;
            if (x.type.kind == Hdf5Kind::Float) {
                float f;
                if (x.type.size == 4) std::memcpy(&f, at, 4), found = f;
                else std::memcpy(&found, at, 8);
            } else {
                std::uint64_t n = 0;
                std::memcpy(&n, at, static_cast<std::size_t>(x.type.size));
                found = static_cast<double>(n);
            }
            QCOMPARE(found, values[i]);
        }
    }
}

void TestHdf5File::readsWhereValuesLie() {
    const auto values = ramp(6);
    {
        Hdf5Maker make(path("c.h5"));
        make.dataset("/x", H5T_IEEE_F32LE, {3, 2}, H5T_NATIVE_FLOAT, values.data());
        make.dataset("/scalar", H5T_IEEE_F32LE, {}, H5T_NATIVE_FLOAT, values.data());
        make.dataset("/empty", H5T_IEEE_F32LE, {0, 5}, H5T_NATIVE_FLOAT, nullptr);
        make.dataset("/unwritten", H5T_IEEE_F32LE, {2}, H5T_NATIVE_FLOAT, nullptr);
    }
    const auto file = openFile(path("c.h5"));
    QVERIFY(file);
    const Hdf5Object& x = *(*file)->find("/x");
    QVERIFY(x.isMapped() && x.offset > 0);
    QCOMPARE(x.layout, Hdf5Layout::Contiguous);
    QCOMPARE(readAll<float>(**file, x), values);
    QCOMPARE(readAll<float>(**file, x, 1, 1), (std::vector<float>{2.5f, 3.5f}));
    const auto place = (*file)->values(x);
    QVERIFY(place);
    QCOMPARE(place->file, (*file)->file());
    QCOMPARE(place->offset, x.offset);
    QCOMPARE(place->bytes, 24);
    QCOMPARE(readAll<float>(**file, *(*file)->find("/scalar")), std::vector<float>{0.5f});
    QCOMPARE((*file)->find("/empty")->elements, 0);
    QCOMPARE(readAll<float>(**file, *(*file)->find("/empty")), std::vector<float>());
    QVERIFY(!(*file)->find("/unwritten")->isMapped());
    QCOMPARE(readAll<float>(**file, *(*file)->find("/unwritten")), (std::vector<float>{0, 0}));
}

void TestHdf5File::readsPackedRows() {
    constexpr std::size_t kRows = 3000, kColumns = 700;  // 8.4 MB: several pieces
    const auto values = ramp(kRows * kColumns);
    {
        Hdf5Maker make(path("p.h5"));
        const hid_t properties = Hdf5Maker::chunked({64, 300});
        H5Pset_shuffle(properties);
        H5Pset_deflate(properties, 1);
        H5Pset_fletcher32(properties);
        make.dataset("/x", H5T_IEEE_F32LE, {kRows, kColumns}, H5T_NATIVE_FLOAT, values.data(), properties);
    }
    const auto file = openFile(path("p.h5"));
    QVERIFY(file);
    const Hdf5Object& x = *(*file)->find("/x");
    QCOMPARE(x.filters, (std::vector<std::string>{"shuffle", "deflate", "fletcher32"}));
    QVERIFY(!x.isMapped());
    QCOMPARE(readAll<float>(**file, x), values);
    for (const auto& [first, rows] :
         {std::pair<std::int64_t, std::int64_t>{0, 1}, {63, 2}, {100, 1000}, {2999, 1}, {7, 0}}) {
        const auto begin = values.begin() + first * static_cast<std::int64_t>(kColumns);
        QCOMPARE(readAll<float>(**file, x, first, rows),
                 std::vector<float>(begin, begin + rows * static_cast<std::int64_t>(kColumns)));
    }
}

void TestHdf5File::readsTexts() {
    {
        Hdf5Maker make(path("s.h5"));
        const char* free[] = {"05db9164", "", "größer"};
        const char fixed[] = "ab\0\0cdef";
        const hid_t any = Hdf5Maker::textType(0), four = Hdf5Maker::textType(4);
        make.dataset("/free", any, {3}, any, free);
        make.dataset("/fixed", four, {2}, four, fixed);
        make.dataset("/packed", four, {2}, four, fixed, Hdf5Maker::chunked({2}));
    }
    const auto file = openFile(path("s.h5"));
    QVERIFY(file);
    const auto texts = [&](const char* name) {
        std::vector<std::string> out;
        const auto ok = (*file)->readTexts(*(*file)->find(name), [&](std::string_view text) -> Result<void> {
            out.emplace_back(text);
            return {};
        });
        return ok ? out : std::vector<std::string>{"failed"};
    };
    QCOMPARE(texts("/free"), (std::vector<std::string>{"05db9164", "", "größer"}));
    QCOMPARE(texts("/fixed"), (std::vector<std::string>{"ab", "cdef"}));
    QCOMPARE(texts("/packed"), (std::vector<std::string>{"ab", "cdef"}));
}

void TestHdf5File::readsNothingOfWhatIsEmpty() {
    {
        Hdf5Maker make(path("none.h5"));
        make.dataset("/numbers", H5T_IEEE_F32LE, {0, hsize_t{1} << 62, hsize_t{1} << 62}, H5T_NATIVE_FLOAT, nullptr);
        const hid_t text = Hdf5Maker::textType(4);
        make.dataset("/texts", text, {0, 5000}, text, nullptr);
        H5Tclose(text);
    }
    const auto file = openFile(path("none.h5"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    const Hdf5Object* numbers = (*file)->find("/numbers");
    QVERIFY2(numbers && numbers->isDataset && numbers->refused.empty(),
             numbers ? numbers->refused.c_str() : "not there");
    QCOMPARE(numbers->elements, 0);
    QVERIFY((*file)->read(*numbers, 0, 0, [](std::span<const std::byte>) -> Result<void> { qFatal("a value"); }));
    const auto texts =
        (*file)->readTexts(*(*file)->find("/texts"), [](std::string_view) -> Result<void> { qFatal("a text"); });
    QVERIFY2(texts, texts ? "" : texts.error().text().c_str());
}

void TestHdf5File::unpacksToATemporaryFile() {
    const auto values = ramp(5000);
    {
        Hdf5Maker make(path("v.h5"));
        const hid_t properties = Hdf5Maker::chunked({1000});
        H5Pset_deflate(properties, 1);
        make.dataset("/x", H5T_IEEE_F32BE, {5000}, H5T_NATIVE_FLOAT, values.data(), properties);
    }
    const auto file = openFile(path("v.h5"));
    QVERIFY(file);
    const auto place = (*file)->values(*(*file)->find("/x"));
    QVERIFY(place);
    std::vector<float> found(5000);
    QVERIFY(place->file->read(place->offset, std::as_writable_bytes(std::span(found))));
    QCOMPARE(found, values);
    qputenv("TMPDIR", "/nowhere");
    const auto refused = (*file)->values(*(*file)->find("/x"));
    qunsetenv("TMPDIR");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, std::string("E-HDF5-011"));
}

void TestHdf5File::tellsChunks() {
    constexpr std::size_t kRows = 1000, kColumns = 8, kChunk = 96;
    const auto values = ramp(kRows * kColumns);
    {
        Hdf5Maker make(path("k.h5"));
        const hid_t properties = Hdf5Maker::chunked({kChunk, 3});
        H5Pset_fletcher32(properties);
        make.dataset("/x", H5T_IEEE_F32LE, {kRows, kColumns}, H5T_NATIVE_FLOAT, values.data(), properties);
        make.dataset("/sparse", H5T_IEEE_F32LE, {kRows}, H5T_NATIVE_FLOAT, nullptr, Hdf5Maker::chunked({10}));
    }
    const auto file = openFile(path("k.h5"));
    QVERIFY(file);
    const Hdf5Object& x = *(*file)->find("/x");
    QVERIFY(x.isMapped());
    QCOMPARE(x.chunkShape, (std::vector<std::int64_t>{kChunk, 3}));
    QCOMPARE(x.chunks.size(), std::size_t{11 * 3});
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t column = 0; column < kColumns; ++column) {
            const Hdf5Chunk& chunk = x.chunks[row / kChunk * 3 + column / 3];
            QCOMPARE(chunk.bytes, static_cast<std::int64_t>(kChunk * 3 * 4 + 4));
            float found = -1;
            QVERIFY((*file)->file()->read(chunk.offset + static_cast<std::int64_t>(row % kChunk * 3 + column % 3) * 4,
                                          std::as_writable_bytes(std::span(&found, 1))));
            QCOMPARE(found, values[row * kColumns + column]);
        }
    QVERIFY(!(*file)->find("/sparse")->isMapped());
}

void TestHdf5File::answersAStop() {
    {
        Hdf5Maker make(path("stop.h5"));
        const hid_t properties = Hdf5Maker::chunked({1 << 20});
        H5Pset_deflate(properties, 1);
        make.dataset("/x", H5T_IEEE_F32LE, {hsize_t{1} << 29}, H5T_NATIVE_FLOAT, nullptr,
                     properties);  // 2 GiB of zeros
    }
    const auto file = openFile(path("stop.h5"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    std::stop_source stop;
    std::chrono::steady_clock::time_point stopped;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stopped = std::chrono::steady_clock::now();
        stop.request_stop();
    });
    const auto read = (*file)->read(
        *(*file)->find("/x"), 0, 1 << 29, [](std::span<const std::byte>) -> Result<void> { return {}; },
        stop.get_token());
    const auto took = std::chrono::steady_clock::now() - stopped;
    QVERIFY(!read);
    QVERIFY(read.error().isCancelled());
    qInfo("cancelled after %.1f ms", std::chrono::duration<double, std::milli>(took).count());
    QVERIFY(took < std::chrono::seconds(2));  // the goal is 100 ms; a loaded machine is no failure
    QVERIFY(Hdf5File::open(*RandomAccessFile::open(path("stop.h5")), stop.get_token()).error().isCancelled());
}

void TestHdf5File::leavesNothingBehind() {
    const auto values = ramp(16);
    {
        Hdf5Maker make(path("tidy.h5"));
        make.dataset("/x", H5T_IEEE_F32LE, {16}, H5T_NATIVE_FLOAT, values.data(), Hdf5Maker::chunked({16}));
    }
    const int before = openDescriptors();
    for (int i = 0; i < 20; ++i) {
        const auto file = openFile(path("tidy.h5"));
        QVERIFY(file);
        QCOMPARE(readAll<float>(**file, *(*file)->find("/x")), values);
        // A sink that gives up: the child is still writing.
        const auto given = (*file)->read(*(*file)->find("/x"), 0, 16,
                                         [](std::span<const std::byte>) -> Result<void> { return cancelled(); });
        QVERIFY(given.error().isCancelled());
        QVERIFY(!openFile(m_dir.path().toStdString()));
    }
    QCOMPARE(openDescriptors(), before);
    QVERIFY(!hasChildren());
}

DLRM_TEST(TestHdf5File);

}  // namespace tst_hdf5_file

#include "tst_hdf5_file.moc"
