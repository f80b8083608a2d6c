// SPDX-License-Identifier: Apache-2.0
// Takes a file name apart from its end. Private to core/checkpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dlrm {

class NameTail {
public:
    explicit NameTail(std::string_view name) : m_rest(name) {}

    std::string_view rest() const { return m_rest; }

    bool take(std::string_view suffix) {
        if (!m_rest.ends_with(suffix)) return false;
        m_rest.remove_suffix(suffix.size());
        return true;
    }

    // A decimal number as the training code writes it: no sign, no leading zeros, at most 12 digits.
    std::optional<std::int64_t> takeNumber() {
        constexpr std::size_t kMostDigits = 12;
        std::size_t begin = m_rest.size();
        while (begin > 0 && m_rest[begin - 1] >= '0' && m_rest[begin - 1] <= '9') --begin;
        const std::string_view digits = m_rest.substr(begin);
        if (digits.empty() || digits.size() > kMostDigits || (digits.size() > 1 && digits[0] == '0'))
            return std::nullopt;
        std::int64_t n = 0;
        for (const char c : digits) n = 10 * n + (c - '0');
        m_rest.remove_suffix(digits.size());
        return n;
    }

    // Keras numbers the layers of one class "word", "word_1", "word_2", …: takes such a name, with `word` beginning
    // with '_'.
    std::optional<std::int64_t> takeNumbered(std::string_view word) {
        if (take(word)) return 0;
        const std::string_view before = m_rest;
        if (const auto n = takeNumber(); n && *n > 0 && take("_") && take(word)) return n;
        m_rest = before;
        return std::nullopt;
    }

private:
    std::string_view m_rest;
};

}  // namespace dlrm
