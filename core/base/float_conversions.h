// SPDX-License-Identifier: Apache-2.0
// float16 and bfloat16 to float32 and back, rounded as IEEE 754 and NumPy do it; byte order.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace dlrm {

// Every float16 is a float32: exact, subnormals and infinities included; NaN keeps its payload and comes out quiet, as
// from the processor. Without branches that depend on data order.
constexpr float halfToFloat(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t magnitude = half & 0x7fffu;
    // Normal numbers: shift the mantissa, re-bias the exponent by 127 - 15. Inf and NaN need the largest exponent.
    const std::uint32_t quiet = magnitude > 0x7c00u ? 0x00400000u : 0u;
    const std::uint32_t normal = ((magnitude << 13) + (magnitude >= 0x7c00u ? 0x70000000u : 0x38000000u)) | quiet;
    // Subnormals: mantissa · 2^-24, exact in float32.
    const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
    return std::bit_cast<float>(sign | (magnitude >= 0x0400u ? normal : subnormal));
}

// Nearest float16, ties to even; beyond 65519.99 infinity; NaN stays NaN (quiet).
constexpr std::uint16_t floatToHalf(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);
    if (magnitude < 0x38800000u) {
        // Adding 0.5 places the 2^-24 steps of the subnormals on the last mantissa bit, so the addition itself rounds.
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<std::uint16_t>(sign |
                                          (std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(0.5f)));
    }
    const std::uint32_t odd = (magnitude >> 13) & 1u;
    return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

// What float16 leaves of a float32.
constexpr float throughHalf(float value) { return halfToFloat(floatToHalf(value)); }

// halfToFloat() element by element, by the processor's own conversion where it has one. REQUIRES: equal sizes.
void halvesToFloats(std::span<const std::uint16_t> in, std::span<float> out);

// Nearest bfloat16 (the upper half of a float32), ties to even; NaN stays NaN (quiet).
constexpr std::uint16_t floatToBfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

constexpr float bfloat16ToFloat(std::uint16_t value) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

// What bfloat16 leaves of a float32.
constexpr float throughBfloat16(float value) { return bfloat16ToFloat(floatToBfloat16(value)); }

constexpr std::uint16_t byteSwapped(std::uint16_t v) { return __builtin_bswap16(v); }
constexpr std::uint32_t byteSwapped(std::uint32_t v) { return __builtin_bswap32(v); }
constexpr std::uint64_t byteSwapped(std::uint64_t v) { return __builtin_bswap64(v); }

}  // namespace dlrm
