// SPDX-License-Identifier: Apache-2.0
// The checksum of HDF5's fletcher32 filter: Fletcher's sums of big-endian 16-bit words modulo 65,535 (RFC 1146
// describes the method).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dlrm {

// As stored, little-endian, after a chunk's bytes: the second sum in the upper half. A sum is 0 only when all bytes are
// 0, else 1 .. 65535. An odd last byte counts as the upper half of a word.
std::uint32_t fletcher32(std::span<const std::byte> bytes);

}  // namespace dlrm
