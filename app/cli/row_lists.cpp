// SPDX-License-Identifier: Apache-2.0
#include "app/cli/row_lists.h"

#include <charconv>
#include <string_view>

namespace dlrm::cli {
namespace {

bool parseRow(std::string_view text, std::int64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && out >= 0;
}

}  // namespace

Result<RowRange> parseRowRange(const std::string& text) {
    const std::string_view all = text;
    const std::size_t dash = all.find('-');
    RowRange range;
    const bool good = dash == std::string_view::npos ? parseRow(all, range.first) : parseRow(all.substr(0, dash), range.first) && parseRow(all.substr(dash + 1), range.last);
    if (good && dash == std::string_view::npos) range.last = range.first;
    if (good && range.first <= range.last) return range;
    return fail(Error("E-CLI-003", "This is no range of rows.")
                    .butExpected("A or A-B with 0 <= A <= B, both included")
                    .butFound(text.empty() ? "nothing" : text)
                    .withRemedy("write for example 0-99 for the first hundred rows"));
}

Result<std::vector<RowRange>> parseRowList(const std::string& text) {
    std::vector<RowRange> out;
    std::size_t from = 0;
    while (true) {
        const std::size_t comma = text.find(',', from);
        auto range = parseRowRange(text.substr(from, comma == std::string::npos ? comma : comma - from));
        if (!range) return fail(std::move(range).error());
        out.push_back(*range);
        if (comma == std::string::npos) return out;
        from = comma + 1;
    }
}

}  // namespace dlrm::cli
