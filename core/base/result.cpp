// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <utility>

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

Error::Error() = default;
Error::Error(std::string_view code_, std::string_view message_) : code(code_), message(message_) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error&& Error::inFile(std::string_view f) && {
    file = f;
    return std::move(*this);
}
Error&& Error::atOffset(std::int64_t o) && {
    offset = o;
    return std::move(*this);
}
Error&& Error::atRow(std::int64_t r) && {
    row = r;
    return std::move(*this);
}
Error&& Error::inField(std::string_view f) && {
    field = f;
    return std::move(*this);
}
Error&& Error::butExpected(std::string_view e) && {
    expected = e;
    return std::move(*this);
}
Error&& Error::butFound(std::string_view f) && {
    found = f;
    return std::move(*this);
}
Error&& Error::withRemedy(std::string_view r) && {
    remedy = r;
    return std::move(*this);
}

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

Failure fail(Error error) { return Failure(std::move(error)); }
Failure cancelled() { return fail(Error("E-CANCELLED", "Cancelled.")); }

}  // namespace dlrm
