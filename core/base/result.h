// SPDX-License-Identifier: Apache-2.0
// Result<T> and Error: how every expected failure travels. No exception crosses a public function of core.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace dlrm {

// One failure, complete enough for a person to act on: which file, where, what was expected, what was found, what to do.
// `code` is stable across versions ("E-NPY-014"); the other texts may change.
struct Error {
    std::string code;
    std::string message;       // one sentence, no trailing newline
    std::string file;          // empty when no file is concerned
    std::int64_t offset = -1;  // bytes from the start of `file`; -1: not applicable
    std::int64_t row = -1;     // 0-based row of the dataset or table; -1: not applicable
    std::string field;         // column, feature or tensor name; empty when not applicable
    std::string expected;
    std::string found;
    std::string remedy;

    Error() = default;
    Error(std::string code_, std::string message_) : code(std::move(code_)), message(std::move(message_)) {}

    Error&& inFile(std::string f) && { file = std::move(f); return std::move(*this); }
    Error&& atOffset(std::int64_t o) && { offset = o; return std::move(*this); }
    Error&& atRow(std::int64_t r) && { row = r; return std::move(*this); }
    Error&& inField(std::string f) && { field = std::move(f); return std::move(*this); }
    Error&& butExpected(std::string e) && { expected = std::move(e); return std::move(*this); }
    Error&& butFound(std::string f) && { found = std::move(f); return std::move(*this); }
    Error&& withRemedy(std::string r) && { remedy = std::move(r); return std::move(*this); }

    bool isCancelled() const { return code == "E-CANCELLED"; }

    // All of it, one aspect a line: "E-NPY-014: …", "file: …, byte 128", "expected: …", "found: …", "what to do: …".
    // Control characters of file names are escaped, so the text is safe to print.
    std::string text() const;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

using Failure = tl::unexpected<Error>;

inline Failure fail(Error error) { return Failure(std::move(error)); }
inline Failure cancelled() { return fail(Error("E-CANCELLED", "Cancelled.")); }

}  // namespace dlrm
