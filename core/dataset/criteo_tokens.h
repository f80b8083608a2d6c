// SPDX-License-Identifier: Apache-2.0
// The inner loops of raw Criteo parsing: 8 hex digits at once and the table of logarithms.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace dlrm {

inline constexpr std::int64_t kMaxCriteoLineBytes = 64 * 1024;

// nvidiaSparkNumerical() of the integer x.
float nvidiaSparkNumericalOf(std::int32_t x);

// logTable()[x + 3] is nvidiaSparkNumericalOf(x) for 0 <= x + 3 < kLogTableSize.
inline constexpr std::int32_t kLogTableSize = 16384;
const std::array<float, kLogTableSize>& logTable();

// Reads 8 lower-case hexadecimal digits at p (8 bytes readable); false when one is none. Eight bytes at once in one
// 64-bit word.
inline bool parseHex8(const char* p, std::uint32_t& value) {
    constexpr std::uint64_t kEach = 0x0101010101010101u;
    std::uint64_t w;
    std::memcpy(&w, p, sizeof w);
    // For bytes below 0x80, bit 7 of (byte + 0x80 - limit) says byte >= limit; no carry leaves a byte.
    const std::uint64_t digit = (w + kEach * (0x80 - '0')) & ~(w + kEach * (0x80 - '9' - 1));
    const std::uint64_t letter = (w + kEach * (0x80 - 'a')) & ~(w + kEach * (0x80 - 'f' - 1));
    if (((digit | letter) & ~w & (kEach << 7)) != (kEach << 7)) return false;
    std::uint64_t v = (w & (kEach * 0x0f)) + 9 * ((w >> 6) & kEach);  // nibbles, first digit in the lowest byte
    v = ((v << 4) | (v >> 8)) & 0x00ff00ff00ff00ffu;
    v = ((v << 8) | (v >> 16)) & 0x0000ffff0000ffffu;
    value = static_cast<std::uint32_t>((v << 16) | (v >> 32));
    return true;
}

}  // namespace dlrm
