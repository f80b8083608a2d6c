// SPDX-License-Identifier: Apache-2.0
#include "answer.h"

#include <unistd.h>

#include <cerrno>

namespace dlrm::hdf5 {

void finish(int code) { _exit(code); }

void Answer::number(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
}

void Answer::length(std::size_t value) {
    for (int i = 0; i < 4; ++i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
}

void Answer::send() {
    for (std::size_t done = 0; done < m_bytes.size();) {
        const ssize_t n = write(STDOUT_FILENO, m_bytes.data() + done, m_bytes.size() - done);
        if (n > 0) done += static_cast<std::size_t>(n);
        else if (errno != EINTR) finish(1);
    }
    m_bytes.clear();
}

void Answer::fail(Damage damage, std::string_view object, std::string_view expected, std::string_view found) {
    m_bytes.clear();
    byte(kError);
    byte(static_cast<std::uint8_t>(damage));
    text(object);
    text(expected);
    text(found);
    send();
    finish(0);
}

}  // namespace dlrm::hdf5
