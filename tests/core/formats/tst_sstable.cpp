// SPDX-License-Identifier: Apache-2.0
// LevelDB tables of every shape a writer makes, and every kind of damage.
#include <QtTest>

#include <functional>

#include "bundle_writer.h"
#include "core/formats/sstable.h"
#include "core/formats/unsnappy.h"
#include "tests/support/outside_data.h"
#include "tests/support/test_program.h"

namespace tst_sstable {

using namespace dlrm;
using namespace dlrm::test;

namespace {

Result<Entries> readAll(const std::string& file) {
    Entries out;
    auto done = readSstable(
        bytesOf(file), "test.index",
        [&](std::string_view key, std::span<const std::byte> value, std::int64_t) -> Result<void> {
            out.emplace_back(std::string(key), std::string(reinterpret_cast<const char*>(value.data()), value.size()));
            return {};
        });
    DLRM_TRY(done);
    return out;
}

std::string codeOf(const std::string& file) {
    const auto read = readAll(file);
    if (read) return {};
    const Error& e = read.error();
    if (e.file != "test.index" || e.offset < 0 || e.offset > static_cast<std::int64_t>(file.size()) ||
        e.expected.empty() || e.found.empty() || e.remedy.empty())
        return "incomplete: " + e.text();
    return e.code;
}

Entries someEntries(int count) {
    Entries out{{"", "header"}};
    for (int i = 0; i < count; ++i)
        out.emplace_back("layer/" + std::string(static_cast<std::size_t>(i / 10 % 7), 'x') + std::to_string(100000 + i),
                         std::string(static_cast<std::size_t>(i % 30), static_cast<char>(i)));
    std::sort(out.begin(), out.end());
    return out;
}

// One data block of the given contents, with everything else right.
std::string withData(const std::string& contents, char type = 0, const std::string& separator = "z") {
    std::string file;
    const Entries index{{separator, appendBlock(file, contents, type)}};
    const std::string meta = appendBlock(file, blockContents({}, 1));
    const std::string handle = appendBlock(file, blockContents(index, 1));
    return file + footer(meta, handle);
}

}  // namespace

class TestSstable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void checksumsAreThoseOfTheStandard() {
        QCOMPARE(crc32c(bytesOf("123456789")), 0xe3069283u);
        QCOMPARE(crc32c(bytesOf(std::string(32, '\0'))), 0x8a9136aau);  // RFC 3720, B.4
        QCOMPARE(crc32c(bytesOf(std::string(32, '\xff'))), 0x62a8ab43u);
        const std::string text = "The bytes of a checksum may come in pieces of any length.";
        for (std::size_t cut = 0; cut <= text.size(); ++cut)
            QCOMPARE(crc32c(bytesOf(text.substr(cut)), crc32c(bytesOf(text.substr(0, cut)))), crc32c(bytesOf(text)));
    }

    void everyShapeOfTableIsRead_data() {
        QTest::addColumn<int>("entries");
        QTest::addColumn<int>("blockBytes");
        QTest::addColumn<int>("interval");
        QTest::addColumn<bool>("packed");
        for (const int entries : {0, 1, 40, 3000})
            for (const int blockBytes : {1, 200, 1 << 18})
                for (const int interval : {1, 2, 16})
                    for (const bool packed : {false, true})
                        QTest::addRow("%d entries, blocks of %d, restarts every %d, snappy %d", entries, blockBytes,
                                      interval, packed)
                            << entries << blockBytes << interval << packed;
    }
    void everyShapeOfTableIsRead() {
        QFETCH(int, entries);
        QFETCH(int, blockBytes);
        QFETCH(int, interval);
        QFETCH(bool, packed);
        const Entries expected = someEntries(entries);
        const auto read = readAll(sstable(expected, static_cast<std::size_t>(blockBytes), interval, packed));
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QVERIFY(*read == expected);
    }

    void everyChangedByteAndEveryTruncationIsFound_data() {
        QTest::addColumn<bool>("packed");
        QTest::newRow("plain") << false;
        QTest::newRow("snappy") << true;
    }
    void everyChangedByteAndEveryTruncationIsFound() {
        QFETCH(bool, packed);
        const std::string file = sstable(someEntries(25), 150, 4, packed);
        QVERIFY(codeOf(file).empty());
        for (std::size_t at = 0; at < file.size(); ++at) {
            std::string damaged = file;
            for (int x = 1; x < 256; ++x) {
                damaged[at] = static_cast<char>(file[at] ^ x);
                const std::string code = codeOf(damaged);
                QVERIFY2(code.starts_with("E-SST-"),
                         qPrintable(QString("byte %1 ^ %2: %3").arg(at).arg(x).arg(QString::fromStdString(code))));
            }
            QVERIFY(codeOf(file.substr(0, at)).starts_with("E-SST-"));
        }
        QVERIFY(codeOf(file + '\0').starts_with("E-SST-"));
    }

