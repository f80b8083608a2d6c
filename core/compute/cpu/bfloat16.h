// SPDX-License-Identifier: Apache-2.0
// bfloat16 as the upper half of a float32, rounded to nearest even; NaN stays NaN.
#pragma once

#include <bit>
#include <cstdint>

namespace dlrm::cpu {

inline std::uint16_t toBfloat16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float fromBfloat16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

inline float roundToBfloat16(float value) { return fromBfloat16(toBfloat16(value)); }

}  // namespace dlrm::cpu
