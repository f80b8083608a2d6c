// SPDX-License-Identifier: Apache-2.0
// Rows in an HDF5 file: label, numerical (rows, features) and categorical (rows, features), or a dataset for each
// column (num_0 …, cat_0 …), or facebookresearch's y, X_int, X_cat and counts. Integers in numerical are raw numbers,
// floats are fed as they are; categories are ids, or raw texts.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/dataset/preprocessing_profile.h"
#include "core/dataset/readers/finite_numbers.h"
#include "core/dataset/readers/hdf5_columns.h"
#include "core/dataset/readers/parallel_blocks.h"
#include "core/dataset/readers/readers.h"

namespace dlrm {
namespace {

constexpr std::int64_t kHdf5BlockRows = 4096;

// Datasets of the file under the names of one form; empty where it does not have them.
struct Form {
    const char* label;
    const char* numerical;
    const char* categorical;
    const char* numericalColumn;  // "num_": num_0, num_1, …; empty: matrices only
    const char* categoricalColumn;
    bool facebook;
};
constexpr std::array<Form, 2> kForms{
    {{"/label", "/numerical", "/categorical", "/num_", "/cat_", false}, {"/y", "/X_int", "/X_cat", "", "", true}}};

using Objects = std::vector<const Hdf5Object*>;

Objects columnsOf(const Hdf5File& file, const char* matrix, const char* column) {
    if (const Hdf5Object* o = file.find(matrix)) return {o};
    Objects out;
    while (*column) {
        const Hdf5Object* o = file.find(fmt::format("{}{}", column, out.size()));
        if (!o) break;
        out.push_back(o);
    }
    return out;
}

class Hdf5Dataset final : public FileDataset {
public:
    static Result<DatasetPtr> open(const DatasetSource& source, const DatasetOptions& options, const Job& job);

    std::int64_t rows() const override { return m_ids.rows(); }
    bool hasLabels() const override { return m_labels.has_value(); }
    std::string format() const override { return "hdf5"; }
    bool holdsRawCategories() const override { return m_ids.unknownValues().has_value(); }
    std::optional<UnknownValues> unknownValues() const override { return m_ids.unknownValues(); }
    Result<void> readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                std::stop_token stop) const override;
    Result<void> read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const override;

private:
    Result<void> chooseProfile(const DatasetOptions& options, bool facebook);
    Result<void> readCounts(const Hdf5File& file, const Job& job);
    Result<void> readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const override;
    Failure unusable(const std::string& field, std::int64_t row, std::string expected, double found,
                     bool isId = false) const;

