// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/keras_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/float_conversions.h"
#include "core/checkpoint/contents_builder.h"
#include "core/checkpoint/keras_layers.h"
#include "core/formats/zip.h"

namespace dlrm {
namespace {

using Hdf5FilePtr = std::shared_ptr<const Hdf5File>;

// An HDF5 file, and where its bytes lie in the file that was given: a stored member of an archive begins at `offset` of `file`.
struct Weights {
    Hdf5FilePtr hdf5;
    std::shared_ptr<RandomAccessFile> file;
    std::int64_t offset = 0;
};

// Of the weights inside a .keras archive.
Result<Weights> openArchive(const std::shared_ptr<RandomAccessFile>& file, const ProgressFn& progress, const std::stop_token& stop) {
    const auto members = readZipDirectory(*file);
    if (!members) return fail(members.error());
    const auto member = std::find_if(members->begin(), members->end(), [](const PackedRange& m) { return m.name == "model.weights.h5"; });
    if (member == members->end())
        return fail(Error("E-KERAS-006", "The Keras archive holds no weights.")
                        .inFile(file->path()).butExpected("a member model.weights.h5").butFound(members->empty() ? "no member" : members->front().name)
                        .withRemedy("Save the model again with Keras."));
    auto unpacked = unpack(*file, *member, progress, stop);
    if (!unpacked) return fail(std::move(unpacked.error()));
    auto hdf5 = Hdf5File::open(*unpacked, stop);
    if (!hdf5) return fail(std::move(hdf5.error()));
    const bool stored = member->packing == Packing::Stored;
    return Weights{std::move(*hdf5), stored ? file : *unpacked, stored ? member->offset : 0};
}

// All values, little-endian.
Result<std::vector<std::byte>> bytesOf(const Hdf5File& file, const Hdf5Object& o) {
    std::vector<std::byte> out;
    out.reserve(static_cast<std::size_t>(o.elements * o.type.size));
    const auto ok = file.read(o, 0, o.shape[0], [&](std::span<const std::byte> piece) -> Result<void> {
        out.insert(out.end(), piece.begin(), piece.end());
        return {};
    });
    if (!ok) return fail(ok.error());
    return out;
}

template <class Bits, class Convert>
std::vector<float> converted(std::span<const std::byte> bytes, Convert convert) {
    std::vector<float> out(bytes.size() / sizeof(Bits));
    for (std::size_t i = 0; i < out.size(); ++i) {
        Bits bits;
        std::memcpy(&bits, bytes.data() + i * sizeof(Bits), sizeof(Bits));
        out[i] = convert(bits);
    }
    return out;
}

std::vector<float> floatsOf(std::span<const std::byte> bytes, DType dtype) {
    switch (dtype) {
        case DType::Float16: return converted<std::uint16_t>(bytes, halfToFloat);
        case DType::BFloat16: return converted<std::uint16_t>(bytes, bfloat16ToFloat);
        case DType::Float64: return converted<std::uint64_t>(bytes, [](std::uint64_t b) { return static_cast<float>(std::bit_cast<double>(b)); });
        default: return converted<std::uint32_t>(bytes, [](std::uint32_t b) { return std::bit_cast<float>(b); });
    }
}

NpyTensor tensorOf(const Weights& w, const Hdf5Object& o) {
    NpyTensor out;
    out.name = w.file->path().substr(w.file->path().rfind('/') + 1);
    out.file = w.file;
    out.header.shape = o.shape;
    out.header.elements = o.elements;
    out.header.dataBytes = o.elements * o.type.size;
    out.header.dataOffset = w.offset + std::max<std::int64_t>(o.offset, 0);
    out.header.type = {NpyKind::Float, o.type.size, o.type.bigEndian};
    out.dtype = o.type.kind != Hdf5Kind::Float ? DType::BFloat16 : o.type.size == 2 ? DType::Float16 : o.type.size == 4 ? DType::Float32 : DType::Float64;
    out.stored = [hdf5 = w.hdf5, &o] { return bytesOf(*hdf5, o); };
    out.reader = [hdf5 = w.hdf5, &o, dtype = out.dtype]() -> Result<std::vector<float>> {
        const auto bytes = bytesOf(*hdf5, o);
        if (!bytes) return fail(bytes.error());
        return floatsOf(*bytes, dtype);
    };
    return out;
}

Result<std::vector<OpenLayer>> openLayers(const Weights& weights, const std::vector<KerasLayer>& layers) {
    std::vector<OpenLayer> out;
    for (const KerasLayer& l : layers) {
        auto layer = wholeLayer(tensorOf(weights, *l.kernel), tensorOf(weights, *l.bias));
        if (!layer) return fail(std::move(layer.error()));
        out.push_back(std::move(*layer));
    }
    return out;
}

std::string describe(const KerasMlps& mlps) {
    std::string out = fmt::format("Weights of Dense layers that Keras saved ({}); not a whole model. ", mlps.kind);
    out += mlps.byNames ? "Names say which MLP they are." : "No name says which MLP they are: the one that ends with one output is taken for the top MLP.";
    if (!mlps.others.empty()) out += fmt::format(" {} other weights are left out.", mlps.others.size());
    return out;
}

Result<Checkpoint::Contents> partOfModel(const std::string& path, const Weights& weights, const CheckpointOptions& options) {
    const auto mlps = findKerasMlps(*weights.hdf5);
    if (!mlps) return fail(mlps.error());
    CheckpointPieces pieces;
    pieces.path = path;
    pieces.layout = "Keras";
    pieces.description = describe(*mlps);
    pieces.missing = {"embedding tables"};
    if (mlps->bottom.empty()) pieces.missing.emplace_back("bottom MLP");
    if (mlps->top.empty()) pieces.missing.emplace_back("top MLP");
    auto bottom = openLayers(weights, mlps->bottom);
    if (!bottom) return fail(std::move(bottom.error()));
    auto top = openLayers(weights, mlps->top);
    if (!top) return fail(std::move(top.error()));
    pieces.bottom = std::move(*bottom);
    pieces.top = std::move(*top);
    // A dataset's features are those of the tables, which are not here.
    CheckpointOptions withoutTables = options;
    withoutTables.cardinalities.clear();
    return buildContents(std::move(pieces), withoutTables);
}

}  // namespace

bool looksLikeArchive(const RandomAccessFile& file) {
    std::array<std::byte, 2> head;
    return file.size() > 4 && file.read(0, head) && head[0] == std::byte{'P'} && head[1] == std::byte{'K'};
}

Result<Checkpoint::Contents> openKerasArchive(const std::string& path, const std::shared_ptr<RandomAccessFile>& file, const CheckpointOptions& options, const ProgressFn& progress,
                                              std::stop_token stop) {
    auto weights = openArchive(file, progress, stop);
    if (!weights) return fail(std::move(weights.error()));
    return partOfModel(path, *weights, options);
}

Result<Checkpoint::Contents> openKeras(const std::string& path, const std::shared_ptr<const Hdf5File>& file, const CheckpointOptions& options) {
    return partOfModel(path, {file, file->file(), 0}, options);
}

}  // namespace dlrm
