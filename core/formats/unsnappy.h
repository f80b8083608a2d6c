// SPDX-License-Identifier: Apache-2.0
// Unpacking of raw snappy data from untrusted files, within bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"

namespace dlrm {

// A 3-byte copy gives at most 64 bytes: no valid data expands further than this.
constexpr std::uint64_t mostUnsnappedBytes(std::uint64_t packedBytes) { return 22 * packedBytes + 64; }

// REQUIRES nothing of the bytes. Memory is taken only for a length that the data can reach and that is at most `limit`.
// Errors, without file and offset: E-SNAPPY-001 no length, 002 a length out of bounds, 003 the data does not give that
// many bytes.
Result<std::vector<std::byte>> unsnappy(std::span<const std::byte> packed, std::uint64_t limit);

}  // namespace dlrm
