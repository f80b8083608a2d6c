// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/expression.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dlrm {
namespace {

constexpr std::string_view kGrammarWords[] = {"all", "and", "in", "row", "unknown_fields", "untrained_fields"};
constexpr std::string_view kOperatorCharacters = "=!<>", kBlanks = " \t\r\n";
constexpr const char* kOperators = "one of = != < <= > >=";
constexpr const char* kAfterField = "one of = != < <= > >=, or in, missing, present, id, decade, untrained";
constexpr const char* kRange = "a range such as 0-99, 5- or -9";

bool endsWord(char c) {
    return kBlanks.find(c) != std::string_view::npos || kOperatorCharacters.find(c) != std::string_view::npos ||
           c == ',' || c == '"';
}

// A whole decimal number from `least` on, nothing but digits.
std::optional<std::int64_t> wholeNumber(std::string_view text, std::int64_t least = 0) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || text[0] == '-' || error != std::errc() || end != text.data() + text.size() || out < least)
        return std::nullopt;
    return out;
}

std::optional<RowRange> rangeOf(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        const auto one = wholeNumber(text);
        return one ? std::optional(RowRange{*one, *one}) : std::nullopt;
    }
    const std::string_view from = text.substr(0, dash), to = text.substr(dash + 1);
    if (from.empty() && to.empty()) return std::nullopt;
    const auto first = from.empty() ? 0 : wholeNumber(from);
    const auto last = to.empty() ? std::numeric_limits<std::int64_t>::max() : wholeNumber(to);
    if (!first || !last || *last < *first) return std::nullopt;
    return RowRange{*first, *last};
}

class SliceParser {
public:
    explicit SliceParser(std::string_view text) : m_text(std::string(text)) {}

    Result<SliceExpression> slice() {
        DLRM_TRY(split());
        SliceExpression out{m_text, {}};
        if (is("all")) {
            next();
        } else {
            do {
                DLRM_TRY(out.terms.emplace_back(), term());
            } while (takes("and"));
        }
        if (!atEnd()) return unreadable("\"and\" and another term, or the end");
        return out;
    }

    Result<SliceGroup> group() {
        constexpr std::size_t kMostKeys = 2;
        DLRM_TRY(split());
        SliceGroup out{m_text, {}};
        do {
            DLRM_TRY(out.keys.emplace_back(), key());
        } while (out.keys.size() < kMostKeys && takes(","));
        if (!atEnd())
            return unreadable(out.keys.size() < kMostKeys ? "a comma and another key, or the end"
                                                          : "the end: two keys at most");
        return out;
    }

private:
    // Words, operators and commas, and an empty word at the end.
    Result<void> split() {
        const std::string& text = m_text.text();
        std::size_t at = 0, column = 1;
        const auto step = [&] { column += (static_cast<unsigned char>(text[at++]) & 0xC0) != 0x80 ? 1 : 0; };
        while (true) {
            while (at < text.size() && kBlanks.find(text[at]) != std::string_view::npos) step();
            SliceWord& word = m_words.emplace_back(SliceWord{"", column, false});
            if (at == text.size()) return {};
            if (text[at] == '"') {
                word.quoted = true;
                for (step(); at < text.size() && (text[at] != '"' || text.substr(at, 2) == "\"\""); step()) {
                    if (text[at] == '"') step();
                    word.text += text[at];
                }
                if (at == text.size()) return fail(m_text.unreadable({"", column, false}, "a closing \""));
                step();
            } else if (text[at] == ',') {
                word.text = ",";
                step();
            } else if (kOperatorCharacters.find(text[at]) != std::string_view::npos) {
                for (; at < text.size() && kOperatorCharacters.find(text[at]) != std::string_view::npos; step())
                    word.text += text[at];
            } else {
                for (; at < text.size() && !endsWord(text[at]); step()) word.text += text[at];
            }
        }
    }

