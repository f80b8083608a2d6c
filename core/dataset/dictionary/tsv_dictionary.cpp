// SPDX-License-Identifier: Apache-2.0
// The TSV form of the category dictionaries: a directory of cat_0.tsv, cat_1.tsv, …
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/base/random_access_file.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/dictionary/sources.h"

namespace dlrm {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLinesPerStopCheck = 1 << 15;
constexpr std::size_t kBytesPerStopCheck = 1 << 22;
constexpr std::size_t kMaxLineBytes = 64;  // hexadecimal value, id and count have at most 8 + 1 + 10 + 1 + 19

// One parsed line: `hex<TAB>id` or `hex<TAB>id<TAB>count`.
struct Entry {
    std::uint32_t hex = 0;
    std::int64_t id = 0;
    std::int64_t count = -1;
};

bool parseEntry(std::string_view line, Entry& entry) {
    if (line.size() < 10 || line[8] != '\t' || !parseHex8(line.data(), entry.hex)) return false;
    const char* const end = line.data() + line.size();
    const auto id = std::from_chars(line.data() + 9, end, entry.id);
    if (id.ec != std::errc()) return false;
    entry.count = -1;
    if (id.ptr == end) return true;
    if (*id.ptr != '\t') return false;
    const auto count = std::from_chars(id.ptr + 1, end, entry.count);
    return count.ec == std::errc() && count.ptr == end && entry.count >= 0;
}

std::string shown(std::string_view line) {
    constexpr std::size_t kShown = 60;
    if (line.ends_with('\r')) return "a line that ends with a carriage return";
    return fmt::format("\"{}\"{}", line.substr(0, kShown), line.size() > kShown ? "…" : "");
}

// Reads one cat_N.tsv.
class TableReader {
public:
    TableReader(std::shared_ptr<RandomAccessFile> file, std::span<const std::byte> bytes, std::stop_token stop)
        : m_file(std::move(file)),
          m_text(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
          m_stop(std::move(stop)) {}

    Result<HexTable> read();

private:
    // Calls visit(line, row) -> Result<void> for every line until one fails. Never looks further than the longest
    // entry, so one endless line cannot delay a cancel.
    template <class Visit>
    Result<void> eachLine(Visit visit) const {
        std::int64_t row = 0;
        for (std::size_t begin = 0; begin < m_text.size(); ++row) {
            if (row % kLinesPerStopCheck == 0 && m_stop.stop_requested()) return cancelled();
            const std::string_view ahead = m_text.substr(begin, kMaxLineBytes);
            const std::size_t length = std::min(ahead.find('\n'), ahead.size());
            if (length == kMaxLineBytes) return noEntry(row, ahead);
            DLRM_TRY(visit(ahead.substr(0, length), row));
            begin += length + 1;
        }
        return {};
    }
    Result<std::int64_t> countLines() const {
        std::int64_t lines = !m_text.empty() && m_text.back() != '\n' ? 1 : 0;
        for (std::size_t begin = 0; begin < m_text.size(); begin += kBytesPerStopCheck) {
            if (m_stop.stop_requested()) return cancelled();
            const std::string_view part = m_text.substr(begin, kBytesPerStopCheck);
            lines += std::count(part.begin(), part.end(), '\n');
        }
        return lines;
    }
    Failure noEntry(std::int64_t row, std::string_view line) const {
        return fail(Error("E-DICT-005", "A line of a dictionary is not an entry.")
                        .inFile(m_file->path())
                        .atRow(row)
                        .butExpected("hex<TAB>id or hex<TAB>id<TAB>count, alike in every line")
                        .butFound(shown(line))
                        .withRemedy(kExportAgain));
    }

    std::shared_ptr<RandomAccessFile> m_file;
    std::string_view m_text;
    std::stop_token m_stop;
};

Result<HexTable> TableReader::read() {
    DLRM_TRY(auto counted, countLines());
    const std::int64_t lines = counted;
    // An entry takes more than ten bytes: where there are more lines than that, one of them is none, and the table
    // could take more memory than about twice the file.
    if (lines > static_cast<std::int64_t>(m_text.size()) / 10) {
        Entry entry;
        DLRM_TRY(eachLine([&](std::string_view line, std::int64_t row) -> Result<void> {
            if (!parseEntry(line, entry)) return noEntry(row, line);
            return {};
        }));
    }
    DLRM_TRY(auto builder, DictionaryTableBuilder::create(lines, m_file->path(), m_stop));
    std::optional<bool> withCounts;  // as the first line says
    DLRM_TRY(eachLine([&](std::string_view line, std::int64_t row) -> Result<void> {
        Entry entry;
        if (!parseEntry(line, entry) || (withCounts && *withCounts != (entry.count >= 0))) return noEntry(row, line);
        withCounts = entry.count >= 0;
        return builder.add(entry.hex, entry.id, entry.count, m_file->path(), row);
    }));
    return builder.finish();
}

}  // namespace

Result<DictionaryTable> tsvTable(const std::string& path) {
    DLRM_TRY(const auto file, RandomAccessFile::open(path));
    DictionaryTable table{path, file->size(), {}};
    table.read = [file](const std::stop_token& stop) -> Result<HexTable> {
        DLRM_TRY(auto bytes, file->map(Access::Sequential));
        auto read = TableReader(file, bytes, stop).read();
        DLRM_TRY(file->checkUnchanged());
        return read;
    };
    return table;
}

}  // namespace dlrm
