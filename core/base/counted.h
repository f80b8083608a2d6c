// SPDX-License-Identifier: Apache-2.0
// Numbers of things in messages.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace dlrm {

// "1 row", "1024 rows": `noun` is what one of them is called, its plural has an s.
std::string counted(std::integral auto n, std::string_view noun) {
    return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace dlrm
