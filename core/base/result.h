// SPDX-License-Identifier: Apache-2.0
// Result<T> and Error: how every expected failure travels. No exception crosses a public function of core.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

    // Out of line and cold, as all that follows: thousands of places make an error, none of them in a hurry.
    [[gnu::cold]] Error();
    [[gnu::cold]] Error(std::string_view code, std::string_view message);
    [[gnu::cold]] Error(const Error&);
    [[gnu::cold]] Error(Error&&) noexcept;
    Error& operator=(const Error&);
    Error& operator=(Error&&) noexcept;
    ~Error();

    [[gnu::cold]] Error&& inFile(std::string_view file) &&;
    [[gnu::cold]] Error&& atOffset(std::int64_t offset) &&;
    [[gnu::cold]] Error&& atRow(std::int64_t row) &&;
    [[gnu::cold]] Error&& inField(std::string_view field) &&;
    [[gnu::cold]] Error&& butExpected(std::string_view expected) &&;
    [[gnu::cold]] Error&& butFound(std::string_view found) &&;
    [[gnu::cold]] Error&& withRemedy(std::string_view remedy) &&;

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

[[gnu::cold]] Failure fail(Error error);
[[gnu::cold]] Failure cancelled();

}  // namespace dlrm
