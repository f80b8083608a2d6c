// SPDX-License-Identifier: Apache-2.0
// Σ(x − x̄)² of integers, from sums that have no rounding.
#pragma once

#include <bit>
#include <cstdint>

namespace dlrm {

// Of `count` integers from |Σx| and Σx²: exact while the products fit into 127 bits, then in 64-bit mantissas.
inline double centredSquares(std::int64_t count, unsigned __int128 sum, unsigned __int128 squares) {
    using Wide = unsigned __int128;
    const auto c = static_cast<Wide>(count);
    const auto bits = [](Wide x) {
        const auto high = static_cast<std::uint64_t>(x >> 64);
        return high ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(x));
    };
    if (bits(c) + bits(squares) <= 127 && 2 * bits(sum) <= 127)
        return static_cast<double>(c * squares - sum * sum) / static_cast<double>(count);
    const auto s = static_cast<long double>(sum);
    return static_cast<double>(static_cast<long double>(squares) - s * s / static_cast<long double>(count));
}

}  // namespace dlrm
