// SPDX-License-Identifier: Apache-2.0
// A dataset of Criteo-like rows, and openDataset(), the way to one. Readers stand in THE TABLE OF READERS
// (readers.cpp).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/batch.h"

namespace dlrm {

class Dictionary;
struct PreprocessingProfile;

struct DatasetSchema {
    std::vector<std::string> numericalNames;  // "num_0" …
    std::vector<std::string>
        categoricalNames;  // feature order ("cat_0" …, the spec's ".bin" suffix removed for display)
    std::string labelName;
    std::vector<std::int64_t>
        cardinalities;  // per categorical feature; empty when the dataset does not say (raw TSV without dictionary)
};

// One row as the user would type it: raw Criteo tokens where the dataset has them.
struct RawRow {
    std::vector<std::string> numerical;    // "12", "" = missing
    std::vector<std::string> categorical;  // 8 hex digits; empty: no dictionary tells them
    bool valuesAsRead = false;  // the categories are the file's own, "" = missing; else the dictionary's for an id, and
                                // "" is any value that it has none for: missing, rare or unknown
};

// Raw category values that the dictionary does not hold, in the rows that were looked at; each is read as row 0.
struct UnknownValues {
    struct Feature {
        std::string name;
        std::int64_t values = 0, unknown = 0;
    };
    std::int64_t rows = 0, values = 0, unknown = 0;  // rows looked at, the first ones; values present in them
    bool allRows = false;                            // that were looked at
    bool chosen = false;                             // of rows that somebody chose, not of the data's first ones
    std::string first;                               // of the unknown ones: "\"4c3d21f7\", row 55, cat_22"
    std::vector<Feature> features;

    // A value of a row, in any order.
    void add(std::size_t feature, const std::string& name, std::string_view value, std::int64_t row, bool known);
    bool most() const {
        return unknown > values / 2 || !foreignFeatures().empty();
    }  // the dictionary is another data set's
    // Of 100 values or more 90 % or more are unknown: the file of another feature. A frequency limit alone leaves more.
    std::vector<std::string> foreignFeatures() const;
    // One sentence; empty where all are known.
    std::string sentence() const;

private:
    std::int64_t m_firstRow = -1;
};

// Rows whose values are looked up at most, to say whether a dictionary fits.
inline constexpr std::int64_t kRowsLookedUp = 16'384;

// What to do with raw categories when there is no dictionary. Hash: the hexadecimal value modulo the table's rows.
enum class MissingDictionary { Refuse, Row0, Hash };

// Numbers in text that are no whole numbers of 32 bits (47.0, 1e3, nan, \N, with spaces): an error, or missing and
// counted, as the original preprocessing takes them.
enum class TextNumbers { Strict, Lenient };

// Whether raw rows may have fields that name what is fed (named_fields.h). What is named stays as it is under every
// reading of the others: take them where the rows are read in their own one.
enum class NamedFields { Refuse, Take };

struct DatasetOptions {
    std::string split = "test";
    std::string dictionary;  // directory; for raw TSV
    MissingDictionary missingDictionary = MissingDictionary::Refuse;
    TextNumbers textNumbers = TextNumbers::Strict;
    NamedFields namedFields = NamedFields::Refuse;  // of raw TSV
    // Preprocessing profile (preprocessing_profile.h); empty: the one the format implies.
    std::string profile;
    // Of the opened model, for readers that cannot know: number of numericals and rows of each table, feature order.
    // Empty: no model yet.
    std::int64_t numericals = 0;
    std::vector<std::int64_t> tableRows;
};

class Dataset {
public:
    virtual ~Dataset() = default;

    virtual const DatasetSchema& schema() const = 0;
    virtual std::int64_t rows() const = 0;
    virtual bool hasLabels() const = 0;
    virtual std::string path() const = 0;
    virtual std::string format() const = 0;   // "split_binary", "csv", "criteo_tsv"
    virtual std::string profile() const = 0;  // preprocessing profile: "nvidia_spark" (already applied or applied
                                              // here); see preprocessing_profile.h
    // Where the source holds raw numbers, what read() transforms them by; else null: they are stored as they are fed.
    virtual const PreprocessingProfile* rawProfile() const { return nullptr; }
    bool holdsRawNumbers() const { return rawProfile() != nullptr; }
    // The raw numbers of rows that read() has accepted: (count, numericals) row by row, NaN for a missing one.
    // REQUIRES: holdsRawNumbers(), and as read(). Any thread, concurrently.
    virtual Result<void> readRawNumbers(std::int64_t /*first*/, std::int64_t /*count*/, std::vector<double>& out,
                                        std::stop_token /*stop*/ = {}) const {
        out.clear();
        return {};
    }
    // Whether rows hold raw category values: their ids are then by the dictionary. Else they hold ids.
    virtual bool holdsRawCategories() const { return false; }
    // Whether a row may have several ids of a feature: read() then fills `bags` instead of `ids`.
    virtual bool multiHot() const { return false; }
    virtual std::string split() const = 0;  // "test"; empty when the source has none
    virtual std::vector<std::string> splits() const = 0;
    virtual std::vector<std::string> notes() const { return {}; }  // assumptions worth showing

    // Fills `out` with rows [first, first + count). Ids are checked against schema().cardinalities where known.
    // Any thread, concurrently. REQUIRES: 0 <= first, first + count <= rows().
    // Errors carry file, row (0-based in the dataset) and field.
    virtual Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop = {}) const = 0;

    // The row's raw tokens; nothing where it has several ids of a feature, or was generated.
    virtual Result<std::optional<RawRow>> rawRow(std::int64_t row) const = 0;

    // The number that row `row` has in the data, where these are only some of its rows: for messages and results.
    virtual std::int64_t numberOf(std::int64_t row) const { return row; }

    // File that holds categorical feature `table` (for errors found later).
    virtual std::string fileOfCategorical(std::size_t table) const = 0;

    // The dictionary in use, or nullptr.
    virtual std::shared_ptr<const Dictionary> dictionary() const { return nullptr; }

    // Counted when it was opened, or the rows were chosen; nothing where rows hold ids, or there is no dictionary.
    virtual std::optional<UnknownValues> unknownValues() const { return std::nullopt; }

    // Error E-FILE-005 when a file was changed since it was opened.
    virtual Result<void> checkUnchanged() const = 0;
};

// Opens a feature_spec.yaml (or the directory that holds one; of files in any format of the training code), or a raw
// Criteo TSV file.
Result<std::shared_ptr<const Dataset>> openDataset(const std::string& path, const DatasetOptions& options,
                                                   const Job& job = {});

// Whether `path` is a dataset in a form that openDataset() reads: a directory by its feature_spec.yaml, a file by its
// name or, where that does not tell, by what stands in it. False where it cannot be read. Any thread.
bool isDataset(const std::string& path, const std::stop_token& stop = {});

}  // namespace dlrm
