// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/directory.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "core/checkpoint/checkpoint_files.h"

namespace dlrm {
namespace {

struct CloseDirectory {
    void operator()(DIR* d) const { closedir(d); }
};

Error cannotList(const std::string& path, int error) {
    const char* remedy = error == EACCES || error == EPERM ? "Give yourself the right to read and enter the directory."
                         : error == ELOOP        ? "A symbolic link on the path leads back to itself: mend the link."
                         : error == ENAMETOOLONG ? "Check the path: it is longer than the file system allows."
                         : error == EMFILE || error == ENFILE ? "Raise the limit of open files (ulimit -n)."
                                                              : "Check the path and the disk it lies on.";
    return Error("E-CKPT-002", "The directory of the checkpoint cannot be read.")
        .inFile(path)
        .butExpected("a directory that can be listed")
        .butFound(std::strerror(error))
        .withRemedy(remedy);
}

Result<std::vector<std::string>> list(const std::string& path) {
    const std::unique_ptr<DIR, CloseDirectory> dir(opendir(path.c_str()));
    if (!dir) return fail(cannotList(path, errno));
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = readdir(dir.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && !name.ends_with(kVerifySidecarName)) names.emplace_back(name);
    }
    if (errno != 0) return fail(cannotList(path, errno));
    std::sort(names.begin(), names.end());
    return names;
}

Error nothingThere(const std::string& path) {
    return Error("E-CKPT-001", "There is no checkpoint at this path.")
        .inFile(path)
        .butExpected("a directory, or a prefix of files named <prefix>_rank_0_…")
        .butFound("nothing with this name")
        .withRemedy("Check the path.");
}

// The files of one TensorFlow checkpoint among others.
CheckpointDirectory bundleFiles(const std::string& directory, const std::string& prefix,
                                std::vector<std::string> names) {
    std::erase_if(names, [&](const std::string& name) {
        return name != prefix + ".index" && !name.starts_with(prefix + ".data-");
    });
    return {directory, prefix, std::nullopt, std::move(names)};
}

}  // namespace

std::vector<std::string> namesIn(const std::string& path) {
    auto names = list(path);
    return names ? std::move(*names) : std::vector<std::string>();
}

Result<CheckpointDirectory> listCheckpointDirectory(const std::string& path) {
    struct stat s {};
    const int error = path.find('\0') != std::string::npos ? ENOENT : stat(path.c_str(), &s) == 0 ? 0 : errno;
    if (error == 0 && S_ISDIR(s.st_mode)) {
        DLRM_TRY(auto names, list(path));
        if (names.empty())
            return fail(Error("E-CKPT-004", "The directory is empty.")
                            .inFile(path)
                            .butExpected("the files of a checkpoint")
                            .butFound("no file")
                            .withRemedy("Give the directory the checkpoint was saved or downloaded to."));
        return CheckpointDirectory{path, std::nullopt, std::nullopt, std::move(names)};
    }
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    std::string prefix = slash == std::string::npos ? path : path.substr(slash + 1);
    constexpr std::string_view kIndex = ".index";
    if (error == 0 && prefix.size() > kIndex.size() && prefix.ends_with(kIndex)) {
        prefix.resize(prefix.size() - kIndex.size());
        return bundleFiles(directory, prefix, namesIn(directory));
    }
    if (error == 0) return CheckpointDirectory{directory, std::nullopt, prefix, {prefix}};
    if (error != ENOENT) return fail(cannotList(path, error));

    if (stat(directory.c_str(), &s) != 0)
        return fail(errno == ENOENT || errno == ENOTDIR ? nothingThere(path) : cannotList(directory, errno));
    DLRM_TRY(auto names, list(directory));
    if (has(names, prefix + ".index")) return bundleFiles(directory, prefix, std::move(names));
    std::erase_if(names, [&](const std::string& name) { return !name.starts_with(prefix + "_rank_"); });
    if (prefix.empty() || names.empty()) return fail(nothingThere(path));
    return CheckpointDirectory{directory, prefix, std::nullopt, std::move(names)};
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string someNames(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 3;
    if (names.empty()) return "nothing";
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) out += (i ? ", " : "") + names[i];
    if (names.size() > kShown) out += fmt::format(" and {} more", names.size() - kShown);
    return out;
}

}  // namespace dlrm
