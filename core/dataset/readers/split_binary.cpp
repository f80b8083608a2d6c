// SPDX-License-Identifier: Apache-2.0
// split_binary: one binary file per categorical feature, one for the numericals, one for the label.
#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/dataset/readers/finite_numbers.h"
#include "core/dataset/readers/readers.h"

namespace dlrm {

namespace {

static_assert(std::endian::native == std::endian::little, "split_binary files are read without byte swapping");

// Rows read at a time: 13 float16 columns and 26 files of it stay within the second-level cache.
constexpr std::int64_t kSplitBlockRows = 8192;

struct Column {
    std::shared_ptr<RandomAccessFile> file;
    std::string name;
    SpecDtype dtype = SpecDtype::Int32;
};

class SplitBinary final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options);

    std::int64_t rows() const override { return m_rows; }
    std::string format() const override { return "split_binary"; }
    std::string fileOfCategorical(std::size_t table) const override {
        return table < m_categorical.size() ? m_categorical[table].file->path() : std::string();
    }

    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;

private:
    Result<void> readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const override;
    Result<void> readCategorical(std::size_t table, std::int64_t firstRow, std::span<std::int32_t> out,
                                 std::vector<std::byte>& buffer) const;

    std::vector<Column> m_categorical;
    Column m_numerical, m_label;
    std::int64_t m_rows = 0;
};

// Number of rows of a column's file, or E-DATA-010 when its size is no multiple of a row.
Result<std::int64_t> rowsOf(const Column& column, std::int64_t width) {
    const std::int64_t rowBytes = itemSize(column.dtype) * width;
    const std::int64_t bytes = column.file->size();
    if (bytes % rowBytes != 0)
        return fail(
            Error("E-DATA-010", "The size of a dataset file is no whole number of rows.")
                .inFile(column.file->path())
                .atOffset(bytes - bytes % rowBytes)
                .inField(column.name)
                .butExpected(fmt::format("a multiple of {} bytes", rowBytes))
                .butFound(fmt::format("{} bytes", bytes))
                .withRemedy("The file was cut off, or its dtype is not the one that feature_spec.yaml declares."));
    return bytes / rowBytes;
}

// The number of rows that the files have, or E-DATA-011, which blames the first file that has not as many as most have
// (of two that are equally common, as many as the larger one: files are cut off, they do not grow) and tells the sizes
// of all. `files`: one or more.
Result<std::int64_t> agreedRows(std::span<const std::pair<const Column*, std::int64_t>> files) {
    std::map<std::int64_t, std::int64_t> filesWith;
    for (const auto& [column, rows] : files) ++filesWith[rows];
    const auto most = std::max_element(filesWith.begin(), filesWith.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second, a.first) < std::pair(b.second, b.first);
    });
    if (filesWith.size() == 1) return most->first;
    const auto blamed =
        std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.second != most->first; });
    std::string sizes;
    const auto addThoseWith = [&](std::int64_t rows) {
        sizes += fmt::format("{}{} in ", sizes.empty() ? "" : "; ", counted(rows, "row"));
        bool first = true;
        for (const auto& [column, own] : files) {
            if (own != rows) continue;
            const std::string& path = column->file->path();
            sizes += fmt::format("{}{} ({} bytes)", std::exchange(first, false) ? "" : ", ",
                                 path.substr(path.rfind('/') + 1), column->file->size());
        }
    };
    addThoseWith(blamed->second);
    for (const auto& [rows, count] : filesWith)
        if (rows != blamed->second) addThoseWith(rows);
    return fail(
        Error("E-DATA-011", "The files of a split hold different numbers of rows.")
            .inFile(blamed->first->file->path())
            .inField(blamed->first->name)
            .butExpected(fmt::format("{} rows, as {} of the {} files have", most->first, most->second, files.size()))
            .butFound(std::move(sizes))
            .withRemedy("The file is incomplete, or its dtype in feature_spec.yaml is wrong: write the split again."));
}

// Copies narrow ids into int32; true when all are in [0, limit).
template <class T>
bool widen(std::span<const std::byte> in, std::span<std::int32_t> out, std::uint32_t limit) {
    bool bad = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        T id;
        std::memcpy(&id, in.data() + i * sizeof(T), sizeof(T));
        out[i] = id;
        bad |= static_cast<std::uint32_t>(out[i]) >= limit;
    }
    return !bad;
}