    const SliceWord& here() const { return m_words[m_at]; }
    bool atEnd() const { return m_at + 1 == m_words.size(); }
    bool is(std::string_view word) const { return !here().quoted && here().text == word; }
    SliceWord next() { return atEnd() ? here() : m_words[m_at++]; }
    bool takes(std::string_view word) {
        if (!is(word)) return false;
        next();
        return true;
    }
    Failure unreadable(std::string_view expected) const { return fail(m_text.unreadable(here(), expected)); }
    // Whether a name or value can stand here.
    bool isWord() const { return here().quoted || (!atEnd() && !endsWord(here().text[0])); }

    std::optional<SliceComparison> takeOperator() {
        const auto found = std::find(kSliceComparisons.begin(), kSliceComparisons.end(), here().text);
        if (here().quoted || found == kSliceComparisons.end()) return std::nullopt;
        next();
        return static_cast<SliceComparison>(found - kSliceComparisons.begin());
    }

    Result<std::int64_t> number(std::string_view expected, std::int64_t least, std::int64_t most) {
        const auto found = wholeNumber(here().text, least);
        if (here().quoted || !found || *found > most) return unreadable(expected);
        next();
        return *found;
    }

    Result<void> takeRange(SliceTerm& out) {
        const auto range = here().quoted ? std::nullopt : rangeOf(here().text);
        if (!range) return unreadable(kRange);
        out.range = *range;
        next();
        return {};
    }

    Result<SliceTerm> countTerm(SliceTerm::Kind kind) {
        SliceTerm out;
        out.kind = kind;
        out.what = next();
        const auto comparison = takeOperator();
        if (!comparison) return unreadable(kOperators);
        out.comparison = *comparison;
        DLRM_TRY(out.number, number("a number of fields", 0, std::numeric_limits<std::int32_t>::max()));
        return out;
    }

    Result<SliceTerm> term() {
        using Kind = SliceTerm::Kind;
        if (is("unknown_fields")) return countTerm(Kind::UnknownFields);
        if (is("untrained_fields")) return countTerm(Kind::UntrainedFields);
        SliceTerm out;
        if (is("row")) {
            out.kind = Kind::Rows;
            out.what = next();
            DLRM_TRY(takeRange(out));
            return out;
        }
        if (!isWord()) return unreadable("a field, \"row\", \"unknown_fields\" or \"untrained_fields\"");
        out.field = next();
        out.what = here();
        if (const auto comparison = takeOperator()) {
            out.kind = Kind::Compare;
            out.comparison = *comparison;
            if (!isWord()) return unreadable("a value");
            out.values.push_back(next());
            return out;
        }
        if (here().quoted) return unreadable(kAfterField);
        next();
        if (out.what.text == "in") {
            out.kind = Kind::In;
            do {
                if (!isWord()) return unreadable("a value");
                out.values.push_back(next());
            } while (takes(","));
        } else if (out.what.text == "id") {
            out.kind = Kind::Ids;
            DLRM_TRY(takeRange(out));
        } else if (out.what.text == "decade") {
            out.kind = Kind::Decade;
            DLRM_TRY(out.number, number("a number of digits from 0 to 10 (0: the id 0)", 0, 10));
        } else if (out.what.text == "missing") {
            out.kind = Kind::Missing;
        } else if (out.what.text == "present") {
            out.kind = Kind::Present;
        } else if (out.what.text == "untrained") {
            out.kind = Kind::Untrained;
        } else {
            return fail(m_text.unreadable(out.what, kAfterField));
        }
        return out;
    }

    Result<SliceKey> key() {
        using Kind = SliceKey::Kind;
        SliceKey out;
        const auto withNumber = [&](Kind kind) -> Result<SliceKey> {
            constexpr auto kMost = static_cast<std::int64_t>(kMostSlices);
            out.kind = kind;
            DLRM_TRY(out.number, number(fmt::format("a number from 1 to {}", kMost), 1, kMost));
            return out;
        };
        if (is("unknown_fields") || is("untrained_fields")) {
            out.kind = is("unknown_fields") ? Kind::UnknownFields : Kind::UntrainedFields;
            out.what = next();
            return out;
        }
        if (takes("row")) {
            out.what = here();
            if (!takes("blocks")) return unreadable("\"blocks\" and their number");
            return withNumber(Kind::RowBlocks);
        }
        if (!isWord()) return unreadable("a field, \"row\", \"unknown_fields\" or \"untrained_fields\"");
        out.field = next();
        out.what = here();
        if (takes("top")) return withNumber(Kind::Top);
        if (takes("quantiles")) return withNumber(Kind::Quantiles);
        if (is("decade")) out.kind = Kind::Decade;
        else if (is("missing")) out.kind = Kind::Missing;
        else return unreadable("one of decade, top N, missing, quantiles N");
        next();
        return out;
    }

