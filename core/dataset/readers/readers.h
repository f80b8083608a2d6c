// SPDX-License-Identifier: Apache-2.0
// What the readers behind openDataset() share: the recognised source, and one opening function per format.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"
#include "core/dataset/feature_spec.h"

namespace dlrm {

// What openDataset() was given, looked at once.
struct DatasetSource {
    std::string path;                           // as given
    std::optional<FeatureSpec> spec;            // when it is a feature_spec.yaml or its directory
    const FeatureSpec::Split* split = nullptr;  // of `spec`, the one asked for; null for TFRecords
    std::vector<std::string>
        recordSplits;  // folders of TFRecords beside `spec`: they are the data, whatever source_spec says
    std::shared_ptr<const Dictionary>
        dictionary;  // as asked for in the options, checked against their table rows; may be null
};

using DatasetPtr = std::shared_ptr<const Dataset>;

// REQUIRES: source.split of type split_binary. Errors: E-FILE-…, E-DATA-010 … 019, E-DICT-006.
Result<DatasetPtr> openSplitBinary(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// REQUIRES: source.split of type csv. Errors: E-FILE-…, E-CSV-…, E-DICT-006.
Result<DatasetPtr> openCsv(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// REQUIRES: source.recordSplits holds options.split. Errors: E-FILE-…, E-TFR-…, E-DATA-012 … 015, E-DICT-006.
Result<DatasetPtr> openSplitTfrecords(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// Flat records (*.bin). Errors: E-FILE-…, E-RECORD-001 size, E-RECORD-002 which preprocessing is not told, E-RECORD-003
// a value, E-RECORD-004 an id outside its table, E-PROFILE-….
Result<DatasetPtr> openFlatRecords(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// The .npz of facebookresearch/dlrm. Errors: E-FILE-…, E-ZIP-…, E-PACK-…, E-NPY-…, E-NPZ-001 not one of its files,
// E-NPZ-002 a value, E-NPZ-003 an id outside its table, E-PROFILE-….
Result<DatasetPtr> openNpzArrays(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// An HDF5 file. Errors: E-FILE-…, E-HDF5-…, E-HDATA-001 … 007, E-DICT-006, E-PROFILE-….
Result<DatasetPtr> openHdf5Dataset(const DatasetSource& source, const DatasetOptions& options, const Job& job);
// Raw Criteo rows, also packed with gzip or zstd. Errors: E-FILE-…, E-PACK-…, E-TSV-…, E-DICT-001, E-DICT-006,
// E-DICT-016, E-PROFILE-….
Result<DatasetPtr> openCriteoTsv(const DatasetSource& source, const DatasetOptions& options, const Job& job);

// Whether a file holds rows for these readers: an HDF5 file by its datasets, an .npz by its members, text by its name
// or its first line. False where it cannot be read.
bool holdsHdf5Rows(const std::string& path, const std::stop_token& stop);
bool holdsNpzRows(const std::string& path, const std::stop_token& stop);
bool holdsCriteoRows(const std::string& path, const std::stop_token& stop);

// Names and cardinalities of a feature_spec. `auto` cardinalities come from the dictionary, else from the model's
// tables; where neither is known, schema.cardinalities stays empty. Adds a sentence to `notes` for each assumption.
// Error E-DICT-006: the dictionary's sizes differ.
Result<DatasetSchema> makeSchema(const FeatureSpec& spec, const DatasetOptions& options, const Dictionary* dictionary,
                                 std::vector<std::string>& notes);

// For every categorical feature the smallest number that is no valid id: its cardinality, or 2^31 where that is not
// known.
std::vector<std::int64_t> idLimits(const FeatureSpec& spec, const DatasetSchema& schema);

// The raw tokens of a row: the numbers themselves where the dataset holds raw ones; categories through its dictionary
// ("" for id 0), none of them without one. A stored logarithm rounded to float16 does not tell the integer it came
// from: the token is the integer nearest to exp(value) - shift of the recorded preprocessing when its transform is
// exactly the value (others may give it as well), else ""; 0.0 is "" where a missing number is fed as that.
Result<std::optional<RawRow>> rawRowByDictionary(const Dataset& dataset, std::int64_t row);

// The profile to record for rows that are stored as they are fed: the one the options name; else NVIDIA's where the
// first rows hold what its transform gives and nothing else: logarithms of whole numbers in float16, as ln(x + 1)
// gives too; else "unknown". Adds a note when it is not NVIDIA's. `dataset`: opened, all but its profile.
std::string recordedProfile(const Dataset& dataset, const DatasetOptions& options, std::vector<std::string>& notes);

// Error E-DATA-012.
Failure emptySplit(const std::string& file);
// Error E-DATA-015.
Failure noMemoryForRows(const std::string& path, std::int64_t rows);

}  // namespace dlrm
