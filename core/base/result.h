// SPDX-License-Identifier: Apache-2.0
// Result<T> and Error: how every expected failure travels. No exception crosses a public function of core.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace dlrm {

// One failure, complete enough for a person to act on: which file, where, what was expected, what was found, what to
// do. `code` is stable across versions ("E-NPY-014"); the other texts may change.
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

// Hands the failure of a Result on to the caller, which returns a Result (of anything) too. Two forms:
//   DLRM_TRY(file.read(offset, out));           nothing but success is wanted
//   DLRM_TRY(auto header, parseHeader(bytes));  declares `header` with the value; DLRM_TRY(m_header, …) assigns it, and
//                                               DLRM_TRY(list.emplace_back(), …) appends it
// The expression is evaluated once. A Result that has a name keeps its error and a copy is handed on. The second form
// is several statements: it stands in a block, never alone behind an if (the compiler refuses that).
#define DLRM_TRY(first, ...) DLRM_TRY_##__VA_OPT__(VALUE)(__COUNTER__, first __VA_OPT__(, ) __VA_ARGS__)
#define DLRM_TRY_(number, expression) DLRM_TRY_ONLY(DLRM_TRY_NAME(number), expression)
#define DLRM_TRY_VALUE(number, declaration, ...) DLRM_TRY_DECLARE(DLRM_TRY_NAME(number), declaration, (__VA_ARGS__))
#define DLRM_TRY_NAME(number) DLRM_TRY_JOIN(dlrmTried, number)
#define DLRM_TRY_JOIN(stem, number) stem##number
#define DLRM_TRY_ONLY(result, expression)                                        \
    do {                                                                         \
        if (auto&& result = (expression); !result)                               \
            return ::dlrm::fail(std::forward<decltype(result)>(result).error()); \
    } while (false)
#define DLRM_TRY_DECLARE(result, declaration, expression)        \
    auto result = expression;                                    \
    if (!result) return ::dlrm::fail(std::move(result).error()); \
    declaration = *std::move(result)
