// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "core/base/leftovers.h"

namespace dlrm {
namespace {

std::string directoryOf(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

// Whether the folder that is to hold the file, or the nearest one above it that is there, is the kernel's own: in /proc
// nobody creates a file or a folder.
bool isOfKernel(const std::string& path) {
    std::string folder = directoryOf(path);
    struct statfs about {};
    while (::statfs(folder.c_str(), &about) != 0) {
        if (folder == directoryOf(folder)) return false;
        folder = directoryOf(folder);
    }
    return about.f_type == PROC_SUPER_MAGIC || about.f_type == SYSFS_MAGIC;
}

std::string remedyFor(const std::string& path, int error) {
    if (isOfKernel(path)) return "Choose a folder on a disk: only the kernel creates files in this one.";
    if (error == ENOSPC || error == EDQUOT) return "Free some space or choose another folder.";
    if (error == EFBIG) return "Raise the limit on the size of files (ulimit -f), or choose another file system.";
    if (error == EACCES || error == EPERM || error == EROFS) return "Choose a folder you may write to.";
    if (error == ENOENT) return "Create the folder first.";
    if (error == ENOTDIR) return "Choose another folder: a part of this path is a file.";
    return "Check the disk or choose another folder.";
}

Failure failure(const char* code, const char* message, const std::string& path, const char* expected, int error) {
    return fail(Error(code, message)
                    .inFile(path)
                    .butExpected(expected)
                    .butFound(std::strerror(error))
                    .withRemedy(remedyFor(path, error)));
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string temporary, UniqueFd fd)
    : m_path(std::move(path)), m_temporary(std::move(temporary)), m_fd(std::move(fd)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::exchange(other.m_temporary, {})),
      m_fd(std::move(other.m_fd)),
      m_written(other.m_written),
      m_behind(other.m_behind) {}

AtomicFile::~AtomicFile() {
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
    std::string temporary;
    UniqueFd fd;
    do {
        temporary = temporaryName(path);
        fd = UniqueFd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    } while (!fd && errno == EEXIST);
    if (!fd)
        return failure("E-FILE-010", "The file cannot be created.", path, "a folder that can be written to", errno);
    markInUse(fd.get());
    sweepLeftovers(path);
    return AtomicFile(path, std::move(temporary), std::move(fd));
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) { return writeAt(m_written, bytes); }

Result<void> AtomicFile::writeAt(std::int64_t offset, std::span<const std::byte> bytes) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // Linux writes a little under 2 GiB at once
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(m_fd.get(), bytes.data(), std::min(bytes.size(), kMostAtOnce), offset);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure("E-FILE-011", "The file cannot be written.", m_path, "space for the data", errno);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += n;
        m_written = std::max(m_written, offset);
        m_behind.wroteUpTo(m_fd.get(), m_written);
    }
    return {};
}

Result<void> AtomicFile::readAt(std::int64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const ssize_t n = ::pread(m_fd.get(), out.data(), out.size(), offset);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0)
            return failure("E-FILE-017", "What was just written cannot be read.", m_path, "the bytes that were written",
                           n < 0 ? errno : ENODATA);
        out = out.subspan(static_cast<std::size_t>(n));
        offset += n;
    }
    return {};
}

Result<void> AtomicFile::reserve(std::int64_t bytes) {
    if (bytes <= 0 || ::fallocate(m_fd.get(), FALLOC_FL_KEEP_SIZE, 0, bytes) == 0) return {};
    const int error = errno;  // others: this file system cannot reserve
    if (error != ENOSPC && error != EDQUOT && error != EFBIG) return {};
    return fail(Error("E-FILE-013", "There is not enough space for the file.")
                    .inFile(m_path)
                    .butExpected(fmt::format("{} bytes", bytes))
                    .butFound(std::strerror(error))
                    .withRemedy(remedyFor(m_path, error)));
}

Result<void> AtomicFile::write(std::string_view text) { return write(std::as_bytes(std::span(text))); }

Result<void> AtomicFile::commit() {
    const auto failed = [this] {
        return failure("E-FILE-012", "The file cannot be completed.", m_path, "the data safely on the disk", errno);
    };
    // What was reserved and not written goes back.
    struct stat status {};
    if (::fstat(m_fd.get(), &status) != 0 || ::ftruncate(m_fd.get(), status.st_size) != 0) return failed();
    if (::fsync(m_fd.get()) != 0) return failed();
    if (std::rename(m_temporary.c_str(), m_path.c_str()) != 0) return failed();
    m_temporary.clear();
    // The name itself must survive a power cut too. File systems that cannot sync a directory say EINVAL.
    UniqueFd directory(::open(directoryOf(m_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || (::fsync(directory.get()) != 0 && errno != EINVAL)) return failed();
    return {};
}

}  // namespace dlrm
