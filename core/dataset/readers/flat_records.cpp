// SPDX-License-Identifier: Apache-2.0
// Criteo rows as flat binary records: int32 label, the numbers, int32 ids. NVIDIA's intermediate train_data.bin holds
// float32 numbers, already transformed; facebookresearch/dlrm's .bin holds int32 raw numbers in the same 160 bytes.
// Nothing in the file says which it is.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/readers.h"

namespace dlrm {

namespace {

static_assert(std::endian::native == std::endian::little, "records are read without byte swapping");

constexpr std::int64_t kRecordNumericals = 13, kRecordCategoricals = 26;
constexpr std::int64_t kRecordBlockRows = 4096;
constexpr std::int64_t kRowsLookedAt = 1024;
constexpr float kLargestLog = 22.0f;                 // ln(2^31 + 3) is 21.5
constexpr float kSmallestLog = 0.5f;                 // the smallest logarithm of x + 3 but 0 is ln(2)
constexpr std::int32_t kLargestPlausible = 1 << 28;  // 0x10000000: as a float32 it is 2.5e-29

std::int32_t wordAt(std::span<const std::byte> record, std::int64_t word) {
    std::int32_t out;
    std::memcpy(&out, record.data() + word * 4, sizeof out);
    return out;
}

class FlatRecords final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options);

    std::int64_t rows() const override { return m_rows; }
    std::string format() const override { return "flat_records"; }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override;

private:
    std::int64_t recordWords() const { return 1 + m_numericals + m_categoricals; }
    std::int64_t recordBytes() const { return 4 * recordWords(); }
    Result<std::span<const std::byte>> records(std::int64_t first, std::int64_t count) const;
    Result<void> chooseProfile(const std::string& asked);
    Result<void> readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const override;

    std::shared_ptr<RandomAccessFile> m_file;
    std::int64_t m_numericals = 0, m_categoricals = 0, m_rows = 0;
};

Result<DatasetPtr> FlatRecords::open(const DatasetSource& source, const DatasetOptions& options) {
    auto dataset = std::make_shared<FlatRecords>();
    dataset->m_path = source.path;
    DLRM_TRY(dataset->m_file, RandomAccessFile::open(source.path));
    dataset->m_files = {dataset->m_file};
    const bool modelKnown = !options.tableRows.empty();
    dataset->m_numericals = modelKnown && options.numericals > 0 ? options.numericals : kRecordNumericals;
    dataset->m_categoricals = modelKnown ? static_cast<std::int64_t>(options.tableRows.size()) : kRecordCategoricals;
    const std::int64_t size = dataset->m_file->size(), record = dataset->recordBytes();
    if (size == 0 || size % record != 0)
        return fail(Error("E-RECORD-001", "The size of the file is no whole number of records.")
                        .inFile(source.path)
                        .atOffset(size - size % record)
                        .butExpected(fmt::format("a multiple of {} bytes: label, {} and {} of 4 bytes", record,
                                                 counted(dataset->m_numericals, "number"),
                                                 counted(dataset->m_categoricals, "id")))
                        .butFound(fmt::format("{} bytes", size))
                        .withRemedy("The file was cut off, or is another kind of file."));
    dataset->m_rows = size / record;
    DLRM_TRY(dataset->chooseProfile(options.profile));
    dataset->nameColumns(dataset->m_numericals, dataset->m_categoricals, "label");
    if (modelKnown) dataset->m_idLimits = options.tableRows;
    if (!dataset->m_raw) dataset->m_dictionary = source.dictionary;
    return DatasetPtr(std::move(dataset));
}

// By what the numbers of some rows can be: logarithms are 0 or within 0.5 … 22, small integers are tiny as floats and
// logarithms huge as integers.
Result<void> FlatRecords::chooseProfile(const std::string& asked) {
    bool floats = true, integers = true;
    const std::int64_t looked = std::min(m_rows, kRowsLookedAt);
    std::vector<std::byte> bytes(static_cast<std::size_t>(recordBytes()));
    bool telling = false;  // any number but 0
    for (std::int64_t i = 0; i < looked; ++i) {
        DLRM_TRY(m_file->read(i * (m_rows / looked) * recordBytes(), bytes));
        for (std::int64_t k = 0; k < m_numericals; ++k) {
            const std::int32_t word = wordAt(bytes, 1 + k);
            const float value = std::bit_cast<float>(word);
            telling = telling || word != 0;
            floats = floats && (value == 0.0f || (value >= kSmallestLog && value <= kLargestLog));
            integers = integers && word < kLargestPlausible && word > -kLargestPlausible;
        }
    }
    std::string own = floats ? "nvidia_spark" : "facebookresearch";
    if (asked.empty() && (floats == integers || !telling))
        return fail(
            Error("E-RECORD-002", "The records do not tell which preprocessing wrote them.")
                .inFile(m_file->path())
                .butExpected(
                    "float32 logarithms (NVIDIA's train_data.bin) or int32 raw numbers (facebookresearch's .bin)")
                .butFound(floats ? "numbers that can be either" : "numbers that can be neither")
                .withRemedy("Say it with --profile nvidia_spark or --profile facebookresearch."));
    static constexpr std::string_view kFitting[] = {"nvidia_spark", "facebookresearch"};
    DLRM_TRY(const auto profile, profileForRawRows(asked, own, kFitting, m_path));
    transformBy(*profile);
    if (profile == &nvidiaSparkProfile()) m_raw = nullptr;
    m_notes.push_back(fmt::format("{} the numbers are {}.", asked.empty() ? "By their size" : "As chosen,",
                                  m_raw ? "int32 raw numbers" : "float32 and transformed already"));
    if (m_raw) m_notes.emplace_back(m_raw->numbers);
    else m_notes.emplace_back("The numbers are rounded to float16, as the next step of the preprocessing does.");
    return {};
}