    void everyRuleHasItsError() {
        const Entries two{{"a", "1"}, {"b", "2"}};
        const std::string good = blockContents(two, 1);
        QCOMPARE(codeOf(withData(good)), std::string());
        QCOMPARE(codeOf(""), std::string("E-SST-001"));
        QCOMPARE(codeOf(std::string(47, 'x')), std::string("E-SST-001"));
        QCOMPARE(codeOf(std::string(100, 'x')), std::string("E-SST-002"));
        std::string file = withData(good);
        file[file.size() - 9] = 1;
        QCOMPARE(codeOf(file), std::string("E-SST-003"));
        QCOMPARE(codeOf(std::string(20, 'x') + footer(varint(1000) + varint(8), varint(0) + varint(8))),
                 std::string("E-SST-004"));
        QCOMPARE(codeOf(std::string(20, 'x') + footer(varint(0) + varint(~std::uint64_t{0}), varint(0) + varint(8))),
                 std::string("E-SST-004"));
        QCOMPARE(codeOf(std::string(20, 'x') + footer(std::string("\x80\x00\x08", 3), varint(0) + varint(8))),
                 std::string("E-SST-004"));  // not minimal
        file = withData(good);
        file[0] ^= 1;
        QCOMPARE(codeOf(file), std::string("E-SST-005"));
        QCOMPARE(codeOf(withData(good, 2)), std::string("E-SST-006"));
        std::string broken;
        const Entries index{{"z", [&] {
                                 std::string stored = varint(1 << 30) + "abc";  // claims a GiB
                                 const std::string handle = varint(0) + varint(stored.size());
                                 stored += '\1';
                                 broken = stored + littleEndian(maskedCrc(stored), 4);
                                 return handle;
                             }()}};
        const std::string meta = appendBlock(broken, blockContents({}, 1)),
                          handle = appendBlock(broken, blockContents(index, 1));
        QCOMPARE(codeOf(broken + footer(meta, handle)), std::string("E-SST-007"));
        QCOMPARE(codeOf(withData("")), std::string("E-SST-008"));
        QCOMPARE(codeOf(withData(littleEndian(0, 4) + littleEndian(0, 4))), std::string("E-SST-008"));  // no restart
        QCOMPARE(codeOf(withData(littleEndian(0, 4) + littleEndian(0xffffffff, 4))), std::string("E-SST-008"));
        QCOMPARE(codeOf(withData(good.substr(0, good.size() - 12) + littleEndian(0, 4) + littleEndian(3, 4) +
                                 littleEndian(2, 4))),
                 std::string("E-SST-008"));
        QCOMPARE(codeOf(withData(varint(0) + varint(1) + varint(0xffffffff) + "a" + littleEndian(0, 4) +
                                 littleEndian(1, 4))),
                 std::string("E-SST-009"));
        QCOMPARE(codeOf(withData(varint(3) + varint(1) + varint(0) + "a" + littleEndian(0, 4) + littleEndian(1, 4))),
                 std::string("E-SST-009"));  // shares with nothing
        QCOMPARE(codeOf(withData(blockContents(Entries{{"b", ""}, {"a", ""}}, 1))), std::string("E-SST-010"));
        QCOMPARE(codeOf(withData(blockContents(Entries{{"a", ""}, {"a", ""}}, 2))), std::string("E-SST-010"));
        QCOMPARE(codeOf(withData(good, 0, "a")), std::string("E-SST-010"));  // beyond its separator
        std::string gap;
        const Entries data{{"z", appendBlock(gap, good)}};
        gap += "12345";
        const std::string gapMeta = appendBlock(gap, blockContents({}, 1)),
                          gapIndex = appendBlock(gap, blockContents(data, 1));
        QCOMPARE(codeOf(gap + footer(gapMeta, gapIndex)), std::string("E-SST-011"));
        std::string filtered;
        const Entries filteredData{{"z", appendBlock(filtered, good)}};
        const std::string filterMeta = appendBlock(filtered, blockContents(two, 1)),
                          filterIndex = appendBlock(filtered, blockContents(filteredData, 1));
        QCOMPARE(codeOf(filtered + footer(filterMeta, filterIndex)), std::string("E-SST-012"));
        QCOMPARE(codeOf(withData(blockContents(Entries{{std::string(5000, 'k'), ""}}, 1))), std::string("E-SST-013"));
    }

    void snappyDataIsBounded() {
        const auto code = [](const std::string& packed, std::uint64_t limit) {
            const auto out = unsnappy(bytesOf(packed), limit);
            return out ? std::string() : out.error().code;
        };
        std::string packed;
        const std::string text(100000, 'a');
        snappy::Compress(text.data(), text.size(), &packed);
        QVERIFY(code(packed, 100000).empty());
        QCOMPARE(code("", 100), std::string("E-SNAPPY-001"));
        QCOMPARE(code(packed, 99999), std::string("E-SNAPPY-002"));
        QCOMPARE(code(varint(0xffffffff) + "abc", ~std::uint64_t{0}), std::string("E-SNAPPY-002"));
        QCOMPARE(code(packed.substr(0, packed.size() - 1), 100000), std::string("E-SNAPPY-003"));
        QCOMPARE(code(packed + "a", 100000), std::string("E-SNAPPY-003"));
        QCOMPARE(code(varint(4) + std::string("\x01\x00", 2), 100),
                 std::string("E-SNAPPY-003"));  // a copy of what was not written
        for (const char* name : {"baddata1", "baddata2", "baddata3"}) {
            QFile file(QStringLiteral(DLRM_SOURCE_DIR "/../shared/realdata/snappy/%1.snappy").arg(name));
            DLRM_NEEDS_OUTSIDE(file.fileName());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(code(file.readAll().toStdString(), kMostUnpackedBlockBytes).starts_with("E-SNAPPY-"));
        }
    }
};

DLRM_TEST(TestSstable);

}  // namespace tst_sstable

#include "tst_sstable.moc"
