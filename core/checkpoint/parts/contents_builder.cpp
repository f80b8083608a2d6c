// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/contents_builder.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "core/base/counted.h"

namespace dlrm {
namespace {

// Padding of an input is always narrower: the training code pads to multiples of 8, one of its versions by one column
// more.
constexpr std::int64_t kPaddingLimit = 16;

constexpr const char* kForeignFile = "Copy the checkpoint again: a file is missing or comes from another checkpoint.";

std::int64_t widthFor(std::int64_t tables, std::int64_t dim) { return (tables + 1) * tables / 2 + dim; }

LayerSpec layerSpec(const OpenLayer& layer, const char* mlp, std::size_t index) {
    LayerSpec s;
    s.name = fmt::format("{}/{}", mlp, index);
    s.inputs = layer.inputs();
    s.outputs = layer.outputs();
    s.dtype = layer.kernel.dtype;
    return s;
}

Result<void> checkChain(const std::vector<OpenLayer>& layers) {
    for (std::size_t i = 1; i < layers.size(); ++i)
        if (layers[i].inputs() != layers[i - 1].outputs())
            return fail(Error("E-CKPT-016", "The layers of an MLP do not follow one another.")
                            .inFile(layers[i].kernel.file->path())
                            .butExpected(fmt::format("{}, the outputs of {}", counted(layers[i - 1].outputs(), "input"),
                                                     layers[i - 1].kernel.name))
                            .butFound(counted(layers[i].inputs(), "input"))
                            .withRemedy(kForeignFile));
    return {};
}

Result<void> checkEmbeddingDim(const CheckpointPieces& p) {
    const std::int64_t dim = p.tables[0].dim;
    const auto failure = [&](const NpyTensor& tensor, std::int64_t found, const char* what) {
        return fail(Error("E-CKPT-018", "The vectors that meet in the interaction have different widths.")
                        .inFile(tensor.file->path())
                        .butExpected(fmt::format("{} {}, as in {}", dim, what, p.tables[0].tensors[0].name))
                        .butFound(std::to_string(found))
                        .withRemedy(kForeignFile));
    };
    for (const OpenTable& t : p.tables)
        if (t.dim != dim) return failure(t.tensors[0], t.dim, "columns");
    if (p.bottom.back().outputs() != dim)
        return failure(p.bottom.back().kernel, p.bottom.back().outputs(), "outputs of the bottom MLP");
    return {};
}

// Few tables and wide padding: the kernel does not tell whether the last table's file is missing. Never with 15 tables
// or more.
std::string missingTableNote(const CheckpointPieces& p) {
    const auto next = static_cast<std::int64_t>(p.tables.size()) + 1;
    const std::int64_t inputs = p.top[0].inputs(), unfed = inputs - widthFor(next - 1, p.tables[0].dim);
    if (widthFor(next, p.tables[0].dim) > inputs) return {};
    return fmt::format(
        "{} of {} inputs of the top MLP are fed by nothing: they are padding, or the last table is missing (the top "
        "MLP would also fit {} tables). Only a dataset tells.",
        unfed, inputs, next);
}

// "; the kernel fits 26 tables" where some number of tables does fit.
std::string tablesThatFit(std::int64_t inputs, std::int64_t dim) {
    for (std::int64_t n = 1; widthFor(n, dim) <= inputs; ++n)
        if (inputs - widthFor(n, dim) < kPaddingLimit) return fmt::format("; the kernel fits {}", counted(n, "table"));
    return {};
}

// Of x0 = [bottom | table | table …].
std::int64_t crossWidth(const CheckpointPieces& p) {
    std::int64_t width = p.bottom.back().outputs();
    for (const OpenTable& t : p.tables) width += t.dim;
    return width;
}

Result<void> checkCross(const CheckpointPieces& p) {
    const std::int64_t width = crossWidth(p);
    for (const OpenCross& c : p.cross) {
        const std::int64_t inner = c.u && c.u->header.shape.size() == 2 ? c.u->header.shape[1] : width;
        const auto fits = [&](const NpyTensor& tensor, std::vector<std::int64_t> shape) -> Result<void> {
            if (tensor.header.shape == shape && inner > 0) return {};
            return fail(Error("E-CROSS-001", "A cross layer does not fit the vectors it takes.")
                            .inFile(tensor.file->path())
                            .atOffset(tensor.header.dataOffset)
                            .butExpected("shape " + shapeText(shape))
                            .butFound("shape " + shapeText(tensor.header.shape))
                            .withRemedy(kForeignFile));
        };
        if (c.u) DLRM_TRY(fits(*c.u, {width, inner}));
        DLRM_TRY(fits(c.v, {inner, width}));
        DLRM_TRY(fits(c.bias, {width}));
    }
    return {};
}

Result<void> checkTop(const CheckpointPieces& p) {
    const auto tables = static_cast<std::int64_t>(p.tables.size());
    const bool cross = p.interaction == InteractionKind::Cross;
    const std::int64_t dim = p.tables[0].dim, width = cross ? crossWidth(p) : widthFor(tables, dim),
                       inputs = p.top[0].inputs();
    if (inputs < width || inputs - width >= kPaddingLimit)
        return fail(Error("E-CKPT-019", "The top MLP does not fit the interaction of the tables.")
                        .inFile(p.top[0].kernel.file->path())
                        .butExpected(fmt::format(
                            "{} to {} inputs for {}", width, width + kPaddingLimit - 1,
                            cross ? fmt::format("cross layers of {} values", width)
                                  : fmt::format("{} of {}", counted(tables, "table"), counted(dim, "column"))))
                        .butFound(counted(inputs, "input") + (cross ? "" : tablesThatFit(inputs, dim)))
                        .withRemedy(kForeignFile));
    if (p.top.back().outputs() != 1)
        return fail(Error("E-CKPT-024", "The last layer of the top MLP does not give one logit.")
                        .inFile(p.top.back().kernel.file->path())
                        .butExpected("1 output")
                        .butFound(counted(p.top.back().outputs(), "output"))
                        .withRemedy("Copy the checkpoint again: later layers of the top MLP may be missing."));
    return {};
}

Result<void> checkNumericals(const CheckpointPieces& p, std::int64_t numericals) {
    const std::int64_t inputs = p.bottom[0].inputs();
    if (numericals == 0 || (inputs >= numericals && inputs - numericals < kPaddingLimit)) return {};
    return fail(Error("E-CKPT-023", "The bottom MLP does not fit this number of numerical features.")
                    .inFile(p.bottom[0].kernel.file->path())
                    .butExpected(fmt::format("{} to {} inputs", numericals, numericals + kPaddingLimit - 1))
                    .butFound(counted(inputs, "input"))
                    .withRemedy("Give the number, or open the dataset, that this model was trained with."));
}

Result<void> checkCardinalities(const CheckpointPieces& p, const CheckpointOptions& options) {
    // Of a part without tables nothing can be compared: a prediction says what is missing.
    if (options.cardinalities.empty() || !p.tableOrderKnown || (p.tables.empty() && !p.missing.empty())) return {};
    DLRM_TRY(checkTableCount(options, p.tables.size(), p.path));
    for (std::size_t k = 0; k < p.tables.size(); ++k) {
        const int feature = p.featureOfTable[k];
        const std::int64_t cardinality = options.cardinalities[static_cast<std::size_t>(feature)];
        if (p.tables[k].rows == cardinality) continue;
        std::vector<std::int64_t> rows, cardinalities = options.cardinalities;
        for (const OpenTable& table : p.tables) rows.push_back(table.rows);
        std::sort(rows.begin(), rows.end());
        std::sort(cardinalities.begin(), cardinalities.end());
        const bool permuted = rows == cardinalities;
        return fail(
            Error("E-CKPT-020", "A table does not have as many rows as its feature has values.")
                .inFile(p.tables[k].tensors[0].file->path())
                .inField(featureName(options, feature))
                .butExpected(fmt::format("{}, as {}", counted(cardinality, "row"), whereCardinalitiesAreFrom(options)))
                .butFound(fmt::format("{}{}", counted(p.tables[k].rows, "row"),
                                      permuted ? "; these are the same tables in another order" : ""))
                .withRemedy(permuted ? "Give the features in the order of the training: in the checkpoint each table "
                                       "is as its name or number says."
                                     : "Open the dataset this model was trained on."));
    }
    return {};
}

void addFile(Checkpoint::Contents& c, const NpyTensor& tensor, std::string what) {
    // Of a file that holds several tensors each takes its own bytes.
    const std::int64_t bytes = tensor.reader ? tensor.header.dataBytes : tensor.file->size();
    c.files.push_back(
        {tensor.name, bytes, std::move(what), shapeText(tensor.header.shape), std::string(name(tensor.dtype))});
    keepOpen(c, tensor.file);
}

void addTable(Checkpoint::Contents& c, const CheckpointPieces& p, const CheckpointOptions& options, int index,
              const OpenTable& table) {
    TableSpec s;
    s.name = !p.tableNames.empty() ? p.tableNames[static_cast<std::size_t>(index)]
             : p.tableOrderKnown   ? featureName(options, index)
                                   : fmt::format("table_{}", index);
    s.rows = table.rows;
    s.dim = table.dim;
    s.dtype = table.dtype;
    s.bytes = table.rows * table.dim * itemSize(table.dtype);
    s.parts = static_cast<int>(table.tensors.size());
    s.file = table.tensors[0].name;
    c.spec.tables.push_back(std::move(s));
    c.tables.emplace_back(table.rows, table.dim, table.dtype, table.parts);
    auto& files = c.tableFiles.emplace_back();
    for (std::size_t i = 0; i < table.parts.size(); ++i)
        files.push_back(table.tensors[table.tensors.size() == 1 ? 0 : i].file);
    for (std::size_t i = 0; i < table.tensors.size(); ++i) {
        addFile(c, table.tensors[i],
                table.tensors.size() == 1 ? fmt::format("table {}", index) : fmt::format("table {} part {}", index, i));
    }
}

void addMlp(Checkpoint::Contents& c, const std::vector<OpenLayer>& layers, const char* mlp,
            std::vector<LayerSpec>& specs) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        specs.push_back(layerSpec(layers[i], mlp, i));
        addFile(c, layers[i].kernel, specs.back().name + " kernel");
        addFile(c, layers[i].bias, specs.back().name + " bias");
    }
}

