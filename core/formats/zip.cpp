// SPDX-License-Identifier: Apache-2.0
#include "core/formats/zip.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int64_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20, kEntryBytes = 46, kLocalBytes = 30;
constexpr std::int64_t kMostComment = 65'535;
constexpr std::int64_t kMostMembers = 4'096;
constexpr std::int64_t kMostDirectoryBytes = 4 << 20;

std::uint64_t little(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < size; ++i) out |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    return out;
}
std::uint32_t u16(std::span<const std::byte> b, std::size_t at) { return static_cast<std::uint32_t>(little(b, at, 2)); }
std::uint32_t u32(std::span<const std::byte> b, std::size_t at) { return static_cast<std::uint32_t>(little(b, at, 4)); }

class ZipReader {
public:
    explicit ZipReader(const RandomAccessFile& file) : m_file(file) {}
    Result<std::vector<PackedRange>> read();

private:
    struct Directory {
        std::uint64_t members = 0, bytes = 0, offset = 0;
    };
    Failure noArchive(std::string found) const {
        return fail(Error("E-ZIP-001", "This is no ZIP archive, or its end is cut off.")
                        .inFile(m_file.path())
                        .atOffset(m_file.size())
                        .butExpected("a ZIP archive that ends with its directory")
                        .butFound(std::move(found))
                        .withRemedy("Copy the file again."));
    }
    Failure damaged(std::int64_t offset, std::string expected, std::string found) const {
        return fail(Error("E-ZIP-002", "The directory of the ZIP archive is damaged.")
                        .inFile(m_file.path())
                        .atOffset(offset)
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy("Copy the file again, or write it again."));
    }
    Result<std::vector<std::byte>> bytes(std::int64_t offset, std::int64_t count) const {
        std::vector<std::byte> out(static_cast<std::size_t>(count));
        DLRM_TRY(m_file.read(offset, out));
        return out;
    }
    Result<Directory> findDirectory() const;
    Result<PackedRange> parseEntry(std::span<const std::byte> directory, std::size_t& at, std::int64_t base) const;
    Result<void> findData(PackedRange& member) const;

    const RandomAccessFile& m_file;
};

Result<ZipReader::Directory> ZipReader::findDirectory() const {
    const std::int64_t size = m_file.size();
    if (size < kEndBytes) return noArchive(fmt::format("{} bytes", size));
    const std::int64_t from = std::max<std::int64_t>(0, size - kEndBytes - kMostComment);
    DLRM_TRY(auto tail, bytes(from, size - from));
    const std::span<const std::byte> t(tail);
    std::size_t end = t.size();
    for (std::size_t at = t.size() - static_cast<std::size_t>(kEndBytes) + 1; at-- > 0;)
        if (u32(t, at) == 0x06054b50 && at + static_cast<std::size_t>(kEndBytes) + u16(t, at + 20) == t.size()) {
            end = at;
            break;
        }
    if (end == t.size()) return noArchive("no end of a directory");
    const std::int64_t endOffset = from + static_cast<std::int64_t>(end);
    if (u16(t, end + 4) != 0 || u16(t, end + 6) != 0)
        return damaged(endOffset, "one file", "an archive in several volumes");
    Directory out{u16(t, end + 10), u32(t, end + 12), u32(t, end + 16)};
    std::int64_t directoryEnd = endOffset;
    if (out.members == 0xffff || out.bytes == 0xffffffff || out.offset == 0xffffffff) {
        if (endOffset < kLocatorBytes + kEnd64Bytes) return damaged(endOffset, "a zip64 directory end", "none");
        DLRM_TRY(auto locator, bytes(endOffset - kLocatorBytes, kLocatorBytes));
        if (u32(locator, 0) != 0x07064b50)
            return damaged(endOffset - kLocatorBytes, "the place of a zip64 directory end", "none");
        const std::uint64_t place = little(locator, 8, 8);
        if (place > static_cast<std::uint64_t>(endOffset - kLocatorBytes - kEnd64Bytes))
            return damaged(endOffset - kLocatorBytes, "a place before this one", fmt::format("{}", place));
        DLRM_TRY(auto end64, bytes(static_cast<std::int64_t>(place), kEnd64Bytes));
        if (u32(end64, 0) != 0x06064b50)
            return damaged(static_cast<std::int64_t>(place), "a zip64 directory end", "none");
        out = {little(end64, 32, 8), little(end64, 40, 8), little(end64, 48, 8)};
        directoryEnd = static_cast<std::int64_t>(place);
    }
    if (out.members > static_cast<std::uint64_t>(kMostMembers))
        return fail(Error("E-ZIP-004", "The ZIP archive holds too many members.")
                        .inFile(m_file.path())
                        .atOffset(endOffset)
                        .butExpected(fmt::format("at most {}", kMostMembers))
                        .butFound(fmt::format("{}", out.members))
                        .withRemedy("Is this an .npz file of arrays?"));
    if (out.bytes > static_cast<std::uint64_t>(kMostDirectoryBytes) ||
        out.bytes > static_cast<std::uint64_t>(directoryEnd) ||
        out.offset != static_cast<std::uint64_t>(directoryEnd) - out.bytes)
        return damaged(endOffset, "a directory that ends where its end begins",
                       fmt::format("{} bytes at {}", out.bytes, out.offset));
    return out;
}

