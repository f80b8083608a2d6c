// SPDX-License-Identifier: Apache-2.0
#include "core/scenarios/workspace_file.h"

#include <filesystem>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "core/base/atomic_file.h"
#include "core/base/random_access_file.h"
#include "core/scenarios/workspace_json.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMostFileBytes = std::int64_t{8} << 20;

Failure tooLarge(const std::string& path, std::int64_t bytes, const char* remedy) {
    return fail(Error("E-DLRMX-001", "The file is larger than a workspace.")
                    .inFile(path)
                    .butExpected(fmt::format("at most {} bytes", kMostFileBytes))
                    .butFound(fmt::format("{} bytes", bytes))
                    .withRemedy(remedy));
}

std::string resolved(const std::string& path, const fs::path& directory) {
    return path.empty() ? path : (directory / path).lexically_normal().string();
}

std::string relativeTo(const fs::path& directory, const std::string& path) {
    std::error_code none;
    if (path.empty()) return path;
    return fs::absolute(path, none).lexically_normal().lexically_relative(directory).string();
}

}  // namespace

Result<WorkspaceFile> readWorkspaceFile(const std::string& path) {
    DLRM_TRY(auto file, RandomAccessFile::open(path));
    if (file->size() > kMostFileBytes) return tooLarge(path, file->size(), "Open a workspace that the window saved.");
    std::string text(static_cast<std::size_t>(file->size()), '\0');
    DLRM_TRY(file->read(0, std::as_writable_bytes(std::span(text))));
    DLRM_TRY(auto out, parseWorkspace(text, path));
    const fs::path directory = fs::path(path).parent_path();
    for (std::string* named : {&out.request.checkpoint, &out.request.data.path, &out.request.data.dictionary})
        *named = resolved(*named, directory);
    out.path = path;
    return out;
}

Result<void> writeWorkspaceFile(const WorkspaceFile& workspace, const std::string& path) {
    std::error_code none;
    const fs::path directory = fs::absolute(path, none).lexically_normal().parent_path();
    WorkspaceFile out = workspace;
    for (std::string* named : {&out.request.checkpoint, &out.request.data.path, &out.request.data.dictionary})
        *named = relativeTo(directory, *named);
    const std::string text = workspaceText(out);
    if (const auto bytes = static_cast<std::int64_t>(text.size()); bytes > kMostFileBytes)
        return tooLarge(path, bytes, "Delete scenarios, or save some of them in another workspace.");
    DLRM_TRY(parseWorkspace(text, path));
    DLRM_TRY(auto file, AtomicFile::create(path));
    DLRM_TRY(file.write(text));
    return file.commit();
}

}  // namespace dlrm
