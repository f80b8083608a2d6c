// SPDX-License-Identifier: Apache-2.0
// What the forms of a dictionary share: one table a feature, read on demand, and the checks that every form must pass.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/dataset/dictionary/hex_table.h"

namespace dlrm {

inline constexpr const char* kExportAgain =
    "Export the dictionary again from the preprocessing that the model was trained with.";

// The dictionary of one categorical feature, not read yet.
struct DictionaryTable {
    std::string path;
    std::int64_t bytes = 0;
    std::function<Result<HexTable>(const std::stop_token& stop)> read;
};

// Collects the entries of one feature in any order. `path` names the table in errors that no single row is to blame
// for.
class DictionaryTableBuilder {
public:
    // REQUIRES: the caller has bounded `entries` by the bytes that are really there. Error E-DICT-012: 2^31 entries or
    // more.
    static Result<DictionaryTableBuilder> create(std::int64_t entries, std::string path, std::stop_token stop);

    // One entry; count -1: not known, alike for all. Errors E-DICT-007 id not in 1..entries, E-DICT-008 id twice, with
    // `file` and `row`.
    Result<void> add(std::uint32_t hexValue, std::int64_t id, std::int64_t count, const std::string& file,
                     std::int64_t row);
    // REQUIRES: `entries` were added. Errors E-DICT-009 value twice, E-DICT-010 counts increase with the id,
    // E-CANCELLED.
    Result<HexTable> finish();

private:
    DictionaryTableBuilder() = default;
    Error error(std::string code, std::string message, std::string expected, std::string found) const;

    std::string m_path;
    std::stop_token m_stop;
    std::vector<std::uint32_t> m_values;
    std::vector<bool> m_seen;
    std::vector<std::int64_t> m_counts;
};

// cat_N.tsv. Errors: E-FILE-…; reading it: E-DICT-005, those of the builder.
Result<DictionaryTable> tsvTable(const std::string& path);
// A Parquet file, or a directory of part files as Spark writes it: columns data (text), id, and model_count where there
// are counts.
// Errors: E-DICT-014 a directory without part files, E-FILE-…, E-PARQUET-…; reading it: E-DICT-015 a value that is no
// entry, those of the builder.
Result<DictionaryTable> parquetTable(const std::string& path);
// All tables of an HDF5 file in feature order. Errors: E-FILE-…, E-HDF5-…, E-DICT-017 it holds none; reading one:
// E-DICT-018 a value that is no entry, those of the builder.
Result<std::vector<DictionaryTable>> hdf5Tables(const std::string& path, const std::stop_token& stop);
// Whether an HDF5 file has the first of them. False where it cannot be read.
bool holdsHdf5Dictionary(const std::string& path, const std::stop_token& stop);

}  // namespace dlrm
