// SPDX-License-Identifier: Apache-2.0
// Packed data unpacked into an unnamed temporary file, so that it can be mapped and read anywhere like a file that was
// never packed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

enum class Packing : std::uint8_t { Stored, Deflate, Gzip, Zstd };

// Gzip or Zstd by the first bytes of a file, or nothing.
std::optional<Packing> packingOf(std::span<const std::byte> head);

struct PackedRange {
    Packing packing = Packing::Stored;
    std::int64_t offset = 0, bytes = 0;         // in the packed file
    std::optional<std::int64_t> unpackedBytes;  // what the container promises; checked
    std::optional<std::uint32_t> crc32;         // of the unpacked bytes; checked
    std::string name;                           // of the member; empty for a whole file
};

// The temporary file goes to $TMPDIR, else /var/tmp, and vanishes with the object. Several gzip members or zstd frames
// in a row are one text.
// Errors: E-FILE-…; E-PACK-001 damaged or cut short; E-PACK-002 unpacks to more than 100 times its size (from 16 MiB
// on);
// E-PACK-003 size or checksum is not what the container promises; E-PACK-004 the temporary file cannot be written;
//            E-CANCELLED.
Result<std::shared_ptr<RandomAccessFile>> unpack(const RandomAccessFile& file, const PackedRange& range,
                                                 const Job& job = {});

// Unpacks without keeping anything: whether the bytes are those that the container's checksum and size promise.
// Errors: E-FILE-…, E-PACK-001 … 003, E-CANCELLED.
Result<void> checkPacked(const RandomAccessFile& file, const PackedRange& range, const Job& job = {});

}  // namespace dlrm
