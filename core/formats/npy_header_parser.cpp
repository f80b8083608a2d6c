// SPDX-License-Identifier: Apache-2.0
#include "core/formats/npy_header_parser.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::size_t kMaxDimensions = 32;  // NumPy's own limit

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent over
//   dict  = '{' item (',' item)* ','? '}'      item = string ':' value
//   shape = '(' ')' | '(' int ',' ')' | '(' int (',' int)+ ','? ')'
class Parser {
public:
    Parser(std::string_view text, std::int64_t offset, bool longSuffixAllowed)
        : m_text(text), m_offset(offset), m_longSuffixAllowed(longSuffixAllowed) {}

    Result<NpyDict> parse() {
        skipSpace();
        if (!take('{')) return syntax("\"{\"");
        bool seen[3] = {};
        skipSpace();
        while (!take('}')) {
            DLRM_TRY(parseItem(seen));
            skipSpace();
            if (take(',')) skipSpace();
            else if (peek() != '}') return syntax("\",\" or \"}\"");
        }
        skipSpace();
        if (m_at != m_text.size()) return syntax("only spaces after \"}\"");
        static constexpr const char* kNames[3] = {"descr", "fortran_order", "shape"};
        for (int i = 0; i < 3; ++i)
            if (!seen[i])
                return refused("E-NPY-010", "A key is missing in the header.", 0,
                               "the keys 'descr', 'fortran_order' and 'shape'", fmt::format("no '{}'", kNames[i]));
        return std::move(m_dict);
    }

private:
    Result<void> parseItem(bool (&seen)[3]) {
        const std::size_t keyAt = m_at;
        DLRM_TRY(auto key, parseString());
        const int index = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
        if (index < 0)
            return refused("E-NPY-008", "The header has a key that does not belong there.", keyAt,
                           "the keys 'descr', 'fortran_order' and 'shape'", "'" + key + "'");
        if (std::exchange(seen[index], true))
            return refused("E-NPY-009", "A key stands twice in the header.", keyAt, "each key once", "'" + key + "'");
        skipSpace();
        if (!take(':')) return syntax("\":\"");
        skipSpace();
        if (index == 0) return parseDescr();
        return index == 1 ? parseBool() : parseShape();
    }

    Result<void> parseDescr() {
        m_dict.descrOffset = at(m_at);
        if (peek() == '[' || peek() == '(')
            return fail(Error("E-NPY-013", "The file holds a structured array.")
                            .atOffset(at(m_at))
                            .butExpected("plain numbers, such as '<f4'")
                            .butFound("a list of fields")
                            .withRemedy("Save each field as an array of its own."));
        if (peek() != '\'' && peek() != '"')
            return refused("E-NPY-011", "The type of the values is no string.", m_at, "a string such as '<f4'",
                           excerpt(m_at));
        DLRM_TRY(m_dict.descr, parseString());
        return {};
    }

    Result<void> parseBool() {
        const std::size_t begin = m_at;
        const std::string word = parseWord();
        if (word != "True" && word != "False")
            return refused("E-NPY-016", "fortran_order is not a bool.", begin, "True or False", excerpt(begin));
        m_dict.fortranOrder = word == "True";
        return {};
    }

    Result<void> parseShape() {
        const std::size_t begin = m_at;
        const auto noTuple = [&](std::string found) {
            return refused("E-NPY-017", "The shape is not a tuple of integers.", begin,
                           "a tuple such as (1000, 128), (512,) or ()", std::move(found));
        };
        if (!take('(')) return noTuple(excerpt(begin));
        skipSpace();
        while (!take(')')) {
            DLRM_TRY(parseDimension());
            skipSpace();
            const bool comma = take(',');
            skipSpace();
            if (!comma && peek() != ')') return syntax("\",\" or \")\"");
            if (!comma && m_dict.shape.size() == 1)
                return noTuple(fmt::format("({}), which is a number in brackets", m_dict.shape[0]));
        }
        return {};
    }

