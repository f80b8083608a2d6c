// SPDX-License-Identifier: Apache-2.0
// openDataset(), THE TABLE OF READERS, and what the readers share.
#include "core/dataset/readers/readers.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <new>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/counted.h"
#include "core/base/extension.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/reading.h"

namespace dlrm {

namespace {

namespace fs = std::filesystem;

struct DatasetReader {
    const char* format;
    bool (*recognises)(const DatasetSource& source);
    Result<DatasetPtr> (*open)(const DatasetSource& source, const DatasetOptions& options, const Job& job);
    // Whether a file it recognises is a dataset at all; null: the name or the specification says so.
    bool (*holdsRows)(const std::string& path, const std::stop_token& stop) = nullptr;
};

bool hasChunks(const DatasetSource& source, std::string_view type) {
    return source.split && source.split->chunks.front().type == type;
}

bool hasExtension(const DatasetSource& source, std::initializer_list<std::string_view> extensions) {
    const std::string own = lowerExtension(source.path);
    return !source.spec && std::find(extensions.begin(), extensions.end(), own) != extensions.end();
}

// THE TABLE OF READERS. The first that recognises the source opens it.
constexpr DatasetReader kReaders[] = {
    {"split_tfrecords", [](const DatasetSource& s) { return !s.recordSplits.empty(); }, openSplitTfrecords},
    {"split_binary", [](const DatasetSource& s) { return hasChunks(s, "split_binary"); }, openSplitBinary},
    {"csv", [](const DatasetSource& s) { return hasChunks(s, "csv"); }, openCsv},
    {"flat_records", [](const DatasetSource& s) { return hasExtension(s, {".bin"}); }, openFlatRecords},
    {"npz", [](const DatasetSource& s) { return hasExtension(s, {".npz"}); }, openNpzArrays, holdsNpzRows},
    {"hdf5",
     [](const DatasetSource& s) {
         return hasExtension(s, {".h5", ".hdf5"});
     },
     openHdf5Dataset, holdsHdf5Rows},
    {"criteo_tsv", [](const DatasetSource& s) { return !s.spec; }, openCriteoTsv, holdsCriteoRows},
};

constexpr const char* kSpecName = "feature_spec.yaml";

bool isSpecFile(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

// Path of the feature_spec.yaml when `path` is one or holds one, else empty.
Result<std::string> findSpec(const std::string& path) {
    std::error_code ec;
    if (fs::is_directory(path, ec)) {
        const std::string spec = (fs::path(path) / kSpecName).string();
        if (fs::exists(spec, ec)) return spec;
        if (ec && ec != std::errc::no_such_file_or_directory)
            return fail(Error("E-DATA-001", "The directory cannot be read.")
                            .inFile(path)
                            .butFound(ec.message())
                            .withRemedy("Check the directory's rights."));
        const fs::path above = fs::path(path).lexically_normal() / "..";
        const bool isAbove = fs::exists(above / kSpecName, ec);
        return fail(
            Error("E-DATA-002", "The directory holds no dataset.")
                .inFile(path)
                .butExpected(kSpecName)
                .butFound(isAbove ? "none; it is one level up" : "none")
                .withRemedy(
                    isAbove
                        ? fmt::format("Name {}; the folder inside it is a split.", above.lexically_normal().string())
                        : "Name the directory that holds the feature_spec.yaml, or a file with raw Criteo rows."));
    }
    return isSpecFile(path) ? path : std::string();
}

// Which of the training code's splits beside the specification are folders of TFRecords.
std::vector<std::string> findRecordSplits(const std::string& directory) {
    std::vector<std::string> splits;
    std::error_code ec;
    for (const char* split : {"test", "train"})
        if (fs::is_regular_file(fs::path(directory) / split / "length.json", ec)) splits.emplace_back(split);
    return splits;
}

// The split that the options name, into `source`, whose record splits are known.
Result<void> findSplit(const std::string& specPath, const DatasetOptions& options, DatasetSource& source) {
    std::vector<std::string> names = source.recordSplits;
    if (names.empty()) {
        for (const auto& split : source.spec->splits) names.push_back(split.name);
        source.split = source.spec->findSplit(options.split);
    }
    if (names.empty())
        return fail(Error("E-DATA-003", "The feature_spec.yaml names no data.")
                        .inFile(specPath)
                        .inField("source_spec")
                        .butExpected("the files of train and test, or folders of TFRecords of these names beside it")
                        .butFound("neither (a specification for generated data)")
                        .withRemedy("Open a dataset whose source_spec names its files."));
    if (std::find(names.begin(), names.end(), options.split) != names.end()) return {};
    return fail(Error("E-DATA-004", "The dataset has no such split.")
                    .inFile(specPath)
                    .butExpected(fmt::format("{}", fmt::join(names, " or ")))
                    .butFound(options.split)
                    .withRemedy("Choose one of its splits; a validation folder is not listed by the preprocessing."));
}

Result<DatasetPtr> openSource(const std::string& path, const DatasetOptions& options, const Job& job) {
    DatasetSource source;
    source.path = path;
    if (!options.profile.empty()) DLRM_TRY(findProfile(options.profile));
    DLRM_TRY(auto specPath, findSpec(path));
    if (!specPath.empty()) {
        source.recordSplits = findRecordSplits(fs::path(specPath).parent_path().string());
        const auto files = source.recordSplits.empty() ? SpecFiles::AsStated : SpecFiles::Records;
        DLRM_TRY(source.spec, readFeatureSpec(specPath, files));
        DLRM_TRY(findSplit(specPath, options, source));
    }
    if (!options.dictionary.empty()) {
        DLRM_TRY(source.dictionary, Dictionary::open(options.dictionary, options.tableRows, job));
    }
    for (const DatasetReader& reader : kReaders)
        if (reader.recognises(source)) return reader.open(source, options, job);
    if (hasChunks(source, "split_tfrecords"))  // told by their folders, not by the specification, in which the training
                                               // code names no files
        return fail(
            Error("E-DATA-005",
                  "The specification speaks of TFRecords, which are not there as the training code writes them.")
                .inFile(source.spec->path)
                .butExpected(fmt::format("{}/length.json beside the specification, and folders numerical, label, "
                                         "categorical_0 … with format.json and data_0.tfrecords in {}",
                                         options.split, options.split))
                .butFound(fmt::format("no {}/length.json", options.split))
                .withRemedy(
                    "Open the folder that the training code's writer made, or convert the dataset to split_binary."));
    std::vector<std::string> formats;
    for (const DatasetReader& reader : kReaders) formats.emplace_back(reader.format);
    return fail(Error("E-DATA-005", "No reader knows this kind of dataset.")
                    .inFile(source.spec->path)
                    .butExpected(fmt::format("{}", fmt::join(formats, ", ")))
                    .butFound(source.split->chunks.front().type)
                    .withRemedy("Convert the dataset to split_binary."));
}

// "cat_0" for "cat_0.bin".
std::string displayName(const std::string& name) {
    constexpr std::string_view kSuffix = ".bin";
    return name.size() > kSuffix.size() && name.ends_with(kSuffix) ? name.substr(0, name.size() - kSuffix.size())
                                                                   : name;
}

std::string numericalToken(const PreprocessingProfile& profile, float value) {
    if (profile.needsStatistics || (value == 0.0f && profile.missingIsZero)) return {};
    const double x = std::round(std::exp(static_cast<double>(value)) - profile.shift);
    const double first = profile.wraps ? 1 - profile.shift : profile.lowest;
    const double last = static_cast<double>(std::numeric_limits<std::int32_t>::max()) - profile.shift;
    if (!(x >= first && x <= last)) return {};
    const auto integer = static_cast<std::int32_t>(x);
    return transformed(profile, integer) == value ? fmt::format("{}", integer) : std::string();
}

// Whether the first rows, as far as they can be read, hold only what NVIDIA's transform gives, and a number that tells.
// Any ln(x + n) of whole numbers in float16 is that as well: its raw numbers differ by a constant, which no file tells.
bool holdsNvidiasNumbers(const Dataset& dataset) {
    constexpr std::int64_t kRows = 4096;
    // Of the float16 below it few are one of ln(1), ln(2) …; above, most are soon.
    constexpr float kTelling = 3.0f;
    Batch batch;
    std::int64_t rows = std::min(dataset.rows(), kRows);
    while (rows > 0 && !dataset.read(0, rows, batch)) rows /= 2;
    if (rows == 0) return false;
    bool any = false, telling = false;
    for (const float value : batch.numerical) {
        if (value == 0.0f) continue;
        if (numericalToken(nvidiaSparkProfile(), value).empty()) return false;
        any = true;
        telling = telling || value < kTelling;
    }
    return telling || !any;
}

// "" for one that is missing: NaN, or what is no int32.
std::string rawToken(double number) {
    using Limits = std::numeric_limits<std::int32_t>;
    const bool fits = number >= Limits::min() && number <= Limits::max() && number == std::trunc(number);
    return fits ? fmt::format("{}", static_cast<std::int32_t>(number)) : std::string();
}

// Names and cardinalities of a feature_spec. `auto` cardinalities come from the dictionary, else from the model's
// tables; where neither is known, schema.cardinalities stays empty. Adds a sentence to `notes` for each assumption.
// Error E-DICT-006: the dictionary's sizes differ.
Result<DatasetSchema> makeSchema(const FeatureSpec& spec, const DatasetOptions& options, const Dictionary* dictionary,
                                 std::vector<std::string>& notes) {
    DatasetSchema schema;
    std::vector<std::optional<std::int64_t>> cardinalities;
    for (const auto& feature : spec.numerical) schema.numericalNames.push_back(displayName(feature.name));
    for (const auto& feature : spec.categorical) {
        schema.categoricalNames.push_back(displayName(feature.name));
        cardinalities.push_back(feature.cardinality);
    }
    schema.labelName = displayName(spec.label.name);
    if (dictionary) DLRM_TRY(checkDictionaryFits(*dictionary, schema.categoricalNames, cardinalities));

    const bool modelFits = options.tableRows.size() == cardinalities.size();
    std::size_t automatic = 0;
    for (std::size_t t = 0; t < cardinalities.size(); ++t) {
        if (cardinalities[t]) continue;
        ++automatic;
        if (dictionary) cardinalities[t] = dictionary->cardinality(t);
        else if (modelFits) cardinalities[t] = options.tableRows[t];
    }
    if (automatic > 0 && !dictionary && !modelFits) {
        notes.push_back(fmt::format(
            "{} of {} categorical features have an automatic cardinality: ids are checked when a model is open.",
            automatic, cardinalities.size()));
        return schema;
    }
    if (automatic > 0)
        notes.push_back(fmt::format("The cardinality of {} categorical features is taken from the {}.", automatic,
                                    dictionary ? "dictionary" : "model's tables"));
    for (const auto& cardinality : cardinalities) schema.cardinalities.push_back(*cardinality);
    return schema;
}

// For every categorical feature the smallest number that is no valid id: its cardinality, or 2^31 where that is not
// known.
std::vector<std::int64_t> idLimits(const FeatureSpec& spec, const DatasetSchema& schema) {
    if (!schema.cardinalities.empty()) return schema.cardinalities;
    std::vector<std::int64_t> limits;
    for (const auto& feature : spec.categorical) limits.push_back(feature.cardinality.value_or(std::int64_t{1} << 31));
    return limits;
}

}  // namespace

Result<void> FileDataset::checkUnchanged() const {
    for (const auto& file : m_files) DLRM_TRY(file->checkUnchanged());
    return {};
}

Result<void> FileDataset::describeBySpec(const DatasetSource& source, const DatasetOptions& options) {
    m_path = source.spec->path;
    m_split = options.split;
    m_splits = source.recordSplits;
    if (m_splits.empty())
        for (const auto& split : source.spec->splits) m_splits.push_back(split.name);
    m_dictionary = source.dictionary;
    DLRM_TRY(m_schema, makeSchema(*source.spec, options, m_dictionary.get(), m_notes));
    m_idLimits = idLimits(*source.spec, m_schema);
    return {};
}

void FileDataset::nameColumns(std::int64_t numericals, std::int64_t categoricals, std::string label) {
    for (std::int64_t k = 0; k < numericals; ++k) m_schema.numericalNames.push_back(fmt::format("num_{}", k));
    for (std::int64_t k = 0; k < categoricals; ++k) m_schema.categoricalNames.push_back(fmt::format("cat_{}", k));
    m_schema.labelName = std::move(label);
    m_idLimits.assign(m_schema.categoricalNames.size(), std::int64_t{1} << 31);
}

Result<void> FileDataset::useDictionary(std::shared_ptr<const Dictionary> dictionary) {
    const std::vector<std::optional<std::int64_t>> unknown(m_schema.categoricalNames.size());
    DLRM_TRY(checkDictionaryFits(*dictionary, m_schema.categoricalNames, unknown));
    for (std::size_t t = 0; t < unknown.size(); ++t) m_schema.cardinalities.push_back(dictionary->cardinality(t));
    m_idLimits = m_schema.cardinalities;
    m_dictionary = std::move(dictionary);
    return {};
}

void FileDataset::transformBy(const PreprocessingProfile& profile) {
    m_raw = &profile;
    m_profile = std::string(profile.name);
}

Result<std::shared_ptr<RandomAccessFile>> FileDataset::openFile(const FeatureSpec& spec, const std::string& file,
                                                                const std::string& field) {
    auto opened = RandomAccessFile::openBeneath(spec.directory, file);
    if (!opened) return fail(std::move(opened.error()).inField(field));
    m_files.push_back(*opened);
    return opened;
}

Result<void> FileDataset::readByBlocks(std::int64_t first, std::int64_t count, std::int64_t blockRows, Batch& out,
                                       const std::stop_token& stop) const {
    assert(first >= 0 && count >= 0 && first + count <= rows());
    try {
        out.firstRow = first;
        out.resize(count, std::ssize(m_schema.numericalNames), std::ssize(m_schema.categoricalNames), hasLabels());
        return fillByBlocks(count, blockRows, stop, [&](std::int64_t begin, std::int64_t rowsInBlock) {
            return readBlock(first, begin, rowsInBlock, out);
        });
    } catch (const std::bad_alloc&) {
        return noMemoryForRows(m_path, count);
    }
}

Result<std::optional<RawRow>> FileDataset::rawRow(std::int64_t row) const {
    Batch batch;
    DLRM_TRY(read(row, 1, batch));
    RawRow raw;
    if (holdsRawNumbers()) {
        std::vector<double> numbers;
        DLRM_TRY(readRawNumbers(row, 1, numbers));
        for (const double number : numbers) raw.numerical.push_back(rawToken(number));
    } else {
        const PreprocessingProfile& profile = recordedPreprocessing(*this);
        for (const float value : batch.numerical) raw.numerical.push_back(numericalToken(profile, value));
    }
    for (std::size_t t = 0; m_dictionary && t < batch.ids.size(); ++t) {
        const auto hex = m_dictionary->hexValue(t, batch.ids[t]);
        raw.categorical.push_back(hex ? formatHex(*hex) : std::string());
    }
    return std::optional<RawRow>(std::move(raw));
}

void FileDataset::recordProfile(const DatasetOptions& options) {
    m_profile = options.profile;
    if (m_profile.empty() && holdsNvidiasNumbers(*this)) m_profile = nvidiaSparkProfile().name;
    if (m_profile == nvidiaSparkProfile().name) return;
    if (!m_profile.empty()) {
        m_notes.push_back(
            fmt::format("Recorded as preprocessed by {}: numbers and ids are fed as they are stored.", m_profile));
        return;
    }
    m_profile = unknownProfile().name;
    m_notes.push_back(fmt::format("{} They are not what NVIDIA's preprocessing gives, so raw numbers are not known.",
                                  unknownProfile().numbers));
}

Failure emptySplit(const std::string& file) {
    return fail(Error("E-DATA-012", "The split holds no rows.")
                    .inFile(file)
                    .butExpected("at least one row")
                    .butFound("empty files")
                    .withRemedy("Write the split again, or open another one."));
}

Failure noMemoryForRows(const std::string& path, std::int64_t rows) {
    return fail(Error("E-DATA-015", "The rows do not fit into memory.")
                    .inFile(path)
                    .butFound(counted(rows, "row"))
                    .withRemedy("Ask for fewer rows at a time, or close other programs."));
}

bool isDataset(const std::string& path, const std::stop_token& stop) {
    std::error_code ec;
    if (fs::is_directory(path, ec)) return fs::exists(fs::path(path) / kSpecName, ec);
    if (isSpecFile(path)) return true;
    DatasetSource source;
    source.path = path;
    for (const DatasetReader& reader : kReaders)
        if (reader.recognises(source)) return !reader.holdsRows || reader.holdsRows(path, stop);
    return false;
}

Result<std::shared_ptr<const Dataset>> openDataset(const std::string& path, const DatasetOptions& options,
                                                   const Job& job) {
    try {
        return openSource(path, options, job);
    } catch (const std::bad_alloc&) {
        return fail(Error("E-DATA-006", "The dataset's description does not fit into memory.")
                        .inFile(path)
                        .withRemedy("Close other programs and try again."));
    } catch (const fs::filesystem_error& e) {
        return fail(Error("E-DATA-001", "The path cannot be read.")
                        .inFile(path)
                        .butFound(e.what())
                        .withRemedy("Check the path and the rights to it."));
    }
}

}  // namespace dlrm
