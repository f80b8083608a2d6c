// SPDX-License-Identifier: Apache-2.0
// What the readers behind openDataset() share: the recognised source, and one opening function per format.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/random_access_file.h"
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

// What the readers of files have in common: they know all but the rows when they have opened them.
class FileDataset : public Dataset {
public:
    const DatasetSchema& schema() const override { return m_schema; }
    bool hasLabels() const override { return true; }
    std::string path() const override { return m_path; }
    std::string profile() const override { return m_profile; }
    const PreprocessingProfile* rawProfile() const override { return m_raw; }
    std::string split() const override { return m_split; }
    std::vector<std::string> splits() const override { return m_splits; }
    std::vector<std::string> notes() const override { return m_notes; }
    std::string fileOfCategorical(std::size_t /*table*/) const override { return m_path; }
    std::shared_ptr<const Dictionary> dictionary() const override { return m_dictionary; }
    // The raw tokens of a row: the numbers themselves where the dataset holds raw ones; categories through its
    // dictionary
    // ("" for id 0), none of them without one. A stored logarithm rounded to float16 does not tell the integer it came
    // from: the token is the integer nearest to exp(value) - shift of the recorded preprocessing when its transform is
    // exactly the value (others may give it as well), else ""; 0.0 is "" where a missing number is fed as that.
    Result<std::optional<RawRow>> rawRow(std::int64_t row) const override;
    Result<void> checkUnchanged() const override;

protected:
    // Path, splits, schema, limits of ids and dictionary as the specification of the source says. Error E-DICT-006.
    Result<void> describeBySpec(const DatasetSource& source, const DatasetOptions& options);
    // Columns num_0 …, cat_0 … and the label; any id below 2^31.
    void nameColumns(std::int64_t numericals, std::int64_t categoricals, std::string label);
    // For columns of raw categories. Error E-DICT-006.
    Result<void> useDictionary(std::shared_ptr<const Dictionary> dictionary);
    // Of raw numbers.
    void transformBy(const PreprocessingProfile& profile);
    // Of rows that are stored as they are fed: the profile that the options name; else NVIDIA's where the first rows
    // hold what its transform gives and nothing else: logarithms of whole numbers in float16, as ln(x + 1) gives too;
    // else "unknown". Adds a note when it is not NVIDIA's. REQUIRES: all else is known.
    void recordProfile(const DatasetOptions& options);
    // A file of the specification's split, which `field` is in; kept for checkUnchanged().
    Result<std::shared_ptr<RandomAccessFile>> openFile(const FeatureSpec& spec, const std::string& file,
                                                       const std::string& field);
    // read() but for what readBlock() does: makes room in `out` and calls it for all rows in parallel. Error
    // E-DATA-015; those of readBlock().
    Result<void> readByBlocks(std::int64_t first, std::int64_t count, std::int64_t blockRows, Batch& out,
                              const std::stop_token& stop) const;
    // Of readers that use it: rows [first + begin, first + begin + count) into rows [begin, begin + count) of `out`.
    virtual Result<void> readBlock(std::int64_t /*first*/, std::int64_t /*begin*/, std::int64_t /*count*/,
                                   Batch& /*out*/) const {
        return {};
    }

    DatasetSchema m_schema;
    std::string m_path, m_split, m_profile;
    const PreprocessingProfile* m_raw = nullptr;  // of raw numbers
    std::vector<std::string> m_splits, m_notes;
    std::vector<std::int64_t> m_idLimits;  // for every categorical feature the smallest number that is no valid id
    std::shared_ptr<const Dictionary> m_dictionary;
    std::vector<std::shared_ptr<RandomAccessFile>> m_files;  // all that rows come from
};

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

// Error E-DATA-012.
Failure emptySplit(const std::string& file);
// Error E-DATA-015.
Failure noMemoryForRows(const std::string& path, std::int64_t rows);

}  // namespace dlrm