    const SliceText m_text;
    std::vector<SliceWord> m_words;
    std::size_t m_at = 0;
};

std::string termSentence(const SliceTerm& term) {
    using Kind = SliceTerm::Kind;
    const std::string field = fieldInSentence(term.field.text);
    const std::string_view comparison = kSliceComparisons[static_cast<std::size_t>(term.comparison)];
    std::vector<std::string> values;
    for (const SliceWord& value : term.values) values.push_back(fieldInSentence(value.text));
    switch (term.kind) {
        case Kind::Compare:
            return fmt::format("{} {} {}", field, comparison, values.front());
        case Kind::In:
            return fmt::format("{} in {}", field, fmt::join(values, ", "));
        case Kind::Ids:
            return fmt::format("{} id {}", field, rangeInSentence(term.range));
        case Kind::Decade:
            return fmt::format("{} decade {}", field, term.number);
        case Kind::Rows:
            return fmt::format("row {}", rangeInSentence(term.range));
        case Kind::UnknownFields:
        case Kind::UntrainedFields:
            return fmt::format("{} {} {}", term.what.text, comparison, term.number);
        default:
            return fmt::format("{} {}", field, term.what.text);
    }
}

std::string keySentence(const SliceKey& key) {
    using Kind = SliceKey::Kind;
    const std::string field = fieldInSentence(key.field.text);
    switch (key.kind) {
        case Kind::Decade:
        case Kind::Missing:
            return fmt::format("{} {}", field, key.what.text);
        case Kind::Top:
        case Kind::Quantiles:
            return fmt::format("{} {} {}", field, key.what.text, key.number);
        case Kind::RowBlocks:
            return fmt::format("row blocks {}", key.number);
        default:
            return key.what.text;
    }
}

}  // namespace

bool SliceExpression::looksAtTraining() const {
    return std::any_of(terms.begin(), terms.end(), [](const SliceTerm& term) {
        return term.kind == SliceTerm::Kind::Untrained || term.kind == SliceTerm::Kind::UntrainedFields;
    });
}

bool SliceGroup::looksAtTraining() const {
    return std::any_of(keys.begin(), keys.end(),
                       [](const SliceKey& key) { return key.kind == SliceKey::Kind::UntrainedFields; });
}

Result<SliceExpression> parseSlice(std::string_view text) { return SliceParser(text).slice(); }

Result<SliceGroup> parseSliceGroup(std::string_view text) { return SliceParser(text).group(); }

std::string sentenceOf(const SliceExpression& expression) {
    if (expression.terms.empty()) return "all";
    std::vector<std::string> terms;
    for (const SliceTerm& term : expression.terms) terms.push_back(termSentence(term));
    return fmt::format("{}", fmt::join(terms, " and "));
}

std::string sentenceOf(const SliceGroup& group) {
    std::vector<std::string> keys;
    for (const SliceKey& key : group.keys) keys.push_back(keySentence(key));
    return fmt::format("{}", fmt::join(keys, ", "));
}

std::string fieldInSentence(const std::string& name) {
    const bool plain = !name.empty() && std::none_of(name.begin(), name.end(), endsWord) &&
                       std::find(std::begin(kGrammarWords), std::end(kGrammarWords), name) == std::end(kGrammarWords);
    if (plain) return name;
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

std::string rangeInSentence(const RowRange& range) {
    if (range.first == range.last) return fmt::format("{}", range.first);
    if (range.last == std::numeric_limits<std::int64_t>::max()) return fmt::format("{}-", range.first);
    return fmt::format("{}-{}", range.first, range.last);
}

}  // namespace dlrm
