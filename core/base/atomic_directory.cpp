// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/leftovers.h"

namespace dlrm {
namespace {

namespace fs = std::filesystem;

// File systems that cannot sync a directory say EINVAL.
bool syncDirectory(const std::string& path) {
    const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory && (::fsync(directory.get()) == 0 || errno == EINVAL);
}

}  // namespace

AtomicDirectory::AtomicDirectory(AtomicDirectory&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_inUse(std::move(other.m_inUse)) {}

AtomicDirectory::~AtomicDirectory() {
    std::error_code ignored;
    if (!m_temporary.empty()) fs::remove_all(m_temporary, ignored);
}

Result<AtomicDirectory> AtomicDirectory::create(const std::string& path) {
    std::string name = path;
    const auto trim = [&] {
        while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    };
    trim();
    std::error_code error;
    // "." and ".." are no names that a folder could take.
    if (const fs::path last = fs::path(name).filename(); last == "." || last == "..") {
        if (const fs::path whole = fs::weakly_canonical(name, error); !error) name = whole.string();
        trim();
    }
    const auto status = fs::symlink_status(name, error);
    if (fs::exists(status) && (!fs::is_directory(status) || !fs::is_empty(name, error)))
        return fail(Error("E-FILE-014", "A directory is only written where nothing is yet.")
                        .inFile(path)
                        .butExpected("a path where nothing is, or an empty directory")
                        .butFound(fs::is_directory(status) ? "a directory with files in it" : "a file")
                        .withRemedy("Name a directory that does not exist yet."));
    std::string temporary;
    int made = 0;
    do {
        temporary = temporaryName(name);
        made = ::mkdir(temporary.c_str(), 0777);
    } while (made != 0 && errno == EEXIST);
    if (made != 0)
        return fail(Error("E-FILE-015", "The directory cannot be made.")
                        .inFile(path)
                        .butExpected("a folder that can be written to")
                        .butFound(std::strerror(errno))
                        .withRemedy("Create the folder around it, or choose one you may write to."));
    UniqueFd inUse(::open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (inUse) markInUse(inUse.get());
    sweepLeftovers(name);
    return AtomicDirectory(std::move(name), std::move(temporary), std::move(inUse));
}

Result<void> AtomicDirectory::commit() {
    const std::string parent = fs::path(m_path).parent_path().string();
    bool done = syncDirectory(m_temporary) && std::rename(m_temporary.c_str(), m_path.c_str()) == 0;
    if (done) m_temporary.clear();
    done = done && syncDirectory(parent.empty() ? "." : parent);
    if (done) return {};
    return fail(Error("E-FILE-016", "The directory cannot be completed.")
                    .inFile(m_path)
                    .butExpected("its files safely on the disk, under its name")
                    .butFound(std::strerror(errno))
                    .withRemedy("Name a directory that does not exist yet, or check the disk."));
}

}  // namespace dlrm
