// SPDX-License-Identifier: Apache-2.0
// Any other TensorFlow checkpoint: its tensors are listed, and those with rows and columns can be looked at, as a model
// without predictions.
#include <algorithm>

#include <fmt/format.h>

#include "core/checkpoint/layouts/layouts.h"
#include "core/checkpoint/parts/contents_builder.h"
#include "core/checkpoint/parts/dense_part.h"

namespace dlrm {
namespace {

constexpr std::int64_t kMostHintBytes = 64 * 1024;

// The prefix that the file "checkpoint" names: `model_checkpoint_path: "…"`, of which only the last part of the path
// counts. Empty: none.
std::string hintedPrefix(const std::string& directory) {
    const auto file = RandomAccessFile::openBeneath(directory, "checkpoint");
    if (!file || (*file)->size() > kMostHintBytes) return {};
    std::string text(static_cast<std::size_t>((*file)->size()), '\0');
    if (!(*file)->read(0, std::as_writable_bytes(std::span(text)))) return {};
    constexpr std::string_view kKey = "model_checkpoint_path: \"";
    const std::size_t begin = text.starts_with(kKey) ? kKey.size() : std::string::npos;
    if (begin == std::string::npos) return {};
    const std::string path = text.substr(begin, text.find('"', begin) - begin);
    return path.substr(path.rfind('/') + 1);
}

bool isMatrix(const BundleTensor& t) {
    return isFloat(t.type) && t.shape.size() == 2 && t.elements > 0 && !isTrainingState(t.name);
}

}  // namespace

bool recognisesBareBundle(const CheckpointDirectory& directory) { return !bundlePrefixes(directory.names).empty(); }

Result<Checkpoint::Contents> openBareBundle(const std::string& path, const CheckpointDirectory& directory,
                                            const CheckpointOptions&, const Job& job) {
    const std::vector<std::string> prefixes = bundlePrefixes(directory.names);
    std::string prefix = prefixes.front();
    if (prefixes.size() > 1) {
        prefix = hintedPrefix(directory.path);
        if (std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end())
            return fail(Error("E-TFB-016", "The directory holds several TensorFlow checkpoints.")
                            .inFile(directory.path)
                            .butExpected("one .index file, or a file \"checkpoint\" that names one of them")
                            .butFound(someNames(prefixes))
                            .withRemedy("Give the path of one .index file."));
    }
    DLRM_TRY(const auto bundle, TensorBundle::open(directory.path, prefix));
    if (job.stopped()) return cancelled();

    CheckpointPieces pieces(
        path, "TensorBundle",
        fmt::format("A TensorFlow checkpoint of {} tensors; not a whole model.", bundle->tensors().size()));
    pieces.missing = {"embedding tables by feature", "bottom MLP", "top MLP"};
    std::vector<CheckpointFile> files;
    std::vector<std::string> leftOut;
    for (const BundleTensor& t : bundle->tensors()) {
        const std::string& shard = bundle->shardOf(t)->path();
        files.push_back({shard.substr(shard.rfind('/') + 1), t.bytes, t.name,
                         t.sliced ? shapeText(t.shape) + " in pieces" : shapeText(t.shape), name(t.type)});
        if (!isMatrix(t)) continue;
        auto table = bundleTable(bundle, t, "");
        if (!table || !*table) {  // listed only
            leftOut.push_back(fmt::format("{} ({}, {})", t.name, shapeText(t.shape),
                                          table ? "in pieces that do not make a table" : "larger than a table can be"));
            continue;
        }
        pieces.tables.push_back(std::move(**table));
        pieces.tableNames.push_back(t.name);
    }
    if (!leftOut.empty()) pieces.tableOrderNote = fmt::format("Left out, listed only: {}.", someNames(leftOut));
    pieces.others.push_back({prefix + ".index", "index of the tensors", bundle->index()});
    DLRM_TRY(auto contents, buildContents(std::move(pieces), {}));
    contents.files = std::move(files);
    for (const auto& shard : bundle->shards()) keepOpen(contents, shard);
    return contents;
}

}  // namespace dlrm