Result<PackedRange> ZipReader::parseEntry(std::span<const std::byte> directory, std::size_t& at,
                                          std::int64_t base) const {
    const std::int64_t offset = base + static_cast<std::int64_t>(at);
    if (directory.size() - at < static_cast<std::size_t>(kEntryBytes) || u32(directory, at) != 0x02014b50)
        return damaged(offset, "an entry of the directory", "none");
    const std::uint32_t flags = u16(directory, at + 8), method = u16(directory, at + 10);
    const std::size_t nameBytes = u16(directory, at + 28), extraBytes = u16(directory, at + 30),
                      commentBytes = u16(directory, at + 32);
    std::uint64_t packed = u32(directory, at + 20), unpacked = u32(directory, at + 24), local = u32(directory, at + 42);
    if (directory.size() - at - static_cast<std::size_t>(kEntryBytes) < nameBytes + extraBytes + commentBytes)
        return damaged(offset, "a whole entry", "one that is cut off");
    PackedRange out;
    out.name.assign(reinterpret_cast<const char*>(directory.data()) + at + kEntryBytes, nameBytes);
    const std::size_t extraEnd = at + static_cast<std::size_t>(kEntryBytes) + nameBytes + extraBytes;
    for (std::size_t e = extraEnd - extraBytes; extraEnd - e >= 4;) {
        const std::size_t bytesOfField = u16(directory, e + 2);
        if (extraEnd - e - 4 < bytesOfField) return damaged(offset, "a whole extra field", "one that is cut off");
        if (u16(directory, e) == 0x0001) {  // zip64: those of the three that did not fit
            std::size_t field = e + 4;
            for (std::uint64_t* number : {&unpacked, &packed, &local}) {
                if (*number != 0xffffffff) continue;
                if (e + 4 + bytesOfField - field < 8)
                    return damaged(offset, "64-bit sizes", "an extra field that is too short");
                *number = little(directory, field, 8);
                field += 8;
            }
        }
        e += 4 + bytesOfField;
    }
    at = extraEnd + commentBytes;
    if ((flags & 1u) != 0 || (method != 0 && method != 8))
        return fail(Error("E-ZIP-003", "A member of the ZIP archive is packed in a way this program does not read.")
                        .inFile(m_file.path())
                        .atOffset(offset)
                        .inField(out.name)
                        .butExpected("stored or deflated, not encrypted")
                        .butFound((flags & 1u) != 0 ? std::string("encrypted") : fmt::format("method {}", method))
                        .withRemedy("Write it again with numpy.savez or numpy.savez_compressed."));
    const auto size = static_cast<std::uint64_t>(base);
    if (local > size || packed > size - local ||
        unpacked > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return damaged(offset, fmt::format("a member within the first {} bytes", base),
                       fmt::format("{} bytes at {}", packed, local));
    out.packing = method == 0 ? Packing::Stored : Packing::Deflate;
    out.offset = static_cast<std::int64_t>(local);
    out.bytes = static_cast<std::int64_t>(packed);
    out.unpackedBytes = static_cast<std::int64_t>(unpacked);
    out.crc32 = u32(directory, extraEnd - extraBytes - nameBytes - static_cast<std::size_t>(kEntryBytes) + 16);
    if (method == 0 && packed != unpacked)
        return damaged(offset, "equal sizes of a stored member", fmt::format("{} and {}", packed, unpacked));
    return out;
}

// From the local header to the data behind it.
Result<void> ZipReader::findData(PackedRange& member) const {
    if (m_file.size() - member.offset < kLocalBytes)
        return damaged(member.offset, "a local header", "the end of the file");
    DLRM_TRY(auto header, bytes(member.offset, kLocalBytes));
    if (u32(header, 0) != 0x04034b50) return damaged(member.offset, "a local header", "none");
    const std::int64_t begin = member.offset + kLocalBytes + u16(header, 26) + u16(header, 28);
    if (begin > m_file.size() || member.bytes > m_file.size() - begin)
        return damaged(member.offset, "a whole member", "the end of the file");
    member.offset = begin;
    return {};
}

Result<std::vector<PackedRange>> ZipReader::read() {
    DLRM_TRY(auto directory, findDirectory());
    const auto base = static_cast<std::int64_t>(directory.offset);
    DLRM_TRY(auto contents, bytes(base, static_cast<std::int64_t>(directory.bytes)));
    std::vector<PackedRange> members;
    std::size_t at = 0;
    for (std::uint64_t m = 0; m < directory.members; ++m) {
        DLRM_TRY(auto member, parseEntry(contents, at, base));
        DLRM_TRY(findData(member));
        members.push_back(std::move(member));
    }
    if (at != contents.size())
        return damaged(base + static_cast<std::int64_t>(at), "the end of the directory",
                       fmt::format("{} more bytes", contents.size() - at));
    std::vector<const PackedRange*> order;
    std::set<std::string> names;
    for (const PackedRange& member : members) order.push_back(&member);
    std::sort(order.begin(), order.end(),
              [](const PackedRange* a, const PackedRange* b) { return a->offset < b->offset; });
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool overlaps = i > 0 && order[i]->offset < order[i - 1]->offset + order[i - 1]->bytes;
        if (overlaps || !names.insert(order[i]->name).second)
            return fail(Error("E-ZIP-005", "Two members of the ZIP archive overlap or have the same name.")
                            .inFile(m_file.path())
                            .atOffset(order[i]->offset)
                            .inField(order[i]->name)
                            .butExpected("every member once, in a place of its own")
                            .butFound(overlaps ? "bytes of " + order[i - 1]->name : "the name again")
                            .withRemedy("The file is damaged or made to harm: get it from its source again."));
    }
    return members;
}

}  // namespace

Result<std::vector<PackedRange>> readZipDirectory(const RandomAccessFile& file) { return ZipReader(file).read(); }

}  // namespace dlrm
