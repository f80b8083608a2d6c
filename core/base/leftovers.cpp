// SPDX-License-Identifier: Apache-2.0
#include "core/base/leftovers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace dlrm {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kSettled = 60;  // seconds: a file that was just made may not be marked yet

// Without what a file name cannot hold, and never empty.
const std::string& hostName() {
    static const std::string s_name = [] {
        std::array<char, 65> text{};
        if (::gethostname(text.data(), text.size() - 1) != 0 || text[0] == '\0') return std::string("host");
        std::string name = text.data();
        std::replace(name.begin(), name.end(), '/', '_');
        return name;
    }();
    return s_name;
}

bool isCount(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The process of "<pid>-<n>".
std::optional<pid_t> processOf(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos || !isCount(text.substr(0, dash)) || !isCount(text.substr(dash + 1)))
        return std::nullopt;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + dash, pid);
    return error == std::errc() && end == text.data() + dash && pid > 0 ? std::optional(pid) : std::nullopt;
}

// A process that has our own number is an earlier one: what we are at work on is locked.
bool hasEnded(pid_t pid) { return pid == ::getpid() || (::kill(pid, 0) != 0 && errno == ESRCH); }

// False where it is too new to tell.
bool removeIfAbandoned(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat s {
    }, named{};
    if (!fd || ::fstat(fd.get(), &s) != 0 || !(S_ISREG(s.st_mode) || S_ISDIR(s.st_mode))) return true;
    if (std::time(nullptr) - s.st_mtime <= kSettled) return false;
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return true;
    // The lock is held to the end, so nobody else removes it meanwhile and makes a new one under the name.
    if (::lstat(path.c_str(), &named) != 0 || named.st_ino != s.st_ino || named.st_dev != s.st_dev) return true;
    std::error_code ignored;
    fs::remove_all(path, ignored);
    return true;
}

// The paths whose leftovers were removed once.
class SweptPaths {
public:
    bool contains(const std::string& path) {
        const std::lock_guard lock(m_mutex);
        return m_paths.contains(path);
    }
    void add(const std::string& path) {
        const std::lock_guard lock(m_mutex);
        m_paths.insert(path);
    }

private:
    std::mutex m_mutex;
    std::set<std::string> m_paths;
};

}  // namespace

std::string temporaryName(const std::string& path) {
    static std::atomic<unsigned> s_count{0};
    return fmt::format("{}.part-{}-{}-{}", path, hostName(), ::getpid(), s_count++);
}

void markInUse(int descriptor) { static_cast<void>(::flock(descriptor, LOCK_EX | LOCK_NB)); }

void sweepLeftovers(const std::string& path) {
    static SweptPaths s_swept;
    const fs::path whole(path);
    if (whole.filename().empty() || s_swept.contains(path)) return;
    const std::string prefix = fmt::format("{}.part-{}-", whole.filename().string(), hostName());
    const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
    std::error_code error;
    bool settled = true;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with(prefix)) continue;
        const auto pid = processOf(std::string_view(name).substr(prefix.size()));
        if (pid && hasEnded(*pid)) settled &= removeIfAbandoned(it->path());
    }
    if (settled) s_swept.add(path);
}

}  // namespace dlrm
