// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), the checksum of LevelDB tables, TensorBundles and TFRecords, by the processor's instruction
// where it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dlrm {

// crc: of the bytes before these, for checksums taken in pieces.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);

// The form in which these files store a checksum, so that a checksum over stored checksums is not degenerate.
constexpr std::uint32_t maskCrc32c(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

}  // namespace dlrm
