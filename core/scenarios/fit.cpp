// SPDX-License-Identifier: Apache-2.0
#include "core/scenarios/fit.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/checkpoint/fingerprint.h"
#include "core/measure/dataset_fingerprint.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

// A file or directory of this name.
bool isThere(const fs::path& path) {
    std::error_code ec;
    return fs::exists(path, ec);
}

// Also as a prefix of files, which layout A is named by.
bool isCheckpointThere(const fs::path& path) {
    if (isThere(path)) return true;
    std::error_code ec;
    const std::string name = path.filename().string() + "_rank_";
    fs::directory_iterator at(path.parent_path().empty() ? fs::path(".") : path.parent_path(), ec);
    for (; !ec && at != fs::directory_iterator(); at.increment(ec))
        if (at->path().filename().string().starts_with(name)) return true;
    return false;
}

using ThereFn = bool (*)(const fs::path&);

Result<void> checkNamed(const std::string& path, const WorkspaceFile& file, const char* what, const char* pointer,
                        ThereFn there = isThere) {
    if (path.empty() || there(path)) return {};
    return fail(Error("E-DLRMX-005", fmt::format("The {} that the workspace names is not there.", what))
                    .inFile(file.path)
                    .inField(pointer)
                    .butExpected(path)
                    .butFound("no such file or directory")
                    .withRemedy("Put it there, or move the workspace to where that path leads to it."));
}

}  // namespace

Result<void> checkThere(const WorkspaceFile& file, const OpenRequest& request) {
    DLRM_TRY(checkNamed(file.request.checkpoint, file, "checkpoint", "/checkpoint/path", isCheckpointThere));
    const std::string& data = file.request.data.path;
    if (request.data.path != data) return {};  // another one is read
    DLRM_TRY(checkNamed(data, file, "dataset", "/data/path"));
    if (request.data.dictionary != file.request.data.dictionary) return {};
    return checkNamed(request.data.dictionary, file, "dictionary", "/options/dictionary");
}

std::vector<std::string> changesSince(const WorkspaceFile& file, const Workspace& open) {
    std::vector<std::string> out;
    const auto compare = [&](const std::string& saved, const std::string& now, const char* what) {
        if (!saved.empty() && saved != now)
            out.push_back(fmt::format("{} since the workspace was saved: its fingerprint is {} instead of {}.", what,
                                      now, saved));
    };
    compare(file.checkpointFingerprint, fingerprintOf(open.engine->checkpoint()), "The checkpoint is another one");
    if (open.stored)
        compare(file.dataFingerprint, datasetFingerprintOf(*open.stored),
                "The dataset is another one, or is read otherwise,");
    return out;
}

std::string unknownKeys(const WorkspaceFile& file) {
    return file.unknown.empty() ? std::string()
                                : fmt::format("The workspace has keys that this version does not know: {}.",
                                              fmt::join(file.unknown, ", "));
}

void addFingerprints(WorkspaceFile& file, const Workspace& open) {
    file.checkpointFingerprint = fingerprintOf(open.engine->checkpoint());
    file.dataFingerprint = open.stored ? datasetFingerprintOf(*open.stored) : std::string();
}

}  // namespace dlrm
