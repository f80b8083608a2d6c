// SPDX-License-Identifier: Apache-2.0
#include "core/formats/crc32c.h"

#include <array>
#include <cstring>

#include "core/base/instruction_sets.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace dlrm {
namespace {

// kTables[k][b]: the checksum register after byte b and k zero bytes; eight bytes are then eight look-ups.
constexpr auto kTables = [] {
    std::array<std::array<std::uint32_t, 256>, 8> t{};
    for (std::uint32_t b = 0; b < 256; ++b) {
        std::uint32_t crc = b;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0u);
        t[0][b] = crc;
    }
    for (std::size_t k = 1; k < 8; ++k)
        for (std::size_t b = 0; b < 256; ++b) t[k][b] = (t[k - 1][b] >> 8) ^ t[0][t[k - 1][b] & 0xff];
    return t;
}();

std::uint32_t byTables(const std::byte* p, std::size_t n, std::uint32_t crc) {
    for (; n >= 8; p += 8, n -= 8) {
        std::uint64_t word = 0;
        for (unsigned i = 0; i < 8; ++i) word |= static_cast<std::uint64_t>(p[i]) << (8 * i);
        word ^= crc;
        crc = 0;
        for (unsigned i = 0; i < 8; ++i) crc ^= kTables[7 - i][(word >> (8 * i)) & 0xff];
    }
    for (; n > 0; ++p, --n) crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<std::uint32_t>(*p)) & 0xff];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t byInstruction(const std::byte* p, std::size_t n, std::uint32_t crc) {
    std::uint64_t wide = crc;
    for (; n >= 8; p += 8, n -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = static_cast<std::uint32_t>(wide);
    for (; n > 0; ++p, --n) crc = _mm_crc32_u8(crc, static_cast<std::uint8_t>(*p));
    return crc;
}
#endif

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    static const bool hasInstruction = mayGoBeyondBaseline() && __builtin_cpu_supports("sse4.2");
    if (hasInstruction) return ~byInstruction(bytes.data(), bytes.size(), ~crc);
#endif
    return ~byTables(bytes.data(), bytes.size(), ~crc);
}

}  // namespace dlrm
