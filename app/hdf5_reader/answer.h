// SPDX-License-Identifier: Apache-2.0
// The answer on descriptor 1, in the form of core/formats/hdf5_protocol.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/formats/hdf5_protocol.h"

namespace dlrm::hdf5 {

// The program ends here, with exit code 1 when the answer cannot be written. Nothing of libhdf5 is closed: a damaged
// file could still do harm there.
[[noreturn]] void finish(int code);

class Answer {
public:
    void byte(std::uint8_t value) { m_bytes += static_cast<char>(value); }
    void number(std::uint64_t value);
    void length(std::size_t value);  // u32
    void text(std::string_view value) {
        length(value.size());
        m_bytes += value;
    }
    void raw(std::span<const std::byte> bytes) {
        m_bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    std::size_t size() const { return m_bytes.size(); }
    // Writes what is there and forgets it.
    void send();
    // Tells the error instead of what was not sent yet, and ends the program.
    [[noreturn]] void fail(Damage damage, std::string_view object, std::string_view expected, std::string_view found);

private:
    std::string m_bytes;
};

}  // namespace dlrm::hdf5
