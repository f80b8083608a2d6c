// SPDX-License-Identifier: Apache-2.0
// Numbers of things in messages.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dlrm {

// "32,709,138"
inline std::string thousands(std::int64_t n) {
    std::string digits = std::to_string(n);
    const std::size_t first = n < 0 ? 1 : 0;
    for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

// "1 row", "1024 rows": `noun` is what one of them is called, its plural has an s.
std::string counted(std::integral auto n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace dlrm