    Result<void> parseDimension() {
        const std::size_t begin = m_at;
        if (peek() == '-') return refused("E-NPY-018", "A dimension is negative.", begin, "0 or more", excerpt(begin));
        std::int64_t n = 0;
        while (isDigit(peek())) {
            const int digit = m_text[m_at++] - '0';
            if (n > (std::numeric_limits<std::int64_t>::max() - digit) / 10)
                return refused("E-NPY-021", "The size of the array overflows.", begin, "a dimension below 2^63",
                               excerpt(begin));
            n = 10 * n + digit;
        }
        const std::size_t digits = m_at - begin;
        const bool leadingZero = digits > 1 && m_text[begin] == '0';
        if (peek() == 'L' && digits > 0) {
            if (!m_longSuffixAllowed)
                return refused("E-NPY-020", "A dimension has Python 2's suffix in a version 3 file.", m_at, "digits",
                               excerpt(begin));
            ++m_at;
        }
        const char next = peek();
        if (digits == 0 || leadingZero || (next != ',' && next != ')' && next != ' ' && next != '\t')) {
            const bool numpyScalar = excerpt(begin).starts_with("np.") || excerpt(begin).starts_with("numpy.");
            return refused("E-NPY-019", "A dimension is not an integer.", begin, "digits",
                           excerpt(begin) +
                               (numpyScalar ? ": a defect of some writers, which NumPy cannot read back either" : ""));
        }
        if (m_dict.shape.size() == kMaxDimensions)
            return refused("E-NPY-022", "The array has too many dimensions.", begin,
                           fmt::format("at most {} dimensions", kMaxDimensions), "more");
        m_dict.shape.push_back(n);
        m_dict.dimensionOffsets.push_back(at(begin));
        return {};
    }

    // Keys and types need no escapes: a backslash is refused.
    Result<std::string> parseString() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') return syntax("a string");
        const std::size_t begin = ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != quote) {
            const auto c = static_cast<unsigned char>(m_text[m_at]);
            if (c == '\\' || c < 0x20 || c == 0x7f) return syntax("a string of plain characters");
            ++m_at;
        }
        std::string out(m_text.substr(begin, m_at - begin));
        if (!take(quote)) return syntax("the end of a string");
        return out;
    }

    std::string parseWord() {
        const std::size_t begin = m_at;
        const auto isWord = [](char c) {
            return isDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        };
        while (isWord(peek())) ++m_at;
        return std::string(m_text.substr(begin, m_at - begin));
    }

    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    bool take(char c) {
        if (m_at >= m_text.size() || m_text[m_at] != c) return false;
        ++m_at;
        return true;
    }
    void skipSpace() {
        while (peek() == ' ' || peek() == '\t') ++m_at;
    }
    std::int64_t at(std::size_t i) const { return m_offset + static_cast<std::int64_t>(i); }

    std::string excerpt(std::size_t begin) const {
        constexpr std::size_t kLength = 24;
        if (begin >= m_text.size()) return "the end of the header";
        const std::size_t end = m_text.find_first_of(",)}:", begin + 1);  // at least one character
        return std::string(m_text.substr(begin, std::min(kLength, end - begin)));
    }

    Failure refused(const char* code, const char* message, std::size_t i, std::string_view expected,
                    std::string_view found) const {
        return fail(Error(code, message)
                        .atOffset(at(i))
                        .butExpected(expected)
                        .butFound(found)
                        .withRemedy("Save the array again with numpy.save."));
    }
    Failure syntax(const char* expected) const {
        return refused("E-NPY-007", "The header is not a Python dict.", m_at, expected,
                       m_at < m_text.size() ? std::string(m_text.substr(m_at, 12)) : "the end of the header");
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::int64_t m_offset;
    bool m_longSuffixAllowed;
    NpyDict m_dict;
};

}  // namespace

Result<NpyDict> parseNpyDict(std::string_view text, std::int64_t offset, bool longSuffixAllowed) {
    return Parser(text, offset, longSuffixAllowed).parse();
}

}  // namespace dlrm
