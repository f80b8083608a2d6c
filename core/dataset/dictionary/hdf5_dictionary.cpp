// SPDX-License-Identifier: Apache-2.0
// The HDF5 form of the category dictionaries: one file with cat_0, cat_1, …. Each is a dataset of values in the order
// of their ids from 1 on, or a group with the datasets data, id and, where there are counts, model_count, in any order
// of rows. Values are texts of 8 hex digits, or integers.
#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "core/dataset/criteo_tokens.h"
#include "core/dataset/dictionary/sources.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"

namespace dlrm {
namespace {

using FilePtr = std::shared_ptr<const Hdf5File>;

// A refused file with fewer entries than this is not worth refusing early.
constexpr std::int64_t kFewEntries = 65'536;

struct Columns {
    const Hdf5Object* data = nullptr;
    const Hdf5Object* id = nullptr;  // none: ids count from 1
    const Hdf5Object* count = nullptr;
};

Error noDictionary(const FilePtr& file, const std::string& field, std::string expected, std::string found) {
    return Error("E-DICT-017", "The HDF5 file holds no dictionary in a form that is known.")
        .inFile(file->path())
        .inField(field)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(kExportAgain);
}

Error noEntry(const FilePtr& file, const Hdf5Object& o, std::int64_t row, std::string expected, std::string found) {
    return Error("E-DICT-018", "A value of an HDF5 dictionary is not an entry.")
        .inFile(file->path())
        .inField(o.path)
        .atRow(row)
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy(kExportAgain);
}

// All values of an integer dataset.
Result<std::vector<std::int64_t>> integersOf(const FilePtr& file, const Hdf5Object& o, const std::stop_token& stop) {
    std::vector<std::int64_t> out;
    out.reserve(static_cast<std::size_t>(o.elements));
    const auto size = static_cast<std::size_t>(o.type.size);
    const bool isSigned = o.type.kind == Hdf5Kind::Int;
    DLRM_TRY(file->read(
        o, 0, o.shape[0],
        [&](std::span<const std::byte> piece) -> Result<void> {
            for (; !piece.empty(); piece = piece.subspan(size)) {
                std::uint64_t bits = 0;
                std::memcpy(&bits, piece.data(), size);
                const int shift = 64 - 8 * static_cast<int>(size);
                out.push_back(isSigned ? static_cast<std::int64_t>(bits << shift) >> shift
                                       : static_cast<std::int64_t>(bits));
            }
            return {};
        },
        stop));
    return out;
}

Result<std::vector<std::uint32_t>> valuesOf(const FilePtr& file, const Hdf5Object& o, const std::stop_token& stop) {
    std::vector<std::uint32_t> out;
    if (o.type.kind != Hdf5Kind::Text) {
        DLRM_TRY(const auto integers, integersOf(file, o, stop));
        for (const std::int64_t v : integers) {
            // facebookresearch keeps the value's 32 bits in a signed integer.
            if (v < INT32_MIN || v > UINT32_MAX)
                return fail(noEntry(file, o, std::ssize(out), "32 bits", fmt::format("{}", v)));
            out.push_back(static_cast<std::uint32_t>(v));
        }
        return out;
    }
    DLRM_TRY(file->readTexts(
        o,
        [&](std::string_view text) -> Result<void> {
            std::uint32_t hex = 0;
            if (text.size() != 8 || !parseHex8(text.data(), hex))
                return fail(noEntry(file, o, std::ssize(out), "8 digits 0-9 a-f in lower case",
                                    fmt::format("\"{}\"", text.substr(0, 40))));
            out.push_back(hex);
            return {};
        },
        stop));
    return out;
}

Result<HexTable> readTable(const FilePtr& file, const Columns& columns, const std::stop_token& stop) {
    const std::string path = file->path();
    DLRM_TRY(auto builder, DictionaryTableBuilder::create(columns.data->elements, path, stop));
    DLRM_TRY(const auto values, valuesOf(file, *columns.data, stop));
    std::vector<std::int64_t> ids, counts;
    for (const auto& [object, to] : {std::pair{columns.id, &ids}, std::pair{columns.count, &counts}}) {
        if (!object) continue;
        DLRM_TRY(*to, integersOf(file, *object, stop));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        if (!counts.empty() && counts[i] < 0)
            return fail(noEntry(file, *columns.count, row, "0 or more", fmt::format("{}", counts[i])));
        DLRM_TRY(builder.add(values[i], ids.empty() ? row + 1 : ids[i], counts.empty() ? -1 : counts[i], path, row));
    }
    return builder.finish();
}

Result<Columns> columnsOf(const FilePtr& file, const Hdf5Object& table) {
    Columns out;
    if (table.isDataset) {
        out.data = &table;
    } else {
        out.data = file->find(table.path + "/data");
        out.id = file->find(table.path + "/id");
        out.count = file->find(table.path + "/model_count");
        if (!out.data || !out.id)
            return fail(noDictionary(file, table.path, "the datasets data and id", out.data ? "no id" : "no data"));
    }
    for (const Hdf5Object* o : {out.data, out.id, out.count}) {
        if (!o) continue;
        if (!o->refused.empty()) return fail(file->read(*o, 0, 0, {}).error());  // says why
        const bool text = o == out.data && o->type.kind == Hdf5Kind::Text;
        if (!o->isDataset || o->shape.size() != 1 || o->elements != out.data->elements ||
            !(text || o->type.kind == Hdf5Kind::Int || o->type.kind == Hdf5Kind::UInt))
            return fail(
                noDictionary(file, o->path, "texts or integers in one dimension, as many as data",
                             o->isDataset ? fmt::format("{} {}", name(o->type), shapeText(o->shape)) : "a group"));
    }
    // A value takes four bytes, which do not pack: where there are more of them than bytes, they are not there.
    if (out.data->elements > kFewEntries && out.data->elements > file->file()->size())
        return fail(
            noDictionary(file, out.data->path,
                         fmt::format("at most {} entries in {} bytes", file->file()->size(), file->file()->size()),
                         fmt::format("{}", out.data->elements)));
    return out;
}

}  // namespace

Result<std::vector<DictionaryTable>> hdf5Tables(const std::string& path, const std::stop_token& stop) {
    DLRM_TRY(auto opened, RandomAccessFile::open(path));
    DLRM_TRY(const auto file, Hdf5File::open(std::move(opened), stop));
    std::vector<DictionaryTable> tables;
    while (const Hdf5Object* table = file->find(fmt::format("/cat_{}", tables.size()))) {
        DLRM_TRY(const auto columns, columnsOf(file, *table));
        tables.push_back({path, columns.data->elements * std::max(columns.data->type.size, 8),
                          [file, columns](const std::stop_token& s) { return readTable(file, columns, s); }});
    }
    if (tables.empty())
        return fail(noDictionary(file, {}, "cat_0, cat_1, …", fmt::format("{} other objects", file->objects().size())));
    return tables;
}

bool holdsHdf5Dictionary(const std::string& path, const std::stop_token& stop) {
    auto opened = RandomAccessFile::open(path);
    if (!opened) return false;
    const auto file = Hdf5File::open(*std::move(opened), stop);
    return file && (*file)->find("/cat_0");
}

}  // namespace dlrm
