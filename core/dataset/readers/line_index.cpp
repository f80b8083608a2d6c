// SPDX-License-Identifier: Apache-2.0
// Scanning of text files for line starts.
#include "core/dataset/readers/line_index.h"

#include <cassert>
#include <cstring>

#include <fmt/format.h>

namespace dlrm {

namespace {
constexpr std::int64_t kBytesPerReport = 4 << 20;
}

Result<LineIndex> LineIndex::scan(std::shared_ptr<RandomAccessFile> file, std::int64_t maxLineBytes,
                                  const std::string& tooLongCode, const Job& job) {
    DLRM_TRY(auto bytes, file->map(Access::Sequential));
    LineIndex index;
    index.m_file = std::move(file);
    index.m_text = std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto size = static_cast<std::int64_t>(bytes.size());
    std::int64_t nextReport = 0;
    std::int64_t linesInUse = 0;  // up to the last one that is not empty
    for (std::int64_t begin = index.m_text.starts_with("\xef\xbb\xbf") ? 3 : 0; begin < size;) {
        if (begin >= nextReport) {
            if (job.stopped()) return cancelled();
            job.report({"looking for rows", begin, size, "bytes"});
            nextReport = begin + kBytesPerReport;
        }
        // Never looks further than the longest line allowed, so one endless line cannot delay a cancel.
        const std::int64_t limit = std::min(size - begin, maxLineBytes + 1);
        const void* newline = std::memchr(index.m_text.data() + begin, '\n', static_cast<std::size_t>(limit));
        if (!newline && limit > maxLineBytes)
            return fail(Error(tooLongCode, "A line is too long.")
                            .inFile(index.m_file->path())
                            .atOffset(begin)
                            .atRow(index.m_lines)
                            .butExpected(fmt::format("at most {} bytes", maxLineBytes))
                            .butFound("more")
                            .withRemedy("Is this a text file with one row a line?"));
        if (index.m_lines % kGroupLines == 0) index.m_groups.push_back(begin);
        ++index.m_lines;
        const std::int64_t end = newline ? static_cast<const char*>(newline) - index.m_text.data() : size;
        const bool empty = end == begin || (end == begin + 1 && index.m_text[static_cast<std::size_t>(begin)] == '\r');
        if (!empty) linesInUse = index.m_lines;
        begin = newline ? end + 1 : size;
    }
    index.m_lines = linesInUse;
    job.report({"looking for rows", size, size, "bytes"});
    DLRM_TRY(index.m_file->checkUnchanged());
    return index;
}

std::int64_t LineIndex::endOfLine(std::int64_t offset) const {
    const auto size = static_cast<std::int64_t>(m_text.size());
    const void* newline = std::memchr(m_text.data() + offset, '\n', static_cast<std::size_t>(size - offset));
    return newline ? static_cast<const char*>(newline) - m_text.data() : size;
}

std::int64_t LineIndex::offsetOf(std::int64_t line) const {
    assert(line >= 0 && line < m_lines);
    std::int64_t offset = m_groups[static_cast<std::size_t>(line / kGroupLines)];
    const auto size = static_cast<std::int64_t>(m_text.size());
    for (std::int64_t skip = line % kGroupLines; skip > 0 && offset < size; --skip) offset = endOfLine(offset) + 1;
    return std::min(offset, size);
}

}  // namespace dlrm
