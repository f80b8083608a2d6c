// SPDX-License-Identifier: Apache-2.0
// The .npz of facebookresearch/dlrm: X_int (rows, numbers) raw numbers, X_cat (rows, features) ids, y (rows) labels,
// counts (features) where it is a final file. Integers may be stored as float64, and arrays in Fortran order.
#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/integer_at.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/readers.h"
#include "core/formats/npy.h"
#include "core/formats/zip.h"

namespace dlrm {

namespace {

constexpr std::int64_t kNpzBlockRows = 4096;
constexpr std::int64_t kMostNpzColumns = 4096;

// One array of integers, of whatever type, in an unpacked member.
class Array {
public:
    Array() = default;
    static Result<Array> open(const RandomAccessFile& archive, const std::vector<PackedRange>& members,
                              const std::string& name, const Job& job);

    const std::vector<std::int64_t>& shape() const { return m_header.shape; }
    std::int64_t rows() const { return m_header.shape.empty() ? 0 : m_header.shape[0]; }
    std::int64_t columns() const { return m_header.shape.size() < 2 ? 1 : m_header.shape[1]; }
    const std::string& path() const { return m_file->path(); }

    // Values (count, columns) row by row, from row `first` on. A float that is no integer, and what does not fit int64,
    // comes as nothing in `bad`.
    Result<void> read(std::int64_t first, std::int64_t count, std::vector<std::int64_t>& out) const;
    static constexpr std::int64_t kNoInteger = INT64_MIN;

private:
    std::int64_t valueAt(const std::byte* p) const;

    std::shared_ptr<RandomAccessFile> m_file;
    NpyHeader m_header;
};

Error damagedArchive(const std::string& file, std::string member, std::string expected, std::string found) {
    return Error("E-NPZ-001", "The .npz file is not one of facebookresearch/dlrm.")
        .inFile(file)
        .inField(std::move(member))
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Open an .npz with X_int, X_cat and y, as its data_utils.py writes it.");
}

Result<Array> Array::open(const RandomAccessFile& archive, const std::vector<PackedRange>& members,
                          const std::string& name, const Job& job) {
    const std::string memberName = fmt::format("{}.npy", name);
    const auto member =
        std::find_if(members.begin(), members.end(), [&](const PackedRange& m) { return m.name == memberName; });
    if (member == members.end())
        return fail(damagedArchive(archive.path(), name, memberName, fmt::format("{} other members", members.size())));
    Array out;
    DLRM_TRY(out.m_file, unpack(archive, *member, job));
    DLRM_TRY(out.m_header, readNpyHeader(*out.m_file));
    if (out.m_header.shape.empty() || out.m_header.shape.size() > 2 || out.columns() > kMostNpzColumns)
        return fail(damagedArchive(archive.path(), name, "one or two dimensions", shapeText(out.m_header.shape)));
    return out;
}

std::int64_t integerOf(double value) {
    return std::fabs(value) <= 9007199254740992.0 && value == std::floor(value) ? static_cast<std::int64_t>(value)
                                                                                : Array::kNoInteger;
}

std::int64_t Array::valueAt(const std::byte* p) const {
    const bool swap = m_header.type.bigEndian;
    const bool isUnsigned = m_header.type.kind == NpyKind::UInt || m_header.type.kind == NpyKind::Bool;
    if (m_header.type.kind == NpyKind::Float)
        return m_header.type.size == 8 ? integerOf(std::bit_cast<double>(bitsAt<std::uint64_t>(p, swap)))
               : m_header.type.size == 4
                   ? integerOf(static_cast<double>(std::bit_cast<float>(bitsAt<std::uint32_t>(p, swap))))
                   : kNoInteger;
    return integerAt(p, m_header.type.size, isUnsigned, swap);
}

Result<void> Array::read(std::int64_t first, std::int64_t count, std::vector<std::int64_t>& out) const {
    thread_local std::vector<std::byte> buffer;
    const std::int64_t width = columns(), size = m_header.type.size;
    out.resize(static_cast<std::size_t>(count * width));
    // In Fortran order a column lies together, else a row.
    const bool byColumn = m_header.fortranOrder && width > 1;
    const std::int64_t pieces = byColumn ? width : 1;
    buffer.resize(static_cast<std::size_t>(count * size * (byColumn ? 1 : width)));
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
        const std::int64_t element = byColumn ? piece * rows() + first : first * width;
        DLRM_TRY(m_file->read(m_header.dataOffset + element * size, buffer));
        const std::int64_t values = count * (byColumn ? 1 : width);
        for (std::int64_t i = 0; i < values; ++i)
            out[static_cast<std::size_t>(byColumn ? i * width + piece : i)] = valueAt(buffer.data() + i * size);
    }
    return {};
}

class NpzArrays final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options, const Job& job);

    std::int64_t rows() const override { return m_labels.rows(); }
    std::string format() const override { return "npz"; }
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override;

private:
    Result<void> readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const override;

    Array m_numbers, m_ids, m_labels;
};

