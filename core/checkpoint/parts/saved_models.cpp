// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/parts/saved_models.h"

#include <algorithm>
#include <optional>

#include "core/checkpoint/parts/dlrm_config.h"
#include "core/checkpoint/parts/name_tail.h"

namespace dlrm {
namespace {

// Numbered subdirectories, the highest first.
std::vector<std::string> versions(const std::vector<std::string>& names) {
    std::vector<std::int64_t> numbers;
    for (const std::string& name : names) {
        NameTail tail(name);
        if (const auto n = tail.takeNumber(); n && tail.rest().empty()) numbers.push_back(*n);
    }
    std::sort(numbers.rbegin(), numbers.rend());
    std::vector<std::string> out;
    for (const std::int64_t n : numbers) out.push_back(std::to_string(n));
    return out;
}

bool isSavedModel(const std::string& path) { return has(namesIn(path + "variables"), "variables.index"); }

// A SavedModel at `relative` or in a version below it.
std::optional<std::string> savedModelAt(const std::string& root, const std::string& relative,
                                        const std::vector<std::string>& names) {
    if (has(names, "variables") && isSavedModel(root + relative)) return relative;
    if (has(names, "model.savedmodel") && isSavedModel(root + relative + "model.savedmodel/"))
        return relative + "model.savedmodel/";
    for (const std::string& v : versions(names))
        for (const std::string& at : {relative + v + "/model.savedmodel/", relative + v + "/"})
            if (isSavedModel(root + at)) return at;
    return std::nullopt;
}

std::optional<HpsPlace> hpsAt(const std::string& root, const std::string& relative,
                              const std::vector<std::string>& names) {
    for (const std::string& v : versions(names)) {
        if (!has(namesIn(root + relative + v + "/0"), "emb_vector")) continue;
        const auto json =
            std::find_if(names.begin(), names.end(), [](const std::string& n) { return n.ends_with(".json"); });
        return HpsPlace{relative, v + "/", json == names.end() ? std::string() : *json};
    }
    return std::nullopt;
}

}  // namespace

DeployedModel findDeployedModel(const CheckpointDirectory& directory) {
    DeployedModel found;
    if (directory.prefix) return found;
    const std::string root = directory.path + "/";
    if (const auto model = savedModelAt(root, "", directory.names)) found.savedModels.push_back(*model);
    if (auto hps = hpsAt(root, "", directory.names)) found.hps.push_back(std::move(*hps));
    if (!found.savedModels.empty() || !found.hps.empty()) return found;
    for (const std::string& name : directory.names) {
        if (name.ends_with(".npy")) continue;
        const std::vector<std::string> inside = namesIn(root + name);
        if (inside.empty()) continue;
        if (const auto model = savedModelAt(root, name + "/", inside)) found.savedModels.push_back(*model);
        if (auto hps = hpsAt(root, name + "/", inside)) found.hps.push_back(std::move(*hps));
    }
    return found;
}

Result<BundleParts> openSavedModels(const std::string& path, const std::vector<std::string>& savedModels,
                                    CheckpointPieces& pieces) {
    BundleParts all;
    for (const std::string& model : savedModels) {
        const std::string directory = model + "variables/";
        DLRM_TRY(const auto bundle, TensorBundle::open(path, directory + "variables"));
        DLRM_TRY(auto parts, findParts(bundle, directory));
        if ((!all.tables.empty() && !parts.tables.empty()) || (!all.bottom.empty() && !parts.bottom.empty()))
            return fail(Error("E-LAYE-001", "Several models are in the directory.")
                            .inFile(path + "/" + directory)
                            .butExpected("one set of tables and one dense part")
                            .butFound("a second one")
                            .withRemedy("Open the directory of one model."));
        if (!parts.tables.empty()) {
            all.tables = std::move(parts.tables);
            all.fused = parts.fused;
        }
        if (!parts.bottom.empty()) all.bottom = std::move(parts.bottom);
        if (!parts.top.empty()) all.top = std::move(parts.top);
        if (!parts.cross.empty()) all.cross = std::move(parts.cross);
        for (std::string& other : parts.others) all.others.push_back(directory + std::move(other));
        pieces.others.push_back({directory + "variables.index", "index of a SavedModel", bundle->index()});
    }
    return all;
}

Result<std::vector<std::int64_t>> knownCardinalities(const CheckpointDirectory& directory,
                                                     const CheckpointOptions& options, CheckpointPieces& pieces) {
    if (!options.cardinalities.empty()) return options.cardinalities;
    for (const std::string folder : {"", "sparse/", "dense/"}) {
        const std::string name = folder + "config.json";
        if (!has(folder.empty() ? directory.names : namesIn(directory.path + "/" + folder), "config.json")) continue;
        DLRM_TRY(auto config, readTableConfig(directory.path, name));
        pieces.others.push_back({name, "configuration", config.file});
        return std::move(config.cardinalities);
    }
    return std::vector<std::int64_t>{};
}

Result<Checkpoint::Contents> buildDeployed(CheckpointPieces pieces, BundleParts parts,
                                           const CheckpointDirectory& directory, const CheckpointOptions& options) {
    pieces.bottom = std::move(parts.bottom);
    pieces.top = std::move(parts.top);
    pieces.cross = std::move(parts.cross);
    pieces.interaction = pieces.cross.empty() ? InteractionKind::Dot : InteractionKind::Cross;
    pieces.bottomFirst = true;
    nameMissing(pieces);
    pieces.ignored = std::move(parts.others);
    for (const std::string& name : directory.names)
        if (std::none_of(pieces.others.begin(), pieces.others.end(),
                         [&](const auto& o) { return o.name == name || o.name.starts_with(name + "/"); }))
            pieces.ignored.push_back(name);
    return buildContents(std::move(pieces), options);
}

}  // namespace dlrm
