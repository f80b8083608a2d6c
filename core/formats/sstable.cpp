// SPDX-License-Identifier: Apache-2.0
// Layout: data blocks, meta-index block, index block, footer. A block: contents, type byte, masked CRC-32C of both.
// Contents: entries (shared, non-shared and value length as varint32, key suffix, value), restart offsets (u32), their
// number (u32).
#include "core/formats/sstable.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/formats/byte_cursor.h"
#include "core/formats/crc32c.h"
#include "core/formats/unsnappy.h"

namespace dlrm {
namespace {

constexpr std::size_t kFooterBytes = 48, kHandlesBytes = 40, kTrailerBytes = 5;
constexpr std::uint64_t kTableMagic = 0xdb4775248b80fb57u;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool kCheckSums = false;  // a fuzzer would spend its time on guessing them
#else
constexpr bool kCheckSums = true;
#endif
constexpr const char* kCopyTableAgain = "Copy the checkpoint again: the file is damaged or was cut short.";

struct Handle {
    std::uint64_t offset = 0, size = 0;  // of the contents
    std::uint64_t end() const { return offset + size + kTrailerBytes; }
};

// A block's contents: in the file, or unpacked.
struct Block {
    std::span<const std::byte> contents;
    std::vector<std::byte> unpacked;
    std::int64_t offset = 0;
    bool packed = false;
};

class TableReader {
public:
    TableReader(std::span<const std::byte> file, const std::string& path, const SstableVisitor& visit)
        : m_file(file), m_path(path), m_visit(visit) {}

    Result<void> read() {
        Handle meta, index;
        DLRM_TRY(readFooter(meta, index));
        DLRM_TRY(auto metaBlock, readBlock(meta));
        DLRM_TRY(walk(metaBlock, [&](std::string_view, std::span<const std::byte>) -> Result<void> {
            return fail(error("E-SST-012", "The meta-index of the table has entries.", metaBlock.offset,
                              "none: a checkpoint's index has no filters", "an entry"));
        }));
        DLRM_TRY(auto indexBlock, readBlock(index));
        std::uint64_t next = 0;
        std::optional<std::string> separator;  // of the block before
        DLRM_TRY(walk(indexBlock, [&](std::string_view key, std::span<const std::byte> value) -> Result<void> {
            ByteCursor cursor(value);
            const auto handle = takeHandle(cursor);
            if (!handle || cursor.left() != 0) return fail(badHandle(indexBlock.offset, "one handle, inside the file"));
            if (handle->offset != next) return fail(notTiled(handle->offset, next));
            next = handle->end();
            DLRM_TRY(readData(*handle, separator, key));
            separator = std::string(key);
            return {};
        }));
        if (meta.offset != next) return fail(notTiled(meta.offset, next));
        if (index.offset != meta.end()) return fail(notTiled(index.offset, meta.end()));
        if (index.end() != footer()) return fail(notTiled(footer(), index.end()));
        return {};
    }

private:
    std::uint64_t footer() const { return m_file.size() - kFooterBytes; }

    Error error(const char* code, std::string_view message, std::int64_t offset, std::string_view expected,
                std::string_view found) const {
        return Error(code, message)
            .inFile(m_path)
            .atOffset(offset)
            .butExpected(expected)
            .butFound(found)
            .withRemedy(kCopyTableAgain);
    }

    Error badHandle(std::int64_t offset, std::string_view expected) const {
        return error("E-SST-004", "A handle of the table leads nowhere.", offset, expected,
                     "a number that is cut short, not minimal or too large");
    }

    Error notTiled(std::uint64_t found, std::uint64_t expected) const {
        return error("E-SST-011", "The blocks of the table do not follow one another.",
                     static_cast<std::int64_t>(std::min(found, expected)), fmt::format("a block at byte {}", expected),
                     fmt::format("byte {}", found));
    }

    // A handle whose block lies before the footer.
    std::optional<Handle> takeHandle(ByteCursor& cursor) const {
        const auto offset = cursor.varint(), size = cursor.varint();
        if (!offset || !size || *size > kMostBlockBytes || *offset > footer() ||
            footer() - *offset < *size + kTrailerBytes)
            return std::nullopt;
        return Handle{*offset, *size};
    }

