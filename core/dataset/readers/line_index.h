// SPDX-License-Identifier: Apache-2.0
// Where the lines of a text file start: every 1,024th line is remembered, the others are found from there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
#include "core/base/result.h"

namespace dlrm {

class LineIndex {
public:
    static constexpr std::int64_t kGroupLines = 1024;

    LineIndex() = default;  // no lines

    // Maps the file and scans it once. A byte order mark at the start, a missing line feed and empty lines at the end
    // are no part of it. Errors: `tooLongCode` for a line of more than `maxLineBytes` bytes, E-FILE-005 when the file
    // changes meanwhile, E-CANCELLED.
    static Result<LineIndex> scan(std::shared_ptr<RandomAccessFile> file, std::int64_t maxLineBytes,
                                  const std::string& tooLongCode, const Job& job);

    std::int64_t lines() const { return m_lines; }
    std::string_view text() const { return m_text; }
    const RandomAccessFile& file() const { return *m_file; }
    // Offset of a line's first byte. REQUIRES: 0 <= line < lines().
    std::int64_t offsetOf(std::int64_t line) const;
    // Offset of the line feed that ends the line starting at `offset`, or the size of the text.
    std::int64_t endOfLine(std::int64_t offset) const;

private:
    std::shared_ptr<RandomAccessFile> m_file;
    std::string_view m_text;
    std::int64_t m_lines = 0;
    std::vector<std::int64_t> m_groups;  // offset of line 0, 1024, 2048, …
};

}  // namespace dlrm
