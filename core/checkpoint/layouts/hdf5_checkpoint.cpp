// SPDX-License-Identifier: Apache-2.0
// A checkpoint that convert wrote as one HDF5 file. Tables are mapped chunk by chunk where they lie; a file that other
// software packed anew is unpacked. Names, order and shapes come from the file's attributes, which the reader in its
// own process lists.
#include "core/checkpoint/layouts/hdf5_checkpoint.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/feature_files.h"
#include "core/checkpoint/parts/hdf5_tensors.h"

namespace dlrm {
namespace {

constexpr std::int64_t kChecksumBytes = 4;

using Hdf5FilePtr = std::shared_ptr<const Hdf5File>;

Error notOurs(const Hdf5File& file, std::string what, std::string expected, std::string found) {
    return Error("E-HCKPT-001", "The HDF5 file is not a checkpoint that this program can read.")
        .inFile(file.path())
        .inField(std::move(what))
        .butExpected(std::move(expected))
        .butFound(std::move(found))
        .withRemedy("Convert the checkpoint again; a newer version of this program may have written it.");
}

std::optional<std::int64_t> integer(const Hdf5Object& object, std::string_view name) {
    const Hdf5Attribute* a = object.attribute(name);
    return a && a->integers.size() == 1 ? std::optional(a->integers.front()) : std::nullopt;
}

// The dataset at `path`, of floats, with `rank` dimensions.
Result<const Hdf5Object*> floatsAt(const Hdf5File& file, const std::string& path, std::size_t rank) {
    const Hdf5Object* object = file.find(path);
    if (!object || !object->isDataset || !object->refused.empty())
        return fail(notOurs(file, path, "a dataset",
                            !object                   ? "nothing there"
                            : object->refused.empty() ? "a group"
                                                      : object->refused));
    if (!hdf5FloatType(object->type) || object->shape.size() != rank || object->elements < 1)
        return fail(notOurs(file, path,
                            fmt::format("floating point numbers in {} dimension{}", rank, rank == 1 ? "" : "s"),
                            fmt::format("{} {}", name(object->type), shapeText(object->shape))));
    return object;
}

NpyTensor tensorOf(const Hdf5FilePtr& file, const Hdf5Object& object) {
    return hdf5Tensor(file, object, *hdf5FloatType(object.type));
}

// A tensor of a layer: the dataset at `path`, within the budget.
Result<NpyTensor> layerTensor(const Hdf5FilePtr& file, const std::string& path, std::size_t rank, Hdf5Budget& budget) {
    DLRM_TRY(const auto object, floatsAt(*file, path, rank));
    DLRM_TRY(budget.take(*object));
    return tensorOf(file, *object);
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

Result<OpenTable> openTable(const Hdf5FilePtr& file, const std::string& path, Hdf5Budget& budget, const Job& job) {
    DLRM_TRY(auto object, floatsAt(*file, path, 2));
    NpyTensor tensor = tensorOf(file, *object);
    if (!object->chunks.empty()) {
        DLRM_TRY(const auto mapped, file->file()->map(Access::Random));
        return tableInParts(std::move(tensor), partsOf(*object, mapped.data()));
    }
    if (!object->isMapped()) {  // packed by other software
        DLRM_TRY(budget.take(*object));
        DLRM_TRY(auto values, file->values(*object, job));
        tensor.file = values.file;
        tensor.header.dataOffset = values.offset;
        tensor.header.type.bigEndian = false;
    }
    return wholeTable(std::move(tensor));
}

// Error E-HCKPT-001 unless the group holds `layers` layers: numbers beyond those that follow one another belong to a
// layer that is lost.
Result<void> checkLayerCount(const Hdf5File& file, const std::string& group, std::size_t layers) {
    const auto inGroup = [&](const Hdf5Object& o) {
        return o.path.starts_with(group + "/") && o.path.find('/', group.size() + 1) == std::string::npos;
    };
    const auto count = static_cast<std::size_t>(std::count_if(file.objects().begin(), file.objects().end(), inGroup));
    if (count == layers) return {};
    return fail(notOurs(file, group, fmt::format("groups 0 … {}", count - 1), fmt::format("no group {}", layers)));
}

Result<std::vector<OpenLayer>> openLayers(const Hdf5FilePtr& file, const std::string& group, Hdf5Budget& budget) {
    std::vector<OpenLayer> out;
    for (int k = 0; file->find(fmt::format("{}/{}", group, k)); ++k) {
        const std::string layer = fmt::format("{}/{}", group, k);
        DLRM_TRY(auto kernel, layerTensor(file, layer + "/kernel", 2, budget));
        DLRM_TRY(auto bias, layerTensor(file, layer + "/bias", 1, budget));
        DLRM_TRY(out.emplace_back(), wholeLayer(std::move(kernel), std::move(bias)));
    }
    DLRM_TRY(checkLayerCount(*file, group, out.size()));
    return out;
}

Result<std::vector<OpenCross>> openCross(const Hdf5FilePtr& file, Hdf5Budget& budget) {
    std::vector<OpenCross> out;
    for (int k = 0; file->find(fmt::format("/cross/{}", k)); ++k) {
        const std::string layer = fmt::format("/cross/{}", k);
        OpenCross cross;
        const bool projected = file->find(layer + "/kernel_u") != nullptr;
        if (projected) {
            DLRM_TRY(cross.u, layerTensor(file, layer + "/kernel_u", 2, budget));
        }
        DLRM_TRY(cross.v, layerTensor(file, layer + (projected ? "/kernel_v" : "/kernel"), 2, budget));
        DLRM_TRY(cross.bias, layerTensor(file, layer + "/bias", 1, budget));
        out.push_back(std::move(cross));
    }
    DLRM_TRY(checkLayerCount(*file, "/cross", out.size()));
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

Result<void> addTables(CheckpointPieces& pieces, const Hdf5FilePtr& file, const Hdf5Object& root, Hdf5Budget& budget,
                       const Job& job) {
    const Hdf5Attribute* names = root.attribute("table_order");
    if (!names) return {};
    if (names->texts.empty())
        return fail(notOurs(*file, "table_order", "the names of the tables",
                            names->omitted ? "more than is read of an attribute" : "an attribute without names"));
    std::set<std::string_view> opened;
    for (const std::string& group : names->texts) {
        if (job.stopped()) return cancelled();
        if (!opened.insert(group).second)
            return fail(notOurs(*file, "table_order", "every table once", fmt::format("{} twice", group)));
        DLRM_TRY(pieces.tables.emplace_back(), openTable(file, "/tables/" + group + "/values", budget, job));
        const std::string_view name = file->find("/tables/" + group)->text("name");
        pieces.tableNames.emplace_back(name.empty() ? std::string_view(group) : name);
    }
    const Hdf5Attribute* order = root.attribute("interaction_table_order");
    if (!order || !isPermutation(order->integers, pieces.tables.size()))
        return fail(notOurs(*file, "interaction_table_order",
                            fmt::format("the numbers 0 … {}, each once", pieces.tables.size() - 1),
                            order ? "other numbers" : "no such attribute"));
    pieces.interactionOrder.assign(order->integers.begin(), order->integers.end());
    return {};
}

// The interaction's order as the file has it.
InteractionOrder orderOf(const Hdf5Object& root) {
    return root.text("interaction_order") == name(InteractionOrder::Tensorflow) ? InteractionOrder::Tensorflow
                                                                                : InteractionOrder::CustomCuda;
}

// The same, unless the user says another.
CheckpointOptions withOrderOf(const Hdf5Object& root, CheckpointOptions options) {
    if (!options.interactionOrder) options.interactionOrder = orderOf(root);
    return options;
}

// Nothing: the file does not say.
Result<std::optional<Combiner>> combinerOf(const Hdf5File& file, const Hdf5Object& root) {
    if (!root.attribute("combiner")) return std::optional<Combiner>();
    for (const Combiner combiner : {Combiner::Sum, Combiner::Mean})
        if (root.text("combiner") == name(combiner)) return std::optional(combiner);
    return fail(notOurs(file, "combiner", "sum or mean", fmt::format("\"{}\"", root.text("combiner"))));
}

// A word that nobody writes is damage: read as the default it would change every prediction without a sign. Of cross
// layers the order was once written as custom_cuda.
Result<void> checkWords(const Hdf5File& file, const Hdf5Object& root) {
    const bool cross = root.text("interaction") == name(InteractionKind::Cross);
    const std::pair<const char*, std::vector<std::string_view>> known[] = {
        {"interaction", {name(InteractionKind::Dot), name(InteractionKind::Cross)}},
        {"interaction_order",
         {name(InteractionOrder::CustomCuda), name(cross ? InteractionOrder::Cross : InteractionOrder::Tensorflow)}},
        {"interaction_order_source",
         {name(OrderSource::Default), name(OrderSource::User), name(OrderSource::Detected),
          name(OrderSource::Format)}}};
    for (const auto& [what, words] : known)
        if (root.attribute(what) && std::find(words.begin(), words.end(), root.text(what)) == words.end())
            return fail(notOurs(file, what, fmt::format("{}", fmt::join(words, " or ")),
                                fmt::format("\"{}\"", root.text(what))));
    return {};
}

OrderSource orderSource(const Hdf5Object& root) {
    for (const OrderSource source : {OrderSource::User, OrderSource::Detected, OrderSource::Format})
        if (root.text("interaction_order_source") == name(source)) return source;
    return OrderSource::Default;
}

}  // namespace

bool isHdf5Checkpoint(const Hdf5File& file) { return file.objects().front().text("format") == kHdf5CheckpointFormat; }

Result<Checkpoint::Contents> openHdf5Checkpoint(const std::string& path, const Hdf5FilePtr& file,
                                                const CheckpointOptions& options, const Job& job) {
    const Hdf5Object& root = file->objects().front();
    if (const auto version = integer(root, "format_version");
        version.value_or(0) < 1 || *version > kHdf5CheckpointVersion)
        return fail(notOurs(*file, "format_version", fmt::format("1 … {}", kHdf5CheckpointVersion),
                            version ? fmt::format("{}", *version) : "no such attribute"));
    DLRM_TRY(refuseTableOrder(path, options));
    DLRM_TRY(const auto combiner, combinerOf(*file, root));
    DLRM_TRY(checkWords(*file, root));
    CheckpointPieces pieces(path, "H5",
                            fmt::format("One HDF5 file by DLRM Explorer {}, from a checkpoint of layout {}.",
                                        root.text("tool_version"), root.text("source_layout")));
    pieces.interaction =
        root.text("interaction") == name(InteractionKind::Cross) ? InteractionKind::Cross : InteractionKind::Dot;
    pieces.numericals = std::max<std::int64_t>(0, integer(root, "numerical_features").value_or(0));
    pieces.tableOrderNote = root.text("table_order_note");
    if (const Hdf5Attribute* missing = root.attribute("missing")) pieces.missing = missing->texts;
    Hdf5Budget budget(*file->file());
    DLRM_TRY(addTables(pieces, file, root, budget, job));
    DLRM_TRY(pieces.bottom, openLayers(file, "/bottom_mlp", budget));
    DLRM_TRY(pieces.top, openLayers(file, "/top_mlp", budget));
    DLRM_TRY(pieces.cross, openCross(file, budget));
    nameMissing(pieces);  // which the attributes need not say
    // A dataset's names replace those of the file.
    if (options.featureNames.size() == pieces.tableNames.size()) pieces.tableNames = options.featureNames;

    pieces.bottomFirst = orderSource(root) == OrderSource::Format;
    DLRM_TRY(auto contents, buildContents(std::move(pieces), withOrderOf(root, options)));
    if (contents.spec.orderSource != OrderSource::Format) contents.spec.ownOrder = orderOf(root);
    if (!options.interactionOrder && contents.spec.interaction == InteractionKind::Dot)
        contents.spec.orderSource = orderSource(root);
    contents.spec.combiner = combiner;
    keepOpen(contents, file->file());  // everything may have been unpacked
    for (const Hdf5Object& object : file->objects())
        if (object.isDataset && !object.chunks.empty() && !object.filters.empty())
            for (const Hdf5Chunk& chunk : object.chunks)
                contents.checksums.push_back({file->file(), chunk.offset, chunk.bytes - kChecksumBytes, object.path});
    return contents;
}

}  // namespace dlrm
