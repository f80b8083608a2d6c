// SPDX-License-Identifier: Apache-2.0
// One .npy array, or the arrays of an .npz archive: tables or kernels taken out of a model. They can be looked at, as a
// model without predictions.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/base/extension.h"
#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/feature_files.h"
#include "core/formats/zip.h"

namespace dlrm {
namespace {

struct Array {
    std::string name;  // shown
    std::shared_ptr<RandomAccessFile> file;
    NpyHeader header;
};

bool isMatrix(const NpyHeader& h) { return h.type.kind == NpyKind::Float && h.shape.size() == 2 && h.elements > 0; }

// A model of the arrays with rows and columns; the others are listed.
Result<Checkpoint::Contents> partOfModel(const std::string& path, std::string_view layout, std::string description,
                                         const std::shared_ptr<RandomAccessFile>& container,
                                         std::vector<Array> arrays) {
    const std::string file = container->path().substr(container->path().rfind('/') + 1);
    CheckpointPieces pieces(path, layout, std::move(description));
    pieces.missing = {"embedding tables by feature", "bottom MLP", "top MLP"};
    std::vector<CheckpointFile> files;
    for (Array& array : arrays) {
        files.push_back(
            {file, array.header.dataBytes, array.name, shapeText(array.header.shape), name(array.header.type)});
        if (!isMatrix(array.header)) continue;
        const DType dtype = floatType(array.header.type);
        auto table = wholeTable({array.name, array.file, std::move(array.header), dtype, {}, {}});
        if (!table && arrays.size() == 1) return fail(std::move(table.error()));
        if (!table) continue;  // larger than a table can be: listed only
        pieces.tables.push_back(std::move(*table));
        pieces.tableNames.push_back(array.name);
    }
    if (pieces.tables.empty())
        return fail(
            Error("E-PART-001", "The file holds no array that could be a table or a kernel.")
                .inFile(path)
                .butExpected("floating point numbers in rows and columns")
                .butFound(arrays.empty() ? "no array"
                                         : fmt::format("{}: {} {}", arrays[0].name, name(arrays[0].header.type),
                                                       shapeText(arrays[0].header.shape)))
                .withRemedy(
                    "Open the directory of the checkpoint, or export the table as an array of two dimensions."));
    DLRM_TRY(auto contents, buildContents(std::move(pieces), {}));
    contents.files = std::move(files);
    keepOpen(contents, container);
    return contents;
}

// The member's array where it lies, if it is stored as it is; else unpacked. Nothing: the member is no array.
Result<std::optional<Array>> arrayOf(const std::shared_ptr<RandomAccessFile>& archive, const PackedRange& member,
                                     const Job& job) {
    constexpr std::string_view kExtension = ".npy";
    if (!member.name.ends_with(kExtension)) return std::optional<Array>();
    Array array{member.name.substr(0, member.name.size() - kExtension.size()), archive, {}};
    if (member.packing == Packing::Stored) {
        std::vector<std::byte> head(static_cast<std::size_t>(std::min(member.bytes, kMaxNpyHeader + 12)));
        DLRM_TRY(archive->read(member.offset, head));
        auto header = parseNpyHeader(head, member.bytes, archive->path());
        if (!header) return fail(std::move(header.error()).inField(member.name));
        array.header = std::move(*header);
        array.header.dataOffset += member.offset;
        return std::optional(std::move(array));
    }
    DLRM_TRY(array.file, unpack(*archive, member, job));
    DLRM_TRY(array.header, readNpyHeader(*array.file));
    return std::optional(std::move(array));
}

}  // namespace

bool recognisesNpz(const CheckpointDirectory& directory) {
    return lowerExtension(directory.file.value_or("")) == ".npz";
}

Result<Checkpoint::Contents> openNpz(const std::string& path, const CheckpointDirectory&,
                                     const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(refuseTableOrder(path, options));
    DLRM_TRY(auto archive, RandomAccessFile::open(path));
    DLRM_TRY(const auto members, readZipDirectory(*archive));
    std::vector<Array> arrays;
    for (const PackedRange& member : members) {
        if (job.stopped()) return cancelled();
        DLRM_TRY(auto array, arrayOf(archive, member, job));
        if (array) arrays.push_back(std::move(*array));
    }
    std::string description = fmt::format("An .npz archive of {} arrays; not a whole model.", arrays.size());
    return partOfModel(path, "NPZ", std::move(description), archive, std::move(arrays));
}

bool recognisesNpy(const CheckpointDirectory& directory) {
    return lowerExtension(directory.file.value_or("")) == ".npy";
}

Result<Checkpoint::Contents> openNpy(const std::string& path, const CheckpointDirectory& directory,
                                     const CheckpointOptions& options, const Job&) {
    DLRM_TRY(refuseTableOrder(path, options));
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    DLRM_TRY(auto header, readNpyHeader(*file));
    const std::string& name = *directory.file;
    std::vector<Array> arrays{{name.substr(0, name.size() - std::string_view(".npy").size()), file, std::move(header)}};
    return partOfModel(path, "NPY", "One .npy array; not a whole model.", file, std::move(arrays));
}

}  // namespace dlrm
