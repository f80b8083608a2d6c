// SPDX-License-Identifier: Apache-2.0
#include "core/base/leftovers.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace dlrm {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kSettled = 60;  // seconds: a file that was just made may not be marked yet

bool isCount(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }); }

// "<pid>-<n>"
bool endsTemporaryName(std::string_view text) {
    const std::size_t dash = text.find('-');
    return dash != std::string_view::npos && isCount(text.substr(0, dash)) && isCount(text.substr(dash + 1));
}

bool abandoned(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat s {};
    return fd && ::fstat(fd.get(), &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode)) && std::time(nullptr) - s.st_mtime > kSettled &&
           ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
}

}  // namespace

std::string temporaryName(const std::string& path) {
    static std::atomic<unsigned> s_count{0};
    return fmt::format("{}.part-{}-{}", path, ::getpid(), s_count++);
}

void markInUse(int descriptor) { static_cast<void>(::flock(descriptor, LOCK_EX | LOCK_NB)); }

void sweepLeftovers(const std::string& path) {
    const fs::path whole(path);
    const std::string prefix = whole.filename().string() + ".part-";
    const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with(prefix) || !endsTemporaryName(std::string_view(name).substr(prefix.size())) || !abandoned(it->path())) continue;
        std::error_code ignored;
        fs::remove_all(it->path(), ignored);
    }
}

}  // namespace dlrm
