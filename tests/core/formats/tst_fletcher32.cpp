// SPDX-License-Identifier: Apache-2.0
// Our fletcher32 against the one that the HDF5 library computes.
#include <hdf5.h>

#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <QTest>

#include "core/formats/fletcher32.h"
#include "tests/support/test_program.h"

namespace tst_fletcher32 {

using namespace dlrm;

namespace {

// What the library stores after a chunk of these bytes.
std::uint32_t libraryChecksum(const std::vector<std::uint8_t>& bytes) {
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_fapl_core(access, 1 << 20, false);
    const hid_t file = H5Fcreate("image", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    const hsize_t size = bytes.size(), zero = 0;
    H5Pset_chunk(creation, 1, &size);
    H5Pset_fletcher32(creation);
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t set = H5Dcreate2(file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    std::uint32_t filters = 1, out = 0;
    std::vector<std::uint8_t> raw(bytes.size() + sizeof out);
    if (H5Dwrite(set, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0 ||
        H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 || H5Dread_chunk(set, H5P_DEFAULT, &zero, &filters, raw.data()) < 0 ||
        filters != 0)
        qFatal("HDF5 failed");
    std::memcpy(&out, raw.data() + bytes.size(), sizeof out);
    H5Dclose(set);
    H5Sclose(space);
    H5Fclose(file);
    H5Pclose(creation);
    H5Pclose(access);
    return out;
}

}  // namespace

class TestFletcher32 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithTheLibrary_data() {
        QTest::addColumn<int>("bytes");
        for (const int n : {1, 2, 3, 4, 31, 32, 33, 63, 64, 719, 720, 721, 8191, 8192, 8193, 65536, 100'001, 1 << 20})
            QTest::newRow(qPrintable(QString::number(n))) << n;
    }
    void agreesWithTheLibrary() {
        QFETCH(int, bytes);
        std::mt19937 random(static_cast<unsigned>(bytes));
        std::vector<std::uint8_t> values(static_cast<std::size_t>(bytes));
        const auto agree = [&] { return fletcher32(std::as_bytes(std::span(values))) == libraryChecksum(values); };
        QVERIFY2(agree(), "zeros");
        std::fill(values.begin(), values.end(), 0xff);
        QVERIFY2(agree(), "ones: a sum that is a multiple of the modulus");
        for (auto& v : values) v = static_cast<std::uint8_t>(random());
        QVERIFY2(agree(), "random");
        std::fill(values.begin(), values.end(), 0);
        values.back() = 1;
        QVERIFY2(agree(), "one bit at the end");
    }
    void everyFlippedBitIsNoticed() {
        std::vector<std::byte> values(512);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::byte>(i * 37);
        const std::uint32_t right = fletcher32(values);
        for (std::size_t bit = 0; bit < values.size() * 8; ++bit) {
            values[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
            QVERIFY(fletcher32(values) != right);
            values[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
        }
    }
};

DLRM_TEST(TestFletcher32);

}  // namespace tst_fletcher32

#include "tst_fletcher32.moc"
