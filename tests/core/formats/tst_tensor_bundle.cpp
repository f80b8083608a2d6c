// SPDX-License-Identifier: Apache-2.0
// TensorBundles that TensorFlow and others wrote, against their manifests; damaged and hostile ones.
#include <QtTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "bundle_writer.h"
#include "core/base/unique_fd.h"
#include "core/formats/object_graph.h"
#include "core/formats/tensor_bundle.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_tensor_bundle {

using namespace dlrm;
using namespace dlrm::test;
namespace fs = std::filesystem;

namespace {

const std::string kGolden = DLRM_TEST_DATA "/golden/newer_layouts";
const std::string kOutside = DLRM_SOURCE_DIR "/../shared";

std::string sha256(std::span<const std::byte> bytes) {
    return QCryptographicHash::hash(QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()),
                                                            static_cast<qsizetype>(bytes.size())),
                                    QCryptographicHash::Sha256)
        .toHex()
        .toStdString();
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string codeOf(const Result<void>& r) { return r ? std::string() : r.error().code; }

// Reads every tensor that can be read; the first error.
Result<void> readEverything(const TensorBundle& bundle) {
    for (const BundleTensor& t : bundle.tensors()) {
        if (t.sliced) continue;
        DLRM_TRY(bundle.readBytes(t));
        DLRM_TRY(bundle.verify(t, {}));
    }
    for (const BundleTensor& piece : bundle.pieces()) DLRM_TRY(bundle.verify(piece, {}));
    return {};
}

std::vector<std::pair<std::string, std::string>> bundlesBelow(const std::string& root) {
    std::vector<std::pair<std::string, std::string>> out;
    if (!fs::exists(root)) return out;
    for (const auto& e : fs::recursive_directory_iterator(root))
        if (e.path().extension() == ".index") out.emplace_back(e.path().parent_path(), e.path().stem());
    std::sort(out.begin(), out.end());
    return out;
}

// The index and the data files of a bundle, by name.
std::vector<std::string> filesOf(const std::string& directory, const std::string& prefix) {
    std::vector<std::string> out;
    for (const auto& e : fs::directory_iterator(directory)) {
        const std::string name = e.path().filename();
        if (name == prefix + ".index" || name.starts_with(prefix + ".data-")) out.push_back(name);
    }
    std::sort(out.begin(), out.end());
    return out;
}

// The manifest that describes a bundle: beside it, or in the expected folder, or beside the SavedModel.
std::string manifestOf(const std::string& directory) {
    for (const char* relative : {"/manifest.json", "/../../expected/manifest.json", "/../../manifest.json"})
        if (fs::exists(directory + relative)) return directory + relative;
    return {};
}

}  // namespace

