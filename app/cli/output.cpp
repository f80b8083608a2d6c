// SPDX-License-Identifier: Apache-2.0
#include "app/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <nlohmann/json.hpp>

namespace dlrm::cli {

void Output::write(std::string_view text) {
    constexpr std::size_t kFlushAt = 64 * 1024;
    m_used = true;
    if (!isOpen()) return;
    m_buffer += text;
    if (m_buffer.size() >= kFlushAt) flush();
}

void Output::flush() {
    std::string_view rest = m_buffer;
    while (!rest.empty() && isOpen()) {
        const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (n >= 0) rest.remove_prefix(static_cast<std::size_t>(n));
        else if (errno != EINTR) m_failure = errno;
    }
    m_buffer.clear();
}

Result<void> Output::finish() {
    flush();
    if (m_failure == 0 || m_failure == EPIPE) return {};
    return fail(Error("E-CLI-002", "The results could not be written to stdout.").butFound(std::strerror(m_failure)).withRemedy("free some space where stdout leads to, or name another place"));
}

std::string errorJson(const Error& error) {
    nlohmann::ordered_json out{{"code", error.code}, {"message", error.message}};
    const auto add = [&](const char* key, const std::string& text) {
        if (!text.empty()) out[key] = text;
    };
    add("file", error.file);
    if (error.offset >= 0) out["offset"] = error.offset;
    if (error.row >= 0) out["row"] = error.row;
    add("field", error.field);
    add("expected", error.expected);
    add("found", error.found);
    add("remedy", error.remedy);
    // Names from the file system need not be UTF-8.
    return nlohmann::ordered_json{{"error", out}}.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dlrm::cli