// Valid until the thread asks for others.
Result<std::span<const std::byte>> FlatRecords::records(std::int64_t first, std::int64_t count) const {
    thread_local std::vector<std::byte> buffer;
    buffer.resize(static_cast<std::size_t>(count * recordBytes()));
    DLRM_TRY(m_file->read(first * recordBytes(), buffer));
    return buffer;
}

Result<void> FlatRecords::readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    DLRM_TRY(const auto words, records(first + begin, count));
    const auto unusable = [&](std::int64_t row, std::int64_t word, std::string field, std::string expected,
                              std::string found) {
        Error error = Error("E-RECORD-003", "A record holds no usable value.")
                          .withRemedy("The file is damaged, or --profile names the wrong preprocessing.");
        if (word > m_numericals)
            error = Error("E-RECORD-004", "A category id is outside its embedding table.")
                        .withRemedy("The file is damaged or was written by another preprocessing.");
        return fail(std::move(error)
                        .inFile(m_path)
                        .atOffset((first + row) * recordBytes() + word * 4)
                        .atRow(first + row)
                        .inField(std::move(field))
                        .butExpected(std::move(expected))
                        .butFound(std::move(found)));
    };
    for (std::int64_t r = 0; r < count; ++r) {
        const std::int64_t row = begin + r, record = r * recordWords();
        const std::int32_t label = wordAt(words, record);
        if (label != 0 && label != 1) return unusable(row, 0, "label", "0 or 1", fmt::format("{}", label));
        out.labels[static_cast<std::size_t>(row)] = static_cast<std::uint8_t>(label);
        for (std::int64_t k = 0; k < m_numericals; ++k) {
            const std::int32_t word = wordAt(words, record + 1 + k);
            const auto value = std::bit_cast<float>(word);
            if (!m_raw && !std::isfinite(throughHalf(value)))
                return unusable(row, 1 + k, m_schema.numericalNames[static_cast<std::size_t>(k)],
                                "a finite number of float16 (at most 65504)", fmt::format("{}", value));
            out.numerical[static_cast<std::size_t>(row * m_numericals + k)] =
                m_raw ? transformed(*m_raw, word) : throughHalf(value);
        }
        for (std::int64_t t = 0; t < m_categoricals; ++t) {
            const std::int32_t id = wordAt(words, record + 1 + m_numericals + t);
            const std::int64_t limit = m_idLimits[static_cast<std::size_t>(t)];
            if (id < 0 || id >= limit)
                return unusable(row, 1 + m_numericals + t, m_schema.categoricalNames[static_cast<std::size_t>(t)],
                                fmt::format("an id 0 … {}", limit - 1), fmt::format("{}", id));
            out.ids[static_cast<std::size_t>(t * out.rows + row)] = id;
        }
    }
    return {};
}

Result<void> FlatRecords::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    return readByBlocks(first, count, kRecordBlockRows, out, stop);
}

Result<void> FlatRecords::readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                         std::stop_token stop) const {
    out.resize(static_cast<std::size_t>(count * m_numericals));
    return fillByBlocks(count, kRecordBlockRows, stop, [&](std::int64_t begin, std::int64_t rows) -> Result<void> {
        DLRM_TRY(const auto words, records(first + begin, rows));
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t k = 0; k < m_numericals; ++k)
                out[static_cast<std::size_t>((begin + r) * m_numericals + k)] =
                    wordAt(words, r * recordWords() + 1 + k);
        return {};
    });
}

}  // namespace

Result<DatasetPtr> openFlatRecords(const DatasetSource& source, const DatasetOptions& options, const Job&) {
    return FlatRecords::open(source, options);
}

}  // namespace dlrm
