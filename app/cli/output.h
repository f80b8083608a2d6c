// SPDX-License-Identifier: Apache-2.0
// Results on stdout: buffered, every failure noticed, a reader that left (| head) ends the work quietly.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace dlrm::cli {

class Output {
public:
    void write(std::string_view text);
    // False once nothing more can be written: stop working.
    bool isOpen() const { return m_failure == 0; }
    // Whether write() was called at all.
    bool used() const { return m_used; }
    // Writes what is buffered. No error when the reader has left; E-CLI-002 for a full disk and the like.
    Result<void> finish();

private:
    void flush();

    std::string m_buffer;
    int m_failure = 0;  // errno of the first failed write
    bool m_used = false;
};

// {"error": {"code": …, "message": …, "file": …}}, aspects that do not apply left out.
std::string errorJson(const Error& error);

}  // namespace dlrm::cli
