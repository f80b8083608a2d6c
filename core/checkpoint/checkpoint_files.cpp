// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/checkpoint_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/checkpoint/directory.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

Error cannotLook(const std::string& path, const std::string& found) {
    return Error("E-VERIFY-004", "The checkpoint's place cannot be looked at.")
        .inFile(path)
        .butExpected("a directory or a file that can be read")
        .butFound(found)
        .withRemedy("Check the disk or the network file system.");
}

bool isLeftOut(const std::string& name) {
    return name.starts_with('.') || name.ends_with(kVerifySidecarName) || name.find(".part-") != std::string::npos;
}

class Listing {
public:
    explicit Listing(CheckpointFileList& out) : m_out(out) {}

    // What stands in the directory `relative`, "" or ending with '/'.
    Result<void> add(const std::string& relative) {
        const std::string path = relative.empty() ? m_out.base : m_out.pathOf(relative);
        struct stat status {};
        if (stat(path.c_str(), &status) != 0) return fail(cannotLook(path, std::strerror(errno)));
        if (!m_seen.emplace(status.st_dev, status.st_ino).second) return {};  // links in a circle
        std::set<std::pair<bool, std::string>> folders;  // whether it is a link, name: listed under its own name
        std::error_code error;
        fs::directory_iterator entry(path, error);
        for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            if (isLeftOut(name)) continue;
            std::error_code failed;
            const fs::file_status what = entry->status(failed);  // a link to nowhere is no file
            if (what.type() == fs::file_type::none || what.type() == fs::file_type::unknown)
                return fail(cannotLook(entry->path().string(), failed.message()));
            if (fs::is_directory(what)) folders.emplace(entry->is_symlink(failed), name);
            if (fs::is_regular_file(what)) m_out.names.push_back(relative + name);
            if (m_out.names.size() + m_seen.size() > kMostVerifiedFiles)
                return fail(Error("E-VERIFY-008", "There are too many files for a checkpoint.")
                                .inFile(m_out.base)
                                .butExpected(fmt::format("at most {} files and folders", kMostVerifiedFiles))
                                .butFound("more")
                                .withRemedy("Give the directory of the checkpoint alone, without other data."));
        }
        if (error) return fail(cannotLook(path, error.message()));
        for (const auto& [isLink, name] : folders) DLRM_TRY(add(relative + name + "/"));
        return {};
    }

private:
    CheckpointFileList& m_out;
    std::set<std::pair<dev_t, ino_t>> m_seen;
};

}  // namespace

std::string defaultRecord(const std::string& path) {
    std::error_code ignored;
    const std::string name(kVerifySidecarName);
    return fs::is_directory(path, ignored) ? (fs::path(path) / name).string() : path + "." + name;
}

Result<CheckpointFileList> everyFile(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 && errno != ENOENT && errno != ENOTDIR)
        return fail(cannotLook(path, std::strerror(errno)));
    CheckpointFileList out;
    if (S_ISDIR(status.st_mode)) {
        out.base = path;
        DLRM_TRY(Listing(out).add(""));
    } else {
        DLRM_TRY(auto directory, listCheckpointDirectory(path));
        out.base = directory.path;
        out.isNamed = directory.file.has_value();
        out.names = std::move(directory.names);
        std::erase_if(out.names, isLeftOut);
    }
    while (out.base.size() > 1 && out.base.ends_with('/')) out.base.pop_back();
    std::sort(out.names.begin(), out.names.end());
    return out;
}

}  // namespace dlrm
