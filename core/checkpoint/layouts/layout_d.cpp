// SPDX-License-Identifier: Apache-2.0
// Layout D, since 2023: dense/ holds a TensorBundle of the MLPs and cross layers and config.json, sparse/ one .npy per
// table and config.json.
#include <algorithm>

#include <fmt/format.h>

#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/dense_part.h"
#include "core/checkpoint/parts/dlrm_config.h"
#include "core/checkpoint/parts/feature_files.h"
#include "core/checkpoint/parts/fused_tables.h"
#include "core/checkpoint/parts/saved_models.h"

namespace dlrm {
namespace {

std::string tableFile(std::size_t feature) { return fmt::format("sparse/feature_{}.npy", feature); }

// How many of feature_0.npy, feature_1.npy, … there are. Error E-LAYD-002 unless there are as many as the configuration
// says, and no others.
Result<std::size_t> countTables(const std::string& path, const SparseConfig& config) {
    const std::vector<std::string> names = namesIn(path + "/sparse");
    std::size_t count = 0;
    while (has(names, fmt::format("feature_{}.npy", count))) ++count;
    const auto all = static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const std::string& n) {
        return n.starts_with("feature_") && n.ends_with(".npy");
    }));
    const std::size_t tables = config.cardinalities.size();
    if (all == count && (config.concatEmbedding ? count >= 1 && count <= tables : count == tables)) return count;
    return fail(Error("E-LAYD-002", "The directory does not hold the tables its configuration names.")
                    .inFile(path + "/sparse")
                    .butExpected(config.concatEmbedding
                                     ? fmt::format("feature_0.npy to at most feature_{}.npy", tables - 1)
                                     : fmt::format("feature_0.npy to feature_{}.npy", tables - 1))
                    .butFound(fmt::format("{} such files, the first {} without a gap", all, count))
                    .withRemedy("Copy the checkpoint again, with every file under its original name."));
}

Result<std::vector<OpenTable>> openTables(const std::string& path, const SparseConfig& config, const Job& job,
                                          std::string& note) {
    DLRM_TRY(const auto count, countTables(path, config));
    TensorOpener opener(path, static_cast<std::int64_t>(count), job);
    std::vector<OpenTable> tables;
    for (std::size_t i = 0; i < count; ++i) {
        DLRM_TRY(tables.emplace_back(), opener.openTable({{tableFile(i)}}));
    }
    if (config.concatEmbedding) {
        DLRM_TRY(tables, splitConcatenated(std::move(tables), config.cardinalities, note));
    }
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (tables[i].rows != config.cardinalities[i] || tables[i].dim != config.embeddingDims[i])
            return fail(
                Error("E-LAYD-003", "A table does not have the shape its configuration names.")
                    .inFile(tables[i].tensors[0].file->path())
                    .atOffset(0)
                    .butExpected(fmt::format("{} × {}", config.cardinalities[i], config.embeddingDims[i]))
                    .butFound(fmt::format("{} × {}", tables[i].rows, tables[i].dim))
                    .withRemedy("Copy the checkpoint again: a file was cut short or comes from another checkpoint."));
    return tables;
}

