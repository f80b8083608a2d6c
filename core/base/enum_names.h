// SPDX-License-Identifier: Apache-2.0
// Names of the values of an enumeration that counts from 0, listed in its order.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dlrm {

template <class E, std::size_t N>
std::string_view nameIn(const std::string_view (&names)[N], E value) {
    const auto at = static_cast<std::size_t>(value);
    return at < N ? names[at] : "?";
}

template <class E, std::size_t N>
std::optional<E> valueNamed(const std::string_view (&names)[N], std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<E>(i);
    return std::nullopt;
}

}  // namespace dlrm
