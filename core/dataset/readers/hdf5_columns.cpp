// SPDX-License-Identifier: Apache-2.0
#include "core/dataset/readers/hdf5_columns.h"

#include <bit>
#include <cerrno>
#include <limits>

#include <fmt/format.h>

#include "core/base/counted.h"
#include "core/base/float_conversions.h"
#include "core/base/temporary_file.h"
#include "core/dataset/criteo_tokens.h"
#include "core/dataset/dictionary/hex_table.h"
#include "core/dataset/readers/integer_at.h"
#include "core/formats/npy.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostHdf5Columns = 4096;
constexpr std::size_t kIdsAtOnce = 1 << 16;
constexpr std::int64_t kFewTexts = 1 << 16;  // of any file
constexpr std::int64_t kMostTextsPerByte =
    16;  // of the file, in all columns: hexadecimal digits do not pack that well, only texts that are not there do

Error otherForm(const Hdf5File& file, const Hdf5Object& o, std::string expected, std::string found) {
    return Error("E-HDATA-001", "The HDF5 file holds no rows in a form that is known.")
        .inFile(file.path())
        .inField(o.path)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(
            "Write the datasets label, numerical (rows, features) and categorical (rows, features), or columns num_0, "
            "…, cat_0, …, with equal rows.");
}

double exact(std::int64_t v) {
    return v >= -(std::int64_t{1} << 53) && v <= std::int64_t{1} << 53 ? static_cast<double>(v)
                                                                       : std::numeric_limits<double>::quiet_NaN();
}

double valueAt(const std::byte* p, const Hdf5Type& type) {
    if (type.kind == Hdf5Kind::BFloat) return static_cast<double>(bfloat16ToFloat(bitsAt<std::uint16_t>(p, false)));
    if (type.kind == Hdf5Kind::Float)
        return type.size == 8   ? std::bit_cast<double>(bitsAt<std::uint64_t>(p, false))
               : type.size == 4 ? static_cast<double>(std::bit_cast<float>(bitsAt<std::uint32_t>(p, false)))
                                : static_cast<double>(halfToFloat(bitsAt<std::uint16_t>(p, false)));
    const bool isUnsigned = type.kind == Hdf5Kind::UInt;
    const std::int64_t v = integerAt(p, type.size, isUnsigned, false);
    return isUnsigned && v < 0 ? std::numeric_limits<double>::quiet_NaN() : exact(v);
}

bool isNumber(const Hdf5Type& t) { return t.kind != Hdf5Kind::Text && t.kind != Hdf5Kind::Opaque; }

// The ids of a dataset of texts, as int32 in an unnamed temporary file. What is not in the dictionary is added to
// `unknown`.
Result<Hdf5Values> idsOf(const Hdf5File& file, const Hdf5Object& o, const Dictionary& dictionary,
                         std::size_t firstFeature, UnknownValues& unknown, const std::stop_token& stop) {
    const std::int64_t width = o.shape.size() == 2 ? o.shape[1] : 1;
    std::string folder;
    UniqueFd fd = unnamedTemporaryFile(folder);
    const auto unwritable = [&](int error) {
        return fail(Error("E-HDATA-004", "The ids of the rows cannot be written to a temporary file.")
                        .inFile(folder)
                        .inField(o.path)
                        .butExpected("a folder with enough free space")
                        .butFound(std::strerror(error))
                        .withRemedy("Name a folder with more space in TMPDIR."));
    };
    if (!fd) return unwritable(errno);
    std::vector<std::int32_t> ids;
    std::vector<std::string> names;
    for (std::size_t f = 0; f < firstFeature + static_cast<std::size_t>(width); ++f)
        names.push_back(fmt::format("cat_{}", f));
    std::int64_t at = 0;
    const auto write = [&]() -> Result<void> {
        if (!writeAll(fd.get(), std::as_bytes(std::span(ids)))) return unwritable(errno);
        ids.clear();
        return {};
    };
    DLRM_TRY(file.readTexts(
        o,
        [&](std::string_view text) -> Result<void> {
            std::uint32_t hex = 0;
            if (!text.empty() && (text.size() != 8 || !parseHex8(text.data(), hex)))
                return fail(Error("E-HDATA-002", "A row holds no usable value.")
                                .inFile(file.path())
                                .inField(o.path)
                                .atRow(at / width)
                                .butExpected("8 digits 0-9 a-f in lower case, or an empty text")
                                .butFound(fmt::format("\"{}\"", text.substr(0, 40)))
                                .withRemedy("Write the categories as the raw rows have them."));
            const std::size_t feature = firstFeature + static_cast<std::size_t>(at % width);
            ids.push_back(text.empty() ? 0 : dictionary.table(feature).find(hex));
            if (!text.empty()) unknown.add(feature, names[feature], text, at / width, ids.back() != 0);
            ++at;
            return ids.size() < kIdsAtOnce ? Result<void>() : write();
        },
        stop));
    DLRM_TRY(write());
    DLRM_TRY(auto adopted, RandomAccessFile::adopt(std::move(fd), fmt::format("{} ({})", file.path(), o.path)));
    return Hdf5Values{std::move(adopted), 0, at * 4};
}

}  // namespace