Result<DatasetPtr> NpzArrays::open(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    auto dataset = std::make_shared<NpzArrays>();
    static constexpr std::string_view kFitting[] = {"facebookresearch"};
    DLRM_TRY(const auto profile, profileForRawRows(options.profile, kFitting[0], kFitting, source.path));
    dataset->transformBy(*profile);
    dataset->m_notes = {std::string(profile->numbers), std::string(profile->categories)};
    dataset->m_path = source.path;
    DLRM_TRY(const auto archive, RandomAccessFile::open(source.path));
    dataset->m_files = {archive};
    DLRM_TRY(auto members, readZipDirectory(*archive));
    for (const auto& [name, array] : {std::pair<const char*, Array*>{"y", &dataset->m_labels},
                                      {"X_int", &dataset->m_numbers},
                                      {"X_cat", &dataset->m_ids}}) {
        DLRM_TRY(*array, Array::open(*archive, members, name, job));
        if (array->rows() != dataset->m_labels.rows())
            return fail(damagedArchive(source.path, name,
                                       fmt::format("{} as in y", counted(dataset->m_labels.rows(), "row")),
                                       shapeText(array->shape())));
    }
    if (dataset->m_labels.columns() != 1)
        return fail(damagedArchive(source.path, "y", "one label a row", shapeText(dataset->m_labels.shape())));
    if (dataset->m_labels.rows() == 0) return emptySplit(source.path);
    dataset->nameColumns(dataset->m_numbers.columns(), dataset->m_ids.columns(), "y");
    if (std::any_of(members.begin(), members.end(), [](const PackedRange& m) { return m.name == "counts.npy"; })) {
        DLRM_TRY(auto counts, Array::open(*archive, members, "counts", job));
        if (counts.rows() != dataset->m_ids.columns() || counts.columns() != 1)
            return fail(damagedArchive(source.path, "counts", counted(dataset->m_ids.columns(), "value"),
                                       shapeText(counts.shape())));
        DLRM_TRY(counts.read(0, counts.rows(), dataset->m_schema.cardinalities));
        for (const std::int64_t count : dataset->m_schema.cardinalities)
            if (count < 1 || count > (std::int64_t{1} << 31))
                return fail(damagedArchive(source.path, "counts", "1 … 2^31", fmt::format("{}", count)));
        dataset->m_idLimits = dataset->m_schema.cardinalities;
    }
    return DatasetPtr(std::move(dataset));
}

Result<void> NpzArrays::readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    thread_local std::vector<std::int64_t> values;
    const auto unusable = [&](const Array& array, std::int64_t row, std::string field, std::string expected,
                              std::int64_t found) {
        const bool outside = &array == &m_ids && found != Array::kNoInteger;
        return fail((outside ? Error("E-NPZ-003", "A category id is outside its embedding table.")
                             : Error("E-NPZ-002", "An array holds no usable value."))
                        .inFile(array.path())
                        .atRow(first + row)
                        .inField(std::move(field))
                        .butExpected(std::move(expected))
                        .butFound(found == Array::kNoInteger ? "a number that is no integer" : fmt::format("{}", found))
                        .withRemedy("The file is damaged or was written by another preprocessing."));
    };
    DLRM_TRY(m_labels.read(first + begin, count, values));
    for (std::int64_t r = 0; r < count; ++r) {
        const std::int64_t label = values[static_cast<std::size_t>(r)];
        if (label != 0 && label != 1) return unusable(m_labels, begin + r, "y", "0 or 1", label);
        out.labels[static_cast<std::size_t>(begin + r)] = static_cast<std::uint8_t>(label);
    }
    DLRM_TRY(m_numbers.read(first + begin, count, values));
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const std::int64_t x = values[static_cast<std::size_t>(i)];
        if (x < INT32_MIN || x > INT32_MAX)
            return unusable(m_numbers, begin + i / out.numericals,
                            m_schema.numericalNames[static_cast<std::size_t>(i % out.numericals)], "a 32-bit integer",
                            x);
        out.numerical[static_cast<std::size_t>(begin * out.numericals + i)] =
            transformed(*m_raw, static_cast<std::int32_t>(x));
    }
    DLRM_TRY(m_ids.read(first + begin, count, values));
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const std::int64_t t = i % out.tables, row = begin + i / out.tables, id = values[static_cast<std::size_t>(i)];
        const std::int64_t limit = m_idLimits[static_cast<std::size_t>(t)];
        if (id < 0 || id >= limit)
            return unusable(m_ids, row, m_schema.categoricalNames[static_cast<std::size_t>(t)],
                            fmt::format("an id 0 … {}", limit - 1), id);
        out.ids[static_cast<std::size_t>(t * out.rows + row)] = static_cast<std::int32_t>(id);
    }
    return {};
}

Result<void> NpzArrays::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    return readByBlocks(first, count, kNpzBlockRows, out, stop);
}

Result<void> NpzArrays::readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                       std::stop_token stop) const {
    const std::int64_t width = m_numbers.columns();
    out.resize(static_cast<std::size_t>(count * width));
    return fillByBlocks(count, kNpzBlockRows, stop, [&](std::int64_t begin, std::int64_t rows) -> Result<void> {
        thread_local std::vector<std::int64_t> values;
        DLRM_TRY(m_numbers.read(first + begin, rows, values));
        std::transform(values.begin(), values.end(), out.begin() + begin * width,
                       [](std::int64_t v) { return static_cast<double>(v); });
        return {};
    });
}

}  // namespace

bool holdsNpzRows(const std::string& path, const std::stop_token&) {
    const auto archive = RandomAccessFile::open(path);
    if (!archive) return false;
    const auto members = readZipDirectory(**archive);
    return members && std::any_of(members->begin(), members->end(), [](const PackedRange& member) {
               return member.name == "X_int.npy" || member.name == "X_cat.npy";
           });
}

Result<DatasetPtr> openNpzArrays(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    return NpzArrays::open(source, options, job);
}

}  // namespace dlrm
