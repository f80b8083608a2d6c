// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/named_fields.h"

#include <array>
#include <charconv>

namespace dlrm {
namespace {

constexpr std::string_view kRowPrefix = "id:", kFedPrefix = "fed:";

// The text without the spaces around it.
std::string_view stripped(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// "1,234,567" without its commas; any other text as it is.
std::string withoutGroups(std::string_view digits) {
    const std::size_t first = digits.find(',');
    if (first == std::string_view::npos || first < 1 || first > 3 || digits.front() == '0') return std::string(digits);
    std::string out(digits.substr(0, first));
    for (std::size_t at = first; at < digits.size(); at += 4) {
        if (digits[at] != ',' || digits.size() - at < 4) return std::string(digits);
        out += digits.substr(at + 1, 3);
    }
    return out;
}

}  // namespace

bool namesFed(std::string_view token) { return token.starts_with(kFedPrefix); }
bool namesRow(std::string_view token) { return token.starts_with(kRowPrefix); }

std::string rowToken(std::int64_t row) { return std::string(kRowPrefix) + std::to_string(row); }

std::string fedToken(float value) {
    std::array<char, 32> digits{};  // the shortest that tell the float: at most 15 characters
    const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return std::string(kFedPrefix) + std::string(static_cast<const char*>(digits.data()), end);
}

std::optional<float> fedNumber(std::string_view token) {
    if (!namesFed(token)) return std::nullopt;
    const std::string_view digits = stripped(token.substr(kFedPrefix.size()));
    float value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> rowNumber(std::string_view token) {
    token.remove_prefix(kRowPrefix.size());
    const std::string digits = withoutGroups(stripped(token));
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

}  // namespace dlrm
