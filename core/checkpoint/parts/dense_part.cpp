// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/dense_part.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "core/checkpoint/parts/name_tail.h"
#include "core/formats/object_graph.h"

namespace dlrm {
namespace {

constexpr std::string_view kValueSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";
constexpr std::string_view kGraphKey = "_CHECKPOINTABLE_OBJECT_GRAPH";

struct LayerTensors {
    std::array<const BundleTensor*, 2> kernels{};  // the second: V of a cross layer with a projection
    const BundleTensor* bias = nullptr;
};
using Layers = std::map<std::int64_t, LayerTensors>;

struct FoundDense {
    std::vector<const BundleTensor*> tables;
    bool fused = false;
    Layers bottom, cross, top;
    std::vector<std::string> others;
};

}  // namespace

bool isTrainingState(std::string_view key) {
    return key == kGraphKey || key.find("/.OPTIMIZER_SLOT/") != std::string_view::npos ||
           key.starts_with("save_counter/") || key.starts_with("optimizer/");
}

namespace {

// By a key such as "bottom_mlp_layers/0/kernel", "top_mlp/2/bias", "interact_op/cross_layers/1/_dense_u/kernel". False:
// another one.
bool addByKey(const BundleTensor& tensor, FoundDense& found) {
    NameTail tail(tensor.name);
    if (!tail.take(kValueSuffix)) return false;
    const bool bias = tail.take("/bias");
    if (!bias && !tail.take("/kernel")) return false;
    const bool second = tail.take("/_dense_v");
    const bool cross = second || tail.take("/_dense_u") || tail.take("/_dense");
    const auto number = tail.takeNumber();
    if (!number) return false;
    Layers* layers = cross                                 ? &found.cross
                     : tail.rest() == "bottom_mlp_layers/" ? &found.bottom
                     : tail.rest() == "top_mlp/"           ? &found.top
                                                           : nullptr;
    if (!layers || (cross && tail.rest() != "interact_op/cross_layers/")) return false;
    (bias ? (*layers)[*number].bias : (*layers)[*number].kernels[second ? 1 : 0]) = &tensor;
    return true;
}

// By the variable's full name, in the order of tracking: every kernel begins a layer, but for the second one of a cross
// layer.
bool addByFullName(const BundleTensor& tensor, std::string_view fullName, FoundDense& found) {
    if (fullName.ends_with("/embedding_table")) {
        found.tables.push_back(&tensor);
        found.fused = fullName.find("fused_embedding") != std::string_view::npos;
        return true;
    }
    const bool bias = fullName.ends_with("/bias"), cross = fullName.starts_with("cross");
    if (!bias && !fullName.ends_with("/kernel")) return false;
    Layers* layers = cross                                                   ? &found.cross
                     : fullName.find("bottom_mlp") != std::string_view::npos ? &found.bottom
                     : fullName.find("top_mlp") != std::string_view::npos    ? &found.top
                                                                             : nullptr;
    if (!layers) return false;
    if (bias) {
        if (layers->empty() || layers->rbegin()->second.bias) return false;
        layers->rbegin()->second.bias = &tensor;
    } else if (cross && !layers->empty() && !layers->rbegin()->second.bias && !layers->rbegin()->second.kernels[1]) {
        layers->rbegin()->second.kernels[1] = &tensor;
    } else {
        (*layers)[static_cast<std::int64_t>(layers->size())].kernels[0] = &tensor;
    }
    return true;
}

// "variables/10/.ATTRIBUTES/VARIABLE_VALUE": 10
std::optional<std::int64_t> variableNumber(std::string_view key) {
    NameTail tail(key);
    if (!tail.take(kValueSuffix)) return std::nullopt;
    const auto number = tail.takeNumber();
    return number && tail.rest() == "variables/" ? number : std::nullopt;
}

Result<FoundDense> find(const TensorBundle& bundle) {
    FoundDense found;
    std::map<std::int64_t, const BundleTensor*> variables;
    for (const BundleTensor& t : bundle.tensors()) {
        if (isTrainingState(t.name) || addByKey(t, found)) continue;
        if (const auto number = variableNumber(t.name)) variables.emplace(*number, &t);
        else found.others.push_back(t.name);
    }
    if (variables.empty()) return found;
    std::map<std::string, std::string> names;
    if (const BundleTensor* graph = bundle.find(kGraphKey); graph && graph->elements == 1) {
        DLRM_TRY(const auto text, bundle.readStrings(*graph));
        auto parsed = variableNames(std::as_bytes(std::span(text.front())));
        if (!parsed)
            return fail(std::move(parsed.error())
                            .inFile(bundle.shardOf(*graph)->path())
                            .atOffset(graph->offset)
                            .inField(graph->name));
        names = std::move(*parsed);
    }
    for (const auto& [number, tensor] : variables)
        if (const auto name = names.find(tensor->name);
            name == names.end() || !addByFullName(*tensor, name->second, found))
            found.others.push_back(tensor->name);
    return found;
}

Error incomplete(const TensorBundle& bundle, const char* part, std::int64_t layer, const char* what) {
    return Error("E-DENSE-001", "A layer of the model is not complete.")
        .inFile(bundle.index()->path())
        .atOffset(0)
        .inField(fmt::format("{}/{}", part, layer))
        .butExpected(fmt::format("layers from 0 on, each with its {}", what))
        .butFound("no such tensor")
        .withRemedy("Copy the checkpoint again, or save the model again.");
}

Result<std::vector<OpenLayer>> openLayers(const std::shared_ptr<const TensorBundle>& bundle,
                                          const std::string& directory, const Layers& layers, const char* part) {
    std::vector<OpenLayer> out;
    for (const auto& [number, tensors] : layers) {
        const auto next = static_cast<std::int64_t>(out.size());
        if (number != next || !tensors.kernels[0] || tensors.kernels[1])
            return fail(incomplete(*bundle, part, next, "kernel"));
        if (!tensors.bias) return fail(incomplete(*bundle, part, next, "bias"));
        DLRM_TRY(auto kernel, bundleTensor(bundle, *tensors.kernels[0], directory));
        DLRM_TRY(auto bias, bundleTensor(bundle, *tensors.bias, directory));
        DLRM_TRY(out.emplace_back(), wholeLayer(std::move(kernel), std::move(bias)));
    }
    return out;
}

Result<std::vector<OpenCross>> openCross(const std::shared_ptr<const TensorBundle>& bundle,
                                         const std::string& directory, const Layers& layers) {
    std::vector<OpenCross> out;
    for (const auto& [number, tensors] : layers) {
        const auto next = static_cast<std::int64_t>(out.size());
        if (number != next || !tensors.kernels[0]) return fail(incomplete(*bundle, "cross", next, "kernel"));
        if (!tensors.bias) return fail(incomplete(*bundle, "cross", next, "bias"));
        OpenCross layer;
        if (tensors.kernels[1]) {
            DLRM_TRY(layer.u, bundleTensor(bundle, *tensors.kernels[0], directory));
        }
        DLRM_TRY(layer.v, bundleTensor(bundle, *tensors.kernels[tensors.kernels[1] ? 1 : 0], directory));
        DLRM_TRY(layer.bias, bundleTensor(bundle, *tensors.bias, directory));
        out.push_back(std::move(layer));
    }
    return out;
}

}  // namespace

Result<NpyTensor> bundleTensor(const std::shared_ptr<const TensorBundle>& bundle, const BundleTensor& t,
                               const std::string& directory) {
    const auto& shard = bundle->shardOf(t);
    if (!isFloat(t.type) || t.sliced)
        return fail(Error("E-DENSE-002", "A tensor of the model does not hold floating point numbers.")
                        .inFile(shard->path())
                        .atOffset(t.offset)
                        .inField(t.name)
                        .butExpected("float16, bfloat16, float32 or float64, stored as one")
                        .butFound(t.sliced ? "slices" : name(t.type))
                        .withRemedy("Save the model again with TensorFlow 2."));
    NpyTensor out;
    const std::string& path = shard->path();
    out.name = directory + path.substr(path.rfind('/') + 1);
    out.file = shard;
    out.header.shape = t.shape;
    out.header.elements = t.elements;
    out.header.dataOffset = t.offset;
    out.header.dataBytes = t.bytes;
    out.header.type = {NpyKind::Float, static_cast<int>(itemSize(t.type)), bundle->bigEndian()};
    out.dtype = t.type == BundleType::Float16    ? DType::Float16
                : t.type == BundleType::BFloat16 ? DType::BFloat16
                : t.type == BundleType::Float32  ? DType::Float32
                                                 : DType::Float64;
    out.reader = [bundle, tensor = &t] { return bundle->readFloats(*tensor); };
    return out;
}

Result<std::optional<OpenTable>> bundleTable(const std::shared_ptr<const TensorBundle>& bundle, const BundleTensor& t,
                                             const std::string& directory) {
    if (!t.sliced) {
        DLRM_TRY(auto tensor, bundleTensor(bundle, t, directory));
        DLRM_TRY(auto table, wholeTable(std::move(tensor)));
        return std::optional(std::move(table));
    }
    std::vector<BundleSlice> slices = t.slices;
    if (t.shape.size() != 2 || slices.empty()) return std::optional<OpenTable>();
    std::sort(slices.begin(), slices.end(),
              [](const BundleSlice& a, const BundleSlice& b) { return a.start < b.start; });
    OpenTable table;
    const std::int64_t firstBlockRows = slices[0].length[0];
    std::int64_t column = 0;
    for (const BundleSlice& slice : slices) {
        const bool beginsBlock = column == 0, lastBlock = slice.start[0] + slice.length[0] == t.shape[0];
        // A block has as many rows as the first, the last one at most; its columns follow one another.
        if (slice.start[0] != table.rows || slice.start[1] != column || slice.length[0] < 1 || slice.length[1] < 1 ||
            (lastBlock ? slice.length[0] > firstBlockRows : slice.length[0] != firstBlockRows) ||
            (!beginsBlock && slice.length[0] != table.parts.back().rows))
            return std::optional<OpenTable>();
        DLRM_TRY(auto tensor, bundleTensor(bundle, bundle->pieces()[slice.piece], directory));
        DLRM_TRY(auto piece, wholeTable(std::move(tensor)));
        piece.parts[0].firstRow = slice.start[0];
        piece.parts[0].firstColumn = slice.start[1];
        table.parts.push_back(piece.parts[0]);
        table.tensors.push_back(std::move(piece.tensors[0]));
        table.dtype = piece.dtype;
        column += slice.length[1];
        if (column == t.shape[1]) {
            table.rows += slice.length[0];
            column = 0;
        }
    }
    table.dim = t.shape[1];
    const auto inBlock = static_cast<std::size_t>(
        std::count_if(table.parts.begin(), table.parts.end(), [](const TablePart& p) { return p.firstRow == 0; }));
    for (std::size_t i = inBlock; i < table.parts.size(); ++i)  // every block is cut into the same columns
        if (table.parts[i].firstColumn != table.parts[i % inBlock].firstColumn ||
            table.parts[i].columns != table.parts[i % inBlock].columns)
            return std::optional<OpenTable>();
    if (table.rows != t.shape[0] || column != 0) return std::optional<OpenTable>();
    return std::optional(std::move(table));
}

Result<BundleParts> findParts(const std::shared_ptr<const TensorBundle>& bundle, const std::string& directory) {
    DLRM_TRY(auto found, find(*bundle));
    BundleParts parts;
    parts.others = std::move(found.others);
    parts.fused = found.fused && found.tables.size() == 1;
    for (const BundleTensor* t : found.tables) {
        DLRM_TRY(auto table, bundleTable(bundle, *t, directory));
        if (!table || (parts.fused && table->parts.size() > 1))
            return fail(bundleTensor(bundle, *t, directory).error());  // says that it is stored in pieces
        parts.tables.push_back(std::move(*table));
    }
    DLRM_TRY(parts.bottom, openLayers(bundle, directory, found.bottom, "bottom_mlp"));
    DLRM_TRY(parts.top, openLayers(bundle, directory, found.top, "top_mlp"));
    DLRM_TRY(parts.cross, openCross(bundle, directory, found.cross));
    return parts;
}

}  // namespace dlrm
