// SPDX-License-Identifier: Apache-2.0
// The numerical transform and the tokens of raw Criteo rows.
#include "core/dataset/preprocessing.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/named_fields.h"

namespace dlrm {

namespace {

constexpr std::size_t kMaxTokenBytes = 4096;

// ln(x + 3) as the model eats it, for x + 3 = `shifted` > 0.
float logThroughHalf(std::int32_t shifted) {
    return throughHalf(static_cast<float>(std::log(static_cast<double>(shifted))));
}

std::array<float, kLogTableSize> makeLogTable() {
    std::array<float, kLogTableSize> table{};
    for (std::int32_t shifted = 1; shifted < kLogTableSize; ++shifted)
        table[static_cast<std::size_t>(shifted)] = logThroughHalf(shifted);
    return table;  // entry 0 stays 0.0: ln(0) is null, null is 0.0
}

std::string shown(std::string_view token) {
    constexpr std::size_t kShown = 40;
    return token.size() <= kShown ? fmt::format("\"{}\"", token)
                                  : fmt::format("\"{}…\" ({} bytes)", token.substr(0, kShown), token.size());
}

// Text between CSV quotes, the token itself when it has none, or nothing when the quotes do not enclose it.
std::optional<std::string_view> unquote(std::string_view token) {
    if (token.find('"') == std::string_view::npos) return token;
    if (token.size() < 2 || token.front() != '"' || token.back() != '"') return std::nullopt;
    token = token.substr(1, token.size() - 2);
    if (token.find('"') != std::string_view::npos) return std::nullopt;
    return token;
}

}  // namespace

const std::array<float, kLogTableSize>& logTable() {
    static const std::array<float, kLogTableSize> table = makeLogTable();
    return table;
}

float nvidiaSparkNumericalOf(std::int32_t x) {
    const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) + 3u);  // wraps as Spark's int32 does
    if (shifted <= 0) return 0.0f;
    return shifted < kLogTableSize ? logTable()[static_cast<std::size_t>(shifted)] : logThroughHalf(shifted);
}

float nvidiaSparkNumerical(std::string_view token) {
    const auto x = parseSparkInt(token);
    return x ? nvidiaSparkNumericalOf(*x) : 0.0f;
}

std::optional<std::int32_t> parseSparkInt(std::string_view token) {
    const bool negative = !token.empty() && token.front() == '-';
    if (negative || (!token.empty() && token.front() == '+')) token.remove_prefix(1);
    if (token.empty()) return std::nullopt;
    const std::int64_t limit = static_cast<std::int64_t>(std::numeric_limits<std::int32_t>::max()) + (negative ? 1 : 0);
    std::int64_t magnitude = 0;
    for (const char c : token) {
        if (c < '0' || c > '9') return std::nullopt;
        magnitude = magnitude * 10 + (c - '0');
        if (magnitude > limit) return std::nullopt;
    }
    return static_cast<std::int32_t>(negative ? -magnitude : magnitude);
}

std::optional<std::uint32_t> parseHexCategory(std::string_view token) {
    const auto bare = unquote(token);
    if (!bare || bare->size() != 8) return std::nullopt;
    std::uint32_t value = 0;
    if (!parseHex8(bare->data(), value)) return std::nullopt;
    return value;
}