class TestTensorBundle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyGoldenTensorHasTheBytesOfItsManifest_data() {
        QTest::addColumn<QString>("directory");
        QTest::addColumn<QString>("prefix");
        for (const std::string& root : {kGolden, kOutside + "/golden/newer_layouts"})
            for (const auto& [directory, prefix] : bundlesBelow(root))
                QTest::newRow((root == kGolden ? "" : "outside ") +
                              QByteArray::fromStdString(directory.substr(root.size())))
                    << QString::fromStdString(directory) << QString::fromStdString(prefix);
    }
    void everyGoldenTensorHasTheBytesOfItsManifest() {
        QFETCH(QString, directory);
        QFETCH(QString, prefix);
        const auto bundle = TensorBundle::open(directory.toStdString(), prefix.toStdString());
        QVERIFY2(bundle, bundle ? "" : bundle.error().text().c_str());
        if (const auto read = readEverything(**bundle); !read) QFAIL(read.error().text().c_str());
        const std::string manifestPath = manifestOf(directory.toStdString());
        if (manifestPath.empty()) QSKIP("nothing to compare with: no manifest");
        std::ifstream in(manifestPath);
        const nlohmann::json manifest = nlohmann::json::parse(in);
        std::size_t compared = 0;
        for (const auto& expected : manifest["tensors"]) {
            const bool list = expected.is_array();  // [name, dtype, shape, offset, size, sha256]
            const std::string key = list ? expected[0] : expected["name"];
            const BundleTensor* t = (*bundle)->find(key);
            QVERIFY2(t, key.c_str());
            QCOMPARE(name(t->type), (list ? expected[1] : expected["dtype"]).get<std::string>());
            QVERIFY(t->shape == (list ? expected[2] : expected["shape"]).get<std::vector<std::int64_t>>());
            QCOMPARE(t->offset, (list ? expected[3] : expected["offset"]).get<std::int64_t>());
            QCOMPARE(t->bytes, (list ? expected[4] : expected["size"]).get<std::int64_t>());
            ++compared;
            if (t->sliced) {
                QVERIFY(!list && expected.contains("slices"));
                const auto read = (*bundle)->readBytes(*t);
                QCOMPARE(read ? std::string() : read.error().code, std::string("E-TFB-011"));
                continue;
            }
            if (t->type == BundleType::String) {
                if (list || !expected.contains("sha256_of_elements")) continue;
                const auto strings = (*bundle)->readStrings(*t);
                QVERIFY(strings);
                QCOMPARE(strings->size(), expected["sha256_of_elements"].size());
                for (std::size_t i = 0; i < strings->size(); ++i)
                    QCOMPARE(sha256(bytesOf((*strings)[i])), expected["sha256_of_elements"][i].get<std::string>());
                continue;
            }
            const auto bytes = (*bundle)->readBytes(*t);
            QVERIFY(bytes);
            QCOMPARE(sha256(*bytes), (list ? expected[5] : expected["sha256"]).get<std::string>());
            if (isFloat(t->type)) QCOMPARE((*bundle)->readFloats(*t)->size(), static_cast<std::size_t>(t->elements));
        }
        QVERIFY(compared > 0);
        if (manifest.contains("number_of_keys"))
            QCOMPARE((*bundle)->tensors().size(), manifest["number_of_keys"].get<std::size_t>());
        else QCOMPARE((*bundle)->tensors().size(), compared);
    }

    void bundlesOfOtherSoftwareAreRead() {
        DLRM_NEEDS_OUTSIDE(kOutside + "/realdata");
        const auto bundles = bundlesBelow(kOutside + "/realdata");
        QVERIFY(bundles.size() >= 11);
        for (const auto& [directory, prefix] : bundles) {
            const auto bundle = TensorBundle::open(directory, prefix);
            QVERIFY2(bundle, (directory + ": " + (bundle ? "" : bundle.error().text())).c_str());
            const auto read = readEverything(**bundle);
            QVERIFY2(read, (directory + ": " + (read ? "" : read.error().text())).c_str());
        }
        qInfo("%zu bundles", bundles.size());
    }

    // Every byte of every bundle of at most 5 kB, by all 255 values; by nine of them where there are many bytes, unless
    // DLRM_EVERY_FLIP is set.
    void everyChangedByteOfASmallBundleIsFound_data() {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("prefix");
        constexpr std::uintmax_t kSmall = 5000;
        for (const std::string& root : {kGolden, kOutside + "/realdata"})
            for (const auto& [directory, prefix] : bundlesBelow(root)) {
                std::uintmax_t bytes = 0;
                for (const std::string& file : filesOf(directory, prefix))
                    bytes += fs::file_size(directory + "/" + file);
                if (bytes <= kSmall)
                    QTest::newRow(QByteArray::fromStdString(directory.substr(root.size())))
                        << QString::fromStdString(directory) << QString::fromStdString(prefix);
            }
    }
    void everyChangedByteOfASmallBundleIsFound() {
        QFETCH(QString, source);
        QFETCH(QString, prefix);
        QTemporaryDir temporary;
        const std::string directory = temporary.path().toStdString(), from = source.toStdString(),
                          stem = prefix.toStdString();
        const std::vector<std::string> files = filesOf(from, stem);
        for (const std::string& file : files) fs::copy_file(from + "/" + file, directory + "/" + file);
        std::uintmax_t bytes = 0;
        for (const std::string& file : files) bytes += fs::file_size(directory + "/" + file);
        constexpr std::uintmax_t kFew = 700;
        const bool all = bytes <= kFew || qEnvironmentVariableIsSet("DLRM_EVERY_FLIP");
        std::int64_t flips = 0;
        for (const std::string& name : files) {
            const std::string path = directory + "/" + name;
            fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
            const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
            QVERIFY(fd);
            const auto size = static_cast<off_t>(fs::file_size(path));
            for (off_t at = 0; at < size; ++at) {
                unsigned char original = 0;
                QCOMPARE(pread(fd.get(), &original, 1, at), 1);
                for (int x = 1; x < 256; ++x) {
                    if (!all && x != 255 && !std::has_single_bit(static_cast<unsigned>(x))) continue;
                    const auto changed = static_cast<unsigned char>(original ^ x);
                    QCOMPARE(pwrite(fd.get(), &changed, 1, at), 1);
                    const auto bundle = TensorBundle::open(directory, stem);
                    QVERIFY2(!bundle || !readEverything(**bundle),
                             qPrintable(QString("%1 byte %2 ^ %3").arg(QString::fromStdString(name)).arg(at).arg(x)));
                    ++flips;
                }
                QCOMPARE(pwrite(fd.get(), &original, 1, at), 1);
            }
        }
        const auto bundle = TensorBundle::open(directory, stem);
        QVERIFY(bundle && readEverything(**bundle));
        qInfo("%lld changes, all found", static_cast<long long>(flips));
    }

    void everyTruncationIsRefused() {
        for (const char* name : {"a_dtypes", "b_two_shards_merged", "b_sliced_tensor"}) {
            QTemporaryDir temporary;
            const std::string directory = temporary.path().toStdString();
            for (const auto& e : fs::directory_iterator(kGolden + "/x_bundles/" + name))
                fs::copy_file(e.path(), directory + "/" + e.path().filename().string());
            const auto [at, prefix] = bundlesBelow(directory).front();
            for (const auto& e : fs::directory_iterator(directory)) {
                const std::string file = e.path().filename();
                if (file.find(".index") == std::string::npos && file.find(".data-") == std::string::npos) continue;
                for (auto size = fs::file_size(e.path()); size-- > 0;) {
                    fs::resize_file(
                        e.path(), size);  // the bytes cut off stay cut off: every prefix is shorter than the one before
                    const auto bundle = TensorBundle::open(at, prefix);
                    QVERIFY2(!bundle,
                             qPrintable(QString("%1 of %2 bytes").arg(QString::fromStdString(file)).arg(size)));
                    const Error& error = bundle.error();
                    QVERIFY2(!error.file.empty() && error.offset >= 0 && !error.expected.empty() &&
                                 !error.found.empty() && !error.remedy.empty(),
                             error.text().c_str());
                }
                fs::remove(e.path());
                fs::copy_file(kGolden + "/x_bundles/" + name + "/" + file, e.path());
            }
        }
    }

    void everyRuleOfTheIndexHasItsError() {
        const auto code = [](const Entries& entries) {
            const auto index = parseBundleIndex(bytesOf(sstable(entries)), "t.index");
            return index ? std::string() : index.error().code;
        };
        const std::string four(4, 'x');
        QCOMPARE(code({{"", header()}, {"a", entry(1, {1}, 0, four)}}), std::string());
        QCOMPARE(code({{"a", entry(1, {1}, 0, four)}}), std::string("E-TFB-003"));  // no header: no shards
        QCOMPARE(code({{"", "\xff"}}), std::string("E-TFB-001"));
        QCOMPARE(code({{"", field(1, 1) + field(2, 2)}}), std::string("E-TFB-001"));
        QCOMPARE(code({{"", field(1, 1) + field(3, field(2, 2))}}), std::string("E-TFB-002"));
        QCOMPARE(code({{"", header(0)}}), std::string("E-TFB-003"));
        QCOMPARE(code({{"", header(2'000'000)}}), std::string("E-TFB-003"));
        QCOMPARE(code({{"", header()}, {"a", "\x08"}}), std::string("E-TFB-004"));
        QCOMPARE(code({{"", header()}, {"a", ""}}), std::string("E-TFB-004"));  // no type
        QCOMPARE(code({{"", header()}, {"a", entry(1, {-1}, 0, four)}}), std::string("E-TFB-005"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, four)}}),
                 std::string("E-TFB-005"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {std::int64_t{1} << 40, std::int64_t{1} << 40}, 0, four)}}),
                 std::string("E-TFB-005"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {2}, 0, four)}}), std::string("E-TFB-006"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {std::int64_t{1} << 62}, 0, four)}}), std::string("E-TFB-006"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {1}, 0, four, 1)}}), std::string("E-TFB-007"));
        QCOMPARE(code({{"", header()}, {"a", entry(1, {1}, ~std::uint64_t{0}, four)}}), std::string("E-TFB-007"));
        Entries many{{"", header()}};
        for (int i = 0; i < 9000; ++i)
            many.emplace_back(std::string(4000, 'n') + std::to_string(100000 + i), entry(1, {0}, 0, ""));
        QCOMPARE(code(many), std::string("E-TFB-008"));  // keys share their prefix: a small file with 36 MB of names
    }

    // As TensorFlow encodes them (b_sliced_tensor), and numbers of more than one byte.
    void keysOfPiecesAreTensorflows() {
        const auto key = [](std::vector<std::int64_t> start, std::vector<std::int64_t> length) {
            const std::string bytes = pieceKey("emb/table", BundleSlice{std::move(start), std::move(length), 0});
            return QByteArray::fromRawData(bytes.data(), static_cast<qsizetype>(bytes.size())).toHex();
        };
        const QByteArray name = "00656d622f7461626c650001";
        QCOMPARE(key({0, 0}, {7, 6}), name + "010280878086");
        QCOMPARE(key({7, 0}, {3, 6}), name + "010287838086");
        QCOMPARE(key({0}, {-1}), name + "0101807f");
        QCOMPARE(key({63}, {64}), name + "0101bfc040");
        QCOMPARE(key({8191}, {8192}), name + "0101dfffe02000");
        QCOMPARE(key({1'000'000'000}, {std::int64_t{1} << 62}), name + "0101f83b9aca00ffc04000000000000000");
        QCOMPARE(pieceKey(std::string("a\0\xff", 3), BundleSlice{}), std::string("\0a\0\xff\xff\0\0\1\0", 9));
    }

    void everyRuleOfTheDataHasItsError() {
        QTemporaryDir temporary;
        const std::string directory = temporary.path().toStdString(), data = directory + "/t.data-00000-of-00001";
        const auto make = [&](const Entries& entries, const std::string& bytes) {
            Entries all{{"", header()}};
            all.insert(all.end(), entries.begin(), entries.end());
            write(directory + "/t.index", sstable(all));
            write(data, bytes);
        };
        const auto openCode = [&] {
            const auto bundle = TensorBundle::open(directory, "t");
            return bundle ? std::string() : bundle.error().code;
        };
        const std::string a(8, 'a'), b(12, 'b');
        make({{"a", entry(1, {2}, 0, a)}, {"b", entry(1, {3}, 8, b)}}, a + b);
        QCOMPARE(openCode(), std::string());
        make({{"a", entry(1, {2}, 0, a)}, {"b", entry(1, {3}, 64, b)}}, a + std::string(56, '\0') + b);  // aligned
        QCOMPARE(openCode(), std::string());
        make({{"a", entry(1, {2}, 0, a)}, {"b", entry(1, {3}, 9, b)}}, a + "x" + b);
        QCOMPARE(openCode(), std::string("E-TFB-010"));
        make({{"a", entry(1, {2}, 0, a)}, {"b", entry(1, {3}, 4, b)}}, a + b);
        QCOMPARE(openCode(), std::string("E-TFB-010"));
        make({{"a", entry(1, {2}, 0, a)}}, a + "x");
        QCOMPARE(openCode(), std::string("E-TFB-010"));
        make({{"a", entry(1, {2}, 0, a)}, {"b", entry(1, {3}, 8192, b)}}, a + std::string(8184, '\0') + b);
        QCOMPARE(openCode(), std::string("E-TFB-010"));
        make({{"a", entry(1, {2}, 0, a)}}, "aaaaaaab");
        auto bundle = TensorBundle::open(directory, "t");
        QVERIFY(bundle);
        QCOMPARE(codeOf(readEverything(**bundle)), std::string("E-TFB-013"));
        QCOMPARE(codeOf((*bundle)->verify((*bundle)->tensors()[0], {})), std::string("E-TFB-013"));
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(codeOf((*bundle)->verify((*bundle)->tensors()[0], {.stop = stop.get_token()})),
                 std::string("E-CANCELLED"));
        make({{"a", entry(3, {2}, 0, a)}}, a);
        bundle = TensorBundle::open(directory, "t");
        QCOMPARE((*bundle)->readFloats((*bundle)->tensors()[0]).error().code, std::string("E-TFB-014"));
        QCOMPARE((*bundle)->readStrings((*bundle)->tensors()[0]).error().code, std::string("E-TFB-014"));
        for (const std::string& strings :
             {std::string("\xff\xff\xff\xff\x0f") + "abc", std::string("\x02") + littleEndian(0, 4) + "ab",
              std::string("\x02") + littleEndian(maskedCrc(littleEndian(2, 4)), 4) + "abc"}) {
            make({{"s", entry(7, {1}, 0, strings)}}, strings);
            bundle = TensorBundle::open(directory, "t");
            QVERIFY(bundle);
            QCOMPARE((*bundle)->readStrings((*bundle)->tensors()[0]).error().code, std::string("E-TFB-015"));
        }
        const std::string huge = entry(1, {std::int64_t{1} << 30}, 0, "") + field(5, std::uint64_t{4} << 30);
        make({{"a", huge}}, "");
        QCOMPARE(truncate(data.c_str(), off_t{4} << 30), 0);
        bundle = TensorBundle::open(directory, "t");
        QVERIFY2(bundle, bundle ? "" : bundle.error().text().c_str());
        QCOMPARE((*bundle)->readBytes((*bundle)->tensors()[0]).error().code, std::string("E-TFB-012"));
        fs::remove(data);
        QCOMPARE(openCode(), std::string("E-TFB-009"));
    }

    void noDataFileOutsideItsDirectoryIsOpened() {
        QTemporaryDir temporary;
        const std::string root = temporary.path().toStdString(), directory = root + "/inside",
                          data = directory + "/t.data-00000-of-00001";
        fs::create_directory(directory);
        const std::string a(8, 'a');
        write(directory + "/t.index", sstable({{"", header()}, {"a", entry(1, {2}, 0, a)}}));
        write(root + "/sentinel", a);
        const auto code = [&] {
            const auto bundle = TensorBundle::open(directory, "t");
            return bundle ? std::string() : bundle.error().code;
        };
        for (const std::string& target : {root + "/sentinel", std::string("../sentinel"),
                                          std::string("/proc/self/fd/0"), std::string("/dev/zero")}) {
            fs::create_symlink(target, data);
            QCOMPARE(code(), std::string("E-FILE-003"));
            fs::remove(data);
        }
        QCOMPARE(mkfifo(data.c_str(), 0600), 0);
        QCOMPARE(code(), std::string("E-FILE-002"));
        fs::remove(data);
        fs::create_directory(data);
        QCOMPARE(code(), std::string("E-FILE-002"));
    }

    void objectGraphsAreReadWithoutFollowingThem() {
        const auto code = [](const std::string& graph) {
            const auto names = variableNames(bytesOf(graph));
            return names ? std::string() : names.error().code;
        };
        const std::string attribute =
            field(2, field(1, "VARIABLE_VALUE") + field(2, "mlp/kernel") + field(3, "k/.ATTRIBUTES/VARIABLE_VALUE"));
        const std::string cyclic =
            field(1, field(1, field(1, 1) + field(2, "a")) + field(1, field(1, 0) + field(2, "root"))) +
            field(1, field(1, field(1, 0) + field(2, "up")) + attribute);
        const auto names = variableNames(bytesOf(cyclic));
        QVERIFY(names);
        QCOMPARE(names->at("k/.ATTRIBUTES/VARIABLE_VALUE"), std::string("mlp/kernel"));
        QCOMPARE(code(cyclic.substr(0, cyclic.size() - 1)), std::string("E-GRAPH-001"));
        QCOMPARE(code(field(1, "\x0a\x05")), std::string("E-GRAPH-001"));
        QCOMPARE(code(field(1, field(1, field(1, 7)))), std::string("E-GRAPH-003"));
        std::string many;
        for (std::size_t i = 0; i <= kMostGraphNodes; ++i) many += field(1, std::string());
        QCOMPARE(code(many), std::string("E-GRAPH-002"));
    }
};

DLRM_TEST(TestTensorBundle);

}  // namespace tst_tensor_bundle

#include "tst_tensor_bundle.moc"
