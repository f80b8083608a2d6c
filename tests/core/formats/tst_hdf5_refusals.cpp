// SPDX-License-Identifier: Apache-2.0
// What Hdf5File refuses: objects that lead elsewhere or cannot be read, and files that are no HDF5, too full, damaged
// or cut short.
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

#include "effort.h"
#include "hdf5_maker.h"
#include "hdf5_reading.h"
#include "tests/support/test_program.h"

namespace tst_hdf5_refusals {

using namespace dlrm;
using namespace dlrm::test;

class TestHdf5Refusals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refuses_data();
    void refuses();
    void namesWhatIsNewer();
    void refusesWhatIsNoHdf5();
    void refusesTooManyObjects();
    void listsAnObjectOnce();
    void errorTakesThePlaceOfItsRecord();
    void findsWrongChecksums();
    void everyTruncationIsRefused();

private:
    std::string path(const char* name) const { return m_dir.filePath(QString::fromLatin1(name)).toStdString(); }
    QTemporaryDir m_dir;
};

void TestHdf5Refusals::refuses_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("why");
    const std::pair<const char*, const char*> cases[] = {
        {"/soft", "a soft link"},           {"/external", "an external link"},
        {"/elsewhere", "external storage"}, {"/virtual", "a virtual dataset"},
        {"/compound", "a compound type"},   {"/enum", "an enumeration"},
        {"/scaled", "a filter other than"}, {"/bomb", "bytes declared"},
        {"/time", "an integer of 3 bytes"}, {"/nine", "more than 8 dimensions"},
        {"/stored_type", "a stored type"},  {"/ring/back", "listed under another name"},
        {"/null", "without values"}};
    for (const auto& [path, why] : cases)
        QTest::newRow(path + 1) << QString::fromLatin1(path) << QString::fromLatin1(why);
}

