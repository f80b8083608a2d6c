// SPDX-License-Identifier: Apache-2.0
// Reads the TSV form of the category dictionaries.
#include "core/dataset/dictionary.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <mutex>
#include <new>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/random_access_file.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/hex_table.h"
#include "core/dataset/readers.h"

namespace dlrm {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kEntriesPerStopCheck = 1 << 15;
constexpr std::size_t kBytesPerStopCheck = 1 << 22;
constexpr std::size_t kMaxLineBytes = 64;  // hexadecimal value, id and count have at most 8 + 1 + 10 + 1 + 19
constexpr int kSlotsAhead = 16;

class TsvDictionary final : public Dictionary {
public:
    TsvDictionary(std::string path, std::vector<HexTable> tables) : m_path(std::move(path)), m_tables(std::move(tables)) {}

    std::string path() const override { return m_path; }
    std::size_t features() const override { return m_tables.size(); }
    std::int64_t cardinality(std::size_t feature) const override { return feature < m_tables.size() ? m_tables[feature].entries() + 1 : 0; }
    std::int32_t id(std::size_t feature, std::uint32_t hexValue) const override {
        return feature < m_tables.size() ? m_tables[feature].find(hexValue) : 0;
    }
    std::optional<std::uint32_t> hexValue(std::size_t feature, std::int64_t id) const override {
        return feature < m_tables.size() ? m_tables[feature].value(id) : std::nullopt;
    }
    std::optional<std::int64_t> count(std::size_t feature, std::int64_t id) const override {
        return feature < m_tables.size() ? m_tables[feature].count(id) : std::nullopt;
    }
    const HexTable& table(std::size_t feature) const override { return m_tables[feature]; }

private:
    std::string m_path;
    std::vector<HexTable> m_tables;
};

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
        : m_file(std::move(file)), m_text(reinterpret_cast<const char*>(bytes.data()), bytes.size()), m_stop(std::move(stop)) {}

    Result<HexTable> read();

private:
    // Calls visit(line, row) -> Result<void> for every line until one fails. Never looks further than the longest entry, so one endless line cannot delay a cancel.
    template <class Visit>
    Result<void> eachLine(Visit visit) const {
        std::int64_t row = 0;
        for (std::size_t begin = 0; begin < m_text.size(); ++row) {
            if (row % kEntriesPerStopCheck == 0 && m_stop.stop_requested()) return cancelled();
            const std::string_view ahead = m_text.substr(begin, kMaxLineBytes);
            const std::size_t length = std::min(ahead.find('\n'), ahead.size());
            if (length == kMaxLineBytes) return noEntry(row, ahead);
            if (auto ok = visit(ahead.substr(0, length), row); !ok) return ok;
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
        return fail(errorAt(row, "E-DICT-005", "A line of a dictionary is not an entry.", "hex<TAB>id or hex<TAB>id<TAB>count, alike in every line",
                            shown(line)));
    }
    Error errorAt(std::int64_t row, std::string code, std::string message, std::string expected, std::string found) const {
        return Error(std::move(code), std::move(message))
            .inFile(m_file->path())
            .atRow(row)
            .butExpected(std::move(expected))
            .butFound(std::move(found))
            .withRemedy("Export the dictionary again from the preprocessing that the model was trained with.");
    }

    std::shared_ptr<RandomAccessFile> m_file;
    std::string_view m_text;
    std::stop_token m_stop;
};

Result<HexTable> TableReader::read() {
    auto counted = countLines();
    if (!counted) return fail(std::move(counted.error()));
    const std::int64_t lines = *counted;
    // An entry takes more than ten bytes: where there are more lines than that, one of them is none, and the table could take more memory than
    // about twice the file.
    if (lines > static_cast<std::int64_t>(m_text.size()) / 10) {
        Entry entry;
        if (auto ok = eachLine([&](std::string_view line, std::int64_t row) -> Result<void> {
                if (!parseEntry(line, entry)) return noEntry(row, line);
                return {};
            });
            !ok)
            return fail(std::move(ok.error()));
    }
    if (lines >= std::numeric_limits<std::int32_t>::max())
        return fail(errorAt(-1, "E-DICT-012", "A dictionary has more entries than a category id can tell apart.", "fewer than 2^31 entries", fmt::format("{}", lines)));
    std::vector<std::uint32_t> values(static_cast<std::size_t>(lines));
    std::vector<bool> seen(static_cast<std::size_t>(lines));
    std::vector<std::int64_t> counts;
    auto read = eachLine([&](std::string_view line, std::int64_t row) -> Result<void> {
        Entry entry;
        if (!parseEntry(line, entry) || (row > 0 && (entry.count >= 0) != !counts.empty())) return noEntry(row, line);
        if (entry.id < 1 || entry.id > lines)
            return fail(errorAt(row, "E-DICT-007", "An id of a dictionary is not one of 1 … n.", fmt::format("1 … {} (the number of lines)", lines),
                                fmt::format("{}", entry.id)));
        const auto index = static_cast<std::size_t>(entry.id - 1);
        if (seen[index])
            return fail(errorAt(row, "E-DICT-008", "An id stands twice in a dictionary.", "every id once", fmt::format("{} again", entry.id)));
        seen[index] = true;
        values[index] = entry.hex;
        if (entry.count >= 0) {
            if (counts.empty()) counts.resize(static_cast<std::size_t>(lines));
            counts[index] = entry.count;
        }
        return {};
    });
    if (!read) return fail(std::move(read.error()));
    for (std::size_t i = 1; i < counts.size(); ++i)
        if (counts[i] > counts[i - 1])
            return fail(errorAt(-1, "E-DICT-010", "The counts of a dictionary increase with the id.",
                                fmt::format("at most {} for id {}", counts[i - 1], i + 1), fmt::format("{}", counts[i])));
    HexTable table(lines);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (static_cast<std::int64_t>(i) % kEntriesPerStopCheck == 0 && m_stop.stop_requested()) return cancelled();
        if (i + kSlotsAhead < values.size()) table.prefetch(values[i + kSlotsAhead]);
        if (const std::int32_t other = table.insert(values[i], static_cast<std::int32_t>(i + 1)); other != 0)
            return fail(errorAt(-1, "E-DICT-009", "A value stands twice in a dictionary.", "every value once",
                                fmt::format("{} with the ids {} and {}", formatHex(values[i]), other, i + 1)));
    }
    table.setCounts(counts);
    return table;
}

