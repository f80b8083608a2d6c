// SPDX-License-Identifier: Apache-2.0
// Finds the tables of a dictionary in a directory and reads them side by side.
#include "core/dataset/dictionary/dictionary.h"

#include <charconv>
#include <filesystem>
#include <map>
#include <mutex>
#include <new>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include "core/base/counted.h"
#include "core/base/extension.h"
#include "core/dataset/dictionary/sources.h"

namespace dlrm {

namespace {

namespace fs = std::filesystem;

// "14" of "14.parquet" and "cat_14.parquet", "3" of "cat_3.tsv"; nothing for other names.
std::optional<std::int64_t> numberOf(std::string_view name, std::string_view suffix, bool prefixed) {
    if (!name.ends_with(suffix)) return std::nullopt;
    name.remove_suffix(suffix.size());
    if (name.starts_with("cat_")) name.remove_prefix(4);
    else if (prefixed) return std::nullopt;
    std::int64_t number = -1;
    const auto [stop, parse] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parse != std::errc() || stop != name.data() + name.size() || fmt::format("{}", number) != name)
        return std::nullopt;
    return number;
}

// The tables of the directory in feature order: cat_0.tsv, …, else N.parquet, whose numbers are the columns of the raw
// rows (14 … 39 in Criteo).
Result<std::vector<DictionaryTable>> listTables(const std::string& directory) {
    const auto problem = [&](std::string code, std::string message, std::string expected, std::string found,
                             std::string remedy) {
        return fail(Error(std::move(code), std::move(message))
                        .inFile(directory)
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy(std::move(remedy)));
    };
    constexpr const char* kForms = "cat_0.tsv, cat_1.tsv, … or 14.parquet, 15.parquet, …";
    std::error_code ec;
    fs::directory_iterator it(directory, ec);
    if (ec)
        return problem("E-DICT-002", "The dictionary's directory cannot be read.",
                       fmt::format("a directory with {}", kForms), ec.message(),
                       "Name the directory that holds the dictionary.");
    std::map<std::int64_t, std::string> tsv, parquet;
    for (; !ec && it != fs::directory_iterator(); it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (const auto number = numberOf(name, ".tsv", true)) tsv[*number] = name;
        if (const auto number = numberOf(name, ".parquet", false)) parquet[*number] = name;
    }
    if (ec)
        return problem("E-DICT-002", "The dictionary's directory cannot be read.",
                       fmt::format("a directory with {}", kForms), ec.message(), "Check the directory's rights.");
    const auto& found = tsv.empty() ? parquet : tsv;
    if (found.empty())
        return problem("E-DICT-013", "The directory holds no dictionary.", kForms, "none",
                       "Name the directory that holds the dictionary.");
    std::vector<DictionaryTable> tables;
    std::int64_t next = tsv.empty() ? found.begin()->first : 0;
    for (const auto& [number, name] : found) {
        if (number != next)
            return problem("E-DICT-003", "A file of the dictionary is missing.",
                           tsv.empty() ? fmt::format("{}.parquet", next) : fmt::format("cat_{}.tsv", next),
                           fmt::format("{} next", name), "Copy the whole dictionary.");
        const std::string path = (fs::path(directory) / name).string();
        DLRM_TRY(tables.emplace_back(), tsv.empty() ? parquetTable(path) : tsvTable(path));
        ++next;
    }
    return tables;
}

Result<std::shared_ptr<const Dictionary>> readTables(const std::string& directory,
                                                     std::span<const std::int64_t> tableRows, const Job& job) {
    DLRM_TRY(auto sources, hasHdf5Extension(directory) ? hdf5Tables(directory, job.stop) : listTables(directory));
    const auto ofAnother = [](const std::string& file, std::string_view expected, std::string_view found) {
        return Error("E-DICT-006", "The dictionary does not belong to this model.")
            .inFile(file)
            .butExpected(expected)
            .butFound(found)
            .withRemedy("Use the dictionary of the preprocessing that the model was trained with.");
    };
    if (!tableRows.empty() && tableRows.size() != sources.size())
        return fail(ofAnother(directory, counted(tableRows.size(), "feature"), fmt::format("{}", sources.size())));

    std::vector<Result<HexTable>> read(sources.size(), Result<HexTable>(cancelled()));
    std::int64_t total = 0;
    for (const DictionaryTable& source : sources) total += source.bytes;
    std::mutex mutex;
    std::int64_t done = 0;
    tbb::parallel_for(std::size_t{0}, read.size(), [&](std::size_t i) {
        if (!job.stopped()) read[i] = sources[i].read(job.stop);
        const std::lock_guard lock(mutex);
        done += sources[i].bytes;
        job.report({"reading the dictionary", done, total, "bytes"});
    });
    std::vector<HexTable> tables;
    for (std::size_t i = 0; i < read.size(); ++i) {
        const std::string field = fmt::format("cat_{}", i);
        if (!read[i]) return fail(std::move(read[i].error()).inField(field));
        tables.push_back(*std::move(read[i]));
        const std::int64_t entries = tables.back().entries();
        if (!tableRows.empty() && entries + 1 != tableRows[i])
            return fail(
                ofAnother(sources[i].path,
                          fmt::format("{} entries for a table of {}", tableRows[i] - 1, counted(tableRows[i], "row")),
                          fmt::format("{} entries", entries))
                    .inField(field));
    }
    return std::shared_ptr<const Dictionary>(std::make_shared<Dictionary>(directory, std::move(tables)));
}

}  // namespace

Result<std::shared_ptr<const Dictionary>> Dictionary::open(const std::string& directory,
                                                           std::span<const std::int64_t> tableRows, const Job& job) {
    try {
        return readTables(directory, tableRows, job);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-DICT-011", "The dictionary does not fit into memory.")
                        .inFile(directory)
                        .withRemedy("Close other programs and try again."));
    } catch (const fs::filesystem_error& e) {
        return fail(Error("E-DICT-002", "The dictionary's directory cannot be read.")
                        .inFile(directory)
                        .butFound(e.what())
                        .withRemedy("Check the directory's rights."));
    }
}

bool isDictionary(const std::string& path, const std::stop_token& stop) {
    if (hasHdf5Extension(path)) return holdsHdf5Dictionary(path, stop);
    std::error_code ec;
    for (fs::directory_iterator it(path, ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (numberOf(name, ".tsv", true) || numberOf(name, ".parquet", false)) return true;
    }
    return false;
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
        return differs({}, counted(names.size(), "feature"), fmt::format("{}", dictionary.features()));
    for (std::size_t t = 0; t < names.size(); ++t)
        if (cardinalities[t] && *cardinalities[t] != dictionary.cardinality(t))
            return differs(names[t], fmt::format("cardinality {}", *cardinalities[t]),
                           fmt::format("{} entries and row 0", dictionary.cardinality(t) - 1));
    return {};
}

}  // namespace dlrm
