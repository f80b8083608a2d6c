// SPDX-License-Identifier: Apache-2.0
// Numbers and tables for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dlrm::cli {

std::string thousands(std::int64_t n);      // "32,709,138"
std::string byteText(std::int64_t bytes);   // "15.61 GiB", "312 B"

// Columns padded to their widest cell; numbers to the right.
class TextTable {
public:
    enum class Align { Left, Right };
    // An empty title row is not printed.
    void addColumn(std::string title, Align align);
    // One per column, or fewer. Control bytes, which would let a name rewrite the screen, become '?'.
    void addRow(std::vector<std::string> cells);
    std::string text(std::string_view indent = "") const;

private:
    struct Column {
        std::string title;
        Align align;
    };
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

}  // namespace dlrm::cli
