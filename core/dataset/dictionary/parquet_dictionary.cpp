// SPDX-License-Identifier: Apache-2.0
// The Parquet form of the category dictionaries, as NVIDIA's Spark script writes it: a directory of part files for each
// feature, some of them empty, rows in any order.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "core/base/random_access_file.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/dictionary/sources.h"
#include "core/formats/parquet.h"

namespace dlrm {

namespace {

namespace fs = std::filesystem;

constexpr ParquetColumn kColumns[] = {{"data", ParquetKind::Text, true},
                                      {"id", ParquetKind::Integer, true},
                                      {"model_count", ParquetKind::Integer, false}};

using Parts = std::vector<std::shared_ptr<RandomAccessFile>>;

// Names of the part files; "_SUCCESS" and the hidden checksums are none.
Result<std::vector<std::string>> partsOf(const std::string& directory) {
    std::vector<std::string> parts;
    for (const auto& entry : fs::directory_iterator(directory)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".parquet") && !name.starts_with('.') && !name.starts_with('_')) parts.push_back(name);
    }
    if (parts.empty())
        return fail(Error("E-DICT-014", "A folder of a Parquet dictionary holds no part file.")
                        .inFile(directory)
                        .butExpected("part-….parquet")
                        .butFound("none")
                        .withRemedy("Copy the whole folder, or write the dictionary again."));
    std::sort(parts.begin(), parts.end());
    return parts;
}

Result<HexTable> readParts(const Parts& parts, const std::string& path, const std::stop_token& stop) {
    std::int64_t entries = 0;
    for (const auto& part : parts) {
        DLRM_TRY(auto rows, parquetRows(*part));
        entries += rows;
    }
    DLRM_TRY(auto builder, DictionaryTableBuilder::create(entries, path, stop));
    std::optional<bool> withCounts;  // as the first part with rows says
    for (const auto& part : parts) {
        const auto noEntry = [&](std::int64_t row, const char* field, std::string expected, std::string found) {
            return fail(Error("E-DICT-015", "A row of a Parquet dictionary is not an entry.")
                            .inFile(part->path())
                            .atRow(row)
                            .inField(field)
                            .butExpected(std::move(expected))
                            .butFound(std::move(found))
                            .withRemedy(kExportAgain));
        };
        DLRM_TRY(readParquet(
            *part, kColumns,
            [&](std::int64_t first, std::int64_t rows, std::span<const ParquetValues> columns) -> Result<void> {
                if (stop.stop_requested()) return cancelled();
                const bool counted = !columns[2].integers.empty();
                if (withCounts.value_or(counted) != counted)
                    return noEntry(first, "model_count", "counts in all part files or in none",
                                   counted ? "counts" : "none");
                withCounts = counted;
                for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
                    const std::int64_t row = first + static_cast<std::int64_t>(i);
                    const std::string_view text = columns[0].text(i);
                    std::uint32_t hex = 0;
                    if (text.size() != 8 || !parseHex8(text.data(), hex))
                        return noEntry(row, "data", "8 digits 0-9 a-f in lower case",
                                       fmt::format("\"{}\"", text.substr(0, 40)));
                    const std::int64_t count = counted ? columns[2].integers[i] : -1;
                    if (counted && count < 0) return noEntry(row, "model_count", "0 or more", fmt::format("{}", count));
                    DLRM_TRY(builder.add(hex, columns[1].integers[i], count, part->path(), row));
                }
                return {};
            }));
    }
    return builder.finish();
}

}  // namespace

Result<DictionaryTable> parquetTable(const std::string& path) {
    if (auto can = parquetAvailable(); !can) {
        Error error = std::move(can.error());
        if (error.file.empty()) error.file = path;
        return fail(std::move(error));
    }
    Parts parts;
    DictionaryTable table{path, 0, {}};
    std::error_code ec;
    if (fs::is_directory(path, ec)) {
        DLRM_TRY(auto names, partsOf(path));
        for (const std::string& name : names) {
            DLRM_TRY(parts.emplace_back(), RandomAccessFile::openBeneath(path, name));
        }
    } else {
        DLRM_TRY(parts.emplace_back(), RandomAccessFile::open(path));
    }
    for (const auto& part : parts) table.bytes += part->size();
    table.read = [parts = std::move(parts), path](const std::stop_token& stop) { return readParts(parts, path, stop); };
    return table;
}

}  // namespace dlrm
