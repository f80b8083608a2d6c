// SPDX-License-Identifier: Apache-2.0
// Category dictionaries: raw 8-digit hex value <-> id, one per categorical feature, as the training's preprocessing
// made them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dictionary/hex_table.h"

namespace dlrm {

class Dictionary {
public:
    // A directory of cat_N.tsv files, lines `hex<TAB>id<TAB>count` (count optional), or of N.parquet files or folders
    // as Spark writes them; or an .h5 file with cat_N, each a dataset of values in the order of ids, or a group of
    // data, id and model_count. Checked: ids exactly 1..n, counts non-increasing with id, 8 lower-case hex digits, no
    // duplicates; n + 1 = rows of table N where `tableRows` is given. Errors, with file and row: E-DICT-002 the
    // directory cannot be read · 003 a file is missing · 005 a line that is none 006 sizes differ from the tables · 007
    // id not in 1..n · 008 id twice · 009 value twice · 010 counts increase · 011 out of memory 012 2^31 entries or
    // more · 013 no dictionary in the directory · 014 no part file in a folder · 015 a Parquet row that is none;
    // E-PARQUET-… 017 no dictionary in the HDF5 file · 018 an HDF5 value that is none; E-HDF5-….
    static Result<std::shared_ptr<const Dictionary>> open(const std::string& directory,
                                                          std::span<const std::int64_t> tableRows = {},
                                                          const Job& job = {});
    Dictionary(std::string path, std::vector<HexTable> tables) : m_path(std::move(path)), m_tables(std::move(tables)) {}

    std::string path() const { return m_path; }
    std::size_t features() const { return m_tables.size(); }

    // Entries + 1.
    std::int64_t cardinality(std::size_t feature) const {
        return feature < m_tables.size() ? m_tables[feature].entries() + 1 : 0;
    }
    // Id of a value, 0 when it is not in the dictionary (rare or unseen).
    std::int32_t id(std::size_t feature, std::uint32_t hexValue) const {
        return feature < m_tables.size() ? m_tables[feature].find(hexValue) : 0;
    }
    // The value of an id, or nothing for id 0 and ids outside.
    std::optional<std::uint32_t> hexValue(std::size_t feature, std::int64_t id) const {
        return feature < m_tables.size() ? m_tables[feature].value(id) : std::nullopt;
    }
    // Occurrences in the training data, or nothing.
    std::optional<std::int64_t> count(std::size_t feature, std::int64_t id) const {
        return feature < m_tables.size() ? m_tables[feature].count(id) : std::nullopt;
    }

    // The same as a table, for loops over many rows. REQUIRES: feature < features().
    const HexTable& table(std::size_t feature) const { return m_tables[feature]; }

private:
    std::string m_path;
    std::vector<HexTable> m_tables;
};

// Whether `path` is a dictionary: a directory by the names of its files, an HDF5 file by what stands in it. An HDF5
// dataset may look like one as well. False where it cannot be read. Any thread.
bool isDictionary(const std::string& path, const std::stop_token& stop = {});

// Error E-DICT-006 unless the dictionary has one feature for each of `names`, with these cardinalities where given.
Result<void> checkDictionaryFits(const Dictionary& dictionary, const std::vector<std::string>& names,
                                 const std::vector<std::optional<std::int64_t>>& cardinalities);

// "a73ee510"
std::string formatHex(std::uint32_t value);

}  // namespace dlrm