void TestHdf5Refusals::refuses() {
    QFETCH(QString, path);
    QFETCH(QString, why);
    const std::string file = this->path("r.h5");
    {
        Hdf5Maker make(file);
        const auto values = ramp(64);
        make.dataset("/good", H5T_IEEE_F32LE, {4}, H5T_NATIVE_FLOAT, values.data());
        H5Lcreate_soft("/good", make.file, "/soft", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_external("/etc/passwd", "/x", make.file, "/external", H5P_DEFAULT, H5P_DEFAULT);
        hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_external(properties, "/etc/passwd", 0, 16);
        make.dataset("/elsewhere", H5T_IEEE_F32LE, {4}, H5T_NATIVE_FLOAT, nullptr, properties);
        const hsize_t four = 4;
        const hid_t space = H5Screate_simple(1, &four, nullptr);
        properties = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_virtual(properties, space, "/etc/passwd", "/x", space);
        make.dataset("/virtual", H5T_IEEE_F32LE, {4}, H5T_NATIVE_FLOAT, nullptr, properties);
        const hid_t compound = H5Tcreate(H5T_COMPOUND, 4);
        H5Tinsert(compound, "x", 0, H5T_IEEE_F32LE);
        make.dataset("/compound", compound, {4}, compound, nullptr);
        const hid_t colours = H5Tenum_create(H5T_STD_I8LE);
        const std::int8_t red = 1;
        H5Tenum_insert(colours, "red", &red);
        make.dataset("/enum", colours, {4}, H5T_STD_I8LE, nullptr);
        properties = Hdf5Maker::chunked({4});
        H5Pset_scaleoffset(properties, H5Z_SO_INT, 0);
        make.dataset("/scaled", H5T_STD_I32LE, {4}, H5T_NATIVE_FLOAT, nullptr, properties);
        properties = Hdf5Maker::chunked({1024, 128});
        make.dataset("/bomb", H5T_IEEE_F32LE, {hsize_t{1} << 40, 128}, H5T_NATIVE_FLOAT, nullptr, properties);
        const hid_t three = H5Tcopy(H5T_STD_I32LE);
        H5Tset_precision(three, 24);
        H5Tset_size(three, 3);
        make.dataset("/time", three, {4}, H5T_NATIVE_INT, nullptr);
        make.dataset("/nine", H5T_STD_I8LE, std::vector<hsize_t>(9, 1), H5T_NATIVE_INT, nullptr);
        H5Tcommit2(make.file, "/stored_type", H5Tcopy(H5T_STD_I8LE), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        make.group("/ring");
        H5Lcreate_hard(make.file, "/ring", make.file, "/ring/back", H5P_DEFAULT, H5P_DEFAULT);
        const hid_t null = H5Screate(H5S_NULL);
        H5Dclose(H5Dcreate2(make.file, "/null", H5T_STD_I8LE, null, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
    const auto opened = openFile(file);
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    const Hdf5Object* object = (*opened)->find(path.toStdString());
    QVERIFY(object);
    QVERIFY2(QString::fromStdString(object->refused).contains(why), object->refused.c_str());
    const auto nothing = [](std::span<const std::byte>) -> Result<void> { return {}; };
    const auto read = (*opened)->read(*object, 0, 1, nothing);
    QVERIFY(!read);
    QCOMPARE(read.error().code, std::string("E-HDF5-008"));
    // The child refuses them too, should this process be mistaken about what was listed.
    if (path.startsWith(QLatin1String("/ring")) || path == QLatin1String("/stored_type")) return;
    Hdf5Object mistaken = *object;
    mistaken.refused.clear();
    mistaken.isDataset = true;
    mistaken.shape = {1};
    const auto again = (*opened)->read(mistaken, 0, 1, nothing);
    QVERIFY(!again);
    QCOMPARE(again.error().code, std::string("E-HDF5-008"));
    QCOMPARE(readAll<float>(**opened, *(*opened)->find("/good")), ramp(4));
}

// What libver='latest' of a newer libhdf5 writes: messages and superblocks of versions that are not known here.
void TestHdf5Refusals::namesWhatIsNewer() {
    const std::string file = path("newer.h5");
    const auto replaceAt = [&](std::size_t at, char byte) {
        std::fstream f(file, std::ios::binary | std::ios::in | std::ios::out);
        f.seekp(static_cast<std::streamoff>(at));
        f.put(byte);
    };
    const auto write = [&] {
        Hdf5Maker make(file);
        const auto values = ramp(4);
        make.dataset("/d", H5T_IEEE_F32LE, {4}, H5T_NATIVE_FLOAT, values.data());
    };
    const auto check = [](const Error& e) {
        QCOMPARE(e.code, std::string("E-HDF5-012"));
        QVERIFY2(e.remedy.find("libver='v110'") != std::string::npos && e.found.find("version") != std::string::npos &&
                     !e.file.empty(),
                 e.text().c_str());
    };
    write();
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const std::size_t layout =
        bytes.find(std::string("\x08\0\x18\0\0\0\0\0\x03\x01", 10));  // message 8, 24 bytes: version 3, in one piece
    QVERIFY(layout != std::string::npos);
    replaceAt(layout + 8, 5);
    const auto opened = openFile(file);
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    const auto read =
        (*opened)->read(*(*opened)->find("/d"), 0, 4, [](std::span<const std::byte>) -> Result<void> { return {}; });
    QVERIFY(!read);
    check(read.error());
    write();
    replaceAt(8, 9);  // of the superblock
    const auto newer = openFile(file);
    QVERIFY(!newer);
    check(newer.error());
}

void TestHdf5Refusals::refusesWhatIsNoHdf5() {
    std::ofstream(path("text.h5")) << "no HDF5 at all";
    std::ofstream(path("empty.h5")) << "";
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_userblock(creation, 512);
    { Hdf5Maker make(path("block.h5"), creation); }
    for (const char* name : {"text.h5", "empty.h5", "block.h5"}) {
        const auto file = openFile(path(name));
        QVERIFY(!file);
        QCOMPARE(file.error().code, std::string("E-HDF5-005"));
    }
}

void TestHdf5Refusals::refusesTooManyObjects() {
    {
        Hdf5Maker make(path("many.h5"));
        for (int i = 0; i < 100'001; ++i)
            H5Lcreate_soft("/x", make.file, std::to_string(i).c_str(), H5P_DEFAULT, H5P_DEFAULT);
    }
    const auto file = openFile(path("many.h5"));
    QVERIFY(!file);
    QCOMPARE(file.error().code, std::string("E-HDF5-007"));
}

// Hundreds of names of one dataset with many texts: 590 MB if each were listed in full.
void TestHdf5Refusals::listsAnObjectOnce() {
    {
        Hdf5Maker make(path("links.h5"));
        const float value = 1;
        make.dataset("/000", H5T_IEEE_F32LE, {1}, H5T_NATIVE_FLOAT, &value);
        make.texts("/000", "empty", std::vector<std::string>(60'000), 1);
        for (int i = 1; i < 256; ++i)
            H5Lcreate_hard(make.file, "/000", make.file, QString::asprintf("/%03d", i).toLatin1().constData(),
                           H5P_DEFAULT, H5P_DEFAULT);
    }
    const Effort effort;
    const auto file = openFile(path("links.h5"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QVERIFY2(effort.isSmall(), effort.text().c_str());
    QCOMPARE((*file)->find("/000")->attribute("empty")->texts.size(), std::size_t{60'000});
    QCOMPARE((*file)->objects().size(), std::size_t{257});
    QCOMPARE((*file)->find("/255")->refused, std::string("a dataset that is listed under another name"));
}

// The record is larger than what is sent at once.
void TestHdf5Refusals::errorTakesThePlaceOfItsRecord() {
    {
        Hdf5Maker make(path("texts.h5"));
        make.group("/g");
        for (const char* name : {"a", "b", "c", "d", "e", "f"})
            make.texts("/g", name, std::vector<std::string>(50'000, "x"), 1);
    }
    const Effort effort;
    const auto file = openFile(path("texts.h5"));
    QVERIFY(!file);
    QVERIFY2(effort.isSmall(), effort.text().c_str());
    QCOMPARE(file.error().code, std::string("E-HDF5-007"));
    QCOMPARE(file.error().field, std::string("/g"));
}

void TestHdf5Refusals::findsWrongChecksums() {
    const auto values = ramp(1000);
    {
        Hdf5Maker make(path("sum.h5"));
        const hid_t properties = Hdf5Maker::chunked({100});
        H5Pset_fletcher32(properties);
        make.dataset("/x", H5T_IEEE_F32LE, {1000}, H5T_NATIVE_FLOAT, values.data(), properties);
    }
    std::int64_t at = 0;
    {
        const auto file = openFile(path("sum.h5"));
        QVERIFY(file);
        at = (*file)->find("/x")->chunks[3].offset + 17;
    }
    {
        std::fstream f(path("sum.h5"), std::ios::in | std::ios::out | std::ios::binary);
        f.seekp(at);
        f.put('\x5a');
    }
    const auto file = openFile(path("sum.h5"));
    QVERIFY(file);
    const auto read =
        (*file)->read(*(*file)->find("/x"), 0, 1000, [](std::span<const std::byte>) -> Result<void> { return {}; });
    QVERIFY(!read);
    QCOMPARE(read.error().code, std::string("E-HDF5-009"));
}

void TestHdf5Refusals::everyTruncationIsRefused() {
    const auto values = ramp(16);
    {
        Hdf5Maker make(path("whole.h5"));
        make.dataset("/x", H5T_IEEE_F32LE, {16}, H5T_NATIVE_FLOAT, values.data());
    }
    std::ifstream in(path("whole.h5"), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    QVERIFY(openFile(path("whole.h5")));
    for (std::size_t n = 0; n < bytes.size(); n += 1 + bytes.size() / 400) {
        std::ofstream(path("cut.h5"), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(n));
        const auto file = openFile(path("cut.h5"));
        QVERIFY2(!file, std::to_string(n).c_str());
        QVERIFY(!file.error().remedy.empty() && !file.error().file.empty());
    }
}

DLRM_TEST(TestHdf5Refusals);

}  // namespace tst_hdf5_refusals

#include "tst_hdf5_refusals.moc"