    Hdf5Columns m_numbers, m_ids;
    std::optional<Hdf5Columns> m_labels;
};

Error noRows(const std::string& path, std::string field, std::string expected, std::string found) {
    return Error("E-HDATA-005", "The HDF5 file holds no rows that can be predicted.")
        .inFile(path)
        .inField(std::move(field))
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(
            "Write the datasets numerical and categorical (rows, features), or columns num_0, …, cat_0, …, and label "
            "where it is known.");
}

Result<DatasetPtr> Hdf5Dataset::open(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    auto dataset = std::make_shared<Hdf5Dataset>();
    dataset->m_path = source.path;
    DLRM_TRY(auto opened, RandomAccessFile::open(source.path));
    dataset->m_files = {opened};
    DLRM_TRY(const auto file, Hdf5File::open(std::move(opened), job.stop));
    const auto form = std::find_if(kForms.begin(), kForms.end(), [&](const Form& f) {
        return !columnsOf(*file, f.categorical, f.categoricalColumn).empty();
    });
    if (form == kForms.end())
        return fail(noRows(source.path, {}, "categorical, cat_0 or X_cat",
                           fmt::format("{} other objects", file->objects().size())));
    const Objects numbers = columnsOf(*file, form->numerical, form->numericalColumn);
    if (numbers.empty()) return fail(noRows(source.path, form->numerical, "the numbers of the rows", "none"));
    DLRM_TRY(dataset->m_ids, Hdf5Columns::open(*file, columnsOf(*file, form->categorical, form->categoricalColumn),
                                               source.dictionary.get(), job));
    DLRM_TRY(dataset->m_numbers, Hdf5Columns::open(*file, numbers, nullptr, job));
    if (const Hdf5Object* label = file->find(form->label)) {
        DLRM_TRY(dataset->m_labels, Hdf5Columns::open(*file, Objects{label}, nullptr, job));
    }
    const std::int64_t rows = dataset->m_ids.rows();
    if (dataset->m_numbers.rows() != rows)
        return fail(noRows(source.path, form->numerical,
                           fmt::format("{} as in {}", counted(rows, "row"), dataset->m_ids.pathOf(0)),
                           counted(dataset->m_numbers.rows(), "row")));
    if (dataset->m_labels && (dataset->m_labels->rows() != rows || dataset->m_labels->columns() != 1))
        return fail(noRows(source.path, form->label, fmt::format("{} labels", rows),
                           fmt::format("{} × {}", dataset->m_labels->rows(), dataset->m_labels->columns())));
    if (rows == 0) return emptySplit(source.path);

    dataset->nameColumns(dataset->m_numbers.columns(), dataset->m_ids.columns(), form->label + 1);
    if (form->facebook) DLRM_TRY(dataset->readCounts(*file, job));
    else if (source.dictionary) DLRM_TRY(dataset->useDictionary(source.dictionary));
    DLRM_TRY(dataset->chooseProfile(options, form->facebook));
    if (const auto& unknown = dataset->m_ids.unknownValues(); unknown && unknown->unknown > 0)
        dataset->m_notes.insert(unknown->most() ? dataset->m_notes.begin() : dataset->m_notes.end(),
                                unknown->sentence());
    return DatasetPtr(std::move(dataset));
}

Result<void> Hdf5Dataset::chooseProfile(const DatasetOptions& options, bool facebook) {
    if (!facebook && !m_numbers.areIntegers()) {
        recordProfile(options);
        return {};
    }
    static constexpr std::array<std::string_view, 1> kFacebook{"facebookresearch"};
    static constexpr std::array<std::string_view, 2> kRaw{"nvidia_spark", "facebookresearch"};
    const auto fitting =
        facebook ? std::span<const std::string_view>(kFacebook) : std::span<const std::string_view>(kRaw);
    DLRM_TRY(const auto profile, profileForRawRows(options.profile, fitting[0], fitting, m_path));
    transformBy(*profile);
    m_notes = {std::string(m_raw->numbers), std::string(m_raw->categories)};
    return {};
}

// Of facebookresearch's final file: rows of each table.
Result<void> Hdf5Dataset::readCounts(const Hdf5File& file, const Job& job) {
    const Hdf5Object* o = file.find("/counts");
    if (!o) return {};
    DLRM_TRY(const auto counts, Hdf5Columns::open(file, Objects{o}, nullptr, job));
    std::vector<double> values;
    if (counts.rows() != m_ids.columns() || counts.columns() != 1)
        return fail(noRows(path(), "counts", counted(m_ids.columns(), "value"), fmt::format("{}", counts.rows())));
    DLRM_TRY(counts.read(0, counts.rows(), values));
    for (const double v : values) {
        if (!(v >= 1 && v <= 2147483648.0) || v != std::floor(v))
            return fail(noRows(path(), "counts", "1 … 2^31", fmt::format("{}", v)));
        m_schema.cardinalities.push_back(static_cast<std::int64_t>(v));
    }
    m_idLimits = m_schema.cardinalities;
    return {};
}

Failure Hdf5Dataset::unusable(const std::string& field, std::int64_t row, std::string expected, double found,
                              bool isId) const {
    const bool outside = isId && found == std::floor(found);
    return fail((outside ? Error("E-HDATA-007", "A category id is outside its embedding table.")
                         : Error("E-HDATA-006", "A row holds no usable number."))
                    .inFile(path())
                    .atRow(row)
                    .inField(field)
                    .butExpected(std::move(expected))
                    .butFound(outside ? fmt::format("{:.0f}", found) : fmt::format("{}", found))
                    .withRemedy("The file is damaged or was written by another preprocessing."));
}

Result<void> Hdf5Dataset::readBlock(std::int64_t first, std::int64_t begin, std::int64_t count, Batch& out) const {
    thread_local std::vector<double> values;
    if (m_labels) {
        DLRM_TRY(m_labels->read(first + begin, count, values));
        for (std::int64_t r = 0; r < count; ++r) {
            const double label = values[static_cast<std::size_t>(r)];
            if (label != 0 && label != 1) return unusable(m_schema.labelName, first + begin + r, "0 or 1", label);
            out.labels[static_cast<std::size_t>(begin + r)] = static_cast<std::uint8_t>(label);
        }
    }
    DLRM_TRY(m_numbers.read(first + begin, count, values));
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const double x = values[static_cast<std::size_t>(i)];
        float& to = out.numerical[static_cast<std::size_t>(begin * out.numericals + i)];
        if (!m_raw) {
            to = static_cast<float>(x);
            continue;
        }
        if (!(x >= INT32_MIN && x <= INT32_MAX) || x != std::floor(x))
            return unusable(m_schema.numericalNames[static_cast<std::size_t>(i % out.numericals)],
                            first + begin + i / out.numericals, "a 32-bit integer", x);
        to = transformed(*m_raw, static_cast<std::int32_t>(x));
    }
    DLRM_TRY(m_ids.read(first + begin, count, values));
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const std::int64_t t = i % out.tables, row = begin + i / out.tables,
                           limit = m_idLimits[static_cast<std::size_t>(t)];
        const double id = values[static_cast<std::size_t>(i)];
        if (!(id >= 0 && id < static_cast<double>(limit)) || id != std::floor(id))
            return unusable(m_schema.categoricalNames[static_cast<std::size_t>(t)], first + row,
                            fmt::format("an id 0 … {}", limit - 1), id, true);
        out.ids[static_cast<std::size_t>(t * out.rows + row)] = static_cast<std::int32_t>(id);
    }
    return {};
}

