// SPDX-License-Identifier: Apache-2.0
#include "app/cli/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace dlrm::cli {
namespace {

constexpr std::size_t kNarrowestText = 12;  // of a column whose texts are broken
constexpr std::size_t kGap = 2;

// Characters of the longest piece without a space: names of files, hashes.
std::size_t longestWord(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        longest = std::max(longest, shownWidth(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return longest;
}

}  // namespace

std::string byteText(std::int64_t bytes) {
    constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.2f} {}", value, kUnits[unit]);
}

std::string decimalText(double v, int decimals) {
    constexpr double kLong = 1e6;
    return std::fabs(v) < kLong ? fmt::format("{:.{}f}", v, decimals) : fmt::format("{:.{}e}", v, decimals);
}

std::string countText(std::int64_t n) { return n == 0 ? "·" : thousands(n); }

std::string plural(std::int64_t n, std::string_view what) {
    return thousands(n) + " " + std::string(what) + (n == 1 ? "" : "s");
}

std::string termsText(const std::vector<std::pair<std::string, std::string>>& terms) {
    TextTable table{"<", "<"};
    for (const auto& [term, meaning] : terms) table.addRow({term, meaning});
    return table.text("  ");
}

TextTable::TextTable(std::initializer_list<std::string_view> columns) {
    for (const std::string_view column : columns) addColumn(column);
}

void TextTable::addColumn(std::string_view column) {
    m_columns.push_back({shownText(column.substr(1)), column.starts_with('>')});
}

void TextTable::addRow(std::vector<std::string> cells) {
    cells.resize(m_columns.size());
    for (std::string& cell : cells) cell = shownText(cell);
    m_rows.push_back(std::move(cells));
}

// Of every column: its widest cell; texts narrower where all of them would not fit into `room`, but no narrower than
// their longest word.
std::vector<std::size_t> TextTable::fittingWidths(std::size_t room) const {
    std::vector<std::size_t> widths, least;
    std::size_t all = 0;
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        std::size_t widest = shownWidth(m_columns[c].title);
        least.push_back(std::max(kNarrowestText, widest));
        for (const auto& row : m_rows) {
            widest = std::max(widest, shownWidth(row[c]));
            least.back() = std::max(least.back(), longestWord(row[c]));
        }
        widths.push_back(widest);
        all += widest + (c > 0 ? kGap : 0);
    }
    while (all > room) {
        std::size_t widest = widths.size();
        for (std::size_t c = 0; c < widths.size(); ++c) {
            if (!m_columns[c].right && widths[c] > least[c] && (widest == widths.size() || widths[c] > widths[widest]))
                widest = c;
        }
        if (widest == widths.size()) break;
        --widths[widest];
        --all;
    }
    return widths;
}

void TextTable::writeColumns(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& widths,
                             std::string_view indent, std::string& out) const {
    const auto write = [&](auto cellOf) {
        std::vector<std::vector<std::string>> lines;
        std::size_t height = 1;
        for (const std::size_t c : columns) {
            lines.push_back(wrapped(cellOf(c), widths[c]));
            height = std::max(height, lines.back().size());
        }
        for (std::size_t l = 0; l < height; ++l) {
            std::string row(indent);
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const std::size_t c = columns[i];
                const std::string cell = l < lines[i].size() ? lines[i][l] : "";
                const std::string padding(widths[c] - std::min(widths[c], shownWidth(cell)), ' ');
                row += m_columns[c].right ? padding + cell : cell + padding;
                if (i + 1 < columns.size()) row.append(kGap, ' ');
            }
            row.erase(row.find_last_not_of(' ') + 1);
            out += row + "\n";
        }
    };
    if (std::any_of(columns.begin(), columns.end(), [&](std::size_t c) { return !m_columns[c].title.empty(); }))
        write([&](std::size_t c) { return m_columns[c].title; });
    for (const auto& row : m_rows) write([&](std::size_t c) { return row[c]; });
}

std::string TextTable::text(std::string_view indent, std::size_t screenWidth) const {
    const std::size_t room = screenWidth - std::min(screenWidth, indent.size());
    const std::vector<std::size_t> widths = fittingWidths(room);
    // The columns up to the first text name the row.
    std::size_t naming = 0;
    while (naming < m_columns.size() && m_columns[naming].right) ++naming;
    naming = naming < m_columns.size() ? naming + 1 : 1;
    std::string out;
    for (std::size_t next = 0; next < m_columns.size();) {
        std::vector<std::size_t> columns;
        std::size_t used = 0;
        const auto take = [&](std::size_t c) {
            used += widths[c] + (columns.empty() ? 0 : kGap);
            columns.push_back(c);
        };
        for (std::size_t c = 0; next > 0 && c < naming; ++c) take(c);
        while (next < m_columns.size() && (columns.size() <= naming || used + kGap + widths[next] <= room))
            take(next++);
        if (!out.empty()) out += "\n";
        writeColumns(columns, widths, indent, out);
    }
    return out;
}

}  // namespace dlrm::cli