Result<DenseWeights> readLayer(const OpenLayer& layer) {
    DLRM_TRY(auto kernel, layer.kernel.read());
    DLRM_TRY(auto bias, layer.bias.read());
    return DenseWeights{layer.inputs(), layer.outputs(), std::move(kernel), std::move(bias)};
}

Result<CrossWeights> readCross(const OpenCross& layer) {
    CrossWeights w;
    w.width = layer.bias.header.shape[0];
    if (layer.u) {
        DLRM_TRY(w.u, layer.u->read());
        w.projection = layer.u->header.shape[1];
    }
    DLRM_TRY(w.v, layer.v.read());
    DLRM_TRY(w.bias, layer.bias.read());
    return w;
}

void addCross(Checkpoint::Contents& c, const std::vector<OpenCross>& layers) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const OpenCross& layer = layers[i];
        const std::string name = fmt::format("cross/{}", i);
        c.spec.crossLayers.push_back(
            {name, layer.bias.header.shape[0], layer.u ? layer.u->header.shape[1] : 0, layer.v.dtype});
        if (layer.u) addFile(c, *layer.u, name + " kernel u");
        addFile(c, layer.v, name + (layer.u ? " kernel v" : " kernel"));
        addFile(c, layer.bias, name + " bias");
    }
}

