// SPDX-License-Identifier: Apache-2.0
#include "core/formats/tfrecord.h"

#include <array>
#include <span>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/formats/byte_cursor.h"
#include "core/formats/crc32c.h"

namespace dlrm {
namespace {

constexpr std::int64_t kHeaderBytes = 12, kChecksumBytes = 4;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool kCompare = false;  // damage gets past the checksums
#else
constexpr bool kCompare = true;
#endif

Failure damaged(const RandomAccessFile& file, std::int64_t offset, std::string expected, std::string found) {
    return fail(Error("E-TFR-001", "A TFRecord file is damaged or was not written to its end.")
                    .inFile(file.path())
                    .atOffset(offset)
                    .butExpected(std::move(expected))
                    .butFound(std::move(found))
                    .withRemedy("Write the dataset again, or copy the file again from where it came."));
}

}  // namespace

Result<std::vector<TfRecord>> listTfRecords(const RandomAccessFile& file, const std::stop_token& stop) {
    std::vector<TfRecord> records;
    for (std::int64_t at = 0; at < file.size();) {
        if (stop.stop_requested()) return cancelled();
        const std::int64_t left = file.size() - at;
        if (left < kHeaderBytes + kChecksumBytes)
            return damaged(file, at, fmt::format("a record of at least {} bytes", kHeaderBytes + kChecksumBytes),
                           fmt::format("{} to the end of the file", counted(left, "byte")));
        if (static_cast<std::int64_t>(records.size()) == kMostTfRecords)
            return damaged(file, at, fmt::format("at most {} records", kMostTfRecords), "more");
        std::array<std::byte, kHeaderBytes> header;
        DLRM_TRY(file.read(at, header));
        ByteCursor cursor(header);
        const std::uint64_t length = *cursor.littleEndian<std::uint64_t>();
        const std::uint32_t stored = *cursor.littleEndian<std::uint32_t>(),
                            own = maskCrc32c(crc32c(std::span(header).first(8)));
        if (kCompare && stored != own)
            return damaged(file, at, fmt::format("checksum {:08x} of the record's length", own),
                           fmt::format("{:08x}", stored));
        if (length > static_cast<std::uint64_t>(left - kHeaderBytes - kChecksumBytes))
            return damaged(
                file, at, fmt::format("a record of {}", counted(length, "byte")),
                fmt::format("{} to the end of the file", counted(left - kHeaderBytes - kChecksumBytes, "byte")));
        if (length > static_cast<std::uint64_t>(kMostTfRecordBytes))
            return damaged(file, at, fmt::format("records of at most {} bytes", kMostTfRecordBytes),
                           counted(length, "byte"));
        records.push_back({at + kHeaderBytes, static_cast<std::int64_t>(length)});
        at += kHeaderBytes + static_cast<std::int64_t>(length) + kChecksumBytes;
    }
    return records;
}

Result<std::vector<std::byte>> readTfRecord(const RandomAccessFile& file, const TfRecord& record) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(record.bytes + kChecksumBytes));
    DLRM_TRY(file.read(record.offset, bytes));
    ByteCursor footer(std::span<const std::byte>(bytes).last(kChecksumBytes));
    const std::uint32_t stored = *footer.littleEndian<std::uint32_t>();
    bytes.resize(static_cast<std::size_t>(record.bytes));
    const std::uint32_t own = maskCrc32c(crc32c(bytes));
    if (!kCompare || stored == own) return bytes;
    return fail(Error("E-TFR-002", "A record differs from its checksum.")
                    .inFile(file.path())
                    .atOffset(record.offset)
                    .butExpected(fmt::format("checksum {:08x}", stored))
                    .butFound(fmt::format("{:08x}", own))
                    .withRemedy("The file is damaged: copy it again from where it came, or write the dataset again."));
}

}  // namespace dlrm