Result<DatasetPtr> SplitBinary::open(const DatasetSource& source, const DatasetOptions& options) {
    const FeatureSpec& spec = *source.spec;
    auto dataset = std::make_shared<SplitBinary>();
    DLRM_TRY(dataset->describeBySpec(source, options));

    const auto openColumn = [&](const FeatureSpec::Feature& feature) -> Result<Column> {
        const auto chunk = std::find_if(source.split->chunks.begin(), source.split->chunks.end(),
                                        [&](const auto& c) { return c.features.front() == feature.name; });
        DLRM_TRY(auto file, dataset->openFile(spec, chunk->files.front(), feature.name));
        return Column{std::move(file), feature.name, *parseSpecDtype(feature.dtype)};
    };
    const auto numericals = static_cast<std::int64_t>(spec.numerical.size());
    DLRM_TRY(dataset->m_label, openColumn(spec.label));
    DLRM_TRY(dataset->m_numerical, openColumn(spec.numerical.front()));
    for (const auto& feature : spec.categorical) {
        DLRM_TRY(dataset->m_categorical.emplace_back(), openColumn(feature));
    }

    std::vector<std::pair<const Column*, std::int64_t>> rowsOfAll;
    const auto count = [&](const Column& column, std::int64_t width) -> Result<void> {
        DLRM_TRY(const auto own, rowsOf(column, width));
        rowsOfAll.emplace_back(&column, own);
        return {};
    };
    DLRM_TRY(count(dataset->m_label, 1));
    DLRM_TRY(count(dataset->m_numerical, numericals));
    for (const auto& column : dataset->m_categorical) DLRM_TRY(count(column, 1));
    DLRM_TRY(dataset->m_rows, agreedRows(rowsOfAll));
    if (dataset->m_rows == 0) return emptySplit(dataset->m_label.file->path());
    dataset->recordProfile(options);
    return DatasetPtr(std::move(dataset));
}

Result<void> SplitBinary::readCategorical(std::size_t table, std::int64_t firstRow, std::span<std::int32_t> out,
                                          std::vector<std::byte>& buffer) const {
    const Column& column = m_categorical[table];
    const std::int64_t width = itemSize(column.dtype);
    // Negative ids wrap to huge unsigned numbers, so one comparison checks both ends.
    const auto limit = static_cast<std::uint32_t>(m_idLimits[table]);
    bool good = true;
    if (column.dtype == SpecDtype::Int32) {
        DLRM_TRY(column.file->read(firstRow * width, std::as_writable_bytes(out)));
        bool bad = false;
        for (const std::int32_t id : out) bad |= static_cast<std::uint32_t>(id) >= limit;
        good = !bad;
    } else {
        buffer.resize(out.size() * static_cast<std::size_t>(width));
        DLRM_TRY(column.file->read(firstRow * width, buffer));
        good = column.dtype == SpecDtype::Int8 ? widen<std::int8_t>(buffer, out, limit)
                                               : widen<std::int16_t>(buffer, out, limit);
    }
    if (good) return {};
    const auto bad =
        std::find_if(out.begin(), out.end(), [&](std::int32_t id) { return static_cast<std::uint32_t>(id) >= limit; });
    const std::int64_t row = firstRow + (bad - out.begin());
    return fail(
        Error("E-DATA-013", "A category id is outside its embedding table.")
            .inFile(column.file->path())
            .atOffset(row * width)
            .atRow(row)
            .inField(column.name)
            .butExpected(fmt::format("0 … {}", static_cast<std::int64_t>(limit) - 1))
            .butFound(fmt::format("{}", *bad))
            .withRemedy(
                "The file, its dtype or its cardinality in feature_spec.yaml does not belong to this dataset."));
}

Result<void> SplitBinary::readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    thread_local std::vector<std::byte> buffer;
    thread_local std::vector<std::uint16_t> halves;
    const std::int64_t row = first + begin;
    const auto n = static_cast<std::size_t>(count);
    const auto at = static_cast<std::size_t>(begin);

    const auto labels = std::span(out.labels).subspan(at, n);
    DLRM_TRY(m_label.file->read(row, std::as_writable_bytes(labels)));
    std::uint8_t seen = 0;
    for (const std::uint8_t label : labels) seen |= label;
    if (seen > 1) {
        const auto bad = std::find_if(labels.begin(), labels.end(), [](std::uint8_t label) { return label > 1; });
        const std::int64_t badRow = row + (bad - labels.begin());
        return fail(Error("E-DATA-014", "A label is neither 0 nor 1.")
                        .inFile(m_label.file->path())
                        .atOffset(badRow)
                        .atRow(badRow)
                        .inField(m_label.name)
                        .butExpected("byte 0 or 1")
                        .butFound(fmt::format("byte {}", *bad))
                        .withRemedy("The file is damaged or is not the label file of this split."));
    }

    const auto width = static_cast<std::size_t>(out.numericals);
    halves.resize(n * width);
    DLRM_TRY(m_numerical.file->read(row * out.numericals * 2, std::as_writable_bytes(std::span(halves))));
    halvesToFloats(halves, std::span(out.numerical).subspan(at * width, n * width));

    for (std::size_t t = 0; t < m_categorical.size(); ++t) {
        const auto ids = std::span(out.ids).subspan(t * static_cast<std::size_t>(out.rows) + at, n);
        DLRM_TRY(readCategorical(t, row, ids, buffer));
    }
    return {};
}

Result<void> SplitBinary::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    DLRM_TRY(readByBlocks(first, count, kSplitBlockRows, out, stop));
    return checkFiniteNumbers(out, m_schema, m_numerical.file->path());
}

}  // namespace

Result<DatasetPtr> openSplitBinary(const DatasetSource& source, const DatasetOptions& options, const Job&) {
    return SplitBinary::open(source, options);
}

}  // namespace dlrm
