// SPDX-License-Identifier: Apache-2.0
// convert to one HDF5 file:
//   /                       attributes: what the model is, see writeRoot()
//   /tables/<feature>       values (row, column); attributes name, feature
//   /bottom_mlp/<k>         kernel (input, output), bias (output)
//   /cross/<k>              kernel (input, output), or kernel_u and kernel_v, bias
//   /top_mlp/<k>            as bottom_mlp
// The root's attribute attributes_sha256 is a checksum of the attributes that say what the model is
// (hdf5_attributes.h). Every dataset is chunked, checksummed by fletcher32, not compressed, of the type it was stored
// in, and tied to dimension scales beside it.
#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "core/checkpoint/convert/parts.h"
#include "core/checkpoint/layouts/hdf5_checkpoint.h"
#include "core/checkpoint/parts/hdf5_attributes.h"
#include "core/formats/fletcher32.h"
#include "core/formats/hdf5_stream.h"

namespace dlrm {
namespace {

constexpr std::size_t kMostTextAttributes = 3500;  // an attribute of this file version holds 64 KiB, 16 bytes a text
constexpr std::size_t kMostNameBytes =
    std::size_t{256} << 10;  // of all names, and 4 bytes each: of a longer attribute Hdf5File reads nothing

// Names of HDF5 links have no '/', and "." is another word for the group itself.
std::vector<std::string> groupNames(const std::vector<TableSpec>& tables) {
    constexpr std::size_t kMostBytes = 200;
    std::vector<std::string> out;
    std::set<std::string> taken;
    for (const TableSpec& table : tables) {
        std::string name = table.name.substr(0, kMostBytes);
        std::replace_if(
            name.begin(), name.end(), [](unsigned char c) { return c == '/' || c < 0x20 || c == 0x7f; }, '_');
        if (name.empty() || name.find_first_not_of('.') == std::string::npos) name = "table_" + name;
        std::string unique = name;
        for (int n = 2; !taken.insert(unique).second; ++n) unique = fmt::format("{}_{}", name, n);
        out.push_back(unique);
    }
    return out;
}

// The file, and the checksum of the attributes that go into it.
struct Output {
    Hdf5Stream& file;
    Hdf5AttributesSum sum = {};

