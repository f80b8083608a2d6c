// SPDX-License-Identifier: Apache-2.0
#include "core/engine/path_kind.h"

#include <filesystem>
#include <regex>
#include <system_error>

#include "core/base/extension.h"
#include "core/checkpoint/checkpoint.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dictionary/dictionary.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

// By its name a file of a checkpoint's directory, and no model on its own.
bool isPart(const fs::path& file) {
    static const std::regex kName(
        R"(feature_\d+.*\.npy|.*_mlp_layer_\d+_.*|.*_rank_\d+_.*|.*\.data-\d+-of-\d+|saved_model\.pb|key|emb_vector)");
    constexpr std::size_t kLongestName = 255;  // the expression recurses once a letter
    const std::string name = file.filename().string();
    return name.size() <= kLongestName && std::regex_match(name, kName);
}

}  // namespace

bool isWorkspaceFile(const std::string& path) { return lowerExtension(path) == kWorkspaceExtension; }

std::optional<PathKind> kindOfFolder(const std::string& path) {
    if (Checkpoint::isIn(path)) return PathKind::Checkpoint;
    if (isDataset(path)) return PathKind::Dataset;
    if (isDictionary(path)) return PathKind::Dictionary;
    return std::nullopt;
}

ToldPath whatIs(const std::string& path, const std::stop_token& stop) {
    std::error_code ec;
    if (fs::is_directory(path, ec)) {
        const bool split = isDataset((fs::path(path) / "..").string());  // opening it says so
        return {kindOfFolder(path).value_or(split ? PathKind::Dataset : PathKind::Checkpoint), path};
    }
    if (!fs::is_regular_file(path, ec)) return {PathKind::Checkpoint, path};
    if (isWorkspaceFile(path)) return {PathKind::Workspace, path};
    if (isPart(path)) return {PathKind::Checkpoint, fs::absolute(path, ec).parent_path().string()};
    if (isDataset(path, stop)) return {PathKind::Dataset, path};
    if (isDictionary(path, stop)) return {PathKind::Dictionary, path};
    return {PathKind::Checkpoint, path};
}

}  // namespace dlrm
