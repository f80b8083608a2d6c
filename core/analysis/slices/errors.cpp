// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/slices/errors.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/counted.h"

namespace dlrm {
namespace {

std::string placeOf(const SliceWord& at, const std::string& text) {
    return fmt::format("column {} of \"{}\"", at.column, text);
}

std::string shownWord(const SliceWord& word) {
    return word.text.empty() && !word.quoted ? "the end" : fmt::format("\"{}\"", word.text);
}

// Characters to put in, take out or replace (Levenshtein), capitals being no others.
std::size_t changesBetween(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (lower(a[i - 1]) != lower(b[j - 1]) ? 1 : 0);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::vector<std::string> mostAlike(const std::string& text, const std::vector<std::string>& names) {
    constexpr std::size_t kTold = 3, kLongest = 200;
    const std::string_view part = std::string_view(text).substr(0, kLongest);
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const std::string& name : names)
        ranked.emplace_back(changesBetween(part, std::string_view(name).substr(0, kLongest)), name);
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> out;
    for (std::size_t i = 0; i < std::min(kTold, ranked.size()); ++i) out.push_back(ranked[i].second);
    return out;
}

}  // namespace

Error SliceText::unreadable(const SliceWord& at, std::string_view expected) const {
    return Error("E-SLICE-001", "This slice of the rows cannot be read.")
        .inField(placeOf(at, m_text))
        .butExpected(expected)
        .butFound(shownWord(at))
        .withRemedy(
            "Write terms such as num_3 > 5, cat_19 id 1-9, cat_3 missing or row 0-999, joined by \"and\"; keys "
            "such as cat_19 decade, cat_3 top 8, num_3 quantiles 8 or row blocks 10, two of them with a comma.");
}

Error SliceText::unknownField(const SliceWord& at, const std::vector<std::string>& names) const {
    return Error("E-SLICE-002", "No field of the data has this name.")
        .inField(placeOf(at, m_text))
        .butExpected(fmt::format("a field such as {}", fmt::join(mostAlike(at.text, names), ", ")))
        .butFound(shownWord(at))
        .withRemedy("Take a name that tables or predict show; a name with spaces stands in double quotes.");
}

Error SliceText::wrongType(const SliceWord& at, std::string_view expected) const {
    return Error("E-SLICE-003", "This does not fit the type of the field.")
        .inField(placeOf(at, m_text))
        .butExpected(expected)
        .butFound(shownWord(at))
        .withRemedy(
            "Compare numbers with whole numbers (num_3 >= 5), categories with their values (cat_3 = a73ee510) "
            "or by their ids (cat_3 id 5).");
}

Error SliceText::cannotBeTold(const SliceWord& at, std::string_view expected, std::string_view found,
                              std::string_view remedy) const {
    return Error("E-SLICE-004", "The model and the data do not tell which rows these are.")
        .inField(placeOf(at, m_text))
        .butExpected(expected)
        .butFound(found)
        .withRemedy(remedy);
}

std::optional<SlicePlace> placeIn(const Error& error) {
    constexpr std::string_view kBefore = "column ", kBetween = " of \"";
    const std::string_view field = error.field;
    const std::size_t between = field.find(kBetween);
    if (!error.code.starts_with("E-SLICE-") || !field.starts_with(kBefore) || between == std::string_view::npos)
        return {};
    SlicePlace out;
    std::from_chars(field.data() + kBefore.size(), field.data() + between, out.column);
    out.text = field.substr(between + kBetween.size());
    out.text.pop_back();  // the quote
    return out;
}

Error tooManySlices(std::size_t most, std::size_t found) {
    return Error("E-SLICE-005", "These are too many slices at once.")
        .butExpected(fmt::format("at most {}", most))
        .butFound(fmt::format("{}", found))
        .withRemedy("Ask for fewer, or in several runs.");
}

Error noRowsOf(const std::string& slice, std::int64_t rows) {
    return Error("E-SLICE-006", "No row belongs to this slice.")
        .butExpected(fmt::format("some of the {} rows where {}", thousands(rows), slice))
        .butFound("none")
        .withRemedy("Ask for another slice, or look at more rows.");
}

}  // namespace dlrm