    Result<void> readFooter(Handle& meta, Handle& index) const {
        const auto size = static_cast<std::int64_t>(m_file.size());
        if (m_file.size() < kFooterBytes || size > kMostSstableBytes)
            return fail(error("E-SST-001", "The file has no size that an index of tensors can have.", 0,
                              fmt::format("{} to {} bytes", kFooterBytes, kMostSstableBytes),
                              fmt::format("{} bytes", size)));
        const auto at = static_cast<std::int64_t>(footer());
        const auto bytes = m_file.subspan(static_cast<std::size_t>(footer()));
        const std::uint64_t magic = *ByteCursor(bytes.subspan(kHandlesBytes)).littleEndian<std::uint64_t>();
        if (magic != kTableMagic)
            return fail(
                error("E-SST-002", "The file does not end as an index of tensors does.",
                      at + static_cast<std::int64_t>(kHandlesBytes), fmt::format("{:016x}", kTableMagic),
                      fmt::format("{:016x}", magic))
                    .withRemedy(
                        "Check that this is a checkpoint's .index file and copy it again: it may be cut short."));
        ByteCursor cursor(bytes.first(kHandlesBytes));
        const auto first = takeHandle(cursor), second = first ? takeHandle(cursor) : std::nullopt;
        if (!first || !second)
            return fail(
                badHandle(at + static_cast<std::int64_t>(cursor.at()), "the place of a block before the footer"));
        const auto padding = *cursor.take(cursor.left());
        if (const auto bad =
                std::find_if(padding.begin(), padding.end(), [](std::byte b) { return b != std::byte{0}; });
            bad != padding.end())
            return fail(error("E-SST-003", "The footer is not padded with zeros.",
                              at + static_cast<std::int64_t>(kHandlesBytes) - (padding.end() - bad), "0",
                              std::to_string(static_cast<int>(*bad))));
        meta = *first;
        index = *second;
        return {};
    }

    Result<Block> readBlock(const Handle& handle) const {
        Block block;
        block.offset = static_cast<std::int64_t>(handle.offset);
        const auto stored = m_file.subspan(static_cast<std::size_t>(handle.offset),
                                           static_cast<std::size_t>(handle.size) + kTrailerBytes);
        block.contents = stored.first(static_cast<std::size_t>(handle.size));
        const std::uint32_t expected = maskCrc32c(crc32c(stored.first(static_cast<std::size_t>(handle.size) + 1)));
        const std::uint32_t found = *ByteCursor(stored.last(4)).littleEndian<std::uint32_t>();
        if (kCheckSums && found != expected)
            return fail(error("E-SST-005", "The checksum of a block does not match.", block.offset,
                              fmt::format("{:08x}, of the bytes that are there", expected),
                              fmt::format("{:08x} stored", found)));
        const auto type = static_cast<int>(stored[static_cast<std::size_t>(handle.size)]);
        if (type == 0) return block;
        if (type != 1)
            return fail(error("E-SST-006", "A block is compressed in a way that is not known.",
                              block.offset + static_cast<std::int64_t>(handle.size), "0 (not compressed) or 1 (snappy)",
                              std::to_string(type))
                            .withRemedy("Save the checkpoint with TensorFlow, which does not compress its index."));
        auto unpacked = unsnappy(block.contents, kMostUnpackedBlockBytes);
        if (!unpacked)
            return fail(error("E-SST-007", "A compressed block cannot be unpacked: " + unpacked.error().message,
                              block.offset, unpacked.error().expected, unpacked.error().found));
        block.unpacked = std::move(*unpacked);
        block.contents = block.unpacked;
        block.packed = true;
        return block;
    }

    Result<void> readData(const Handle& handle, const std::optional<std::string>& after, std::string_view separator) {
        DLRM_TRY(const auto block, readBlock(handle));
        std::string last;
        const auto misplaced = [&] {
            return notAscending(block.offset, "keys between the separators of the index", "a key outside them");
        };
        bool any = false;
        DLRM_TRY(walk(block, [&](std::string_view key, std::span<const std::byte> value) -> Result<void> {
            if (!any && after && key <= *after) return fail(misplaced());
            if (++m_entries > kMostSstableEntries)
                return fail(tooMany(block.offset, fmt::format("at most {} entries", kMostSstableEntries), "more"));
            any = true;
            last = key;
            return m_visit(key, value, block.offset);
        }));
        if (any && last > separator) return fail(misplaced());
        return {};
    }

