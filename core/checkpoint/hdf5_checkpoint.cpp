// SPDX-License-Identifier: Apache-2.0
// A checkpoint that convert wrote as one HDF5 file. Tables are mapped chunk by chunk where they lie; a file that other software packed anew is
// unpacked. Names, order and shapes come from the file's attributes, which the reader in its own process lists.
#include "core/checkpoint/hdf5_checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "core/base/float_conversions.h"
#include "core/checkpoint/contents_builder.h"
#include "core/checkpoint/feature_files.h"
#include "core/formats/fletcher32.h"

namespace dlrm {
namespace {

constexpr std::int64_t kChecksumBytes = 4;
constexpr std::int64_t kMostLayerBytes = std::int64_t{8} << 30;  // of one kernel; shapes are checked again when the model is put together

using Hdf5FilePtr = std::shared_ptr<const Hdf5File>;

Error notOurs(const Hdf5File& file, std::string what, std::string expected, std::string found) {
    return Error("E-HCKPT-001", "The HDF5 file is not a checkpoint that this program can read.")
        .inFile(file.path()).inField(std::move(what)).butExpected(std::move(expected)).butFound(std::move(found))
        .withRemedy("convert the checkpoint again; a newer version of this program may have written it");
}

std::optional<std::int64_t> integer(const Hdf5Object& object, std::string_view name) {
    const Hdf5Attribute* a = object.attribute(name);
    return a && a->integers.size() == 1 ? std::optional(a->integers.front()) : std::nullopt;
}

std::optional<DType> floatTypeOf(const Hdf5Type& type) {
    if (type.kind == Hdf5Kind::BFloat) return DType::BFloat16;
    if (type.kind != Hdf5Kind::Float) return std::nullopt;
    return type.size == 2 ? DType::Float16 : type.size == 4 ? DType::Float32 : DType::Float64;
}

// The dataset at `path`, of floats, with `rank` dimensions.
Result<const Hdf5Object*> floatsAt(const Hdf5File& file, const std::string& path, std::size_t rank) {
    const Hdf5Object* object = file.find(path);
    if (!object || !object->isDataset || !object->refused.empty())
        return fail(notOurs(file, path, "a dataset", !object ? "nothing there" : object->refused.empty() ? "a group" : object->refused));
    if (!floatTypeOf(object->type) || object->shape.size() != rank || object->elements < 1)
        return fail(notOurs(file, path, fmt::format("floating point numbers in {} dimension{}", rank, rank == 1 ? "" : "s"),
                            fmt::format("{} {}", name(object->type), shapeText(object->shape))));
    return object;
}

// The values of a dataset as they are in memory, little-endian, in C order. Compares what checksums there are.
Result<std::vector<std::byte>> storedValues(const Hdf5FilePtr& file, const Hdf5Object& object) {
    const std::int64_t bytes = object.elements * object.type.size;
    if (bytes > kMostLayerBytes) return fail(notOurs(*file, object.path, "a layer", shapeText(object.shape)));
    std::vector<std::byte> out;
    out.reserve(static_cast<std::size_t>(bytes));
    const auto sink = [&](std::span<const std::byte> part) -> Result<void> {
        out.insert(out.end(), part.begin(), part.end());
        return {};
    };
    // Whole rows chunk after chunk, as convert writes them, need no process of their own.
    const bool byRows = !object.chunks.empty() && !object.type.bigEndian && std::equal(object.shape.begin() + 1, object.shape.end(), object.chunkShape.begin() + 1);
    if (!byRows) {
        if (auto read = file->read(object, 0, object.shape[0], sink); !read) return fail(std::move(read.error()));
        return out;
    }
    std::vector<std::byte> chunk;
    for (const Hdf5Chunk& c : object.chunks) {
        chunk.resize(static_cast<std::size_t>(c.bytes));
        if (auto read = file->file()->read(c.offset, chunk); !read) return fail(std::move(read.error()));
        if (auto right = checkHdf5Chunk(*file->file(), object, c, chunk); !right) return fail(std::move(right.error()));
        const std::size_t values = chunk.size() - (object.filters.empty() ? 0 : kChecksumBytes);
        out.insert(out.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(std::min(values, static_cast<std::size_t>(bytes) - out.size())));
    }
    if (auto same = file->file()->checkUnchanged(); !same) return fail(std::move(same.error()));
    return out;
}

std::vector<float> toFloats(const std::vector<std::byte>& bytes, DType dtype) {
    const std::int64_t item = itemSize(dtype), count = static_cast<std::int64_t>(bytes.size()) / item;
    std::vector<float> out(static_cast<std::size_t>(count));
    const TableView view(1, count, dtype, {TablePart{0, 1, 0, count, bytes.data(), count * item, item, false}});
    view.copyRow(0, out);
    return out;
}

NpyTensor tensorOf(const Hdf5FilePtr& file, const Hdf5Object& object) {
    NpyTensor out;
    out.name = file->path().substr(file->path().rfind('/') + 1);
    out.file = file->file();
    out.dtype = *floatTypeOf(object.type);
    out.header.type = {NpyKind::Float, object.type.size, object.type.bigEndian};
    out.header.shape = object.shape;
    out.header.elements = object.elements;
    out.header.dataOffset = object.chunks.empty() ? object.offset : object.chunks.front().offset;
    out.header.dataBytes = object.elements * object.type.size;
    out.stored = [file, at = &object] { return storedValues(file, *at); };
    out.reader = [file, at = &object, dtype = out.dtype]() -> Result<std::vector<float>> {
        auto bytes = storedValues(file, *at);
        if (!bytes) return fail(std::move(bytes.error()));
        return toFloats(*bytes, dtype);
    };
    return out;
}

// One part per chunk.
std::vector<TablePart> partsOf(const Hdf5Object& object, const std::byte* mapped) {
    const std::int64_t item = object.type.size, chunkRows = object.chunkShape[0], chunkColumns = object.chunkShape[1];
    const std::int64_t across = (object.shape[1] + chunkColumns - 1) / chunkColumns;
    std::vector<TablePart> parts;
    parts.reserve(object.chunks.size());
    for (std::size_t c = 0; c < object.chunks.size(); ++c) {
        TablePart part;
        part.firstRow = static_cast<std::int64_t>(c) / across * chunkRows;
        part.rows = std::min(chunkRows, object.shape[0] - part.firstRow);
        part.firstColumn = static_cast<std::int64_t>(c) % across * chunkColumns;
        part.columns = std::min(chunkColumns, object.shape[1] - part.firstColumn);
        part.data = mapped + object.chunks[c].offset;
        part.rowStride = chunkColumns * item;
        part.columnStride = item;
        part.byteSwapped = object.type.bigEndian;
        parts.push_back(part);
    }
    return parts;
}

Result<OpenTable> openTable(const Hdf5FilePtr& file, const std::string& path, const ProgressFn& progress, const std::stop_token& stop) {
    auto object = floatsAt(*file, path, 2);
    if (!object) return fail(std::move(object.error()));
    NpyTensor tensor = tensorOf(file, **object);
    if (!(*object)->chunks.empty()) {
        const auto mapped = file->file()->map(Access::Random);
        if (!mapped) return fail(mapped.error());
        return tableInParts(std::move(tensor), partsOf(**object, mapped->data()));
    }
    if (!(*object)->isMapped()) {  // packed by other software
        auto values = file->values(**object, progress, stop);
        if (!values) return fail(std::move(values.error()));
        tensor.file = values->file;
        tensor.header.dataOffset = values->offset;
        tensor.header.type.bigEndian = false;
    }
    return wholeTable(std::move(tensor));
}

// Error E-HCKPT-001 unless the group holds `layers` layers: numbers beyond those that follow one another belong to a layer that is lost.
Result<void> checkLayerCount(const Hdf5File& file, const std::string& group, std::size_t layers) {
    const auto inGroup = [&](const Hdf5Object& o) { return o.path.starts_with(group + "/") && o.path.find('/', group.size() + 1) == std::string::npos; };
    const auto count = static_cast<std::size_t>(std::count_if(file.objects().begin(), file.objects().end(), inGroup));
    if (count == layers) return {};
    return fail(notOurs(file, group, fmt::format("groups 0 … {}", count - 1), fmt::format("no group {}", layers)));
}

Result<std::vector<OpenLayer>> openLayers(const Hdf5FilePtr& file, const std::string& group) {
    std::vector<OpenLayer> out;
    for (int k = 0; file->find(fmt::format("{}/{}", group, k)); ++k) {
        const std::string layer = fmt::format("{}/{}", group, k);
        auto kernel = floatsAt(*file, layer + "/kernel", 2);
        if (!kernel) return fail(std::move(kernel.error()));
        auto bias = floatsAt(*file, layer + "/bias", 1);
        if (!bias) return fail(std::move(bias.error()));
        auto whole = wholeLayer(tensorOf(file, **kernel), tensorOf(file, **bias));
        if (!whole) return fail(std::move(whole.error()));
        out.push_back(std::move(*whole));
    }
    if (auto r = checkLayerCount(*file, group, out.size()); !r) return fail(std::move(r.error()));
    return out;
}

Result<std::vector<OpenCross>> openCross(const Hdf5FilePtr& file) {
    std::vector<OpenCross> out;
    for (int k = 0; file->find(fmt::format("/cross/{}", k)); ++k) {
        const std::string layer = fmt::format("/cross/{}", k);
        OpenCross cross;
        const bool projected = file->find(layer + "/kernel_u") != nullptr;
        if (projected) {
            auto u = floatsAt(*file, layer + "/kernel_u", 2);
            if (!u) return fail(std::move(u.error()));
            cross.u = tensorOf(file, **u);
        }
        auto v = floatsAt(*file, layer + (projected ? "/kernel_v" : "/kernel"), 2);
        if (!v) return fail(std::move(v.error()));
        auto bias = floatsAt(*file, layer + "/bias", 1);
        if (!bias) return fail(std::move(bias.error()));
        cross.v = tensorOf(file, **v);
        cross.bias = tensorOf(file, **bias);
        out.push_back(std::move(cross));
    }
    if (auto r = checkLayerCount(*file, "/cross", out.size()); !r) return fail(std::move(r.error()));
    return out;
}

// Whether `order` holds 0 … count − 1, each once.
bool isPermutation(const std::vector<std::int64_t>& order, std::size_t count) {
    std::vector<bool> seen(count);
    for (const std::int64_t i : order) {
        if (i < 0 || i >= static_cast<std::int64_t>(count) || seen[static_cast<std::size_t>(i)]) return false;
        seen[static_cast<std::size_t>(i)] = true;
    }
    return order.size() == count;
}

Result<void> addTables(CheckpointPieces& pieces, const Hdf5FilePtr& file, const Hdf5Object& root, const ProgressFn& progress, const std::stop_token& stop) {
    const Hdf5Attribute* names = root.attribute("table_order");
    if (!names) return {};
    for (const std::string& group : names->texts) {
        if (stop.stop_requested()) return cancelled();
        auto table = openTable(file, "/tables/" + group + "/values", progress, stop);
        if (!table) return fail(std::move(table.error()));
        pieces.tables.push_back(std::move(*table));
        const std::string_view name = file->find("/tables/" + group)->text("name");
        pieces.tableNames.emplace_back(name.empty() ? std::string_view(group) : name);
        pieces.featureOfTable.push_back(static_cast<int>(pieces.featureOfTable.size()));
    }
    const Hdf5Attribute* order = root.attribute("interaction_table_order");
    if (!order || !isPermutation(order->integers, pieces.tables.size()))
        return fail(notOurs(*file, "interaction_table_order", fmt::format("the numbers 0 … {}, each once", pieces.tables.size() - 1), order ? "other numbers" : "no such attribute"));
    pieces.interactionOrder.assign(order->integers.begin(), order->integers.end());
    return {};
}

// The interaction's order as the file has it, unless the user says another.
CheckpointOptions withOrderOf(const Hdf5Object& root, CheckpointOptions options) {
    if (!options.interactionOrder)
        options.interactionOrder = root.text("interaction_order") == name(InteractionOrder::Tensorflow) ? InteractionOrder::Tensorflow : InteractionOrder::CustomCuda;
    return options;
}

OrderSource orderSource(const Hdf5Object& root) {
    for (const OrderSource source : {OrderSource::User, OrderSource::Detected, OrderSource::Format})
        if (root.text("interaction_order_source") == name(source)) return source;
    return OrderSource::Default;
}

}  // namespace

bool isHdf5Checkpoint(const Hdf5File& file) { return file.objects().front().text("format") == kHdf5CheckpointFormat; }

Result<void> checkHdf5Chunk(const RandomAccessFile& file, const Hdf5Object& dataset, const Hdf5Chunk& chunk, std::span<const std::byte> bytes) {
    if (dataset.filters.empty()) return {};
    const auto values = bytes.first(bytes.size() - kChecksumBytes);
    std::uint32_t recorded = 0;
    std::memcpy(&recorded, bytes.data() + values.size(), sizeof recorded);
    const std::uint32_t sum = fletcher32(values);
    if (sum == recorded) return {};
    return fail(Error("E-HCKPT-002", "The values in the file are not those that were written.")
                    .inFile(file.path()).atOffset(chunk.offset).inField(dataset.path).butExpected(fmt::format("fletcher32 {:08x}", recorded))
                    .butFound(fmt::format("{:08x}", sum)).withRemedy("copy the file again, or convert the checkpoint again"));
}

Result<Checkpoint::Contents> openHdf5Checkpoint(const std::string& path, const Hdf5FilePtr& file, const CheckpointOptions& options, const ProgressFn& progress,
                                                std::stop_token stop) {
    const Hdf5Object& root = file->objects().front();
    if (const auto version = integer(root, "format_version"); version.value_or(0) < 1 || *version > kHdf5CheckpointVersion)
        return fail(notOurs(*file, "format_version", fmt::format("1 … {}", kHdf5CheckpointVersion), version ? fmt::format("{}", *version) : "no such attribute"));
    if (auto r = refuseTableOrder(path, options); !r) return fail(std::move(r.error()));
    CheckpointPieces pieces;
    pieces.path = path;
    pieces.layout = "H5";
    pieces.description = fmt::format("One HDF5 file by DLRM Explorer {}, from a checkpoint of layout {}.", root.text("tool_version"), root.text("source_layout"));
    pieces.interaction = root.text("interaction") == name(InteractionKind::Cross) ? InteractionKind::Cross : InteractionKind::Dot;
    pieces.numericals = std::max<std::int64_t>(0, integer(root, "numerical_features").value_or(0));
    pieces.tableOrderNote = root.text("table_order_note");
    if (const Hdf5Attribute* missing = root.attribute("missing")) pieces.missing = missing->texts;
    if (auto added = addTables(pieces, file, root, progress, stop); !added) return fail(std::move(added.error()));
    auto bottom = openLayers(file, "/bottom_mlp");
    if (!bottom) return fail(std::move(bottom.error()));
    auto top = openLayers(file, "/top_mlp");
    if (!top) return fail(std::move(top.error()));
    auto cross = openCross(file);
    if (!cross) return fail(std::move(cross.error()));
    pieces.bottom = std::move(*bottom);
    pieces.top = std::move(*top);
    pieces.cross = std::move(*cross);
    // What the attributes do not say but is not there.
    for (const auto& [absent, what] : {std::pair(pieces.tables.empty(), "embedding tables"), {pieces.bottom.empty(), "bottom MLP"}, {pieces.top.empty(), "top MLP"}})
        if (absent && std::find(pieces.missing.begin(), pieces.missing.end(), what) == pieces.missing.end()) pieces.missing.emplace_back(what);
    // A dataset's names replace those of the file.
    if (options.featureNames.size() == pieces.tableNames.size()) pieces.tableNames = options.featureNames;

    pieces.bottomFirst = orderSource(root) == OrderSource::Format;
    auto contents = buildContents(std::move(pieces), withOrderOf(root, options));
    if (!contents) return contents;
    if (!options.interactionOrder) contents->spec.orderSource = orderSource(root);
    for (const Hdf5Object& object : file->objects())
        if (object.isDataset && !object.chunks.empty() && !object.filters.empty())
            for (const Hdf5Chunk& chunk : object.chunks) contents->checksums.push_back({file->file(), chunk.offset, chunk.bytes - kChecksumBytes, object.path});
    return contents;
}

}  // namespace dlrm