// Whether the parts fit each other and the dataset. Of a partial model only what is there can be asked.
Result<void> checkPieces(const CheckpointPieces& p, const CheckpointOptions& options) {
    DLRM_TRY(checkChain(p.bottom));
    DLRM_TRY(checkChain(p.top));
    if (p.missing.empty()) {
        DLRM_TRY(p.interaction == InteractionKind::Cross ? checkCross(p) : checkEmbeddingDim(p));
        DLRM_TRY(checkTop(p));
        DLRM_TRY(checkNumericals(p, options.numericalFeatures));
    }
    return checkCardinalities(p, options);
}

}  // namespace

void nameMissing(CheckpointPieces& pieces) {
    auto& missing = pieces.missing;
    for (const auto& [absent, what] : {std::pair(pieces.tables.empty(), "embedding tables"),
                                       {pieces.bottom.empty(), "bottom MLP"},
                                       {pieces.top.empty(), "top MLP"}})
        if (absent && std::find(missing.begin(), missing.end(), what) == missing.end()) missing.emplace_back(what);
}

void keepOpen(Checkpoint::Contents& contents, const std::shared_ptr<RandomAccessFile>& file) {
    auto& open = contents.openFiles;
    if (std::find(open.begin(), open.end(), file) == open.end()) open.push_back(file);
}

std::vector<int> featureOrder(std::size_t features) {
    std::vector<int> order(features);
    std::iota(order.begin(), order.end(), 0);
    return order;
}

std::string featureName(const CheckpointOptions& options, int feature) {
    const auto i = static_cast<std::size_t>(feature);
    return i < options.featureNames.size() ? options.featureNames[i] : fmt::format("cat_{}", feature);
}

std::string whereCardinalitiesAreFrom(const CheckpointOptions& options) {
    return options.featureNames.empty() ? "the given cardinalities say" : "the dataset says";
}

Result<void> checkTableCount(const CheckpointOptions& options, std::size_t tables, const std::string& path) {
    if (options.cardinalities.size() == tables) return {};
    const bool given = options.featureNames.empty();
    return fail(
        Error("E-CKPT-029", given ? "There are not as many cardinalities as the checkpoint has tables."
                                  : "The checkpoint and the dataset have different numbers of categorical features.")
            .inFile(path)
            .butExpected(fmt::format("{}, one for each {}", counted(options.cardinalities.size(), "table"),
                                     given ? "cardinality that was given" : "feature of the dataset"))
            .butFound(counted(tables, "table"))
            .withRemedy(given ? "Give one cardinality for each table, in feature order."
                              : "Open the dataset this model was trained on."));
}