    Error notAscending(std::int64_t offset, std::string_view expected, std::string_view found) const {
        return error("E-SST-010", "The keys of the table do not ascend.", offset, expected, found);
    }

    Error tooMany(std::int64_t offset, std::string_view expected, std::string_view found) const {
        return error("E-SST-013", "The table is larger than any index of tensors.", offset, expected, found)
            .withRemedy("Check that this is a checkpoint's .index file.");
    }

    // Inside compressed blocks the block's own offset is as close as a message can get.
    static std::int64_t place(const Block& block, std::size_t at) {
        return block.packed ? block.offset : block.offset + static_cast<std::int64_t>(at);
    }

    template <class Visit>
    Result<void> walk(const Block& block, Visit visit) const {
        const auto badRestarts = [&](std::size_t at, std::string_view expected, std::string_view found) {
            return fail(
                error("E-SST-008", "The restart offsets of a block are wrong.", place(block, at), expected, found));
        };
        const std::size_t size = block.contents.size();
        if (size < 8)
            return badRestarts(0, "at least one restart offset and their number",
                               fmt::format("a block of {} bytes", size));
        const std::uint32_t count = *ByteCursor(block.contents.last(4)).littleEndian<std::uint32_t>();
        if (count < 1 || count > (size - 4) / 4)
            return badRestarts(size - 4, "1 or more, as many as fit", std::to_string(count));
        const std::size_t entriesEnd = size - 4 - 4 * std::size_t{count};
        ByteCursor restarts(block.contents.subspan(entriesEnd, 4 * std::size_t{count}));
        std::optional<std::uint32_t> restart = restarts.littleEndian<std::uint32_t>();
        if (*restart != 0) return badRestarts(entriesEnd, "0 first", std::to_string(*restart));

        ByteCursor cursor(block.contents.first(entriesEnd));
        std::string key;
        bool first = true;
        while (cursor.left() > 0) {
            const std::size_t at = cursor.at();
            const auto badEntry = [&](std::string_view expected) {
                return fail(
                    error("E-SST-009", "An entry of the table is damaged.", place(block, at), expected, "other bytes"));
            };
            const auto shared = cursor.varint(32), rest = shared ? cursor.varint(32) : shared,
                       valueBytes = rest ? cursor.varint(32) : rest;
            if (!valueBytes) return badEntry("three lengths of at most 32 bits, written as short as possible");
            const auto suffix = cursor.take(*rest);
            const auto value = suffix ? cursor.take(*valueBytes) : suffix;
            if (!value || *shared > key.size()) return badEntry("a key and a value inside the block");
            if (*shared + *rest > kMostSstableKeyBytes)
                return fail(tooMany(place(block, at), fmt::format("keys of at most {} bytes", kMostSstableKeyBytes),
                                    fmt::format("{} bytes", *shared + *rest)));
            if (restart && *restart < at)
                return badRestarts(entriesEnd, "the starts of entries, ascending", std::to_string(*restart));
            if (restart && *restart == at) {
                if (*shared != 0) return badEntry("a whole key at a restart offset");
                restart = restarts.littleEndian<std::uint32_t>();
            }
            std::string next = key.substr(0, static_cast<std::size_t>(*shared)) + std::string(asText(*suffix));
            if (!first && next <= key)
                return fail(notAscending(place(block, at), "a key after the one before", "one that is not"));
            first = false;
            key = std::move(next);
            DLRM_TRY(visit(std::string_view(key), *value));
        }
        // An empty block has one restart offset, 0, that no entry starts at.
        if (restart && !(first && count == 1))
            return badRestarts(entriesEnd, "the starts of entries, ascending", std::to_string(*restart));
        return {};
    }

    std::span<const std::byte> m_file;
    const std::string& m_path;
    const SstableVisitor& m_visit;
    std::int64_t m_entries = 0;
};

}  // namespace

Result<void> readSstable(std::span<const std::byte> file, const std::string& path, const SstableVisitor& visit) {
    return TableReader(file, path, visit).read();
}

}  // namespace dlrm