// Paths of cat_0.tsv, cat_1.tsv, … in the directory.
Result<std::vector<std::string>> listTables(const std::string& directory) {
    const auto problem = [&](std::string code, std::string message, std::string expected, std::string found, std::string remedy) {
        return fail(Error(std::move(code), std::move(message))
                        .inFile(directory)
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy(std::move(remedy)));
    };
    std::error_code ec;
    fs::directory_iterator it(directory, ec);
    if (ec)
        return problem("E-DICT-002", "The dictionary's directory cannot be read.", "a directory with cat_0.tsv, cat_1.tsv, …", ec.message(),
                       "Name the directory that holds the dictionary.");
    std::vector<std::int64_t> numbers;
    bool parquet = false;
    for (; !ec && it != fs::directory_iterator(); it.increment(ec)) {
        const std::string name = it->path().filename().string();
        parquet = parquet || name.ends_with(".parquet");
        if (!name.starts_with("cat_") || !name.ends_with(".tsv")) continue;
        const std::string_view digits = std::string_view(name).substr(4, name.size() - 8);
        std::int64_t number = -1;
        const auto [stop, parse] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        if (parse == std::errc() && stop == digits.data() + digits.size() && fmt::format("{}", number) == digits) numbers.push_back(number);
    }
    if (ec)
        return problem("E-DICT-002", "The dictionary's directory cannot be read.", "a directory with cat_0.tsv, cat_1.tsv, …", ec.message(),
                       "Check the directory's rights.");
    if (numbers.empty() && parquet)
        return problem("E-DICT-004", "This is a dictionary in Parquet form.", "files cat_0.tsv, cat_1.tsv, … with lines hex<TAB>id<TAB>count",
                       "Parquet files", "Export the dictionary as TSV, one file for each categorical feature.");
    if (numbers.empty())
        return problem("E-DICT-013", "The directory holds no dictionary.", "files cat_0.tsv, cat_1.tsv, …", "none",
                       "Name the directory that holds the dictionary.");
    std::sort(numbers.begin(), numbers.end());
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] != static_cast<std::int64_t>(i))
            return problem("E-DICT-003", "A file of the dictionary is missing.", fmt::format("cat_{}.tsv", i), fmt::format("cat_{}.tsv next", numbers[i]),
                           "Copy the whole dictionary.");
        paths.push_back((fs::path(directory) / fmt::format("cat_{}.tsv", i)).string());
    }
    return paths;
}

