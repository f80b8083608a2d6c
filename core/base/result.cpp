// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <fmt/format.h>

namespace dlrm {
namespace {

// File names and tokens come from outside: control bytes would let them rewrite a terminal's screen.
std::string printable(const std::string& s) {
    std::string out;
    out.reserve(s.size());
    for (const char c : s) {
        const auto u = static_cast<unsigned char>(c);
        if (u < 0x20 || u == 0x7f) out += fmt::format("\\x{:02x}", u);
        else out += c;
    }
    return out;
}

}  // namespace

std::string Error::text() const {
    std::string out = code + ": " + printable(message);
    if (!file.empty()) {
        out += "\nfile: " + printable(file);
        if (offset >= 0) out += fmt::format(", byte {}", offset);
    }
    if (row >= 0 || !field.empty()) {
        out += "\nwhere: ";
        if (row >= 0) out += fmt::format("row {}", row);
        if (row >= 0 && !field.empty()) out += ", ";
        if (!field.empty()) out += "field " + printable(field);
    }
    if (!expected.empty()) out += "\nexpected: " + printable(expected);
    if (!found.empty()) out += "\nfound: " + printable(found);
    if (!remedy.empty()) out += "\nwhat to do: " + printable(remedy);
    return out;
}

}  // namespace dlrm
