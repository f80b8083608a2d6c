// SPDX-License-Identifier: Apache-2.0
#include "app/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "app/cli/screen.h"

namespace dlrm::cli {

void Output::write(std::string_view text) {
    constexpr std::size_t kFlushAt = 64 * 1024;
    const bool first = !std::exchange(m_used, true);
    if (!isOpen()) return;
    if (!m_form) m_buffer += layOut(text);
    else if (first && m_form == Form::Object) m_buffer += withProvenance(text, m_provenance(), m_notes);
    else m_buffer += text;
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
    return fail(Error("E-CLI-002", "The results could not be written to stdout.")
                    .butFound(std::strerror(m_failure))
                    .withRemedy("Free some space where stdout leads to, or name another place."));
}

}  // namespace dlrm::cli