Result<void> Hdf5Dataset::read(std::int64_t first, std::int64_t count, Batch& out, std::stop_token stop) const {
    DLRM_TRY(readByBlocks(first, count, kHdf5BlockRows, out, stop));
    return checkFiniteNumbers(out, m_schema, path());
}

Result<void> Hdf5Dataset::readRawNumbers(std::int64_t first, std::int64_t count, std::vector<double>& out,
                                         std::stop_token stop) const {
    const std::int64_t width = m_numbers.columns();
    out.resize(static_cast<std::size_t>(count * width));
    return fillByBlocks(count, kHdf5BlockRows, stop, [&](std::int64_t begin, std::int64_t rows) -> Result<void> {
        thread_local std::vector<double> values;
        DLRM_TRY(m_numbers.read(first + begin, rows, values));
        std::copy(values.begin(), values.end(), out.begin() + begin * width);
        return {};
    });
}

}  // namespace

// Columns cat_0, … without numbers are a dictionary's.
bool holdsHdf5Rows(const std::string& path, const std::stop_token& stop) {
    auto opened = RandomAccessFile::open(path);
    if (!opened) return false;
    const auto file = Hdf5File::open(*std::move(opened), stop);
    return file && std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) {
               return (*file)->find(form.categorical) ||
                      (!columnsOf(**file, form.categorical, form.categoricalColumn).empty() &&
                       !columnsOf(**file, form.numerical, form.numericalColumn).empty());
           });
}

Result<DatasetPtr> openHdf5Dataset(const DatasetSource& source, const DatasetOptions& options, const Job& job) {
    return Hdf5Dataset::open(source, options, job);
}

}  // namespace dlrm
