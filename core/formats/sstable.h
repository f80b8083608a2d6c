// SPDX-License-Identifier: Apache-2.0
// LevelDB tables, the container of a TensorBundle's index: a strict reader that accepts no byte it did not check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dlrm {

constexpr std::int64_t kMostSstableBytes = std::int64_t{256} << 20;
constexpr std::uint64_t kMostBlockBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kMostUnpackedBlockBytes = std::uint64_t{16} << 20;  // writers cut blocks at 4 KiB to 256 KiB
constexpr std::uint64_t kMostSstableKeyBytes = 4096;
constexpr std::int64_t kMostSstableEntries = 1'000'000;

// Key and value, valid during the call; `offset`: of the block that holds them.
using SstableVisitor =
    std::function<Result<void>(std::string_view key, std::span<const std::byte> value, std::int64_t offset)>;

// Visits every entry in the order of the file. An error of the visitor ends the walk and is passed on.
// Beyond LevelDB's own rules: the footer's padding is zero, blocks tile the file without gap or overlap, integers are
// as short as possible, every restart offset is the start of an entry, keys ascend over the whole file, separators
// stand between the blocks they separate, the meta-index is empty. Errors, each with `path` and the byte where it is:
//   E-SST-001 too short or too large    002 no table: magic number    003 footer padding is not zero    004 a handle
//             leads nowhere
//   E-SST-005 checksum of a block       006 compression not known     007 compressed block damaged      008 restart
//             offsets
//   E-SST-009 an entry is damaged       010 keys do not ascend        011 blocks do not tile the file   012 entries in
//             the meta-index
//   E-SST-013 too many entries, or a key too long
Result<void> readSstable(std::span<const std::byte> file, const std::string& path, const SstableVisitor& visit);

}  // namespace dlrm
