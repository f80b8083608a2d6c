// SPDX-License-Identifier: Apache-2.0
// Numbers and tables for people.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/screen.h"
#include "core/base/counted.h"

namespace dlrm::cli {

std::string byteText(std::int64_t bytes);  // "15.61 GiB", "312 B"
// "0.4340600"; from 1e6 on as many digits after the first: "1.7473271e+33".
std::string decimalText(double v, int decimals);
std::string countText(std::int64_t n);                      // thousands(), and "·" for none
std::string plural(std::int64_t n, std::string_view what);  // "1 file", "1,024 files"

// Terms and beside them what they mean, a line or more each, no wider than the screen.
std::string termsText(const std::vector<std::pair<std::string, std::string>>& terms);

// Columns padded to their widest cell; numbers to the right. No wider than the screen: texts are broken into lines at
// spaces first, then columns go below each other, each time with the first ones that name the row. A name that is wider
// than the screen stays whole.
class TextTable {
public:
    // Titles, each after the side at which the cells stand: "<table", ">rows". An empty title row is not printed.
    TextTable(std::initializer_list<std::string_view> columns = {});
    void addColumn(std::string_view column);
    // One per column, or fewer; as shownText() has them.
    void addRow(std::vector<std::string> cells);
    std::string text(std::string_view indent = "") const { return text(indent, screen().width); }
    std::string text(std::string_view indent, std::size_t screenWidth) const;

private:
    struct Column {
        std::string title;
        bool right = false;
    };
    std::vector<std::size_t> fittingWidths(std::size_t room) const;
    void writeColumns(const std::vector<std::size_t>& columns, const std::vector<std::size_t>& widths,
                      std::string_view indent, std::string& out) const;

    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

}  // namespace dlrm::cli