// Whether what the bundle holds is what dense/config.json describes.
Result<void> checkDense(const BundleParts& parts, const DenseConfig& dense, const SparseConfig& sparse) {
    const auto differs = [&](std::string expected, std::string found) {
        return fail(Error("E-LAYD-004", "The model is not the one its configuration describes.")
                        .inFile(dense.file->path())
                        .atOffset(0)
                        .butExpected(std::move(expected))
                        .butFound(std::move(found))
                        .withRemedy("Copy the checkpoint again: a file comes from another checkpoint."));
    };
    const auto outputs = [](const std::vector<OpenLayer>& layers) {
        std::vector<std::int64_t> out;
        for (const OpenLayer& l : layers) out.push_back(l.outputs());
        return out;
    };
    if (dense.cardinalities != sparse.cardinalities || dense.embeddingDims != sparse.embeddingDims)
        return differs("the tables of sparse/config.json", "others");
    for (const auto& [what, layers, dims] :
         {std::tuple("bottom", &parts.bottom, &dense.bottomDims), std::tuple("top", &parts.top, &dense.topDims)})
        if (outputs(*layers) != *dims)
            return differs(fmt::format("{} MLP of {} layers with outputs {}", what, dims->size(), shapeText(*dims)),
                           fmt::format("{} layers with outputs {}", layers->size(),
                                       layers->empty() ? "none" : shapeText(outputs(*layers))));
    if (static_cast<std::int64_t>(parts.cross.size()) != dense.crossLayers)
        return differs(fmt::format("{} cross layers", dense.crossLayers), std::to_string(parts.cross.size()));
    for (const OpenCross& c : parts.cross) {
        const std::int64_t projection = c.u && c.u->header.shape.size() == 2 ? c.u->header.shape[1] : 0;
        if (projection != dense.projection)
            return differs(fmt::format("projection {}", dense.projection), std::to_string(projection));
    }
    return {};
}

}  // namespace

bool recognisesLayoutD(const CheckpointDirectory& directory) {
    if (directory.prefix || !has(directory.names, "dense") || !has(directory.names, "sparse")) return false;
    const std::vector<std::string> dense = namesIn(directory.path + "/dense");
    if (!bundlePrefixes(dense).empty() || has(namesIn(directory.path + "/sparse"), "feature_0.npy")) return true;
    const DeployedModel deployed = findDeployedModel(directory);  // one may have a config.json beside it
    return has(dense, "config.json") && deployed.savedModels.empty() && deployed.hps.empty();
}

Result<Checkpoint::Contents> openLayoutD(const std::string& path, const CheckpointDirectory& directory,
                                         const CheckpointOptions& options, const Job& job) {
    DLRM_TRY(refuseTableOrder(path, options));
    DLRM_TRY(auto dense, readDenseConfig(directory.path, "dense/config.json"));
    DLRM_TRY(auto sparse, readSparseConfig(directory.path, "sparse/config.json"));
    const std::vector<std::string> denseNames = namesIn(directory.path + "/dense");
    const auto prefixes = bundlePrefixes(denseNames);
    if (prefixes.size() != 1)
        return fail(Error("E-LAYD-001", "The directory of the dense part does not hold one set of weights.")
                        .inFile(directory.path + "/dense")
                        .butExpected("one file whose name ends with .index")
                        .butFound(someNames(denseNames))
                        .withRemedy("Copy the checkpoint again, with every file under its original name."));
    DLRM_TRY(const auto bundle, TensorBundle::open(directory.path, "dense/" + prefixes.front()));
    DLRM_TRY(auto parts, findParts(bundle, "dense/"));
    DLRM_TRY(checkDense(parts, dense, sparse));

    CheckpointPieces pieces(
        path, "D",
        "As saved by DeepLearningExamples TensorFlow2 DLRM and DCNv2, 2023 and later: dense part as "
        "TensorFlow checkpoint, one file per table.");
    DLRM_TRY(pieces.tables, openTables(directory.path, sparse, job, pieces.tableOrderNote));
    pieces.bottom = std::move(parts.bottom);
    pieces.top = std::move(parts.top);
    pieces.cross = std::move(parts.cross);
    pieces.interaction = dense.isCross() ? InteractionKind::Cross : InteractionKind::Dot;
    pieces.bottomFirst = true;
    pieces.numericals = dense.numericals;
    pieces.ignored = std::move(parts.others);
    for (const std::string& name : directory.names)
        if (name != "dense" && name != "sparse") pieces.ignored.push_back(name);
    pieces.others = {{"dense/config.json", "configuration", dense.file},
                     {"sparse/config.json", "configuration", sparse.file},
                     {"dense/" + prefixes.front() + ".index", "index of the dense part", bundle->index()}};
    auto contents = buildContents(std::move(pieces), options);
    if (contents && sparse.sumsBags) contents->spec.combiner = Combiner::Sum;
    return contents;
}

}  // namespace dlrm
