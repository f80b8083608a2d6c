// SPDX-License-Identifier: Apache-2.0
// Text on its way to a file or a string, in pieces of about 64 KiB.
#pragma once

#include <functional>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "core/base/result.h"

namespace dlrm {

class TextWriter {
public:
    using Sink = std::function<Result<void>(std::string_view)>;
    explicit TextWriter(Sink sink) : m_sink(std::move(sink)) {}

    void text(std::string_view s) { m_buffer.append(s.data(), s.data() + s.size()); }
    template <class... Args>
    void print(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(m_buffer), format, std::forward<Args>(args)...);
    }
    // Hands the text over once enough has gathered; call it after every row.
    Result<void> drain() {
        if (m_buffer.size() < kPiece) return {};
        return flush();
    }
    Result<void> flush() {
        auto done = m_sink({m_buffer.data(), m_buffer.size()});
        m_buffer.clear();
        return done;
    }

private:
    static constexpr std::size_t kPiece = 64 * 1024;
    Sink m_sink;
    fmt::memory_buffer m_buffer;
};

}  // namespace dlrm