    // Of a text, a whole number, or several.
    template <class Value>
    void attribute(const std::string& object, const std::string& name, const Value& value) {
        file.attribute(object, name, value);
        sum.add(object, name, value);
    }
};

void writeRoot(Output& out, const ModelSpec& spec, const std::vector<std::string>& tables) {
    out.attribute("/", "Conventions", "DLRM-Explorer-1.0");
    out.attribute("/", "title", "DLRM checkpoint");
    out.attribute("/", "format", kHdf5CheckpointFormat);
    out.attribute("/", "format_version", kHdf5CheckpointVersion);
    out.attribute("/", "tool", "DLRM Explorer");
    out.attribute("/", "tool_version", DLRM_VERSION);
    out.attribute("/", "source_layout", spec.layout);
    out.attribute("/", "source_description", spec.layoutDescription);
    out.attribute("/", "numerical_features", spec.numericalFeatures);
    out.attribute("/", "embedding_dim", spec.embeddingDim);
    out.attribute("/", "interaction", name(spec.interaction));
    out.attribute("/", "interaction_order", name(spec.interactionOrder));
    out.attribute("/", "interaction_order_source", name(spec.orderSource));
    if (!spec.tableOrderNote.empty()) out.attribute("/", "table_order_note", spec.tableOrderNote);
    if (!tables.empty()) out.attribute("/", "table_order", tables);
    const std::vector<std::int64_t> order(spec.interactionTableOrder.begin(), spec.interactionTableOrder.end());
    if (!order.empty()) out.attribute("/", "interaction_table_order", order);
    if (!spec.missing.empty()) out.attribute("/", "missing", spec.missing);
    if (spec.combiner) out.attribute("/", "combiner", name(*spec.combiner));
}

void describe(Hdf5Stream& file, const std::string& path, const std::string& longName) {
    file.attribute(path, "long_name", longName);
    file.attribute(path, "units", "1");
}

void beginTable(Output& out, const TableSpec& table, const std::string& group, std::size_t feature) {
    Hdf5Stream& file = out.file;
    file.group(group);
    out.attribute(group, "name", table.name);
    out.attribute(group, "feature", static_cast<std::int64_t>(feature));
    const std::string axes[] = {group + "/row", group + "/column"};
    file.axis(axes[0], table.rows);
    file.axis(axes[1], table.dim);
    file.attribute(axes[0], "long_name", "row of the embedding table = category id = frequency rank, 0-based");
    file.attribute(axes[1], "long_name", "component of the embedding vector");
    const std::int64_t shape[] = {table.rows, table.dim};
    file.beginDataset(group + "/values", table.dtype, shape, std::min(rowsPerBlock(table.dim, table.dtype), table.rows),
                      axes);
    describe(file, group + "/values", "embedding vectors of " + table.name);
}

Result<void> writeTables(Output& out, const Checkpoint& checkpoint, const std::vector<std::string>& names,
                         ConvertProgress& progress, const std::stop_token& stop) {
    const ModelSpec& spec = checkpoint.spec();
    out.file.group("/tables");
    TableBlocks blocks(checkpoint, true, stop);
    while (true) {
        DLRM_TRY(auto block, blocks.next());
        if (!block) return {};
        const TableSpec& table = spec.tables[block->table];
        if (block->firstRow == 0) beginTable(out, table, "/tables/" + names[block->table], block->table);
        DLRM_TRY(out.file.writeChunk(block->bytes));
        progress.add(static_cast<std::size_t>(block->rows * table.dim * itemSize(table.dtype)));
        blocks.recycle(*std::move(block));
    }
}

// One tensor in chunks of at most 4 MiB.
Result<void> writeTensor(Hdf5Stream& file, const std::string& path, const StoredTensor& tensor,
                         std::span<const std::string> axes, const std::stop_token& stop) {
    const std::int64_t columns = tensor.shape.size() == 2 ? tensor.shape[1] : 1,
                       rowBytes = columns * itemSize(tensor.dtype);
    const std::int64_t step = std::min(rowsPerBlock(columns, tensor.dtype), tensor.shape[0]);
    file.beginDataset(path, tensor.dtype, tensor.shape, step, axes);
    std::vector<std::byte> chunk(static_cast<std::size_t>(step * rowBytes) + sizeof(std::uint32_t));
    const auto values = std::span(chunk).first(static_cast<std::size_t>(step * rowBytes));
    for (std::int64_t first = 0; first < tensor.shape[0]; first += step) {
        if (stop.stop_requested()) return cancelled();
        const auto bytes = static_cast<std::size_t>(std::min(step, tensor.shape[0] - first) * rowBytes);
        std::memcpy(chunk.data(), tensor.values.data() + first * rowBytes, bytes);
        std::fill(values.begin() + static_cast<std::ptrdiff_t>(bytes), values.end(), std::byte{0});
        const std::uint32_t sum = fletcher32(values);
        std::memcpy(chunk.data() + values.size(), &sum, sizeof sum);
        DLRM_TRY(file.writeChunk(chunk));
    }
    return {};
}

Result<void> writeLayers(Hdf5Stream& file, const Checkpoint& checkpoint, ConvertProgress& progress,
                         const std::stop_token& stop) {
    std::set<std::string> groups;
    for (const NamedTensor& named : layerTensors(checkpoint.spec())) {
        if (stop.stop_requested()) return cancelled();
        DLRM_TRY(const auto tensor, checkpoint.storedTensor(named.tensor));
        const std::string layer = "/" + named.layer;
        for (const std::string& group : {layer.substr(0, layer.rfind('/')), layer})
            if (groups.insert(group).second) file.group(group);
        // The dimensions: input and output; between the two kernels of a cross layer, projection.
        std::vector<std::string> axes;
        if (tensor.shape.size() == 2) axes.push_back(layer + (named.part == "kernel_v" ? "/projection" : "/input"));
        axes.push_back(layer + (named.part == "kernel_u" ? "/projection" : "/output"));
        for (std::size_t d = 0; d < axes.size(); ++d)
            if (groups.insert(axes[d]).second) file.axis(axes[d], tensor.shape[d]);
        const std::string path = layer + "/" + named.part;
        DLRM_TRY(writeTensor(file, path, tensor, axes, stop));
        describe(file, path, fmt::format("{} of {}", named.part, named.layer));
        progress.add(tensor.values.size());
    }
    return {};
}

}  // namespace

Result<Conversion> convertToHdf5(const Checkpoint& checkpoint, const ModelSpec& spec, const std::string& out,
                                 const Job& job) {
    if (spec.tables.size() > kMostTextAttributes)
        return fail(Error("E-CONVERT-005", "The model has more tables than an HDF5 file of ours can name.")
                        .inFile(checkpoint.path())
                        .butExpected(fmt::format("at most {} tables", kMostTextAttributes))
                        .butFound(fmt::format("{} tables", spec.tables.size()))
                        .withRemedy("Convert a model, not a list of tensors."));
    if (job.stopped()) return cancelled();
    const std::vector<std::string> names = groupNames(spec.tables);
    const std::size_t nameBytes =
        std::accumulate(names.begin(), names.end(), std::size_t{0},
                        [](std::size_t sum, const std::string& n) { return sum + n.size() + 4; });
    if (nameBytes > kMostNameBytes)
        return fail(Error("E-CONVERT-005", "The names of the tables are longer than an HDF5 file of ours can hold.")
                        .inFile(checkpoint.path())
                        .butExpected(fmt::format("at most {} bytes of names, and 4 more each", kMostNameBytes))
                        .butFound(fmt::format("{} bytes", nameBytes))
                        .withRemedy("Give the features shorter names."));
    DLRM_TRY(auto file, Hdf5Stream::create(out, spec.bytes()));
    ConvertProgress done(spec, job.progress);
    Output output{*file};
    writeRoot(output, spec, names);
    DLRM_TRY(writeTables(output, checkpoint, names, done, job.stop));
    DLRM_TRY(writeLayers(*file, checkpoint, done, job.stop));
    DLRM_TRY(checkpoint.checkUnchanged(job));
    file->attribute("/", std::string(kHdf5AttributesSum), output.sum.hex());
    DLRM_TRY(file->finish());

    Conversion result;
    result.layout = "H5";
    result.tensors = static_cast<std::int64_t>(spec.tables.size() + layerTensors(spec).size());
    result.bytes = done.done();
    return result;
}

}  // namespace dlrm