Result<CriteoLine> parseCriteoLine(std::string_view line, std::size_t numericals, std::size_t categoricals,
                                   std::int64_t row, TextNumbers numbers, NamedFields named) {
    const auto damaged = [&](std::string code, std::string message, std::string field, std::string expected,
                             std::string found, std::string remedy) {
        return fail(Error(std::move(code), std::move(message))
                        .atRow(row)
                        .inField(std::move(field))
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy(std::move(remedy)));
    };
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > static_cast<std::size_t>(kMaxCriteoLineBytes))
        return damaged("E-TSV-006", "A line is too long.", {}, fmt::format("at most {} bytes", kMaxCriteoLineBytes),
                       fmt::format("{} bytes", line.size()), "Is this a tab-separated Criteo file?");
    if (line.starts_with("\xef\xbb\xbf"))
        return damaged("E-TSV-004", "A line starts with a byte order mark.", {}, "one before the first line at most",
                       "bytes EF BB BF", "Remove it: files that were joined each brought their own.");
    if (line.find('\0') != std::string_view::npos)
        return damaged("E-TSV-007", "A line holds a NUL byte.", {}, "text",
                       fmt::format("NUL at byte {} of the line", line.find('\0')),
                       "The file is damaged or is not a text file.");
    if (line.find('\r') != std::string_view::npos)
        return damaged("E-TSV-003", "A line holds a carriage return.", {}, "carriage returns at ends of lines only",
                       fmt::format("one at byte {} of the line", line.find('\r')),
                       "The file is damaged or is not a text file.");

    const std::size_t unlabelled = numericals + categoricals;
    std::vector<std::string_view> fields;
    fields.reserve(unlabelled + 1);
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        fields.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    if (fields.size() != unlabelled && fields.size() != unlabelled + 1)
        return damaged("E-TSV-001", "A row has the wrong number of fields.", {},
                       fmt::format("{} tab-separated fields (label, {}, {} categories), or {} without the label",
                                   unlabelled + 1, counted(numericals, "number"), categoricals, unlabelled),
                       line.empty() ? "an empty line" : fmt::format("{}", fields.size()),
                       "Repair or remove the row; a file described by a feature_spec.yaml is opened through that.");

    const auto nameOf = [&](std::size_t field, bool labelled) -> std::string {
        if (labelled && field == 0) return "label";
        const std::size_t k = field - (labelled ? 1 : 0);
        return k < numericals ? fmt::format("num_{}", k) : fmt::format("cat_{}", k - numericals);
    };
    const bool labelled = fields.size() == unlabelled + 1;
    CriteoLine result;
    if (named == NamedFields::Take) {
        result.fed.resize(numericals);
        result.rows.resize(categoricals);
    }
    for (std::size_t f = 0; f < fields.size(); ++f) {
        if (fields[f].size() > kMaxTokenBytes)
            return damaged("E-TSV-006", "A field is too long.", nameOf(f, labelled),
                           fmt::format("at most {} bytes", kMaxTokenBytes), fmt::format("{} bytes", fields[f].size()),
                           "Repair or remove the row.");
        const auto bare = unquote(fields[f]);
        if (!bare)
            return damaged("E-TSV-005", "A field holds a stray quote.", nameOf(f, labelled), "a value without quotes",
                           shown(fields[f]), "Remove the quotes; Criteo rows have none.");
        if (labelled && f == 0) {
            if (*bare != "0" && *bare != "1")
                return damaged("E-TSV-008", "A label is neither 0 nor 1.", "label", "0 or 1", shown(*bare),
                               "Repair or remove the row; a file without labels has one field less in every row.");
            result.label = *bare == "1" ? 1 : 0;
            continue;
        }
        const std::size_t k = f - (labelled ? 1 : 0);
        const bool isNumber = k < numericals;
        if (named == NamedFields::Take && (isNumber ? namesFed(*bare) : namesRow(*bare))) {
            (isNumber ? result.fed[k] : result.rows[k - numericals]) = *bare;
            (isNumber ? result.raw.numerical : result.raw.categorical).emplace_back();
            continue;
        }
        if (isNumber) {
            // Spark takes all of these for missing: a table that went through floats would lose every number without a
            // word.
            if (numbers == TextNumbers::Strict && !bare->empty() && !parseSparkInt(*bare))
                return damaged("E-TSV-011", "A number is not a whole number of 32 bits.", nameOf(f, labelled),
                               "digits with or without a sign, or nothing", shown(*bare),
                               "Write whole numbers, and nothing where one is missing; dlrm-cli --lenient counts all "
                               "others as missing, as the original preprocessing does.");
            result.raw.numerical.emplace_back(*bare);
            continue;
        }
        std::uint32_t hex = 0;
        if (!bare->empty() && (bare->size() != 8 || !parseHex8(bare->data(), hex)))
            return damaged("E-TSV-009", "A category is not a hexadecimal value.", nameOf(f, labelled),
                           "8 digits 0-9 a-f in lower case, or nothing", shown(*bare),
                           "Repair the field, or leave it empty to use row 0 (missing).");
        result.raw.categorical.emplace_back(*bare);
    }
    result.raw.valuesAsRead = true;
    return result;
}

}  // namespace dlrm
