// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4), for sums that other programs compare.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace dlrm {

class Sha256 {
public:
    void update(std::span<const std::byte> bytes);
    // 64 hexadecimal digits, of all bytes so far. Call once, last.
    std::string finish();

private:
    void block(const std::byte* bytes);

    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, 64> m_rest{};  // bytes that fill no block yet
    std::uint64_t m_bytes = 0;
};

}  // namespace dlrm