Result<std::shared_ptr<const Dictionary>> readTables(const std::string& directory, std::span<const std::int64_t> tableRows,
                                                     const ProgressFn& progress, const std::stop_token& stop) {
    auto paths = listTables(directory);
    if (!paths) return fail(std::move(paths.error()));
    if (!tableRows.empty() && tableRows.size() != paths->size())
        return fail(Error("E-DICT-006", "The dictionary does not belong to this model.")
                        .inFile(directory)
                        .butExpected(fmt::format("{} features", tableRows.size()))
                        .butFound(fmt::format("{}", paths->size()))
                        .withRemedy("Use the dictionary of the preprocessing that the model was trained with."));

    struct Slot {
        std::optional<HexTable> table;
        std::optional<Error> error;
    };
    std::vector<Slot> slots(paths->size());
    std::vector<std::shared_ptr<RandomAccessFile>> files;
    std::int64_t total = 0;
    for (const std::string& path : *paths) {
        auto file = RandomAccessFile::open(path);
        if (!file) return fail(std::move(file.error()));
        total += (*file)->size();
        files.push_back(std::move(*file));
    }
    std::mutex mutex;
    std::int64_t done = 0;
    tbb::parallel_for(std::size_t{0}, slots.size(), [&](std::size_t i) {
        auto table = [&]() -> Result<HexTable> {
            if (stop.stop_requested()) return cancelled();
            auto bytes = files[i]->map(Access::Sequential);
            if (!bytes) return fail(std::move(bytes.error()));
            auto read = TableReader(files[i], *bytes, stop).read();
            if (auto same = files[i]->checkUnchanged(); !same) return fail(std::move(same.error()));
            return read;
        }();
        if (table) slots[i].table = std::move(*table);
        else slots[i].error = std::move(table.error());
        const std::lock_guard lock(mutex);
        done += files[i]->size();
        report(progress, {"reading the dictionary", done, total, "bytes"});
    });
    std::vector<HexTable> tables;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].error) {
            slots[i].error->field = fmt::format("cat_{}", i);
            return fail(std::move(*slots[i].error));
        }
        tables.push_back(std::move(*slots[i].table));
        if (!tableRows.empty() && tables.back().entries() + 1 != tableRows[i])
            return fail(Error("E-DICT-006", "The dictionary does not belong to this model.")
                            .inFile((*paths)[i])
                            .inField(fmt::format("cat_{}", i))
                            .butExpected(fmt::format("{} entries for a table of {} rows", tableRows[i] - 1, tableRows[i]))
                            .butFound(fmt::format("{} entries", tables.back().entries()))
                            .withRemedy("Use the dictionary of the preprocessing that the model was trained with."));
    }
    return std::shared_ptr<const Dictionary>(std::make_shared<TsvDictionary>(directory, std::move(tables)));
}

}  // namespace

Result<std::shared_ptr<const Dictionary>> Dictionary::open(const std::string& directory, std::span<const std::int64_t> tableRows,
                                                           const ProgressFn& progress, std::stop_token stop) {
    try {
        return readTables(directory, tableRows, progress, stop);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-DICT-011", "The dictionary does not fit into memory.").inFile(directory).withRemedy("Close other programs and try again."));
    } catch (const fs::filesystem_error& e) {
        return fail(Error("E-DICT-002", "The dictionary's directory cannot be read.")
                        .inFile(directory)
                        .butFound(e.what())
                        .withRemedy("Check the directory's rights."));
    }
}

std::string formatHex(std::uint32_t value) { return fmt::format("{:08x}", value); }

Result<void> checkDictionaryFits(const Dictionary& dictionary, const std::vector<std::string>& names,
                                 const std::vector<std::optional<std::int64_t>>& cardinalities) {
    const auto differs = [&](std::string field, std::string expected, std::string found) {
        return fail(Error("E-DICT-006", "The dictionary does not belong to this dataset.")
                        .inFile(dictionary.path())
                        .inField(std::move(field))
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy("Use the dictionary of the preprocessing that wrote the dataset."));
    };
    if (dictionary.features() != names.size())
        return differs({}, fmt::format("{} features", names.size()), fmt::format("{}", dictionary.features()));
    for (std::size_t t = 0; t < names.size(); ++t)
        if (cardinalities[t] && *cardinalities[t] != dictionary.cardinality(t))
            return differs(names[t], fmt::format("cardinality {}", *cardinalities[t]), fmt::format("{} entries and row 0", dictionary.cardinality(t) - 1));
    return {};
}

}  // namespace dlrm