Result<Checkpoint::Contents> buildContents(CheckpointPieces p, const CheckpointOptions& options) {
    if (p.featureOfTable.empty()) p.featureOfTable = featureOrder(p.tables.size());
    if (p.interactionOrder.empty()) p.interactionOrder = p.featureOfTable;
    DLRM_TRY(checkPieces(p, options));

    Checkpoint::Contents c;
    c.path = p.path;
    c.spec.layout = p.layout;
    c.spec.layoutDescription = p.description;
    c.spec.tableOrderKnown = p.tableOrderKnown;
    c.spec.tableOrderNote = p.tableOrderNote;
    if (const std::string note = p.bottomFirst || !p.missing.empty() ? std::string() : missingTableNote(p);
        options.cardinalities.empty() && !note.empty())
        c.spec.tableOrderNote += (p.tableOrderNote.empty() ? "" : " ") + note;
    c.spec.interactionTableOrder = p.interactionOrder;
    c.spec.embeddingDim = !p.bottom.empty() ? p.bottom.back().outputs() : p.tables.empty() ? 0 : p.tables[0].dim;
    c.spec.numericalFeatures = p.numericals > 0 ? p.numericals : options.numericalFeatures;
    c.spec.interaction = p.interaction;
    const bool crossed = p.interaction == InteractionKind::Cross, fixed = crossed || p.bottomFirst;
    c.spec.ownOrder = crossed ? InteractionOrder::Cross : InteractionOrder::CustomCuda;
    c.spec.interactionOrder = fixed ? c.spec.ownOrder : options.interactionOrder.value_or(c.spec.ownOrder);
    c.spec.orderSource = fixed                      ? OrderSource::Format
                         : options.interactionOrder ? OrderSource::User
                                                    : OrderSource::Default;
    c.spec.missing = p.missing;

    std::vector<std::size_t> tableOfFeature(p.tables.size());
    for (std::size_t k = 0; k < p.tables.size(); ++k) tableOfFeature[static_cast<std::size_t>(p.featureOfTable[k])] = k;
    for (std::size_t f = 0; f < p.tables.size(); ++f)
        addTable(c, p, options, static_cast<int>(f), p.tables[tableOfFeature[f]]);
    addMlp(c, p.bottom, "bottom_mlp", c.spec.bottomMlp);
    addCross(c, p.cross);
    addMlp(c, p.top, "top_mlp", c.spec.topMlp);
    for (const NpyTensor& copy : p.copies) addFile(c, copy, "copy");
    for (const CheckpointPieces::OtherFile& other : p.others) {
        c.files.push_back({other.name, other.file->size(), other.what, "", ""});
        c.openFiles.push_back(other.file);
    }
    c.ignoredFiles = std::move(p.ignored);

    if (c.spec.numericalFeatures > 0 && !p.bottom.empty())
        c.spec.bottomMlp[0].paddingInputs = c.spec.bottomMlp[0].inputs - c.spec.numericalFeatures;
    if (p.missing.empty()) c.spec.topMlp[0].paddingInputs = c.spec.topMlp[0].inputs - c.spec.interactionWidth();
    if (!p.top.empty()) c.spec.topMlp.back().relu = false;

    const auto layers = std::make_shared<const std::pair<std::vector<OpenLayer>, std::vector<OpenLayer>>>(
        std::move(p.bottom), std::move(p.top));
    c.layerReader = [layers](bool top, int index) {
        return readLayer((top ? layers->second : layers->first)[static_cast<std::size_t>(index)]);
    };
    const auto cross = std::make_shared<const std::vector<OpenCross>>(std::move(p.cross));
    c.crossReader = [cross](int index) { return readCross((*cross)[static_cast<std::size_t>(index)]); };
    c.tensorReader = [layers, cross](const LayerTensor& t) {
        const auto index = static_cast<std::size_t>(t.layer);
        if (t.stack == LayerTensor::Stack::Cross) {
            const OpenCross& layer = (*cross)[index];
            return readStored(t.part == LayerTensor::Part::Bias      ? layer.bias
                              : t.part == LayerTensor::Part::KernelU ? *layer.u
                                                                     : layer.v);
        }
        const OpenLayer& layer = (t.stack == LayerTensor::Stack::Top ? layers->second : layers->first)[index];
        return readStored(t.part == LayerTensor::Part::Bias ? layer.bias : layer.kernel);
    };
    return c;
}

}  // namespace dlrm