Result<Hdf5Columns> Hdf5Columns::open(const Hdf5File& file, std::span<const Hdf5Object* const> sources,
                                      const Dictionary* dictionary, const Job& job) {
    Hdf5Columns out;
    std::int64_t texts = 0;
    for (const Hdf5Object* o : sources) {
        const bool matrix = o->shape.size() == 2 && sources.size() == 1, text = o->type.kind == Hdf5Kind::Text;
        if (!o->refused.empty()) return fail(file.read(*o, 0, 0, {}).error());  // says why
        if (!o->isDataset || (o->shape.size() != 1 && !matrix) || !(isNumber(o->type) || text))
            return fail(otherForm(file, *o,
                                  matrix ? "numbers or texts in two dimensions" : "numbers or texts in one dimension",
                                  o->isDataset ? fmt::format("{} {}", name(o->type), shapeText(o->shape)) : "a group"));
        const std::int64_t width = matrix ? o->shape[1] : 1;
        if (out.m_sources.empty()) out.m_rows = o->shape[0];
        if (o->shape[0] != out.m_rows || width == 0 || out.m_columns + width > kMostHdf5Columns)
            return fail(otherForm(
                file, *o, fmt::format("{} and at most {} columns", counted(out.m_rows, "row"), kMostHdf5Columns),
                shapeText(o->shape)));
        out.m_integers = out.m_integers && (o->type.kind == Hdf5Kind::Int || o->type.kind == Hdf5Kind::UInt);
        Hdf5Type type = o->type;
        Result<Hdf5Values> values = Hdf5Values{};
        if (text) {
            if (__builtin_add_overflow(texts, o->elements, &texts) ||
                (texts > kFewTexts && texts / kMostTextsPerByte > file.file()->size()))
                return fail(otherForm(
                    file, *o, fmt::format("at most {} texts for each byte of the file", kMostTextsPerByte),
                    fmt::format("{} in a file of {} bytes", counted(o->elements, "text"), file.file()->size())));
            if (!dictionary || out.m_columns + width > static_cast<std::int64_t>(dictionary->features()))
                return fail(Error("E-HDATA-003", "Raw categories need the dictionary of the training.")
                                .inFile(file.path())
                                .inField(o->path)
                                .butExpected("a dictionary with this feature")
                                .butFound(dictionary
                                              ? fmt::format("one of {}", counted(dictionary->features(), "feature"))
                                              : "none")
                                .withRemedy("Give the dictionary as well (--dictionary)."));
            UnknownValues& unknown = out.m_unknown ? *out.m_unknown : out.m_unknown.emplace();
            unknown.rows = out.m_rows;
            unknown.allRows = true;
            values = idsOf(file, *o, *dictionary, static_cast<std::size_t>(out.m_columns), unknown, job.stop);
            type = {Hdf5Kind::Int, 4, false};
        } else {
            values = file.values(*o, job);
        }
        DLRM_TRY(values);
        out.m_columns += width;
        out.m_sources.push_back({o->path, std::move(*values), type, width});
    }
    return out;
}

const std::string& Hdf5Columns::pathOf(std::int64_t column) const {
    return m_sources[m_sources.size() == 1 ? 0 : static_cast<std::size_t>(column)].path;
}

Result<void> Hdf5Columns::read(std::int64_t first, std::int64_t count, std::vector<double>& out) const {
    thread_local std::vector<std::byte> buffer;
    out.resize(static_cast<std::size_t>(count * m_columns));
    std::int64_t column = 0;
    for (const Source& s : m_sources) {
        const std::int64_t size = s.type.size, rowBytes = s.width * size;
        buffer.resize(static_cast<std::size_t>(count * rowBytes));
        DLRM_TRY(s.values.file->read(s.values.offset + first * rowBytes, buffer));
        for (std::int64_t r = 0; r < count; ++r)
            for (std::int64_t c = 0; c < s.width; ++c)
                out[static_cast<std::size_t>(r * m_columns + column + c)] =
                    valueAt(buffer.data() + r * rowBytes + c * size, s.type);
        column += s.width;
    }
    return {};
}

}  // namespace dlrm
