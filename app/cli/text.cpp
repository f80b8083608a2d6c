// SPDX-License-Identifier: Apache-2.0
#include "app/cli/text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace dlrm::cli {
namespace {

// Characters on the screen: UTF-8 continuation bytes take no room.
std::size_t width(std::string_view s) {
    return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string thousands(std::int64_t n) {
    std::string digits = std::to_string(n);
    const std::size_t first = n < 0 ? 1 : 0;
    for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

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

void TextTable::addColumn(std::string title, Align align) { m_columns.push_back({std::move(title), align}); }

void TextTable::addRow(std::vector<std::string> cells) {
    cells.resize(m_columns.size());
    for (std::string& cell : cells) std::replace_if(cell.begin(), cell.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    m_rows.push_back(std::move(cells));
}

std::string TextTable::text(std::string_view indent) const {
    std::vector<std::size_t> widths;
    std::vector<std::string> titles;
    bool titled = false;
    for (std::size_t c = 0; c < m_columns.size(); ++c) {
        std::size_t widest = width(m_columns[c].title);
        for (const auto& row : m_rows) widest = std::max(widest, width(row[c]));
        widths.push_back(widest);
        titles.push_back(m_columns[c].title);
        titled |= !titles.back().empty();
    }
    std::string out;
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string row(indent);
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const std::string padding(widths[c] - width(cells[c]), ' ');
            row += m_columns[c].align == Align::Right ? padding + cells[c] : cells[c] + padding;
            if (c + 1 < cells.size()) row += "  ";
        }
        row.erase(row.find_last_not_of(' ') + 1);
        out += row + "\n";
    };
    if (titled) line(titles);
    for (const auto& row : m_rows) line(row);
    return out;
}

}  // namespace dlrm::cli
