// SPDX-License-Identifier: Apache-2.0
#include "core/base/row_lists.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace dlrm {
namespace {

constexpr std::int64_t kMostRow = std::numeric_limits<std::int64_t>::max() - 1;  // so that any range can be counted

Failure wrong(std::string expected, std::string_view found) {
    return fail(Error("E-CLI-003", "This is no range of rows.")
                    .butExpected(std::move(expected))
                    .butFound(std::string(found))
                    .withRemedy("Write for example 0-99 for the first hundred rows, or 0,5,10-20."));
}

// One row of the range that is `whole`.
Result<std::int64_t> parseRow(std::string_view text, std::string_view whole) {
    if (text.empty()) return wrong("both ends of the range, A-B", whole);
    if (text.find_first_not_of("0123456789") != std::string_view::npos)
        return wrong("A or A-B, whole numbers of digits only", whole);
    std::int64_t row = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), row).ec != std::errc() || row > kMostRow)
        return wrong(fmt::format("rows up to {}", kMostRow), whole);
    return row;
}

std::string written(const RowRange& range) {
    return range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}-{}", range.first, range.last);
}

}  // namespace

Result<RowRange> parseRowRange(const std::string& text) {
    const std::string_view all = text;
    if (all.empty()) return wrong("A or A-B, with commas between them only", "nothing");
    if (all.front() == '-') return wrong("rows from 0 on: A or A-B with both ends", all);
    const std::size_t dash = all.find('-');
    DLRM_TRY(const auto first, parseRow(all.substr(0, dash), all));
    if (dash == std::string_view::npos) return RowRange{first, first};
    DLRM_TRY(const auto last, parseRow(all.substr(dash + 1), all));
    if (first > last) return wrong(fmt::format("the smaller row first: {}-{}", last, first), all);
    return RowRange{first, last};
}

Result<std::vector<RowRange>> parseRowList(const std::string& text) {
    std::vector<RowRange> out;
    std::size_t from = 0;
    while (true) {
        const std::size_t comma = text.find(',', from);
        DLRM_TRY(auto range, parseRowRange(text.substr(from, comma == std::string::npos ? comma : comma - from)));
        out.push_back(range);
        if (comma == std::string::npos) return out;
        from = comma + 1;
    }
}

Result<void> refuseRowsTwice(std::vector<RowRange> ranges) {
    std::stable_sort(ranges.begin(), ranges.end(),
                     [](const RowRange& a, const RowRange& b) { return a.first < b.first; });
    const auto twice = std::adjacent_find(ranges.begin(), ranges.end(),
                                          [](const RowRange& a, const RowRange& b) { return b.first <= a.last; });
    if (twice == ranges.end()) return {};
    return fail(
        Error("E-CLI-010", "A row would count twice.")
            .inField("--rows")
            .butExpected("every row once")
            .butFound(fmt::format("row {} in {} and in {}", twice[1].first, written(twice[0]), written(twice[1])))
            .withRemedy("Leave it out of one of them."));
}

}  // namespace dlrm
